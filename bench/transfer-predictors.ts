// The predictors that bench/transfer.ts compares: networks on DOSA's inputs, and the physics route.
import type { Coefficients } from "../src/event/coefficients.ts";
import type { LocalEngine } from "../src/fidelity/engine.ts";
import { createHardware } from "../src/hardware/hardware.ts";
import type { TrainingRows } from "../src/kernels/training.ts";
import { createRng } from "../src/rng.ts";
import { fromMapping } from "../src/space/mapping.ts";
import { RawMapping } from "../src/space/raw-mapping.ts";
import { createMappingSampler } from "../src/space/sample.ts";
import { calibrate } from "../src/tune/calibrate.ts";
import type { MeasuredRow } from "../src/tune/dataset.ts";
import {
  predictRows as predictNetwork,
  type TrainingRecipe,
  trainNetwork,
} from "../src/tune/network-training.ts";
import { predictRows as simulate } from "../src/tune/predict.ts";
import { StarlightTrainer } from "../src/tune/starlight-training.ts";
import { toCalibrationRow } from "../src/tune/train.ts";
import { DIMS, type LayerShape } from "../src/workload/layer.ts";

/** Cycles of some rows, from the measurements of others. */
export type Predict = (
  learn: readonly MeasuredRow[],
  test: readonly MeasuredRow[],
  seed: number,
) => readonly number[];

export interface Predictor {
  readonly name: string;
  /** Draws of the rows that are run: calibrations are dear. */
  readonly draws: number;
  /** Whether it says something without any measurement. */
  readonly withoutRows: boolean;
  readonly predict: Predict;
}

export interface PredictorTools {
  readonly kernels: WebAssembly.Module;
  readonly training: WebAssembly.Module;
  readonly engine: LocalEngine;
}

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

/** Inputs as DOSA's network has them, with nothing of the RTL's own rules. */
const WIDTH = 40;
export function plainInputs(shape: LayerShape, mapping: RawMapping): number[] {
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

function inputsOf({ shape, mapping }: MeasuredRow): number[] {
  return plainInputs(shape, fromMapping(mapping, new RawMapping()));
}

function table(inputs: readonly (readonly number[])[], targets: readonly number[]): TrainingRows {
  return {
    width: WIDTH,
    inputs: Float32Array.from(inputs.flat()),
    targets: Float32Array.from(targets),
    weights: new Float32Array(targets.length).fill(1),
  };
}

/** 20,000 random mappings of the layers of the rows with what the analytical model says, as a network to go on from. */
function pretrained(
  { training, engine }: PredictorTools,
  known: readonly MeasuredRow[],
  seed: number,
): ReturnType<typeof trainNetwork> {
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

/** A network on plain inputs. Logarithms are divided by 4 to be of order 1. */
function network(
  tools: PredictorTools,
  recipe: TrainingRecipe,
  target: "latency" | "log",
  onAnalytical: boolean,
  pretrain = false,
): Predict {
  const { training } = tools;
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
    const examples = table(learn.map(inputsOf), learn.map(to));
    const loss = target === "log" ? recipe : { ...recipe, huberDelta: 1e-3 };
    const start = pretrain ? pretrained(tools, learn, seed) : undefined;
    const trained = trainNetwork(
      training,
      examples,
      pretrain ? { ...loss, rate: 1e-3, steps: 4000 } : loss,
      createRng(seed),
      undefined,
      start,
    );
    const inputs = Float32Array.from(test.flatMap(inputsOf));
    return [...predictNetwork(training, trained, WIDTH, inputs)].map((value, i) =>
      from(value, test[i] as MeasuredRow),
    );
  };
}

/** Names by which bench/transfer.ts knows the two sides of its comparison. */
export const STARLIGHT = "Starlight";
export const OF_DOSA = /^DOSA/;
export const SCRATCH = "small network, log";
export const PRETRAINED = "the same, pretrained";

export function createPredictors(tools: PredictorTools): readonly Predictor[] {
  const { kernels, training } = tools;
  const trainer = new StarlightTrainer(kernels, training, { profile: "gemmini-firesim", seed: 0 });
  const known = new Map<string, Coefficients>();
  const calibrated = (learn: readonly MeasuredRow[], seed: number): Coefficients => {
    const key = `${learn.length} ${seed}`;
    const coefficients = known.get(key) ?? calibrate(kernels, learn.map(toCalibrationRow)).coefficients;
    known.set(key, coefficients);
    return coefficients;
  };
  const learnt = (name: string, predict: Predict): Predictor => ({
    name,
    draws: 5,
    withoutRows: false,
    predict,
  });
  const physics = (name: string, predict: Predict): Predictor => ({
    name,
    draws: 3,
    withoutRows: true,
    predict,
  });
  return [
    { ...physics("analytical model", (_, test) => test.map((row) => row.analyticalCycles)), draws: 5 },
    learnt("DOSA DNN, L1 on latency", network(tools, DOSA, "latency", false)),
    learnt("DOSA DNN, log", network(tools, DOSA, "log", false)),
    learnt("DOSA analytical + DNN, L1", network(tools, DOSA, "latency", true)),
    learnt("DOSA analytical + DNN, log", network(tools, DOSA, "log", true)),
    learnt(SCRATCH, network(tools, SMALL, "log", false)),
    learnt(PRETRAINED, network(tools, SMALL, "log", false, true)),
    physics("event model", (learn, test, seed) =>
      simulate(kernels, test.map(toCalibrationRow), calibrated(learn, seed)).map(
        ({ latencyCycles }) => latencyCycles,
      ),
    ),
    physics(STARLIGHT, (learn, test, seed) =>
      trainer
        .predict(trainer.fineTune(trainer.distil(calibrated(learn, seed)), learn), test)
        .map(({ cycles }) => cycles),
    ),
  ];
}
