import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { readFileSync, writeFileSync } from "node:fs";
import { test } from "node:test";
import { gzipSync } from "node:zlib";
import { csvParse } from "d3-dsv";
import {
  COLUMNS,
  designRows,
  HARDWARE,
  PROGRAM,
  polaris,
  SHAPE,
  scratchFolder,
  tableText,
} from "./polaris.ts";

const file = scratchFolder();
const RESULTS = "latency_cycles,energy_uj,edp_j_cycles,area_mm2,bound_by,area_source,";

/** Output of a run that must end well and say nothing. */
async function output(args: readonly string[], stdin?: string | Uint8Array): Promise<Buffer> {
  const { code, stdout, stderr } = await polaris(args, stdin);
  assert.equal(stderr, "");
  assert.equal(code, 0);
  return stdout;
}

test("evaluate puts the metrics before each row and carries every byte of it along", async () => {
  const notes = ["plain", '"quoted, with a comma"', '"two\nlines and ""quotes"""', "caf\xe9 \xff\x80", ""];
  const rows = designRows(5, 1, (row) => notes[row] as string);
  const table = Buffer.from(tableText(rows, COLUMNS.with(-1, "n\xf8te")), "latin1");
  writeFileSync(file("in.csv"), table);

  const answer = await output(["evaluate", file("in.csv"), "--quiet"]);

  const text = answer.toString("latin1");
  assert.ok(text.startsWith(`${RESULTS}mapping.mapping,`));
  const carried = text.replace(/^(latency_cycles|\d+),(?:[^,\n]*,){5}/gm, "");
  assert.equal(carried, table.toString("latin1"));
});

test("evaluate gives the same numbers as JSON, from stdin, from .csv.gz and to a file", async () => {
  const table = tableText(designRows(20, 2));
  writeFileSync(file("t.csv.gz"), gzipSync(table));

  const csv = await output(["evaluate", "-", "--quiet"], table);
  const unzipped = await output(["evaluate", file("t.csv.gz"), "--quiet"]);
  await output(["evaluate", "-", "--quiet", "--out", file("t.out.csv")], table);
  const json = JSON.parse(String(await output(["evaluate", "-", "--quiet", "--json"], table)));

  assert.deepEqual(unzipped, csv);
  assert.deepEqual(readFileSync(file("t.out.csv")), csv);
  assert.equal(json.version, 1);
  const rows = csvParse(csv.toString());
  assert.equal(json.rows.length, 20);
  for (const [index, row] of rows.entries()) {
    const { input, ...metrics } = json.rows[index];
    assert.deepEqual(Object.values(metrics).map(String), Object.values(row).slice(0, 6));
    assert.deepEqual(Object.values(input), Object.values(row).slice(6));
  }
});

test("evaluate gives the same bytes with one worker and with two", async () => {
  const table = tableText(designRows(5000, 3));

  const one = await output(["evaluate", "-", "--quiet", "--workers", "1"], table);
  const two = await output(["evaluate", "-", "--quiet", "--workers", "2"], table);

  assert.deepEqual(two, one);
  assert.equal(one.toString().split("\n").length, 5002);
});

test("evaluate answers a JSON design as text, as JSON and as CSV with the same numbers", async () => {
  const mapping = designRows(1, 4)[0]?.[0];
  const layers = [{ name: "conv", count: 3, shape: SHAPE, mapping }];
  writeFileSync(file("d.json"), JSON.stringify({ workload: "mine", hardware: HARDWARE, layers }));

  const text = String(await output(["evaluate", file("d.json")]));
  const json = JSON.parse(String(await output(["evaluate", file("d.json"), "--json"])));
  await output(["evaluate", file("d.json"), "--quiet", "--out", file("d.csv")]);

  const [row] = csvParse(readFileSync(file("d.csv"), "utf8"));
  assert.match(text, /^mine on 16x16 PEs, 128 KiB scratchpad, 32 KiB accumulator\n/);
  assert.ok(text.includes(json.totals.latencyCycles.toLocaleString("en-US")));
  assert.equal(json.totals.latencyCycles, 3 * json.layers[0].latencyCycles);
  assert.equal(row?.["latency_cycles"], String(json.layers[0].latencyCycles));
  assert.equal(row?.["energy_uj"], String(json.layers[0].energyUj));
  assert.equal(row?.["mapping"], mapping);
});

for (const command of [
  [],
  ["evaluate"],
  ["map"],
  ["sweep"],
  ["search"],
  ["import"],
  ["export"],
  ["mcp"],
  ["bench"],
]) {
  test(`the help of ${command[0] ?? "the program"} fits 80 columns and a screen`, async () => {
    const text = String(await output([...command, "--help"]));

    const lines = text.split("\n");
    assert.ok(lines.length > 5 && lines.length <= 60);
    for (const line of lines) assert.ok(line.length <= 80, line);
  });
}

test("an interrupted evaluate says how many complete rows it wrote and exits with 130", async () => {
  const rows = designRows(4000, 5);
  const body = Buffer.from(tableText(rows).slice(COLUMNS.join(",").length + 1));
  const out = file("cut.csv");
  const child = spawn(process.execPath, [PROGRAM, "evaluate", "-", "--workers", "1", "--out", out]);
  let stderr = "";
  child.stderr.on("data", (bytes) => (stderr += bytes));
  child.stdin.on("error", () => undefined);
  child.stdin.write(`${COLUMNS.join(",")}\n`);
  // Stdin stays open: the run is surely under way when the signal comes.
  const closed = new Promise<number | null>((resolve) => child.on("close", resolve));
  for (let sent = 0; sent < 10; sent++) {
    await new Promise((resolve) => child.stdin.write(body, resolve));
  }

  child.kill("SIGINT");
  const code = await closed;

  const text = readFileSync(out, "utf8");
  const found = /^polaris: interrupted: wrote ([\d,]+) complete rows to .*\n$/.exec(stderr);
  assert.equal(code, 130, stderr);
  assert.ok(found, stderr);
  assert.equal(text.split("\n").length - 2, Number(found[1]?.replaceAll(",", "")));
  assert.ok(Number(found[1]?.replaceAll(",", "")) > 0, stderr);
  const carried = text.split("\n").slice(1, -1);
  for (const [index, line] of carried.entries()) {
    assert.ok(line.endsWith(`,${(rows[index % 4000] ?? []).join(",")}`), `row ${index + 2}`);
  }
  assert.ok(text.endsWith("\n"));
});

test("an interrupt ends an evaluate whose input is idle", async () => {
  const child = spawn(process.execPath, [
    PROGRAM,
    "evaluate",
    "-",
    "--workers",
    "1",
    "--out",
    file("idle.csv"),
  ]);
  const rows = Buffer.from(tableText(designRows(4000, 6)));
  const closed = new Promise<number | null>((resolve) => child.on("close", resolve));
  await new Promise((resolve) => child.stdin.write(rows, resolve));

  child.kill("SIGINT");

  assert.equal(await closed, 130);
});

test("without a reader of the answer the work ends, without one of the notes it goes on", async () => {
  const designs = file("pipe.csv");
  const out = file("pipe-out.csv");
  writeFileSync(designs, tableText(designRows(4000, 7)));
  const run = async (closed: "stdout" | "stderr", ...args: readonly string[]): Promise<number | null> => {
    const child = spawn(process.execPath, [PROGRAM, ...args]);
    child[closed].destroy();
    child[closed === "stdout" ? "stderr" : "stdout"].resume();
    return new Promise((resolve) => child.on("close", resolve));
  };

  assert.equal(await run("stdout", "evaluate", designs), 0);
  assert.equal(await run("stderr", "evaluate", designs, "--out", out), 0);
  assert.equal(await run("stderr", "evaluate", file("none.csv")), 2);

  assert.equal(readFileSync(out, "utf8").split("\n").length, 4002);
});
