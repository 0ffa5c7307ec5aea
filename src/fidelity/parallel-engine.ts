import { Piscina } from "piscina";
import { loadSharedModule } from "#shared-kernels";
import { CandidateBatch } from "../kernels/batch.ts";
import { writeContext } from "../kernels/context.ts";
import { instantiate } from "../kernels/kernels.ts";
import { SCRATCH_BYTES } from "../kernels/layout.ts";
import { CONTEXT, createExplainer, type Engine, enginePlan, SCRATCH } from "./engine.ts";
import { type BatchTask, type BatchWorkerData, PIECE_CANDIDATES, PIECES_CLAIMED } from "./shared-batch.ts";

/** An engine that prices on worker threads, in place in one shared memory (Node). Close it when done. */
export async function createParallelEngine(options: {
  readonly workers: number;
  readonly capacity: number;
}): Promise<Engine> {
  const { workers, capacity } = options;
  const module = await loadSharedModule();
  // Slot 0 of the scratch region is the calling thread's.
  const { batch: address, pages } = enginePlan(capacity, workers + 1);
  const memory = new WebAssembly.Memory({ initial: pages, maximum: pages, shared: true });
  const kernels = await instantiate(module, memory);
  const batch = new CandidateBatch(memory, address, capacity);
  const workerData: BatchWorkerData = { module, memory, scratch: SCRATCH + SCRATCH_BYTES };
  const pool = new Piscina<BatchTask, void>({
    filename: import.meta.resolve("#batch-worker"),
    minThreads: workers,
    maxThreads: workers,
    workerData,
  });
  let busy: Promise<unknown> = Promise.resolve();

  const counters = new Int32Array(memory.buffer, 0, 2);
  const price = async (count: number): Promise<void> => {
    Atomics.store(counters, PIECES_CLAIMED, 0);
    const helpers = Math.min(workers, Math.ceil(count / PIECE_CANDIDATES));
    await Promise.all(Array.from({ length: helpers }, () => pool.run({ block: address, count })));
  };

  return {
    batch,
    evaluate: (shape, hardware, count) => {
      if (count > capacity) throw new RangeError(`the batch holds ${capacity} candidates, not ${count}`);
      // One batch, one context: calls wait for each other.
      const done = busy.then(() => {
        writeContext(memory, CONTEXT, shape, hardware);
        return price(count);
      });
      busy = done.catch(() => undefined);
      return done;
    },
    explain: createExplainer(kernels),
    close: () => pool.close(),
  };
}
