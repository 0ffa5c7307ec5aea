import { Piscina } from "piscina";
import { loadModule } from "#kernels";
import type { BayesTask } from "../baselines/bayes/bayes.ts";
import type { DosaTask } from "../baselines/dosa/dosa.ts";
import type { RandomTask } from "../baselines/random.ts";
import type { ChunkPool } from "../designs/chunk.ts";
import type { ArchivePool } from "../mapper/network-archive.ts";
import type { TrialOutcome } from "../search/trial.ts";
import type { WalkPool, WalkProblem } from "../walk/request.ts";

/** What a worker of the pool starts from. */
export interface JobWorkerData {
  readonly module: WebAssembly.Module;
}

/** A task of a baseline, and the problem that it is of. */
export interface BaselineJob<Task> {
  readonly problem: WalkProblem;
  readonly task: Task;
}

/** Worker threads, each with an engine of its own, for jobs that are worth a message: some milliseconds each. */
export interface JobPool extends ChunkPool, ArchivePool, WalkPool {
  dosa(job: BaselineJob<DosaTask>, signal?: AbortSignal): Promise<TrialOutcome<null>>;
  random(job: BaselineJob<RandomTask>, signal?: AbortSignal): Promise<TrialOutcome<null>>;
  bayes(job: BaselineJob<BayesTask>, signal?: AbortSignal): Promise<TrialOutcome<null>>;
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
  const named = (name: string, signal: AbortSignal | undefined) => ({ name, ...(signal ? { signal } : {}) });
  return {
    workers,
    evaluateChunk: (job) => pool.run(job, { name: "chunk", transferList: [job.bytes.buffer as ArrayBuffer] }),
    collectArchive: (job) => pool.run(job, { name: "archive" }),
    anneal: (job, signal) => pool.run(job, named("anneal", signal)),
    breed: (job, signal) => pool.run(job, named("breed", signal)),
    dosa: (job, signal) => pool.run(job, named("dosa", signal)),
    random: (job, signal) => pool.run(job, named("random", signal)),
    bayes: (job, signal) => pool.run(job, named("bayes", signal)),
    close: () => pool.destroy(),
  };
}
