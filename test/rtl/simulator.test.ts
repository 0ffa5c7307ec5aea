import assert from "node:assert/strict";
import { test } from "node:test";
import { Worker } from "node:worker_threads";
import { createHardware } from "../../src/hardware/hardware.ts";
import { createMachine, type Machine } from "../../src/rtl/machine.ts";
import { loadPrebuilt } from "../../src/rtl/prebuilt.node.ts";
import { createProgram, type Program } from "../../src/rtl/program.ts";
import { fitMachine, tilingProblem } from "../../src/rtl/tiling.ts";
import { parseMapping } from "../../src/space/mapping.ts";
import { toLayerShape } from "../../src/workload/layer.ts";
import { prebuiltSimulator } from "./prebuilt.ts";

const LAYER = { shape: toLayerShape({ K: 32, C: 32, P: 14, Q: 14, R: 3, S: 3 }) };
const MAPPING = parseMapping("L3[WIO] Q7 C2 - L2[WI] N1 K8X - L1[O] K4 C2 R3 S3 Q2 C8X - L0[W] P14");

function program(change: Partial<Machine> = {}): Program {
  const hardware = createHardware({ peDim: 8, scratchpadKib: 32, accumulatorKib: 16 });
  return createProgram({ ...createMachine(hardware), ...change }, LAYER, MAPPING);
}

test("a run from reset is the same whatever ran before, and however it is sliced", async () => {
  const simulator = await prebuiltSimulator(8, "cycles");
  const first = simulator.run(program());

  const capped = simulator.run(program(), { maxCycles: 1234 });
  const again = simulator.run(program());

  assert.equal(first.status, "done");
  assert.equal(capped.status, "cycle-cap");
  assert.equal(capped.cycles, 1234);
  assert.deepEqual(again, first);
});

test("a run is aborted between slices", async () => {
  const simulator = await prebuiltSimulator(8, "cycles");

  const result = simulator.run(program({ tileIssueCycles: 65_535 }), { aborted: () => true });

  assert.equal(result.status, "aborted");
  assert.equal(result.cycles, 65_536);
});

test("a machine in which nothing moves for long enough is called a deadlock", async () => {
  const simulator = await prebuiltSimulator(8, "cycles");

  const result = simulator.run(program({ dramLatencyCycles: 65_535 }), { watchdogCycles: 1000 });

  assert.equal(result.status, "deadlock");
});

test("a trace has the spans of each unit for each tile, in order", async () => {
  const simulator = await prebuiltSimulator(8, "cycles");
  const { cycles, trace } = simulator.run(program(), { traceTiles: 14 });

  for (const unit of ["load", "execute"] as const) {
    const spans = trace.filter((span) => span.unit === unit);
    assert.deepEqual(
      spans.map(({ tile }) => tile),
      Array.from({ length: 14 }, (_, i) => i),
    );
    for (const [i, { startCycle, endCycle }] of spans.entries()) {
      assert.ok(startCycle <= endCycle && endCycle <= cycles);
      assert.ok(i === 0 || startCycle > (spans[i - 1]?.endCycle ?? 0));
    }
  }
  // Only every second tile completes its outputs.
  assert.deepEqual(
    trace.filter(({ unit }) => unit === "store").map(({ tile }) => tile),
    [1, 3, 5, 7, 9, 11, 13],
  );
});

test("a compiled module is posted to a worker thread and runs there", async () => {
  const worker = new Worker(
    `const { parentPort, workerData } = require("node:worker_threads");
     const imports = Object.fromEntries(WebAssembly.Module.imports(workerData).map(({ name }) => [name, () => 0]));
     WebAssembly.instantiate(workerData, { wasi_snapshot_preview1: imports }).then(({ exports }) => {
       exports._initialize();
       parentPort.postMessage(exports.polaris_dim());
     });`,
    { eval: true, workerData: await loadPrebuilt(8, "cycles") },
  );
  try {
    assert.equal(await new Promise((resolve) => worker.once("message", resolve)), 8);
  } finally {
    await worker.terminate();
  }
});

test("mappings that the machine cannot run are named, not simulated", () => {
  const machine = createMachine(createHardware({ peDim: 8, scratchpadKib: 1, accumulatorKib: 1 }));

  assert.match(
    tilingProblem(machine, LAYER, MAPPING) ?? "",
    /^scratchpad: a tile takes 704 rows, 256 are there$/,
  );
  assert.equal(tilingProblem(fitMachine(machine, LAYER, MAPPING), LAYER, MAPPING), undefined);
  assert.match(
    tilingProblem(machine, LAYER, parseMapping("L3[WIO] N1 - L2[WI] P14 - L1[O] N1 - L0[W] N1")) ?? "",
    /^temporal P loop at the scratchpad/,
  );
  assert.throws(() => createProgram(machine, LAYER, MAPPING), RangeError);
});
