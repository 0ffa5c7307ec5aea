// npm run study:transfer: how many RTL measurements each kind of predictor needs. DOSA's FireSim rows (POLARIS_DATA), the folds of
// the random split as draws: n rows of the training part are learnt from; the test part and the searched rows, of which nothing is
// learnt, judge. Networks on DOSA's inputs (factors, loop orders, layer, as logarithms): DOSA's DNN (7 hidden layers) on latency
// itself with an L1 loss and on its logarithm, the same on top of the analytical model, and a small network with and without
// pretraining on the analytical model (the transfer of the Polaris paper). Against them the physics route: coefficients whose priors
// are the knowledge that is transferred, and Starlight on it.
//
// Results are appended to bench/results/transfer.csv (or POLARIS_STUDY_OUT) one by one, and what stands there is not done again: a
// run that was killed goes on. POLARIS_STUDY_ROWS names other n. With all results there it only prints them.
import { appendFileSync, existsSync, mkdirSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { createEngine } from "../src/fidelity/engine.ts";
import { createRng } from "../src/rng.ts";
import { accuracy } from "../src/tune/accuracy.ts";
import { cleanRows, type MeasuredRow, parseDataset } from "../src/tune/dataset.ts";
import { crossValidation } from "../src/tune/folds.ts";
import { printSavings, printTable, readTransfer, type TransferResult } from "./transfer-curves.ts";
import { createPredictors, type Predictor } from "./transfer-predictors.ts";

const DATA = process.env["POLARIS_DATA"] ?? fileURLToPath(new URL("../../shared/data", import.meta.url));
const OUT =
  process.env["POLARIS_STUDY_OUT"] ?? fileURLToPath(new URL("results/transfer.csv", import.meta.url));
const COUNTS = (process.env["POLARIS_STUDY_ROWS"] ?? "0,25,50,100,200,400,800,1244").split(",").map(Number);
const HEADER = "predictor,rows,draw,mape,median,spearman,searched_mape,searched_median";

const load = (name: string): WebAssembly.Module =>
  new WebAssembly.Module(readFileSync(new URL(`../build/${name}`, import.meta.url)));
const [kernels, training] = [load("starlight.wasm"), load("training.wasm")];
const engine = await createEngine(kernels);
const read = (name: string): readonly MeasuredRow[] =>
  cleanRows(parseDataset(readFileSync(join(DATA, name), "utf8"), name, engine));
const rows = read("firesim-gemmini-train.csv");
const searched = read("firesim-gemmini-optimised.csv");
const { random } = crossValidation(rows, 0);

/** The first `count` rows of a shuffled training part. */
function drawn(draw: number, count: number): readonly MeasuredRow[] {
  const shuffled = [...(random[draw]?.train ?? [])];
  const rng = createRng(draw, 5);
  for (let i = shuffled.length - 1; i > 0; i--) {
    const j = Math.floor(rng() * (i + 1));
    [shuffled[i], shuffled[j]] = [shuffled[j] as number, shuffled[i] as number];
  }
  return shuffled.slice(0, count).map((row) => rows[row] as MeasuredRow);
}

function judge({ predict, name }: Predictor, count: number, draw: number): TransferResult {
  const held = (random[draw]?.test ?? []).map((row) => rows[row] as MeasuredRow);
  const judges = [...held, ...searched];
  const predicted = predict(drawn(draw, count), judges, draw);
  const of = (from: number, to: number): ReturnType<typeof accuracy> =>
    accuracy(
      judges.slice(from, to).map((row) => row.measuredCycles),
      predicted.slice(from, to),
    );
  const test = of(0, held.length);
  const zeroShot = of(held.length, judges.length);
  return {
    predictor: name,
    rows: count,
    draw,
    mape: test.mapePercent,
    median: test.medianApePercent,
    spearman: test.spearman,
    searchedMape: zeroShot.mapePercent,
    searchedMedian: zeroShot.medianApePercent,
  };
}

const text = existsSync(OUT) ? readFileSync(OUT, "utf8") : "";
// A killed run may have left half a line.
const whole = text.slice(0, text.lastIndexOf("\n") + 1);
const results = [...readTransfer(whole)];
mkdirSync(dirname(OUT), { recursive: true });
if (text === "") appendFileSync(OUT, `${HEADER}\n`);
else if (whole !== text) appendFileSync(OUT, "\n");

const predictors = createPredictors({ kernels, training, engine });
for (let draw = 0; draw < random.length; draw++) {
  for (const count of COUNTS) {
    for (const predictor of predictors) {
      const known = results.some(
        (one) => one.predictor === predictor.name && one.rows === count && one.draw === draw,
      );
      if (known || draw >= predictor.draws || (count === 0 && !predictor.withoutRows)) continue;
      const result = judge(predictor, count, draw);
      results.push(result);
      const { mape, median, spearman, searchedMape, searchedMedian } = result;
      const numbers = [mape, median, spearman, searchedMape, searchedMedian].map((value) => value.toFixed(4));
      appendFileSync(OUT, `"${predictor.name}",${count},${draw},${numbers.join(",")}\n`);
    }
  }
}
printTable(results);
printSavings(results);
