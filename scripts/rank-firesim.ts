// How our RTL, by its event-driven model, ranks the FireSim measurements of Gemmini: npm run rank:firesim -- <training table>
import { readFileSync } from "node:fs";
import { gemminiLike, squareConvolutions } from "../bench/gemmini-like.ts";
import { loadEngine, loadModule } from "../src/starlight.ts";
import { isMatmul } from "../src/tune/cleaning.ts";
import { cleanRows, type MeasuredRow, parseDataset } from "../src/tune/dataset.ts";
import { median, spearman } from "../src/tune/ranks.ts";

const [file = ""] = process.argv.slice(2);
const all = parseDataset(readFileSync(file, "utf8"), file, await loadEngine(64));
const rows = cleanRows(all);
const cycles = gemminiLike(await loadModule());
const sets: Readonly<Record<string, readonly MeasuredRow[]>> = {
  "square convolutions": squareConvolutions(rows),
  "the same with artefacts of the harness": squareConvolutions(all),
  "other convolutions": rows.filter((row) => !isMatmul(row.shape) && row.shape.P !== row.shape.Q),
  "matrix products": rows.filter((row) => isMatmul(row.shape)),
};
for (const [name, set] of Object.entries(sets)) {
  const measured = set.map((row) => row.measuredCycles);
  const modelled = set.map(cycles);
  const analytical = set.map((row) => row.analyticalCycles);
  const ratio = median(modelled.map((value, i) => value / (measured[i] as number)));
  console.log(
    `${name}: ${set.length} rows, Spearman ${spearman(modelled, measured).toFixed(4)} (analytical ${spearman(analytical, measured).toFixed(4)}), median ratio ${ratio.toFixed(2)}`,
  );
}
