import type { Hardware } from "../hardware/hardware.ts";
import { batchBytes, CandidateBatch } from "../kernels/batch.ts";
import { writeContext } from "../kernels/context.ts";
import { instantiate, type Kernels } from "../kernels/kernels.ts";
import { CONTEXT_BYTES, DETAIL_BYTES, LANES, SCRATCH_BYTES } from "../kernels/layout.ts";
import type { Mapping } from "../space/mapping.ts";
import type { LayerShape } from "../workload/layer.ts";
import { type Explanation, readExplanation } from "./explanation.ts";

/**
 * The analytical model over a batch of candidates in linear memory.
 *
 * Fill `batch`, call `evaluate`, read `batch`. The results are the same bytes for every engine, whatever the number of
 * threads or the runtime.
 */
export interface Engine {
  readonly batch: CandidateBatch;
  /** Prices the first `count` candidates of the batch as mappings of one layer on one accelerator, in place. */
  evaluate(shape: LayerShape, hardware: Hardware, count: number): Promise<void>;
  /** All that leads to the metrics of one mapping; leaves the batch alone. */
  explain(mapping: Mapping, shape: LayerShape, hardware: Hardware): Explanation;
  close(): Promise<void>;
}

/** An engine that prices in the calling thread, so that its `evaluate` need not be awaited. */
export interface LocalEngine extends Engine {
  /** The latencies of the batch come with an interval. */
  readonly hasIntervals?: boolean;
  /** Why the model cannot price a layer, if it cannot; models without this price every layer. */
  readonly unfit?: (shape: LayerShape) => string | undefined;
  evaluateNow(shape: LayerShape, hardware: Hardware, count: number): void;
}

// Memory below the batch. An explanation has a context and a block of its own, since a batch may be under way.
const PAGE = 65536;
export const CONTEXT = 64;
const EXPLAIN_CONTEXT = CONTEXT + CONTEXT_BYTES;
const DETAIL = EXPLAIN_CONTEXT + CONTEXT_BYTES;
const EXPLAINED = DETAIL + DETAIL_BYTES;
export const SCRATCH = EXPLAINED + batchBytes(1);

/** Pages that an engine with `scratches` threads and room for `capacity` candidates needs, and where the batch begins. */
export function enginePlan(
  capacity: number,
  scratches: number,
): { readonly batch: number; readonly pages: number } {
  const batch = Math.ceil((SCRATCH + scratches * SCRATCH_BYTES) / 4096) * 4096;
  return { batch, pages: Math.ceil((batch + batchBytes(capacity)) / PAGE) };
}

/**
 * A single-threaded engine, for any runtime.
 *
 * @param module the compiled kernels, from `loadModule()` or from the host's own loader
 * @param capacity candidates that the batch holds
 */
export async function createEngine(
  module: WebAssembly.Module,
  capacity: number = 64 * LANES,
): Promise<LocalEngine> {
  const kernels = await instantiate(module);
  const { batch: address, pages } = enginePlan(capacity, 1);
  kernels.memory.grow(Math.max(0, pages - kernels.memory.buffer.byteLength / PAGE));
  const batch = new CandidateBatch(kernels.memory, address, capacity);
  const explain = createExplainer(kernels);

  const evaluateNow = (shape: LayerShape, hardware: Hardware, count: number): void => {
    if (count > capacity) throw new RangeError(`the batch holds ${capacity} candidates, not ${count}`);
    writeContext(kernels.memory, CONTEXT, shape, hardware);
    kernels.exports.evaluate(CONTEXT, address, count, SCRATCH);
  };

  return {
    batch,
    evaluateNow,
    evaluate: async (shape, hardware, count) => evaluateNow(shape, hardware, count),
    explain,
    close: () => Promise.resolve(),
  };
}

/** Explains one candidate at a time in a block of its own. */
export function createExplainer(kernels: Kernels): Engine["explain"] {
  const slot = new CandidateBatch(kernels.memory, EXPLAINED, 1);
  return (mapping, shape, hardware) => {
    slot.write(0, mapping);
    writeContext(kernels.memory, EXPLAIN_CONTEXT, shape, hardware);
    kernels.exports.explain(EXPLAIN_CONTEXT, EXPLAINED, 1, SCRATCH, DETAIL);
    return readExplanation(slot, kernels.memory, DETAIL);
  };
}
