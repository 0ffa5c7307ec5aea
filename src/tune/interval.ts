import type { Spread } from "../kernels/physics.ts";

/** One prediction that a measurement judges. */
export interface Judged {
  /** ln(predicted / measured). */
  readonly error: number;
  /** Standard deviation of the ensemble, ln. */
  readonly spread: number;
}

/** Probability that an interval holds the measurement. */
const COVERAGE = 0.9;

/** Growths of the width with the ensemble's spread that are tried: width = floor x (1 + growth x spread). */
const GROWTHS = [0, 3, 6, 12, 24, 48];

/**
 * Split conformal prediction, scaled by the ensemble (Lei et al. 2018, section 5.2): the width that covers 90 % (or
 * another probability) of predictions which had no part in training, with the growth that makes it narrowest on average. On rows like those given, and no others, the
 * probability holds.
 */
export function fitSpread(judged: readonly Judged[], probability = COVERAGE): Spread {
  if (judged.length === 0) throw new RangeError("an interval needs predictions to be fitted on");
  let best: Spread | undefined;
  let narrowest = Number.POSITIVE_INFINITY;
  for (const growth of GROWTHS) {
    const scores = judged
      .map(({ error, spread }) => Math.abs(error) / (1 + growth * spread))
      .sort((a, b) => a - b);
    const place = Math.min(scores.length, Math.ceil((scores.length + 1) * probability)) - 1;
    const floor = scores[place] as number;
    const width = judged.reduce((sum, { spread }) => sum + floor * (1 + growth * spread), 0) / judged.length;
    if (width >= narrowest) continue;
    narrowest = width;
    best = { floor, scale: floor * growth };
  }
  return best as Spread;
}

/** Share of the predictions whose interval holds the measurement. */
export function coverage(judged: readonly Judged[], { floor, scale }: Spread): number {
  const inside = judged.filter(({ error, spread }) => Math.abs(error) <= floor + scale * spread);
  return inside.length / judged.length;
}
