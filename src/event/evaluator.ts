import type { Engine } from "../fidelity/engine.ts";
import type { Candidate, Evaluator, Outcome } from "../fidelity/evaluator.ts";
import { violations } from "../space/validity.ts";
import { arrayDim } from "./array.ts";
import { boundingEngine, type EventModel, issueCycles, latencyInterval } from "./model.ts";
import { Simulator } from "./simulator.ts";

/**
 * The calibrated event model as an evaluator. Latency is simulated; energy is that of the analytical counts, as at every
 * fidelity. Layers that the harness of the profile cannot run are infeasible.
 *
 * @param module the compiled kernels
 * @param engine the analytical model, for energies; closed with the evaluator
 */
export function createEventEvaluator(
  module: WebAssembly.Module,
  engine: Engine,
  model: EventModel,
): Evaluator {
  const simulator = new Simulator(module);
  const { model: numbers, profile, data, checksum } = model.file;

  const price = ({ shape, hardware, mapping, cold }: Candidate): Outcome => {
    const [broken] = violations(mapping, shape, hardware);
    if (broken) return { status: "infeasible", reason: broken.message };
    if (shape.Wdilation !== 1 || shape.Hdilation !== 1 || shape.Wstride !== shape.Hstride) {
      return {
        status: "infeasible",
        reason: `profile ${profile} runs no dilated layers, and one stride for both axes`,
      };
    }
    simulator.describe(0, shape, mapping, arrayDim(hardware, mapping), cold);
    simulator.simulate(model.packed);
    const simulation = simulator.read(0);
    const { latencyCycles, loadCycles, executeCycles, storeCycles, calls } = simulation;
    return {
      status: "priced",
      latencyCycles,
      energyPj: engine.explain(mapping, shape, hardware).energyPj,
      latencyInterval: latencyInterval(simulation, numbers),
      boundBy: boundingEngine(simulation, numbers.coefficients),
      counters: {
        calls,
        loadCycles,
        executeCycles,
        storeCycles,
        issueCycles: issueCycles(simulation, numbers.coefficients),
      },
    };
  };

  return {
    fidelity: "event",
    profile,
    learntFrom: data,
    checksum,
    evaluate: async (candidates, signal) => {
      signal?.throwIfAborted();
      return candidates.map(price);
    },
    close: () => engine.close(),
  };
}
