import assert from "node:assert/strict";
import { test } from "node:test";
import { loadModule } from "#kernels";
import { createEngine } from "../../src/fidelity/engine.ts";
import { accessEnergies } from "../../src/hardware/energy.ts";
import { createHardware, type Hardware, MAX_MEMORY_WORDS } from "../../src/hardware/hardware.ts";
import { parseMapping } from "../../src/space/mapping.ts";
import { violations } from "../../src/space/validity.ts";
import { toLayerShape } from "../../src/workload/layer.ts";

const engine = await createEngine(await loadModule(), 4096);

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

const gemmini = createHardware({ peDim: 16, scratchpadKib: 128, accumulatorKib: 32 });

test("the largest memory still tells a tile that is one word over from one that fits", async () => {
  const hardware: Hardware = {
    ...gemmini,
    scratchpadWords: MAX_MEMORY_WORDS,
    accumulatorWords: MAX_MEMORY_WORDS,
  };
  // 97 x 172,960 weights and 97 inputs are 2^24 + 1 words; 97 x 257 x 673 outputs are 2^24 + 1 words.
  const cases = [
    [toLayerShape({ C: 97, K: 172_960 }), "L3[WIO] N1 - L2[WI] N1 - L1[O] K172960 C97 - L0[W] N1"],
    [toLayerShape({ P: 97, Q: 257, K: 673 }), "L3[WIO] N1 - L2[WI] N1 - L1[O] P97 Q257 K673 - L0[W] N1"],
  ] as const;
  for (const [shape, text] of cases) {
    const mapping = parseMapping(text);
    engine.batch.write(0, mapping);

    engine.evaluateNow(shape, hardware, 1);

    assert.equal(violations(mapping, shape, hardware).length, 1, text);
    assert.equal(engine.batch.feasible(0), false, text);
  }
});

test("bandwidth that is shared in one memory and split in the other is refused", async () => {
  const mixed: Hardware = {
    ...gemmini,
    accumulatorBandwidth: { kind: "split", readWords: 1, writeWords: 1 },
  };

  assert.throws(() => engine.evaluateNow(toLayerShape({ K: 4 }), mixed, 1), RangeError);
});
