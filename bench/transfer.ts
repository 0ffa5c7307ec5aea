// npm run study:transfer: how many RTL measurements each kind of predictor needs. DOSA's FireSim rows (POLARIS_DATA), random folds
// 1 to 3 of 5 as seeds: n rows of the training part are learnt from, the test part judges. Networks on DOSA's inputs (factors, loop
// orders, layer, as logarithms): DOSA's DNN (7 hidden layers) on latency itself with an L1 loss and on its logarithm, the same on top
// of the analytical model, and a small network with and without pretraining on the analytical model (the transfer of the Polaris
// paper). Against them the physics route: coefficients whose priors are the knowledge that is transferred, and Starlight on it.
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { createEngine } from "../src/fidelity/engine.ts";
import { createHardware } from "../src/hardware/hardware.ts";
import type { TrainingRows } from "../src/kernels/training.ts";
import { createRng } from "../src/rng.ts";
import { fromMapping } from "../src/space/mapping.ts";
import { RawMapping } from "../src/space/raw-mapping.ts";
import { createMappingSampler } from "../src/space/sample.ts";
import { accuracy } from "../src/tune/accuracy.ts";
import { calibrate } from "../src/tune/calibrate.ts";
import { cleanRows, type MeasuredRow, parseDataset } from "../src/tune/dataset.ts";
import { crossValidation } from "../src/tune/folds.ts";
import {
  predictRows as predictNetwork,
  type TrainingRecipe,
  trainNetwork,
} from "../src/tune/network-training.ts";
import { predictRows as simulate } from "../src/tune/predict.ts";
import { StarlightTrainer } from "../src/tune/starlight-training.ts";
import { toCalibrationRow } from "../src/tune/train.ts";
import { DIMS, type LayerShape } from "../src/workload/layer.ts";

const DATA = process.env["POLARIS_DATA"] ?? fileURLToPath(new URL("../../shared/data", import.meta.url));
const COUNTS = (process.env["POLARIS_STUDY_ROWS"] ?? "25,50,100,200,400,800,1244").split(",").map(Number);
const FOLDS = Number(process.env["POLARIS_STUDY_FOLDS"] ?? 3);
const load = (name: string): WebAssembly.Module =>
  new WebAssembly.Module(readFileSync(new URL(`../build/${name}`, import.meta.url)));
const [kernels, training] = [load("starlight.wasm"), load("training.wasm")];
const engine = await createEngine(kernels);
const file = "firesim-gemmini-train.csv";
const rows = cleanRows(parseDataset(readFileSync(join(DATA, file), "utf8"), file, engine));

/** Inputs as DOSA's network has them, with nothing of the RTL's own rules. */
const WIDTH = 40;
function plainInputs(shape: LayerShape, mapping: RawMapping): number[] {
  const log = (value: number): number => Math.log2(value) / 3;
  const ranks = (order: number): number[] => DIMS.map((_, dim) => ((order >>> (4 * dim)) & 15) / 6);
  const inputs = [
    ...mapping.factors.subarray(0, 7),
    ...mapping.factors.subarray(14, 21),
    mapping.factors[21 + 3] as number,
    mapping.factors[21 + 4] as number,
    mapping.spatialK,
    mapping.spatialC,
    ...DIMS.map((dim) => shape[dim]),
    shape.Wstride,
  ].map(log);
  inputs.push(...ranks(mapping.orders[0] as number), ...ranks(mapping.orders[2] as number));
  return inputs.slice(0, WIDTH);
}

const raw = (row: MeasuredRow): RawMapping => fromMapping(row.mapping, new RawMapping());
const inputsOf = new Map(rows.map((row) => [row, plainInputs(row.shape, raw(row))]));

const DOSA: TrainingRecipe = {
  hidden: [28, 28, 28, 28, 28, 28, 28],
  steps: 8000,
  batch: 64,
  rate: 2e-3,
  warmUp: 0.1,
  weightDecay: 0.01,
  noise: 0,
  huberDelta: 0.1,
  mostGradient: 1,
};
const SMALL: TrainingRecipe = { ...DOSA, hidden: [32, 32], rate: 3e-3, weightDecay: 0.3, noise: 0.05 };

function table(inputs: readonly (readonly number[])[], targets: readonly number[]): TrainingRows {
  return {
    width: WIDTH,
    inputs: Float32Array.from(inputs.flat()),
    targets: Float32Array.from(targets),
    weights: new Float32Array(targets.length).fill(1),
  };
}

/** 20,000 random mappings of the layers of the rows with what the analytical model says, as a network to go on from. */
function pretrained(known: readonly MeasuredRow[], seed: number): ReturnType<typeof trainNetwork> {
  const rng = createRng(seed, 77);
  const hardware = createHardware({
    peDim: 128,
    scratchpadKib: 1024,
    accumulatorKib: 1024,
    bandwidth: "split",
  });
  const shapes = [...new Map(known.map((row) => [row.layer, row.shape])).values()];
  const inputs: number[][] = [];
  const targets: number[] = [];
  const perShape = Math.ceil(20_000 / shapes.length);
  for (const shape of shapes) {
    const sample = createMappingSampler(shape, hardware);
    for (let first = 0; first < perShape; first += 64) {
      for (let i = 0; i < 64; i++) {
        const mapping = new RawMapping();
        sample(rng, mapping);
        engine.batch.writeRaw(i, mapping);
        inputs.push(plainInputs(shape, mapping));
      }
      engine.evaluateNow(shape, hardware, 64);
      for (let i = 0; i < 64; i++) targets.push(Math.log(engine.batch.latencyCycles(i)) / 4);
    }
  }
  return trainNetwork(training, table(inputs, targets), { ...SMALL, batch: 256 }, createRng(seed, 78));
}

type Predictor = (
  learn: readonly MeasuredRow[],
  test: readonly MeasuredRow[],
  seed: number,
) => readonly number[];

/** A network on plain inputs. Logarithms are divided by 4 to be of order 1. */
function network(
  recipe: TrainingRecipe,
  target: "latency" | "log",
  onAnalytical: boolean,
  pretrain = false,
): Predictor {
  return (learn, test, seed) => {
    const base = (row: MeasuredRow): number => (onAnalytical ? row.analyticalCycles : 1);
    const unit = learn.reduce((sum, row) => sum + row.measuredCycles, 0) / learn.length;
    const to = (row: MeasuredRow): number =>
      target === "log"
        ? Math.log(row.measuredCycles / base(row)) / 4
        : (row.measuredCycles - (onAnalytical ? row.analyticalCycles : 0)) / unit;
    const from = (value: number, row: MeasuredRow): number =>
      target === "log"
        ? base(row) * Math.exp(4 * value)
        : Math.max(1, value * unit + (onAnalytical ? row.analyticalCycles : 0));
    const examples = table(
      learn.map((row) => inputsOf.get(row) as number[]),
      learn.map(to),
    );
    const loss = target === "log" ? recipe : { ...recipe, huberDelta: 1e-3 };
    const start = pretrain ? pretrained(learn, seed) : undefined;
    const trained = trainNetwork(
      training,
      examples,
      pretrain ? { ...loss, rate: 1e-3, steps: 4000 } : loss,
      createRng(seed),
      undefined,
      start,
    );
    const inputs = Float32Array.from(test.flatMap((row) => inputsOf.get(row) as number[]));
    return [...predictNetwork(training, trained, WIDTH, inputs)].map((value, i) =>
      from(value, test[i] as MeasuredRow),
    );
  };
}

const trainer = new StarlightTrainer(kernels, training, { profile: "gemmini-firesim", seed: 0 });
const calibrations = new Map<string, ReturnType<typeof calibrate>["coefficients"]>();
function calibrated(
  learn: readonly MeasuredRow[],
  seed: number,
): ReturnType<typeof calibrate>["coefficients"] {
  const key = `${learn.length} ${seed}`;
  const known = calibrations.get(key) ?? calibrate(kernels, learn.map(toCalibrationRow)).coefficients;
  calibrations.set(key, known);
  return known;
}

const predictors: Readonly<Record<string, Predictor>> = {
  "analytical model": (_, test) => test.map((row) => row.analyticalCycles),
  "DOSA DNN, L1 on latency": network(DOSA, "latency", false),
  "DOSA DNN, log": network(DOSA, "log", false),
  "DOSA analytical + DNN, L1": network(DOSA, "latency", true),
  "DOSA analytical + DNN, log": network(DOSA, "log", true),
  "small network, log": network(SMALL, "log", false),
  "the same, pretrained": network(SMALL, "log", false, true),
  "event model": (learn, test, seed) =>
    simulate(kernels, test.map(toCalibrationRow), calibrated(learn, seed)).map(
      ({ latencyCycles }) => latencyCycles,
    ),
  Starlight: (learn, test, seed) =>
    trainer
      .predict(trainer.fineTune(trainer.distil(calibrated(learn, seed)), learn), test)
      .map(({ cycles }) => cycles),
};

const { random } = crossValidation(rows, 0);
console.log(
  `rows  ${"predictor".padEnd(28)} MAPE % mean (least to most)   median APE %  Spearman   folds ${FOLDS}`,
);
for (const count of COUNTS) {
  for (const [name, predict] of Object.entries(predictors)) {
    const results = random.slice(0, FOLDS).map(({ train, test }, seed) => {
      const shuffled = [...train];
      const rng = createRng(seed, 5);
      for (let i = shuffled.length - 1; i > 0; i--) {
        const j = Math.floor(rng() * (i + 1));
        [shuffled[i], shuffled[j]] = [shuffled[j] as number, shuffled[i] as number];
      }
      const learn = shuffled.slice(0, count).map((row) => rows[row] as MeasuredRow);
      const held = test.map((row) => rows[row] as MeasuredRow);
      return accuracy(
        held.map((row) => row.measuredCycles),
        predict(learn, held, seed),
      );
    });
    const of = (value: (result: (typeof results)[number]) => number): readonly number[] => results.map(value);
    const mean = (values: readonly number[]): number =>
      values.reduce((sum, value) => sum + value, 0) / values.length;
    const mapes = of(({ mapePercent }) => mapePercent);
    console.log(
      `${String(count).padStart(4)}  ${name.padEnd(28)} ${mean(mapes).toFixed(1).padStart(7)} (${Math.min(...mapes).toFixed(1)} to ${Math.max(...mapes).toFixed(1)})`.padEnd(
        64,
      ) +
        `${mean(of(({ medianApePercent }) => medianApePercent))
          .toFixed(1)
          .padStart(6)}     ${mean(of(({ spearman }) => spearman)).toFixed(4)}`,
    );
  }
}
