import assert from "node:assert/strict";
import { readFileSync, writeFileSync } from "node:fs";
import { test } from "node:test";
import { builtinWorkload } from "../../src/workload/builtin.ts";
import { loadWorkload, loadWorkloads } from "../../src/workload/load.ts";
import { resnet50 } from "../interop/onnx/networks.ts";
import { writeModel } from "../interop/onnx/writer.ts";
import { polaris, scratchFolder } from "./polaris.ts";

const file = scratchFolder();
const MODEL = file("resnet.onnx");
writeFileSync(MODEL, writeModel(resnet50("batch")));

test("import writes a layer table that is read back as the same layers, and lists every operator", async () => {
  const { code, stdout, stderr } = await polaris([
    "import",
    MODEL,
    "--dim",
    "batch=1",
    "--out",
    file("net.yaml"),
  ]);

  assert.equal(stderr, "");
  assert.equal(code, 0);
  assert.match(
    String(stdout),
    /^resnet: 24 distinct layers, 4,089,184,256 MACs \(ONNX opset 17, written by polaris-test\)\n/,
  );
  assert.match(String(stdout), /\nConv +53 +in layers/);
  assert.match(String(stdout), /\nRelu +49 +beside/);
  const direct = await loadWorkload(MODEL, { batch: 1 });
  assert.deepEqual(await loadWorkload(file("net.yaml")), { ...direct, name: "resnet" });
});

test("map takes a model where it takes a network, and answers with the same design", async () => {
  const model = await polaris(["map", MODEL, "--dim", "batch=1", "--json", "--quiet"]);
  const builtin = await polaris(["map", "resnet50", "--json", "--quiet"]);

  assert.equal(model.code, 0, model.stderr);
  const [found, expected] = [JSON.parse(String(model.stdout)), JSON.parse(String(builtin.stdout))];
  assert.deepEqual(found.totals, expected.totals);
  assert.equal(found.layers.length, builtinWorkload("resnet50").layers.length);
});

test("a dim without a size, a mistyped one and one of a built-in network are each one line", async () => {
  for (const [args, expected] of [
    [[MODEL], /resnet\.onnx: inputs: expected a size for "batch", found none \(--dim batch=1\)\n$/],
    [
      [MODEL, "--dim", "bach=1"],
      /--dim bach: expected one of the open dims batch, found "bach" \(did you mean batch\?\)\n$/,
    ],
    [[MODEL, "--dim", "batch"], /--dim: expected a size as batch=1, found "batch"\n$/],
    [
      ["resnet50", "--dim", "batch=1"],
      /--dim batch: expected an ONNX model with open dims, found "resnet50"\n$/,
    ],
  ] as const) {
    const { code, stderr } = await polaris(["map", ...args]);
    assert.equal(code, 2);
    assert.match(stderr, expected);
    assert.equal(stderr.split("\n").length, 2);
  }
});

test("a dim is that of the models that have it, among several networks", async () => {
  const [model, table] = await loadWorkloads([MODEL, "bert", { layers: [{ K: 16 }] }], { batch: 2 });
  assert.deepEqual(model, await loadWorkload(MODEL, { batch: 2 }));
  assert.deepEqual(table, builtinWorkload("bert"));

  for (const [given, expected] of [
    [[MODEL, "bert"], /^--dim bach: expected one of the open dims batch, found "bach"$/],
    [["dlrm", "bert"], /^--dim bach: expected no dims: all are fixed, found "bach"$/],
  ] as const)
    await assert.rejects(loadWorkloads(given, { bach: 1 }), { message: expected });
  const { code, stdout, stderr } = await polaris(
    ["search", MODEL, "dlrm", "--dim", "batch=1", "--json", "--quiet"].concat(
      "--pe 16 --scratchpad-kib 64 --accumulator-kib 16".split(" "),
    ),
  );
  assert.equal(code, 0, stderr);
  assert.match(String(stdout), /dlrm/);
});

test("--out writes JSON as well", async () => {
  const { code } = await polaris(["import", MODEL, "--dim", "batch=4", "--out", file("net.json")]);

  assert.equal(code, 0);
  const table = JSON.parse(readFileSync(file("net.json"), "utf8"));
  assert.equal(table.layers[0].N, 4);
});
