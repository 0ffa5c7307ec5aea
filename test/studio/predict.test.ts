import assert from "node:assert/strict";
import { test } from "node:test";
import { PROFILES } from "../../src/fidelity/evaluator.ts";
import { createHardware } from "../../src/hardware/hardware.ts";
import { createStarlightEvaluator, loadModule, loadStarlight } from "../../src/starlight.ts";
import { DEFAULT_STATE, fromFragment, toFragment } from "../../src/studio/state.ts";
import { mapDesign } from "../../src/studio/worker/map.ts";
import { predictDesign } from "../../src/studio/worker/predict.ts";
import { builtinWorkload } from "../../src/workload/builtin.ts";
import { parseWorkload } from "../../src/workload/workload.ts";

const { objective, a: parameters } = DEFAULT_STATE;
const hardware = createHardware(parameters);

test("a prediction is Starlight's of every layer, totals weighted by runs, explained by the analytical model", async () => {
  const workload = builtinWorkload("bert");
  const { design } = await mapDesign(await loadModule(), { workload, hardware: parameters, objective });
  const candidates = design.record.layers.map(({ mapping, shape }) => ({ mapping, shape, hardware }));
  for (const profile of PROFILES) {
    const starlight = createStarlightEvaluator(await loadStarlight({ profile }));

    const predicted = await predictDesign({ record: design.record, profile });

    let cycles = 0;
    for (const [i, outcome] of (await starlight.evaluate(candidates)).entries()) {
      const [layer, mapped] = [predicted.layers[i], design.layers[i]];
      assert.ok(outcome.status === "priced" && layer && mapped);
      assert.equal(layer.latencyCycles, layer.runs * outcome.latencyCycles);
      assert.equal(layer.latencyInterval?.low, layer.runs * (outcome.latencyInterval?.low ?? 0));
      assert.deepEqual(layer.explanation, mapped.explanation);
      cycles += layer.latencyCycles;
    }
    assert.equal(predicted.totals?.latencyCycles, cycles);
    assert.ok((predicted.latencyInterval?.low ?? cycles) < cycles);
    assert.deepEqual([predicted.profile, predicted.refused], [profile, []]);
  }
});

test("layers that the profile's RTL cannot run are listed with the reason, and there are no totals then", async () => {
  const layer = { K: 16, C: 16, P: 14, Q: 14, R: 3, S: 3 };
  const layers = [
    { name: "plain", ...layer },
    { name: "dilated", ...layer, Wdilation: 2, Hdilation: 2 },
  ];
  const workload = parseWorkload({ name: "mine", layers }, "mine");
  const { design } = await mapDesign(await loadModule(), { workload, hardware: parameters, objective });

  const predicted = await predictDesign({ record: design.record, profile: "gemmini-firesim" });

  assert.deepEqual(
    [predicted.layers, predicted.refused].map((some) => some.map(({ name }) => name)),
    [["plain"], ["dilated"]],
  );
  assert.match(predicted.refused[0]?.reason ?? "", /profile gemmini-firesim runs no dilated layers/);
  assert.equal(predicted.totals, undefined);
});

test("a link carries the profile, and one of an unknown profile says which there are", async () => {
  for (const profile of PROFILES) {
    assert.equal((await fromFragment(await toFragment({ ...DEFAULT_STATE, profile }))).profile, profile);
  }
  await assert.rejects(fromFragment("#rtl=zynq"), /link: rtl: expected gemmini-firesim.*found "zynq"/);
});
