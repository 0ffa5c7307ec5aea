import { COEFFICIENTS, type Coefficients, priorCoefficients } from "../../src/event/coefficients.ts";
import { createHardware, type Hardware } from "../../src/hardware/hardware.ts";
import type { Rng } from "../../src/rng.ts";
import { type Mapping, toMapping } from "../../src/space/mapping.ts";
import { RawMapping } from "../../src/space/raw-mapping.ts";
import { createMappingSampler } from "../../src/space/sample.ts";
import { type LayerShape, toLayerShape } from "../../src/workload/layer.ts";

/** A layer on an array, and a mapping of it. */
export interface Case {
  readonly shape: LayerShape;
  readonly hardware: Hardware;
  readonly mapping: Mapping;
}

const SHAPES: readonly LayerShape[] = [
  { K: 48, C: 24, P: 14, Q: 14, R: 3, S: 3 },
  { K: 64, C: 96, P: 10, Q: 10 },
  { K: 20, C: 3, P: 16, Q: 16, R: 5, S: 5, Wstride: 2, Hstride: 2 },
  { K: 100, C: 144, P: 40 },
  { K: 32, C: 40, P: 9, Q: 6, R: 2, S: 2, N: 2 },
  { K: 256, C: 512, P: 7, Q: 7, Wstride: 2, Hstride: 2 },
].map(toLayerShape);

/** A random mapping of one of a few small layers on an array of 4 to 64. */
export function randomCase(rng: Rng): Case {
  const pick = <T>(values: readonly T[]): T => values[Math.floor(rng() * values.length)] as T;
  const shape = pick(SHAPES);
  const hardware = createHardware({
    peDim: pick([4, 8, 12, 16, 32, 64]),
    scratchpadKib: 512,
    accumulatorKib: 512,
  });
  const raw = new RawMapping();
  createMappingSampler(shape, hardware)(rng, raw);
  return { shape, hardware, mapping: toMapping(raw) };
}

/** Coefficients that are all 0 but some, the same for both kinds of layer; caches as the priors have them. */
export function only(values: Readonly<Record<string, number>>): Coefficients {
  const caches = ["cacheLog2", "farCacheLog2", "cacheSharpness"];
  const prior = priorCoefficients();
  return Object.fromEntries(
    COEFFICIENTS.map(({ name }) => {
      const value = values[name] ?? (caches.includes(name) ? prior[name] : 0);
      return [name, value ?? 0];
    }),
  );
}
