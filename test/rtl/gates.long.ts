import assert from "node:assert/strict";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, test } from "node:test";
import { checkRandomRun } from "./check-run.ts";
import { prebuiltSimulator } from "./prebuilt.ts";
import { buildSimulator, runScript, skipWithout } from "./tools.ts";

// The same machine in three other forms: built again, with the array that is synthesised, and as gates.

const SKIP = skipWithout("verilator", "clang++-19");
const SKIP_GATES = skipWithout("yosys", "verilator", "clang++-19");
const folder = mkdtempSync(join(tmpdir(), "polaris-rtl-test-"));
after(() => rmSync(folder, { recursive: true, force: true }));

test("the RTL built here and the prebuilt one agree in results and cycles, dim 8, in 100 random runs", {
  skip: SKIP,
}, async () => {
  const built = await buildSimulator(8, join(folder, "built"));
  const prebuilt = await prebuiltSimulator(8, "full");

  for (let seed = 0; seed < 100; seed++) {
    assert.deepEqual(checkRandomRun(built, seed), checkRandomRun(prebuilt, seed), `seed ${seed}`);
  }
});

test("the array of one module per PE and the fast array agree in results and cycles, dim 8, in 100 random runs", {
  skip: SKIP,
}, async () => {
  const pe = await buildSimulator(8, join(folder, "pe"), "--array", "2");
  const fast = await prebuiltSimulator(8, "full");

  for (let seed = 0; seed < 100; seed++) {
    assert.deepEqual(checkRandomRun(pe, seed), checkRandomRun(fast, seed), `seed ${seed}`);
  }
});

test("the synthesised accelerator, as gates, agrees with its sources in results and cycles, dim 4, in 15 random runs", {
  skip: SKIP_GATES,
}, async () => {
  const netlist = join(folder, "netlist.v");
  runScript("synthesise-rtl.ts", "--dim", "4", "--out", netlist);
  const gates = await buildSimulator(4, join(folder, "gates"), "--netlist", netlist);
  const source = await prebuiltSimulator(4, "full");

  for (let seed = 0; seed < 15; seed++) {
    assert.deepEqual(checkRandomRun(gates, seed), checkRandomRun(source, seed), `seed ${seed}`);
  }
});
