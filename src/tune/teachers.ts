import { type Coefficients, packCoefficients } from "../event/coefficients.ts";
import { Simulator } from "../event/simulator.ts";
import type { Profile } from "../fidelity/evaluator.ts";
import { MachineModel } from "../fidelity/machine-model.ts";
import { checkMachine, MAX_ROWS, type MachineOptions } from "../rtl/machine.ts";
import { toTiling } from "../rtl/tiling.ts";
import { toMapping } from "../space/mapping.ts";
import type { RawMapping } from "../space/raw-mapping.ts";
import type { LayerShape } from "../workload/layer.ts";

/** Cycles that the event model of a profile gives for mappings of a layer on an array. */
export type Teacher = (
  shape: LayerShape,
  peDim: number,
  mappings: readonly RawMapping[],
) => readonly number[];

/** Mappings that a teacher is asked about at a time, at most. */
const CAPACITY = 64;

/** The event model of a profile with given coefficients (`ProfileRules`). */
export function createTeacher(
  kernels: WebAssembly.Module,
  profile: Profile,
  coefficients: Coefficients,
): Teacher {
  const teacher = profile === "polaris-rtl" ? machineTeacher : gemminiTeacher;
  const ask = teacher(kernels, coefficients);
  return (shape, peDim, mappings) => {
    if (mappings.length > CAPACITY) throw new RangeError(`at most ${CAPACITY} mappings`);
    return ask(shape, peDim, mappings);
  };
}

/** Gemmini's, on warm caches. */
function gemminiTeacher(kernels: WebAssembly.Module, coefficients: Coefficients): Teacher {
  const simulator = new Simulator(kernels, CAPACITY);
  const packed = packCoefficients(coefficients);
  return (shape, peDim, mappings) => {
    for (const [i, mapping] of mappings.entries()) simulator.describe(i, shape, toMapping(mapping), peDim);
    simulator.simulate(packed, mappings.length);
    return mappings.map((_, i) => simulator.latencyCycles(i));
  };
}

/** That of our own RTL, which needs no calibration: the machine around the array is all that it asks. */
function machineTeacher(kernels: WebAssembly.Module, coefficients: Coefficients): Teacher {
  const model = new MachineModel(kernels, CAPACITY);
  const options = coefficients as unknown as MachineOptions;
  return (shape, peDim, mappings) => {
    const memories = { scratchpadRows: MAX_ROWS, accumulatorRows: MAX_ROWS };
    model.open(checkMachine({ ...options, ...memories, dim: peDim }), shape);
    for (const [i, mapping] of mappings.entries()) model.write(i, toTiling(toMapping(mapping), { shape }));
    model.simulate(mappings.length);
    return mappings.map((_, i) => model.cycles(i));
  };
}
