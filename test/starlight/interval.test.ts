import assert from "node:assert/strict";
import { test } from "node:test";
import { createRng } from "../../src/rng.ts";
import { coverage, fitSpread, halfWidth, type Judged } from "../../src/tune/interval.ts";

type Traits = Omit<Judged, "error" | "fold">;

/** Errors whose size follows some traits in a way that the fit does not know. */
function judged(seed: number, count: number, size: (traits: Traits) => number): Judged[] {
  const rng = createRng(seed);
  return Array.from({ length: count }, (_, i) => {
    const traits = {
      spread: 0.1 * rng(),
      array: 4 * 2 ** Math.floor(5 * rng()),
      loadShare: rng(),
      storeShare: rng(),
    };
    return { ...traits, error: size(traits) * (rng() + rng() - 1), fold: i % 5 };
  });
}

test("intervals fitted on some rows hold nine of ten others, whatever the errors are like, and of each class that the width knows", () => {
  for (const size of [
    () => 0.2,
    ({ spread }: Traits) => 0.02 + 3 * spread,
    ({ spread }: Traits) => 8 * spread,
    ({ array, loadShare }: Traits) => 0.01 * Math.log2(array) + 0.3 * loadShare,
    ({ storeShare }: Traits) => 0.001 + 0.002 * storeShare,
  ]) {
    const spread = fitSpread(judged(1, 1500, size));
    const others = judged(2, 6000, size);
    const classes = [
      others,
      others.filter(({ array }) => array >= 32),
      others.filter(({ array }) => array === 4),
      others.filter(({ loadShare }) => loadShare > 0.8),
      others.filter(({ loadShare }) => loadShare < 0.2),
    ];
    for (const own of classes) {
      const share = coverage(own, spread);
      assert.ok(share > 0.86 && share < 0.94, `${size} ${own.length} ${share}`);
    }
  }
});

test("the width follows what the errors follow, and nothing else", () => {
  const following = fitSpread(judged(1, 2000, ({ spread }) => 0.01 + 3 * spread));
  const constant = fitSpread(judged(1, 2000, () => 0.2));
  const array = fitSpread(judged(1, 2000, ({ array }) => 0.01 * Math.log2(array / 2)));

  assert.ok(following.scale >= 24 * following.floor, JSON.stringify(following));
  assert.ok(
    constant.scale * 0.1 + constant.load + 4 * constant.array <= constant.floor,
    JSON.stringify(constant),
  );
  assert.ok(array.array > 0.004 && array.load + array.store < 0.01, JSON.stringify(array));
});

test("few rows, or one fold, give a careful width: the largest error, or its quantile", () => {
  const traits = { spread: 0.01, array: 16, loadShare: 0.5, storeShare: 0.1 };
  const spread = fitSpread([
    { ...traits, error: 0.1, fold: 0 },
    { ...traits, error: -0.3, fold: 1 },
  ]);
  const oneFold = fitSpread(judged(1, 1000, () => 0.2).map((one) => ({ ...one, fold: 0 })));

  assert.ok(Math.abs(halfWidth(spread, traits) - 0.3) < 1e-12);
  assert.deepEqual([oneFold.array, oneFold.scale, oneFold.load, oneFold.store], [0, 0, 0, 0]);
});

test("errors of nothing leave an interval that rounding cannot empty", () => {
  const { floor } = fitSpread(judged(1, 100, () => 0));

  assert.equal(floor, 1e-5);
});

test("of any rows, at least nine in ten lie in the interval fitted on the others", () => {
  for (let count = 11; count < 40; count++) {
    const rows = judged(3, count, () => 0.2);
    const held = rows.filter(
      (row) => coverage([row], fitSpread(rows.filter((other) => other !== row))) === 1,
    );

    assert.ok(held.length >= 0.9 * count, `${held.length} of ${count}`);
  }
});
