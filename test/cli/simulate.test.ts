import assert from "node:assert/strict";
import { readFileSync, writeFileSync } from "node:fs";
import { test } from "node:test";
import { csvParse } from "d3-dsv";
import { COUNTERS } from "../../src/rtl/counters.ts";
import { macs, toLayerShape } from "../../src/workload/layer.ts";
import { polaris, scratchFolder } from "./polaris.ts";

const file = scratchFolder();
const shape = { K: 16, C: 12, P: 6, Q: 4, R: 3, S: 3 };
const MAPPINGS = [
  "L3[WIO] K2 Q2 - L2[WI] N1 K8X - L1[O] C2 R3 S3 Q2 C6X - L0[W] P6",
  "L3[WIO] C2 P3 - L2[WI] N1 K8X - L1[O] K2 R3 S3 Q4 C6X - L0[W] P2",
];
const design = file("design.json");
writeFileSync(
  design,
  JSON.stringify({
    workload: "mine",
    hardware: { peDim: 8, scratchpadKib: 32, accumulatorKib: 8 },
    layers: MAPPINGS.map((mapping, i) => ({ name: `layer${i}`, count: i + 1, shape, mapping })),
  }),
);

test("simulate gives cycles, stalls and checked outputs as text, CSV and JSON with the same numbers", async () => {
  const text = await polaris(["simulate", design, "--check", "--quiet"]);
  const run = await polaris(["simulate", design, "--check", "--json", "--out", file("s.csv"), "--quiet"]);

  assert.equal(run.stderr, "");
  assert.equal(run.code, 0);
  const { version, fidelity, profile, machine, designs } = JSON.parse(run.stdout.toString());
  assert.deepEqual([version, fidelity, profile, machine.busBytes], [1, "rtl", "polaris-rtl", 16]);
  assert.equal(designs.length, 2);
  const rows = csvParse(readFileSync(file("s.csv"), "utf8"));
  for (const [i, one] of designs.entries()) {
    assert.equal(one.checked, true);
    assert.equal(one.counters.macs, macs(toLayerShape(shape)));
    assert.equal(one.utilisation, one.counters.macs / (64 * one.latencyCycles));
    const shares = Object.values(one.occupation as Record<string, number>);
    assert.ok(Math.abs(shares.reduce((a, b) => a + b, 0) - 1) < 1e-9, JSON.stringify(one.occupation));
    assert.equal(rows[i]?.["latency_cycles"], String(one.latencyCycles));
    for (const counter of COUNTERS) assert.equal(rows[i]?.[counter], String(one.counters[counter]));
    assert.match(
      text.stdout.toString(),
      new RegExp(`layer${i} .*${one.latencyCycles.toLocaleString("en-US")}.*right`),
    );
  }
  assert.match(text.stdout.toString(), /dram .*the RTL loads the whole window of each tile/);
});

test("simulate --machine changes the machine, and a wrong one is told", async () => {
  writeFileSync(file("slow.yaml"), "dramLatencyCycles: 3000\nreuse: false\n");
  writeFileSync(file("wrong.json"), '{ "busBytes": 12 }');
  const cycles = async (...args: readonly string[]): Promise<number> => {
    const run = await polaris(["simulate", design, "--json", "--quiet", ...args]);
    return JSON.parse(run.stdout.toString()).designs[0].latencyCycles;
  };

  assert.ok((await cycles("--machine", file("slow.yaml"))) > (await cycles()) + 2900);
  const wrong = await polaris(["simulate", design, "--machine", file("wrong.json")]);
  assert.equal(wrong.code, 2);
  assert.match(wrong.stderr, /wrong.json: busBytes: expected a power of two from 4 to 64, found 12/);
});

test("simulate --timeline writes spans of every unit for every tile, which end with the run", async () => {
  const run = await polaris(["simulate", design, "--timeline", file("t.json"), "--json", "--quiet"]);

  const { designs } = JSON.parse(run.stdout.toString());
  const { traceEvents } = JSON.parse(readFileSync(file("t.json"), "utf8"));
  for (const [i, { counters, latencyCycles }] of designs.entries()) {
    const spans = traceEvents.filter(
      ({ ph, pid }: { ph: string; pid: number }) => ph === "X" && pid === i + 1,
    );
    const executed = spans.filter(({ cat }: { cat: string }) => cat === "execute");
    assert.equal(executed.length, counters.tiles);
    for (const { ts, dur } of spans) assert.ok(ts >= 0 && dur >= 0 && ts + dur <= latencyCycles);
  }
});

test("simulate tells designs that fail from those that do not, and exits with 1", async () => {
  const run = await polaris(["simulate", design, "--max-cycles", "900", "--json", "--quiet"]);

  assert.equal(run.code, 1);
  assert.match(run.stderr, /^polaris: \d of 2 designs failed, each with a reason\n$/);
  const { designs } = JSON.parse(run.stdout.toString());
  assert.ok(designs.some(({ failed }: { failed?: string }) => failed === "not done after 900 cycles"));
});

test("evaluate --fidelity rtl gives the cycles that simulate gives", async () => {
  const simulated = await polaris(["simulate", design, "--json", "--quiet"]);
  const evaluated = await polaris([
    "evaluate",
    design,
    "--fidelity",
    "rtl",
    "--json",
    "--quiet",
    "--cache",
    file("cache"),
  ]);

  const cycles = (run: { stdout: Buffer }, key: string): readonly number[] =>
    JSON.parse(run.stdout.toString())[key].map((one: { latencyCycles: number }) => one.latencyCycles);
  assert.deepEqual(cycles(evaluated, "layers"), cycles(simulated, "designs"));
  assert.equal(JSON.parse(evaluated.stdout.toString()).profile, "polaris-rtl");
});

test("simulate --fidelity event is near the RTL, counts the same accesses and leaves the stalls out", async () => {
  const rtl = JSON.parse((await polaris(["simulate", design, "--json", "--quiet"])).stdout.toString());
  const run = await polaris(["simulate", design, "--fidelity", "event", "--json", "--quiet"]);
  const text = await polaris(["simulate", design, "--fidelity", "event", "--quiet"]);

  const event = JSON.parse(run.stdout.toString());
  assert.equal(event.fidelity, "event");
  for (const [i, one] of event.designs.entries()) {
    const { counters, latencyCycles, energyUj } = rtl.designs[i];
    assert.ok(
      Math.abs(one.latencyCycles / latencyCycles - 1) < 0.1,
      `${one.latencyCycles}, ${latencyCycles}`,
    );
    assert.equal(one.energyUj, energyUj);
    assert.equal(one.counters.inputBytes, counters.inputBytes);
    assert.equal(one.occupation, undefined);
  }
  assert.match(text.stdout.toString(), /layer1 /);
  const wrong = await polaris(["simulate", design, "--fidelity", "event", "--check"]);
  assert.equal(wrong.code, 2);
  assert.match(wrong.stderr, /--check: expected --fidelity rtl beside it, found event/);
});

test("evaluate --fidelity event --profile polaris-rtl gives the cycles that simulate --fidelity event gives", async () => {
  const simulated = await polaris(["simulate", design, "--fidelity", "event", "--json", "--quiet"]);
  const args = ["evaluate", design, "--fidelity", "event", "--profile", "polaris-rtl", "--json", "--quiet"];
  const evaluated = await polaris(args);

  const { profile, layers } = JSON.parse(evaluated.stdout.toString());
  assert.equal(profile, "polaris-rtl");
  assert.deepEqual(
    layers.map(({ latencyCycles }: { latencyCycles: number }) => latencyCycles),
    JSON.parse(simulated.stdout.toString()).designs.map(
      ({ latencyCycles }: { latencyCycles: number }) => latencyCycles,
    ),
  );
  assert.equal((await polaris([...args, "--model", "x.json"])).code, 2);
});

test("simulate refuses what does not go together", async () => {
  const both = await polaris(["simulate", design, "--timeline", file("t.json"), "--verilator"]);

  assert.equal(both.code, 2);
  assert.match(both.stderr, /--timeline: expected the embedded RTL/);
  const text = await polaris(["simulate", design, "--toggles", file("t.txt")]);
  assert.equal(text.code, 2);
  assert.match(text.stderr, /--toggles: expected a name that ends in .json or .csv, found ".*t.txt"/);
});
