import type { Evaluator, Outcome } from "../fidelity/evaluator.ts";
import type { Objective } from "../mapper/objective.ts";
import { startStudyClock } from "../search/clock.ts";
import type { Budget, Journal } from "../search/study.ts";
import { type Design, trialCost } from "../search/trial.ts";
import type { Workload } from "../workload/workload.ts";
import { chooseBatch } from "./acquire.ts";
import type { Measurement } from "./calibrate.ts";
import { LayerRuns } from "./layer-runs.ts";
import { counting, leastOf, predictAll } from "./predict-all.ts";
import { candidatesOf, type PredictedDesign } from "./predicted-design.ts";
import {
  beginVerification,
  type OpenVerification,
  type VerifiedDesign,
  type VerifyCarry,
  type VerifyJob,
  verificationOutcome,
} from "./verified-trial.ts";

export interface VerifiedSearchRequest {
  readonly workloads: readonly Workload[];
  readonly objective: Objective;
  /** Predicts latency, with intervals; what is searched on. */
  readonly model: Evaluator;
  /** What is true. */
  readonly verifier: Evaluator;
  /** Designs that a model holds for good, the best first. Called again after each refinement. */
  readonly propose: (model: Evaluator, signal?: AbortSignal) => Promise<readonly Design[]>;
  /** A model that has learnt from measurements; called with all of them after each round. */
  readonly refine: (model: Evaluator, measurements: readonly Measurement[]) => Promise<Evaluator>;
  /** Most layers that the verifier may run, those on record included. */
  readonly runs: number;
  /** Ends the search early: by time, by candidates that the model priced, by designs verified. */
  readonly budget?: Budget;
  /** Designs verified between two refinements. */
  readonly batch: number;
  /** Where verified designs are written down; those on record are not run again. */
  readonly journal?: Journal<VerifyJob, VerifyCarry>;
  readonly signal?: AbortSignal;
  /** After each proposal and each design that was verified. */
  readonly onProgress?: (progress: VerifiedSearchProgress) => void;
}

export interface VerifiedSearchProgress {
  /** Refinements of the model. */
  readonly rounds: number;
  /** Layers run. */
  readonly runs: number;
  /** Candidates that the model priced. */
  readonly evaluated: number;
  readonly seconds: number;
  /** Cost of the best verified design; Infinity if there is none. */
  readonly bestCost: number;
  /** What the last model holds for best, verified or not. */
  readonly promising: PredictedDesign | undefined;
  /** Least that any design not verified may cost, by the model's intervals. */
  readonly bound: number;
  /** Cycles that the machine is about to run, as predicted; of layers that it knows too. */
  readonly cyclesAhead: number;
}

export interface VerifiedSearchResult extends VerifiedSearchProgress {
  /** Undefined if the budget did not do for a single design. */
  readonly best: VerifiedDesign | undefined;
  readonly verified: readonly VerifiedDesign[];
  /** Designs that the verifier could not run, with the first reason. */
  readonly failed: readonly { readonly design: Design; readonly reason: string }[];
  readonly measurements: readonly Measurement[];
  /** `interval`: no design left can be better than the best verified one, if the intervals hold. */
  readonly ended: "interval" | "budget" | "exhausted" | "signal";
}

/**
 * Search on a model, verify what promises most, let the model learn, search on. Layers that were run are known: a design that
 * shares them costs fewer runs, and its prediction is that much surer. Ends when the best verified design cannot be beaten within
 * the model's intervals, or when the next design would be beyond a budget.
 *
 * Each design verified is a trial of the journal. A search that goes on from one makes the same decisions again, with the runs on
 * record, and more of them where the budget has grown. What is on record is gone through however small the budgets are.
 *
 * @throws InputError naming the trial if the search asks for another design than the one on record
 */
export async function searchVerified(request: VerifiedSearchRequest): Promise<VerifiedSearchResult> {
  const { workloads, objective, budget = {}, journal, onProgress } = request;
  const known = journal?.known ?? [];
  const runs = new LayerRuns();
  const verified: VerifiedDesign[] = [];
  const failed: { readonly design: Design; readonly reason: string }[] = [];
  const tried = new Set<string>();
  let best: VerifiedDesign | undefined;
  let promising: PredictedDesign | undefined;
  let [rounds, evaluated, bound, cyclesAhead] = [0, 0, 0, 0];
  const trials = (): number => verified.length + failed.length;
  const clock = startStudyClock({
    before: known.at(-1)?.seconds ?? 0,
    milliseconds: budget.milliseconds,
    signal: request.signal,
    // Without a record a prediction is an answer.
    answered: () => promising !== undefined && trials() >= known.length,
  });
  const progress = (): VerifiedSearchProgress => ({
    rounds,
    runs: runs.count,
    evaluated,
    seconds: clock.seconds(),
    bestCost: best?.verified.cost ?? Number.POSITIVE_INFINITY,
    promising,
    bound,
    cyclesAhead,
  });
  const finish = (ended: VerifiedSearchResult["ended"]): VerifiedSearchResult => ({
    ...progress(),
    best,
    verified,
    failed,
    measurements: runs.measurements,
    ended,
  });
  /** Whether a trial would be beyond a budget. What is on record never is. */
  const isBeyond = (number: number, running = 0): boolean =>
    number >= known.length &&
    (clock.late() ||
      evaluated >= (budget.evaluations ?? Number.POSITIVE_INFINITY) ||
      number >= (budget.trials ?? Number.POSITIVE_INFINITY) ||
      runs.count + running > request.runs);
  /** Whether the next design would be. */
  let spent = false;

  /** Begins to verify designs, in this order, as far as the budgets allow. */
  const begin = (chosen: readonly PredictedDesign[]): readonly OpenVerification[] => {
    const open: OpenVerification[] = [];
    const begun = new Set<string>();
    for (const predicted of chosen) {
      const missing = runs.missing(candidatesOf(workloads, predicted.design), begun);
      const number = trials() + open.length;
      spent ||= isBeyond(number, begun.size + missing.size);
      if (spent) break;
      for (const text of missing.keys()) begun.add(text);
      const job = { round: rounds, design: predicted.design };
      const trial = { verifier: request.verifier, name: journal?.name ?? "", number };
      open.push(beginVerification(trial, job, predicted, [...missing.values()], known[number], clock.ending));
    }
    return open;
  };

  const tell = async (open: OpenVerification): Promise<void> => {
    const outcomes = await open.outcomes;
    for (const [i, candidate] of open.missing.entries()) runs.add(candidate, outcomes[i] as Outcome);
    const { design } = open.job;
    const outcome = verificationOutcome(request, runs, open, outcomes);
    if (!open.replayed) journal?.append({ job: open.job, outcome, seconds: clock.seconds() });
    tried.add(designText(design));
    if (outcome.status === "found") {
      const pair = {
        predicted: open.predicted,
        verified: { sums: outcome.sums, cost: trialCost(objective, outcome) },
      };
      verified.push(pair);
      if (pair.verified.cost < (best?.verified.cost ?? Number.POSITIVE_INFINITY)) best = pair;
    } else failed.push({ design, reason: outcome.reason });
    cyclesAhead -= open.predicted.cyclesOnce;
    onProgress?.(progress());
  };

  try {
    const counted = (one: Evaluator): Evaluator =>
      counting(one, (candidates) => {
        evaluated += candidates;
      });
    let model = counted(request.model);
    for (;;) {
      clock.ending.throwIfAborted();
      const designs = distinct(await request.propose(model, clock.ending));
      const predictions = await predictAll(request, model, runs, designs, clock.ending);
      promising = leastOf(predictions);
      const left = predictions.filter(({ design }) => !tried.has(designText(design)));
      bound = Math.min(Number.POSITIVE_INFINITY, ...left.map(({ interval }) => interval.low));
      onProgress?.(progress());
      if (left.length === 0) return finish("exhausted");
      if (best && bound >= best.verified.cost) return finish("interval");
      if (spent || isBeyond(trials())) return finish("budget");
      const promotable = left.map((predicted) => ({
        predicted,
        runs: runs.missing(candidatesOf(workloads, predicted.design)).size,
      }));
      const chosen = chooseBatch(promotable, best?.verified.cost, request.batch);
      const open = begin(chosen.map(({ predicted }) => predicted));
      if (open.length === 0) return finish("budget");
      cyclesAhead = open.reduce((sum, { predicted }) => sum + predicted.cyclesOnce, 0);
      onProgress?.(progress());
      for (const one of open) await tell(one);
      rounds++;
      model = counted(await request.refine(request.model, runs.measurements));
    }
  } catch (error) {
    // What was under way is dropped.
    if (request.signal?.aborted) return finish("signal");
    if (clock.ending.aborted) return finish("budget");
    throw error;
  } finally {
    clock.stop();
  }
}

function distinct(designs: readonly Design[]): readonly Design[] {
  return [...new Map(designs.map((design) => [designText(design), design])).values()];
}

function designText(design: Design): string {
  return JSON.stringify(design);
}
