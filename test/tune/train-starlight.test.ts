import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import { loadModule } from "#kernels";
import { dosaCells, dosaHeader } from "../../src/designs/dosa-table.ts";
import { priorCoefficients } from "../../src/event/coefficients.ts";
import { createEventEvaluator } from "../../src/event/evaluator.ts";
import { parseEventModel } from "../../src/event/model.ts";
import { createEngine } from "../../src/fidelity/engine.ts";
import { createHardware } from "../../src/hardware/hardware.ts";
import { bytesSource } from "../../src/interop/onnx/bytes.ts";
import { readModel } from "../../src/interop/onnx/decode.ts";
import { createRng } from "../../src/rng.ts";
import { toMapping } from "../../src/space/mapping.ts";
import { RawMapping } from "../../src/space/raw-mapping.ts";
import { createMappingSampler } from "../../src/space/sample.ts";
import { builtinStarlight } from "../../src/surrogate/builtin.ts";
import { createStarlightEngine } from "../../src/surrogate/engine.ts";
import { createStarlightEvaluator } from "../../src/surrogate/evaluator.ts";
import { parseStarlightModel } from "../../src/surrogate/model.ts";
import { type CalibrationPool, calibrate } from "../../src/tune/calibrate.ts";
import { MEASURED_COLUMN, type MeasuredRow, parseDataset } from "../../src/tune/dataset.ts";
import { halfWidth } from "../../src/tune/interval.ts";
import { judgeRows } from "../../src/tune/judge-rows.ts";
import { toOnnx } from "../../src/tune/onnx-network.ts";
import { predictRows } from "../../src/tune/predict.ts";
import { judgeUnseen, withIntervals } from "../../src/tune/refit-intervals.ts";
import { reportAccuracy } from "../../src/tune/report.ts";
import { FULL_EFFORT } from "../../src/tune/starlight-training.ts";
import { toCalibrationRow, train } from "../../src/tune/train.ts";
import { trainStarlight } from "../../src/tune/train-starlight.ts";
import { toLayerShape } from "../../src/workload/layer.ts";

const module = await loadModule();
const training = new WebAssembly.Module(readFileSync(new URL("../../build/training.wasm", import.meta.url)));
const pool: CalibrationPool = {
  calibrate: async ({ rows, options }) => calibrate(module, rows, { ...options, iterations: 2 }),
};
const sources = [{ name: "rows.csv", rows: 30, crc32: "00000000" }];

/** "Measurements" of six layers on DOSA's dummy accelerator, the first on each array cold: what the priors say, and up to a fifth more or less. */
async function measuredRows(): Promise<readonly MeasuredRow[]> {
  const dummy = createHardware({ peDim: 128, scratchpadKib: 1024, accumulatorKib: 1024, bandwidth: "split" });
  const drawn = createHardware({ peDim: 16, scratchpadKib: 128, accumulatorKib: 128 });
  const rng = createRng(4);
  const raw = new RawMapping();
  const shapes = [
    { K: 64, C: 32, P: 28, Q: 28, R: 3, S: 3 },
    { K: 64, C: 256, P: 14, Q: 14 },
    { K: 512, C: 768, P: 128 },
    { K: 40, C: 16, P: 20, Q: 20, R: 5, S: 5 },
    { K: 256, C: 64, P: 64 },
    { K: 32, C: 48, P: 9, Q: 9, R: 3, S: 3 },
  ].map(toLayerShape);
  const lines = Array.from({ length: 30 }, (_, i) => {
    const shape = shapes[i % shapes.length] as (typeof shapes)[number];
    createMappingSampler(shape, drawn)(rng, raw);
    return [...dosaCells(toMapping(raw), shape, dummy), "1"].join(",");
  });
  const text = [[...dosaHeader("split"), MEASURED_COLUMN].join(","), ...lines].join("\n");
  const rows = parseDataset(text, "rows.csv", await createEngine(module));
  const simulated = predictRows(module, rows.map(toCalibrationRow), priorCoefficients());
  return rows.map((row, i) => ({
    ...row,
    measuredCycles: Math.round((simulated[i]?.latencyCycles ?? 0) * (1 + 0.2 * Math.sin(i))),
  }));
}

const rows = await measuredRows();
const request = { module, pool, rows, sources, seed: 0, madeBy: "a test" };

/** As a file comes back from disk. */
function stored<T>(file: T): unknown {
  return JSON.parse(JSON.stringify(file));
}

test("what train says of the rows that an event model learnt from is what validate says of them, cold runs included", async () => {
  const { file, fit } = await train(request);

  const model = parseEventModel(stored(file), "event.json");
  const evaluator = createEventEvaluator(module, await createEngine(module), model);

  assert.ok(rows.some(({ cold }) => cold) && rows.some(({ cold }) => !cold));
  assert.deepEqual(reportAccuracy(await judgeRows(evaluator, rows)), fit);
  assert.deepEqual(evaluator.learntFrom, sources);
});

test("what train says of the rows that Starlight learnt from is what validate says of them, and every row is judged held out", async () => {
  const recipe = (name: "distillation" | "fineTuning") => ({ ...FULL_EFFORT[name], steps: 40, batch: 32 });
  const effort = {
    mappings: 200,
    distillation: recipe("distillation"),
    fineTuning: recipe("fineTuning"),
  };
  const progress: number[] = [];

  const made = await trainStarlight({
    ...request,
    training,
    effort,
    profile: "gemmini-firesim",
    date: "2026-01-01",
    onProgress: (done, of) => progress.push(done / of),
  });

  const model = parseStarlightModel(stored(made.file), "model.json", "gemmini-firesim");
  const evaluator = createStarlightEvaluator(await createStarlightEngine(module, model));
  assert.deepEqual(reportAccuracy(await judgeRows(evaluator, rows)), made.fit);
  for (const report of [made.fit, made.random, made.layers, made.distilledLayers]) {
    assert.equal(report.latency.rows, rows.length);
    assert.ok(report.latency.mapePercent < 60, JSON.stringify(report.latency));
  }
  assert.ok(made.coveragePercent > 50);
  assert.equal(made.layers.coveragePercent, made.coveragePercent);
  assert.ok(made.layers.classes.every(({ halfWidthPercent = 0 }) => halfWidthPercent > 0));
  assert.deepEqual(
    progress,
    [...progress].sort((a, b) => a - b),
  );
  assert.equal(progress.at(-1), 1);
  assert.deepEqual(
    made.heldOut.map(({ row }) => row),
    rows,
  );
  const foldsOf = (layer: string): number =>
    new Set(made.heldOut.filter(({ row }) => row.layer === layer).map(({ fold }) => fold)).size;
  assert.ok(rows.every(({ layer }) => foldsOf(layer) === 1));
  assert.deepEqual([made.file.kind, made.file.data], ["starlight", sources]);
  assert.deepEqual(withIntervals(made.model, made.heldOut), made.model);

  const { graph } = readModel(bytesSource(toOnnx(made.model.convolution.network, "exact", "a test")));
  assert.deepEqual(
    graph.nodes.map(({ op }) => op).filter((op) => op === "MatMul"),
    ["MatMul", "MatMul", "MatMul"],
  );
  assert.deepEqual([graph.inputs[0]?.name, graph.outputs[0]?.name], ["activations", "factors"]);
});

test("intervals of the kernels are as wide as ensemble, array, loads and stores say, by the traits that they are fitted on", async () => {
  const model = await builtinStarlight("gemmini-firesim");
  const evaluator = createStarlightEvaluator(await createStarlightEngine(module, model));

  const unseen = judgeUnseen(module, training, model, rows);
  const judged = await judgeRows(evaluator, rows);

  assert.equal(judged.length, rows.length);
  for (const [i, { row, predictedCycles, interval }] of judged.entries()) {
    const one = unseen[i] as (typeof unseen)[number];
    const kind = row.shape.Q === 1 && row.shape.R === 1 ? "matmul" : "convolution";
    const width = halfWidth(model[kind].spread, one);
    assert.ok(Math.abs(one.cycles / predictedCycles - 1) < 0.01, `${one.cycles} ${predictedCycles}`);
    const found = Math.log((interval?.high as number) / predictedCycles);
    assert.ok(Math.abs(found / width - 1) < 0.1, `${found} ${width}`);
  }
  assert.ok(unseen.every(({ fold }) => fold >= 0 && fold < 5));
});
