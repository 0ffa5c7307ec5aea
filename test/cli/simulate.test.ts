import assert from "node:assert/strict";
import { readFileSync, writeFileSync } from "node:fs";
import { test } from "node:test";
import { csvParse } from "d3-dsv";
import { COUNTERS } from "../../src/rtl/counters.ts";
import { macs, toLayerShape } from "../../src/workload/layer.ts";
import { designRows, polaris, scratchFolder, tableText } from "./polaris.ts";

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
  const { version, fidelity, profile, machine, workload, totals, designs } = JSON.parse(
    run.stdout.toString(),
  );
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
  const shown = text.stdout.toString();
  assert.match(shown, /^dram: the RTL loads the whole window of each tile/m);
  assert.ok(shown.startsWith("mine on 8x8 PEs, 32 KiB scratchpad, 8 KiB accumulator\n"), shown);
  assert.match(
    shown,
    /; cycles and energy by the RTL \(profile polaris-rtl\), Gemmini-like machine, outputs compared/,
  );
  // Layer 1 runs twice.
  const [cycles, energyUj] = ["latencyCycles", "energyUj"].map(
    (key) => designs[0][key] + 2 * designs[1][key],
  );
  assert.deepEqual([workload, totals.latencyCycles, totals.energyUj], ["mine", cycles, energyUj]);
  assert.match(
    shown,
    new RegExp(`^total +${cycles?.toLocaleString("en-US")} +${Number(energyUj?.toPrecision(4))} `, "m"),
  );
  const parts = [...shown.matchAll(/^(mac|register|accumulator|scratchpad|dram) +([\d.,]+) /gm)];
  const sum = parts.reduce((all, [, , part]) => all + Number(part?.replaceAll(",", "")), 0);
  assert.ok(Math.abs(sum / (energyUj ?? 0) - 1) < 1e-3, `${sum}, ${energyUj}`);
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
  const { designs, totals } = JSON.parse(run.stdout.toString());
  assert.equal(totals, undefined);
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
  const shown = text.stdout.toString();
  assert.match(shown, /^layer1 +2 +[\d,]+ /m);
  assert.match(shown, /; cycles and energy by the event model \(profile polaris-rtl\)/);
  assert.match(shown, /^energy +event uJ +analytical uJ +event counts/m);
  assert.doesNotMatch(shown, /RTL uJ|preload/);
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

test("no line of simulate's screen is broken on a terminal of 80 columns, unless between words", async () => {
  const text = String((await polaris(["simulate", design, "--check", "--quiet"])).stdout);

  const tables = text.split("\n\n").filter((part) => /^-+( {2}-+)+$/m.test(part));
  assert.equal(tables.length, 3);
  for (const line of tables.flatMap((table) => table.split("\n"))) assert.ok(line.length <= 80, line);
});

test("rows of a table are simulated one by one, and have no total", async () => {
  writeFileSync(file("rows.csv"), tableText(designRows(2, 3)));

  const run = (...more: readonly string[]) =>
    polaris(["simulate", file("rows.csv"), "--fidelity", "event", "--quiet", ...more]);
  const [text, json] = [String((await run()).stdout), JSON.parse(String((await run("--json")).stdout))];

  assert.ok(text.startsWith(`2 designs of ${file("rows.csv")}\n`), text);
  assert.match(text, /^row 2 /m);
  assert.doesNotMatch(text, /^total/m);
  assert.deepEqual([json.workload, json.totals], [undefined, undefined]);
});

test("simulate refuses what does not go together", async () => {
  const both = await polaris(["simulate", design, "--timeline", file("t.json"), "--verilator"]);

  assert.equal(both.code, 2);
  assert.match(both.stderr, /--timeline: expected the embedded RTL/);
  const text = await polaris(["simulate", design, "--toggles", file("t.txt")]);
  assert.equal(text.code, 2);
  assert.match(text.stderr, /--toggles: expected a name that ends in .json or .csv, found ".*t.txt"/);
});
