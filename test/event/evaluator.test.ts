import assert from "node:assert/strict";
import { test } from "node:test";
import { loadModule } from "#kernels";
import { DEFAULT_EVENT_MODEL } from "../../src/event/default-model.ts";
import { createEventEvaluator } from "../../src/event/evaluator.ts";
import { parseEventModel } from "../../src/event/model.ts";
import { createEngine } from "../../src/fidelity/engine.ts";
import { createHardware } from "../../src/hardware/hardware.ts";
import { createRng } from "../../src/rng.ts";
import { parseMapping, toMapping } from "../../src/space/mapping.ts";
import { RawMapping } from "../../src/space/raw-mapping.ts";
import { createMappingSampler } from "../../src/space/sample.ts";
import { toLayerShape } from "../../src/workload/layer.ts";
import { testEvaluator } from "../conformance/evaluator.ts";

const hardware = createHardware({ peDim: 16, scratchpadKib: 128, accumulatorKib: 32 });
const shape = toLayerShape({ K: 64, C: 64, P: 56, Q: 56, R: 3, S: 3 });
const sample = createMappingSampler(shape, hardware);
const rng = createRng(1);
const raw = new RawMapping();
const valid = Array.from({ length: 8 }, () => {
  sample(rng, raw);
  return { shape, hardware, mapping: toMapping(raw) };
});

async function create() {
  const module = await loadModule();
  return createEventEvaluator(
    module,
    await createEngine(module),
    parseEventModel(DEFAULT_EVENT_MODEL, "default"),
  );
}

testEvaluator("event", {
  create,
  valid,
  invalid: {
    shape,
    hardware,
    mapping: parseMapping("L3[WIO] K64 C64 P56 Q56 R3 - L2[WI] N1 - L1[O] N1 - L0[W] N1"),
  },
});

test("event: energy is that of the analytical counts, and the interval holds the latency", async () => {
  const engine = await createEngine(await loadModule());
  const evaluator = await create();

  for (const [i, outcome] of (await evaluator.evaluate(valid)).entries()) {
    const { mapping } = valid[i] as (typeof valid)[number];
    assert.ok(outcome.status === "priced" && outcome.latencyInterval);
    assert.equal(outcome.energyPj, engine.explain(mapping, shape, hardware).energyPj);
    assert.ok(outcome.latencyInterval.low <= outcome.latencyCycles);
    assert.ok(outcome.latencyCycles <= outcome.latencyInterval.high);
    assert.ok(["load", "execute", "store", "issue"].includes(outcome.boundBy ?? ""));
  }
});

test("event: layers that the harness cannot run are infeasible, with a reason", async () => {
  const evaluator = await create();
  const mapping = parseMapping("L3[WIO] P8 Q8 R3 S3 - L2[WI] N1 - L1[O] N1 - L0[W] N1");
  const of = (steps: Readonly<Record<string, number>>) => ({
    shape: toLayerShape({ P: 8, Q: 8, R: 3, S: 3, ...steps }),
    hardware,
    mapping,
  });

  const outcomes = await evaluator.evaluate([of({ Wdilation: 2, Hdilation: 2 }), of({ Wstride: 2 }), of({})]);

  assert.deepEqual(
    outcomes.map(({ status }) => status),
    ["infeasible", "infeasible", "priced"],
  );
});
