// How our RTL, by its event-driven model, ranks the FireSim measurements of Gemmini: npm run rank:firesim -- <training table>
import { readFileSync } from "node:fs";
import { MachineModel } from "../src/fidelity/machine-model.ts";
import { createMachine, type MachineOptions } from "../src/rtl/machine.ts";
import { toTiling } from "../src/rtl/tiling.ts";
import { loadEngine, loadModule } from "../src/starlight.ts";
import { isMatmul } from "../src/tune/cleaning.ts";
import { cleanRows, type MeasuredRow, parseDataset } from "../src/tune/dataset.ts";
import { median, spearman } from "../src/tune/ranks.ts";

const [file = ""] = process.argv.slice(2);
const all = parseDataset(readFileSync(file, "utf8"), file, await loadEngine(64));
const rows = cleanRows(all);
const model = new MachineModel(await loadModule());

/**
 * Cycles of our machine with the array that was measured, used as DOSA's harness uses Gemmini: both operands are loaded for every
 * tile, and only complete sums leave.
 */
function cycles({ hardware, peDim, shape, mapping }: MeasuredRow, options: Partial<MachineOptions>): number {
  model.open({ ...createMachine(hardware, options), dim: peDim }, shape, { reuse: false, spill: false });
  model.write(0, toTiling(mapping, { shape }));
  model.simulate(1);
  return model.cycles(0);
}

const sets: Readonly<Record<string, readonly MeasuredRow[]>> = {
  "square convolutions": rows.filter((row) => !isMatmul(row.shape) && row.shape.P === row.shape.Q),
  "the same with artefacts of the harness": all.filter(
    (row) => !isMatmul(row.shape) && row.shape.P === row.shape.Q,
  ),
  "other convolutions": rows.filter((row) => !isMatmul(row.shape) && row.shape.P !== row.shape.Q),
  "matrix products": rows.filter((row) => isMatmul(row.shape)),
};
for (const [name, set] of Object.entries(sets)) {
  const measured = set.map((row) => row.measuredCycles);
  const modelled = set.map((row) => cycles(row, {}));
  const analytical = set.map((row) => row.analyticalCycles);
  const ratio = median(modelled.map((value, i) => value / (measured[i] as number)));
  console.log(
    `${name}: ${set.length} rows, Spearman ${spearman(modelled, measured).toFixed(4)} (analytical ${spearman(analytical, measured).toFixed(4)}), median ratio ${ratio.toFixed(2)}`,
  );
}
