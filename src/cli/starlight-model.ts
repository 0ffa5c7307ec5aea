import type { Evaluator, Profile } from "../fidelity/evaluator.ts";
import { DEFAULT_STARLIGHT } from "../surrogate/default-model.ts";
import { createStarlightEngine } from "../surrogate/engine.ts";
import { createStarlightEvaluator } from "../surrogate/evaluator.ts";
import { loadFastModule } from "../surrogate/fast-module.ts";
import { parseStarlightModel, type StarlightModel } from "../surrogate/model.ts";
import { loadDocument } from "../workload/load.ts";
import { once } from "./options.ts";

/** The option that names a model file. */
export const modelOption = {
  describe:
    "starlight, event: a model that polaris train wrote (default: the one that comes with the package)",
  type: "string",
  requiresArg: true,
  coerce: once<string>("model"),
} as const;

/** Starlight as an evaluator. */
export async function openStarlightEvaluator(
  file: string | undefined,
  profile?: Profile,
): Promise<Evaluator> {
  return createStarlightEvaluator(
    await createStarlightEngine(await loadFastModule(), await loadStarlightModel(file, profile)),
  );
}

/**
 * Starlight as it comes with the package, or from a file.
 *
 * @throws InputError for a file that cannot be read, is damaged, or is of other RTL
 */
export async function loadStarlightModel(
  file: string | undefined,
  profile: Profile = "gemmini-firesim",
): Promise<StarlightModel> {
  if (file === undefined) return parseStarlightModel(DEFAULT_STARLIGHT, "built-in model", profile);
  return parseStarlightModel(await loadDocument(file), file, profile);
}
