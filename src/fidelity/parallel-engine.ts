import { Piscina } from "piscina";
import { loadSharedModule } from "#shared-kernels";
import { CandidateBatch } from "../kernels/batch.ts";
import { writeContext } from "../kernels/context.ts";
import { instantiate } from "../kernels/kernels.ts";
import { BLOCK_BYTES, LANES, SCRATCH_BYTES } from "../kernels/layout.ts";
import { CONTEXT, createExplainer, type Engine, enginePlan, SCRATCH } from "./engine.ts";

/** What a worker of the pool starts from. */
export interface BatchWorkerData {
  readonly module: WebAssembly.Module;
  readonly memory: WebAssembly.Memory;
  /** Address of the first worker's scratch; an atomic counter at address 0 hands out the next ones. */
  readonly scratch: number;
}

/** Candidates to price: a run of blocks of the shared batch. */
export interface BatchTask {
  readonly block: number;
  readonly count: number;
}

/** Candidates in a task: some 3 ms of work, so that handing it over costs little beside it. */
const TASK_CANDIDATES = 1024 * LANES;

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
    // The next task waits at the worker, so that none idles between two.
    concurrentTasksPerWorker: 2,
    workerData,
  });
  let busy: Promise<unknown> = Promise.resolve();

  const price = async (count: number): Promise<void> => {
    const tasks: Promise<void>[] = [];
    for (let first = 0; first < count; first += TASK_CANDIDATES) {
      const block = address + (first / LANES) * BLOCK_BYTES;
      tasks.push(pool.run({ block, count: Math.min(TASK_CANDIDATES, count - first) }));
    }
    await Promise.all(tasks);
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
