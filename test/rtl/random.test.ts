import assert from "node:assert/strict";
import { test } from "node:test";
import { createRng } from "../../src/rng.ts";
import { PREBUILT_DIMS } from "../../src/rtl/prebuilt.node.ts";
import { createProgram } from "../../src/rtl/program.ts";
import { checkRandomRun } from "./check-run.ts";
import { prebuiltSimulator } from "./prebuilt.ts";
import { randomProgram } from "./random-program.ts";

const RUNS: Readonly<Record<number, number>> = { 4: 30, 8: 20, 16: 12, 32: 6, 64: 3 };

for (const dim of PREBUILT_DIMS) {
  const runs = RUNS[dim] ?? 0;
  test(`dim ${dim}: ${runs} random layers, mappings and machines compute what a convolution is, and count what it moves`, async () => {
    const full = await prebuiltSimulator(dim, "full");
    const cycles = await prebuiltSimulator(dim, "cycles");
    for (let seed = 0; seed < runs; seed++) {
      const result = checkRandomRun(full, seed);

      const one = randomProgram(dim, createRng(seed, dim));
      const program = createProgram(one.machine, one.layer, one.mapping, { reuse: one.reuse });
      assert.deepEqual(cycles.run(program).counters, result.counters, `seed ${seed}: without a datapath`);
    }
  });
}
