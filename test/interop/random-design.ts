import { createHardware, type HardwareParameters } from "../../src/hardware/hardware.ts";
import { createRng, type Rng } from "../../src/rng.ts";
import { type Mapping, toMapping } from "../../src/space/mapping.ts";
import { RawMapping } from "../../src/space/raw-mapping.ts";
import { createMappingSampler } from "../../src/space/sample.ts";
import { type LayerShape, toLayerShape } from "../../src/workload/layer.ts";

export interface RandomDesign {
  readonly hardware: HardwareParameters;
  readonly shape: LayerShape;
  readonly mapping: Mapping;
}

/** A valid mapping of a random layer on random hardware; the seed names it. */
export function randomDesign(seed: number): RandomDesign {
  const rng = createRng(seed, 7);
  const hardware: HardwareParameters = {
    peDim: pick(rng, [2, 3, 8, 16, 37, 64, 128]),
    scratchpadKib: 1 + Math.floor(rng() * 512),
    accumulatorKib: 1 + Math.floor(rng() * 128),
    ...(rng() < 0.5 ? {} : { bandwidth: "split" as const }),
  };
  const shape = toLayerShape({
    ...{ N: pick(rng, [1, 1, 4]), K: pick(rng, [1, 30, 64, 97]), C: pick(rng, [1, 3, 64, 48]) },
    ...{
      P: pick(rng, [1, 14, 56, 105]),
      Q: pick(rng, [1, 7, 112, 33]),
      R: pick(rng, [1, 3, 7]),
      S: pick(rng, [1, 3, 5]),
    },
    ...{
      Wstride: pick(rng, [1, 2]),
      Hstride: pick(rng, [1, 3]),
      Wdilation: pick(rng, [1, 2]),
      Hdilation: pick(rng, [1, 4]),
    },
  });
  const raw = new RawMapping();
  createMappingSampler(shape, createHardware(hardware))(rng, raw);
  return { hardware, shape, mapping: toMapping(raw) };
}

function pick(rng: Rng, values: readonly number[]): number {
  return values[Math.floor(rng() * values.length)] as number;
}
