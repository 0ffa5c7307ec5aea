import { type Coefficients, packCoefficients } from "../event/coefficients.ts";
import { type Simulation, Simulator } from "../event/simulator.ts";
import type { CalibrationRow } from "./calibrate.ts";

/** What the event model says of measured rows, each run as cold as it was measured. */
export function predictRows(
  module: WebAssembly.Module,
  rows: readonly Omit<CalibrationRow, "measuredCycles">[],
  coefficients: Coefficients,
): readonly Simulation[] {
  if (rows.length === 0) return [];
  const simulator = new Simulator(module, rows.length);
  for (const [i, { shape, mapping, peDim, cold }] of rows.entries()) {
    simulator.describe(i, shape, mapping, peDim, cold);
  }
  simulator.simulate(packCoefficients(coefficients), rows.length);
  return rows.map((_, i) => simulator.read(i));
}
