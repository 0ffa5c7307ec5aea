import { loadModule } from "#kernels";
import { quote, UsageError } from "../errors.ts";
import { createAnalyticalEvaluator } from "../fidelity/analytical.ts";
import { createEngine } from "../fidelity/engine.ts";
import type { Evaluator, Profile } from "../fidelity/evaluator.ts";
import { createMachineEvaluator } from "../fidelity/machine-evaluator.ts";
import type { CliContext } from "./context.ts";
import { evaluatorOptions, openEvaluator } from "./evaluator-options.ts";
import { openStarlightEvaluator } from "./starlight-model.ts";

/** Models that a search can rank designs by. */
export const MODELS = ["analytical", "starlight", "event"] as const;
export type ModelName = (typeof MODELS)[number];

/** A model of our RTL, or Starlight of another profile, and from a file, if one is named. */
export async function openModel(
  name: ModelName,
  {
    model,
    profile = "polaris-rtl",
  }: { readonly model?: string | undefined; readonly profile?: Profile } = {},
): Promise<Evaluator> {
  if (name === "starlight") return openStarlightEvaluator(model, profile);
  const module = await loadModule();
  if (name === "event") return createMachineEvaluator(module);
  return createAnalyticalEvaluator(await createEngine(module, 1));
}

/** What `--verify` names: where the truth comes from. */
export type VerifierSource =
  | { readonly kind: "rtl" | "event" }
  | { readonly kind: "command" | "dataset"; readonly file: string };

/** A reader of `--verify`: `rtl`, `event`, `command:FILE` or `dataset:FILE`. */
export function parseVerifier(value: unknown): VerifierSource | undefined {
  if (value === undefined) return undefined;
  if (typeof value === "object" && value !== null) return value as VerifierSource;
  const [, kind, file] = /^(rtl|event|command|dataset)(?::(.+))?$/.exec(String(value)) ?? [];
  if ((kind === "rtl" || kind === "event") && file === undefined) return { kind };
  if ((kind === "command" || kind === "dataset") && file !== undefined) return { kind, file };
  throw new UsageError(`--verify: expected rtl, event, command:FILE or dataset:FILE, found ${quote(value)}`);
}

/** Opens what is to be believed; results of runs are kept in the user's cache folder. */
export async function openVerifier(
  context: CliContext,
  source: VerifierSource,
  workers: number,
): Promise<Evaluator> {
  if (source.kind === "event") return openModel("event");
  const args = {
    command: source.kind === "command" ? source.file : undefined,
    measured: source.kind === "dataset" ? source.file : undefined,
    machine: undefined,
    workers,
    cache: evaluatorOptions.cache.default,
  };
  return openEvaluator(context, args);
}
