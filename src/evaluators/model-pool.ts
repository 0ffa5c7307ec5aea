import { MachineModel } from "../fidelity/machine-model.ts";
import { createMachine } from "../rtl/machine.ts";
import { toTiling } from "../rtl/tiling.ts";
import { type RtlOptions, type RtlPool, rtlProblem } from "./rtl-pool.ts";

/** The event-driven model in the place of the RTL: any array size, in microseconds; it counts no stalls and keeps no data or spans. */
export function createModelPool(module: WebAssembly.Module, options: RtlOptions = {}): RtlPool {
  const { reuse = true } = options;
  const model = new MachineModel(module, 1);
  return {
    problem: (candidate) => rtlProblem(candidate, options),
    run: async ({ shape, hardware, mapping }) => {
      model.open(createMachine(hardware, options.machine), shape, { reuse });
      model.write(0, toTiling(mapping, { shape }));
      model.simulate(1);
      const counters = model.counters(0);
      return { status: "done", cycles: counters.cycles, counters, trace: [] };
    },
    close: () => Promise.resolve(),
  };
}
