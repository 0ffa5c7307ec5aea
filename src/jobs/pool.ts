import { Piscina } from "piscina";
import { loadModule } from "#kernels";
import type { BayesTask } from "../baselines/bayes/bayes.ts";
import type { DosaTask } from "../baselines/dosa/dosa.ts";
import type { RandomTask } from "../baselines/random.ts";
import type { ChunkPool } from "../designs/chunk.ts";
import { InputError, type InputProblem } from "../errors.ts";
import type { ArchivePool } from "../mapper/archive-pool.ts";
import type { ArchiveJob } from "../mapper/enumeration.ts";
import type { LayerArchive } from "../mapper/layer-archive.ts";
import type { TrialOutcome } from "../search/trial.ts";
import { loadFastModule } from "../surrogate/fast-module.ts";
import type { StarlightModel } from "../surrogate/model.ts";
import type { CalibrationPool } from "../tune/calibrate.ts";
import type { WalkPool, WalkProblem } from "../walk/request.ts";
import { createStopFlags } from "./stop-flag.ts";

/** What a worker of the pool starts from. */
export interface JobWorkerData {
  readonly module: WebAssembly.Module;
  /** The model that evaluates chunks; the analytical one without. */
  readonly starlight?: StarlightModel;
}

/** An enumeration, and the flag that ends it once it is set. */
export interface StoppableJob {
  readonly job: ArchiveJob;
  readonly stop: Int32Array;
}

/** A task of a baseline, and the problem that it is of. */
export interface BaselineJob<Task> {
  readonly problem: WalkProblem;
  readonly task: Task;
}

/** Worker threads, each with an engine of its own, for jobs that are worth a message: some milliseconds each. */
export interface JobPool extends ChunkPool, ArchivePool, WalkPool, CalibrationPool {
  dosa(job: BaselineJob<DosaTask>): Promise<TrialOutcome<null>>;
  random(job: BaselineJob<RandomTask>): Promise<TrialOutcome<null>>;
  bayes(job: BaselineJob<BayesTask>): Promise<TrialOutcome<null>>;
  /** Ends the workers; jobs under way are dropped. */
  close(): Promise<void>;
}

/** @param starlight what evaluates chunks instead of the analytical model */
export async function createJobPool(workers: number, starlight?: StarlightModel): Promise<JobPool> {
  const module = starlight ? await loadFastModule() : await loadModule();
  const workerData: JobWorkerData = { module, ...(starlight ? { starlight } : {}) };
  const pool = new Piscina({
    filename: import.meta.resolve("#job-worker"),
    // A thread starts with the first job that waits for it, and stays.
    minThreads: 0,
    maxThreads: workers,
    idleTimeout: Number.POSITIVE_INFINITY,
    workerData,
    // Without a limit what a worker holds grows with the machine, not with the work.
    resourceLimits: { maxYoungGenerationSizeMb: 32 },
  });
  const stopFlag = createStopFlags();
  let closed = false;
  // The answer of a job that was dropped may still arrive, which Piscina takes for a fault.
  pool.on("error", (error: unknown) => {
    if (!closed) throw error;
  });
  return {
    workers,
    evaluateChunk: (job) => pool.run(job, { name: "chunk", transferList: [job.bytes.buffer as ArrayBuffer] }),
    collectArchive: async (job, signal) => {
      const stoppable: StoppableJob = { job, stop: stopFlag(signal) };
      const answer: LayerArchive | InputProblem = await pool.run(stoppable, { name: "archive" });
      if ("found" in answer) throw new InputError(answer);
      return answer;
    },
    anneal: (job) => pool.run(job, { name: "anneal" }),
    breed: (job) => pool.run(job, { name: "breed" }),
    dosa: (job) => pool.run(job, { name: "dosa" }),
    random: (job) => pool.run(job, { name: "random" }),
    bayes: (job) => pool.run(job, { name: "bayes" }),
    calibrate: (job) => pool.run(job, { name: "calibration" }),
    close: () => {
      closed = true;
      return pool.destroy();
    },
  };
}
