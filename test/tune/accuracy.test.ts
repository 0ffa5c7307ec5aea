import assert from "node:assert/strict";
import { test } from "node:test";
import { accuracy, coveragePercent, edpAccuracy, ranking } from "../../src/tune/accuracy.ts";
import { quantile, ranks } from "../../src/tune/ranks.ts";

test("errors are relative to the measurement, in percent", () => {
  const found = accuracy([100, 200, 400, 1000], [110, 150, 400, 1300]);

  assert.equal(found.rows, 4);
  assert.ok(Math.abs(found.mapePercent - (10 + 25 + 0 + 30) / 4) < 1e-9);
  assert.ok(Math.abs(found.medianApePercent - (10 + 25) / 2) < 1e-9);
  assert.equal(found.within10Percent, 50);
});

test("a monotone but crooked model has rank correlation 1, and a power law log correlation 1", () => {
  const measured = [1, 10, 100, 1000];

  assert.equal(accuracy(measured, [1, 2, 3, 1e9]).spearman, 1);
  assert.ok(accuracy(measured, [1, 2, 3, 1e9]).pearsonLog < 0.95);
  assert.ok(Math.abs(accuracy(measured, [2, 20 ** 1, 200, 2000]).pearsonLog - 1) < 1e-12);
});

test("ranks of equal values are the mean of theirs", () => {
  assert.deepEqual(ranks([5, 1, 5, 9, 5]), [3, 1, 3, 5, 3]);
});

test("quantiles interpolate between neighbours", () => {
  assert.equal(quantile([4, 1, 2, 3], 0.5), 2.5);
  assert.equal(quantile([4, 1, 2, 3], 1), 4);
  assert.ok(Number.isNaN(quantile([], 0.5)));
});

test("EDP has the errors of latency and correlations of its own", () => {
  const measured = [100, 200, 300];
  const predicted = [150, 120, 310];
  const latency = accuracy(measured, predicted);
  const edp = edpAccuracy(measured, predicted, [1, 1e3, 1e6]);

  assert.ok(Math.abs(edp.mapePercent - latency.mapePercent) < 1e-9);
  assert.ok(latency.spearman < 1);
  assert.equal(edp.spearman, 1);
});

test("ranking looks within each layer, and at the mapping that the model picks there", () => {
  const layers = [...Array<string>(10).fill("a"), "b", "b"];
  const measured = [10, 11, 12, 13, 14, 15, 16, 17, 18, 19, 100, 150];
  const backwards = measured.map((cycles, i) => (i < 10 ? -cycles : cycles)).map((value) => value + 1000);

  const perfect = ranking(measured, measured, layers);
  const worst = ranking(measured, backwards, layers);
  const blind = ranking(measured, Array<number>(12).fill(7), layers);

  assert.deepEqual(perfect, { layers: 1, meanSpearman: 1, meanSlowdown: 1, medianSlowdown: 1 });
  assert.equal(worst.meanSpearman, -1);
  assert.equal(worst.meanSlowdown, (1.9 + 1) / 2);
  assert.equal(blind.meanSpearman, 0);
});

test("coverage is the share of measurements inside their intervals, ends included", () => {
  const interval = { low: 10, high: 20 };

  assert.equal(coveragePercent([10, 20, 21, 9], Array(4).fill(interval)), 50);
});
