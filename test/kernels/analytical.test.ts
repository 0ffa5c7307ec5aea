import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { test } from "node:test";
import { loadModule } from "#kernels";
import { loadSharedModule } from "#shared-kernels";
import { createEngine } from "../../src/fidelity/engine.ts";
import type { Explanation } from "../../src/fidelity/explanation.ts";
import { accessEnergies } from "../../src/hardware/energy.ts";
import { createHardware, type Hardware } from "../../src/hardware/hardware.ts";
import { batchBytes, CandidateBatch } from "../../src/kernels/batch.ts";
import { writeContext } from "../../src/kernels/context.ts";
import { instantiate } from "../../src/kernels/kernels.ts";
import * as at from "../../src/kernels/layout.ts";
import { createRng } from "../../src/rng.ts";
import { parseMapping } from "../../src/space/mapping.ts";
import { type Violation, violations } from "../../src/space/validity.ts";
import { toLayerShape } from "../../src/workload/layer.ts";
import { energies, roofs, type WalkedCounts, walk } from "../reference/loop-nest.ts";
import { createPlainJs } from "../reference/plain-js.ts";
import { randomCase, roomyHardware } from "./random-mapping.ts";

const CASES = 3000;

function assertCounts(found: Explanation, walked: WalkedCounts, where: string): void {
  const { dram, scratchpad, accumulator, register } = found.accesses;
  assert.deepEqual(
    {
      dramWeightReads: dram.weights.reads,
      dramInputReads: dram.inputs.reads,
      dramOutputReads: dram.outputs.reads,
      dramOutputWrites: dram.outputs.writes,
      scratchpadWeightReads: scratchpad.weights.reads,
      scratchpadInputReads: scratchpad.inputs.reads,
      accumulatorOutputReads: accumulator.outputs.reads,
      accumulatorOutputUpdates: accumulator.outputs.updates,
      registerWeightReads: register.weights.reads,
      registerWeightWrites: register.weights.writes,
      computeCycles: found.rooflineCycles.compute,
      corners: walked.corners,
    },
    walked,
    where,
  );
  assert.equal(scratchpad.weights.writes, walked.dramWeightReads, where);
  assert.equal(scratchpad.inputs.writes, walked.dramInputReads, where);
  assert.equal(accumulator.outputs.fills, walked.dramOutputWrites, where);
}

test("every count, roofline and energy equals a literal walk of the loop nest", async () => {
  const engine = await createEngine(await loadModule(), 1);
  const seen = { corners: 0, batch: 0, dilation: 0, scratchpadLoops: 0, registerWeights: 0 };

  for (let seed = 0; seed < CASES; seed++) {
    const { shape, mapping } = randomCase(createRng(seed));
    const hardware = roomyHardware(seed % 2 === 0);
    const where = `seed ${seed}`;

    const walked = walk(mapping, shape);
    const found = engine.explain(mapping, shape, hardware);

    assertCounts(found, walked, where);
    const cycles = roofs(walked, mapping, hardware);
    assert.deepEqual(found.rooflineCycles, cycles, where);
    assert.equal(found.latencyCycles, Math.max(...Object.values(cycles)), where);
    const parts = energies(walked, hardware);
    for (const [name, pj] of Object.entries(parts)) {
      assertClose(found.energyByComponentPj[name as keyof typeof parts], pj, where);
    }
    assertClose(
      found.energyPj,
      Object.values(parts).reduce((sum, pj) => sum + pj, 0),
      where,
    );
    assertClose(found.edpJCycles, found.energyPj * 1e-12 * found.latencyCycles, where);
    if (walked.corners > 0) seen.corners++;
    if (shape.N > 1) seen.batch++;
    if (shape.Wdilation > 1) seen.dilation++;
    if (mapping.loops.scratchpad.length > 0) seen.scratchpadLoops++;
    if (mapping.loops.register.some(({ dim }) => "RSCK".includes(dim))) seen.registerWeights++;
  }
  for (const [feature, times] of Object.entries(seen))
    assert.ok(times > CASES / 40, `${feature}: ${times} cases`);
});

function assertClose(found: number, expected: number, where: string): void {
  assert.ok(
    Math.abs(found - expected) <= 1e-12 * Math.abs(expected),
    `${where}: ${found} is not ${expected}`,
  );
}

/** A batch of arbitrary candidates of one layer, many of them infeasible. */
function randomBatch(batch: CandidateBatch, count: number, seed: number) {
  const rng = createRng(seed);
  const { shape } = randomCase(rng);
  const mappings = Array.from({ length: count }, () => randomCase(rng).mapping);
  for (const [index, mapping] of mappings.entries()) batch.write(index, mapping);
  return { shape, mappings };
}

const tight: Hardware = {
  ...roomyHardware(false, 2),
  scratchpadWords: 60,
  accumulatorWords: 12,
  registerWords: 1,
};

for (const [name, hardware] of Object.entries({
  shared: tight,
  split: { ...roomyHardware(true, 2), scratchpadWords: 80 },
})) {
  test(`a whole batch equals plain JavaScript byte for byte, ${name} bandwidth, infeasible candidates included`, async () => {
    const kernels = await instantiate(await loadModule());
    const [context, scratch, block, count] = [0, 512, 16384, 25_013];
    kernels.memory.grow(Math.ceil((block + batchBytes(count)) / 65536));
    const batch = new CandidateBatch(kernels.memory, block, count);
    const { shape } = randomBatch(batch, count, 7);
    writeContext(kernels.memory, context, shape, hardware);
    const read = () =>
      Array.from({ length: count }, (_, i) => [
        batch.latencyCycles(i),
        batch.energyPj(i),
        batch.edpJCycles(i),
        batch.status(i),
      ]);

    kernels.exports.evaluate(context, block, count, scratch);
    const found = read();
    createPlainJs(kernels.memory)(context, block, count);

    assert.deepEqual(found, read());
    const infeasible = found.filter(([cycles]) => cycles === Number.POSITIVE_INFINITY).length;
    assert.ok(infeasible > count / 20 && infeasible < count, `${infeasible} infeasible`);
  });
}

test("a candidate costs the same in any lane of a batch of any length", async () => {
  const engine = await createEngine(await loadModule(), 200);
  for (const count of [1, 2, 3, 5, 63, 64, 65, 127, 130, 197]) {
    const { shape, mappings } = randomBatch(engine.batch, count, count);
    const hardware = roomyHardware(count % 2 === 0);

    engine.evaluateNow(shape, hardware, count);

    for (const [index, mapping] of mappings.entries()) {
      const alone = engine.explain(mapping, shape, hardware);
      assert.equal(engine.batch.latencyCycles(index), alone.latencyCycles, `${count}: ${index}`);
      assert.equal(engine.batch.energyPj(index), alone.energyPj, `${count}: ${index}`);
      assert.equal(engine.batch.boundBy(index), alone.boundBy, `${count}: ${index}`);
    }
  }
});

test("the kernel flags exactly the rules that violations() names", async () => {
  const engine = await createEngine(await loadModule(), 1);
  const bits: Readonly<Record<Exclude<Violation["rule"], "factors">, number>> = {
    scratchpad: at.OVER_SCRATCHPAD,
    accumulator: at.OVER_ACCUMULATOR,
    register: at.OVER_REGISTER,
    "pe-rows": at.OVER_PE_ROWS,
    "pe-columns": at.OVER_PE_COLUMNS,
  };
  const seen = new Set<string>();
  for (let seed = 0; seed < 2000; seed++) {
    const { shape, mapping } = randomCase(createRng(seed));
    const broken = violations(mapping, shape, tight).map(({ rule }) => rule as keyof typeof bits);
    engine.batch.write(0, mapping);

    engine.evaluateNow(shape, tight, 1);

    const expected = broken.reduce((all, rule) => all | bits[rule], 0);
    assert.equal(engine.batch.status(0) & at.INFEASIBLE_MASK, expected, `seed ${seed}`);
    assert.equal(engine.batch.feasible(0), broken.length === 0, `seed ${seed}`);
    assert.equal(engine.batch.energyPj(0) === Number.POSITIVE_INFINITY, broken.length > 0, `seed ${seed}`);
    for (const rule of broken) seen.add(rule);
  }
  assert.deepEqual([...seen].sort(), Object.keys(bits).sort());
});

test("more bandwidth never costs cycles", async () => {
  const engine = await createEngine(await loadModule(), 1);
  for (let seed = 0; seed < 500; seed++) {
    const { shape, mapping } = randomCase(createRng(seed));
    const slow = roomyHardware(false);
    const fast: Hardware = {
      ...slow,
      dramBandwidthWords: 16,
      scratchpadBandwidth: { kind: "shared", words: 24 },
      accumulatorBandwidth: { kind: "shared", words: 4 },
    };
    const cycles = engine.explain(mapping, shape, slow).latencyCycles;
    assert.ok(engine.explain(mapping, shape, fast).latencyCycles <= cycles, `seed ${seed}`);
  }
});

test("a row of the DOSA data comes out as worked by hand", async () => {
  // ResNet-50's first layer, 32 x 32 PEs, 2 KiB scratchpad, accumulator of 128 rows.
  const shape = toLayerShape({ C: 3, K: 64, P: 112, Q: 112, R: 7, S: 7, Wstride: 2, Hstride: 2 });
  const mapping = parseMapping("L3[WIO] P28 R7 Q56 K8 - L2[WI] N1 K4X - L1[O] K2 S7 Q2 P2 C3X - L0[W] P2");
  const engine = await createEngine(await loadModule(), 1);
  const hardware = createHardware({ peDim: 32, scratchpadKib: 2, accumulatorKib: 16 });

  const found = engine.explain(mapping, shape, hardware);

  // 7 * 7 * 112 * 112 * 3 * 64 MACs on 4 x 3 PEs.
  assert.equal(found.rooflineCycles.compute, 118_013_952 / 12);
  // K innermost: every DRAM iteration (28 * 7 * 56 * 8) brings the tile of 7 * 3 * 8 weights anew.
  assert.equal(found.accesses.dram.weights.reads, 168 * 87_808);
  // Tile of (4-1)*2+1 = 7 by (2-1)*2+(7-1)+1 = 9 by 3; K reuses it, 10,976 outer iterations refetch it.
  assert.equal(found.accesses.dram.inputs.reads, 189 * 10_976);
  // 16 outputs in each of 4 banks, swapped in every DRAM iteration.
  assert.equal(found.accesses.dram.outputs.writes, 64 * 87_808);
  assert.equal(found.accesses.dram.outputs.reads, 64 * 87_808 - 802_816);
  // (38,535,168 + 39,337,984 + 5,619,712) words through 4 banks of 2 words a cycle.
  assert.equal(found.rooflineCycles.accumulator, 10_436_608);
  // 27,262,816 words at 8 a cycle are 3,407,852 cycles; the order of rounding makes it one more.
  assert.equal(found.rooflineCycles.dram, 3_407_853);
  assert.equal(found.latencyCycles, 10_436_608);
  assert.equal(found.boundBy, "accumulator");
  assert.ok(Math.abs(found.energyPj * 1e-6 - 3057.013731) < 5e-7);
});

test("the binary imports nothing and starts nothing", async () => {
  const module = await loadModule();
  assert.deepEqual(WebAssembly.Module.imports(module), []);
  assert.deepEqual(
    WebAssembly.Module.exports(module)
      .map(({ name }) => name)
      .sort(),
    ["evaluate", "explain", "memory"],
  );
  assert.deepEqual(WebAssembly.Module.imports(await loadSharedModule()), [
    { module: "env", name: "memory", kind: "memory" },
  ]);
  for (const name of ["starlight", "starlight.shared"]) {
    const bytes = await readFile(new URL(`../../build/${name}.wasm`, import.meta.url));
    assert.ok(!sections(bytes).includes(8), `${name} has a start section`);
  }
});

/** Ids of the sections of a binary. */
function sections(bytes: Uint8Array): readonly number[] {
  const ids: number[] = [];
  for (let i = 8; i < bytes.length; ) {
    ids.push(bytes[i++] as number);
    let size = 0;
    for (let shift = 0; ; shift += 7) {
      const byte = bytes[i++] as number;
      size |= (byte & 127) << shift;
      if (byte < 128) break;
    }
    i += size;
  }
  return ids;
}

test("scratchpad rows are counted exactly where a multiple times the reciprocal is not", async () => {
  const engine = await createEngine(await loadModule(), 1);
  // Array sizes of which (peDim * k) * (1 / peDim) exceeds k for some k.
  for (const peDim of [75, 77, 91, 93, 99, 105, 117, 123]) {
    const hardware = createHardware({ peDim, scratchpadKib: 64, accumulatorKib: 16 });
    for (let k = 1; k <= 60; k++) {
      for (const words of [peDim * k - 1, peDim * k, peDim * k + 1]) {
        const shape = toLayerShape({ C: words });
        const mapping = parseMapping(`L3[WIO] C${words} - L2[WI] N1 - L1[O] N1 - L0[W] N1`);

        const { energyByComponentPj } = engine.explain(mapping, shape, hardware);

        // Weights in, weights to registers, inputs in, inputs to MACs: each operand word once.
        const rows = 4 * Math.ceil(words / peDim);
        assert.equal(
          energyByComponentPj.scratchpad,
          rows * accessEnergies(hardware).scratchpadPj,
          `${peDim} x ${k}`,
        );
      }
    }
  }
});
