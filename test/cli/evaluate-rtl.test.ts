import assert from "node:assert/strict";
import { readFileSync, writeFileSync } from "node:fs";
import { test } from "node:test";
import { fileURLToPath } from "node:url";
import { csvParse } from "d3-dsv";
import { macs } from "../../src/workload/layer.ts";
import { COLUMNS, designRows, HARDWARE, polaris, SHAPE, scratchFolder, tableText } from "./polaris.ts";

const file = scratchFolder();
const FIXTURE = fileURLToPath(new URL("../evaluators/fixtures/program.js", import.meta.url));
const LAYER_CYCLES = macs(SHAPE);

/** A runner whose program behaves in a given way. */
function runner(mode: string): string {
  const path = file(`${mode.replaceAll(" ", "-")}.json`);
  writeFileSync(
    path,
    JSON.stringify({
      identity: "test",
      command: [process.execPath, FIXTURE],
      environment: { POLARIS_TEST: mode },
      attempts: 1,
      parallel: 2,
    }),
  );
  return path;
}

const rtl = (...args: readonly string[]): readonly string[] => [
  "evaluate",
  "-",
  "--fidelity",
  "rtl",
  "--quiet",
  ...args,
];

test("evaluate --fidelity rtl --command gives one row for each row, in order, and keeps the answers", async () => {
  const rows = designRows(3, 11);
  const cache = file("cache");
  const first = await polaris(rtl("--command", runner("good"), "--cache", cache), tableText(rows));
  const crash = await polaris(rtl("--command", runner("crash"), "--cache", cache), tableText(rows));

  assert.equal(first.stderr, "");
  assert.equal(first.code, 0);
  const answer = csvParse(first.stdout.toString());
  assert.deepEqual(answer.columns.slice(0, 7), [
    ..."latency_cycles,energy_uj,edp_j_cycles,area_mm2,bound_by,area_source".split(","),
    "reason",
  ]);
  assert.deepEqual(
    answer.map((row) => [row["latency_cycles"], row["reason"], row["note"]]),
    [0, 1, 2].map((i) => [String(LAYER_CYCLES), "", `n${i}`]),
  );
  // The same identity and command line: nothing is asked again, so nothing can crash.
  assert.deepEqual(crash.stdout, first.stdout);
});

test("a program that does not exist is refused by one line before anything runs", async () => {
  for (const program of ["no-such-program", "./no-such-program", "/no/such/program"]) {
    const config = file("missing.json");
    writeFileSync(config, JSON.stringify({ identity: "x", command: [program] }));

    const { code, stdout, stderr } = await polaris(
      rtl("--command", config, "--no-cache"),
      tableText(designRows(3, 11)),
    );

    assert.deepEqual([code, String(stdout)], [2, ""], stderr);
    assert.match(
      stderr,
      /^polaris: .*missing\.json: command: expected a program .*, found ".*program", which does not exist\n$/,
    );
  }
});

test("evaluate --fidelity rtl says which designs failed and why, and exits with 1", async () => {
  const { code, stdout, stderr } = await polaris(
    rtl("--command", runner("exit code"), "--no-cache", "--json"),
    tableText(designRows(2, 12)),
  );

  assert.equal(code, 1);
  assert.equal(stderr, "polaris: 2 of 2 rows failed, each with a reason\n");
  const { version, rows } = JSON.parse(stdout.toString());
  assert.equal(version, 1);
  assert.equal(rows[1].reason, "exit code 3; stderr: license server not found");
  assert.equal(rows[1].input.note, "n1");
});

test("evaluate --fidelity rtl of a design gives its layers and totals", async () => {
  const mapping = designRows(1, 13)[0]?.[0];
  const layers = [
    { name: "a", shape: SHAPE, mapping },
    { name: "b", count: 2, shape: SHAPE, mapping },
  ];
  writeFileSync(file("d.json"), JSON.stringify({ workload: "mine", hardware: HARDWARE, layers }));
  const args = ["evaluate", file("d.json"), "--fidelity", "rtl", "--no-cache", "--quiet"];

  const run = await polaris([...args, "--command", runner("full"), "--json", "--out", file("d.csv")]);

  assert.equal(run.stderr, "");
  const result = JSON.parse(run.stdout.toString());
  assert.equal(result.fidelity, "rtl");
  assert.equal(result.totals.latencyCycles, 3 * LAYER_CYCLES);
  assert.deepEqual(result.layers[1].counters, { beats: 3 });
  assert.match(result.provenance.command, /^polaris evaluate .*--fidelity rtl/);
  const [, row] = csvParse(readFileSync(file("d.csv"), "utf8"));
  assert.equal(row?.["latency_cycles"], String(LAYER_CYCLES));
  assert.equal(row?.["area_mm2"], String(result.totals.areaMm2));
});

test("evaluate --fidelity rtl --measured answers from a table and says what was not measured", async () => {
  const [known = [], unknown = []] = designRows(2, 14);
  const measured = [...known.slice(0, -1), "12345"];
  writeFileSync(
    file("measured.csv"),
    tableText([measured], [...COLUMNS.slice(0, -1), "target.gemmini_cycle"]),
  );

  const { code, stdout } = await polaris(
    rtl("--measured", file("measured.csv")),
    tableText([known, unknown]),
  );

  assert.equal(code, 1);
  const [a, b] = csvParse(stdout.toString());
  assert.equal(a?.["latency_cycles"], "12345");
  assert.match(b?.["reason"] ?? "", /not measured: 1 row has this layer/);
});

test("evaluate refuses bad rows before anything runs, and asks which of two sources is meant", async () => {
  const rows = designRows(2, 15);
  const bad = [
    rows[0] as readonly string[],
    ["L3[WIO] nonsense", ...(rows[1] as readonly string[]).slice(1)],
  ];
  const refused = await polaris(rtl("--command", runner("crash")), tableText(bad));
  const kept = await polaris(rtl("--command", runner("good"), "--no-cache", "--keep-going"), tableText(bad));
  const both = await polaris(rtl("--command", "a", "--measured", "b"), "");

  assert.equal(refused.code, 2);
  assert.equal(refused.stdout.length, 0);
  assert.match(refused.stderr, /stdin: row 3: mapping.mapping: /);
  assert.equal(kept.code, 0);
  assert.match(csvParse(kept.stdout.toString())[1]?.["reason"] ?? "", /row 3: mapping.mapping/);
  assert.equal(both.code, 2);
  assert.match(both.stderr, /--command, --measured: expected one of them/);
});
