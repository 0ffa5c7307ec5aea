import type { LocalEngine } from "../fidelity/engine.ts";
import type { Evaluator, Profile } from "../fidelity/evaluator.ts";
import type { Rng } from "../rng.ts";
import type { MeasuredRow } from "../tune/dataset.ts";
import { createCachedEvaluator } from "./cached.ts";
import { createCommandEvaluator } from "./command.ts";
import { type CommandConfig, commandIdentity } from "./command-config.ts";
import { createMeasuredEvaluator } from "./measured.ts";
import { openResultStore } from "./result-store.ts";

/** Where latencies of the RTL come from. */
export type RtlSource =
  /** A program of the user. */
  | { readonly kind: "command"; readonly config: CommandConfig }
  /** A table of measurements. */
  | {
      readonly kind: "measured";
      readonly rows: readonly MeasuredRow[];
      readonly name: string;
      readonly profile: Profile;
    };

export interface OpenOptions {
  /** Prices the energy of what was measured in cycles only. */
  readonly engine: LocalEngine;
  readonly rng: Rng;
  /** Folder of stored results; without one nothing is stored. */
  readonly cache?: string;
  readonly onFault?: (error: unknown) => void;
}

/** An evaluator of fidelity `rtl`, with its results on record. */
export async function openRtlEvaluator(source: RtlSource, options: OpenOptions): Promise<Evaluator> {
  const { engine, rng, cache, onFault } = options;
  if (source.kind === "measured") return createMeasuredEvaluator(source.rows, { ...source, engine });
  const evaluator = createCommandEvaluator(source.config, {
    rng,
    energyPj: ({ mapping, shape, hardware }) => engine.explain(mapping, shape, hardware).energyPj,
  });
  if (cache === undefined) return evaluator;
  const store = await openResultStore(cache, { fidelity: "rtl", identity: commandIdentity(source.config) });
  return createCachedEvaluator(evaluator, { store, ...(onFault === undefined ? {} : { onFault }) });
}
