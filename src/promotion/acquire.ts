import { expectedImprovement } from "../search/expected-improvement.ts";
import type { Design } from "../search/trial.ts";
import { NINETY } from "./calibrate.ts";
import type { PredictedDesign } from "./predicted-design.ts";

/** A design that may be verified, and how many runs that takes. */
export interface Promotable {
  readonly predicted: PredictedDesign;
  readonly runs: number;
}

/**
 * Which designs deserve to be verified next: one after another the one with the most expected improvement of ln(cost) for each run,
 * times how different it is from those already chosen. Uncertainty enters by the improvement expected: a wide interval has more
 * to hope for.
 *
 * What is left of a budget has no say in it: a search that goes on with more runs makes the same choices again.
 *
 * @param best cost of the best verified design; undefined if there is none
 */
export function chooseBatch(
  designs: readonly Promotable[],
  best: number | undefined,
  size: number,
): readonly Promotable[] {
  // As long as nothing is verified: what the most promising design costs at worst.
  const promising = designs.reduce<Promotable | undefined>(
    (least, one) => (!least || one.predicted.cost < least.predicted.cost ? one : least),
    undefined,
  );
  const reference = Math.log(best ?? promising?.predicted.interval.high ?? 1);
  const gains = designs.map(({ predicted: { cost, interval }, runs: needed }) => {
    const deviation = Math.log(interval.high / interval.low) / (2 * NINETY);
    return expectedImprovement({ mean: Math.log(cost), deviation }, reference) / Math.max(1, needed);
  });
  const chosen: Promotable[] = [];
  while (chosen.length < size) {
    let next: Promotable | undefined;
    let most = 0;
    for (const [i, one] of designs.entries()) {
      if (chosen.includes(one)) continue;
      const apart = chosen.map((other) => difference(one.predicted.design, other.predicted.design));
      const value = (gains[i] as number) * Math.min(1, ...apart);
      // A model without doubt expects nothing of what it holds for worse; the cheapest is next then.
      if (next && (value < most || (value === most && one.predicted.cost >= next.predicted.cost))) continue;
      most = value;
      next = one;
    }
    if (!next) break;
    chosen.push(next);
  }
  return chosen;
}

/** Part of the layers that two designs map differently; all of them on different arrays. */
function difference(a: Design, b: Design): number {
  if (a.hardware.peDim !== b.hardware.peDim) return 1;
  const [own, other] = [a.mappings.flat(), b.mappings.flat()];
  return own.filter((mapping, i) => mapping !== other[i]).length / Math.max(1, own.length);
}
