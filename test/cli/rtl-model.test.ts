import assert from "node:assert/strict";
import { readFileSync, writeFileSync } from "node:fs";
import { test } from "node:test";
import { csvParse } from "d3-dsv";
import { loadModule } from "#kernels";
import { COEFFICIENTS, priorCoefficients } from "../../src/event/coefficients.ts";
import { createHardware } from "../../src/hardware/hardware.ts";
import { parseMapping } from "../../src/space/mapping.ts";
import { predictRows } from "../../src/tune/predict.ts";
import { COLUMNS, designRows, HARDWARE, polaris, SHAPE, scratchFolder, tableText } from "./polaris.ts";

const file = scratchFolder();
const header = [...COLUMNS.slice(0, -1), "target.gemmini_cycle"];

/** Designs with "measurements": what the priors predict, and up to a fifth more or less. */
async function measuredTable(count: number): Promise<string> {
  const rows = designRows(count, 5);
  const mappings = rows.map(([mapping = ""]) => ({
    shape: SHAPE,
    mapping: parseMapping(mapping),
    peDim: createHardware(HARDWARE).peDim,
    cold: false,
  }));
  const simulated = predictRows(await loadModule(), mappings, priorCoefficients());
  const cells = rows.map((row, i) => {
    const cycles = (simulated[i]?.latencyCycles ?? 0) * (1 + 0.2 * Math.sin(i));
    return [...row.slice(0, -1), String(Math.round(cycles))];
  });
  return tableText(cells, header);
}

writeFileSync(file("rtl.csv"), await measuredTable(12));

test("train writes a model that evaluate and validate take, the same for one worker and for two", async () => {
  const args = ["train", "--rtl", file("rtl.csv"), "--quiet"];
  const one = await polaris([...args, "--workers", "1", "--out", file("one.json")]);
  const two = await polaris([...args, "--workers", "2", "--out", file("two.json"), "--json"]);

  assert.equal(one.stderr, "");
  assert.equal(one.code, 0);
  assert.match(one.stdout.toString(), /^layers held out +12 /m);
  const model = readFileSync(file("one.json"), "utf8");
  assert.equal(readFileSync(file("two.json"), "utf8"), model);
  const { kind, profile, data, madeBy, model: numbers } = JSON.parse(model);
  assert.equal(kind, "event");
  assert.equal(profile, "gemmini-firesim");
  assert.deepEqual(
    data.map(({ name, rows }: { name: string; rows: number }) => [name, rows]),
    [["rtl.csv", 12]],
  );
  assert.equal(madeBy, `polaris train --rtl ${file("rtl.csv")}`);
  assert.equal(Object.keys(numbers.coefficients).length, COEFFICIENTS.length);
  const report = JSON.parse(two.stdout.toString());
  assert.equal(report.version, 1);
  assert.equal(report.random.latency.rows, 12);
  assert.ok(report.fit.latency.mapePercent < 15, JSON.stringify(report.fit.latency));

  const judged = await polaris(["validate", "--rtl", file("rtl.csv"), "--model", file("one.json"), "--json"]);
  assert.equal(judged.code, 0, judged.stderr);
  const validation = JSON.parse(judged.stdout.toString());
  assert.deepEqual(validation.latency, report.fit.latency);
  assert.deepEqual(validation.ranking, report.fit.ranking);
  const { checksum } = JSON.parse(model);
  assert.deepEqual([validation.learntFrom, validation.inSample, validation.tables], [data, data, data]);
  assert.deepEqual(validation.model, { file: file("one.json"), checksum });
  writeFileSync(file("judged.json"), judged.stdout);
  const html = await polaris(["report", file("judged.json")]);
  assert.equal(html.code, 0, html.stderr);
  const page = readFileSync(file("judged.html"), "utf8");
  assert.ok(page.includes(`${file("one.json")}, checksum ${checksum}`));
  assert.ok(page.includes(`polaris validate --rtl ${file("rtl.csv")} --model ${file("one.json")}`));

  const priced = await polaris([
    "evaluate",
    file("rtl.csv"),
    "--fidelity",
    "event",
    "--model",
    file("one.json"),
    "--quiet",
  ]);
  assert.equal(priced.code, 0, priced.stderr);
  const text = priced.stdout.toString();
  assert.ok(
    text.startsWith(
      "latency_cycles,energy_uj,edp_j_cycles,area_mm2,bound_by,latency_low,latency_high,area_source,",
    ),
    text.slice(0, 120),
  );
  const rows = csvParse(text);
  assert.equal(rows.length, 12);
  for (const row of rows) {
    const [low, latency, high] = [row["latency_low"], row["latency_cycles"], row["latency_high"]].map(Number);
    assert.ok((low as number) <= (latency as number) && (latency as number) <= (high as number));
  }
});

test("Starlight is not trained on one layer, of which nothing could be held out", async () => {
  const { code, stderr } = await polaris(["train", "--rtl", file("rtl.csv"), "--fidelity", "starlight"]);

  assert.equal(code, 2);
  assert.match(
    stderr,
    /^polaris: .*rtl.csv: expected measurements of at least two layers, .*, found those of one\n$/,
  );
});

test("validate says which of the rows its model learnt from, and nothing of rows that it has not seen", async () => {
  writeFileSync(file("new.csv"), await measuredTable(14));
  const validate = (...tables: readonly string[]) =>
    polaris(["validate", "--model", file("one.json"), ...tables.flatMap((table) => ["--rtl", file(table)])]);

  const [known, fresh, both] = await Promise.all([
    validate("rtl.csv"),
    validate("new.csv"),
    validate("rtl.csv", "new.csv"),
  ]);

  const { checksum, data } = JSON.parse(readFileSync(file("one.json"), "utf8"));
  const line = (rows: number): string =>
    `in-sample: the model learnt from 12 of these ${rows} rows (rtl.csv)`;
  const heads = [known, fresh, both].map(({ stdout }) => stdout.toString().split("\n"));
  assert.deepEqual(heads[0]?.slice(0, 4), [
    `model: event model (profile gemmini-firesim), ${file("one.json")}, checksum ${checksum}`,
    `rows: 12 of rtl.csv (CRC-32 ${data[0].crc32}), of profile gemmini-firesim`,
    line(12),
    "",
  ]);
  assert.equal(heads[2]?.[2], line(26));
  assert.match(
    heads[2]?.[1] ?? "",
    /^rows: 12 of rtl.csv \(CRC-32 \w{8}\), 14 of new.csv \(CRC-32 \w{8}\), of profile gemmini-firesim$/,
  );
  assert.equal(
    heads[1]?.[2],
    "out of sample: the model names none of these tables among those it learnt from (rtl.csv)",
  );
});

test("validate of the analytical model needs no model file and gives classes, ranking and the worst rows", async () => {
  const { code, stdout, stderr } = await polaris([
    "validate",
    "--rtl",
    file("rtl.csv"),
    "--fidelity",
    "analytical",
  ]);

  assert.equal(stderr, "");
  assert.equal(code, 0);
  const text = stdout.toString();
  assert.match(text, /^model: analytical model, as in polaris \d/);
  assert.match(text, /^out of sample: the model learns from no rows$/m);
  assert.match(text, /^all, latency +12 /m);
  assert.match(text, /^conv RxS +12 /m);
  assert.match(text, /^within a layer \(1 with 10 or more mappings\): mean Spearman /m);
  assert.match(text, /furthest off: line/);
});

const design = {
  hardware: HARDWARE,
  layers: [{ name: "a", shape: SHAPE, mapping: designRows(1, 5)[0]?.[0] }],
};

test("evaluate --fidelity event prices a design with the model of the package, interval and counters included", async () => {
  writeFileSync(file("design.json"), JSON.stringify(design));

  const { code, stdout, stderr } = await polaris([
    "evaluate",
    file("design.json"),
    "--fidelity",
    "event",
    "--json",
    "--quiet",
  ]);

  assert.equal(code, 0, stderr);
  const { fidelity, profile, layers } = JSON.parse(stdout.toString());
  assert.deepEqual([fidelity, profile], ["event", "gemmini-firesim"]);
  const [{ latencyCycles, latencyInterval, boundBy, counters }] = layers;
  assert.ok(latencyInterval.low <= latencyCycles && latencyCycles <= latencyInterval.high);
  assert.ok(["load", "execute", "store", "issue"].includes(boundBy));
  assert.ok(counters.calls >= 1);
});

test("what is wrong with a table or a model is one line, exit code 2", async () => {
  writeFileSync(file("few.csv"), await measuredTable(3));
  writeFileSync(file("plain.csv"), tableText(designRows(3, 5), COLUMNS));
  writeFileSync(file("other.json"), '{"format":"polaris-model","version":1,"kind":"starlight"}');

  for (const [args, message] of [
    [["train", "--rtl", file("few.csv")], /few\.csv: expected at least 10 usable measurements, found 3/],
    [["train", "--rtl", file("none.csv")], /none\.csv: expected a readable file/],
    [["validate", "--rtl", file("plain.csv")], /plain\.csv: row 1: expected a column target\.gemmini_cycle/],
    [
      ["validate", "--rtl", file("rtl.csv"), "--model", file("other.json")],
      /other\.json: kind: expected "event", found "starlight"/,
    ],
    // The model is opened before a table that may be long.
    [
      ["validate", "--rtl", file("none.csv"), "--model", file("none.json")],
      /none\.json: expected a readable file/,
    ],
    [
      ["evaluate", file("rtl.csv"), "--fidelity", "event", "--model", file("design.json")],
      /design\.json: format: expected "polaris-model"/,
    ],
    [["validate"], /rtl/],
  ] as const) {
    const { code, stdout, stderr } = await polaris(args);
    assert.equal(code, 2, stderr);
    assert.match(stderr, message);
    assert.equal(stderr.trim().split("\n").length, 1, stderr);
    assert.equal(stdout.toString(), "");
  }
});
