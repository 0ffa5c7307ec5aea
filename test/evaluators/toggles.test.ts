import assert from "node:assert/strict";
import { test } from "node:test";
import { csvParse } from "d3-dsv";
import { formatActivity } from "../../src/cli/activity-text.ts";
import type { Simulated } from "../../src/evaluators/simulate.ts";
import { activityOf, parseToggles } from "../../src/evaluators/toggles.ts";
import { togglesCsv, togglesDocument } from "../../src/evaluators/toggles-document.ts";
import { assertValid } from "../schema/validator.ts";
import { candidates } from "./cases.ts";

// What a native machine writes, shortened.
const NETS = parseToggles(
  [
    ["TOP.waves", "host_tile", 800, 50],
    ["TOP.waves.u_sim.u_dram", "tokens", 32, 900],
    ["TOP.waves.u_sim.u_accelerator", "clk", 1, 0],
    ["TOP.waves.u_sim.u_accelerator", "cfg", 832, 0],
    ["TOP.waves.u_sim.u_accelerator", "store_data", 32, 64],
    ["TOP.waves.u_sim.u_accelerator.g_pe.u_array", "out_data", 64, 128],
    ["TOP.waves.u_sim.u_accelerator.g_pe.u_array.g_row[0].g_column[1]", "psum_north", 32, 32],
    ["TOP.waves.u_sim.u_accelerator.g_pe.u_array.g_row[0].g_column[1].u_pe", "psum_out", 32, 80],
    ["TOP.waves.u_sim.u_accelerator.g_pe.u_array.g_row[0].g_column[1].u_pe", "weights_0", 8, 4],
    ["TOP.waves.u_sim.u_accelerator.u_accumulator.unnamedblk1", "j", 32, 7],
    ["TOP.waves.u_sim.u_accelerator.u_accumulator.g_data", "unused_read", 1, 10],
  ]
    .map((fields) => `${fields.join("\t")}\n`)
    .join(""),
);

function simulated(outcome: Simulated["outcome"]): Simulated {
  const [candidate] = candidates(1);
  assert.ok(candidate);
  return { name: "a", count: 1, candidate, outcome, trace: [], toggles: NETS };
}

const run = simulated({ status: "priced", latencyCycles: 10, energyPj: 1 });

test("nets count in the instance around them, blocks in between or not, and instances in their unit", () => {
  const { parts, instances } = activityOf(NETS, 10);

  assert.deepEqual(parts, [
    { part: "accelerator", bits: 32, toggles: 64, activity: 0.2 },
    { part: "array", bits: 136, toggles: 244, activity: 244 / 1360 },
  ]);
  assert.deepEqual(
    instances.map(({ instance, bits, toggles }) => [instance, bits, toggles]),
    [
      ["accelerator", 32, 64],
      ["g_pe.u_array", 96, 160],
      ["g_pe.u_array.g_row[0].g_column[1].u_pe", 40, 84],
    ],
  );
});

test("toggles are written as their schema says, as a table, and as text; a run that failed has none", () => {
  const failed = simulated({ status: "failed", reason: "deadlock at cycle 7" });
  const document = togglesDocument([run, failed], 3);

  assertValid("toggles", document);
  assert.deepEqual(document.designs[1], { name: "a", failed: "deadlock at cycle 7" });
  const [, , pe] = csvParse(togglesCsv([run, failed]));
  assert.deepEqual(
    { ...pe },
    {
      name: "a",
      instance: "g_pe.u_array.g_row[0].g_column[1].u_pe",
      part: "array",
      bits: "40",
      toggles: "84",
      cycles: "10",
      activity: "0.21",
    },
  );
  assert.match(formatActivity([run, failed]), /accelerator +array\n[- ]+\na +0\.2000 +0\.1794\n/);
  assert.equal(formatActivity([failed]), "");
});
