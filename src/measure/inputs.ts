import { dosaCells, dosaHeader } from "../designs/dosa-table.ts";
import type { Engine } from "../fidelity/engine.ts";
import { createHardware } from "../hardware/hardware.ts";
import { createRng } from "../rng.ts";
import { toMapping } from "../space/mapping.ts";
import { RawMapping } from "../space/raw-mapping.ts";
import { createMappingSampler } from "../space/sample.ts";
import { toLayerShape } from "../workload/layer.ts";

/** What is timed: a 3x3 convolution of ResNet-50 (conv3_x) on Gemmini as published. */
export const MEASURED_SHAPE = toLayerShape({ K: 128, C: 128, P: 28, Q: 28, R: 3, S: 3 });
export const MEASURED_HARDWARE = createHardware({ peDim: 16, scratchpadKib: 256, accumulatorKib: 64 });

/** Fills a batch with `count` random valid mappings of the measured layer; 4,096 distinct ones, repeated. */
export function fillBatch(engine: Pick<Engine, "batch">, count: number): void {
  const sample = createMappingSampler(MEASURED_SHAPE, MEASURED_HARDWARE);
  const rng = createRng(1);
  const distinct = Array.from({ length: Math.min(count, 4096) }, () => {
    const mapping = new RawMapping();
    sample(rng, mapping);
    return mapping;
  });
  for (let i = 0; i < count; i++) engine.batch.writeRaw(i, distinct[i % distinct.length] as RawMapping);
}

/** A design table of `rows` rows in the DOSA format, for timing the way from text to text. */
export function designTable(rows: number): Uint8Array {
  const sample = createMappingSampler(MEASURED_SHAPE, MEASURED_HARDWARE);
  const rng = createRng(2);
  const raw = new RawMapping();
  const lines = Array.from({ length: Math.min(rows, 4096) }, () => {
    sample(rng, raw);
    return dosaCells(toMapping(raw), MEASURED_SHAPE, MEASURED_HARDWARE).join(",");
  });
  const body = Array.from({ length: rows }, (_, i) => lines[i % lines.length]);
  return new TextEncoder().encode(`${[dosaHeader("shared").join(","), ...body].join("\n")}\n`);
}
