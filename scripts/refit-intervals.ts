// Intervals of a trained Starlight model from measurements that it has not learnt from; its predictions stay as they are.
//
//   npm run refit:intervals -- --model model.json --rtl rows.csv [--rtl more.csv ...] --out refitted.json [--held-out held-out.csv]
//
// With --held-out, which `polaris train --held-out` wrote, the tables are those that it learnt from, and the predictions those of their held-out layers.
// `--model polaris-rtl` or `gemmini-firesim` is the model that comes with the package. The new file names tables of its own beside those that
// the model learnt from, and this command after the one that made it.
import { readFileSync, writeFileSync } from "node:fs";
import { basename } from "node:path";
import { parseArgs } from "node:util";
import { loadModule } from "#kernels";
import { loadTrainingModule } from "#training-kernels";
import { readHeldOut } from "../bench/figures/held-out.ts";
import { formatAccuracies } from "../src/cli/accuracy-table.ts";
import { readMeasured } from "../src/cli/rtl-table.ts";
import { PROFILES } from "../src/fidelity/evaluator.ts";
import { seal, unseal } from "../src/fidelity/model-file.ts";
import { loadEngine } from "../src/starlight.ts";
import { builtinDocument } from "../src/surrogate/builtin.ts";
import { parseStarlightModel, type StarlightDocument } from "../src/surrogate/model.ts";
import { judgeUnseen, withIntervals } from "../src/tune/refit-intervals.ts";
import { reportAccuracy } from "../src/tune/report.ts";
import { type HeldOutPrediction, judgeOutOfFold } from "../src/tune/train-starlight.ts";

const { values } = parseArgs({
  options: {
    model: { type: "string", default: "polaris-rtl" },
    "held-out": { type: "string" },
    rtl: { type: "string", multiple: true, default: [] },
    out: { type: "string", default: "refitted.json" },
  },
});
const builtin = PROFILES.find((profile) => profile === values.model);
const document: unknown = builtin
  ? await builtinDocument(builtin)
  : JSON.parse(readFileSync(values.model, "utf8"));
const file = unseal(document, values.model, "starlight");
const before = parseStarlightModel(document, values.model, file.profile);
const { rows, sources } = await readMeasured(values.rtl, await loadEngine(), file.profile);
const heldOut = values["held-out"];
const predictions = heldOut
  ? joined(readFileSync(heldOut, "utf8"))
  : judgeUnseen(await loadModule(), await loadTrainingModule(), before, rows);
const after = withIntervals(before, predictions);
const old = file.model as StarlightDocument;
const model: StarlightDocument = {
  ...old,
  convolution: { ...old.convolution, spread: after.convolution.spread },
  matmul: { ...old.matmul, spread: after.matmul.spread },
};
const { kind, profile, data, madeBy } = file;
const flags = [
  ...(heldOut ? [`--held-out ${basename(heldOut)}`] : []),
  ...values.rtl.map((path) => `--rtl ${basename(path)}`),
];
const command = `npm run refit:intervals -- ${flags.join(" ")}`;
const sealed = seal({
  kind,
  profile,
  data: heldOut ? data : [...data, ...sources],
  madeBy: `${madeBy}; ${command}`,
  model,
});
writeFileSync(values.out, `${JSON.stringify(sealed)}\n`);
const { classes, latency, ...intervals } = reportAccuracy(judgeOutOfFold(predictions));
console.log("intervals from the errors of the other folds");
console.log(
  formatAccuracies(
    [{ name: "all", latency, ...intervals }, ...classes].map((one) => ({
      name: one.name,
      accuracy: one.latency,
      intervals: one,
    })),
  ),
);

/** Held-out predictions with their rows. */
function joined(text: string): readonly HeldOutPrediction[] {
  const starts = sources.map((_, i) => sources.slice(0, i).reduce((sum, { rows: count }) => sum + count, 0));
  const tables = new Map(
    sources.map(({ name, rows: count }, i) => [name, rows.slice(starts[i], (starts[i] ?? 0) + count)]),
  );
  return readHeldOut(text, tables).map((point) => ({
    ...point,
    cycles: point.predictedCycles,
    array: point.row.peDim,
  }));
}
