import assert from "node:assert/strict";
import { test } from "node:test";
import { createHardware } from "../../src/hardware/hardware.ts";
import { createStarlightEvaluator, loadModule, loadStarlight } from "../../src/starlight.ts";
import { DEFAULT_STATE, fromFragment, toFragment } from "../../src/studio/state.ts";
import { mapDesign } from "../../src/studio/worker/map.ts";
import { predictDesign } from "../../src/studio/worker/predict.ts";
import { builtinWorkload } from "../../src/workload/builtin.ts";
import { parseWorkload } from "../../src/workload/workload.ts";

const { objective, a: hardware, profile } = DEFAULT_STATE;

test("a prediction is Starlight's of every layer, its totals weighted by runs, its parts those of the analytical model", async () => {
  const workload = builtinWorkload("bert");
  const { design } = await mapDesign(await loadModule(), { workload, hardware, objective });

  const predicted = await predictDesign({ record: design.record, profile });

  const outcomes = await createStarlightEvaluator(await loadStarlight()).evaluate(
    design.record.layers.map(({ mapping, shape }) => ({
      mapping,
      shape,
      hardware: createHardware(hardware),
    })),
  );
  let cycles = 0;
  for (const [i, outcome] of outcomes.entries()) {
    const [layer, mapped] = [predicted.layers[i], design.layers[i]];
    assert.ok(outcome.status === "priced" && layer && mapped);
    assert.equal(layer.latencyCycles, layer.runs * outcome.latencyCycles);
    assert.equal(layer.latencyInterval?.low, layer.runs * (outcome.latencyInterval?.low ?? 0));
    assert.deepEqual(layer.explanation, mapped.explanation);
    cycles += layer.latencyCycles;
  }
  assert.equal(predicted.totals?.latencyCycles, cycles);
  assert.ok((predicted.latencyInterval?.low ?? cycles) < cycles);
  assert.deepEqual(predicted.refused, []);
});

test("layers that the profile's RTL cannot run are listed with the reason, and there are no totals then", async () => {
  const layer = { K: 16, C: 16, P: 14, Q: 14, R: 3, S: 3 };
  const layers = [
    { name: "plain", ...layer },
    { name: "dilated", ...layer, Wdilation: 2, Hdilation: 2 },
  ];
  const workload = parseWorkload({ name: "mine", layers }, "mine");
  const { design } = await mapDesign(await loadModule(), { workload, hardware, objective });

  const predicted = await predictDesign({ record: design.record, profile });

  assert.deepEqual(
    predicted.layers.map(({ name }) => name),
    ["plain"],
  );
  assert.deepEqual(
    predicted.refused.map(({ name }) => name),
    ["dilated"],
  );
  assert.match(predicted.refused[0]?.reason ?? "", /profile gemmini-firesim runs no dilated layers/);
  assert.equal(predicted.totals, undefined);
});

test("a link carries the profile, and one of an unknown profile says which there are", async () => {
  assert.equal((await fromFragment(await toFragment(DEFAULT_STATE))).profile, profile);
  await assert.rejects(fromFragment("#rtl=zynq"), /link: rtl: expected gemmini-firesim.*found "zynq"/);
});
