/** What is believed of a number: a normal distribution. */
export interface Belief {
  readonly mean: number;
  readonly deviation: number;
}

/** How much below `best` a value is on average, if it is any: expected improvement (Jones, Schonlau, Welch, 1998, eq. 15). */
export function expectedImprovement({ mean, deviation }: Belief, best: number): number {
  if (deviation <= 0) return Math.max(0, best - mean);
  const z = (best - mean) / deviation;
  return (best - mean) * normalBelow(z) + deviation * Math.exp(-0.5 * z * z) * INVERSE_ROOT_TAU;
}

const INVERSE_ROOT_TAU = 1 / Math.sqrt(2 * Math.PI);

/** Probability that a standard normal variable is below z (Abramowitz and Stegun 26.2.17, error below 7.5e-8). */
export function normalBelow(z: number): number {
  const t = 1 / (1 + 0.2316419 * Math.abs(z));
  const series =
    t * (0.31938153 + t * (-0.356563782 + t * (1.781477937 + t * (-1.821255978 + t * 1.330274429))));
  const tail = INVERSE_ROOT_TAU * Math.exp(-0.5 * z * z) * series;
  return z >= 0 ? 1 - tail : tail;
}
