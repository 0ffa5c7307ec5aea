import assert from "node:assert/strict";
import { test } from "node:test";
import { fitGaussianProcess } from "../../src/baselines/bayes/gaussian-process.ts";
import { createRng } from "../../src/rng.ts";
import { expectedImprovement, normalBelow } from "../../src/search/expected-improvement.ts";

test("a Gaussian process goes through its points, is sure there, and unsure far away", () => {
  const points = Array.from({ length: 12 }, (_, i) => [i / 2]);
  const process = fitGaussianProcess(
    points,
    points.map(([x = 0]) => 100 + 10 * Math.sin(x)),
  );

  for (const point of points) {
    const { mean, deviation } = process.predict(point);
    assert.ok(Math.abs(mean - 100 - 10 * Math.sin(point[0] ?? 0)) < 0.2, `${point}: ${mean}`);
    assert.ok(deviation < 0.5);
  }
  assert.ok(Math.abs(process.predict([2.25]).mean - 100 - 10 * Math.sin(2.25)) < 0.5);
  assert.ok(process.predict([50]).deviation > 5);
});

test("equal values and repeated points are no obstacle", () => {
  const { mean } = fitGaussianProcess([[1], [1], [2]], [5, 5, 5]).predict([1.5]);

  assert.ok(Math.abs(mean - 5) < 1e-6);
});

test("expected improvement is that of a sample of the distribution", () => {
  const rng = createRng(3);
  const normal = (): number => Math.sqrt(-2 * Math.log(1 - rng())) * Math.cos(2 * Math.PI * rng());
  for (const [mean, deviation, best] of [
    [0, 1, 0],
    [2, 1, 1],
    [-1, 0.5, 1],
  ] as const) {
    let sum = 0;
    for (let i = 0; i < 200_000; i++) sum += Math.max(0, best - (mean + deviation * normal()));

    const gain = expectedImprovement({ mean, deviation }, best);

    assert.ok(Math.abs(gain - sum / 200_000) < 0.01, `${gain} against ${sum / 200_000}`);
  }
  assert.equal(expectedImprovement({ mean: 1, deviation: 0 }, 3), 2);
  assert.ok(Math.abs(normalBelow(1.96) - 0.975) < 1e-4 && Math.abs(normalBelow(-1.96) - 0.025) < 1e-4);
});
