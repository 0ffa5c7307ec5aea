import { move, transferableSymbol, valueSymbol, workerData } from "piscina";
import { type BayesTask, runBayes } from "../baselines/bayes/bayes.ts";
import { type DosaTask, descend } from "../baselines/dosa/dosa.ts";
import { type RandomTask, runRandom } from "../baselines/random.ts";
import { type Chunk, type ChunkAnswer, createChunkEvaluator } from "../designs/chunk.ts";
import { InputError, type InputProblem } from "../errors.ts";
import { createEngine } from "../fidelity/engine.ts";
import { collectArchive } from "../mapper/enumeration.ts";
import type { LayerArchive } from "../mapper/layer-archive.ts";
import type { TrialOutcome } from "../search/trial.ts";
import { createStarlightEngine } from "../surrogate/engine.ts";
import { type Calibration, type CalibrationJob, calibrate } from "../tune/calibrate.ts";
import type { AnnealAnswer, AnnealJob, BreedAnswer, BreedJob, WalkProblem } from "../walk/request.ts";
import { Walker } from "../walk/walker.ts";
import type { BaselineJob, JobWorkerData, StoppableJob } from "./pool.ts";
import { isSet } from "./stop-flag.ts";

const { module, starlight } = workerData as JobWorkerData;
const engine = await (starlight ? createStarlightEngine(module, starlight) : createEngine(module));

const evaluateChunk = createChunkEvaluator(engine);

/** Evaluates a run of CSV records; the answer's bytes move to the caller without a copy. */
export function chunk(job: Chunk): ChunkAnswer {
  const answer = evaluateChunk(job);
  return move({
    [transferableSymbol]: answer.bytes.buffer,
    [valueSymbol]: answer,
  } as unknown as ArrayBuffer) as unknown as ChunkAnswer;
}

/** Enumerates one layer on one PE array, until it is told to stop. What is wrong with the input is an answer: errors lose their class. */
export function archive({ job, stop }: StoppableJob): LayerArchive | InputProblem {
  const { shape, array, range, ...limits } = job;
  try {
    return collectArchive(module, shape, array, range, { ...limits, stop: () => isSet(stop) });
  } catch (error) {
    if (error instanceof InputError) return error.problem;
    throw error;
  }
}

let walker: { readonly key: string; readonly walker: Walker } | undefined;

/** The walker of a problem; jobs come in runs of one problem. */
function walkerOf(problem: WalkProblem): Walker {
  const key = JSON.stringify(problem);
  if (walker?.key !== key) walker = { key, walker: new Walker(module, problem) };
  return walker.walker;
}

/** One annealing walk. */
export function anneal(job: AnnealJob): AnnealAnswer {
  return walkerOf(job.problem).anneal(job);
}

/** One epoch of a population. */
export function breed(job: BreedJob): BreedAnswer {
  return walkerOf(job.problem).breed(job);
}

/** One start point of DOSA. */
export function dosa({ problem, task }: BaselineJob<DosaTask>): TrialOutcome<null> {
  return descend(engine, problem, task);
}

/** One hardware config with random mappings. */
export function random({ problem, task }: BaselineJob<RandomTask>): TrialOutcome<null> {
  return runRandom(engine, problem, task);
}

/** One hardware config with mappings picked by a regression. */
export function bayes({ problem, task }: BaselineJob<BayesTask>): TrialOutcome<null> {
  return runBayes(engine, problem, task);
}

/** Fits the event model to some measurements. */
export function calibration({ rows, options }: CalibrationJob): Calibration {
  return calibrate(module, rows, options);
}
