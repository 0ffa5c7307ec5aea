import type { LocalEngine } from "../fidelity/engine.ts";
import type { Evaluator, Profile } from "../fidelity/evaluator.ts";
import type { Rng } from "../rng.ts";
import { GEMMINI_LIKE } from "../rtl/machine.ts";
import type { MeasuredRow } from "../tune/dataset.ts";
import { createCachedEvaluator } from "./cached.ts";
import { createCommandEvaluator } from "./command.ts";
import { type CommandConfig, commandIdentity } from "./command-config.ts";
import { createEmbeddedPool } from "./embedded-pool.ts";
import { createMeasuredEvaluator } from "./measured.ts";
import { rtlSourceHash } from "./prebuilt-identity.ts";
import { openResultStore } from "./result-store.ts";
import { createRtlEvaluator } from "./rtl-evaluator.ts";
import type { RtlOptions } from "./rtl-pool.ts";

/** Where latencies of the RTL come from. */
export type RtlSource =
  /** The RTL that comes with the package, on worker threads. */
  | ({ readonly kind: "embedded"; readonly workers: number } & RtlOptions)
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
  const evaluator =
    source.kind === "embedded"
      ? createRtlEvaluator(createEmbeddedPool(source.workers, source))
      : createCommandEvaluator(source.config, {
          rng,
          energyPj: ({ mapping, shape, hardware }) => engine.explain(mapping, shape, hardware).energyPj,
        });
  if (cache === undefined) return evaluator;
  const identity =
    source.kind === "embedded" ? await embeddedIdentity(source) : commandIdentity(source.config);
  const store = await openResultStore(cache, { fidelity: "rtl", identity });
  return createCachedEvaluator(evaluator, { store, ...(onFault === undefined ? {} : { onFault }) });
}

/** Version of `machineEnergy`, which is part of every answer: counts up with every change of it. */
const ENERGY_VERSION = 1;

/** What answers of the RTL depend on: its sources, the machine around it, its host, and the price of what it counts. */
export async function embeddedIdentity({ machine, reuse = true }: RtlOptions): Promise<string> {
  const options = Object.entries({ ...GEMMINI_LIKE, ...machine }).sort(([a], [b]) => (a < b ? -1 : 1));
  const source = await rtlSourceHash();
  return `polaris-rtl ${JSON.stringify({ source, energy: ENERGY_VERSION, reuse, machine: Object.fromEntries(options) })}`;
}
