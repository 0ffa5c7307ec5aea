import assert from "node:assert/strict";
import { test } from "node:test";
import { loadModule } from "#kernels";
import { createEngine } from "../../src/fidelity/engine.ts";
import { createHardware, type Hardware } from "../../src/hardware/hardware.ts";
import { createRng } from "../../src/rng.ts";
import { parseMapping } from "../../src/space/mapping.ts";
import { toLayerShape } from "../../src/workload/layer.ts";
import { randomCase, randomHardware } from "./random-mapping.ts";
import { assertPrinted, describe } from "./support.ts";

const engine = await createEngine(await loadModule(), 4096);

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
