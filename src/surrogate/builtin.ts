import type { Profile } from "../fidelity/evaluator.ts";
import { parseStarlightModel, type StarlightModel } from "./model.ts";

/** The model file that comes with the package; only the weights that are asked for are loaded. */
export async function builtinDocument(profile: Profile): Promise<unknown> {
  const { DEFAULT_STARLIGHT } =
    profile === "polaris-rtl"
      ? await import("./default-model-polaris-rtl.ts")
      : await import("./default-model.ts");
  return DEFAULT_STARLIGHT;
}

/** Starlight as it comes with the package. */
export async function builtinStarlight(profile: Profile): Promise<StarlightModel> {
  return parseStarlightModel(await builtinDocument(profile), "built-in model", profile);
}
