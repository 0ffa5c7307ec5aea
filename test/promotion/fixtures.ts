import { loadModule } from "#kernels";
import { collectPlatforms } from "../../src/codesign/platform.ts";
import { createAnalyticalEvaluator } from "../../src/fidelity/analytical.ts";
import { candidateText } from "../../src/fidelity/candidate-key.ts";
import { createEngine } from "../../src/fidelity/engine.ts";
import type { Candidate, Evaluator, Outcome } from "../../src/fidelity/evaluator.ts";
import { collectArchive } from "../../src/mapper/enumeration.ts";
import { EDP } from "../../src/mapper/objective.ts";
import { calibrate } from "../../src/promotion/calibrate.ts";
import { createProposer } from "../../src/promotion/propose.ts";
import type { VerifiedSearchRequest } from "../../src/promotion/verified-search.ts";
import { createRng } from "../../src/rng.ts";
import { builtinWorkload } from "../../src/workload/builtin.ts";

const module = await loadModule();
const engine = await createEngine(module, 64);
export const analytical: Evaluator = createAnalyticalEvaluator(engine);
export const workloads = [builtinWorkload("bert")];
const space = {
  arrays: [{ peDim: 8 }, { peDim: 16 }],
  scratchpadKib: [16, 24, 32, 48, 64, 96, 128],
  accumulatorKib: [4, 8, 12, 16, 24, 32],
  maxAreaMm2: 0.45,
};
const platforms = await collectPlatforms(
  { collectArchive: async ({ shape, array, range }) => collectArchive(module, shape, array, range) },
  { workloads, space },
);
export const propose = createProposer({ workloads, space, objective: EDP, platforms, configs: 24 });

/** A normal number that depends on a text alone. */
function noise(text: string, seed: number): number {
  let key = seed;
  for (let i = 0; i < text.length; i++) key = Math.imul(key, 31) + text.charCodeAt(i);
  const rng = createRng(key);
  return Math.sqrt(-2 * Math.log(1 - rng())) * Math.cos(2 * Math.PI * rng());
}

/** A machine that needs `factor` times the analytical cycles, times an error of its own for every candidate. */
export function createTruth(
  factor: number,
  error: number,
  seed = 1,
): Evaluator & { readonly runs: () => number } {
  let runs = 0;
  return {
    ...analytical,
    fidelity: "rtl",
    runs: () => runs,
    evaluate: async (candidates, signal) => {
      const outcomes = await analytical.evaluate(candidates, signal);
      runs += candidates.length;
      return outcomes.map((outcome, i) => {
        if (outcome.status !== "priced") return outcome;
        const off = Math.exp(error * noise(candidateText(candidates[i] as Candidate), seed));
        return { ...outcome, latencyCycles: outcome.latencyCycles * factor * off };
      });
    },
  };
}

/** The analytical model that knows how far off it may be. */
export function createModel(width: number): Evaluator {
  return {
    ...analytical,
    evaluate: async (candidates, signal) =>
      (await analytical.evaluate(candidates, signal)).map((outcome): Outcome => {
        if (outcome.status !== "priced") return outcome;
        const { latencyCycles } = outcome;
        const latencyInterval = {
          low: latencyCycles * Math.exp(-width),
          high: latencyCycles * Math.exp(width),
        };
        return { ...outcome, latencyInterval };
      }),
  };
}

export const request = (options: Partial<VerifiedSearchRequest>): VerifiedSearchRequest => ({
  workloads,
  objective: EDP,
  model: createModel(0.1),
  verifier: createTruth(1, 0.05),
  propose,
  refine: calibrate,
  runs: 1000,
  batch: 2,
  ...options,
});
