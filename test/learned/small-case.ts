import type { HardwareParameters } from "../../src/hardware/hardware.ts";
import type { Rng } from "../../src/rng.ts";
import { type LayerShape, toLayerShape } from "../../src/workload/layer.ts";
import { integer, pick, smallShape } from "../mapper/random-case.ts";

/** A small layer that the RTL of either profile runs: no dilation, one stride. */
export function smallLearnedShape(rng: Rng): LayerShape {
  const stride = rng() < 0.7 ? 1 : 2;
  return toLayerShape({
    ...smallShape(rng, integer(rng, 2, 5)),
    Wstride: stride,
    Hstride: stride,
    Wdilation: 1,
    Hdilation: 1,
  });
}

/** A layer of some hundred tiles, of which not all fit. */
export function largeLearnedShape(rng: Rng): LayerShape {
  const size = pick([8, 12, 14, 28], rng);
  const taps = pick([1, 3], rng);
  return toLayerShape({
    K: pick([16, 48, 64, 96], rng),
    C: pick([3, 16, 64, 96], rng),
    P: size,
    Q: rng() < 0.2 ? 1 : size,
    R: taps,
    S: taps,
  });
}

export function smallLearnedHardware(rng: Rng): HardwareParameters {
  return {
    peDim: pick([2, 3, 4, 8, 16], rng),
    scratchpadKib: integer(rng, 1, 8),
    accumulatorKib: integer(rng, 1, 4),
  };
}
