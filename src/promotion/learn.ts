import type { Evaluator } from "../fidelity/evaluator.ts";
import { corrected, correctionOf, type Measurement } from "./calibrate.ts";

/**
 * A `refine` for models that have a trainer. What a model says of the measurements that it has learnt from tells little of how far it
 * is off elsewhere: its intervals are as wide as those of the model before it learnt, calibrated to the same measurements.
 *
 * @param train a model that has learnt from measurements
 */
export function learnWith(
  train: (measurements: readonly Measurement[]) => Promise<Evaluator>,
): (model: Evaluator, measurements: readonly Measurement[]) => Promise<Evaluator> {
  return async (model, measurements) => {
    const trained = await train(measurements);
    const { energy } = await correctionOf(trained, measurements);
    const { spread } = await correctionOf(model, measurements);
    return corrected(trained, { latency: 1, energy, spread });
  };
}
