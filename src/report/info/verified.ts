import type { VerifiedRecord } from "../result.ts";
import { evenly } from "./convergence.ts";

/** Predictions against measurements. */
export interface VerifiedInfo {
  readonly count: number;
  /** At most 2,000 of them, evenly spaced in the measured cycles. */
  readonly points: readonly VerifiedRecord[];
  /** Mean of |predicted / measured - 1|. */
  readonly meanError: number;
  /** exp of the mean of ln(predicted / measured): 1 without bias. */
  readonly meanRatio: number;
  /** Spearman's rank correlation; NaN below two points. */
  readonly rankCorrelation: number;
  /** Of the points with an interval, those whose measurement lies in it. */
  readonly coverage?: number;
}

const MOST_POINTS = 2000;

export function verifiedInfo(records: readonly VerifiedRecord[]): VerifiedInfo {
  const count = records.length;
  const ratios = records.map(({ predicted, measured }) => predicted / measured);
  const mean = (values: readonly number[]): number => values.reduce((sum, value) => sum + value, 0) / count;
  const withInterval = records.filter(({ interval }) => interval !== undefined);
  const inside = withInterval.filter(
    ({ interval, measured }) =>
      interval !== undefined && interval.low <= measured && measured <= interval.high,
  );
  return {
    count,
    points: evenly(
      [...records].sort((a, b) => a.measured - b.measured),
      MOST_POINTS,
    ),
    meanError: mean(ratios.map((ratio) => Math.abs(ratio - 1))),
    meanRatio: Math.exp(mean(ratios.map(Math.log))),
    rankCorrelation: correlation(
      ranks(records.map(({ predicted }) => predicted)),
      ranks(records.map(({ measured }) => measured)),
    ),
    ...(withInterval.length > 0 ? { coverage: inside.length / withInterval.length } : {}),
  };
}

/** Ranks from 0; equal values share the mean of theirs. */
function ranks(values: readonly number[]): readonly number[] {
  const order = values.map((_, i) => i).sort((a, b) => (values[a] as number) - (values[b] as number));
  const found = new Array<number>(values.length);
  for (let first = 0, last = 0; first < order.length; first = last) {
    const value = values[order[first] as number];
    while (last < order.length && values[order[last] as number] === value) last++;
    for (let i = first; i < last; i++) found[order[i] as number] = (first + last - 1) / 2;
  }
  return found;
}

/** Pearson's correlation. */
function correlation(a: readonly number[], b: readonly number[]): number {
  const mean = (values: readonly number[]): number => values.reduce((sum, x) => sum + x, 0) / values.length;
  const [meanA, meanB] = [mean(a), mean(b)];
  let [ab, aa, bb] = [0, 0, 0];
  for (let i = 0; i < a.length; i++) {
    const [x, y] = [(a[i] as number) - meanA, (b[i] as number) - meanB];
    ab += x * y;
    aa += x * x;
    bb += y * y;
  }
  return ab / Math.sqrt(aa * bb);
}
