// The study behind docs/accuracy.md: how far the event model and Starlight are off where they have not learnt. Minutes to an hour.
//
//   npm run study:accuracy -- [main] [searched] [seeds] [samples] [ablation] [starlight] [distillation]
//
// Reads DOSA's FireSim tables from POLARIS_DATA, ../shared/data by default.

import { readFileSync } from "node:fs";
import { availableParallelism, cpus } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { loadModule } from "#kernels";
import { COEFFICIENTS, priorCoefficients } from "../src/event/coefficients.ts";
import { DEFAULT_EVENT_MODEL } from "../src/event/default-model.ts";
import { parseEventModel } from "../src/event/model.ts";
import { createJobPool } from "../src/jobs/pool.ts";
import { loadEngine } from "../src/starlight.ts";
import { machineCoefficients } from "../src/surrogate/machine-coefficients.ts";
import { accuracy, edpAccuracy, ranking } from "../src/tune/accuracy.ts";
import type { CalibrationOptions } from "../src/tune/calibrate.ts";
import { cleanRows, type MeasuredRow, parseDataset } from "../src/tune/dataset.ts";
import { crossValidation, networkSplits } from "../src/tune/folds.ts";
import { type HeldOut, judge, judgeHeldOut } from "../src/tune/held-out.ts";
import { createMersenneTwister, permutation } from "../src/tune/mersenne-twister.ts";
import { heldOutCoverage, toCalibrationRow } from "../src/tune/train.ts";
import { distillation, starlight } from "./accuracy-starlight.ts";

const data = process.env["POLARIS_DATA"] ?? fileURLToPath(new URL("../../shared/data", import.meta.url));
const sections = process.argv.slice(2);
const engine = await loadEngine();
const module = await loadModule();
const pool = await createJobPool(Number(process.env["POLARIS_WORKERS"] ?? availableParallelism()));

function read(name: string): readonly MeasuredRow[] {
  return cleanRows(parseDataset(readFileSync(join(data, name), "utf8"), name, engine));
}

const random = read("firesim-gemmini-train.csv");
const searched = read("firesim-gemmini-optimised.csv");
const randomRows = random.map(toCalibrationRow);
const searchedRows = searched.map(toCalibrationRow);

function print(name: string, rows: readonly MeasuredRow[], judged: readonly HeldOut[]): void {
  const own = judged.map(({ row }) => rows[row] as MeasuredRow);
  const measured = own.map(({ measuredCycles }) => measuredCycles);
  const predicted = judged.map(({ simulation }) => simulation.latencyCycles);
  const latency = accuracy(measured, predicted);
  const edp = edpAccuracy(
    measured,
    predicted,
    own.map(({ energyPj }) => energyPj),
  );
  const within = ranking(
    measured,
    predicted,
    own.map(({ layer }) => layer),
  );
  console.log(
    [
      name.padEnd(40),
      String(latency.rows).padStart(5),
      `${latency.mapePercent.toFixed(2)} / ${latency.medianApePercent.toFixed(2)} %`,
      `within 10 %: ${latency.within10Percent.toFixed(0)}`,
      `Spearman ${latency.spearman.toFixed(4)}`,
      `EDP ${edp.pearsonLog.toFixed(5)} / ${edp.spearman.toFixed(4)}`,
      `in layer ${within.meanSpearman.toFixed(3)}, slowdown ${within.meanSlowdown.toFixed(3)}`,
    ].join("  "),
  );
}

async function main(): Promise<void> {
  const { random: byRow, layers: byLayer } = crossValidation(random, 0);
  const fit = await pool.calibrate({ rows: randomRows, options: {} });
  print("learnt from", random, judge(module, randomRows, [...random.keys()], fit.coefficients));
  print(
    "searched rows, zero-shot",
    searched,
    judge(module, searchedRows, [...searched.keys()], fit.coefficients),
  );
  print("random folds", random, await judgeHeldOut(module, pool, randomRows, byRow));
  const layers = await judgeHeldOut(module, pool, randomRows, byLayer);
  print("layers held out", random, layers);
  const coverage = heldOutCoverage(random, layers, fit.coefficients);
  console.log(`coverage of the 90 % interval, layers held out: ${coverage.toFixed(1)} %`);
}

/** Searched rows, learnt from with the random ones but for what is held out. */
async function searchedRowsHeldOut(): Promise<void> {
  const networks = networkSplits(searched);
  print(
    "searched rows, their network held out",
    searched,
    await judgeHeldOut(module, pool, searchedRows, networks, {}, randomRows),
  );
  const searchedLayers = crossValidation(searched, 1).layers;
  print(
    "searched rows, their layers held out",
    searched,
    await judgeHeldOut(module, pool, searchedRows, searchedLayers, {}, randomRows),
  );
}

/** Layers held out under other deals of the folds. */
async function seeds(): Promise<void> {
  for (const seed of [1, 2, 3]) {
    const { layers } = crossValidation(random, seed);
    print(`layers held out, deal ${seed}`, random, await judgeHeldOut(module, pool, randomRows, layers));
  }
}

/** Rows needed: n of the rows of a random split, judged on its test rows and on the searched rows; three splits each. */
async function samples(): Promise<void> {
  const { random: splits } = crossValidation(random, 0);
  for (const count of [0, 25, 50, 100, 200, 400, 1244]) {
    const runs = await Promise.all(
      [0, 1, 2].map(async (draw) => {
        const { train, test } = splits[draw] as (typeof splits)[number];
        const order = permutation(train.length, createMersenneTwister(draw));
        const rows = order
          .slice(0, count)
          .map((at) => randomRows[train[at] as number] as (typeof randomRows)[number]);
        const coefficients =
          count === 0 ? priorCoefficients() : (await pool.calibrate({ rows, options: {} })).coefficients;
        return [
          errors(random, judge(module, randomRows, test, coefficients)),
          errors(searched, judge(module, searchedRows, [...searched.keys()], coefficients)),
        ] as const;
      }),
    );
    const mean = (of: 0 | 1): string => {
      const list = runs.map((run) => run[of]);
      const average = (key: "mape" | "median"): string =>
        (list.reduce((sum, one) => sum + one[key], 0) / list.length).toFixed(1);
      return `${average("mape")} / ${average("median")} % (${list.map(({ mape }) => mape.toFixed(1)).join(", ")})`;
    };
    console.log(`${String(count).padStart(5)} rows  random test ${mean(0)}  searched ${mean(1)}`);
  }
}

function errors(rows: readonly MeasuredRow[], judged: readonly HeldOut[]): { mape: number; median: number } {
  const found = accuracy(
    judged.map(({ row }) => (rows[row] as MeasuredRow).measuredCycles),
    judged.map(({ simulation }) => simulation.latencyCycles),
  );
  return { mape: found.mapePercent, median: found.medianApePercent };
}

/** What each coefficient brings: the loss of a calibration on all random rows in which it stays at its lower bound. */
async function ablation(): Promise<void> {
  const all = await pool.calibrate({ rows: randomRows, options: {} });
  console.log(`loss with all coefficients: ${all.loss.toFixed(5)}`);
  const runs = COEFFICIENTS.filter(({ name }) => !/Log2|Sharpness/.test(name)).map(
    async ({ name, low, layers }) => {
      const options: CalibrationOptions = {
        iterations: 12,
        prior: { ...all.coefficients, [name]: layers === "each" ? [low, low] : low },
        fixed: [name],
      };
      const { loss } = await pool.calibrate({ rows: randomRows, options });
      return { name, rise: (100 * (loss - all.loss)) / all.loss };
    },
  );
  for (const { name, rise } of (await Promise.all(runs)).sort((a, b) => b.rise - a.rise)) {
    console.log(`${name.padEnd(24)} ${rise.toFixed(2).padStart(8)} %`);
  }
}

console.log(`${cpus()[0]?.model}, Node ${process.versions.node}, ${new Date().toISOString().slice(0, 10)}`);
const parts: Readonly<Record<string, () => Promise<void>>> = {
  main,
  searched: searchedRowsHeldOut,
  seeds,
  samples,
  ablation,
  starlight: () => starlight({ module, pool, random, searched }),
  // Of the calibration that comes with the package.
  distillation: async () => {
    const { model } = parseEventModel(DEFAULT_EVENT_MODEL, "the default model").file;
    await distillation(module, "gemmini-firesim", model.coefficients);
    await distillation(module, "polaris-rtl", machineCoefficients());
  },
};
for (const [name, run] of Object.entries(parts)) {
  if (sections.length > 0 && !sections.includes(name)) continue;
  const started = process.cpuUsage();
  console.log(`\n${name}`);
  await run();
  const { user } = process.cpuUsage(started);
  console.log(`(${(user / 1e6).toFixed(0)} s of processor time)`);
}
await pool.close();
