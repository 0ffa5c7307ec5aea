import type { Candidate, Evaluator } from "../../src/fidelity/evaluator.ts";
import { createHardware } from "../../src/hardware/hardware.ts";
import { createRng } from "../../src/rng.ts";
import { parseMapping, toMapping } from "../../src/space/mapping.ts";
import { RawMapping } from "../../src/space/raw-mapping.ts";
import { createMappingSampler } from "../../src/space/sample.ts";
import { toLayerShape } from "../../src/workload/layer.ts";

const hardware = createHardware({ peDim: 16, scratchpadKib: 64, accumulatorKib: 16 });
const shape = toLayerShape({ K: 32, C: 32, P: 14, Q: 14, R: 3, S: 3 });

/** Seeded valid candidates of one layer on one accelerator, no two alike. */
export function candidates(count: number, seed = 1): readonly Candidate[] {
  const sample = createMappingSampler(shape, hardware);
  const rng = createRng(seed);
  const raw = new RawMapping();
  return Array.from({ length: count }, () => {
    sample(rng, raw);
    return { shape, hardware, mapping: toMapping(raw) };
  });
}

/** One whose tiles fit nowhere. */
export const INVALID: Candidate = {
  shape,
  hardware,
  mapping: parseMapping("L3[WIO] N1 - L2[WI] N1 K16X - L1[O] K4 C2 R3 S3 P14 C16X - L0[W] Q14"),
};

/** An evaluator that keeps count of what it is asked for. */
export function counting(evaluator: Evaluator): Evaluator & { readonly asked: readonly Candidate[] } {
  const asked: Candidate[] = [];
  return {
    ...evaluator,
    asked,
    evaluate: (given, signal) => {
      asked.push(...given);
      return evaluator.evaluate(given, signal);
    },
  };
}
