import type { StarlightModel } from "../surrogate/model.ts";
import type { MeasuredRow } from "./dataset.ts";
import { toFloats } from "./dequantise.ts";
import { forKinds } from "./distil.ts";
import { crossValidation } from "./folds.ts";
import { FULL_EFFORT, type Prediction, StarlightTrainer } from "./starlight-training.ts";
import { type HeldOutPrediction, spreadsOf } from "./train-starlight.ts";

/**
 * What a model predicts of measurements that it has not learnt from, for intervals from their errors. Layers are dealt out to
 * folds, so that no width is judged on a layer that it was fitted on.
 *
 * @param kernels the compiled kernels, baseline or relaxed
 * @param training the compiled training kernels
 * @param rows clean ones, of the RTL of the model's profile
 */
export function judgeUnseen(
  kernels: WebAssembly.Module,
  training: WebAssembly.Module,
  model: StarlightModel,
  rows: readonly MeasuredRow[],
): readonly HeldOutPrediction[] {
  const { profile, coefficients } = model;
  const effort = { ...FULL_EFFORT, mappings: 0 };
  const trainer = new StarlightTrainer(kernels, training, { profile, seed: 0, effort });
  const described = trainer.describe(coefficients, rows);
  const ensembles = forKinds((kind) =>
    toFloats(model[kind].network, model[kind].grid, described[kind].inputs),
  );
  const predictions = trainer.predict({ coefficients, ensembles }, rows);
  const folds = new Map(
    crossValidation(rows, 0).layers.flatMap(({ test }, fold) => test.map((row) => [row, fold] as const)),
  );
  return rows.map((row, i) => ({ ...(predictions[i] as Prediction), row, fold: folds.get(i) as number }));
}

/** The model with intervals from predictions of rows that it has not learnt from; what it predicts is left as it is. */
export function withIntervals(model: StarlightModel, heldOut: readonly HeldOutPrediction[]): StarlightModel {
  const spreads = spreadsOf(heldOut);
  return { ...model, ...forKinds((kind) => ({ ...model[kind], spread: spreads[kind] })) };
}
