import type { Coefficients } from "../event/coefficients.ts";
import type { Profile } from "../fidelity/evaluator.ts";
import { type ModelFile, seal } from "../fidelity/model-file.ts";
import type { ModelSource } from "../fidelity/model-source.ts";
import type { Spread } from "../kernels/physics.ts";
import { createStarlightEngine } from "../surrogate/engine.ts";
import { createStarlightEvaluator } from "../surrogate/evaluator.ts";
import { machineCoefficients } from "../surrogate/machine-coefficients.ts";
import { type StarlightDocument, type StarlightModel, toDocument } from "../surrogate/model.ts";
import type { CalibrationPool } from "./calibrate.ts";
import { cleanRows, type MeasuredRow } from "./dataset.ts";
import type { Kind } from "./distil.ts";
import { crossValidation, type Split } from "./folds.ts";
import { fitSpreads, halfWidth } from "./interval.ts";
import { judgeRows } from "./judge-rows.ts";
import { type AccuracyReport, type Judgement, reportAccuracy } from "./report.ts";
import {
  type Prediction,
  StarlightTrainer,
  type TrainedStarlight,
  type TrainingEffort,
} from "./starlight-training.ts";
import { toCalibrationRow } from "./train.ts";

export interface StarlightRequest {
  /** The compiled kernels, and those that train. */
  readonly module: WebAssembly.Module;
  readonly training: WebAssembly.Module;
  /** Calibrates Gemmini's event model; that of our own RTL has nothing to calibrate. */
  readonly pool: CalibrationPool;
  readonly profile: Profile;
  readonly rows: readonly MeasuredRow[];
  readonly sources: readonly ModelSource[];
  readonly seed: number;
  /** Less work than a model to rely on takes; all of it by default. */
  readonly effort?: TrainingEffort;
  /** What a calibration believes before it sees the rows. */
  readonly prior?: Coefficients;
  /** The command line and the day, for the file. */
  readonly madeBy: string;
  readonly date: string;
  /** Told of each part of the work that has ended. */
  readonly onProgress?: (done: number, of: number) => void;
}

export interface StarlightTraining {
  readonly model: StarlightModel;
  readonly file: ModelFile<StarlightDocument>;
  /** Of the rows that were learnt from, by the model as the file holds it. */
  readonly fit: AccuracyReport;
  /** Of rows held out, dealt out one by one; of layers held out. */
  readonly random: AccuracyReport;
  readonly layers: AccuracyReport;
  /** The same layers by the distilled model, before it has seen a measurement beyond the calibration. */
  readonly distilledLayers: AccuracyReport;
  /** Share of measurements of held-out layers in intervals made from the other folds, in percent. */
  readonly coveragePercent: number;
  /** What each row was predicted to take when its layer was held out, in the order of the rows. */
  readonly heldOut: readonly HeldOutPrediction[];
}

/** A prediction by a model that had not learnt from the row's layer. */
export interface HeldOutPrediction extends Prediction {
  readonly row: MeasuredRow;
  /** Fold of layers that the row belongs to, from 0. */
  readonly fold: number;
}

/** One held-out row as a model judged it that had not learnt from it. */
interface HeldOutRow {
  readonly row: MeasuredRow;
  readonly split: number;
  readonly prediction: Prediction;
  readonly distilled: Prediction;
}

/**
 * Trains Starlight: calibrates the event model, distils it, goes on with the measurements, and fits intervals on layers held out;
 * once on all rows, and once for each of five random folds and five folds of layers, calibration and all, which say how good it is
 * where it has not learnt. The same for any number of workers.
 */
export async function trainStarlight(request: StarlightRequest): Promise<StarlightTraining> {
  const { module, training, profile, rows: all, seed, prior, onProgress } = request;
  const rows = cleanRows(all);
  const { random, layers: byLayers } = crossValidation(rows, seed);
  const splits = [...random, ...byLayers];
  const steps = 2 * (splits.length + 1);
  let done = 0;
  const step = (): void => onProgress?.(++done, steps);
  const machine = machineCoefficients();
  const calibrate = async (some: readonly MeasuredRow[]): Promise<Coefficients> => {
    if (profile === "polaris-rtl") {
      step();
      return machine;
    }
    const options = prior === undefined ? {} : { prior };
    const { coefficients } = await request.pool.calibrate({ rows: some.map(toCalibrationRow), options });
    step();
    return coefficients;
  };
  const [onAll, ...onSplits] = await Promise.all([
    calibrate(rows),
    ...splits.map(({ train }) => calibrate(train.map((row) => rows[row] as MeasuredRow))),
  ]);

  const trainer = new StarlightTrainer(module, training, {
    profile,
    seed,
    ...(request.effort === undefined ? {} : { effort: request.effort }),
  });
  // The same coefficients, as our own RTL has them in all folds, are distilled once.
  const distillations = new Map<Coefficients, TrainedStarlight>();
  const distil = (coefficients: Coefficients): TrainedStarlight => {
    const known = distillations.get(coefficients) ?? trainer.distil(coefficients);
    if (profile === "polaris-rtl") distillations.set(coefficients, known);
    return known;
  };
  const judge = ({ train, test }: Split, split: number): readonly HeldOutRow[] => {
    const distilled = distil(onSplits[split] as Coefficients);
    const tuned = trainer.fineTune(
      distilled,
      train.map((row) => rows[row] as MeasuredRow),
    );
    const held = test.map((row) => rows[row] as MeasuredRow);
    const before = trainer.predict(distilled, held);
    const judged = trainer.predict(tuned, held).map((prediction, i) => ({
      row: held[i] as MeasuredRow,
      split,
      prediction,
      distilled: before[i] as Prediction,
    }));
    step();
    return judged;
  };
  const judged = splits.map(judge);
  const byRow = judged.slice(0, random.length).flat();
  const byLayer = judged.slice(random.length).flat();
  const heldOut = inOrder(rows, byLayer).map(({ row, split, prediction }) => ({
    ...prediction,
    row,
    fold: split - random.length,
  }));

  const tuned = trainer.fineTune(distil(onAll as Coefficients), rows);
  const model = trainer.toModel(tuned, spreadsOf(heldOut));
  const fitted = createStarlightEvaluator(await createStarlightEngine(module, model));
  const fit = reportAccuracy(await judgeRows(fitted, rows));
  const layers = reportAccuracy(judgeOutOfFold(heldOut));
  step();
  return {
    model,
    file: seal({
      kind: "starlight",
      profile: model.profile,
      data: request.sources,
      madeBy: request.madeBy,
      model: toDocument(model, request.date),
    }),
    fit,
    random: reportAccuracy(byRow.map(({ row, prediction }) => judgement(row, prediction))),
    layers,
    distilledLayers: reportAccuracy(byLayer.map(({ row, distilled }) => judgement(row, distilled))),
    coveragePercent: layers.coveragePercent ?? 0,
    heldOut,
  };
}

function inOrder(rows: readonly MeasuredRow[], judged: readonly HeldOutRow[]): readonly HeldOutRow[] {
  const places = new Map(rows.map((row, place) => [row, place]));
  const placeOf = ({ row }: HeldOutRow): number => places.get(row) ?? Number.NaN;
  return [...judged].sort((a, b) => placeOf(a) - placeOf(b));
}

function judgement(row: MeasuredRow, { cycles }: Prediction): Judgement {
  return { row, predictedCycles: cycles, boundBy: "" };
}

function kindOf({ shape }: MeasuredRow): Kind {
  return shape.Q === 1 && shape.R === 1 && shape.S === 1 ? "matmul" : "convolution";
}

/** The interval of each kind, from the errors on layers held out. */
export function spreadsOf(heldOut: readonly HeldOutPrediction[]): Readonly<Record<Kind, Spread>> {
  return fitSpreads(
    heldOut.map(({ row, cycles, ...traits }) => ({
      ...traits,
      error: Math.log(cycles / row.measuredCycles),
      kind: kindOf(row),
    })),
  );
}

/** Judgements of held-out rows, with intervals that come from the errors of the other folds. */
export function judgeOutOfFold(heldOut: readonly HeldOutPrediction[]): readonly Judgement[] {
  const folds = new Set(heldOut.map(({ fold }) => fold));
  const without = new Map(
    [...folds].map((fold) => [fold, spreadsOf(heldOut.filter((one) => one.fold !== fold))]),
  );
  return heldOut.map((one) => {
    const spread = without.get(one.fold)?.[kindOf(one.row)] as Spread;
    const factor = Math.exp(halfWidth(spread, one));
    return {
      ...judgement(one.row, one),
      interval: { low: one.cycles / factor, high: one.cycles * factor },
    };
  });
}
