import type { Interval } from "../fidelity/evaluator.ts";
import type { LayerShape } from "../workload/layer.ts";
import {
  type Accuracy,
  accuracy,
  coveragePercent,
  edpAccuracy,
  halfWidthPercent,
  type Ranking,
  ranking,
} from "./accuracy.ts";
import type { MeasuredRow } from "./dataset.ts";

/** What a model says of a measured row. */
export interface Judgement {
  readonly row: MeasuredRow;
  readonly predictedCycles: number;
  /** What decides the latency, by the model's own names; empty of models that do not say. */
  readonly boundBy: string;
  readonly interval?: Interval;
}

/** How honest intervals are; of models that predict them. */
export interface IntervalReport {
  /** Share of measurements inside the 90 % interval, in percent. */
  readonly coveragePercent?: number;
  /** Mean half-width of the interval, in percent. */
  readonly halfWidthPercent?: number;
}

/** Accuracy of a model against measurements: of all rows, of each class of layer, within layers. */
export interface AccuracyReport extends IntervalReport {
  readonly latency: Accuracy;
  readonly edp: Accuracy;
  readonly ranking: Ranking;
  readonly classes: readonly ({ readonly name: string; readonly latency: Accuracy } & IntervalReport)[];
  /** The rows that are furthest off, worst first. */
  readonly worst: readonly {
    readonly line: number;
    readonly measuredCycles: number;
    readonly predictedCycles: number;
    readonly boundBy: string;
  }[];
}

/** Rows that are listed as the worst. */
const WORST = 10;

export function reportAccuracy(judged: readonly Judgement[]): AccuracyReport {
  const measured = judged.map(({ row }) => row.measuredCycles);
  const predicted = judged.map(({ predictedCycles }) => predictedCycles);
  const worst = [...judged].sort((a, b) => logError(b) - logError(a)).slice(0, WORST);
  return {
    latency: accuracy(measured, predicted),
    edp: edpAccuracy(
      measured,
      predicted,
      judged.map(({ row }) => row.energyPj),
    ),
    ranking: ranking(
      measured,
      predicted,
      judged.map(({ row }) => row.layer),
    ),
    ...ofIntervals(judged),
    classes: classes(judged),
    worst: worst.map(({ row, predictedCycles, boundBy }) => ({
      line: row.line,
      measuredCycles: row.measuredCycles,
      predictedCycles,
      boundBy,
    })),
  };
}

function ofIntervals(judged: readonly Judgement[]): IntervalReport {
  const intervals = judged.flatMap(({ interval }) => (interval ? [interval] : []));
  if (intervals.length < judged.length || judged.length === 0) return {};
  const measured = judged.map(({ row }) => row.measuredCycles);
  return {
    coveragePercent: coveragePercent(measured, intervals),
    halfWidthPercent: halfWidthPercent(intervals),
  };
}

function logError({ row, predictedCycles }: Judgement): number {
  return Math.abs(Math.log(row.measuredCycles / predictedCycles));
}

function kindOf({ C, K, Q, R, S }: LayerShape): string {
  if (R === 1 && S === 1) return Q === 1 ? "matmul" : "conv 1x1";
  return C === 1 && K === 1 ? "conv depthwise" : "conv RxS";
}

/** Kind of layer, size of the array, what decides the latency, network: each class with at least two rows. */
function classes(judged: readonly Judgement[]): AccuracyReport["classes"] {
  const members = new Map<string, Judgement[]>();
  for (const one of judged) {
    const { shape, peDim, network } = one.row;
    const names = [
      kindOf(shape),
      `array ${String(peDim).padStart(3)}`,
      ...(one.boundBy === "" ? [] : [`bound by ${one.boundBy}`]),
      ...(network === undefined ? [] : [`network ${network}`]),
    ];
    for (const name of names) members.set(name, [...(members.get(name) ?? []), one]);
  }
  return [...members]
    .filter(([, rows]) => rows.length > 1)
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([name, rows]) => ({
      name,
      latency: accuracy(
        rows.map(({ row }) => row.measuredCycles),
        rows.map(({ predictedCycles }) => predictedCycles),
      ),
      ...ofIntervals(rows),
    }));
}
