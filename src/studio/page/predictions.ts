import type { Profile } from "../../fidelity/evaluator.ts";
import { newestOnly, type WorkerClient } from "../client.ts";
import type { MappedDesign, PredictedDesign } from "../protocol.ts";

/** What Starlight says of the designs on screen. */
export interface Predictions<Slot extends string> {
  /** Asks for the design that a slot shows now; the newest question of a slot stands for those before it. */
  follow(slot: Slot, design: MappedDesign, profile: Profile): void;
  forget(slot: Slot): void;
  of(slot: Slot): PredictedDesign | undefined;
}

/** Predictions are asked for once the mapper has answered, so that sliders do not wait for them. */
export function createPredictions<Slot extends string>(
  slots: readonly Slot[],
  worker: WorkerClient,
  onChange: () => void,
  onFailure: (error: unknown) => void,
): Predictions<Slot> {
  const found = new Map<Slot, PredictedDesign>();
  const wanted = new Map<Slot, object>();
  const asks = new Map(
    slots.map((slot) => [
      slot,
      newestOnly(({ design, profile }: { readonly design: MappedDesign; readonly profile: Profile }) =>
        worker.ask("predict", { record: design.design.record, profile }),
      ),
    ]),
  );
  return {
    follow(slot, design, profile) {
      const question = { design, profile };
      wanted.set(slot, question);
      asks
        .get(slot)?.(question)
        .then((answer) => {
          if (!answer || wanted.get(slot) !== question) return;
          found.set(slot, answer);
          onChange();
        }, onFailure);
    },
    forget(slot) {
      found.delete(slot);
      wanted.delete(slot);
    },
    of: (slot) => found.get(slot),
  };
}
