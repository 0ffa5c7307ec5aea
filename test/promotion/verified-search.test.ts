import assert from "node:assert/strict";
import { test } from "node:test";
import { loadModule } from "#kernels";
import { collectPlatforms } from "../../src/codesign/platform.ts";
import { createAnalyticalEvaluator } from "../../src/fidelity/analytical.ts";
import { candidateText } from "../../src/fidelity/candidate-key.ts";
import { createEngine } from "../../src/fidelity/engine.ts";
import type { Candidate, Evaluator, Outcome } from "../../src/fidelity/evaluator.ts";
import { collectArchive } from "../../src/mapper/enumeration.ts";
import { EDP } from "../../src/mapper/objective.ts";
import { calibrate } from "../../src/promotion/calibrate.ts";
import { candidatesOf, predictDesign } from "../../src/promotion/predicted-design.ts";
import { createProposer } from "../../src/promotion/propose.ts";
import { searchVerified, type VerifiedSearchRequest } from "../../src/promotion/verified-search.ts";
import { createRng } from "../../src/rng.ts";
import { builtinWorkload } from "../../src/workload/builtin.ts";

const module = await loadModule();
const engine = await createEngine(module, 64);
const analytical = createAnalyticalEvaluator(engine);
const workloads = [builtinWorkload("bert")];
const space = {
  arrays: [{ peDim: 8 }, { peDim: 16 }],
  scratchpadKib: [16, 24, 32, 48, 64, 96, 128],
  accumulatorKib: [4, 8, 12, 16, 24, 32],
  maxAreaMm2: 0.45,
};
const platforms = await collectPlatforms(
  { collectArchive: async ({ shape, array, range }) => collectArchive(module, shape, array, range) },
  { workloads, space },
);
const propose = createProposer({ workloads, space, objective: EDP, platforms, configs: 24 });

/** A normal number that depends on a text alone. */
function noise(text: string, seed: number): number {
  let key = seed;
  for (let i = 0; i < text.length; i++) key = Math.imul(key, 31) + text.charCodeAt(i);
  const rng = createRng(key);
  return Math.sqrt(-2 * Math.log(1 - rng())) * Math.cos(2 * Math.PI * rng());
}

/** A machine that needs `factor` times the analytical cycles, times an error of its own for every candidate. */
function createTruth(factor: number, error: number, seed = 1): Evaluator & { readonly runs: () => number } {
  let runs = 0;
  return {
    ...analytical,
    fidelity: "rtl",
    runs: () => runs,
    evaluate: async (candidates, signal) => {
      const outcomes = await analytical.evaluate(candidates, signal);
      runs += candidates.length;
      return outcomes.map((outcome, i) => {
        if (outcome.status !== "priced") return outcome;
        const off = Math.exp(error * noise(candidateText(candidates[i] as Candidate), seed));
        return { ...outcome, latencyCycles: outcome.latencyCycles * factor * off };
      });
    },
  };
}

/** The analytical model that knows how far off it may be. */
function createModel(width: number): Evaluator {
  return {
    ...analytical,
    evaluate: async (candidates, signal) =>
      (await analytical.evaluate(candidates, signal)).map((outcome): Outcome => {
        if (outcome.status !== "priced") return outcome;
        const { latencyCycles } = outcome;
        const latencyInterval = {
          low: latencyCycles * Math.exp(-width),
          high: latencyCycles * Math.exp(width),
        };
        return { ...outcome, latencyInterval };
      }),
  };
}

const request = (options: Partial<VerifiedSearchRequest>): VerifiedSearchRequest => ({
  workloads,
  objective: EDP,
  model: createModel(0.1),
  verifier: createTruth(1, 0.05),
  propose,
  refine: calibrate,
  runs: 1000,
  batch: 2,
  ...options,
});

test("what a model that is right verifies first is the best there is, and nothing else is run", async () => {
  const verifier = createTruth(1, 0);

  const { best, promising, ended, runs } = await searchVerified(
    request({ model: createModel(0), verifier, batch: 1 }),
  );

  assert.equal(ended, "interval");
  assert.equal(best?.verified.cost, promising?.cost);
  assert.equal(best?.predicted.cost, best?.verified.cost);
  assert.equal(
    runs,
    new Set(candidatesOf(workloads, best?.predicted.design ?? assert.fail()).map(candidateText)).size,
  );
  assert.equal(verifier.runs(), runs);
});

test("predicted and verified stay apart, and the interval ends the search only where the truth allows it", async () => {
  for (const seed of [1, 2, 3]) {
    const truth = createTruth(1.5, 0.05, seed);
    const { best, ended, verified } = await searchVerified(request({ verifier: truth }));

    assert.equal(ended, "interval", `seed ${seed}`);
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
  assert.deepEqual(await searchVerified(request({ verifier: createTruth(1.3, 0.1) })), first);

  const controller = new AbortController();
  const cut = await searchVerified(
    request({
      verifier: createTruth(1.3, 0.1),
      signal: controller.signal,
      onRound: ({ rounds }) => {
        if (rounds === 1) controller.abort(new Error("enough"));
      },
    }),
  ).catch((error: unknown) => error);

  assert.ok(cut instanceof Error ? /enough/.test(cut.message) : (cut as typeof first).ended === "signal");
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
