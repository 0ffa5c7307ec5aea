// DOSA's predictor of the RTL, for bench/verification.ts: the analytical latency times what a network of its architecture (Hong et
// al., MICRO 2023: seven hidden layers; tiling factors, loop orders, layer and hardware as inputs) has learnt of the difference.
// Its target is a logarithm, which does better than theirs (docs/accuracy.md).
import type { Candidate, Evaluator, Outcome } from "../src/fidelity/evaluator.ts";
import type { Measurement } from "../src/promotion/calibrate.ts";
import { createRng } from "../src/rng.ts";
import { fromMapping } from "../src/space/mapping.ts";
import { RawMapping } from "../src/space/raw-mapping.ts";
import { predictRows, type TrainingRecipe, trainNetwork } from "../src/tune/network-training.ts";
import { plainInputs } from "./transfer-predictors.ts";

/** Half the steps that 1,244 rows get in bench/transfer-predictors.ts, for some hundred. */
const RECIPE: TrainingRecipe = {
  hidden: [28, 28, 28, 28, 28, 28, 28],
  steps: 4000,
  batch: 32,
  rate: 2e-3,
  warmUp: 0.1,
  weightDecay: 0.01,
  noise: 0,
  huberDelta: 0.1,
  mostGradient: 1,
};

function inputsOf({ shape, mapping, hardware }: Candidate): readonly number[] {
  const raw = fromMapping(mapping, new RawMapping());
  const sizes = [hardware.peDim, hardware.scratchpadWords, hardware.accumulatorWords];
  const inputs = [...plainInputs(shape, raw), ...sizes.map((size) => Math.log2(size) / 8)];
  return [...inputs, ...new Array<number>((4 - (inputs.length % 4)) % 4).fill(0)];
}

/** The analytical model with the network trained on all measurements; energies get their mean factor. */
export async function dosaPredictor(
  analytical: Evaluator,
  training: WebAssembly.Module,
  measurements: readonly Measurement[],
  seed: number,
): Promise<Evaluator> {
  if (measurements.length === 0) return analytical;
  const candidates = measurements.map(({ candidate }) => candidate);
  const said = await analytical.evaluate(candidates);
  const targets: number[] = [];
  let energy = 0;
  for (const [i, { latencyCycles, energyPj }] of measurements.entries()) {
    const outcome = said[i] as Outcome;
    if (outcome.status !== "priced") throw new Error("what was run is not priced by the analytical model");
    targets.push(Math.log(latencyCycles / outcome.latencyCycles));
    energy += Math.log(energyPj / outcome.energyPj) / measurements.length;
  }
  const mean = targets.reduce((sum, target) => sum + target, 0) / targets.length;
  const rows = candidates.map(inputsOf);
  const width = rows[0]?.length ?? 0;
  const network = trainNetwork(
    training,
    {
      width,
      inputs: Float32Array.from(rows.flat()),
      targets: Float32Array.from(targets, (target) => target - mean),
      weights: new Float32Array(targets.length).fill(1),
    },
    RECIPE,
    createRng(seed, measurements.length),
  );
  return {
    ...analytical,
    evaluate: async (asked, signal) => {
      const outcomes = await analytical.evaluate(asked, signal);
      const residuals = predictRows(training, network, width, Float32Array.from(asked.flatMap(inputsOf)));
      return outcomes.map((outcome, i) =>
        outcome.status === "priced"
          ? {
              ...outcome,
              latencyCycles: outcome.latencyCycles * Math.exp(mean + (residuals[i] as number)),
              energyPj: outcome.energyPj * Math.exp(energy),
            }
          : outcome,
      );
    },
  };
}
