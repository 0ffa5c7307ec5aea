import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import { loadModule } from "#kernels";
import { createEngine } from "../../src/fidelity/engine.ts";
import { PROFILES } from "../../src/fidelity/evaluator.ts";
import { createHardware } from "../../src/hardware/hardware.ts";
import { BLOCK_BYTES } from "../../src/kernels/layout.ts";
import { passesSelfTest, relaxedSimd } from "../../src/kernels/relaxed.ts";
import { createRng } from "../../src/rng.ts";
import { toMapping } from "../../src/space/mapping.ts";
import { RawMapping } from "../../src/space/raw-mapping.ts";
import { createMappingSampler } from "../../src/space/sample.ts";
import { builtinStarlight } from "../../src/surrogate/builtin.ts";
import { DEFAULT_STARLIGHT } from "../../src/surrogate/default-model.ts";
import { createStarlightEngine } from "../../src/surrogate/engine.ts";
import { createStarlightEvaluator } from "../../src/surrogate/evaluator.ts";
import { parseStarlightModel } from "../../src/surrogate/model.ts";
import { builtinWorkload } from "../../src/workload/builtin.ts";
import { type LayerShape, toLayerShape } from "../../src/workload/layer.ts";
import { testEvaluator } from "../conformance/evaluator.ts";

const module = await loadModule();
const model = parseStarlightModel(DEFAULT_STARLIGHT, "built-in model", "gemmini-firesim");
const SHAPES: readonly LayerShape[] = [
  ...builtinWorkload("resnet50")
    .layers.slice(0, 5)
    .map(({ shape }) => shape),
  toLayerShape({ N: 2, K: 48, C: 20, P: 33, Q: 18, R: 3, S: 5, Wstride: 3, Hstride: 3 }),
  toLayerShape({ K: 64, C: 32, P: 13, Q: 13, R: 2, S: 2 }),
  toLayerShape({ K: 3072, C: 768, P: 512 }),
  toLayerShape({ K: 1000, C: 100, P: 1 }),
];
const ACCELERATORS = [
  createHardware({ peDim: 4, scratchpadKib: 16, accumulatorKib: 4 }),
  createHardware({ peDim: 16, scratchpadKib: 128, accumulatorKib: 32 }),
  createHardware({ peDim: 37, scratchpadKib: 333, accumulatorKib: 77 }),
  createHardware({ peDim: 128, scratchpadKib: 2048, accumulatorKib: 1024 }),
];
/** No whole number of panels or blocks. */
const COUNT = 131;

function fill(
  engine: { readonly batch: { writeRaw(i: number, mapping: RawMapping): void } },
  shape: LayerShape,
  hardware: (typeof ACCELERATORS)[number],
): void {
  const sample = createMappingSampler(shape, hardware);
  const rng = createRng(shape.K, hardware.peDim);
  const mapping = new RawMapping();
  for (let i = 0; i < COUNT; i++) {
    sample(rng, mapping);
    engine.batch.writeRaw(i, mapping);
  }
}

test("latencies lie between the rows streamed and infinity, inside their interval; energy and feasibility are the analytical model's", async () => {
  const starlight = await createStarlightEngine(module, model, COUNT);
  const analytical = await createEngine(module, COUNT);
  for (const shape of SHAPES) {
    for (const hardware of ACCELERATORS) {
      fill(starlight, shape, hardware);
      fill(analytical, shape, hardware);

      starlight.evaluateNow(shape, hardware, COUNT);
      analytical.evaluateNow(shape, hardware, COUNT);

      for (let i = 0; i < COUNT; i++) {
        const { batch } = starlight;
        const cycles = batch.latencyCycles(i);
        assert.ok(Number.isInteger(cycles) && cycles > 0, `${cycles}`);
        assert.ok(batch.latencyLow(i) <= cycles && cycles <= batch.latencyHigh(i));
        assert.ok(batch.latencyHigh(i) < 100 * cycles, `${batch.latencyHigh(i)} ${cycles}`);
        assert.equal(batch.energyPj(i), analytical.batch.energyPj(i));
        assert.equal(batch.status(i), analytical.batch.status(i));
        assert.equal(batch.edpJCycles(i), batch.energyPj(i) * 1e-12 * cycles);
      }
    }
  }
});

test("what is predicted for a mapping does not depend on its neighbours in the batch", async () => {
  const [together, alone] = [
    await createStarlightEngine(module, model, COUNT),
    await createStarlightEngine(module, model, 1),
  ];
  const hardware = ACCELERATORS[1] as (typeof ACCELERATORS)[number];
  for (const shape of SHAPES) {
    fill(together, shape, hardware);
    together.evaluateNow(shape, hardware, COUNT);
    for (let i = 0; i < COUNT; i++) {
      alone.batch.write(0, together.batch.read(i));
      alone.evaluateNow(shape, hardware, 1);

      assert.deepEqual(alone.batch.latency(0), together.batch.latency(i));
    }
  }
});

test("a mapping that does not fit has no latency", async () => {
  const engine = await createStarlightEngine(module, model, 1);
  const shape = SHAPES[0] as LayerShape;
  const mapping = new RawMapping();
  mapping.factors[14 + 3] = shape.P;
  mapping.factors[14 + 4] = shape.Q;
  mapping.factors[14 + 1] = shape.K;
  engine.batch.writeRaw(0, mapping);

  engine.evaluateNow(shape, ACCELERATORS[0] as (typeof ACCELERATORS)[number], 1);

  assert.equal(engine.batch.feasible(0), false);
  assert.equal(engine.batch.latencyCycles(0), Number.POSITIVE_INFINITY);
  assert.equal(engine.batch.edpJCycles(0), Number.POSITIVE_INFINITY);
});

const skip = relaxedSimd() ? false : "the runtime has no relaxed SIMD";
for (const profile of PROFILES)
  test(`baseline and relaxed binary give the same bytes, ${profile}`, { skip }, async () => {
    const model = await builtinStarlight(profile);
    const relaxed = new WebAssembly.Module(
      readFileSync(new URL("../../build/starlight.relaxed.wasm", import.meta.url)),
    );
    assert.ok(passesSelfTest(relaxed));
    const engines = [
      await createStarlightEngine(module, model, COUNT),
      await createStarlightEngine(relaxed, model, COUNT),
    ];
    for (const shape of SHAPES) {
      for (const hardware of ACCELERATORS) {
        const [a, b] = engines.map((engine) => {
          fill(engine, shape, hardware);
          engine.evaluateNow(shape, hardware, COUNT);
          const results: number[] = [];
          for (let i = 0; i < COUNT; i++) {
            const { batch } = engine;
            results.push(
              batch.latencyCycles(i),
              batch.latencyLow(i),
              batch.latencyHigh(i),
              batch.edpJCycles(i),
            );
          }
          return results;
        });
        assert.deepEqual(b, a);
      }
    }
  });

test("the self-test refuses the baseline binary in place of the relaxed one", () => {
  assert.equal(passesSelfTest(module), false);
  assert.ok(BLOCK_BYTES % 64 === 0);
});

function candidates() {
  const rng = createRng(3);
  return SHAPES.flatMap((shape) =>
    ACCELERATORS.map((hardware) => {
      const mapping = new RawMapping();
      createMappingSampler(shape, hardware)(rng, mapping);
      return { shape, hardware, mapping: toMapping(mapping) };
    }),
  );
}

const valid = candidates();
testEvaluator("starlight", {
  create: async () => createStarlightEvaluator(await createStarlightEngine(module, model, 8)),
  valid,
  invalid: { ...(valid[0] as (typeof valid)[number]), shape: toLayerShape({ K: 7 }) },
});

test("a candidate's prediction does not depend on its neighbours", async () => {
  const engine = await createStarlightEngine(module, model, COUNT);
  for (const shape of SHAPES) {
    const hardware = createHardware({ peDim: 16, scratchpadKib: 2048, accumulatorKib: 1024 });
    const all = Array.from({ length: COUNT }, () => new RawMapping());
    const sample = createMappingSampler(shape, hardware);
    const rng = createRng(51, shape.K);
    for (const one of all) sample(rng, one);
    for (const [i, one] of all.entries()) engine.batch.writeRaw(i, one);
    engine.evaluateNow(shape, hardware, COUNT);
    const together = all.map((_, i) => engine.batch.latency(i));

    for (const [i, one] of all.entries()) {
      for (let j = 0; j < 4; j++) engine.batch.writeRaw(j, one);
      engine.evaluateNow(shape, hardware, 4);
      assert.deepEqual(engine.batch.latency(i % 4), together[i]);
    }
  }
});
