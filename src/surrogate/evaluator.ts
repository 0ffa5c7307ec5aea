import type { Candidate, Evaluator, Outcome } from "../fidelity/evaluator.ts";
import { violations } from "../space/validity.ts";
import type { StarlightEngine } from "./engine.ts";
import { rulesOf } from "./profiles.ts";

/** Starlight as an evaluator: neighbours that share layer and accelerator are priced together. */
export function createStarlightEvaluator(engine: StarlightEngine): Evaluator {
  const { batch } = engine;
  const rules = rulesOf(engine.profile);
  return {
    fidelity: "starlight",
    profile: engine.profile,
    evaluate: async (candidates, signal) => {
      signal?.throwIfAborted();
      const outcomes: Outcome[] = [];
      for (let first = 0; first < candidates.length; ) {
        const { shape, hardware, cold = false } = candidates[first] as Candidate;
        let end = first;
        for (; end < candidates.length && end - first < batch.capacity; end++) {
          const candidate = candidates[end] as Candidate;
          const alike = candidate.shape === shape && candidate.hardware === hardware;
          if (!alike || (candidate.cold ?? false) !== cold) break;
          batch.write(end - first, candidate.mapping);
        }
        const unfit = rules.unfit(shape);
        if (unfit === undefined) engine.evaluateNow(shape, hardware, end - first, cold);
        for (let i = first; i < end; i++) {
          const { mapping } = candidates[i] as Candidate;
          const reason =
            unfit ?? violations(mapping, shape, hardware)[0]?.message ?? rules.unfitMapping(mapping);
          outcomes.push(reason === undefined ? priced(engine, i - first) : { status: "infeasible", reason });
        }
        first = end;
      }
      return outcomes;
    },
    close: () => engine.close(),
  };
}

function priced({ batch }: StarlightEngine, index: number): Outcome {
  return {
    status: "priced",
    latencyCycles: batch.latencyCycles(index),
    energyPj: batch.energyPj(index),
    latencyInterval: { low: batch.latencyLow(index), high: batch.latencyHigh(index) },
  };
}
