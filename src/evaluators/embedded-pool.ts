import { Piscina } from "piscina";
import { loadPrebuilt, PREBUILT_DIMS } from "../rtl/prebuilt.node.ts";
import type { Mode } from "../rtl/simulator.ts";
import type { RtlJob, RtlRun } from "./rtl-job.ts";
import { DEFAULT_MAX_CYCLES, machineFor, type RtlOptions, type RtlPool, rtlProblem } from "./rtl-pool.ts";

/** The RTL that comes with the package, on worker threads: an instance each, for every array size. */
export function createEmbeddedPool(workers: number, options: RtlOptions = {}): RtlPool {
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
    problem(candidate) {
      const { peDim } = candidate.hardware;
      if ((PREBUILT_DIMS as readonly number[]).includes(peDim)) return rtlProblem(candidate, options);
      return `the embedded RTL has ${PREBUILT_DIMS.join(", ")} PEs a side, not ${peDim}; Verilator builds any (--verilator)`;
    },
    async run(candidate, { checkSeed, traceTiles = 0, waves, toggles }, stop) {
      if (waves !== undefined) throw new RangeError("the embedded RTL writes no waveforms");
      if (toggles) throw new RangeError("the embedded RTL counts no toggles");
      return pool.run({
        module: await moduleOf(candidate.hardware.peDim, checkSeed === undefined ? "cycles" : "full"),
        machine: machineFor(candidate, options),
        shape: candidate.shape,
        mapping: candidate.mapping,
        reuse,
        maxCycles,
        traceTiles,
        ...(checkSeed === undefined ? {} : { checkSeed }),
        stop,
      });
    },
    close: () => pool.destroy(),
  };
}
