import assert from "node:assert/strict";
import { loadModule } from "#kernels";
import { loadSharedModule } from "#shared-kernels";
import type { Hardware } from "../../src/hardware/hardware.ts";
import { batchBytes, CandidateBatch } from "../../src/kernels/batch.ts";
import { writeContext } from "../../src/kernels/context.ts";
import { instantiate } from "../../src/kernels/kernels.ts";
import * as at from "../../src/kernels/layout.ts";
import type { Rng } from "../../src/rng.ts";
import { formatMapping, type Mapping } from "../../src/space/mapping.ts";
import { type LayerShape, toLayerShape } from "../../src/workload/layer.ts";
import { integer, pick, randomHardware } from "./random-mapping.ts";

/** Layers of all sizes: small ones with every bound, stride and dilation, and such as networks have. */
export const LAYERS: readonly LayerShape[] = [
  toLayerShape({ K: 64, C: 3, P: 112, Q: 112, R: 7, S: 7, Wstride: 2, Hstride: 2 }),
  toLayerShape({ N: 4, K: 128, C: 128, P: 28, Q: 28, R: 3, S: 3 }),
  toLayerShape({ K: 72, C: 30, P: 20, Q: 18, R: 3, S: 5, Wdilation: 2, Hdilation: 3 }),
  toLayerShape({ N: 6, K: 24, C: 40, P: 12, Q: 12, R: 4, S: 4, Wstride: 2, Hstride: 2, Wdilation: 2 }),
  toLayerShape({ P: 512, K: 3072, C: 768 }),
  toLayerShape({ N: 12, P: 60, Q: 36, R: 12, S: 6, Wstride: 3, Hdilation: 3 }),
  toLayerShape({ K: 30, C: 1, P: 1, Q: 1, R: 1, S: 1 }),
  toLayerShape({ N: 2, K: 6, C: 10, P: 12, Q: 15, R: 4, S: 6, Wstride: 2, Hstride: 3, Hdilation: 2 }),
];

/**
 * A kernel with a batch of its own, whose memory a test can look at; a pattern lies where nothing was
 * written.
 */
export async function createBench(capacity: number, options: { readonly shared?: boolean } = {}) {
  const pages = Math.ceil((BATCH + batchBytes(capacity) + at.BLOCK_BYTES) / 65_536);
  const memory = options.shared
    ? new WebAssembly.Memory({ initial: pages, maximum: 65_536, shared: true })
    : undefined;
  const kernels = await instantiate(options.shared ? await loadSharedModule() : await loadModule(), memory);
  if (!memory) kernels.memory.grow(pages - 1);
  const bytes = new Uint8Array(kernels.memory.buffer);
  bytes.fill(PATTERN);
  const batch = new CandidateBatch(kernels.memory, BATCH, capacity);
  return {
    batch,
    bytes,
    memory: kernels.memory,
    price(shape: LayerShape, hardware: Hardware, count: number): void {
      writeContext(kernels.memory, CONTEXT, shape, hardware);
      kernels.exports.evaluate(CONTEXT, BATCH, count, SCRATCH);
    },
    /** Results of the first `count` candidates, as they lie in memory. */
    results(count: number): Buffer {
      const columns: Uint8Array[] = [];
      for (let first = 0; first < count; first += at.LANES) {
        const block = BATCH + (first / at.LANES) * at.BLOCK_BYTES;
        const lanes = Math.min(at.LANES, count - first);
        for (const column of [at.LATENCY_CYCLES, at.ENERGY_PJ, at.EDP_J_CYCLES]) {
          columns.push(bytes.slice(block + column, block + column + 8 * lanes));
        }
        columns.push(bytes.slice(block + at.STATUS, block + at.STATUS + 4 * lanes));
      }
      return Buffer.concat(columns);
    },
  };
}

export const CONTEXT = 1024;
export const SCRATCH = 4096;
export const BATCH = 32_768;
export const PATTERN = 0xa5;

/** An accelerator on which some of the candidates fit. */
export function tightHardware(rng: Rng): Hardware {
  return randomHardware(rng, integer(rng, 1, 32), {
    scratchpadWords: 2 ** integer(rng, 6, 18) + integer(rng, 0, 63),
    accumulatorWords: 2 ** integer(rng, 2, 14) + integer(rng, 0, 3),
    registerWords: pick([1, 1, 4, 60], rng),
  });
}

export function describe(mapping: Mapping, shape: LayerShape, hardware?: Hardware): string {
  return [formatMapping(mapping), JSON.stringify(shape), JSON.stringify(hardware)].join(" ");
}

export function metrics(batch: CandidateBatch, i: number) {
  return {
    latencyCycles: batch.latencyCycles(i),
    energyPj: batch.energyPj(i),
    edpJCycles: batch.edpJCycles(i),
    status: batch.status(i),
  };
}

export function assertClose(found: number, expected: number, which: string): void {
  assert.ok(Math.abs(found - expected) <= 1e-12 * Math.abs(expected), `${found} for ${expected}, ${which}`);
}

/** Equal to a number that was printed with so many decimals. */
export function assertPrinted(found: number, printed: number, decimals: number): void {
  assert.ok(Math.abs(found - printed) <= 0.5 * 10 ** -decimals * (1 + 1e-9), `${found} for ${printed}`);
}
