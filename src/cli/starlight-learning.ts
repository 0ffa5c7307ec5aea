import { loadModule } from "#kernels";
import { loadTrainingModule } from "#training-kernels";
import type { Evaluator, Profile } from "../fidelity/evaluator.ts";
import { crc32, seal } from "../fidelity/model-file.ts";
import type { Measurement } from "../promotion/calibrate.ts";
import { learnWith } from "../promotion/learn.ts";
import { createStarlightEngine } from "../surrogate/engine.ts";
import { createStarlightEvaluator } from "../surrogate/evaluator.ts";
import { loadFastModule } from "../surrogate/fast-module.ts";
import { type StarlightModel, toDocument } from "../surrogate/model.ts";
import { StarlightTuner } from "../tune/fine-tune.ts";
import type { CliContext } from "./context.ts";
import { writtenBy } from "./provenance.ts";
import { loadStarlightModel } from "./starlight-model.ts";

/** Starlight that learns from what a search runs. */
export interface StarlightLearning {
  /** The model after all measurements so far. */
  refine(model: Evaluator, measurements: readonly Measurement[]): Promise<Evaluator>;
  /** The same model as the text of a file for `--model`. */
  toFile(context: CliContext, measurements: readonly Measurement[]): Promise<string>;
}

/** @param file of the model to begin with; the one that comes with the package without */
export async function createStarlightLearning(
  file: string | undefined,
  profile: Profile,
): Promise<StarlightLearning> {
  const start = await loadStarlightModel(file, profile);
  let tuner: StarlightTuner | undefined;
  const tune = async (measurements: readonly Measurement[]): Promise<StarlightModel> => {
    // It takes a second to make.
    tuner ??= new StarlightTuner(await loadModule(), await loadTrainingModule(), start);
    return tuner.tune(measurements);
  };
  return {
    refine: learnWith(async (measurements) =>
      createStarlightEvaluator(await createStarlightEngine(await loadFastModule(), await tune(measurements))),
    ),
    toFile: async (context, measurements) => {
      const rows = measurements.length;
      const text = JSON.stringify(measurements);
      const sealed = seal({
        kind: "starlight",
        profile,
        data: [{ name: "runs of the search", rows, crc32: crc32(text) }],
        madeBy: writtenBy(context.version, context.args).command,
        model: toDocument(await tune(measurements), new Date().toISOString().slice(0, 10)),
      });
      return `${JSON.stringify(sealed)}\n`;
    },
  };
}
