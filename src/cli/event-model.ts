import { loadModule } from "#kernels";
import { DEFAULT_EVENT_MODEL } from "../event/default-model.ts";
import { createEventEvaluator } from "../event/evaluator.ts";
import { parseEventModel } from "../event/model.ts";
import type { Evaluator } from "../fidelity/evaluator.ts";
import { loadEngine } from "../starlight.ts";
import { loadDocument } from "../workload/load.ts";

/**
 * The event model as an evaluator.
 *
 * @param file of a model; the one that comes with the package by default
 */
export async function openEventEvaluator(file: string | undefined): Promise<Evaluator> {
  const model =
    file === undefined
      ? parseEventModel(DEFAULT_EVENT_MODEL, "the default model")
      : parseEventModel(await loadDocument(file), file);
  return createEventEvaluator(await loadModule(), await loadEngine(64), model);
}
