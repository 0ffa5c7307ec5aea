import { createMachine, type MachineOptions } from "../rtl/machine.ts";
import { fitMachine, tilingProblem, toTiling } from "../rtl/tiling.ts";
import { violations } from "../space/validity.ts";
import type { Candidate, Evaluator, Outcome } from "./evaluator.ts";
import { machineEnergy } from "./machine-energy.ts";
import { MachineModel } from "./machine-model.ts";

export interface MachineEvaluatorOptions {
  /** The machine around the array and its memories; what is left out is Gemmini-like. */
  readonly machine?: Partial<MachineOptions>;
  /** Whether operands that the next tile shares stay in the scratchpad; default true. */
  readonly reuse?: boolean;
}

/**
 * 90 % of latencies lie within this share of the RTL's (docs/evaluators.md: 500 random layers, mappings and machines). What the
 * model leaves out does not depend on chance, but looks so from outside.
 */
const ERROR = 0.04;

/** The event-driven model of this project's RTL as an evaluator, on any runtime; energy is that of its counters. */
export function createMachineEvaluator(
  module: WebAssembly.Module,
  { machine: options, reuse = true }: MachineEvaluatorOptions = {},
): Evaluator {
  const model = new MachineModel(module, 1);
  const simulate = ({ shape, hardware, mapping }: Candidate): Outcome => {
    const [broken] = violations(mapping, shape, hardware);
    if (broken) return { status: "infeasible", reason: broken.message };
    const layer = { shape };
    const machine = fitMachine(createMachine(hardware, options), layer, mapping);
    const problem = tilingProblem(machine, layer, mapping);
    if (problem !== undefined) return { status: "infeasible", reason: problem };
    model.open(machine, shape, { reuse });
    model.write(0, toTiling(mapping, layer));
    model.simulate(1);
    const counters = model.counters(0);
    const { cycles } = counters;
    return {
      status: "priced",
      latencyCycles: cycles,
      energyPj: machineEnergy(counters, hardware).totalPj,
      latencyInterval: { low: cycles * (1 - ERROR), high: cycles * (1 + ERROR) },
      counters,
    };
  };
  return {
    fidelity: "event",
    profile: "polaris-rtl",
    evaluate: async (candidates, signal) => {
      signal?.throwIfAborted();
      return candidates.map(simulate);
    },
    close: () => Promise.resolve(),
  };
}
