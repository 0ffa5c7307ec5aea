import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import { loadModule } from "#kernels";
import { loadSharedModule } from "#shared-kernels";
import { createEngine } from "../../src/fidelity/engine.ts";
import { accessEnergies } from "../../src/hardware/energy.ts";
import { createHardware, type Hardware } from "../../src/hardware/hardware.ts";
import { BOUNDS, batchBytes, CandidateBatch } from "../../src/kernels/batch.ts";
import { writeContext } from "../../src/kernels/context.ts";
import { instantiate } from "../../src/kernels/kernels.ts";
import * as at from "../../src/kernels/layout.ts";
import { createRng, type Rng } from "../../src/rng.ts";
import { formatMapping, type Level, type Mapping, parseMapping } from "../../src/space/mapping.ts";
import { tileWords, type Violation, violations } from "../../src/space/validity.ts";
import { type Dim, type LayerShape, toLayerShape } from "../../src/workload/layer.ts";
import { walkLoopNest } from "../reference/loop-nest.ts";
import { createPlainJs } from "../reference/plain-js.ts";
import {
  integer,
  pick,
  type RandomCase,
  randomCase,
  randomHardware,
  randomMapping,
} from "./random-mapping.ts";

const module = await loadModule();
const engine = await createEngine(module, 4096);

// Against the walk of the loop nest.

const WALKS = 3600;

test(`explain gives all that walks of ${WALKS} random loop nests count and cost`, () => {
  const seed = 1;
  const rng = createRng(seed);
  const seen = new Map<string, number>();
  for (let i = 0; i < WALKS; i++) {
    const { shape, mapping } = randomCase(rng);
    const hardware = randomHardware(rng, Math.max(mapping.spatialK, mapping.spatialC));

    const explained = engine.explain(mapping, shape, hardware);
    const walked = walkLoopNest(mapping, shape, hardware);

    const which = `seed ${seed}, case ${i}: ${describe(mapping, shape, hardware)}`;
    assert.deepEqual(explained.accesses, walked.accesses, which);
    assert.deepEqual(explained.rooflineCycles, walked.rooflineCycles, which);
    assert.equal(explained.latencyCycles, walked.latencyCycles, which);
    assert.equal(explained.boundBy, walked.boundBy, which);
    for (const component of ["mac", "register", "accumulator", "scratchpad", "dram"] as const) {
      assertClose(explained.energyByComponentPj[component], walked.energyByComponentPj[component], which);
    }
    assertClose(explained.energyPj, walked.energyPj, which);
    assertClose(explained.edpJCycles, walked.edpJCycles, which);
    for (const feature of features({ shape, mapping }, walked.inputWordsKeptAcrossLoops > 0)) {
      seen.set(feature, (seen.get(feature) ?? 0) + 1);
    }
    const bound = `${hardware.scratchpadBandwidth.kind} bandwidth, bound by ${walked.boundBy}`;
    seen.set(bound, (seen.get(bound) ?? 0) + 1);
  }
  for (const feature of FEATURES) {
    const times = seen.get(feature) ?? 0;
    assert.ok(times >= 20, `only ${times} of ${WALKS} cases of seed ${seed} have: ${feature}`);
  }
});

/** What the random loop nests must have had, each some twenty times at least. */
const FEATURES: readonly string[] = [
  ...["P outside R", "R outside P", "Q outside S", "S outside Q"].flatMap((pair) => [
    `words kept across loops, ${pair}, K innermost`,
    `words kept across loops, ${pair}, K between`,
    `words kept across loops, ${pair}, K outside`,
    `words kept across loops, ${pair}, no K`,
  ]),
  "shifts equal or doubled, but nothing kept across loops",
  ...["N", "K", "C", "P", "Q", "R", "S"].flatMap((dim) => [
    `${dim} innermost at DRAM`,
    `${dim} at DRAM`,
    `${dim} at the scratchpad`,
    `${dim} at the accumulator`,
    `${dim} at the register`,
  ]),
  "no loop at DRAM",
  "no loop at the accumulator",
  "batch",
  "stride",
  "dilation",
  "stride and dilation on one axis",
  "gaps between input tiles",
  "several weights per register",
  "weights stay while accumulator loops run, scratchpad loops move them",
  "weights stay while accumulator and scratchpad loops run, DRAM loops move them",
  "outputs stay while scratchpad loops run, DRAM loops move them",
  ...["shared", "split"].flatMap((kind) => BOUNDS.map((bound) => `${kind} bandwidth, bound by ${bound}`)),
];

function features({ shape, mapping }: RandomCase, kept: boolean): readonly string[] {
  const found: string[] = [];
  const has = (feature: string, so: boolean): void => {
    if (so) found.push(feature);
  };
  const loops = (level: Level) => mapping.loops[level].filter(({ bound }) => bound > 1).map(({ dim }) => dim);
  const dram = loops("dram");
  const inside = (outer: Dim, inner: Dim): boolean =>
    dram.includes(outer) && dram.indexOf(outer) < dram.indexOf(inner);
  const tile = (dim: Dim): number =>
    shape[dim] / (mapping.loops.dram.find((loop) => loop.dim === dim)?.bound ?? 1);

  for (const [output, tap, stride, dilation] of [
    ["P", "R", shape.Wstride, shape.Wdilation],
    ["Q", "S", shape.Hstride, shape.Hdilation],
  ] as const) {
    const shifts = [tile(output) * stride, tile(tap) * dilation];
    const tempting = [0.5, 1, 2].includes((shifts[0] as number) / (shifts[1] as number));
    has(
      "shifts equal or doubled, but nothing kept across loops",
      dram.includes(output) && dram.includes(tap) && tempting && !kept,
    );
    has("stride and dilation on one axis", stride > 1 && dilation > 1 && shape[output] > 1 && shape[tap] > 1);
    has("gaps between input tiles", dram.at(-1) === output && (tile(tap) - 1) * dilation + 1 < stride);
    for (const [outer, inner] of [
      [output, tap],
      [tap, output],
    ] as const) {
      const innermost = dram.filter((dim) => dim !== "K").slice(-2);
      if (!kept || innermost[0] !== outer || innermost[1] !== inner) continue;
      const k = !dram.includes("K")
        ? "no K"
        : inside(inner, "K")
          ? "K innermost"
          : inside(outer, "K")
            ? "K between"
            : "K outside";
      found.push(`words kept across loops, ${outer} outside ${inner}, ${k}`);
    }
  }
  for (const level of ["dram", "scratchpad", "accumulator", "register"] as const) {
    for (const dim of loops(level)) found.push(`${dim} at ${level === "dram" ? "DRAM" : `the ${level}`}`);
  }
  has(`${dram.at(-1)} innermost at DRAM`, dram.length > 1);
  has("no loop at DRAM", dram.length === 0);
  has("no loop at the accumulator", loops("accumulator").length === 0);
  has("batch", shape.N > 1);
  has("stride", shape.Wstride > 1 || shape.Hstride > 1);
  has("dilation", shape.Wdilation > 1 || shape.Hdilation > 1);
  has("several weights per register", tileWords(mapping, shape).registerWeights > 1);
  const moves = (dims: string, level: Level): boolean => loops(level).some((dim) => dims.includes(dim));
  const stays = (dims: string, level: Level): boolean => loops(level).length > 0 && !moves(dims, level);
  has(
    "weights stay while accumulator loops run, scratchpad loops move them",
    stays("RSCK", "accumulator") && moves("RSCK", "scratchpad"),
  );
  has(
    "weights stay while accumulator and scratchpad loops run, DRAM loops move them",
    stays("RSCK", "accumulator") && stays("RSCK", "scratchpad") && moves("RSCK", "dram"),
  );
  has(
    "outputs stay while scratchpad loops run, DRAM loops move them",
    stays("PQKN", "scratchpad") && moves("PQKN", "dram"),
  );
  return found;
}

// Against plain JavaScript, and candidates among others.

/** Layers of all sizes: small ones with every bound, stride and dilation, and such as networks have. */
const LAYERS: readonly LayerShape[] = [
  toLayerShape({ K: 64, C: 3, P: 112, Q: 112, R: 7, S: 7, Wstride: 2, Hstride: 2 }),
  toLayerShape({ N: 4, K: 128, C: 128, P: 28, Q: 28, R: 3, S: 3 }),
  toLayerShape({ K: 72, C: 30, P: 20, Q: 18, R: 3, S: 5, Wdilation: 2, Hdilation: 3 }),
  toLayerShape({ N: 6, K: 24, C: 40, P: 12, Q: 12, R: 4, S: 4, Wstride: 2, Hstride: 2, Wdilation: 2 }),
  toLayerShape({ P: 512, K: 3072, C: 768 }),
  toLayerShape({ N: 12, P: 60, Q: 36, R: 12, S: 6, Wstride: 3, Hdilation: 3 }),
  toLayerShape({ K: 30, C: 1, P: 1, Q: 1, R: 1, S: 1 }),
  toLayerShape({ N: 2, K: 6, C: 10, P: 12, Q: 15, R: 4, S: 6, Wstride: 2, Hstride: 3, Hdilation: 2 }),
];

/**
 * A kernel with a batch of its own, whose memory a test can look at; a pattern lies where nothing was
 * written.
 */
async function createBench(capacity: number, options: { readonly shared?: boolean } = {}) {
  const pages = Math.ceil((BATCH + batchBytes(capacity) + at.BLOCK_BYTES) / 65_536);
  const memory = options.shared
    ? new WebAssembly.Memory({ initial: pages, maximum: 65_536, shared: true })
    : undefined;
  const kernels = await instantiate(options.shared ? await loadSharedModule() : module, memory);
  if (!memory) kernels.memory.grow(pages - 1);
  const bytes = new Uint8Array(kernels.memory.buffer);
  bytes.fill(PATTERN);
  const batch = new CandidateBatch(kernels.memory, BATCH, capacity);
  return {
    batch,
    bytes,
    memory: kernels.memory,
    price(shape: LayerShape, hardware: Hardware, count: number): void {
      writeContext(kernels.memory, CONTEXT, shape, hardware);
      kernels.exports.evaluate(CONTEXT, BATCH, count, SCRATCH);
    },
    /** Results of the first `count` candidates, as they lie in memory. */
    results(count: number): Buffer {
      const columns: Uint8Array[] = [];
      for (let first = 0; first < count; first += at.LANES) {
        const block = BATCH + (first / at.LANES) * at.BLOCK_BYTES;
        const lanes = Math.min(at.LANES, count - first);
        for (const column of [at.LATENCY_CYCLES, at.ENERGY_PJ, at.EDP_J_CYCLES]) {
          columns.push(bytes.slice(block + column, block + column + 8 * lanes));
        }
        columns.push(bytes.slice(block + at.STATUS, block + at.STATUS + 4 * lanes));
      }
      return Buffer.concat(columns);
    },
  };
}

const CONTEXT = 1024;
const SCRATCH = 4096;
const BATCH = 32_768;
const PATTERN = 0xa5;

/** An accelerator on which some of the candidates fit. */
function tightHardware(rng: Rng): Hardware {
  return randomHardware(rng, integer(rng, 1, 32), {
    scratchpadWords: 2 ** integer(rng, 6, 18) + integer(rng, 0, 63),
    accumulatorWords: 2 ** integer(rng, 2, 14) + integer(rng, 0, 3),
    registerWords: pick([1, 1, 4, 60], rng),
  });
}

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

const STATUS_OF_RULE: Readonly<Record<Exclude<Violation["rule"], "factors">, number>> = {
  scratchpad: at.OVER_SCRATCHPAD,
  accumulator: at.OVER_ACCUMULATOR,
  register: at.OVER_REGISTER,
  "pe-rows": at.OVER_PE_ROWS,
  "pe-columns": at.OVER_PE_COLUMNS,
};

function brokenRules(mapping: Mapping, shape: LayerShape, hardware: Hardware): number {
  return violations(mapping, shape, hardware).reduce((bits, { rule }) => {
    assert.notEqual(rule, "factors", describe(mapping, shape));
    return bits | STATUS_OF_RULE[rule as keyof typeof STATUS_OF_RULE];
  }, 0);
}

test("a candidate costs Infinity if it breaks rules, which its status names, and else not", () => {
  const seed = 5;
  const rng = createRng(seed);
  const seen = new Map<number, number>();
  for (let round = 0; round < 64; round++) {
    const shape = LAYERS[round % LAYERS.length] as LayerShape;
    const hardware = tightHardware(rng);
    const mappings = Array.from({ length: 250 }, () => randomMapping(shape, rng));
    for (const [i, mapping] of mappings.entries()) engine.batch.write(i, mapping);

    engine.evaluateNow(shape, hardware, mappings.length);

    for (const [i, mapping] of mappings.entries()) {
      const { status, ...costs } = metrics(engine.batch, i);
      const broken = brokenRules(mapping, shape, hardware);
      const which = `seed ${seed}, round ${round}, candidate ${i}: ${describe(mapping, shape, hardware)}`;
      assert.equal(status & ~at.BOUND_BY_MASK, broken, which);
      assert.equal(engine.batch.feasible(i), broken === 0, which);
      for (const cost of Object.values(costs)) {
        assert.equal(cost === Number.POSITIVE_INFINITY, broken !== 0, which);
        assert.ok(cost > 0, which);
      }
      for (const rule of Object.values(STATUS_OF_RULE)) {
        if (broken & rule) seen.set(rule, (seen.get(rule) ?? 0) + 1);
      }
      // Which rules come alone: 0 is a candidate that fits.
      seen.set(-broken, (seen.get(-broken) ?? 0) + 1);
    }
  }
  assert.ok((seen.get(-0) ?? 0) > 1000, `seed ${seed}: ${seen.get(0)} candidates fit`);
  for (const [rule, bit] of Object.entries(STATUS_OF_RULE)) {
    assert.ok((seen.get(bit) ?? 0) > 500, `seed ${seed}: rule ${rule} broken ${seen.get(bit)} times`);
    assert.ok((seen.get(-bit) ?? 0) > 20, `seed ${seed}: rule ${rule} alone broken ${seen.get(-bit)} times`);
  }
});

test("tiles may fill a memory to the last word, and PEs the array to the last one", () => {
  const seed = 6;
  const rng = createRng(seed);
  for (let i = 0; i < 300; i++) {
    const { shape, mapping } = randomCase(rng);
    const tile = tileWords(mapping, shape);
    const exact: Hardware = {
      ...randomHardware(rng, 1),
      peDim: Math.max(mapping.spatialK, mapping.spatialC),
      scratchpadWords: tile.scratchpadWeights + tile.scratchpadInputs,
      accumulatorWords: tile.accumulatorOutputs,
      registerWords: tile.registerWeights,
    };
    const status = (change: Partial<Hardware>): number => {
      engine.batch.write(0, mapping);
      engine.evaluateNow(shape, { ...exact, ...change }, 1);
      return engine.batch.status(0) & at.INFEASIBLE_MASK;
    };
    const which = `seed ${seed}, case ${i}: ${describe(mapping, shape)}`;
    assert.equal(status({}), 0, which);
    assert.equal(status({ scratchpadWords: exact.scratchpadWords - 1 }), at.OVER_SCRATCHPAD, which);
    assert.equal(status({ accumulatorWords: exact.accumulatorWords - 1 }), at.OVER_ACCUMULATOR, which);
    assert.equal(status({ registerWords: exact.registerWords - 1 }), at.OVER_REGISTER, which);
    const most = exact.peDim;
    assert.equal(
      status({ peDim: most - 1 }),
      (mapping.spatialK === most ? at.OVER_PE_COLUMNS : 0) |
        (mapping.spatialC === most ? at.OVER_PE_ROWS : 0),
      which,
    );
  }
});

// By hand.

test("the first row of DOSA's Timeloop data comes out as worked by hand", () => {
  // ResNet-50's first layer on 32 x 32 PEs with 2 KiB of scratchpad and banks of 128 words.
  const shape = toLayerShape({ C: 3, K: 64, P: 112, Q: 112, R: 7, S: 7, Wstride: 2, Hstride: 2 });
  const mapping = parseMapping("L3[WIO] P28 R7 Q56 K8 - L2[WI] N1 K4X - L1[O] K2 S7 Q2 P2 C3X - L0[W] P2");
  const hardware = createHardware({ peDim: 32, scratchpadKib: 2, accumulatorKib: 16 });

  const found = engine.explain(mapping, shape, hardware);

  assert.deepEqual(found.accesses, {
    dram: {
      // A tile of 7 x 3 x 8 weights for each of 28 x 7 x 56 x 8 DRAM iterations, K innermost.
      weights: { reads: 168 * 87_808, writes: 0 },
      // (4 - 1) x 2 + 1 by (2 - 1) x 2 + (7 - 1) + 1 by 3 inputs; K brings no others, so 28 x 7 x 56 tiles.
      inputs: { reads: 7 * 9 * 3 * 10_976, writes: 0 },
      // 4 banks swap 2 x 2 x 4 outputs each in every DRAM iteration; 112 x 112 x 64 of them are new.
      outputs: { reads: 4 * 16 * 87_808 - 802_816, writes: 4 * 16 * 87_808 },
    },
    scratchpad: {
      // P and Q leave the weights where they are; S, K and all of DRAM move 12 of them.
      weights: { reads: 12 * 14 * 87_808, writes: 14_751_744 },
      // Each input goes to 4 columns at once.
      inputs: { reads: 118_013_952 / 4, writes: 2_074_464 },
    },
    accumulator: {
      // 3 rows are added up before they reach the accumulator.
      outputs: { reads: 38_535_168, writes: 39_337_984 + 5_619_712, updates: 39_337_984, fills: 5_619_712 },
    },
    register: { weights: { reads: 7 * 7 * 112 * 112 * 3 * 64, writes: 14_751_744 } },
  });
  assert.deepEqual(found.rooflineCycles, {
    compute: 118_013_952 / 12,
    // (38,535,168 + 39,337,984 + 5,619,712) words in 4 banks of 2 words per cycle.
    accumulator: 10_436_608,
    // (14,751,744 + 29,503,488 + 14,751,744 + 2,074,464) / 64, rounded up.
    scratchpad: 954_398,
    // (14,751,744 + 2,074,464 + 4,816,896 + 5,619,712) / 8 is 3,407,852; with Timeloop's roundings it is one
    // more.
    dram: 3_407_853,
  });
  assert.equal(found.latencyCycles, 10_436_608);
  assert.equal(found.boundBy, "accumulator");
  const { mac, register, accumulator, scratchpad, dram } = found.energyByComponentPj;
  assertPrinted(mac / 1e6, 66.18222, 5);
  assertPrinted(register / 1e6, 64.71819, 5);
  assertPrinted(accumulator / 1e6, 166.985728, 5);
  // 460,992 + 921,984 + 460,992 + 64,827 rows of 17.206 pJ.
  assertPrinted(scratchpad / 1e6, 32.84278, 5);
  // 230,496 + 32,414 + 75,264 + 87,808 bursts of 6,400 pJ.
  assertPrinted(dram / 1e6, 2726.2848, 5);
  assertPrinted(found.energyPj / 1e6, 3057.013731, 6);
  assertPrinted(found.edpJCycles, 31_904.85, 2);
});

test("consecutive input tiles share words along the innermost DRAM loop, as worked by hand", () => {
  // Row 291 of the same data.
  const shape = toLayerShape({ C: 3, K: 64, P: 108, Q: 108, R: 3, S: 3, Wstride: 2, Hstride: 2 });
  const mapping = parseMapping("L3[WIO] Q54 K16 P6 - L2[WI] N1 K4X - L1[O] S3 R3 C3 Q2 - L0[W] P18");

  const { accesses } = engine.explain(
    mapping,
    shape,
    createHardware({ peDim: 4, scratchpadKib: 64, accumulatorKib: 64 }),
  );

  // A tile of 37 by 5 by 3 moves by 36 along W: 555 words come first, 555 - 1 x 5 x 3 with each of 5 steps of
  // P.
  assert.equal(accesses.dram.inputs.reads, 54 * 16 * (555 + 5 * 540));
});

test("a tile that moves on by as much as before keeps its words across loops, as worked by hand", () => {
  const reads = (text: string): number => {
    const shape = toLayerShape({ P: 4, R: 2, K: 2 });
    const hardware = createHardware({ peDim: 4, scratchpadKib: 1, accumulatorKib: 1 });
    return engine.explain(parseMapping(text), shape, hardware).accesses.dram.inputs.reads;
  };

  // Words 0-1, 1-2, 2-3, 3-4. R moves by 1. P moves by 2 less the 1 of R: as before, so only one word comes.
  assert.equal(reads("L3[WIO] P2 R2 - L2[WI] N1 K2X - L1[O] N1 - L0[W] P2"), 2 + 1 + 1 + 1);
  // K in between moves nothing, but its step goes back by R: not as before, so both words come again.
  assert.equal(reads("L3[WIO] P2 K2 R2 - L2[WI] N1 - L1[O] N1 - L0[W] P2"), 2 + 1 + 2 + 1 + 1 + 1 + 2 + 1);
  // K innermost repeats every tile. R moves by 1 and not by 0 as K did, so both words come, always.
  assert.equal(reads("L3[WIO] P2 R2 K2 - L2[WI] N1 - L1[O] N1 - L0[W] P2"), 4 * 2);
  // P moves by 1 less the 1 of R, 0 as K did: nothing comes with P, one word with R in each of 4 steps of P.
  assert.equal(reads("L3[WIO] P4 R2 K2 - L2[WI] N1 - L1[O] N1 - L0[W] N1"), 1 + 4 * 1);
});

// Properties.

test("doubling a bandwidth never costs cycles, and energy does not depend on it", () => {
  const seed = 7;
  const rng = createRng(seed);
  const doubled = (bandwidth: Hardware["scratchpadBandwidth"]): Hardware["scratchpadBandwidth"] =>
    bandwidth.kind === "shared"
      ? { kind: "shared", words: 2 * bandwidth.words }
      : { kind: "split", readWords: 2 * bandwidth.readWords, writeWords: 2 * bandwidth.writeWords };
  let faster = 0;
  for (let i = 0; i < 1000; i++) {
    const { shape, mapping } = randomCase(rng);
    const hardware = randomHardware(rng, 4);
    const before = engine.explain(mapping, shape, hardware);
    for (const change of [
      { scratchpadBandwidth: doubled(hardware.scratchpadBandwidth) },
      { accumulatorBandwidth: doubled(hardware.accumulatorBandwidth) },
      { dramBandwidthWords: 2 * hardware.dramBandwidthWords },
    ]) {
      const after = engine.explain(mapping, shape, { ...hardware, ...change });

      const which = `seed ${seed}, case ${i}: ${describe(mapping, shape, { ...hardware, ...change })}`;
      assert.ok(after.latencyCycles <= before.latencyCycles, which);
      assert.ok(after.latencyCycles >= before.rooflineCycles.compute, which);
      assert.equal(after.energyPj, before.energyPj, which);
      if (after.latencyCycles < before.latencyCycles) faster++;
    }
  }
  assert.ok(faster > 500, `seed ${seed}: only ${faster} got faster`);
});

test("scratchpad rows are rounded up exactly where a multiple times the reciprocal is not", () => {
  // Array sizes of which (peDim * k) * (1 / peDim) exceeds k for some k.
  for (const peDim of [75, 77, 91, 93, 99, 105, 117, 123]) {
    const hardware = createHardware({ peDim, scratchpadKib: 64, accumulatorKib: 16 });
    for (let k = 1; k <= 60; k++) {
      for (const words of [peDim * k - 1, peDim * k, peDim * k + 1]) {
        const shape = toLayerShape({ C: words });
        const mapping = parseMapping(`L3[WIO] C${words} - L2[WI] N1 - L1[O] N1 - L0[W] N1`);

        const { energyByComponentPj } = engine.explain(mapping, shape, hardware);

        // Weights in, weights to registers, inputs in, inputs to MACs: each word once.
        const rows = 4 * Math.ceil(words / peDim);
        const each = accessEnergies(hardware).scratchpadPj;
        assert.equal(energyByComponentPj.scratchpad, rows * each, `${words} words, ${peDim} PEs`);
      }
    }
  }
});

test("counts stay exact integers in a layer of 2^50 MACs", () => {
  // One PE, everything streamed: 2^24 x 2^24 x 4 MACs, each moving a weight and an input.
  const shape = toLayerShape({ P: 2 ** 24, K: 2 ** 24, C: 4 });
  const mapping = parseMapping("L3[WIO] P16777216 K16777216 C4 - L2[WI] N1 - L1[O] N1 - L0[W] N1");

  const { accesses, energyByComponentPj, latencyCycles } = engine.explain(mapping, shape, {
    ...createHardware({ peDim: 3, scratchpadKib: 1, accumulatorKib: 1 }),
    dramBandwidthWords: 2,
  });

  assert.equal(accesses.register.weights.reads, 2 ** 50);
  assert.equal(accesses.dram.weights.reads, 2 ** 50);
  // C is innermost, and K outside it always goes back.
  assert.equal(accesses.dram.inputs.reads, 2 ** 50);
  // Each output stays for its four channels.
  assert.deepEqual(accesses.dram.outputs, { reads: 0, writes: 2 ** 48 });
  assert.equal(latencyCycles, (2 ** 50 + 2 ** 50 + 2 ** 48) / 2);
  assert.equal(energyByComponentPj.dram, (2 ** 50 + 2 ** 50 + 2 ** 48) * 100);
});

// The binaries.

test("the released kernel imports nothing, the shared one its memory alone", async () => {
  const names = (exports: readonly WebAssembly.ModuleExportDescriptor[]): readonly string[] =>
    exports.map(({ kind, name }) => `${kind} ${name}`).sort();

  assert.deepEqual(WebAssembly.Module.imports(module), []);
  assert.deepEqual(names(WebAssembly.Module.exports(module)), [
    "function evaluate",
    "function explain",
    "memory memory",
  ]);
  const shared = await loadSharedModule();
  assert.deepEqual(
    WebAssembly.Module.imports(shared).map(({ module, name, kind }) => `${module}.${name}: ${kind}`),
    ["env.memory: memory"],
  );
  assert.ok(names(WebAssembly.Module.exports(shared)).includes("function evaluate"));
});

for (const file of ["starlight.wasm", "starlight.shared.wasm"]) {
  test(`${file} runs no code when it is instantiated`, () => {
    const sections = sectionIds(readFileSync(new URL(`../../build/${file}`, import.meta.url)));
    const [type, code, start] = [1, 10, 8];

    assert.ok(sections.includes(type) && sections.includes(code), `sections ${sections}`);
    assert.ok(!sections.includes(start), `sections ${sections}`);
  });
}

/**
 * Ids of the sections of a WebAssembly binary: magic and version, then id, LEB128 size and content of each.
 */
function sectionIds(binary: Uint8Array): readonly number[] {
  assert.deepEqual([...binary.subarray(0, 8)], [0, 0x61, 0x73, 0x6d, 1, 0, 0, 0]);
  const ids: number[] = [];
  for (let i = 8; i < binary.length; ) {
    ids.push(binary[i++] as number);
    let size = 0;
    for (let shift = 0; ; shift += 7) {
      const byte = binary[i++] as number;
      size += (byte & 127) * 2 ** shift;
      if (byte < 128) break;
    }
    i += size;
  }
  return ids;
}

function describe(mapping: Mapping, shape: LayerShape, hardware?: Hardware): string {
  return [formatMapping(mapping), JSON.stringify(shape), JSON.stringify(hardware)].join(" ");
}

function metrics(batch: CandidateBatch, i: number) {
  return {
    latencyCycles: batch.latencyCycles(i),
    energyPj: batch.energyPj(i),
    edpJCycles: batch.edpJCycles(i),
    status: batch.status(i),
  };
}

function assertClose(found: number, expected: number, which: string): void {
  assert.ok(Math.abs(found - expected) <= 1e-12 * Math.abs(expected), `${found} for ${expected}, ${which}`);
}

/** Equal to a number that was printed with so many decimals. */
function assertPrinted(found: number, printed: number, decimals: number): void {
  assert.ok(Math.abs(found - printed) <= 0.5 * 10 ** -decimals * (1 + 1e-9), `${found} for ${printed}`);
}
