import assert from "node:assert/strict";
import { test } from "node:test";
import type { Candidate, Evaluator } from "../../src/fidelity/evaluator.ts";

export interface EvaluatorFixture {
  readonly create: () => Promise<Evaluator>;
  /** Candidates that the evaluator can price. */
  readonly valid: readonly Candidate[];
  /** One that breaks a rule of the map space. */
  readonly invalid: Candidate;
}

/** What every evaluator is held to. */
export function testEvaluator(name: string, { create, valid, invalid }: EvaluatorFixture): void {
  test(`${name}: prices every valid candidate, in order, alone as among others`, async () => {
    const evaluator = await create();
    try {
      const together = await evaluator.evaluate(valid);
      const reversed = await evaluator.evaluate([...valid].reverse());
      const alone = await Promise.all(valid.map((one) => evaluator.evaluate([one])));

      assert.equal(together.length, valid.length);
      assert.deepEqual([...reversed].reverse(), together);
      assert.deepEqual(alone.flat(), together);
      for (const outcome of together) {
        assert.equal(outcome.status, "priced", JSON.stringify(outcome));
        if (outcome.status !== "priced") continue;
        assert.ok(outcome.latencyCycles > 0 && Number.isFinite(outcome.latencyCycles));
        assert.ok(outcome.energyPj > 0 && Number.isFinite(outcome.energyPj));
        const { latencyInterval: interval } = outcome;
        if (interval) assert.ok(0 < interval.low && interval.low <= interval.high, JSON.stringify(interval));
      }
    } finally {
      await evaluator.close();
    }
  });

  test(`${name}: a candidate that breaks a rule is infeasible, with a reason, and harms no other`, async () => {
    const evaluator = await create();
    try {
      const [first] = valid;
      assert.ok(first);

      const [before] = await evaluator.evaluate([first]);
      const mixed = await evaluator.evaluate([invalid, first]);

      assert.equal(mixed[0]?.status, "infeasible");
      assert.ok(mixed[0]?.status === "infeasible" && mixed[0].reason.length > 0);
      assert.deepEqual(mixed[1], before);
    } finally {
      await evaluator.close();
    }
  });

  test(`${name}: no candidates are no outcomes, and an aborted signal ends it with its reason`, async () => {
    const evaluator = await create();
    try {
      const reason = new Error("enough");

      assert.deepEqual(await evaluator.evaluate([]), []);
      await assert.rejects(evaluator.evaluate(valid, AbortSignal.abort(reason)), reason);
    } finally {
      await evaluator.close();
    }
  });
}
