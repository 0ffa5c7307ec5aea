import assert from "node:assert/strict";
import { test } from "node:test";
import { loadModule } from "#kernels";
import { createMachineEvaluator } from "../../src/fidelity/machine-evaluator.ts";
import { MachineModel } from "../../src/fidelity/machine-model.ts";
import { createHardware } from "../../src/hardware/hardware.ts";
import { createRng, type Rng } from "../../src/rng.ts";
import { FLAGS, TILE_FIELDS, TILE_WORDS, type TileField } from "../../src/rtl/descriptor.ts";
import { createMachine, type Machine } from "../../src/rtl/machine.ts";
import { createProgram, walkTiles } from "../../src/rtl/program.ts";
import { fitMachine } from "../../src/rtl/tiling.ts";
import { parseMapping, toMapping } from "../../src/space/mapping.ts";
import { RawMapping } from "../../src/space/raw-mapping.ts";
import { createMappingSampler } from "../../src/space/sample.ts";
import { type LayerShape, macs, toLayerShape } from "../../src/workload/layer.ts";
import { testEvaluator } from "../conformance/evaluator.ts";
import { candidates, INVALID } from "../evaluators/cases.ts";

const module = await loadModule();

testEvaluator("event, polaris-rtl", {
  create: async () => createMachineEvaluator(module),
  valid: candidates(8),
  invalid: INVALID,
});

const pick = <T>(choices: readonly T[], rng: Rng): T => choices[Math.floor(rng() * choices.length)] as T;

/** A small layer with ragged edges of every kind, a machine, and a mapping; the padding of the mapping makes tiles ragged. */
function randomProgram(rng: Rng) {
  const upTo = (most: number): number => 1 + Math.floor(rng() * most);
  const dim = pick([4, 8, 16], rng);
  const shape = toLayerShape({
    N: upTo(2),
    K: upTo(40),
    C: upTo(40),
    P: upTo(12),
    Q: upTo(12),
    R: upTo(3),
    S: upTo(3),
    Wstride: upTo(2),
    Hstride: upTo(3),
    Wdilation: upTo(2),
    Hdilation: upTo(2),
  });
  const hardware = createHardware({ peDim: dim, scratchpadKib: 16, accumulatorKib: 8 });
  const raw = new RawMapping();
  createMappingSampler(shape, hardware)(rng, raw);
  // Bounds that tiles do not divide: the edge tile is smaller.
  const ragged = { ...shape } as Record<keyof LayerShape, number>;
  for (const d of ["N", "K", "C", "P", "Q", "R", "S"] as const)
    if (shape[d] > 2 && rng() < 0.4) ragged[d] = shape[d] - 1;
  const layer = { shape: ragged };
  const mapping = toMapping(raw);
  const machine = fitMachine(
    createMachine(hardware, { busBytes: pick([4, 16, 64], rng), dramBytesPerCycle: pick([2, 8, 32], rng) }),
    layer,
    mapping,
  );
  return { machine, layer, mapping, reuse: rng() < 0.6 };
}

/** What the RTL counts, from the descriptors that it is given, one by one. */
function countTiles(words: Int32Array, machine: Machine) {
  const { dim } = machine;
  const totals = {
    tiles: 0,
    macs: 0,
    weightRegisterWrites: 0,
    accumulatorReads: 0,
    accumulatorWrites: 0,
    accumulatorStoreReads: 0,
    accumulatorPartialWrites: 0,
    scratchpadInputReads: 0,
    scratchpadWeightReads: 0,
    scratchpadWrites: 0,
    inputBytes: 0,
    weightBytes: 0,
    partialReadBytes: 0,
    partialWriteBytes: 0,
    outputBytes: 0,
  };
  for (let at = 0; at < words.length; at += TILE_WORDS) {
    const field = (name: TileField): number => words[at + TILE_FIELDS.indexOf(name)] as number;
    const has = (flag: keyof typeof FLAGS): boolean => (field("flags") & FLAGS[flag]) !== 0;
    const [n, q, p, k, c, s, r] = (["n", "q", "p", "k", "c", "s", "r"] as const).map(field) as [
      number,
      number,
      number,
      number,
      number,
      number,
      number,
    ];
    const [blocksK, blocksC] = [Math.ceil(k / dim), Math.ceil(c / dim)];
    const pixels = n * q * p;
    const window = n * field("window_height") * field("window_width");
    const rows = blocksK * blocksC * s * r * pixels;
    totals.tiles++;
    totals.macs += pixels * k * c * s * r;
    totals.weightRegisterWrites += k * c * s * r;
    totals.scratchpadWeightReads += blocksK * c * s * r;
    totals.scratchpadInputReads += rows;
    totals.accumulatorWrites += rows;
    totals.accumulatorReads += has("accumulate") ? rows : rows - blocksK * pixels;
    if (has("loadInputs")) {
      totals.inputBytes += window * c;
      totals.scratchpadWrites += window * blocksC;
    }
    if (has("loadWeights")) {
      totals.weightBytes += k * c * s * r;
      totals.scratchpadWrites += blocksK * c * s * r;
    }
    if (has("loadPartials")) {
      totals.partialReadBytes += 4 * k * pixels;
      totals.accumulatorPartialWrites += blocksK * pixels;
    }
    if (has("store")) {
      totals.accumulatorStoreReads += blocksK * pixels;
      if (has("storePartials")) totals.partialWriteBytes += 4 * k * pixels;
      else totals.outputBytes += k * pixels;
    }
  }
  return totals;
}

test("the model counts what the descriptors of 400 random programs make the RTL do, and bounds hold", () => {
  const model = new MachineModel(module);
  for (let seed = 0; seed < 400; seed++) {
    const { machine, layer, mapping, reuse } = randomProgram(createRng(77, seed));
    const program = createProgram(machine, layer, mapping, { reuse });
    const words = new Int32Array(program.tiles * TILE_WORDS);
    walkTiles(program).write(words);
    model.open(machine, layer.shape, { reuse });
    model.write(0, program.tiling);
    model.simulate(1);

    const { cycles, ...counted } = model.counters(0);

    const expected = countTiles(words, machine);
    assert.deepEqual(counted, expected, `seed ${seed}`);
    const bytes =
      expected.inputBytes +
      expected.weightBytes +
      expected.partialReadBytes +
      expected.partialWriteBytes +
      expected.outputBytes;
    assert.ok(cycles >= expected.scratchpadInputReads, `seed ${seed}: faster than a row a cycle`);
    assert.ok(
      cycles >= bytes / Math.min(machine.busBytes, machine.dramBytesPerCycle) - machine.busBytes,
      `seed ${seed}: faster than DRAM`,
    );
  }
});

test("a layer that reuses everything runs at the speed of the array", () => {
  const hardware = createHardware({ peDim: 16, scratchpadKib: 256, accumulatorKib: 64 });
  const shape = toLayerShape({ K: 64, C: 64, P: 56, Q: 56, R: 3, S: 3 });
  const mapping = parseMapping("L3[WIO] Q7 - L2[WI] N1 K16X - L1[O] K4 C4 R3 S3 C16X - L0[W] P56 Q8");
  const model = new MachineModel(module);
  model.open(createMachine(hardware), shape);
  model.write(
    0,
    createProgram(fitMachine(createMachine(hardware), { shape }, mapping), { shape }, mapping).tiling,
  );

  model.simulate(1);

  const utilisation = macs(shape) / (256 * model.cycles(0));
  assert.ok(utilisation > 0.95 && utilisation <= 1, String(utilisation));
});

test("slower memory, a longer way to it and dearer tiles make no layer faster by more than 2 %", () => {
  const model = new MachineModel(module);
  for (let seed = 0; seed < 100; seed++) {
    const { machine, layer, mapping } = randomProgram(createRng(78, seed));
    const { tiling } = createProgram(machine, layer, mapping);
    const cycles = (change: Partial<Machine>): number => {
      model.open({ ...machine, ...change }, layer.shape);
      model.write(0, tiling);
      model.simulate(1);
      return model.cycles(0);
    };
    const plain = cycles({});

    for (const change of [
      { dramBytesPerCycle: machine.dramBytesPerCycle / 2 },
      { dramLatencyCycles: 2 * machine.dramLatencyCycles },
      { tileIssueCycles: 2 * machine.tileIssueCycles },
    ]) {
      const changed = cycles(change);
      assert.ok(changed >= 0.98 * plain, `seed ${seed}: ${JSON.stringify(change)}: ${plain} to ${changed}`);
    }
  }
});

test("a candidate has the same answer alone, in a batch, and after other layers", () => {
  const one = new MachineModel(module);
  const many = new MachineModel(module);
  for (let seed = 0; seed < 40; seed++) {
    const { machine, layer, mapping, reuse } = randomProgram(createRng(79, seed));
    const { tiling } = createProgram(machine, layer, mapping, { reuse });
    for (const model of [one, many]) model.open(machine, layer.shape, { reuse });
    one.write(0, tiling);
    one.simulate(1);
    for (let i = 0; i < many.capacity; i++) many.write(i, tiling);
    many.simulate(many.capacity);

    for (let i = 0; i < many.capacity; i++) assert.equal(many.cycles(i), one.cycles(0), `seed ${seed}`);
  }
});
