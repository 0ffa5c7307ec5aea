import { violations } from "../space/validity.ts";
import type { Engine } from "./engine.ts";
import type { Evaluator } from "./evaluator.ts";

/** The analytical model as an evaluator. */
export function createAnalyticalEvaluator(engine: Engine): Evaluator {
  return {
    fidelity: "analytical",
    evaluate: async (candidates, signal) => {
      signal?.throwIfAborted();
      return candidates.map(({ shape, hardware, mapping }) => {
        const [broken] = violations(mapping, shape, hardware);
        if (broken) return { status: "infeasible", reason: broken.message };
        const { latencyCycles, energyPj } = engine.explain(mapping, shape, hardware);
        return { status: "priced", latencyCycles, energyPj };
      });
    },
    close: () => engine.close(),
  };
}
