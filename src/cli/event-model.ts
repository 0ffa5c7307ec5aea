import { loadModule } from "#kernels";
import { UsageError } from "../errors.ts";
import { parseMachine } from "../evaluators/machine-file.ts";
import { DEFAULT_EVENT_MODEL } from "../event/default-model.ts";
import { createEventEvaluator } from "../event/evaluator.ts";
import { parseEventModel } from "../event/model.ts";
import type { Evaluator, Profile } from "../fidelity/evaluator.ts";
import { createMachineEvaluator } from "../fidelity/machine-evaluator.ts";
import { loadEngine } from "../starlight.ts";
import { loadDocument } from "../workload/load.ts";

export interface EventModelArgs {
  readonly profile: Profile;
  readonly model: string | undefined;
  readonly machine: string | undefined;
}

/**
 * The event model of a profile as an evaluator: Gemmini's with its calibration from a file (`--model`) or from the package, our own
 * RTL's with its machine (`--machine`).
 */
export async function openEventEvaluator({ profile, model, machine }: EventModelArgs): Promise<Evaluator> {
  if (profile === "polaris-rtl") {
    if (model !== undefined)
      throw new UsageError("--model: expected --profile gemmini-firesim, found polaris-rtl");
    const options = machine === undefined ? {} : parseMachine(await loadDocument(machine), machine);
    return createMachineEvaluator(await loadModule(), options);
  }
  if (machine !== undefined)
    throw new UsageError("--machine: expected --profile polaris-rtl beside it, found gemmini-firesim");
  const calibrated =
    model === undefined
      ? parseEventModel(DEFAULT_EVENT_MODEL, "the default model")
      : parseEventModel(await loadDocument(model), model);
  return createEventEvaluator(await loadModule(), await loadEngine(64), calibrated);
}
