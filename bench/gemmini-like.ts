import { MachineModel } from "../src/fidelity/machine-model.ts";
import { createMachine } from "../src/rtl/machine.ts";
import { toTiling } from "../src/rtl/tiling.ts";
import { isMatmul } from "../src/tune/cleaning.ts";
import type { MeasuredRow } from "../src/tune/dataset.ts";

/**
 * Cycles of our RTL, by its event-driven model, with the Gemmini-like machine around the array that was measured, used as DOSA's harness
 * uses Gemmini: both operands are loaded for every tile, and only complete sums leave.
 */
export function gemminiLike(module: WebAssembly.Module): (row: MeasuredRow) => number {
  const model = new MachineModel(module);
  return ({ hardware, peDim, shape, mapping }) => {
    model.open({ ...createMachine(hardware), dim: peDim }, shape, { reuse: false, spill: false });
    model.write(0, toTiling(mapping, { shape }));
    model.simulate(1);
    return model.cycles(0);
  };
}

/** Convolutions with as many columns as rows of outputs: the harness ran the others as if they had. */
export function squareConvolutions(rows: readonly MeasuredRow[]): readonly MeasuredRow[] {
  return rows.filter(({ shape }) => !isMatmul(shape) && shape.P === shape.Q);
}
