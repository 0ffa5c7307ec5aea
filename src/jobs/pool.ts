import { Piscina } from "piscina";
import { loadModule } from "#kernels";
import type { ChunkPool } from "../designs/chunk.ts";
import type { ArchivePool } from "../mapper/network-archive.ts";

/** What a worker of the pool starts from. */
export interface JobWorkerData {
  readonly module: WebAssembly.Module;
}

/** Worker threads, each with an engine of its own, for jobs that are worth a message: some milliseconds each. */
export interface JobPool extends ChunkPool, ArchivePool {
  /** Ends the workers; jobs under way are dropped. */
  close(): Promise<void>;
}

export async function createJobPool(workers: number): Promise<JobPool> {
  const workerData: JobWorkerData = { module: await loadModule() };
  const pool = new Piscina({
    filename: import.meta.resolve("#job-worker"),
    minThreads: workers,
    maxThreads: workers,
    workerData,
    // Without a limit what a worker holds grows with the machine, not with the work.
    resourceLimits: { maxYoungGenerationSizeMb: 32 },
  });
  return {
    workers,
    evaluateChunk: (job) => pool.run(job, { name: "chunk", transferList: [job.bytes.buffer as ArrayBuffer] }),
    collectArchive: (job) => pool.run(job, { name: "archive" }),
    close: () => pool.destroy(),
  };
}
