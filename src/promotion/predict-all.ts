import { candidateText } from "../fidelity/candidate-key.ts";
import type { Candidate, Evaluator, Outcome } from "../fidelity/evaluator.ts";
import type { Objective } from "../mapper/objective.ts";
import type { Design } from "../search/trial.ts";
import type { Workload } from "../workload/workload.ts";
import type { LayerRuns } from "./layer-runs.ts";
import { candidatesOf, type PredictedDesign, predictDesign } from "./predicted-design.ts";

/**
 * What a model, and where they were run the measurements, say of designs; without those that cannot be priced.
 *
 * @throws the signal's reason if it is aborted first
 */
export async function predictAll(
  problem: { readonly workloads: readonly Workload[]; readonly objective: Objective },
  model: Evaluator,
  runs: LayerRuns,
  designs: readonly Design[],
  signal: AbortSignal,
): Promise<readonly PredictedDesign[]> {
  const { workloads, objective } = problem;
  const candidates = designs.map((design) => candidatesOf(workloads, design));
  const wanted = runs.missing(candidates.flat());
  const outcomes = await model.evaluate([...wanted.values()], signal);
  const predicted = new Map([...wanted.keys()].map((text, i) => [text, outcomes[i] as Outcome]));
  return designs.flatMap((design, i) => {
    const own = (candidates[i] as readonly Candidate[]).map(
      (one) => runs.get(one) ?? (predicted.get(candidateText(one)) as Outcome),
    );
    return predictDesign(workloads, objective, design, own) ?? [];
  });
}

/** The cheapest of designs; undefined of none. */
export function leastOf(designs: readonly PredictedDesign[]): PredictedDesign | undefined {
  return designs.reduce<PredictedDesign | undefined>(
    (least, one) => (!least || one.cost < least.cost ? one : least),
    undefined,
  );
}

/** A model that counts the candidates it is asked for. */
export function counting(model: Evaluator, count: (candidates: number) => void): Evaluator {
  return {
    ...model,
    evaluate: (candidates, signal) => {
      count(candidates.length);
      return model.evaluate(candidates, signal);
    },
  };
}
