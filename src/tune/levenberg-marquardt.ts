/** A least-squares problem in a box, robust against outliers. */
export interface FitProblem {
  /** Where the search begins. */
  readonly start: Float64Array;
  readonly low: Float64Array;
  readonly high: Float64Array;
  /** What is believed of each parameter beforehand; `priorWeight` says how strongly, in rows. */
  readonly prior: Float64Array;
  readonly priorWeight: number;
  /** Weights of the rows. */
  readonly weights: Float64Array;
  /**
   * Parameters that can be varied together since no row depends on two of a set: the columns of the Jacobian that one evaluation
   * gives.
   */
  readonly sets: readonly (readonly number[])[];
  /** Whether a row depends on a parameter. */
  depends(row: number, parameter: number): boolean;
  /** Residual of every row. */
  residuals(parameters: Float64Array): Float64Array;
}

export interface FitOptions {
  readonly iterations: number;
  /** Residual above which a row counts by its distance, not by its square (Huber). */
  readonly huber: number;
  readonly onIteration?: (iteration: number, loss: number) => void;
}

export interface Fit {
  readonly parameters: Float64Array;
  readonly loss: number;
  readonly iterations: number;
}

/** Step by which derivatives are taken. */
const DIFFERENCE = 0.02;
/** Longest step of one parameter. */
const LONGEST = 0.5;
/** Relative gain below which a step is no progress, and how many such steps end the search. */
const PROGRESS = 1e-4;
const STALLS = 3;

/**
 * Minimises the weighted mean of Huber losses with a Gaussian prior (Levenberg 1944, Marquardt 1963): Gauss-Newton steps on
 * reweighted rows, damped until they help, parameters at a bound held there while the gradient points out of the box.
 */
export function levenbergMarquardt(problem: FitProblem, options: FitOptions): Fit {
  const { start, low, high, prior, priorWeight, weights } = problem;
  const { huber } = options;
  const n = start.length;
  const totalWeight = weights.reduce((sum, weight) => sum + weight, 0);
  const strength = priorWeight / weights.length;
  const lossOf = (residuals: Float64Array, x: Float64Array): number => {
    let sum = 0;
    for (let row = 0; row < residuals.length; row++) {
      const size = Math.abs(residuals[row] as number);
      sum += (weights[row] as number) * (size < huber ? (size * size) / (2 * huber) : size - huber / 2);
    }
    let penalty = 0;
    for (let i = 0; i < n; i++) penalty += ((x[i] as number) - (prior[i] as number)) ** 2;
    return sum / totalWeight + 0.5 * strength * penalty;
  };

  let x = Float64Array.from(start, (value, i) => clamp(value, low[i] as number, high[i] as number));
  let residuals = problem.residuals(x);
  let loss = lossOf(residuals, x);
  let damping = 1e-2;
  let stalls = 0;
  let iteration = 0;
  while (iteration < options.iterations && stalls <= STALLS) {
    const jacobian = differentiate(problem, x, residuals);
    const gradient = new Float64Array(n);
    const hessian = new Float64Array(n * n);
    for (let row = 0; row < residuals.length; row++) {
      const residual = residuals[row] as number;
      const pull = (weights[row] as number) / Math.max(Math.abs(residual), huber) / totalWeight;
      const at = row * n;
      for (let i = 0; i < n; i++) {
        const slope = pull * (jacobian[at + i] as number);
        if (slope === 0) continue;
        gradient[i] = (gradient[i] as number) + slope * residual;
        for (let j = 0; j <= i; j++) {
          hessian[i * n + j] = (hessian[i * n + j] as number) + slope * (jacobian[at + j] as number);
        }
      }
    }
    let trace = 0;
    for (let i = 0; i < n; i++) {
      gradient[i] = (gradient[i] as number) + strength * ((x[i] as number) - (prior[i] as number));
      hessian[i * n + i] = (hessian[i * n + i] as number) + strength;
      for (let j = 0; j < i; j++) hessian[j * n + i] = hessian[i * n + j] as number;
      trace += hessian[i * n + i] as number;
    }
    const free = Array.from({ length: n }, (_, i) => i).filter((i) => {
      const value = x[i] as number;
      const slope = gradient[i] as number;
      return !((value <= (low[i] as number) && slope > 0) || (value >= (high[i] as number) && slope < 0));
    });

    let improved = false;
    for (let attempt = 0; attempt < 9 && !improved; attempt++) {
      const step = dampedStep(hessian, gradient, free, damping, (1e-4 * trace) / n);
      const trial = Float64Array.from(x, (value, i) =>
        clamp(value + clamp(step[i] as number, -LONGEST, LONGEST), low[i] as number, high[i] as number),
      );
      const trialResiduals = problem.residuals(trial);
      const trialLoss = lossOf(trialResiduals, trial);
      if (trialLoss < loss) {
        stalls = loss - trialLoss < PROGRESS * loss ? stalls + 1 : 0;
        [x, residuals, loss, improved] = [trial, trialResiduals, trialLoss, true];
        damping = Math.max(damping / 4, 1e-4);
      } else {
        damping *= 4;
      }
    }
    if (!improved) break;
    iteration++;
    options.onIteration?.(iteration, loss);
  }
  return { parameters: x, loss, iterations: iteration };
}

/** Derivatives of the residuals by forward differences, row by row. */
function differentiate(problem: FitProblem, x: Float64Array, residuals: Float64Array): Float64Array {
  const n = x.length;
  const jacobian = new Float64Array(residuals.length * n);
  for (const set of problem.sets) {
    const moved = x.slice();
    for (const i of set) moved[i] = (moved[i] as number) + DIFFERENCE;
    const after = problem.residuals(moved);
    for (let row = 0; row < residuals.length; row++) {
      const slope = ((after[row] as number) - (residuals[row] as number)) / DIFFERENCE;
      if (slope === 0) continue;
      for (const i of set) if (problem.depends(row, i)) jacobian[row * n + i] = slope;
    }
  }
  return jacobian;
}

/** Solves (H + damping D) step = -gradient over the free parameters, D the diagonal of H with a floor. */
function dampedStep(
  hessian: Float64Array,
  gradient: Float64Array,
  free: readonly number[],
  damping: number,
  floor: number,
): Float64Array {
  const n = gradient.length;
  const m = free.length;
  const matrix = new Float64Array(m * m);
  const right = new Float64Array(m);
  for (let i = 0; i < m; i++) {
    const a = free[i] as number;
    for (let j = 0; j < m; j++) matrix[i * m + j] = hessian[a * n + (free[j] as number)] as number;
    const diagonal = matrix[i * m + i] as number;
    matrix[i * m + i] = diagonal + damping * (diagonal + floor);
    right[i] = -(gradient[a] as number);
  }
  const solution = solveSymmetric(matrix, right);
  const step = new Float64Array(n);
  for (let i = 0; i < m; i++) step[free[i] as number] = solution[i] as number;
  return step;
}

/** Solves a symmetric positive definite system by Cholesky's decomposition; the matrix is overwritten. */
export function solveSymmetric(matrix: Float64Array, right: Float64Array): Float64Array {
  const n = right.length;
  const at = (i: number, j: number): number => matrix[i * n + j] as number;
  for (let j = 0; j < n; j++) {
    let diagonal = at(j, j);
    for (let k = 0; k < j; k++) diagonal -= at(j, k) ** 2;
    const pivot = Math.sqrt(Math.max(diagonal, Number.MIN_VALUE));
    matrix[j * n + j] = pivot;
    for (let i = j + 1; i < n; i++) {
      let value = at(i, j);
      for (let k = 0; k < j; k++) value -= at(i, k) * at(j, k);
      matrix[i * n + j] = value / pivot;
    }
  }
  const solution = right.slice();
  for (let i = 0; i < n; i++) {
    let value = solution[i] as number;
    for (let k = 0; k < i; k++) value -= at(i, k) * (solution[k] as number);
    solution[i] = value / at(i, i);
  }
  for (let i = n - 1; i >= 0; i--) {
    let value = solution[i] as number;
    for (let k = i + 1; k < n; k++) value -= at(k, i) * (solution[k] as number);
    solution[i] = value / at(i, i);
  }
  return solution;
}

function clamp(value: number, low: number, high: number): number {
  return Math.min(high, Math.max(low, value));
}
