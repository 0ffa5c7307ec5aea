import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, test } from "node:test";
import { createEmbeddedPool } from "../../src/evaluators/embedded-pool.ts";
import { createNativePool } from "../../src/evaluators/native-pool.ts";
import { checkedLayer, randomOperands } from "../../src/evaluators/rtl-check.ts";
import { createRtlEvaluator } from "../../src/evaluators/rtl-evaluator.ts";
import type { RtlRun } from "../../src/evaluators/rtl-job.ts";
import type { NetToggles } from "../../src/evaluators/toggles.ts";
import { createHardware } from "../../src/hardware/hardware.ts";
import { createRng } from "../../src/rng.ts";
import { parseMapping, toMapping } from "../../src/space/mapping.ts";
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

/** Bit changes from sample to sample of each variable of a VCD, by scope and name. */
function togglesShown(vcd: string): ReadonlyMap<string, number> {
  const scopes: string[] = [];
  const codes = new Map<string, string>();
  const values = new Map<string, bigint>();
  const toggles = new Map<string, number>();
  for (const line of vcd.split("\n").map((text) => text.trim())) {
    const [word = "", second = "", , code = "", name = ""] = line.split(/ +/);
    if (word === "$scope") scopes.push(line.split(/ +/)[2] ?? "");
    else if (word === "$upscope") scopes.pop();
    else if (word === "$var") codes.set([...scopes, name].join("."), code);
    else if (/^[01b]/.test(word)) {
      const net = word.startsWith("b") ? second : word.slice(1);
      const value = BigInt(`0b${word.startsWith("b") ? word.slice(1) : word[0]}`);
      const before = values.get(net) ?? value;
      toggles.set(net, (toggles.get(net) ?? 0) + ones(value ^ before));
      values.set(net, value);
    }
  }
  return new Map([...codes].map(([name, code]) => [name, toggles.get(code) ?? 0]));
}

function ones(value: number | bigint): number {
  return value.toString(2).replaceAll("0", "").length;
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

  test("toggles of every net are those that the waveforms of the same run show", async () => {
    const pool = await createNativePool(1, { folder });
    const stop = new Int32Array(new SharedArrayBuffer(4));
    const waves = join(folder, "t.vcd");

    for (const design of designs(4, 3)) {
      const run = await pool.run(design, { checkSeed: 5, toggles: true, waves }, stop);
      const alone = await pool.run(design, { checkSeed: 5, toggles: true }, stop);

      assert.equal(run.wrongOutputs, 0);
      const shown = togglesShown(readFileSync(waves, "latin1"));
      const key = ({ scope, name }: NetToggles): string => `${scope}.${name}`;
      // The clock, and sinks of it, are in the file only.
      const counts = ({ toggles = [] }: RtlRun) => toggles.filter(({ name }) => !/^(clk|unused)$/.test(name));
      const counted = counts(run);
      assert.ok(counted.some(({ name, toggles }) => name === "psum_out" && toggles > run.cycles));
      for (const one of counted) assert.equal(one.toggles, shown.get(key(one)), key(one));
      assert.deepEqual(counts(alone), counted);
      const embedded = createEmbeddedPool(1);
      const { cycles, counters } = await embedded.run(design, {}, stop);
      await embedded.close();
      assert.deepEqual([run.cycles, run.counters], [cycles, counters]);
    }
  });

  test("weight registers toggle as the order of blocks and the weights in DRAM say", async () => {
    const layer = checkedLayer(toLayerShape({ K: 8, C: 8, P: 6, Q: 3, R: 3, S: 3 }));
    const mapping = parseMapping("L3[WIO] N1 - L2[WI] N1 K4X - L1[O] K2 C2 R3 S3 Q3 C4X - L0[W] P6");
    const hardware = createHardware({ peDim: 4, scratchpadKib: 8, accumulatorKib: 4 });
    const { weights } = randomOperands(layer, 9);
    const pool = await createNativePool(1, { folder });

    const { toggles = [] } = await pool.run(
      { shape: layer.shape, mapping, hardware },
      { checkSeed: 9, toggles: true },
      new Int32Array(new SharedArrayBuffer(4)),
    );

    // Blocks of 4 outputs, of 4 inputs, taps; every other one in the same registers, which were 0. Weights lie as S R C K.
    const blocks = Array.from({ length: 36 }, (_, t) => {
      const [k, c, tap] = [Math.floor(t / 18) * 4, (Math.floor(t / 9) % 2) * 4, t % 9];
      return (i: number, j: number): number => weights[(tap * 8 + c + i) * 8 + k + j] as number;
    });
    for (let i = 0; i < 4; i++) {
      for (let j = 0; j < 4; j++) {
        for (const bank of [0, 1]) {
          let expected = 0;
          for (let t = bank; t < 36; t += 2)
            expected += ones(((blocks[t]?.(i, j) ?? 0) ^ (blocks[t - 2]?.(i, j) ?? 0)) & 0xff);
          const pe = `.g_row[${i}].g_column[${j}].u_pe`;
          const net = toggles.find(({ scope, name }) => scope.endsWith(pe) && name === `weights_${bank}`);
          assert.equal(net?.toggles, expected, `${pe} ${bank}`);
        }
      }
    }
  });
}
