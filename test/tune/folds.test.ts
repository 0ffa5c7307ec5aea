import assert from "node:assert/strict";
import { test } from "node:test";
import { createHardware } from "../../src/hardware/hardware.ts";
import { parseMapping } from "../../src/space/mapping.ts";
import type { MeasuredRow } from "../../src/tune/dataset.ts";
import { crossValidation, networkSplits, type Split } from "../../src/tune/folds.ts";
import { createMersenneTwister, permutation } from "../../src/tune/mersenne-twister.ts";
import { shapeKey, toLayerShape } from "../../src/workload/layer.ts";

const rows = Array.from({ length: 97 }, (_, i): MeasuredRow => {
  const shape = toLayerShape({ K: 1 + (i % 13), C: 4 });
  return {
    line: i + 2,
    shape,
    mapping: parseMapping("L3[WIO] N1 - L2[WI] N1 - L1[O] N1 - L0[W] N1"),
    hardware: createHardware({ peDim: 16, scratchpadKib: 128, accumulatorKib: 32 }),
    peDim: 16,
    analyticalCycles: 1,
    energyPj: 1,
    measuredCycles: 1,
    cold: false,
    random: true,
    layer: shapeKey(shape),
    network: i % 3 === 0 ? undefined : i % 3 === 1 ? "bert" : "unet",
    excluded: undefined,
  };
});

/** Every row is tested once, and never learnt from where it is tested. */
function assertPartition(splits: readonly Split[], count: number): void {
  assert.deepEqual(
    splits.flatMap(({ test }) => test).sort((a, b) => a - b),
    Array.from({ length: count }, (_, i) => i),
  );
  for (const { train, test } of splits) {
    assert.equal(train.length + test.length, count);
    assert.deepEqual(
      train.filter((row) => test.includes(row)),
      [],
    );
  }
}

test("the generator draws numpy's RandomState permutations", () => {
  const next = createMersenneTwister(0);

  // numpy 2.4.6: r = RandomState(0); r.permutation(12); r.permutation(7); RandomState(1).permutation(66)[:10]
  assert.deepEqual(permutation(12, next), [6, 11, 4, 10, 2, 8, 1, 7, 9, 3, 0, 5]);
  assert.deepEqual(permutation(7, next), [6, 3, 5, 1, 2, 4, 0]);
  assert.deepEqual(
    permutation(66, createMersenneTwister(1)).slice(0, 10),
    [46, 57, 47, 2, 38, 55, 21, 26, 53, 41],
  );
});

test("random folds and layer folds hold out every row once", () => {
  const { random, layers } = crossValidation(rows, 3);

  assert.equal(random.length, 5);
  assertPartition(random, rows.length);
  assertPartition(layers, rows.length);
});

test("a layer is never on both sides of a layer fold", () => {
  for (const { train, test } of crossValidation(rows, 3).layers) {
    const known = new Set(train.map((row) => rows[row]?.layer));

    assert.ok(test.length > 0);
    assert.deepEqual(
      test.filter((row) => known.has(rows[row]?.layer)),
      [],
    );
  }
});

test("folds depend on the seed and on nothing else", () => {
  assert.deepEqual(crossValidation(rows, 5), crossValidation(rows, 5));
  assert.notDeepEqual(crossValidation(rows, 5).random, crossValidation(rows, 6).random);
});

test("a network split holds out the rows of one network and learns from all others, those of none included", () => {
  const splits = networkSplits(rows);

  assert.deepEqual(
    splits.map(({ name }) => name),
    ["bert", "unet"],
  );
  for (const { name, train, test } of splits) {
    assert.ok(test.every((row) => rows[row]?.network === name));
    assert.ok(train.every((row) => rows[row]?.network !== name));
    assert.equal(train.length + test.length, rows.length);
  }
});
