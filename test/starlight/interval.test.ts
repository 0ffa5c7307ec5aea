import assert from "node:assert/strict";
import { test } from "node:test";
import { createRng } from "../../src/rng.ts";
import { coverage, fitSpread, type Judged } from "../../src/tune/interval.ts";

/** Errors whose size follows the spread with a factor that the fit does not know. */
function judged(seed: number, count: number, size: (spread: number) => number): Judged[] {
  const rng = createRng(seed);
  return Array.from({ length: count }, () => {
    const spread = 0.1 * rng();
    return { error: size(spread) * (rng() + rng() - 1), spread };
  });
}

test("intervals fitted on some rows hold nine of ten others, whatever the errors are like", () => {
  for (const size of [() => 0.2, (spread: number) => 0.02 + 3 * spread, (spread: number) => 8 * spread]) {
    const share = coverage(judged(2, 4000, size), fitSpread(judged(1, 1000, size)));

    assert.ok(share > 0.87 && share < 0.93, `${share}`);
  }
});

test("where errors follow the spread the width does too, and where they do not it does not", () => {
  const following = fitSpread(judged(1, 2000, (spread) => 0.01 + 3 * spread));
  const constant = fitSpread(judged(1, 2000, () => 0.2));

  assert.ok(following.scale >= 24 * following.floor, JSON.stringify(following));
  assert.ok(constant.scale <= 3 * constant.floor, JSON.stringify(constant));
});

test("few rows give a careful width: the largest error", () => {
  const { floor, scale } = fitSpread([
    { error: 0.1, spread: 0.01 },
    { error: -0.3, spread: 0.01 },
  ]);

  assert.ok(Math.abs(floor + scale * 0.01 - 0.3) < 1e-12);
});

test("of any rows, at least nine in ten lie in the interval fitted on the others", () => {
  for (let count = 11; count < 40; count++) {
    const rows = judged(3, count, () => 0.2).map(({ error }) => ({ error, spread: 0 }));
    const held = rows.filter(
      (row) => coverage([row], fitSpread(rows.filter((other) => other !== row))) === 1,
    );

    assert.ok(held.length >= 0.9 * count, `${held.length} of ${count}`);
  }
});
