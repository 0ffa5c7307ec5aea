import assert from "node:assert/strict";
import { readFileSync, writeFileSync } from "node:fs";
import { test } from "node:test";
import { csvParse } from "d3-dsv";
import { dosaCells, dosaHeader } from "../../src/designs/dosa-table.ts";
import { createHardware } from "../../src/hardware/hardware.ts";
import { readImport } from "../../src/interop/read-import.ts";
import { parseMapping } from "../../src/space/mapping.ts";
import { toLayerShape } from "../../src/workload/layer.ts";
import { polaris, scratchFolder, tableText } from "./polaris.ts";

const file = scratchFolder();
const ROWS = 12;

test("train --fidelity starlight writes a model that validate and evaluate take, its networks, and what was held out", async () => {
  // Two layers, in turns.
  const rows = Array.from({ length: ROWS }, (_, i) => {
    const rowsOfOutputs = 6 * (1 + (i % 2));
    const shape = toLayerShape({ K: 16, C: 12, P: rowsOfOutputs, Q: 4, R: 3, S: 3 });
    const hardware = createHardware({ peDim: 8, scratchpadKib: 32 + i, accumulatorKib: 8 });
    const mapping = `L3[WIO] K2 Q2 - L2[WI] N1 K8X - L1[O] C2 R3 S3 Q2 C6X - L0[W] P${rowsOfOutputs}`;
    return [
      ...dosaCells(parseMapping(mapping), shape, hardware).map(String),
      String(1000 + 500 * (i % 2) + i),
    ];
  });
  writeFileSync(file("rows.csv"), tableText(rows, [...dosaHeader("shared"), "target.gemmini_cycle"]));
  const ours = ["--fidelity", "starlight", "--profile", "polaris-rtl"];

  const { code, stdout, stderr } = await polaris([
    ...["train", "--rtl", file("rows.csv"), ...ours, "--workers", "1"],
    ...["--out", file("model.json"), "--onnx", file("net"), "--held-out", file("held.csv")],
  ]);

  assert.equal(code, 0, stderr);
  assert.match(String(stdout), new RegExp(`^layers held out +${ROWS} `, "m"));
  const kinds = ["convolution", "matmul"] as const;
  assert.deepEqual(stderr.trimEnd().split("\n"), [
    `polaris: wrote the model to ${file("model.json")}`,
    ...kinds.map((kind) => `polaris: wrote its network to ${file(`net-${kind}.onnx`)}`),
    `polaris: wrote ${ROWS} predictions to ${file("held.csv")}`,
  ]);
  assert.equal(csvParse(readFileSync(file("held.csv"), "utf8")).length, ROWS);
  // Whether they compute what the model does is shown elsewhere; here, that they are ONNX models.
  for (const kind of kinds) await readImport([file(`net-${kind}.onnx`)], { batch: 1 });

  const model = ["--model", file("model.json")];
  const judged = await polaris(["validate", "--rtl", file("rows.csv"), ...ours, ...model, "--json"]);
  const priced = await polaris(["evaluate", file("rows.csv"), ...ours, ...model, "--quiet"]);
  assert.deepEqual([judged.code, priced.code], [0, 0], judged.stderr + priced.stderr);
  const { inSample, latency } = JSON.parse(String(judged.stdout));
  assert.deepEqual([inSample[0].rows, latency.rows], [ROWS, ROWS]);
  assert.equal(csvParse(String(priced.stdout)).length, ROWS);
});
