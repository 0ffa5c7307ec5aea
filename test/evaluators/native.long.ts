import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, test } from "node:test";
import { createEmbeddedPool } from "../../src/evaluators/embedded-pool.ts";
import { createNativePool } from "../../src/evaluators/native-pool.ts";
import { createRtlEvaluator } from "../../src/evaluators/rtl-evaluator.ts";
import { createHardware } from "../../src/hardware/hardware.ts";
import { createRng } from "../../src/rng.ts";
import { toMapping } from "../../src/space/mapping.ts";
import { RawMapping } from "../../src/space/raw-mapping.ts";
import { createMappingSampler } from "../../src/space/sample.ts";
import { toLayerShape } from "../../src/workload/layer.ts";
import { testEvaluator } from "../conformance/evaluator.ts";
import { INVALID } from "./cases.ts";

/** Why native machines cannot be built here, if they cannot. */
function missing(): string | false {
  try {
    execFileSync(process.env["VERILATOR"] || "verilator", ["--version"], { stdio: "ignore" });
    execFileSync(process.env["CXX"] || "c++", ["--version"], { stdio: "ignore" });
    return false;
  } catch {
    return "needs the Debian packages verilator, g++ and make";
  }
}

const skip = missing();
const folder = mkdtempSync(join(tmpdir(), "polaris-"));
after(() => rmSync(folder, { recursive: true, force: true }));
const shape = toLayerShape({ K: 20, C: 12, P: 9, Q: 6, R: 3, S: 3, Wstride: 2 });

function designs(peDim: number, count: number) {
  const hardware = createHardware({ peDim, scratchpadKib: 8, accumulatorKib: 4 });
  const sample = createMappingSampler(shape, hardware);
  const rng = createRng(peDim);
  const raw = new RawMapping();
  return Array.from({ length: count }, () => {
    sample(rng, raw);
    return { shape, hardware, mapping: toMapping(raw) };
  });
}

if (skip) {
  test("native RTL", { skip }, () => undefined);
} else {
  testEvaluator("native RTL", {
    create: async () => createRtlEvaluator(await createNativePool(2, { folder })),
    valid: designs(6, 3),
    invalid: INVALID,
  });

  test("native and embedded RTL have the same cycles and counters on 60 random designs", async () => {
    const [native, embedded] = [
      createRtlEvaluator(await createNativePool(2, { folder })),
      createRtlEvaluator(createEmbeddedPool(2)),
    ];
    const asked = designs(8, 60);

    const [a, b] = await Promise.all([native.evaluate(asked), embedded.evaluate(asked)]);
    await embedded.close();

    assert.deepEqual(a, b);
  });

  test("an array of an odd size computes right, and writes waveforms", async () => {
    const pool = await createNativePool(1, { folder });
    const stop = new Int32Array(new SharedArrayBuffer(4));
    const waves = join(folder, "w.vcd");

    for (const design of designs(6, 4)) {
      const run = await pool.run(design, { checkSeed: 1, waves }, stop);

      assert.equal(run.status, "done");
      assert.equal(run.wrongOutputs, 0);
      const text = readFileSync(waves, "latin1");
      assert.match(text, /\$scope module u_accelerator \$end/);
      // Two samples a cycle.
      const samples = text.match(/^#\d+$/gm)?.length ?? 0;
      assert.ok(samples >= 2 * run.cycles && samples < 2 * run.cycles + 20, `${samples}, ${run.cycles}`);
    }
  });
}
