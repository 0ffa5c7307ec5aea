import assert from "node:assert/strict";
import { readFileSync, writeFileSync } from "node:fs";
import { test } from "node:test";
import { csvParse } from "d3-dsv";
import { DEFAULT_STARLIGHT } from "../../src/surrogate/default-model.ts";
import { assertValid } from "../schema/validator.ts";
import { COLUMNS, designRows, HARDWARE, polaris, SHAPE, scratchFolder, tableText } from "./polaris.ts";

const file = scratchFolder();
const rows = designRows(40, 7);
writeFileSync(file("rows.csv"), tableText(rows, COLUMNS));
const model = JSON.stringify(DEFAULT_STARLIGHT);

const evaluate = (...args: readonly string[]) =>
  polaris(["evaluate", ...args, "--fidelity", "starlight", "--quiet"]);

test("evaluate --fidelity starlight predicts tables with an interval, the same from one worker, two, and a model file", async () => {
  writeFileSync(file("model.json"), model);

  const [one, two, own] = await Promise.all([
    evaluate(file("rows.csv"), "--workers", "1"),
    evaluate(file("rows.csv"), "--workers", "2"),
    evaluate(file("rows.csv"), "--model", file("model.json")),
  ]);

  assert.equal(one.code, 0, one.stderr);
  assert.equal(two.stdout.toString(), one.stdout.toString());
  assert.equal(own.stdout.toString(), one.stdout.toString());
  const predicted = csvParse(one.stdout.toString());
  assert.equal(predicted.length, rows.length);
  for (const row of predicted) {
    const [low, latency, high] = [row["latency_low"], row["latency_cycles"], row["latency_high"]].map(Number);
    assert.ok(0 < (low as number) && (low as number) < (latency as number), JSON.stringify(row));
    assert.ok((latency as number) < (high as number), JSON.stringify(row));
  }
});

test("evaluate --fidelity starlight says of a design what it says of the same row, and names its profile", async () => {
  writeFileSync(
    file("design.json"),
    JSON.stringify({ hardware: HARDWARE, layers: [{ name: "a", shape: SHAPE, mapping: rows[0]?.[0] }] }),
  );

  const [table, design] = await Promise.all([
    evaluate(file("rows.csv")),
    evaluate(file("design.json"), "--json"),
  ]);

  const [row] = csvParse(table.stdout.toString());
  const { fidelity, profile, layers } = JSON.parse(design.stdout.toString());
  assert.deepEqual([fidelity, profile], ["starlight", "gemmini-firesim"]);
  assert.equal(layers[0].latencyCycles, Number(row?.["latency_cycles"]));
  assert.equal(layers[0].latencyInterval.low, Number(row?.["latency_low"]));
  assert.equal(layers[0].latencyInterval.high, Number(row?.["latency_high"]));
  const text = String((await evaluate(file("design.json"))).stdout);
  assert.match(text, /; cycles by Starlight \(profile gemmini-firesim\), energy by the analytical model$/m);
});

test("a model that is damaged, cut, of another kind or of another profile is refused in one line", async () => {
  const files = {
    damaged: [model.replace('"date":"2', '"date":"1'), /checksum/],
    cut: [model.slice(0, 5000), /cut\.json/],
    kind: [
      model.replace('"kind":"starlight"', '"kind":"event"'),
      /kind: expected "starlight", found "event"/,
    ],
    profile: [model.replace('"profile":"gemmini-firesim"', '"profile":"polaris-rtl"'), /profile|checksum/],
    empty: ["", /empty\.json/],
  } as const;
  for (const [name, [text, message]] of Object.entries(files)) {
    writeFileSync(file(`${name}.json`), text);

    const { code, stdout, stderr } = await evaluate(file("rows.csv"), "--model", file(`${name}.json`));

    assert.equal(code, 2, `${name}: ${stderr}`);
    assert.match(stderr, message, name);
    assert.equal(stderr.trim().split("\n").length, 1, stderr);
    assert.equal(stdout.toString(), "", name);
  }
});

test("evaluate knows our own RTL by its profile, and refuses Gemmini's model for it", async () => {
  writeFileSync(file("gemmini.json"), model);
  const rtl = ["--profile", "polaris-rtl"];

  const [gemmini, own, foreign] = await Promise.all([
    evaluate(file("rows.csv")),
    evaluate(file("rows.csv"), ...rtl),
    evaluate(file("rows.csv"), ...rtl, "--model", file("gemmini.json")),
  ]);

  assert.equal(own.code, 0, own.stderr);
  const latencies = ({ stdout }: typeof own) =>
    csvParse(stdout.toString()).map((row) => Number(row["latency_cycles"]));
  assert.equal(latencies(own).length, rows.length);
  assert.notDeepEqual(latencies(own), latencies(gemmini));
  assert.equal(foreign.code, 2);
  assert.match(foreign.stderr, /profile: expected a model of polaris-rtl, found gemmini-firesim/);
});

test("a layer that the profile's RTL cannot run fails with the reason", async () => {
  const dilated = { ...SHAPE, Wdilation: 2, Hdilation: 2 };
  writeFileSync(
    file("dilated.json"),
    JSON.stringify({ hardware: HARDWARE, layers: [{ name: "a", shape: dilated, mapping: rows[0]?.[0] }] }),
  );

  const { code, stdout, stderr } = await evaluate(file("dilated.json"));

  assert.equal(code, 1, stderr);
  assert.match(stdout.toString(), /runs no dilated layers/);
});

test("a flag of another fidelity is refused, not ignored", async () => {
  for (const [flag, fidelity] of [
    ["--measured", "analytical"],
    ["--command", "starlight"],
    ["--machine", "starlight"],
    ["--model", "rtl"],
  ] as const) {
    const { code, stderr } = await polaris([
      "evaluate",
      file("rows.csv"),
      ...["--fidelity", fidelity, flag, "none.json"],
    ]);

    assert.equal(code, 2, stderr);
    assert.ok(stderr.startsWith(`polaris: ${flag}: expected --fidelity `), stderr);
  }
});

test("map --fidelity starlight writes a design that evaluate finds to be what it says, and refuses what it does not do", async () => {
  const [mapped, refused] = await Promise.all([
    polaris(["map", "bert", "--fidelity", "starlight", "--out", file("learned.json"), "--quiet"]),
    polaris(["map", "bert", "--fidelity", "starlight", "--tile", "P=8"]),
  ]);
  assert.equal(mapped.code, 0, mapped.stderr);
  assert.match(String(mapped.stdout), /^Layers: .*; its interval holds if all layers err alike\.$/m);
  const design = JSON.parse(readFileSync(file("learned.json"), "utf8"));
  assertValid("map", design);
  assert.equal(design.profile, "gemmini-firesim");
  assert.equal(design.optimal, true);

  const again = await evaluate(file("learned.json"), "--json");

  assert.equal(again.code, 0, again.stderr);
  const { totals, latencyInterval } = JSON.parse(again.stdout.toString());
  assert.deepEqual(totals, design.totals);
  assert.deepEqual(latencyInterval, design.latencyInterval);
  const shown = ({ low, high }: { low: number; high: number }): string =>
    [low, high].map((end) => Math.round(end).toLocaleString("en-US")).join(" to ");
  const text = String((await evaluate(file("learned.json"))).stdout);
  assert.match(text, new RegExp(`^total .* ${shown(latencyInterval)} `, "m"));
  assert.match(text, /its interval holds if all layers err alike\.$/m);
  assert.equal(refused.code, 2);
  assert.match(refused.stderr, /--tile: expected --fidelity analytical beside it, found starlight/);
});

test("search --fidelity starlight writes a proven design of its profile that evaluate agrees with, and refuses what it does not do", async () => {
  const search = ["search", "bert", "--fidelity", "starlight", "--pe", "8,16", "--max-area-mm2", "0.5"];
  const [found, refused] = await Promise.all([
    polaris([...search, "--out", file("best.json"), "--quiet", "--json"]),
    polaris([...search, "--pareto"]),
  ]);
  assert.equal(found.code, 0, found.stderr);
  const design = JSON.parse(found.stdout.toString());
  assert.deepEqual([design.profile, design.optimal], ["polaris-rtl", true]);
  assert.ok(design.latencyInterval.low < design.totals.latencyCycles);
  assert.ok(design.totals.areaMm2 <= 0.5);

  const again = await evaluate(file("best.json"), "--profile", "polaris-rtl", "--json");

  assert.deepEqual(JSON.parse(again.stdout.toString()).totals, design.totals);
  assert.equal(refused.code, 2);
  assert.match(refused.stderr, /--pareto: expected --fidelity analytical, found starlight/);
});

test("a search by Starlight serves several networks, and its document says so", async () => {
  const search = [
    "search",
    "dlrm",
    "bert",
    "--pe",
    "8",
    "--scratchpad-kib",
    "8..32",
    "--accumulator-kib",
    "4..8",
  ];
  const run = await polaris([...search, "--fidelity", "starlight", "--quiet", "--json"]);

  assert.equal(run.code, 0, run.stderr);
  const { networks, profile, optimal } = JSON.parse(String(run.stdout));
  assert.deepEqual(
    networks.map(({ workload }: { workload: string }) => workload),
    ["dlrm", "bert"],
  );
  assert.deepEqual([profile, optimal], ["polaris-rtl", true]);
  for (const { latencyInterval, totals } of networks)
    assert.ok(latencyInterval.low < totals.latencyCycles && totals.latencyCycles < latencyInterval.high);
});
