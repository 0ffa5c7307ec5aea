import assert from "node:assert/strict";
import { test } from "node:test";
import { createHardware } from "../../src/hardware/hardware.ts";
import type { Counters } from "../../src/rtl/counters.ts";
import type { RtlLayer } from "../../src/rtl/layer.ts";
import { createMachine, type MachineOptions } from "../../src/rtl/machine.ts";
import { createProgram, type ProgramOptions } from "../../src/rtl/program.ts";
import { fitMachine } from "../../src/rtl/tiling.ts";
import { parseMapping } from "../../src/space/mapping.ts";
import { toLayerShape } from "../../src/workload/layer.ts";
import { prebuiltSimulator } from "./prebuilt.ts";

// What an architect expects of the machine, in numbers worked out by hand, on the RTL without a datapath.

const simulator = await prebuiltSimulator(16, "cycles");

function simulate(
  fields: Parameters<typeof toLayerShape>[0],
  mapping: string,
  options: Partial<MachineOptions> = {},
  programOptions: ProgramOptions = {},
): Counters {
  const layer: RtlLayer = { shape: toLayerShape(fields) };
  const parsed = parseMapping(mapping);
  const hardware = createHardware({ peDim: 16, scratchpadKib: 64, accumulatorKib: 64 });
  const machine = fitMachine(createMachine(hardware, options), layer, parsed);
  const result = simulator.run(createProgram(machine, layer, parsed, programOptions));
  assert.equal(result.status, "done");
  return result.counters;
}

const CONVOLUTION = { K: 64, C: 64, P: 56, Q: 56, R: 3, S: 3 };
const GOOD = "L3[WIO] Q14 - L2[WI] N1 K16X - L1[O] K4 C4 R3 S3 Q4 C16X - L0[W] P56";

test("a 3x3 convolution with a good mapping keeps at least 95 % of the multipliers busy", () => {
  const { cycles, macs, executeRows } = simulate(CONVOLUTION, GOOD);

  assert.equal(macs, 64 * 64 * 56 * 56 * 9);
  assert.equal(executeRows, macs / 256);
  assert.ok(executeRows / cycles >= 0.95, `${executeRows / cycles}`);
});

test("DRAM bounds a layer with little reuse, within 5 % of its bandwidth", () => {
  // A matrix-vector product: every weight is used once.
  const { cycles, readBeats, writeBeats } = simulate(
    { K: 512, C: 512 },
    "L3[WIO] K8 C4 - L2[WI] N1 K16X - L1[O] K4 C8 C16X - L0[W] N1",
    { tileIssueCycles: 0 },
  );

  const least = ((readBeats + writeBeats) * 16) / 8;
  assert.ok(cycles >= least - 3 && cycles <= 1.05 * least, `${cycles} cycles, at least ${least}`);
});

test("a block of weights takes as many cycles as it has rows, however few inputs it meets", () => {
  const { cycles, executeRows, executeStallPreload } = simulate(
    { K: 64, C: 64, P: 2 },
    "L3[WIO] N1 - L2[WI] N1 K16X - L1[O] K4 C4 C16X - L0[W] P2",
    { dramBytesPerCycle: 64, busBytes: 64, tileIssueCycles: 0 },
  );

  assert.equal(executeRows, 2 * 16);
  assert.ok(cycles >= 16 * 16, `${cycles}`);
  assert.ok(executeStallPreload > 8 * 16, `${executeStallPreload}`);
});

test("a command of few rows takes its least number of cycles", () => {
  const narrow = { K: 16, C: 16, P: 3, Q: 100 };
  const mapping = "L3[WIO] N1 - L2[WI] N1 K16X - L1[O] Q100 C16X - L0[W] P3";
  const options = { dramBytesPerCycle: 64, busBytes: 64 };

  assert.equal(simulate(narrow, mapping, { ...options, minRows: 8 }).executeShortRows, 99 * 5);
  assert.equal(simulate(narrow, mapping, { ...options, minRows: 3 }).executeShortRows, 0);
});

test("tiny tiles cost what the processor needs to issue them", () => {
  const tiles = 64;
  const { cycles, executeStallIssue } = simulate(
    { K: 16, C: 16, P: tiles },
    `L3[WIO] P${tiles} - L2[WI] N1 K16X - L1[O] N1 C16X - L0[W] N1`,
    { tileIssueCycles: 300 },
  );

  assert.ok(cycles >= 300 * tiles && cycles < 310 * tiles + 500, `${cycles}`);
  assert.ok(executeStallIssue > 0.6 * cycles);
});

test("more bandwidth, deeper queues and more requests under way never cost more than a percent", () => {
  const base = { dramBytesPerCycle: 2, maxInflight: 2, loadQueue: 1, executeQueue: 1, storeQueue: 1 };
  const mapping = "L3[WIO] K2 Q28 - L2[WI] N1 K16X - L1[O] K2 C4 R3 S3 Q2 C16X - L0[W] P56";
  const slow = simulate(CONVOLUTION, mapping, base).cycles;

  for (const better of [
    { dramBytesPerCycle: 8 },
    { maxInflight: 16 },
    { loadQueue: 2, executeQueue: 2, storeQueue: 2 },
  ]) {
    const { cycles } = simulate(CONVOLUTION, mapping, { ...base, ...better });
    assert.ok(cycles <= 1.01 * slow, `${JSON.stringify(better)}: ${cycles} instead of ${slow}`);
  }
});

test("weights that stay save their reloads, and only those", () => {
  const kept = simulate(CONVOLUTION, GOOD);
  const reloaded = simulate(CONVOLUTION, GOOD, {}, { reuse: false });

  assert.equal(kept.weightBytes, 64 * 64 * 9);
  assert.equal(reloaded.weightBytes, 14 * kept.weightBytes);
  assert.equal(reloaded.inputBytes, kept.inputBytes);
});
