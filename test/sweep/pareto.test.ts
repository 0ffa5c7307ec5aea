import assert from "node:assert/strict";
import { test } from "node:test";
import { createRng } from "../../src/rng.ts";
import { paretoFront } from "../../src/sweep/pareto.ts";

/** By the definition: no other point is at most as large everywhere and smaller somewhere. */
function byDefinition(points: readonly (readonly number[])[]): readonly number[] {
  return points.flatMap((point, index) => {
    const beaten = points.some(
      (other) =>
        other.every((value, i) => value <= (point[i] ?? 0)) &&
        other.some((value, i) => value < (point[i] ?? 0)),
    );
    return beaten ? [] : [index];
  });
}

for (const objectives of [1, 2, 3]) {
  test(`the front in ${objectives} objectives is the one of the definition`, () => {
    for (let seed = 1; seed <= 200; seed++) {
      const rng = createRng(seed, objectives);
      const values = 2 + Math.floor(rng() * 30);
      const points = Array.from({ length: Math.floor(rng() * 60) }, () =>
        Array.from({ length: objectives }, () => Math.floor(rng() * values)),
      );

      assert.deepEqual(paretoFront(points), byDefinition(points), `seed ${seed}`);
    }
  });
}

test("equal points are on the front together", () => {
  assert.deepEqual(
    paretoFront([
      [1, 2],
      [2, 1],
      [1, 2],
      [2, 2],
    ]),
    [0, 1, 2],
  );
});
