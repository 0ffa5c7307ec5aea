import { createHardware, type Hardware } from "../../src/hardware/hardware.ts";
import type { Rng } from "../../src/rng.ts";
import { DIMS, type LayerShape, toLayerShape } from "../../src/workload/layer.ts";

export function integer(rng: Rng, least: number, most: number): number {
  return least + Math.floor(rng() * (most - least + 1));
}

export function pick<T>(items: readonly T[], rng: Rng): T {
  return items[integer(rng, 0, items.length - 1)] as T;
}

/** A layer of a few prime factors, with strides and dilations that make every corner of the sliding window. */
export function smallShape(rng: Rng, primes: number): LayerShape {
  const bounds: Record<string, number> = {};
  for (let i = 0; i < primes; i++) {
    const dim = pick(DIMS, rng);
    bounds[dim] = (bounds[dim] ?? 1) * pick([2, 2, 2, 3, 3, 5], rng);
  }
  const step = (likely: number): number => (rng() < likely ? 1 : integer(rng, 1, 4));
  return toLayerShape({
    ...bounds,
    Wstride: step(0.5),
    Hstride: step(0.5),
    Wdilation: step(0.7),
    Hdilation: step(0.7),
  });
}

/** An accelerator whose memories often hold only some tiles of a small layer. */
export function smallHardware(rng: Rng): Hardware {
  const hardware = createHardware({
    peDim: pick([2, 3, 4, 8], rng),
    scratchpadKib: 1,
    accumulatorKib: 1,
    bandwidth: rng() < 0.3 ? "split" : "shared",
  });
  return {
    ...hardware,
    scratchpadWords: rng() < 0.3 ? hardware.scratchpadWords : integer(rng, 2, 60),
    accumulatorWords: rng() < 0.3 ? hardware.accumulatorWords : integer(rng, 1, 12),
  };
}
