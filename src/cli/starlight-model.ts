import type { Evaluator, Profile } from "../fidelity/evaluator.ts";
import { unseal } from "../fidelity/model-file.ts";
import { builtinDocument } from "../surrogate/builtin.ts";
import { createStarlightEngine } from "../surrogate/engine.ts";
import { createStarlightEvaluator } from "../surrogate/evaluator.ts";
import { loadFastModule } from "../surrogate/fast-module.ts";
import { parseStarlightModel, type StarlightModel } from "../surrogate/model.ts";
import { loadDocument } from "../workload/load.ts";
import { once } from "./options.ts";

/** The option that names a model file, of the fidelities that read one. */
export function modelOption(...fidelities: readonly string[]) {
  return {
    describe: `${fidelities.join(", ")}: a model that polaris train wrote (default: the one that comes with the package)`,
    type: "string",
    requiresArg: true,
    coerce: once<string>("model"),
  } as const;
}

/** Starlight as an evaluator. */
export async function openStarlightEvaluator(
  file: string | undefined,
  profile: Profile = "gemmini-firesim",
): Promise<Evaluator> {
  const { document, where } = await readStarlight(file, profile);
  const engine = await createStarlightEngine(
    await loadFastModule(),
    parseStarlightModel(document, where, profile),
  );
  const { data, checksum } = unseal(document, where, "starlight");
  return { ...createStarlightEvaluator(engine), learntFrom: data, checksum };
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
  const { document, where } = await readStarlight(file, profile);
  return parseStarlightModel(document, where, profile);
}

async function readStarlight(
  file: string | undefined,
  profile: Profile,
): Promise<{ readonly document: unknown; readonly where: string }> {
  return file === undefined
    ? { document: await builtinDocument(profile), where: "built-in model" }
    : { document: await loadDocument(file), where: file };
}
