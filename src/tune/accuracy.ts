import type { Interval } from "../fidelity/evaluator.ts";
import { mean, median, pearson, spearman } from "./ranks.ts";

/** How far predictions lie from measurements. */
export interface Accuracy {
  readonly rows: number;
  /** Mean and median of |predicted - measured| / measured, in percent. */
  readonly mapePercent: number;
  readonly medianApePercent: number;
  /** Share of rows that are off by at most a tenth, in percent. */
  readonly within10Percent: number;
  readonly spearman: number;
  /** Pearson's correlation of the logarithms. */
  readonly pearsonLog: number;
}

/** How well a model orders mappings of one layer, which is what a mapper needs. */
export interface Ranking {
  /** Layers with at least `MIN_RANKED` mappings, and the mean of Spearman's correlation within each. */
  readonly layers: number;
  readonly meanSpearman: number;
  /** Measured latency of the mapping that the model picks, over the best measured one of its layer; over all layers. */
  readonly meanSlowdown: number;
  readonly medianSlowdown: number;
}

/** Mappings of a layer below which a rank correlation says nothing. */
export const MIN_RANKED = 10;

export function accuracy(measured: readonly number[], predicted: readonly number[]): Accuracy {
  const errors = measured.map((value, i) => Math.abs((predicted[i] as number) - value) / value);
  return {
    rows: measured.length,
    mapePercent: 100 * mean(errors),
    medianApePercent: 100 * median(errors),
    within10Percent: 100 * mean(errors.map((error) => (error <= 0.1 ? 1 : 0))),
    spearman: spearman(measured, predicted),
    pearsonLog: pearson(measured.map(Math.log), predicted.map(Math.log)),
  };
}

/**
 * The same of energy times latency. Energy is the analytical model's on both sides, as in the paper, so errors in percent are
 * those of latency; the correlations gain from it, since energies span decades.
 */
export function edpAccuracy(
  measured: readonly number[],
  predicted: readonly number[],
  energyPj: readonly number[],
): Accuracy {
  const edp = (cycles: readonly number[]): readonly number[] =>
    cycles.map((value, i) => value * (energyPj[i] as number));
  return accuracy(edp(measured), edp(predicted));
}

/** @param layers what tells the layers apart, a key for each row */
export function ranking(
  measured: readonly number[],
  predicted: readonly number[],
  layers: readonly string[],
): Ranking {
  const rowsOf = new Map<string, number[]>();
  for (const [row, layer] of layers.entries()) rowsOf.set(layer, [...(rowsOf.get(layer) ?? []), row]);
  const correlations: number[] = [];
  const slowdowns: number[] = [];
  for (const rows of rowsOf.values()) {
    const truth = rows.map((row) => measured[row] as number);
    const guess = rows.map((row) => predicted[row] as number);
    const picked = guess.indexOf(Math.min(...guess));
    slowdowns.push((truth[picked] as number) / Math.min(...truth));
    // A model that tells no two mappings apart orders nothing.
    if (rows.length >= MIN_RANKED) correlations.push(spearman(truth, guess) || 0);
  }
  return {
    layers: correlations.length,
    meanSpearman: mean(correlations),
    meanSlowdown: mean(slowdowns),
    medianSlowdown: median(slowdowns),
  };
}

/** Mean half-width of intervals, as a factor on their middle, in percent: 10 for those from 1 / 1.1 to 1.1. */
export function halfWidthPercent(intervals: readonly Interval[]): number {
  return 100 * mean(intervals.map(({ low, high }) => Math.sqrt(high / low) - 1));
}

/** Share of measurements inside their intervals, in percent. */
export function coveragePercent(measured: readonly number[], intervals: readonly Interval[]): number {
  const inside = measured.map((value, i) => {
    const { low, high } = intervals[i] as Interval;
    return low <= value && value <= high ? 1 : 0;
  });
  return 100 * mean(inside);
}
