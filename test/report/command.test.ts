import assert from "node:assert/strict";
import { existsSync, readdirSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { test } from "node:test";
import { csvParse } from "d3-dsv";
import { parquetWriteBuffer } from "hyparquet-writer";
import type { Figure } from "../../src/report/figure.ts";
import { sections } from "../../src/report/figures.ts";
import { claimText, renderReport } from "../../src/report/page/report.ts";
import { parseResultDocument } from "../../src/report/parse-document.ts";
import { parseResultTable } from "../../src/report/parse-table.ts";
import { summarise } from "../../src/report/summary.ts";
import { builtinWorkload, loadEngine } from "../../src/starlight.ts";
import { COLUMNS, designRows, polaris, scratchFolder, tableText } from "../cli/polaris.ts";
import { HARDWARE, mappedDocument, randomPoints } from "./result.ts";

const file = scratchFolder();
const FACTS = { file: "x", bytes: 1, sha256: "" };
const find = async (name: string) => builtinWorkload(name);

const pointsTable = (count: number): string =>
  [
    "pe_dim,scratchpad_kib,accumulator_kib,latency_cycles,energy_uj,edp_j_cycles,area_mm2,area_source,pareto",
    ...randomPoints(count, 3).map((point) => Object.values(point).join(",")),
    "",
  ].join("\n");

test("search writes where its numbers come from and how it converged, and report shows both", async () => {
  const args = ["search", "dlrm", "--pe", "8,16", "--max-area-mm2", "0.4", "--quiet", "--workers", "1"];
  await polaris([...args, "--out", file("search.json")]);

  const { code, stdout, stderr } = await polaris(["report", file("search.json")]);

  assert.deepEqual([code, stderr], [0, ""]);
  assert.match(String(stdout), /dlrm: one design: proven optimal \(edp\)/);
  const page = readFileSync(file("search.html"), "utf8");
  assert.match(page, /polaris search dlrm --pe 8,16 --max-area-mm2 0.4</);
  assert.match(page, /totals computed again from the mappings: equal to those in the file/);
  const { convergence, totals } = JSON.parse(readFileSync(file("search.json"), "utf8"));
  const steps: readonly { work: number; best: number; bound: number }[] = convergence.steps;
  assert.ok(Math.abs((steps.at(-1)?.best ?? 0) * 1e-12 - totals.edpJCycles) < 1e-9 * totals.edpJCycles);
  for (const [i, step] of steps.entries()) {
    assert.ok(step.bound <= step.best);
    const before = steps[i - 1];
    if (before) assert.ok(step.best <= before.best && step.bound >= before.bound && step.work >= before.work);
  }
});

test("report writes each plot as SVG, PNG and CSV", async () => {
  writeFileSync(file("map.json"), JSON.stringify(await mappedDocument("bert")));
  const fonts = existsSync("/usr/share/fonts/truetype") || existsSync("/usr/share/fonts/opentype");
  const formats = fonts ? ["svg", "png", "csv"] : ["svg", "csv"];

  const { code, stderr } = await polaris([
    "report",
    file("map.json"),
    "--figures",
    file("plots"),
    "--formats",
    formats.join(","),
    "--quiet",
  ]);

  assert.deepEqual([code, stderr], [0, ""]);
  const names = readdirSync(file("plots"));
  assert.equal(names.length, formats.length * (4 + 5));
  assert.equal(csvParse(readFileSync(file("plots/latency.csv"), "utf8")).length, 5);
  assert.match(
    readFileSync(file("plots/roofline.svg"), "utf8"),
    /^<svg xmlns="http:\/\/www.w3.org\/2000\/svg"/,
  );
  if (fonts) assert.equal(readFileSync(file("plots/energy.png")).toString("latin1", 1, 4), "PNG");
});

test("a report of 100,000 points has at most 5 MB", async () => {
  writeFileSync(file("sweep.csv"), pointsTable(100_000));

  const { code, stdout } = await polaris(["report", file("sweep.csv")]);

  assert.equal(code, 0, String(stdout));
  assert.ok(statSync(file("sweep.html")).size < 5e6);
  assert.match(
    readFileSync(file("sweep.html"), "utf8"),
    /designs are counted in squares, 1 to [\d,]+ to a square/,
  );
});

test("a table says the same as CSV and as Parquet, and --workload finds its best design's mappings", async () => {
  const sweep = ["sweep", "dlrm", "--pe", "8,16", "--scratchpad-kib", "64", "--quiet"];
  await polaris([...sweep, "--out", file("s.csv")]);
  await polaris([...sweep, "--out", file("s.parquet")]);
  const report = async (name: string) =>
    JSON.parse(String((await polaris(["report", file(name), "--json", "--workload", "dlrm"])).stdout));

  const [csv, parquet] = [await report("s.csv"), await report("s.parquet")];

  assert.deepEqual(parquet.figures, csv.figures);
  assert.equal(csv.designs[0].agrees, true);
  const edp = csvParse(readFileSync(file("s.csv"), "utf8")).map((row) => Number(row["edp_j_cycles"]));
  assert.ok(Math.abs(csv.designs[0].totals.edpJCycles / Math.min(...edp) - 1) < 1e-9);
});

test("totals that are not those of the mappings are said on stderr", async () => {
  const own = await polaris(["report", file("s.csv"), "--json", "--workload", "dlrm"]);
  const other = await polaris(["report", file("s.csv"), "--json", "--workload", "bert"]);
  await polaris(["map", "dlrm", "--json", "--quiet", "--out", file("edited.json")]);
  const design = JSON.parse(readFileSync(file("edited.json"), "utf8"));
  design.totals.latencyCycles += 1000;
  writeFileSync(file("edited.json"), JSON.stringify(design));
  const edited = await polaris(["report", file("edited.json"), "--json"]);

  assert.equal(own.stderr, "");
  assert.match(
    other.stderr,
    /^polaris: warning: .*s\.csv: the totals in the file are not those .*: is it of bert\?\n$/,
  );
  assert.match(
    edited.stderr,
    /^polaris: warning: .*edited\.json: the totals in the file are not those .*layers\n$/,
  );
});

test("measured cycles beside the answers of evaluate become a plot of both", async () => {
  const rows = designRows(20, 5, (row) => String(10_000 * (row + 1)));
  writeFileSync(file("rows.csv"), tableText(rows, [...COLUMNS.slice(0, -1), "target.gemmini_cycle"]));
  await polaris(["evaluate", file("rows.csv"), "--out", file("priced.csv"), "--quiet"]);

  const { stdout } = await polaris(["report", file("priced.csv"), "--json"]);

  const { figures } = JSON.parse(String(stdout));
  assert.deepEqual(
    figures.map((figure: { id: string; rows: unknown[] }) => [figure.id, figure.rows.length]),
    [["verified", 20]],
  );
});

test("what the RTL measured stands beside the analytical model, layer by layer", async () => {
  const mapped = (await mappedDocument("bert")) as { layers: { latencyCycles: number; energyUj: number }[] };
  const layers = mapped.layers.map((layer) => ({
    ...layer,
    latencyCycles: 2 * layer.latencyCycles,
    energyUj: 0.5 * layer.energyUj,
  }));
  const verified = [
    { name: "more", predictedCycles: 10, measuredCycles: 20, interval: { low: 5, high: 15 } },
  ];
  const document = { ...mapped, fidelity: "rtl", layers, totals: undefined, verified };
  const info = summarise(await parseResultDocument(document, FACTS, find), await loadEngine(1));

  assert.equal(info.verified?.count, 6);
  assert.ok(Math.abs((info.verified?.meanRatio ?? 0) - 0.5) < 1e-12);
  for (const [i, layer] of (info.designs[0]?.layers ?? []).entries()) {
    const { latencyCycles = 0, energyUj = 0 } = layers[i] ?? {};
    assert.equal(layer.latencyCycles, layer.runs * latencyCycles);
    assert.equal(layer.latencyParts.unmodelled, 0.5 * layer.latencyCycles);
    const parts = Object.values(layer.energyPartsUj).reduce((sum, part) => sum + part, 0);
    assert.ok(Math.abs(parts / (layer.runs * energyUj) - 1) < 1e-9);
    assert.equal(layer.energyPartsUj.unmodelled, 0);
  }
});

test("a verified search keeps what was predicted apart from what was measured", async () => {
  const mapped = (await mappedDocument("dlrm")) as { layers: object[] };
  const layers = mapped.layers.map((layer) => ({
    ...layer,
    latencyCycles: undefined,
    predicted: { latencyCycles: 100, energyUj: 1, latencyInterval: { low: 90, high: 130 } },
    verified: { latencyCycles: 125, energyUj: 2 },
  }));
  const others = [
    {
      hardware: HARDWARE,
      predicted: { cost: 2e12, interval: { low: 1e12, high: 3e12 } },
      verified: { cost: 4e12 },
    },
  ];
  const document = {
    ...mapped,
    fidelity: "event",
    optimal: false,
    gap: undefined,
    layers,
    totals: undefined,
    others,
  };
  const info = summarise(
    await parseResultDocument({ ...document, verified: { by: "rtl" }, ended: "interval" }, FACTS, find),
    await loadEngine(1),
  );

  assert.deepEqual([info.verified?.count, info.verified?.meanRatio.toFixed(12)], [7, "0.800000000000"]);
  assert.equal(info.designs[0]?.totals.latencyCycles, 100 * layers.length);
  const [run] = info.verifiedDesigns?.points ?? [];
  assert.deepEqual([run?.predicted, run?.interval?.high, run?.measured], [2, 3, 4]);
  assert.equal(
    claimText(info),
    "the best of the designs that were run (edp, 1): EDP (J × cycles) 4 verified, 2 predicted (90 %: 1 to 3); ranked by the event model, no other that was considered can be better within the model's intervals",
  );
  const page = await renderReport(info, "1.2.3");
  const tiles = [
    ...page.matchAll(
      /<dt>([^<]+)<\/dt><dd>([^<]+) <small>(?:[^<]+)<\/small><\/dd>(?:<dd class="beside">([^<]+))?/g,
    ),
  ];
  assert.deepEqual(
    tiles.slice(1, 4).map(([, ...tile]) => tile),
    [
      ["latency, verified", "875", "predicted 700; 90 %: 630 to 910"],
      ["energy, verified", "14", "predicted 7"],
      ["EDP, verified", "0.01225", "predicted 0.0049; 90 %: 0.00441 to 0.00637"],
    ],
  );
  assert.match(page, /<th scope="row">verified by<\/th><td class="text">rtl</);
});

test("the accuracy of a model is shown by class of layer, and what it learnt from is said", async () => {
  const accuracy = (rows: number, spearman: number | null) => ({
    rows,
    mapePercent: 5,
    medianApePercent: 3,
    within10Percent: 90,
    spearman,
  });
  const document = {
    version: 1,
    fidelity: "starlight",
    profile: "polaris-rtl",
    latency: accuracy(1200, 0.99),
    classes: [{ name: "conv 1x1", latency: accuracy(20, null) }],
    inSample: [{ name: "rows.csv", rows: 1200 }],
  };

  const info = summarise(await parseResultDocument(document, FACTS, find), await loadEngine(1));

  assert.equal(info.title, "Accuracy of starlight over 1,200 measurements");
  assert.equal(
    claimText(info),
    "starlight model (profile polaris-rtl): mean error of latency 5 %, median 3 %, 90 % of the measurements at most 10 % off; it learnt from 1,200 of them, which flatters it",
  );
  const [{ id, table }] = sections(info).flatMap(({ figures }) => figures) as [Figure];
  assert.deepEqual(
    [id, table.rows.map(([name, count]) => [name, count])],
    [
      "accuracy",
      [
        ["all", 1200],
        ["conv 1x1", 20],
      ],
    ],
  );
});

test("what is no result is refused with its place", async () => {
  const parquet = new Uint8Array(parquetWriteBuffer({ columnData: [{ name: "a", data: [1] }] }));
  writeFileSync(file("other.parquet"), parquet);
  writeFileSync(file("broken.parquet"), "PAR1");
  const refuses = async (run: () => unknown, message: RegExp): Promise<void> => {
    await assert.rejects(async () => run(), message);
  };
  const [header = "", first = ""] = pointsTable(1).split("\n");
  const row = Object.fromEntries(header.split(",").map((key, i) => [key, first.split(",")[i]]));

  await refuses(
    () => parseResultDocument([], FACTS, find),
    /expected a result of evaluate, map, search or sweep/,
  );
  await refuses(() => parseResultDocument({ version: 2 }, FACTS, find), /x: version: expected 1, found 2/);
  await refuses(
    () => parseResultDocument({}, FACTS, find),
    /expected a design with layers, points, or the accuracy of a model/,
  );
  await refuses(
    () => parseResultDocument({ points: [{ hardware: { peDim: 1 } }] }, FACTS, find),
    /points\[0\]: hardware/,
  );
  await refuses(
    async () => parseResultDocument({ ...(await mappedDocument("dlrm")), fidelity: "guess" }, FACTS, find),
    /x: fidelity: expected analytical, starlight, event, rtl, found "guess"/,
  );
  await refuses(() => parseResultTable([], [], FACTS), /a table with rows/);
  await refuses(
    () => parseResultTable([{ ...row, energy_uj: "" }], header.split(","), FACTS),
    /x: row 1: energy_uj: expected a number above 0/,
  );
  for (const [args, message] of [
    [[file("other.parquet")], /expected a table of sweep or search --pareto/],
    [[file("broken.parquet")], /broken.parquet: expected Parquet data/],
    [[file("none.csv")], /no such file/],
    [["x.txt"], /no such file|expected a .json/],
    [[file("map.json"), "--formats", "gif"], /--formats: expected some of svg, png, csv/],
    [[file("map.json"), "--out", "/nowhere/x.html"], /no such folder/],
  ] as const) {
    const { code, stderr } = await polaris(["report", ...args]);
    assert.equal(code, 2, stderr);
    assert.match(stderr, message);
    assert.equal(stderr.trimEnd().split("\n").length, 1);
  }
});
