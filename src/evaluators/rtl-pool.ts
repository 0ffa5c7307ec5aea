import { Piscina } from "piscina";
import type { Candidate } from "../fidelity/evaluator.ts";
import { createMachine, type MachineOptions } from "../rtl/machine.ts";
import { loadPrebuilt, PREBUILT_DIMS } from "../rtl/prebuilt.node.ts";
import type { Mode } from "../rtl/simulator.ts";
import { fitMachine, tilingProblem } from "../rtl/tiling.ts";
import { violations } from "../space/validity.ts";
import type { RtlJob, RtlRun } from "./rtl-job.ts";

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
  /** Tiles, from the first on, whose spans are kept. */
  readonly traceTiles?: number;
}

/** Embedded RTL on worker threads: an instance each, for every array size that comes with the package. */
export interface RtlPool {
  /** Why a candidate cannot run here; nothing if it can. */
  problem(candidate: Candidate): string | undefined;
  /**
   * Runs a candidate that has no problem.
   *
   * @throws if the RTL traps
   */
  run(candidate: Candidate, request: RunRequest, stop: Int32Array): Promise<RtlRun>;
  close(): Promise<void>;
}

export const DEFAULT_MAX_CYCLES = 2 ** 31;

export function createRtlPool(workers: number, options: RtlOptions = {}): RtlPool {
  const { reuse = true, maxCycles = DEFAULT_MAX_CYCLES } = options;
  const modules = new Map<string, Promise<WebAssembly.Module>>();
  const moduleOf = (dim: number, mode: Mode): Promise<WebAssembly.Module> => {
    const build = `${dim} ${mode}`;
    const module = modules.get(build) ?? loadPrebuilt(dim, mode);
    modules.set(build, module);
    return module;
  };
  const pool = new Piscina<RtlJob, RtlRun>({
    filename: import.meta.resolve("#rtl-worker"),
    minThreads: 1,
    maxThreads: workers,
  });
  return {
    problem({ shape, hardware, mapping }) {
      const [broken] = violations(mapping, shape, hardware);
      if (broken) return broken.message;
      if (!(PREBUILT_DIMS as readonly number[]).includes(hardware.peDim)) {
        return `the embedded RTL has ${PREBUILT_DIMS.join(", ")} PEs a side, not ${hardware.peDim}`;
      }
      const layer = { shape };
      const machine = fitMachine(createMachine(hardware, options.machine), layer, mapping);
      return tilingProblem(machine, layer, mapping);
    },
    async run({ shape, hardware, mapping }, { checkSeed, traceTiles = 0 }, stop) {
      const job: RtlJob = {
        module: await moduleOf(hardware.peDim, checkSeed === undefined ? "cycles" : "full"),
        machine: createMachine(hardware, options.machine),
        shape,
        mapping,
        reuse,
        maxCycles,
        traceTiles,
        ...(checkSeed === undefined ? {} : { checkSeed }),
        stop,
      };
      return pool.run(job);
    },
    close: () => pool.destroy(),
  };
}
