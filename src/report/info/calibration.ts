import type { VerifiedRecord } from "../result.ts";

/** Predictions whose intervals are about as wide. */
export interface CalibrationGroup {
  readonly count: number;
  /** Half widths of their intervals, factors on the prediction less 1: from, median, to. */
  readonly from: number;
  readonly width: number;
  readonly to: number;
  /** Share of the measurements that lie inside. */
  readonly coverage: number;
  /** Where the share of all such measurements lies with 90 % (Wilson's score interval). */
  readonly low: number;
  readonly high: number;
}

/** Whether 90 % intervals hold 90 % both where the model is sure and where it is not. */
export interface CalibrationInfo {
  readonly groups: readonly CalibrationGroup[];
}

/** Fewest measurements of a group, and most groups. */
const [LEAST, MOST] = [20, 8];
/** Standard deviations that hold 90 % of a normal distribution. */
const Z = 1.6449;

/** @returns undefined for fewer intervals than two groups need */
export function calibrationInfo(records: readonly VerifiedRecord[]): CalibrationInfo | undefined {
  const judged = records
    .flatMap(({ interval, measured }) =>
      interval && interval.low > 0
        ? [
            {
              width: Math.sqrt(interval.high / interval.low) - 1,
              inside: interval.low <= measured && measured <= interval.high,
            },
          ]
        : [],
    )
    .sort((a, b) => a.width - b.width);
  const count = Math.min(MOST, Math.floor(judged.length / LEAST));
  if (count < 2) return undefined;
  const groups = Array.from({ length: count }, (_, i) => {
    const [first, end] = [i, i + 1].map((part) => Math.round((part * judged.length) / count)) as [
      number,
      number,
    ];
    const members = judged.slice(first, end);
    const at = (place: number): number => members[place]?.width ?? 0;
    const coverage = members.filter(({ inside }) => inside).length / members.length;
    return {
      count: members.length,
      from: at(0),
      width: at(Math.floor(members.length / 2)),
      to: at(members.length - 1),
      coverage,
      ...wilson(coverage, members.length),
    };
  });
  return { groups };
}

/** E. B. Wilson, Journal of the American Statistical Association 22, 1927. */
function wilson(share: number, count: number): { readonly low: number; readonly high: number } {
  const z2 = Z ** 2 / count;
  const middle = (share + z2 / 2) / (1 + z2);
  const half = (Z * Math.sqrt((share * (1 - share)) / count + z2 / (4 * count))) / (1 + z2);
  return { low: Math.max(0, middle - half), high: Math.min(1, middle + half) };
}
