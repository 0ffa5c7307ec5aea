import assert from "node:assert/strict";
import { test } from "node:test";
import { InputError } from "../../../src/errors.ts";
import { importOnnx, type OnnxImport } from "../../../src/interop/onnx/import.ts";
import { builtinWorkload } from "../../../src/workload/builtin.ts";
import { type Layer, macs, shapeKey } from "../../../src/workload/layer.ts";
import { bertEncoder, gpt2, mobilenetv2, resnet50, vit } from "./networks.ts";
import { type ModelSpec, writeModel } from "./writer.ts";

function read(model: ModelSpec, dims: Record<string, number> = {}): OnnxImport {
  return importOnnx(writeModel(model), { dims });
}

/** Runs of every distinct loop nest, in an order of their own. */
function table(layers: readonly Layer[]): readonly string[] {
  const runs = new Map<string, number>();
  for (const { shape, groups, count } of layers) {
    const key = `${shapeKey(shape)} groups ${groups}`;
    runs.set(key, (runs.get(key) ?? 0) + count);
  }
  return [...runs].map(([key, count]) => `${key} x ${count}`).sort();
}

function totalMacs(layers: readonly Layer[]): number {
  return layers.reduce((sum, { shape, count }) => sum + count * macs(shape), 0);
}

test("ResNet-50 has the layers of the built-in table, and 4,089,184,256 MACs", () => {
  const { workload, operators } = read(resnet50());

  assert.deepEqual(table(workload.layers), table(builtinWorkload("resnet50").layers));
  assert.equal(workload.layers.length, 24);
  assert.equal(totalMacs(workload.layers), 4_089_184_256);
  assert.equal(operators.find(({ operator }) => operator === "Conv")?.nodes, 53);
  assert.deepEqual(
    operators.filter(({ handling }) => handling === "unread"),
    [],
  );
});

test("a symbolic batch is bound by --dim, is asked for by name, and goes to N and to the rows of a product", () => {
  const { workload } = read(resnet50("batch"), { batch: 8 });

  const [first, last] = [workload.layers[0], workload.layers.at(-1)];
  assert.deepEqual([first?.shape.N, last?.shape.P], [8, 8]);
  assert.equal(totalMacs(workload.layers), 8 * 4_089_184_256);
  assert.throws(
    () => read(resnet50("batch")),
    (error) =>
      error instanceof InputError &&
      /"batch".*found none/.test(error.message) &&
      error.problem.hint === "--dim batch=1",
  );
  assert.throws(() => read(resnet50("batch"), { bach: 1 }), /--dim bach/);
});

test("MobileNetV2 has the layers of the built-in table, depthwise ones by the channel, and 300,774,272 MACs", () => {
  const { workload } = read(mobilenetv2());

  assert.deepEqual(table(workload.layers), table(builtinWorkload("mobilenetv2").layers));
  assert.equal(totalMacs(workload.layers), 300_774_272);
});

test("BERT-base's encoder on 128 tokens has the products of the paper, and 12 x 931,135,488 MACs", () => {
  const { workload } = read(bertEncoder({ width: 768, heads: 12, layers: 12 }), { batch: 1, sequence: 128 });

  // 4 projections, scores and context of 12 heads, two feed-forward products.
  const layer = 4 * 128 * 768 * 768 + 2 * 12 * 128 * 128 * 64 + 2 * 128 * 768 * 3072;
  assert.equal(layer, 931_135_488);
  assert.equal(totalMacs(workload.layers), 12 * layer);
  const runs = workload.layers.map(({ count, shape: { P, C, K } }) => [P, C, K, count]);
  assert.deepEqual(runs, [
    [128, 768, 768, 48],
    [128, 64, 128, 144],
    [128, 128, 64, 144],
    [128, 768, 3072, 12],
    [128, 3072, 768, 12],
  ]);
  const shapes = new Set(builtinWorkload("bert").layers.map(({ shape }) => shapeKey(shape)));
  assert.deepEqual(new Set(workload.layers.map(({ shape }) => shapeKey(shape))), shapes);
});

test("a batch of sequences is more rows for a projection and more products for attention", () => {
  const { workload } = read(bertEncoder({ width: 64, heads: 2, layers: 1 }), { batch: 3, sequence: 10 });

  const runs = workload.layers.map(({ count, shape: { P, C, K } }) => [P, C, K, count]);
  assert.deepEqual(runs[0], [30, 64, 64, 4]);
  assert.deepEqual(runs[1], [10, 32, 10, 6]);
});

test("ViT-B/16 has the layers of the built-in table, the class token found through Expand and Concat", () => {
  const { workload, operators } = read(vit({ width: 768, heads: 12, layers: 12 }), { "image.0": 1 });

  assert.deepEqual(table(workload.layers), table(builtinWorkload("vit-b16").layers));
  // One block: qkv, scores and context of 12 heads, projection, two of the MLP.
  const block = 197 * 768 * 2304 + 24 * 197 * 197 * 64 + 197 * 768 * 768 + 2 * 197 * 768 * 3072;
  assert.equal(totalMacs(workload.layers), 12 * block + 196 * 768 * 768 + 768 * 1000);
  assert.ok(operators.every(({ handling }) => handling !== "unread"));
});

test("GPT-2 on 1024 tokens has the layers of the built-in table, its shapes computed in the graph", () => {
  const { workload } = read(gpt2({ width: 768, heads: 12, layers: 12 }), { batch: 1, sequence: 1024 });

  assert.deepEqual(table(workload.layers), table(builtinWorkload("gpt2").layers));
  const block = 1024 * 768 * (2304 + 768 + 2 * 3072) + 24 * 1024 * 1024 * 64;
  assert.equal(totalMacs(workload.layers), 12 * block + 1024 * 768 * 50257);
});
