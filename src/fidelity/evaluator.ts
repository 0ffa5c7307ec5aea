import type { Hardware } from "../hardware/hardware.ts";
import type { Mapping } from "../space/mapping.ts";
import type { LayerShape } from "../workload/layer.ts";
import type { ModelSource } from "./model-source.ts";

/** What judges a design, each slower and truer than the one before. */
export const FIDELITIES = ["analytical", "starlight", "event", "rtl"] as const;
export type Fidelity = (typeof FIDELITIES)[number];

/**
 * The RTL that a model stands for: Gemmini as DOSA's FireSim harness ran it, or the RTL of this project. A model of one profile
 * says nothing of the other; the analytical model has none.
 */
export const PROFILES = ["gemmini-firesim", "polaris-rtl"] as const;
export type Profile = (typeof PROFILES)[number];

/** One layer, the accelerator it runs on, and how. */
export interface Candidate {
  readonly shape: LayerShape;
  readonly hardware: Hardware;
  readonly mapping: Mapping;
  /** The caches hold nothing of the layer when it starts, as in its first run; they do by default. Models without caches ask not. */
  readonly cold?: boolean;
}

/** What became of a candidate. Only `failed` is anybody's fault: an evaluation that crashed, hung or answered nonsense. */
export type Outcome =
  | {
      readonly status: "priced";
      readonly latencyCycles: number;
      readonly energyPj: number;
      /** Where the latency of the RTL lies with a probability of 90 %; of models that predict it. */
      readonly latencyInterval?: Interval;
      /** The resource that decides the latency, by the evaluator's own names. */
      readonly boundBy?: string;
      /** What the evaluator counted on the way, by name (docs of each fidelity). */
      readonly counters?: Readonly<Record<string, number>>;
    }
  | { readonly status: "infeasible"; readonly reason: string }
  | { readonly status: "failed"; readonly reason: string };

export interface Interval {
  readonly low: number;
  readonly high: number;
}

/**
 * A model or a machine that prices candidates one by one: what caches, promotion and verification work on. Loops over millions
 * of candidates use an `Engine` or a kernel of the mapper instead, which never cross into JavaScript.
 *
 * The same candidates have the same outcomes, whatever else is under way; `test/conformance/evaluator.ts` holds every
 * implementation to this contract.
 */
export interface Evaluator {
  readonly fidelity: Fidelity;
  readonly profile?: Profile;
  /** Tables that the model was made from, of models that were. */
  readonly learntFrom?: readonly ModelSource[];
  /** Of the numbers of that model's file (`ModelFile`). */
  readonly checksum?: string;
  /**
   * Outcomes in the order of the candidates.
   *
   * @throws the signal's reason if it is aborted first
   */
  evaluate(candidates: readonly Candidate[], signal?: AbortSignal): Promise<readonly Outcome[]>;
  /** Ends threads and processes, if there are any. */
  close(): Promise<void>;
}
