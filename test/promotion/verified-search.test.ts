import assert from "node:assert/strict";
import { test } from "node:test";
import { candidateText } from "../../src/fidelity/candidate-key.ts";
import type { Evaluator } from "../../src/fidelity/evaluator.ts";
import { EDP } from "../../src/mapper/objective.ts";
import { calibrate } from "../../src/promotion/calibrate.ts";
import { learnWith } from "../../src/promotion/learn.ts";
import { candidatesOf, predictDesign } from "../../src/promotion/predicted-design.ts";
import { searchVerified } from "../../src/promotion/verified-search.ts";
import { analytical, createModel, createTruth, propose, request, workloads } from "./fixtures.ts";

test("what a model that is right verifies first is the best there is, and nothing else is run", async () => {
  const verifier = createTruth(1, 0);

  const ahead = new Set<number>();
  const { best, promising, ended, runs, measurements } = await searchVerified(
    request({
      model: createModel(0),
      verifier,
      batch: 1,
      onProgress: ({ cyclesAhead }) => ahead.add(cyclesAhead),
    }),
  );

  assert.equal(ended, "interval");
  assert.equal(best?.verified.cost, promising?.cost);
  assert.equal(best?.predicted.cost, best?.verified.cost);
  assert.equal(
    runs,
    new Set(candidatesOf(workloads, best?.predicted.design ?? assert.fail()).map(candidateText)).size,
  );
  assert.equal(verifier.runs(), runs);
  const cycles = measurements.reduce((sum, { latencyCycles }) => sum + latencyCycles, 0);
  assert.deepEqual([...ahead], [0, cycles], "what was to run is said before, and nothing after");
});

test("predicted and verified stay apart, and the interval ends the search only where the truth allows it", async () => {
  for (const seed of [1, 2, 3]) {
    const truth = createTruth(1.2, 0.05, seed);
    const { best, bound, ended, verified } = await searchVerified(request({ verifier: truth, batch: 1 }));

    assert.equal(ended, "interval", `seed ${seed}`);
    assert.ok(best && bound >= best.verified.cost, `seed ${seed}`);
    const designs = await propose(analytical);
    const costs = await Promise.all(
      designs.map(async (design) => {
        const outcomes = await truth.evaluate(candidatesOf(workloads, design));
        return predictDesign(workloads, EDP, design, outcomes)?.cost ?? Number.NaN;
      }),
    );
    const least = Math.min(...costs, ...verified.map((one) => one.verified.cost));
    assert.ok((best?.verified.cost ?? Number.NaN) <= least * 1.02, `${best?.verified.cost} against ${least}`);
    assert.notEqual(best?.predicted.cost, best?.verified.cost);
  }
});

test("the budget of runs is kept, whole designs only, and too small a one gives a prediction alone", async () => {
  const verifier = createTruth(1.2, 0.1);
  const kept = await searchVerified(request({ verifier, runs: 13, batch: 3 }));
  const none = await searchVerified(request({ runs: 3 }));

  assert.equal(kept.ended, "budget");
  assert.ok(kept.runs <= 13 && verifier.runs() === kept.runs);
  assert.ok(kept.verified.length >= 2);
  assert.equal(kept.measurements.length, kept.runs);
  assert.equal(none.ended, "budget");
  assert.equal(none.best, undefined);
  assert.ok(none.promising && none.runs === 0);
});

test("the same request has the same answer, and a signal ends it with what was verified", async () => {
  const first = await searchVerified(request({ verifier: createTruth(1.3, 0.1) }));
  const again = await searchVerified(request({ verifier: createTruth(1.3, 0.1) }));
  assert.deepEqual({ ...again, seconds: 0 }, { ...first, seconds: 0 });

  const controller = new AbortController();
  const cut = await searchVerified(
    request({
      verifier: createTruth(1.3, 0.1),
      signal: controller.signal,
      onProgress: ({ rounds }) => {
        if (rounds === 1) controller.abort(new Error("enough"));
      },
    }),
  );

  assert.equal(cut.ended, "signal");
  assert.deepEqual(cut.verified, first.verified.slice(0, 2));
});

test("designs that the machine cannot run are named with the reason and passed over", async () => {
  const truth = createTruth(1, 0);
  let broken = 0;
  const verifier: Evaluator = {
    ...truth,
    evaluate: async (candidates, signal) =>
      (await truth.evaluate(candidates, signal)).map((outcome) =>
        broken++ < 1 ? { status: "failed", reason: "deadlock at cycle 7" } : outcome,
      ),
  };

  const { best, failed, ended } = await searchVerified(request({ verifier }));

  assert.ok(failed.length >= 1);
  assert.equal(failed[0]?.reason, "deadlock at cycle 7");
  assert.ok(best && ended === "interval");
});

test("calibration takes a factor out and widens intervals to the errors that are left", async () => {
  const truth = createTruth(2, 0.2);
  const designs = await propose(analytical);
  const candidates = designs.slice(0, 12).flatMap((design) => candidatesOf(workloads, design));
  const outcomes = await truth.evaluate(candidates);
  const measurements = candidates.flatMap((candidate, i) => {
    const outcome = outcomes[i];
    return outcome?.status === "priced" ? [{ ...outcome, candidate }] : [];
  });

  const model = await calibrate(createModel(0), measurements);

  const others = designs.slice(12).flatMap((design) => candidatesOf(workloads, design));
  const [said, is] = [await model.evaluate(others), await truth.evaluate(others)];
  let inside = 0;
  for (const [i, outcome] of said.entries()) {
    const measured = is[i];
    assert.ok(outcome.status === "priced" && measured?.status === "priced" && outcome.latencyInterval);
    const { low, high } = outcome.latencyInterval;
    if (low <= measured.latencyCycles && measured.latencyCycles <= high) inside++;
  }
  assert.ok(inside / said.length > 0.8 && inside / said.length <= 1, `${inside} of ${said.length}`);
  assert.deepEqual(
    await (await calibrate(analytical, [])).evaluate(others),
    await createModel(0).evaluate(others),
  );
});

test("a model with a trainer has its prices, and the width of the untrained model calibrated to the same", async () => {
  const truth = createTruth(2, 0.2);
  const candidates = (await propose(analytical)).slice(0, 4).flatMap((one) => candidatesOf(workloads, one));
  const outcomes = await truth.evaluate(candidates);
  const measurements = candidates.flatMap((candidate, i) => {
    const outcome = outcomes[i];
    return outcome?.status === "priced" ? [{ ...outcome, candidate }] : [];
  });

  const learnt = await learnWith(async () => truth)(createModel(0), measurements);

  const calibrated = await calibrate(createModel(0), measurements);
  const [own, other] = [await learnt.evaluate(candidates), await calibrated.evaluate(candidates)];
  for (const [i, outcome] of own.entries()) {
    const [is, wide] = [outcomes[i], other[i]];
    assert.ok(outcome.status === "priced" && is?.status === "priced" && wide?.status === "priced");
    assert.equal(outcome.latencyCycles, is.latencyCycles);
    const width = ({ latencyInterval }: typeof outcome): number =>
      Math.log((latencyInterval?.high ?? 0) / (latencyInterval?.low ?? 0));
    assert.ok(Math.abs(width(outcome) - width(wide)) < 1e-9 && width(outcome) > 0.2);
  }
});
