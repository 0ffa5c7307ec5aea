import { candidateText } from "../fidelity/candidate-key.ts";
import type { Candidate, Evaluator, Outcome } from "../fidelity/evaluator.ts";
import type { Objective } from "../mapper/objective.ts";
import type { Design, NetworkSums } from "../search/trial.ts";
import type { Workload } from "../workload/workload.ts";
import { chooseBatch } from "./acquire.ts";
import type { Measurement } from "./calibrate.ts";
import { candidatesOf, type PredictedDesign, predictDesign } from "./predicted-design.ts";

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
  /** Most layers that the verifier may run. */
  readonly runs: number;
  /** Designs verified between two refinements. */
  readonly batch: number;
  readonly signal?: AbortSignal;
  readonly onRound?: (progress: VerifiedSearchProgress) => void;
}

export interface VerifiedSearchProgress {
  readonly rounds: number;
  readonly runs: number;
  /** Cost of the best verified design; Infinity if there is none. */
  readonly bestCost: number;
  /** Least that any design not verified may cost, by the model's intervals. */
  readonly bound: number;
}

/** A design with what was predicted of it, before it was run, and what was measured. Never one in the place of the other. */
export interface VerifiedDesign {
  readonly predicted: PredictedDesign;
  readonly verified: { readonly sums: readonly NetworkSums[]; readonly cost: number };
}

export interface VerifiedSearchResult extends VerifiedSearchProgress {
  /** Undefined if the budget did not do for a single design. */
  readonly best: VerifiedDesign | undefined;
  /** What the last model holds for best, verified or not. */
  readonly promising: PredictedDesign | undefined;
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
 * the model's intervals, or the budget of runs does not do for any more.
 *
 * Evaluators with results on disk make it go on where it was killed.
 */
export async function searchVerified(request: VerifiedSearchRequest): Promise<VerifiedSearchResult> {
  const { workloads, objective, verifier, batch, signal, onRound } = request;
  const known = new Map<string, Outcome>();
  const verified: VerifiedDesign[] = [];
  const failed: { readonly design: Design; readonly reason: string }[] = [];
  const measurements: Measurement[] = [];
  const tried = new Set<string>();
  let { model } = request;
  let best: VerifiedDesign | undefined;
  let promising: PredictedDesign | undefined;
  let progress: VerifiedSearchProgress = { rounds: 0, runs: 0, bestCost: Number.POSITIVE_INFINITY, bound: 0 };
  const finish = (ended: VerifiedSearchResult["ended"]): VerifiedSearchResult => ({
    ...progress,
    best,
    promising,
    verified,
    failed,
    measurements,
    ended,
  });

  for (;;) {
    if (signal?.aborted) return finish("signal");
    const designs = await request.propose(model, signal);
    const predictions = await predictAll(request, model, known, designs, signal);
    promising = leastOf(predictions);
    const open = predictions.filter(({ design }) => !tried.has(designText(design)));
    const bound = open.reduce(
      (least, { interval }) => Math.min(least, interval.low),
      Number.POSITIVE_INFINITY,
    );
    progress = { ...progress, bound };
    onRound?.(progress);
    if (open.length === 0) return finish("exhausted");
    if (best && bound >= best.verified.cost) return finish("interval");

    const promotable = open.map((predicted) => ({
      predicted,
      runs: unknown(candidatesOf(workloads, predicted.design), known).size,
    }));
    const chosen = chooseBatch(promotable, best?.verified.cost, batch, request.runs - progress.runs);
    if (chosen.length === 0) return finish("budget");
    const wanted = unknown(
      chosen.flatMap(({ predicted }) => candidatesOf(workloads, predicted.design)),
      known,
    );
    let outcomes: readonly Outcome[];
    try {
      outcomes = await verifier.evaluate([...wanted.values()], signal);
    } catch (error) {
      if (signal?.aborted) return finish("signal");
      throw error;
    }
    for (const [i, [text, candidate]] of [...wanted].entries()) {
      const outcome = outcomes[i] as Outcome;
      known.set(text, outcome);
      if (outcome.status !== "priced") continue;
      const { latencyCycles, energyPj } = outcome;
      measurements.push({ candidate, latencyCycles, energyPj });
    }
    for (const { predicted } of chosen) {
      const { design } = predicted;
      tried.add(designText(design));
      const measured = candidatesOf(workloads, design).map((one) => known.get(candidateText(one)) as Outcome);
      const truth = predictDesign(workloads, objective, design, measured);
      if (!truth) {
        failed.push({ design, reason: firstReason(measured) });
        continue;
      }
      const pair = { predicted, verified: { sums: truth.sums, cost: truth.cost } };
      verified.push(pair);
      if (truth.cost < (best?.verified.cost ?? Number.POSITIVE_INFINITY)) best = pair;
    }
    progress = {
      rounds: progress.rounds + 1,
      runs: progress.runs + wanted.size,
      bestCost: best?.verified.cost ?? Number.POSITIVE_INFINITY,
      bound,
    };
    model = await request.refine(request.model, measurements);
  }
}

/** What a model, and where they were run the measurements, say of designs; without those that it cannot price. */
async function predictAll(
  { workloads, objective }: VerifiedSearchRequest,
  model: Evaluator,
  known: ReadonlyMap<string, Outcome>,
  designs: readonly Design[],
  signal: AbortSignal | undefined,
): Promise<readonly PredictedDesign[]> {
  const candidates = designs.map((design) => candidatesOf(workloads, design));
  const wanted = unknown(candidates.flat(), known);
  const outcomes = await model.evaluate([...wanted.values()], signal);
  const all = new Map(known);
  for (const [i, text] of [...wanted.keys()].entries()) all.set(text, outcomes[i] as Outcome);
  return designs.flatMap((design, i) => {
    const own = (candidates[i] as readonly Candidate[]).map((one) => all.get(candidateText(one)) as Outcome);
    return predictDesign(workloads, objective, design, own) ?? [];
  });
}

/** Candidates that have not been run, each once, by their text. */
function unknown(
  candidates: readonly Candidate[],
  known: ReadonlyMap<string, Outcome>,
): ReadonlyMap<string, Candidate> {
  const found = new Map<string, Candidate>();
  for (const candidate of candidates) {
    const text = candidateText(candidate);
    if (!known.has(text)) found.set(text, candidate);
  }
  return found;
}

function leastOf(designs: readonly PredictedDesign[]): PredictedDesign | undefined {
  return designs.reduce<PredictedDesign | undefined>(
    (least, one) => (!least || one.cost < least.cost ? one : least),
    undefined,
  );
}

function designText(design: Design): string {
  return JSON.stringify(design);
}

function firstReason(outcomes: readonly Outcome[]): string {
  const bad = outcomes.find((outcome) => outcome.status !== "priced");
  return bad && "reason" in bad ? bad.reason : "";
}
