import type { Coefficients } from "../event/coefficients.ts";
import { type EventNumbers, latencyInterval } from "../event/model.ts";
import { type ModelFile, seal } from "../fidelity/model-file.ts";
import type { ModelSource } from "../fidelity/model-source.ts";
import { coveragePercent } from "./accuracy.ts";
import type { CalibrationPool, CalibrationRow } from "./calibrate.ts";
import type { MeasuredRow } from "./dataset.ts";
import { crossValidation } from "./folds.ts";
import { conformalIntervals, type HeldOut, judge, judgeHeldOut } from "./held-out.ts";
import { type AccuracyReport, type Judgement, reportAccuracy } from "./report.ts";

export interface TrainRequest {
  /** The compiled kernels. */
  readonly module: WebAssembly.Module;
  readonly pool: CalibrationPool;
  /** Clean rows. */
  readonly rows: readonly MeasuredRow[];
  readonly sources: readonly ModelSource[];
  readonly seed: number;
  /** What the calibration believes before it sees the rows; the priors of the coefficient table by default. */
  readonly prior?: Coefficients;
  /** The command line, for the file. */
  readonly madeBy: string;
  /** Told of each calibration that has ended. */
  readonly onProgress?: (done: number, of: number) => void;
}

export interface Training {
  readonly file: ModelFile<EventNumbers>;
  /** Of the rows that were learnt from. */
  readonly fit: AccuracyReport;
  /** Of rows held out, dealt out one by one; of layers held out. */
  readonly random: AccuracyReport;
  readonly layers: AccuracyReport;
  /** Share of measurements of held-out layers in intervals made from the other folds, in percent. */
  readonly coveragePercent: number;
}

/** Rows that a measurement of a searched design counts for: what a search asks about, among random mappings by the hundred. */
const SEARCHED_WEIGHT = 3;

/** A measured row as a calibration takes it. */
export function toCalibrationRow({
  shape,
  mapping,
  peDim,
  cold,
  measuredCycles,
  random,
}: MeasuredRow): CalibrationRow {
  return { shape, mapping, peDim, cold, measuredCycles, weight: random ? 1 : SEARCHED_WEIGHT };
}

/**
 * Calibrates the event model: once on all rows, and once for each of five random folds and five folds of layers, which say how
 * good it is where it has not learnt. The same for any number of workers.
 */
export async function train(request: TrainRequest): Promise<Training> {
  const { module, rows, seed, prior, onProgress } = request;
  const options = prior === undefined ? {} : { prior };
  const { random, layers } = crossValidation(rows, seed);
  const calibrations = random.length + layers.length + 1;
  let done = 0;
  const pool: CalibrationPool = {
    calibrate: async (job) => {
      const calibration = await request.pool.calibrate(job);
      onProgress?.(++done, calibrations);
      return calibration;
    },
  };
  const learnt = rows.map(toCalibrationRow);
  const [{ coefficients }, byRow, byLayer] = await Promise.all([
    pool.calibrate({ rows: learnt, options }),
    judgeHeldOut(module, pool, learnt, random, options),
    judgeHeldOut(module, pool, learnt, layers, options),
  ]);
  const numbers: EventNumbers = { coefficients, intervals: conformalIntervals(byLayer) };
  const judgement = ({ row, simulation, boundBy }: HeldOut): Judgement => ({
    row: rows[row] as MeasuredRow,
    predictedCycles: simulation.latencyCycles,
    boundBy,
  });
  const all = [...rows.keys()];
  return {
    file: seal({
      kind: "event",
      profile: "gemmini-firesim",
      data: request.sources,
      madeBy: request.madeBy,
      model: numbers,
    }),
    fit: reportAccuracy(
      judge(module, learnt, all, coefficients).map((one) => ({
        ...judgement(one),
        interval: latencyInterval(one.simulation, numbers),
      })),
    ),
    random: reportAccuracy(byRow.map(judgement)),
    layers: reportAccuracy(byLayer.map(judgement)),
    coveragePercent: heldOutCoverage(rows, byLayer, coefficients),
  };
}

/** Coverage where the intervals of a fold come from the errors of the other folds. */
export function heldOutCoverage(
  rows: readonly Pick<MeasuredRow, "measuredCycles">[],
  judged: readonly HeldOut[],
  coefficients: Coefficients,
): number {
  const splits = new Set(judged.map(({ split }) => split));
  const intervalsWithout = new Map(
    [...splits].map((split) => [split, conformalIntervals(judged.filter((one) => one.split !== split))]),
  );
  return coveragePercent(
    judged.map(({ row }) => (rows[row] as MeasuredRow).measuredCycles),
    judged.map(({ simulation, split }) =>
      latencyInterval(simulation, {
        coefficients,
        intervals: intervalsWithout.get(split) as EventNumbers["intervals"],
      }),
    ),
  );
}
