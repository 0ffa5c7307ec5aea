import assert from "node:assert/strict";
import { test } from "node:test";
import { loadModule } from "#kernels";
import { createEngine } from "../../src/fidelity/engine.ts";
import { createHardware } from "../../src/hardware/hardware.ts";
import { BOUNDS, batchBytes } from "../../src/kernels/batch.ts";
import { writeContext } from "../../src/kernels/context.ts";
import * as at from "../../src/kernels/layout.ts";
import { createRng } from "../../src/rng.ts";
import type { LayerShape } from "../../src/workload/layer.ts";
import { createPlainJs } from "../reference/plain-js.ts";
import { randomHardware, randomMapping } from "./random-mapping.ts";
import { BATCH, CONTEXT, createBench, describe, LAYERS, metrics, SCRATCH, tightHardware } from "./support.ts";

const engine = await createEngine(await loadModule(), 4096);

const ROUNDS = 32;
const ROUND_CANDIDATES = 2000;

test(`both builds give the bytes of plain JavaScript, ${ROUNDS * ROUND_CANDIDATES} candidates`, async () => {
  const seed = 2;
  const rng = createRng(seed);
  const [release, shared, plain] = await Promise.all([
    createBench(ROUND_CANDIDATES),
    createBench(ROUND_CANDIDATES, { shared: true }),
    createBench(ROUND_CANDIDATES),
  ]);
  const plainJs = createPlainJs(plain.memory);
  let feasible = 0;
  const kinds = { shared: 0, split: 0 };
  for (let round = 0; round < ROUNDS; round++) {
    const shape = LAYERS[round % LAYERS.length] as LayerShape;
    const hardware = tightHardware(rng);
    const mappings = Array.from({ length: ROUND_CANDIDATES }, () => randomMapping(shape, rng));
    for (const [i, mapping] of mappings.entries()) {
      for (const { batch } of [release, shared, plain]) batch.write(i, mapping);
    }

    release.price(shape, hardware, ROUND_CANDIDATES);
    shared.price(shape, hardware, ROUND_CANDIDATES);
    writeContext(plain.memory, CONTEXT, shape, hardware);
    plainJs(CONTEXT, BATCH, ROUND_CANDIDATES);

    const expected = plain.results(ROUND_CANDIDATES);
    for (const found of [release, shared]) {
      if (found.results(ROUND_CANDIDATES).equals(expected)) continue;
      for (const [i, mapping] of mappings.entries()) {
        const which = `seed ${seed}, round ${round}, candidate ${i}: ${describe(mapping, shape)}`;
        assert.deepEqual(metrics(found.batch, i), metrics(plain.batch, i), which);
      }
    }
    for (const i of mappings.keys()) if (plain.batch.feasible(i)) feasible++;
    kinds[hardware.scratchpadBandwidth.kind]++;
  }
  const share = feasible / (ROUNDS * ROUND_CANDIDATES);
  assert.ok(share > 0.1 && share < 0.9, `seed ${seed}: ${feasible} are feasible`);
  assert.ok(kinds.shared >= 8 && kinds.split >= 8, `seed ${seed}: ${JSON.stringify(kinds)}`);
});

test("evaluate gives a candidate the metrics that explain gives it alone", () => {
  const seed = 3;
  const rng = createRng(seed);
  for (const shape of LAYERS) {
    const hardware = randomHardware(rng, 1, { scratchpadWords: 5000, peDim: 16 });
    const mappings = Array.from({ length: 1001 }, () => randomMapping(shape, rng));
    for (const [i, mapping] of mappings.entries()) engine.batch.write(i, mapping);

    engine.evaluateNow(shape, hardware, mappings.length);

    for (const [i, mapping] of mappings.entries()) {
      const { latencyCycles, energyPj, edpJCycles, boundBy } = engine.explain(mapping, shape, hardware);
      const { status, ...found } = metrics(engine.batch, i);
      const which = `seed ${seed}, candidate ${i}: ${describe(mapping, shape)}`;
      assert.deepEqual(found, { latencyCycles, energyPj, edpJCycles }, which);
      assert.equal(BOUNDS[status & at.BOUND_BY_MASK], boundBy, which);
    }
  }
});

test("a batch of any count prices all its candidates and touches nothing behind them", async () => {
  const seed = 4;
  const rng = createRng(seed);
  const shape = LAYERS[1] as LayerShape;
  const hardware = randomHardware(rng, 16, { scratchpadWords: 40_000 });
  const mappings = Array.from({ length: 300 }, () => randomMapping(shape, rng));
  const whole = await createBench(mappings.length);
  for (const [i, mapping] of mappings.entries()) whole.batch.write(i, mapping);
  whole.price(shape, hardware, mappings.length);
  for (const count of [1, 2, 3, 4, 5, 31, 61, 62, 63, 64, 65, 66, 67, 127, 129, 191, 193, 255, 299]) {
    const bench = await createBench(mappings.length);
    for (const [i, mapping] of mappings.slice(0, count).entries()) bench.batch.write(i, mapping);
    const before = bench.bytes.slice();

    bench.price(shape, hardware, count);

    const which = `seed ${seed}, count ${count}`;
    for (let i = 0; i < count; i++) {
      assert.deepEqual(metrics(bench.batch, i), metrics(whole.batch, i), `${which}, candidate ${i}`);
    }
    const behind = BATCH + batchBytes(count);
    const touched = bench.bytes.findIndex(
      (byte, address) =>
        byte !== before[address] &&
        !(address >= CONTEXT && address < CONTEXT + at.CONTEXT_BYTES) &&
        !(address >= SCRATCH && address < SCRATCH + at.SCRATCH_BYTES) &&
        !(address >= BATCH && address < behind && (address - BATCH) % at.BLOCK_BYTES >= at.LATENCY_CYCLES),
    );
    assert.equal(
      touched,
      -1,
      `${which}: wrote to address ${touched}; the batch lies at ${BATCH} to ${behind}`,
    );
  }
});

test("a batch of no candidates is left as it is", async () => {
  const bench = await createBench(64);
  const before = bench.bytes.slice(BATCH);

  bench.price(LAYERS[0] as LayerShape, createHardware({ peDim: 4, scratchpadKib: 1, accumulatorKib: 1 }), 0);

  assert.ok(Buffer.from(bench.bytes.slice(BATCH)).equals(Buffer.from(before)));
});

// Feasibility.
