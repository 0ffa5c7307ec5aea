import assert from "node:assert/strict";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { createEmbeddedPool } from "../../src/evaluators/embedded-pool.ts";
import { openRtlEvaluator } from "../../src/evaluators/open.ts";
import { countWrongOutputs, randomOperands } from "../../src/evaluators/rtl-check.ts";
import { createRtlEvaluator } from "../../src/evaluators/rtl-evaluator.ts";
import { simulateCases } from "../../src/evaluators/simulate.ts";
import type { Candidate } from "../../src/fidelity/evaluator.ts";
import type { Explanation } from "../../src/fidelity/explanation.ts";
import { energyDifferences, machineEnergy } from "../../src/fidelity/machine-energy.ts";
import { createHardware } from "../../src/hardware/hardware.ts";
import { createRng } from "../../src/rng.ts";
import { COUNTERS, type Counters } from "../../src/rtl/counters.ts";
import { createMachine } from "../../src/rtl/machine.ts";
import { loadPrebuilt } from "../../src/rtl/prebuilt.node.ts";
import { createProgram } from "../../src/rtl/program.ts";
import { createSimulator } from "../../src/rtl/simulator.ts";
import { fitMachine } from "../../src/rtl/tiling.ts";
import { parseMapping } from "../../src/space/mapping.ts";
import { loadEngine } from "../../src/starlight.ts";
import { toLayerShape } from "../../src/workload/layer.ts";
import { testEvaluator } from "../conformance/evaluator.ts";
import { INVALID } from "./cases.ts";

const hardware = createHardware({ peDim: 8, scratchpadKib: 32, accumulatorKib: 8 });
const shape = toLayerShape({ K: 16, C: 12, P: 6, Q: 4, R: 3, S: 3 });
const design = (mapping: string, other: Partial<Candidate> = {}): Candidate => ({
  shape,
  hardware,
  mapping: parseMapping(mapping),
  ...other,
});
const valid: readonly Candidate[] = [
  design("L3[WIO] K2 Q2 - L2[WI] N1 K8X - L1[O] C2 R3 S3 Q2 C6X - L0[W] P6"),
  design("L3[WIO] C2 P3 - L2[WI] N1 K8X - L1[O] K2 R3 S3 Q4 C6X - L0[W] P2"),
  design("L3[WIO] R3 P2 - L2[WI] N1 K4X - L1[O] K4 C3 S3 Q4 C4X - L0[W] P3", {
    hardware: createHardware({ peDim: 4, scratchpadKib: 32, accumulatorKib: 8 }),
  }),
];
const [first] = valid as [Candidate];

/** Long enough for an abort to find it under way. */
const LONG = design("L3[WIO] Q256 K256 - L2[WI] N1 K8X - L1[O] C512 P16 R3 S3 - L0[W] P16", {
  shape: toLayerShape({ K: 2048, C: 512, P: 256, Q: 256, R: 3, S: 3 }),
  hardware: createHardware({ peDim: 8, scratchpadKib: 2048, accumulatorKib: 512 }),
});

testEvaluator("embedded RTL", {
  create: async () => createRtlEvaluator(createEmbeddedPool(2)),
  valid,
  invalid: INVALID,
});

/** What most cycles of the array went to. */
function busiest(counters: Counters): string | undefined {
  const shares: readonly (readonly [string, number])[] = [
    ["execute", counters.executeRows + counters.executeShortRows + counters.executeStallPreload],
    ["load", counters.executeStallWeights + counters.executeStallInputs + counters.executeStallPartials],
    ["store", counters.executeStallHazard + counters.executeStallStore],
    ["issue", counters.executeStallIssue],
  ];
  return [...shares].sort(([, a], [, b]) => b - a)[0]?.[0];
}

test("an outcome has the cycles and counters of the RTL, and the energy of what it counted", async () => {
  const evaluator = createRtlEvaluator(createEmbeddedPool(1));
  const machine = fitMachine(createMachine(hardware), { shape }, first.mapping);
  const simulator = await createSimulator(await loadPrebuilt(8, "cycles"));
  const { cycles, counters } = simulator.run(createProgram(machine, { shape }, first.mapping));

  const [outcome] = await evaluator.evaluate([first]);
  await evaluator.close();

  assert.ok(outcome?.status === "priced");
  assert.equal(outcome.latencyCycles, cycles);
  assert.deepEqual(outcome.counters, counters);
  assert.equal(outcome.energyPj, machineEnergy(counters, hardware).totalPj);
  assert.equal(outcome.boundBy, busiest(counters));
});

test("a machine and a host that are asked for are those that run", async () => {
  const cyclesOf = async (options: Parameters<typeof createEmbeddedPool>[1]): Promise<number> => {
    const evaluator = createRtlEvaluator(createEmbeddedPool(1, options));
    const [outcome] = await evaluator.evaluate([first]);
    await evaluator.close();
    assert.ok(outcome?.status === "priced");
    return outcome.latencyCycles;
  };
  const plain = await cyclesOf({});

  assert.ok((await cyclesOf({ machine: { dramLatencyCycles: 2000 } })) > plain + 1900);
  assert.ok((await cyclesOf({ reuse: false })) > plain);
});

test("what a build cannot do is infeasible with the reason, what takes too long has failed", async () => {
  const evaluator = createRtlEvaluator(createEmbeddedPool(1, { maxCycles: 500 }));
  const odd = { ...first, hardware: createHardware({ peDim: 12, scratchpadKib: 32, accumulatorKib: 8 }) };

  const [long, missing] = await evaluator.evaluate([first, odd]);
  await evaluator.close();

  assert.deepEqual(long, { status: "failed", reason: "not done after 500 cycles" });
  assert.ok(missing?.status === "infeasible");
  assert.match(missing.reason, /^the embedded RTL has 4, 8, 16, 32, 64 PEs a side, not 12/);
});

test("an abort ends a run that is under way, and the threads work on", async () => {
  const evaluator = createRtlEvaluator(createEmbeddedPool(1));
  const controller = new AbortController();
  const reason = new Error("enough");

  const running = evaluator.evaluate([LONG], controller.signal);
  setTimeout(() => controller.abort(reason), 300);

  await assert.rejects(running, reason);
  assert.equal((await evaluator.evaluate([first]))[0]?.status, "priced");
  await evaluator.close();
});

test("a simulation with data checks every output; a wrong one would be found", async () => {
  const pool = createEmbeddedPool(2);
  const cases = valid.map((candidate, i) => ({ name: `d${i}`, count: 1, candidate }));
  const found = [];
  for await (const one of simulateCases(
    pool,
    cases,
    { checkSeed: 3, traceTiles: 2 },
    new AbortController().signal,
  ))
    found.push(one);
  await pool.close();

  assert.deepEqual(
    found.map(({ name, outcome }) => [name, outcome.status]),
    [
      ["d0", "priced"],
      ["d1", "priced"],
      ["d2", "priced"],
    ],
  );
  assert.deepEqual(
    found[0]?.trace.filter(({ tile }) => tile === 0).map(({ unit }) => unit),
    ["load", "execute", "store"],
  );

  const layer = { shape };
  const operands = randomOperands(layer, 1);
  const { N, K, P, Q } = shape;
  assert.ok(countWrongOutputs(layer, operands, new Int8Array(N * K * P * Q)) > 100);
});

test("answers of one machine are never taken for those of another, and the same are not asked for again", async () => {
  const cache = mkdtempSync(join(tmpdir(), "polaris-"));
  try {
    const engine = await loadEngine(64);
    const ask = async (latency: number, maxCycles: number) => {
      const evaluator = await openRtlEvaluator(
        { kind: "embedded", workers: 1, machine: { dramLatencyCycles: latency }, maxCycles },
        { engine, rng: createRng(1), cache },
      );
      const [outcome] = await evaluator.evaluate([first]);
      await evaluator.close();
      return outcome;
    };
    const slow = await ask(1000, 1e6);
    const quick = await ask(10, 1e6);

    assert.notDeepEqual(quick, slow);
    // With a cap of one cycle nothing can be simulated: what comes was stored.
    assert.deepEqual(await ask(1000, 1), slow);
  } finally {
    rmSync(cache, { recursive: true, force: true });
  }
});

test("energy that differs where the counts do not is explained", () => {
  const none = { reads: 0, writes: 0 };
  const explanation = {
    accesses: {
      dram: {
        weights: { reads: 16, writes: 0 },
        inputs: { reads: 16, writes: 0 },
        outputs: { reads: 0, writes: 32 },
      },
      scratchpad: { weights: none, inputs: none },
      accumulator: { outputs: { ...none, updates: 0, fills: 0 } },
      register: { weights: none },
    },
    // Three operands, a burst each.
    energyByComponentPj: { mac: 0, register: 0, accumulator: 0, scratchpad: 0, dram: 3 * 64 * 8 * 12.5 },
  } as Explanation;
  const moved = (bytes: Partial<Counters>): string | undefined => {
    const zero = Object.fromEntries(COUNTERS.map((name) => [name, 0]));
    const counters = { ...zero, inputBytes: 16, weightBytes: 16, outputBytes: 32, ...bytes } as Counters;
    const accelerator = createHardware({ peDim: 16, scratchpadKib: 100, accumulatorKib: 8 });
    return energyDifferences(counters, accelerator, explanation).find(({ component }) => component === "dram")
      ?.why;
  };

  assert.match(moved({}) ?? "", /^analytically each operand is paid in whole bursts of 64 bytes/);
  assert.match(moved({ inputBytes: 144 }) ?? "", /^the RTL loads the whole window [^;]*$/);
  assert.match(moved({ inputBytes: 96 }) ?? "", /^the RTL loads the whole window .*; analytically each/);
});

test("energy is what was counted times the price of an access, component by component", () => {
  const counters = {
    macs: 1000,
    weightRegisterWrites: 10,
    accumulatorReads: 1,
    accumulatorWrites: 2,
    accumulatorStoreReads: 3,
    accumulatorPartialWrites: 4,
    scratchpadInputReads: 5,
    scratchpadWeightReads: 6,
    scratchpadWrites: 7,
    inputBytes: 64,
    weightBytes: 32,
    partialReadBytes: 16,
    partialWriteBytes: 8,
    outputBytes: 8,
  } as Counters;
  const accelerator = createHardware({ peDim: 16, scratchpadKib: 100, accumulatorKib: 8 });

  const { totalPj, byComponentPj } = machineEnergy(counters, accelerator);

  const { mac, register, accumulator, scratchpad, dram } = byComponentPj;
  const near = (found: number, wanted: number): void =>
    assert.ok(Math.abs(found / wanted - 1) < 1e-9, `${found}, not ${wanted}`);
  near(mac, 1000 * (8.63 / 16 + 0.0857 / 4));
  near(register, 1010 * (8 / 16) * (1 + (5 / 99.5) * (8 / 8192 - 0.5)));
  // 10 rows of 16 words: 128 rows a bank are half a KiB, 1 pJ for 16 bits.
  near(accumulator, 10 * 16 * 2);
  // 18 rows of 128 bits in 100 KiB: 6 pJ for 16 bits.
  near(scratchpad, 18 * 8 * 6);
  // 2 bursts of 64 bytes at 12.5 pJ a bit.
  near(dram, 2 * 64 * 8 * 12.5);
  near(totalPj, mac + register + accumulator + scratchpad + dram);
});
