import type { Belief } from "../../search/expected-improvement.ts";

export interface GaussianProcess {
  predict(point: readonly number[]): Belief;
}

/** Length scales that are tried, in units of the inputs' own spread, and the noise that is assumed, as a part of the variance. */
const LENGTHS = [0.3, 0.6, 1, 2, 4];
const NOISE = 1e-3;

/**
 * Gaussian-process regression (Rasmussen and Williams, 2006, algorithm 2.1) with a Matern-5/2 kernel on standardised inputs and
 * values; of a few length scales the likeliest. For up to some hundreds of points.
 */
export function fitGaussianProcess(
  points: readonly (readonly number[])[],
  values: readonly number[],
): GaussianProcess {
  const dims = points[0]?.length ?? 0;
  const inputs = Array.from({ length: dims }, (_, d) => spreadOf(points.map((point) => point[d] as number)));
  const output = spreadOf(values);
  const scaled = points.map((point) => point.map((x, d) => standardise(x, inputs[d] as Spread)));
  const targets = values.map((value) => standardise(value, output));
  let best: Fit | undefined;
  for (const length of LENGTHS) {
    const fit = fitLength(scaled, targets, length);
    if (fit && fit.likelihood > (best?.likelihood ?? Number.NEGATIVE_INFINITY)) best = fit;
  }
  if (!best) return { predict: () => ({ mean: output.mean, deviation: output.deviation }) };
  const { factor, weights, length } = best;
  return {
    predict(point) {
      const at = point.map((x, d) => standardise(x, inputs[d] as Spread));
      const near = scaled.map((other) => matern(at, other, length));
      const mean = near.reduce((sum, k, i) => sum + k * (weights[i] as number), 0);
      const solved = solveLower(factor, near);
      const explained = solved.reduce((sum, v) => sum + v * v, 0);
      const deviation = Math.sqrt(Math.max(0, 1 - explained));
      return { mean: output.mean + output.deviation * mean, deviation: output.deviation * deviation };
    },
  };
}

interface Spread {
  readonly mean: number;
  readonly deviation: number;
}

interface Fit {
  /** Lower triangle of the Cholesky factor, row by row. */
  readonly factor: readonly Float64Array[];
  readonly weights: readonly number[];
  readonly length: number;
  readonly likelihood: number;
}

function spreadOf(values: readonly number[]): Spread {
  const mean = values.reduce((sum, value) => sum + value, 0) / Math.max(1, values.length);
  const variance = values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / Math.max(1, values.length);
  return { mean, deviation: Math.sqrt(variance) || 1 };
}

function standardise(value: number, { mean, deviation }: Spread): number {
  return (value - mean) / deviation;
}

/** Matern kernel of smoothness 5/2. */
function matern(a: readonly number[], b: readonly number[], length: number): number {
  let squared = 0;
  for (let d = 0; d < a.length; d++) squared += ((a[d] as number) - (b[d] as number)) ** 2;
  const r = Math.sqrt(5 * squared) / length;
  return (1 + r + (r * r) / 3) * Math.exp(-r);
}

function fitLength(
  points: readonly (readonly number[])[],
  targets: readonly number[],
  length: number,
): Fit | undefined {
  const factor: Float64Array[] = [];
  let logDeterminant = 0;
  for (let i = 0; i < points.length; i++) {
    const row = new Float64Array(i + 1);
    for (let j = 0; j <= i; j++) {
      let sum =
        matern(points[i] as readonly number[], points[j] as readonly number[], length) +
        (i === j ? NOISE : 0);
      const other = j === i ? row : (factor[j] as Float64Array);
      for (let k = 0; k < j; k++) sum -= (row[k] as number) * (other[k] as number);
      if (j < i) row[j] = sum / (other[j] as number);
      else if (sum > 0) row[i] = Math.sqrt(sum);
      else return undefined;
    }
    logDeterminant += Math.log(row[i] as number);
    factor.push(row);
  }
  const half = solveLower(factor, targets);
  const weights = solveUpper(factor, half);
  const fit = half.reduce((sum, v) => sum + v * v, 0);
  return { factor, weights, length, likelihood: -0.5 * fit - logDeterminant };
}

/** x of L x = b. */
function solveLower(factor: readonly Float64Array[], b: readonly number[]): number[] {
  const x: number[] = [];
  for (const [i, row] of factor.entries()) {
    let sum = b[i] as number;
    for (let k = 0; k < i; k++) sum -= (row[k] as number) * (x[k] as number);
    x.push(sum / (row[i] as number));
  }
  return x;
}

/** x of L' x = b. */
function solveUpper(factor: readonly Float64Array[], b: readonly number[]): number[] {
  const x = [...b];
  for (let i = factor.length - 1; i >= 0; i--) {
    const row = factor[i] as Float64Array;
    x[i] = (x[i] as number) / (row[i] as number);
    for (let k = 0; k < i; k++) x[k] = (x[k] as number) - (row[k] as number) * (x[i] as number);
  }
  return x;
}
