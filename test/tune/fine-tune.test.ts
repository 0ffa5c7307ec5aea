import assert from "node:assert/strict";
import { test } from "node:test";
import { loadModule } from "#kernels";
import { loadTrainingModule } from "#training-kernels";
import { createMachineEvaluator } from "../../src/fidelity/machine-evaluator.ts";
import { createHardware } from "../../src/hardware/hardware.ts";
import { createRng } from "../../src/rng.ts";
import { toMapping } from "../../src/space/mapping.ts";
import { RawMapping } from "../../src/space/raw-mapping.ts";
import { createMappingSampler } from "../../src/space/sample.ts";
import { builtinStarlight } from "../../src/surrogate/builtin.ts";
import { createStarlightEngine } from "../../src/surrogate/engine.ts";
import { createStarlightEvaluator } from "../../src/surrogate/evaluator.ts";
import type { StarlightModel } from "../../src/surrogate/model.ts";
import { type MeasuredCandidate, StarlightTuner } from "../../src/tune/fine-tune.ts";
import { toLayerShape } from "../../src/workload/layer.ts";

const module = await loadModule();
const model = await builtinStarlight("polaris-rtl");
const tuner = new StarlightTuner(module, await loadTrainingModule(), model, { seed: 2, rehearsed: 1000 });
const hardware = createHardware({ peDim: 16, scratchpadKib: 64, accumulatorKib: 16 });

/** Random mappings of a layer, with what RTL would take that is slower than the event model by a factor. */
async function measurements(shape: ReturnType<typeof toLayerShape>, count: number, factor: number) {
  const sample = createMappingSampler(shape, hardware);
  const rng = createRng(3);
  const raw = new RawMapping();
  const candidates = Array.from({ length: count }, () => {
    sample(rng, raw);
    return { shape, hardware, mapping: toMapping(raw) };
  });
  const outcomes = await createMachineEvaluator(module).evaluate(candidates);
  return candidates.map((candidate, i): MeasuredCandidate => {
    const outcome = outcomes[i];
    assert.ok(outcome?.status === "priced");
    return { candidate, latencyCycles: factor * outcome.latencyCycles };
  });
}

async function meanRatio(tuned: StarlightModel, measured: readonly MeasuredCandidate[]): Promise<number> {
  const evaluator = createStarlightEvaluator(await createStarlightEngine(module, tuned, 64));
  const outcomes = await evaluator.evaluate(measured.map(({ candidate }) => candidate));
  const logs = outcomes.map((outcome, i) => {
    assert.ok(outcome.status === "priced");
    return Math.log(outcome.latencyCycles / (measured[i] as MeasuredCandidate).latencyCycles);
  });
  return Math.exp(logs.reduce((sum, log) => sum + log, 0) / logs.length);
}

const convolution = toLayerShape({ K: 64, C: 64, P: 28, Q: 28, R: 3, S: 3 });
const matmul = toLayerShape({ K: 256, C: 512, P: 128 });

test("a tuned model has learnt what its measurements have in common, on the kind of layer that was not measured too", async () => {
  const slower = await measurements(convolution, 60, 1.3);
  const others = await measurements(matmul, 20, 1.3);
  assert.ok(Math.abs((await meanRatio(model, slower)) * 1.3 - 1) < 0.02);

  const tuned = tuner.tune(slower);

  assert.ok(Math.abs((await meanRatio(tuned, slower)) - 1) < 0.03);
  assert.ok(Math.abs((await meanRatio(tuned, others)) - 1) < 0.06);
});

test("measurements that say what the model says leave it nearly as it was; none leave it as it was", async () => {
  const measured = await measurements(convolution, 40, 1);
  const held = await measurements(toLayerShape({ K: 128, C: 96, P: 14, Q: 14 }), 40, 1);

  const tuned = tuner.tune(measured);

  assert.ok(Math.abs(Math.log((await meanRatio(tuned, held)) / (await meanRatio(model, held)))) < 0.01);
  assert.deepEqual(tuner.tune([]), model);
});

test("the same seed and measurements give the same bytes", async () => {
  const measured = await measurements(matmul, 10, 1.1);

  const tuned = tuner.tune(measured);

  assert.deepEqual(tuner.tune(measured), tuned);
  assert.notDeepEqual(tuned.matmul.network, model.matmul.network);
});
