import assert from "node:assert/strict";
import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { before, test } from "node:test";
import { parquetReadObjects } from "hyparquet";
import { InputError } from "../../src/errors.ts";
import { readImport } from "../../src/interop/read-import.ts";
import { polaris, scratchFolder } from "./polaris.ts";

const file = scratchFolder();
const FOLDER = file("made");
const DESIGN = join(FOLDER, "design.json");

before(async () => {
  const { code, stderr } = await polaris(["map", "bert", "--out", `${FOLDER}/`, "--quiet"]);
  assert.equal(code, 0, stderr);
});

/** What a design is made of, whatever else its document says. */
function essence(text: string): unknown {
  const { hardware, layers } = JSON.parse(text) as { hardware: unknown; layers: Record<string, unknown>[] };
  return {
    hardware,
    layers: layers.map(({ name, count, shape, mapping }) => ({ name, count, shape, mapping })),
  };
}

test("a design goes to Timeloop and to a DOSA table, and comes back as it was", async () => {
  const expected = essence(readFileSync(DESIGN, "utf8"));
  for (const [format, out] of [
    ["timeloop-0.4", "recent"],
    ["csv", "rows.csv"],
  ] as const) {
    const exported = await polaris(["export", DESIGN, "--to", format, "--out", file(out), "--quiet"]);
    assert.equal(exported.code, 0, exported.stderr);
    const imported = await polaris(["import", file(out), "--json"]);
    assert.equal(imported.code, 0, imported.stderr);
    assert.deepEqual(essence(String(imported.stdout)), expected, format);
  }
  assert.deepEqual(readdirSync(file("recent")), [
    "architecture.yaml",
    "layer1.yaml",
    "layer2.yaml",
    "layer3.yaml",
    "layer4.yaml",
    "layer5.yaml",
    "layers.json",
  ]);
});

test("a folder holds the design, its report, and what export writes of it", async () => {
  assert.deepEqual(readdirSync(FOLDER), ["design.json", "dosa.csv", "gemmini", "report.html", "timeloop"]);
  assert.match(readFileSync(join(FOLDER, "report.html"), "utf8"), /^<!doctype html>/i);
  assert.equal(readFileSync(join(FOLDER, "dosa.csv"), "utf8"), readFileSync(file("rows.csv"), "utf8"));
  for (const name of readdirSync(file("recent"))) {
    assert.equal(
      readFileSync(join(FOLDER, "timeloop", name), "utf8"),
      readFileSync(join(file("recent"), name), "utf8"),
    );
  }
  const again = await polaris(["map", "bert", "--hardware", DESIGN, "--out", FOLDER]);
  assert.equal(again.code, 2);
  assert.match(again.stderr, /expected another file, found the input/);
});

test("an imported design prices as the one that was exported", async () => {
  await polaris(["import", file("recent"), "--out", file("back.json")]);

  const [first, back] = await Promise.all(
    [DESIGN, file("back.json")].map((path) => polaris(["evaluate", path, "--json"])),
  );

  assert.equal(back?.code, 0, back?.stderr);
  assert.deepEqual(JSON.parse(String(back?.stdout)).totals, JSON.parse(String(first?.stdout)).totals);
});

test("Gemmini's files name what they do not express, and a Parquet table has a row a layer", async () => {
  const gemmini = await polaris(["export", DESIGN, "--to", "gemmini", "--out", file("gemmini")]);

  assert.equal(gemmini.code, 0, gemmini.stderr);
  assert.match(readFileSync(file("gemmini/gemmini_params.h"), "utf8"), /^#define DIM 16\n/m);
  const tiling = JSON.parse(readFileSync(file("gemmini/tiling.json"), "utf8"));
  assert.deepEqual(
    tiling.calls.map((call: { function: string }) => call.function),
    Array(5).fill("tiled_matmul"),
  );
  assert.match(gemmini.stderr, /^polaris: not expressed: mm_0: /);

  const parquet = await polaris(["export", DESIGN, "--to", "parquet", "--out", file("rows.parquet")]);
  assert.equal(parquet.code, 0, parquet.stderr);
  const bytes = readFileSync(file("rows.parquet"));
  const rows = await parquetReadObjects({
    file: bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.length),
  });
  assert.equal(rows.length, 5);
  assert.equal(rows[0]?.["arch.meshX"], 16);
});

test("why Gemmini cannot be built comes before what its library does otherwise", async () => {
  const odd = JSON.parse(readFileSync(DESIGN, "utf8"));
  writeFileSync(
    file("odd.json"),
    JSON.stringify({ ...odd, hardware: { ...odd.hardware, accumulatorKib: 33 } }),
  );

  const { stderr } = await polaris(["export", file("odd.json"), "--to", "gemmini", "--out", file("odd")]);

  const [first = "", ...rest] = stderr.trim().split("\n");
  assert.match(first, /^polaris: not expressed: cannot be built: an accumulator of 33 KiB: /);
  assert.ok(rest.length > 0 && rest.every((line) => !line.includes("cannot be built")), stderr);
});

test("a SCALE-Sim topology is a workload; other tables, other files and --dim without a model are refused by one line", async () => {
  writeFileSync(file("topology.csv"), "Layer, M, N, K,\nqkv, 128, 2304, 768,\n");
  const topology = await polaris(["import", file("topology.csv"), "--out", file("topology.yaml")]);
  assert.equal(topology.code, 0, topology.stderr);
  assert.match(readFileSync(file("topology.yaml"), "utf8"), /\{ name: qkv, K: 2304, C: 768, P: 128 \}/);

  writeFileSync(file("other.csv"), "a,b\n1,2\n");
  writeFileSync(file("other.txt"), "");
  for (const [files, dims, expected] of [
    [
      [file("other.csv")],
      {},
      /header: expected that of a SCALE-Sim topology or of a table in the DOSA format, found "a,b"/,
    ],
    [[file("other.txt")], {}, /file: expected an \.onnx model, a \.csv table, or Timeloop's \.yaml files/],
    [[DESIGN], { batch: 1 }, /--dim batch: expected an ONNX model/],
    [[file("gemmini")], {}, /gemmini: expected Timeloop's \.yaml files, found none/],
    [[file("nowhere")], {}, /nowhere: expected a readable file, found no such file/],
  ] as const) {
    await assert.rejects(
      readImport(files, dims),
      (error) => error instanceof InputError && expected.test(error.message) && !error.message.includes("\n"),
    );
  }
});
