import type { Convergence, ConvergenceRecord } from "../result.ts";

/** How a search came to its answer. */
export interface ConvergenceInfo extends Convergence {
  /** Steps left out where neither best nor bound changed visibly. */
  readonly dropped: number;
}

/** Steps that are drawn; a longer trace keeps every step that lowers the best, then evenly spaced ones. */
const MOST_STEPS = 1000;

export function convergenceInfo(convergence: Convergence): ConvergenceInfo {
  const { steps } = convergence;
  if (steps.length <= MOST_STEPS) return { ...convergence, dropped: 0 };
  const improving = steps.filter(
    (step, i) => i === 0 || step.best < (steps[i - 1] as ConvergenceRecord).best,
  );
  const kept = new Set(evenly(improving, MOST_STEPS / 2));
  for (const step of evenly(steps, MOST_STEPS / 2)) kept.add(step);
  const shown = steps.filter((step) => kept.has(step));
  return { ...convergence, steps: shown, dropped: steps.length - shown.length };
}

/** At most `most` of a list, first and last among them. */
export function evenly<T>(list: readonly T[], most: number): readonly T[] {
  if (list.length <= most) return list;
  return Array.from({ length: most }, (_, i) => list[Math.round((i * (list.length - 1)) / (most - 1))] as T);
}
