import assert from "node:assert/strict";
import { test } from "node:test";
import { createRng } from "../../src/rng.ts";
import { levenbergMarquardt, solveSymmetric } from "../../src/tune/levenberg-marquardt.ts";

const POINTS = Array.from({ length: 40 }, (_, i) => i / 10);

/** y = a exp(-b x), parameters as logarithms; some points may be spoilt. */
function decay(spoilt: readonly number[] = [], low = -5, high = 5) {
  return {
    start: Float64Array.of(0, 0),
    low: Float64Array.of(low, low),
    high: Float64Array.of(high, high),
    prior: Float64Array.of(0, 0),
    priorWeight: 0,
    weights: new Float64Array(POINTS.length).fill(1),
    sets: [[0], [1]],
    depends: () => true,
    residuals: ([a = 0, b = 0]: Float64Array) =>
      Float64Array.from(POINTS, (x, i) => {
        const log = Math.log(3) - 0.4 * x + (spoilt.includes(i) ? 2 : 0);
        return a - Math.exp(b) * x - log;
      }),
  };
}
const OPTIONS = { iterations: 100, huber: 0.1 };

test("a curve is fitted, and a few outliers move it little", () => {
  const [a = 0, b = 0] = levenbergMarquardt(decay(), OPTIONS).parameters;
  const [c = 0, d = 0] = levenbergMarquardt(decay([3, 20, 35]), OPTIONS).parameters;

  assert.ok(Math.abs(Math.exp(a) - 3) < 0.02 && Math.abs(Math.exp(b) - 0.4) < 0.02, `${a} ${b}`);
  assert.ok(Math.abs(Math.exp(c) - 3) < 0.1 && Math.abs(Math.exp(d) - 0.4) < 0.05, `${c} ${d}`);
});

test("a parameter stops at its bound, and the others make the best of it", () => {
  const [a = 0] = levenbergMarquardt(decay([], -5, 0.5), OPTIONS).parameters;

  assert.equal(a, 0.5);
});

test("a strong prior wins over the data", () => {
  const fit = levenbergMarquardt({ ...decay(), priorWeight: 1e9 }, OPTIONS);

  for (const value of fit.parameters) assert.ok(Math.abs(value) < 1e-3);
});

test("symmetric systems are solved", () => {
  const rng = createRng(4);
  const n = 9;
  const root = Array.from({ length: n * n }, () => rng() - 0.5);
  const matrix = Float64Array.from({ length: n * n }, (_, at) => {
    const [i, j] = [Math.floor(at / n), at % n];
    let sum = i === j ? 0.1 : 0;
    for (let k = 0; k < n; k++) sum += (root[i * n + k] as number) * (root[j * n + k] as number);
    return sum;
  });
  const expected = Array.from({ length: n }, (_, i) => i - 4);
  const right = Float64Array.from({ length: n }, (_, i) =>
    expected.reduce((sum, value, j) => sum + (matrix[i * n + j] as number) * value, 0),
  );

  const found = solveSymmetric(matrix.slice(), right);

  for (const [i, value] of expected.entries()) assert.ok(Math.abs((found[i] as number) - value) < 1e-9);
});
