/** Steps of the majorisation, and of the coordinates in each. */
const STEPS = 60;
const SWEEPS = 20;

/**
 * Non-negative coefficients whose sums lie above the given share of the values: linear quantile regression, by majorising the loss by
 * squares (Hunter and Lange 2000), each of them minimised coordinate by coordinate.
 *
 * @param terms of each row, as many as there are coefficients
 * @param values of each row
 */
export function nonNegativeQuantile(
  terms: readonly (readonly number[])[],
  values: readonly number[],
  share: number,
): readonly number[] {
  const count = terms[0]?.length ?? 0;
  const mean = values.reduce((sum, value) => sum + Math.abs(value), 0) / values.length;
  if (mean === 0) return new Array(count).fill(0);
  // Where a residual counts as none: the square that majorises the loss there stays finite.
  const blur = 1e-4 * mean;
  const coefficients = new Array<number>(count).fill(0);
  for (let step = 0; step < STEPS; step++) {
    const squares = Array.from({ length: count }, () => new Float64Array(count));
    const target = new Float64Array(count);
    for (const [row, own] of terms.entries()) {
      const value = values[row] as number;
      const residual = value - own.reduce((sum, term, i) => sum + term * (coefficients[i] as number), 0);
      const weight = 1 / (blur + Math.abs(residual));
      for (let i = 0; i < count; i++) {
        const term = own[i] as number;
        target[i] = (target[i] as number) + term * (weight * value + 2 * share - 1);
        const line = squares[i] as Float64Array;
        for (let j = 0; j < count; j++) line[j] = (line[j] as number) + weight * term * (own[j] as number);
      }
    }
    for (let sweep = 0; sweep < SWEEPS; sweep++) {
      for (let i = 0; i < count; i++) {
        const line = squares[i] as Float64Array;
        const own = line[i] as number;
        if (own === 0) continue;
        const rest = coefficients.reduce(
          (sum, one, j) => (j === i ? sum : sum + one * (line[j] as number)),
          0,
        );
        coefficients[i] = Math.max(0, ((target[i] as number) - rest) / own);
      }
    }
  }
  return coefficients;
}
