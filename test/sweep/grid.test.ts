import assert from "node:assert/strict";
import { test } from "node:test";
import { InputError } from "../../src/errors.ts";
import { hardwareGrid, parseValues } from "../../src/sweep/grid.ts";

const GOOD: Readonly<Record<string, readonly number[]>> = {
  "16": [16],
  "64,128": [64, 128],
  " 8 , 4 ": [8, 4],
  "8..32:8": [8, 16, 24, 32],
  "8..30:8": [8, 16, 24],
  "3..6": [3, 4, 5, 6],
  "4..128:x2": [4, 8, 16, 32, 64, 128],
  "3..100:x3": [3, 9, 27, 81],
  "7..7:x2": [7],
  "16,8..16:8,16": [16, 8],
};
for (const [text, values] of Object.entries(GOOD)) {
  test(`"${text}" reads as ${values.join(" ")}`, () => {
    assert.deepEqual(parseValues(text, "--pe"), values);
  });
}

for (const text of [
  "",
  "8..",
  "..8",
  "8..4",
  "8..64:",
  "8..64:0",
  "8..64:x1",
  "8..64:x",
  "0..4",
  "-8",
  "8.5",
  "1e3",
  "8;16",
  "8,,16",
  "12345678",
  "x".repeat(300),
]) {
  test(`"${text.slice(0, 12)}" is no list of values`, () => {
    assert.throws(
      () => parseValues(text, "--pe"),
      (error) => {
        assert.ok(error instanceof InputError);
        assert.equal(error.problem.where, "--pe");
        assert.ok(error.message.length < 200);
        return true;
      },
    );
  });
}

test("a grid is every combination, the accumulator running fastest", () => {
  const grid = hardwareGrid({ peDim: [8, 16], scratchpadKib: [64], accumulatorKib: [16, 32] });

  assert.deepEqual(
    grid.map(({ peDim, scratchpadKib, accumulatorKib }) => [peDim, scratchpadKib, accumulatorKib]),
    [
      [8, 64, 16],
      [8, 64, 32],
      [16, 64, 16],
      [16, 64, 32],
    ],
  );
});

test("a range or a grid of more than a million points is refused at once", () => {
  const many = parseValues("1..999999", "--pe");

  assert.throws(() => parseValues("1..9999999", "--pe"), InputError);
  assert.throws(
    () => hardwareGrid({ peDim: many, scratchpadKib: [1, 2], accumulatorKib: [1] }),
    /hardware grid: expected at most 1000000 points, found 1999998/,
  );
});
