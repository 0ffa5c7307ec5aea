// Sections of npm run study:accuracy that judge Starlight: `starlight` on measured rows that it has not learnt from, against the model
// that it is distilled from, in floating point and in the integers of the kernels; `distillation` on simulated mappings that it has not
// seen, against the simulations.
import { readFileSync } from "node:fs";
import type { Coefficients } from "../src/event/coefficients.ts";
import type { Profile } from "../src/fidelity/evaluator.ts";
import { createHardware } from "../src/hardware/hardware.ts";
import { NO_SPREAD } from "../src/kernels/physics.ts";
import { createStarlightEngine } from "../src/surrogate/engine.ts";
import { createStarlightEvaluator } from "../src/surrogate/evaluator.ts";
import { rulesOf } from "../src/surrogate/profiles.ts";
import { accuracy } from "../src/tune/accuracy.ts";
import type { CalibrationPool } from "../src/tune/calibrate.ts";
import type { MeasuredRow } from "../src/tune/dataset.ts";
import { KINDS, type LabelledMapping, labelMappings } from "../src/tune/distil.ts";
import { crossValidation, networkSplits, type Split } from "../src/tune/folds.ts";
import { judgeRows } from "../src/tune/judge-rows.ts";
import { mappingSet } from "../src/tune/mapping-set.ts";
import { NetworkInputs } from "../src/tune/network-inputs.ts";
import { predictRows } from "../src/tune/predict.ts";
import { quantile } from "../src/tune/ranks.ts";
import { type Judgement, reportAccuracy } from "../src/tune/report.ts";
import { StarlightTrainer, type TrainedStarlight } from "../src/tune/starlight-training.ts";
import { createTeacher } from "../src/tune/teachers.ts";
import { toCalibrationRow } from "../src/tune/train.ts";

export interface StarlightStudy {
  readonly module: WebAssembly.Module;
  readonly pool: CalibrationPool;
  readonly random: readonly MeasuredRow[];
  readonly searched: readonly MeasuredRow[];
}

/** Told of every row that a section judged: the model, what was held out, and the judgement. */
export type OnJudged = (model: string, heldOut: string, judged: readonly Judgement[]) => void;

/** No interval: the ensemble's spread is not asked for. */
const NO_SPREADS = { convolution: NO_SPREAD, matmul: NO_SPREAD };
/** Mappings of the held-out set of `distillation`. */
const UNSEEN = 8000;

function trainer(module: WebAssembly.Module, profile: Profile): StarlightTrainer {
  const binary = readFileSync(new URL("../build/training.wasm", import.meta.url));
  return new StarlightTrainer(module, new WebAssembly.Module(binary), { profile, seed: 0 });
}

/** Random rows with their layers held out; searched rows, learnt from the random ones alone and with other searched ones. */
export async function starlight(study: StarlightStudy, onJudged: OnJudged = () => undefined): Promise<void> {
  const { random, searched } = study;
  const training = trainer(study.module, "gemmini-firesim");
  const all: Split = { name: "zero-shot", train: [], test: [...searched.keys()] };
  for (const [name, rows, always, splits] of [
    ["searched rows, zero-shot", searched, random, [all]],
    ["searched rows, their network held out", searched, random, networkSplits(searched)],
    ["searched rows, their layers held out", searched, random, crossValidation(searched, 1).layers],
    ["random rows, layers held out", random, [], crossValidation(random, 0).layers],
  ] as const) {
    const judged = new Map<string, Judgement[]>();
    await Promise.all(
      splits.map(async ({ train, test }) => {
        const learn = [...always, ...train.map((row) => rows[row] as MeasuredRow)];
        const job = { rows: learn.map(toCalibrationRow), options: {} };
        const { coefficients } = await study.pool.calibrate(job);
        const held = test.map((row) => rows[row] as MeasuredRow);
        for (const [model, some] of await judgements(study.module, training, coefficients, learn, held)) {
          judged.set(model, [...(judged.get(model) ?? []), ...some]);
        }
      }),
    );
    console.log(`\n${name}`);
    for (const [model, some] of judged) {
      print(model, some);
      onJudged(model, name, some);
    }
  }
}

async function judgements(
  module: WebAssembly.Module,
  training: StarlightTrainer,
  coefficients: Coefficients,
  learn: readonly MeasuredRow[],
  held: readonly MeasuredRow[],
): Promise<readonly (readonly [string, readonly Judgement[]])[]> {
  const of = (cycles: readonly number[]): readonly Judgement[] =>
    held.map((row, i) => ({ row, predictedCycles: cycles[i] as number, boundBy: "" }));
  const integers = async (trained: TrainedStarlight): Promise<readonly Judgement[]> => {
    const engine = await createStarlightEngine(module, training.toModel(trained, NO_SPREADS));
    return judgeRows(createStarlightEvaluator(engine), held);
  };
  const floats = (trained: TrainedStarlight): readonly Judgement[] =>
    of(training.predict(trained, held).map(({ cycles }) => cycles));
  const simulated = predictRows(module, held.map(toCalibrationRow), coefficients);
  const distilled = training.distil(coefficients);
  const tuned = training.fineTune(distilled, learn);
  return [
    ["event model", of(simulated.map(({ latencyCycles }) => latencyCycles))],
    ["distilled", floats(distilled)],
    ["fine-tuned", floats(tuned)],
    ["fine-tuned, in integers", await integers(tuned)],
  ];
}

function print(name: string, judged: readonly Judgement[]): void {
  const { latency, edp, ranking } = reportAccuracy(judged);
  console.log(
    [
      name.padEnd(24),
      String(latency.rows).padStart(5),
      `${latency.mapePercent.toFixed(2)} / ${latency.medianApePercent.toFixed(2)} %`,
      `within 10 %: ${latency.within10Percent.toFixed(0)}`,
      `Spearman ${latency.spearman.toFixed(4)}`,
      `EDP ${edp.pearsonLog.toFixed(5)} / ${edp.spearman.toFixed(4)}`,
      `in layer ${ranking.meanSpearman.toFixed(3)}, slowdown ${ranking.meanSlowdown.toFixed(3)}`,
    ].join("  "),
  );
}

/** What the closed form and the ensemble lose against the event model of a profile that they stand for, with given coefficients. */
export async function distillation(
  module: WebAssembly.Module,
  profile: Profile,
  coefficients: Coefficients,
): Promise<void> {
  const training = trainer(module, profile);
  const rules = rulesOf(profile);
  const distilled = training.distil(coefficients);
  const engine = await createStarlightEngine(module, training.toModel(distilled, NO_SPREADS));
  const described = new NetworkInputs(module, rules);
  const records = rules.kindCoefficients(coefficients);
  const teacher = createTeacher(module, profile, coefficients);
  const errors = new Map<string, number[]>();
  for (const group of mappingSet(module, UNSEEN, 1, (shape) => rules.unfit(shape) === undefined)) {
    const { shape, peDim, mappings, searched } = group;
    const labelled: readonly LabelledMapping[] = labelMappings([group], rules.runLayer, teacher);
    const layer = rules.runLayer(shape);
    const { base, bound } = described.describe(layer, peDim, records[layer.matmul ? 1 : 0], mappings);
    const floats = training.predictMappings(distilled, labelled);
    const hardware = createHardware({ peDim, scratchpadKib: 2048, accumulatorKib: 2048 });
    for (const [i, mapping] of mappings.entries()) engine.batch.writeRaw(i, mapping);
    engine.evaluateNow(shape, hardware, mappings.length);
    const kind = `${searched ? "searched" : "random"} ${KINDS[layer.matmul ? 1 : 0]}`;
    for (const [i, { cycles }] of labelled.entries()) {
      // A neighbour of a searched mapping may fit no memory.
      if (!Number.isFinite(engine.batch.latencyCycles(i))) continue;
      const found = {
        "closed form": Math.max(base[i] as number, bound[i] as number),
        distilled: floats[i]?.cycles ?? Number.NaN,
        "distilled, in integers": engine.batch.latencyCycles(i),
      };
      for (const [name, value] of Object.entries(found)) {
        const key = `${kind.padEnd(22)} ${name.padEnd(24)}`;
        errors.set(key, [...(errors.get(key) ?? []), 100 * Math.abs(value / cycles - 1)]);
      }
    }
  }
  console.log(`${profile}: error against the event model, mean / median / 95 % / largest, in percent`);
  for (const [key, own] of [...errors].sort(([a], [b]) => (a < b ? -1 : 1))) {
    const { mapePercent } = accuracy(
      own.map(() => 1),
      own.map((error) => 1 + error / 100),
    );
    const quantiles = [0.5, 0.95, 1].map((level) => quantile(own, level).toFixed(2));
    console.log(
      `${key} ${String(own.length).padStart(5)}  ${mapePercent.toFixed(2)} / ${quantiles.join(" / ")}`,
    );
  }
}
