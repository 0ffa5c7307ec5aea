import type { Coefficients } from "../event/coefficients.ts";
import type { EventNumbers, LogInterval } from "../event/model.ts";
import { boundingEngine, ENGINES } from "../event/model.ts";
import type { Simulation } from "../event/simulator.ts";
import type { CalibrationOptions, CalibrationPool, CalibrationRow } from "./calibrate.ts";
import type { Split } from "./folds.ts";
import { predictRows } from "./predict.ts";
import { quantile } from "./ranks.ts";

/** A row as a model judged it that had not learnt from it. */
export interface HeldOut {
  readonly row: number;
  readonly split: number;
  readonly simulation: Simulation;
  readonly boundBy: ReturnType<typeof boundingEngine>;
  /** Natural logarithm of measured over predicted cycles. */
  readonly logError: number;
}

/**
 * Calibrates once for each split and judges the rows held out, in the order of the rows.
 *
 * @param always rows that every calibration learns from besides
 * @returns one record for each row in a test set
 */
export async function judgeHeldOut(
  module: WebAssembly.Module,
  pool: CalibrationPool,
  rows: readonly CalibrationRow[],
  splits: readonly Split[],
  options: CalibrationOptions = {},
  always: readonly CalibrationRow[] = [],
): Promise<readonly HeldOut[]> {
  const judged = await Promise.all(
    splits.map(async ({ train, test }, split) => {
      const learnt = [...always, ...train.map((row) => rows[row] as CalibrationRow)];
      const { coefficients } = await pool.calibrate({ rows: learnt, options });
      return judge(module, rows, test, coefficients, split);
    }),
  );
  return judged.flat().sort((a, b) => a.row - b.row);
}

/** Judges some rows with given coefficients. */
export function judge(
  module: WebAssembly.Module,
  rows: readonly CalibrationRow[],
  test: readonly number[],
  coefficients: Coefficients,
  split = 0,
): readonly HeldOut[] {
  const simulations = predictRows(
    module,
    test.map((row) => rows[row] as CalibrationRow),
    coefficients,
  );
  return simulations.map((simulation, i) => {
    const row = test[i] as number;
    const { measuredCycles } = rows[row] as CalibrationRow;
    return {
      row,
      split,
      simulation,
      boundBy: boundingEngine(simulation, coefficients),
      logError: Math.log(measuredCycles / simulation.latencyCycles),
    };
  });
}

/** Errors of one engine below which its quantiles are those of all engines together. */
const FEW = 40;

/** Intervals that hold 90 % of these errors, for each engine that decides a latency. */
export function conformalIntervals(judged: readonly HeldOut[]): EventNumbers["intervals"] {
  const of = (errors: readonly number[]): LogInterval => {
    // The finite-sample correction of split conformal prediction: n + 1 places for n errors.
    const tail = Math.max(0, 0.05 - 0.95 / Math.max(1, errors.length));
    return [Math.min(0, quantile(errors, tail)), Math.max(0, quantile(errors, 1 - tail))];
  };
  const all = judged.map(({ logError }) => logError);
  const intervals = ENGINES.map((engine) => {
    const own = judged.filter(({ boundBy }) => boundBy === engine).map(({ logError }) => logError);
    return [engine, of(own.length < FEW ? all : own)] as const;
  });
  return Object.fromEntries(intervals) as unknown as EventNumbers["intervals"];
}
