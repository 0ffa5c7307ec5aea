import type { MachineCounters } from "../fidelity/machine-energy.ts";
import type { Machine } from "../rtl/machine.ts";
import type { RunStatus } from "../rtl/simulator.ts";
import type { TraceSpan } from "../rtl/trace.ts";
import type { Mapping } from "../space/mapping.ts";
import type { LayerShape } from "../workload/layer.ts";
import type { NetToggles } from "./toggles.ts";

/** One run of the RTL on a worker thread. */
export interface RtlJob {
  /** The RTL for the machine's `dim`. */
  readonly module: WebAssembly.Module;
  readonly machine: Machine;
  readonly shape: LayerShape;
  readonly mapping: Mapping;
  readonly reuse: boolean;
  readonly maxCycles: number;
  /** Tiles, from the first on, whose spans are kept. */
  readonly traceTiles: number;
  /** Seed of random operands whose products are checked; without one no data moves. */
  readonly checkSeed?: number;
  /** Over shared memory; the run ends when its first word is not 0 any more. */
  readonly stop: Int32Array;
}

export interface RtlRun {
  readonly status: RunStatus;
  readonly cycles: number;
  readonly counters: MachineCounters;
  readonly trace: readonly TraceSpan[];
  /** Outputs that differ from the reference, if there was data. */
  readonly wrongOutputs?: number;
  /** Of every net, if they were asked for. */
  readonly toggles?: readonly NetToggles[];
}
