import type { Candidate } from "../fidelity/evaluator.ts";
import { createMachine, type Machine, type MachineOptions } from "../rtl/machine.ts";
import { fitMachine, tilingProblem } from "../rtl/tiling.ts";
import { violations } from "../space/validity.ts";
import type { RtlRun } from "./rtl-job.ts";

/** How the RTL is run. */
export interface RtlOptions {
  /** The machine around the array and its memories; what is left out is Gemmini-like. */
  readonly machine?: Partial<MachineOptions>;
  /** Whether operands that the next tile shares stay in the scratchpad; default true. */
  readonly reuse?: boolean;
  /** A run that takes longer fails. Default 2^31 cycles, minutes. */
  readonly maxCycles?: number;
}

/** What is asked of one run besides its cycles and counters. */
export interface RunRequest {
  /** Seed of random operands; the results are compared with the layer's definition. */
  readonly checkSeed?: number;
  /** Tiles, from the first on, whose spans are kept; native machines keep none. */
  readonly traceTiles?: number;
  /** File for the waveforms of the run (VCD); native machines only. */
  readonly waves?: string;
  /** Whether to count how often each net of the array of PEs, and of the rest, changes; with `checkSeed`, native machines only. */
  readonly toggles?: boolean;
}

/** Instances of the RTL, several at a time. */
export interface RtlPool {
  /** Why a candidate cannot run here; nothing if it can. */
  problem(candidate: Candidate): string | undefined;
  /**
   * Runs a candidate that has no problem.
   *
   * @param stop over shared memory; the run ends when its first word is not 0 any more
   * @throws if the RTL breaks down
   */
  run(candidate: Candidate, request: RunRequest, stop: Int32Array): Promise<RtlRun>;
  close(): Promise<void>;
}

export const DEFAULT_MAX_CYCLES = 2 ** 31;

/** The machine that runs a candidate: deep enough for its mapping. */
export function machineFor({ shape, hardware, mapping }: Candidate, { machine }: RtlOptions): Machine {
  return fitMachine(createMachine(hardware, machine), { shape }, mapping);
}

/** Why no build of the RTL can run a candidate; nothing if one can. */
export function rtlProblem(candidate: Candidate, options: RtlOptions): string | undefined {
  const { shape, hardware, mapping } = candidate;
  const [broken] = violations(mapping, shape, hardware);
  if (broken) return broken.message;
  return tilingProblem(machineFor(candidate, options), { shape }, mapping);
}
