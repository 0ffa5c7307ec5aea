import assert from "node:assert/strict";
import { test } from "node:test";
import { loadModule } from "#kernels";
import { createEngine } from "../../src/fidelity/engine.ts";
import { createHardware, type Hardware, MAX_MEMORY_WORDS } from "../../src/hardware/hardware.ts";
import { parseMapping } from "../../src/space/mapping.ts";
import { violations } from "../../src/space/validity.ts";
import { toLayerShape } from "../../src/workload/layer.ts";

const gemmini = createHardware({ peDim: 16, scratchpadKib: 128, accumulatorKib: 32 });

test("the largest memory still tells a tile that is one word over from one that fits", async () => {
  const engine = await createEngine(await loadModule(), 1);
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
  const engine = await createEngine(await loadModule(), 1);
  const mixed: Hardware = {
    ...gemmini,
    accumulatorBandwidth: { kind: "split", readWords: 1, writeWords: 1 },
  };

  assert.throws(() => engine.evaluateNow(toLayerShape({ K: 4 }), mixed, 1), RangeError);
});
