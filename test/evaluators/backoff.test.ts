import assert from "node:assert/strict";
import { test } from "node:test";
import { pauseMs } from "../../src/evaluators/backoff.ts";
import { createRng } from "../../src/rng.ts";

test("the first pause is at most the one given, each further one up to twice as long, none longer than the longest", () => {
  const backoff = { firstMs: 100, longestMs: 1000 };
  for (const [place, most] of [100, 200, 400, 800, 1000, 1000].entries()) {
    const rng = createRng(81, place);
    const pauses = Array.from({ length: 200 }, () => pauseMs(backoff, place + 1, rng));

    assert.ok(Math.min(...pauses) >= most / 2 && Math.min(...pauses) < 0.55 * most);
    assert.ok(Math.max(...pauses) <= most && Math.max(...pauses) > 0.95 * most);
  }
});
