import assert from "node:assert/strict";
import { existsSync, readFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { test } from "node:test";
import { fileURLToPath } from "node:url";
import { InputError } from "../../src/errors.ts";
import { BUILTIN_WORKLOADS, builtinWorkload } from "../../src/workload/builtin.ts";
import { DIMS, type LayerShape, macs, STEPS, toLayerShape, weightWords } from "../../src/workload/layer.ts";

const NAMES = [
  "resnet50",
  "bert",
  "retinanet",
  "unet",
  "alexnet",
  "vgg16",
  "densenet161",
  "resnext50",
  "dlrm",
  "deepbench",
  "gpt2",
  "llama3-8b-prefill",
  "llama3-8b-decode",
  "mobilenetv2",
  "vit-b16",
];

/** The file of each published table. */
const PUBLISHED = {
  resnet50: "resnet50.json",
  bert: "bert.json",
  retinanet: "retinanet.json",
  unet: "unet.json",
  alexnet: "alexnet.json",
  vgg16: "vgg16.json",
  densenet161: "densenet161.json",
  resnext50: "resnext50_32x4d.json",
  dlrm: "dlrm.json",
  deepbench: "deepbench.json",
};
const DATA = process.env["POLARIS_DATA"] ?? fileURLToPath(new URL("../../../shared/data", import.meta.url));
const TABLES = resolve(DATA, "workloads");
const skip = existsSync(TABLES)
  ? false
  : `no published tables in ${TABLES}; set POLARIS_DATA to their folder`;

/** MACs of the network: of each layer as often as it runs. */
function totalMacs(name: string): number {
  return builtinWorkload(name).layers.reduce((sum, { shape, count }) => sum + count * macs(shape), 0);
}

/** Words of all stored weights: of all layers but the products of attention, which multiply activations. */
function parameters(name: string): number {
  const stored = builtinWorkload(name).layers.filter(
    (layer) => layer.name !== "scores" && layer.name !== "context",
  );
  return stored.reduce((sum, { shape, count }) => sum + count * weightWords(shape), 0);
}

/** The numbers of a row of a published table. */
function row({ count, ...bounds }: LayerShape & { readonly count: number }): readonly number[] {
  return [count, ...[...DIMS, ...STEPS].map((key) => bounds[key])];
}

test("the built-in names are those of the contract, and each workload carries its own", () => {
  assert.deepEqual([...BUILTIN_WORKLOADS.keys()], NAMES);
  for (const name of NAMES) assert.equal(builtinWorkload(name).name, name);
});

for (const [name, file] of Object.entries(PUBLISHED)) {
  test(`${name} has the shapes, order and counts of the published table`, { skip }, () => {
    const table = JSON.parse(readFileSync(join(TABLES, file), "utf8")) as {
      readonly layers: readonly (LayerShape & { readonly count: number })[];
    };

    const rows = builtinWorkload(name).layers.map(({ count, shape }) => row({ count, ...shape }));

    assert.deepEqual(rows, table.layers.map(row));
  });
}

test("every layer is valid and has a name of its own, and every network says where it is from", () => {
  for (const { name, layers, source } of BUILTIN_WORKLOADS.values()) {
    assert.ok(source, `${name} has no source`);
    assert.equal(new Set(layers.map((layer) => layer.name)).size, layers.length, `${name}: a name twice`);
    for (const layer of layers) {
      assert.deepEqual(toLayerShape(layer.shape), layer.shape, `${name}: ${layer.name}`);
      assert.ok(Number.isInteger(layer.count / layer.groups) && layer.count > 0, `${name}: ${layer.name}`);
    }
  }
});

// torchvision states these at 224 x 224 (`_ops` of its weights; "GFLOPS" in its documentation are G MACs).
for (const [name, stated] of [
  ["resnet50", 4.089],
  ["resnext50", 4.23],
  ["alexnet", 0.714],
  ["mobilenetv2", 0.301],
  ["vit-b16", 17.564],
] as const) {
  test(`${name} is complete: its MACs are the ${stated} G of torchvision`, () => {
    assert.ok(Math.abs(totalMacs(name) / 1e9 - stated) < 5e-4, `${totalMacs(name)}`);
  });
}

test("with the repeats they leave out, vgg16 and densenet161 have torchvision's 15.47 G and 7.728 G", () => {
  const at = (name: string, layer: string): number => {
    const found = builtinWorkload(name).layers.find((candidate) => candidate.name === layer);
    assert.ok(found, `${name} has no ${layer}`);
    return macs(found.shape);
  };

  const vgg16 =
    totalMacs("vgg16") + at("vgg16", "conv3_2") + at("vgg16", "conv4_2") + 2 * at("vgg16", "conv5_1");
  const densenet161 =
    totalMacs("densenet161") +
    5 * at("densenet161", "denseblock1.layer1.conv2") +
    11 * at("densenet161", "denseblock2.layer1.conv2") +
    35 * at("densenet161", "denseblock3.layer1.conv2") +
    23 * at("densenet161", "denseblock4.layer1.conv2");

  assert.equal(vgg16, 15_470_264_320);
  assert.equal(densenet161, 7_727_907_072);
});

test("bert is 757 M of the 931 M MACs of an encoder layer of BERT-base on 128 tokens", () => {
  const [tokens, width] = [128, 768];
  // Projections Q, K, V and output, feed-forward of 4 widths, scores and context over all heads.
  const encoderLayer = tokens * (4 + 8) * width ** 2 + 2 * tokens ** 2 * width;
  // Left out: two projections, 11 of 12 heads of width 64.
  const leftOut = tokens * 2 * width ** 2 + 2 * tokens ** 2 * 11 * 64;

  assert.equal(encoderLayer, 931_135_488);
  assert.equal(totalMacs("bert"), encoderLayer - leftOut);
});

test("gpt2 has the MACs of 12 blocks of 12 d^2 weights and 2 t^2 d attention, and of all logits", () => {
  const [tokens, width, blocks, vocabulary] = [1024, 768, 12, 50_257];
  // Weights of a block: qkv 3 d^2, proj d^2, fc1 4 d^2, fc2 4 d^2.
  const block = tokens * 12 * width ** 2 + 2 * tokens ** 2 * width;

  assert.equal(totalMacs("gpt2"), blocks * block + tokens * width * vocabulary);
  assert.equal(totalMacs("gpt2"), 145_824_153_600);
});

test("llama3-8b has the MACs of its weights per token, of 2 t c d attention and one token's logits", () => {
  const [width, keyValue, feedForward, blocks, vocabulary] = [4096, 8 * 128, 14_336, 32, 128_256];
  // q and o d^2 each, k and v, then gate, up and down.
  const weights = 2 * width ** 2 + 2 * width * keyValue + 3 * width * feedForward;
  const expected = (tokens: number, context: number): number =>
    blocks * (tokens * weights + 2 * tokens * context * width) + width * vocabulary;

  assert.equal(totalMacs("llama3-8b-prefill"), expected(2048, 2048));
  assert.equal(totalMacs("llama3-8b-prefill"), 15_393_688_125_440);
  assert.equal(totalMacs("llama3-8b-decode"), expected(1, 2048));
  assert.equal(totalMacs("llama3-8b-decode"), 8_041_529_344);
});

test("vit-b16 has the MACs of its patches, 12 blocks on 197 tokens and a classifier on one", () => {
  const [patches, tokens, width, blocks] = [196, 197, 768, 12];
  const embedding = patches * 3 * 16 * 16 * width;
  const block = tokens * 12 * width ** 2 + 2 * tokens ** 2 * width;

  assert.equal(totalMacs("vit-b16"), embedding + blocks * block + width * 1000);
  assert.equal(totalMacs("vit-b16"), 17_563_828_224);
});

test("mobilenetv2 has the 300.8 M MACs of table 2 of its paper, added up by hand", () => {
  // Per block: expand c x 6c on the input, then depthwise 9 x 6c and project 6c x c' on the output.
  const expected =
    112 ** 2 * 27 * 32 +
    112 ** 2 * (9 * 32 + 32 * 16) +
    // 16 -> 24, 2 blocks, to 56 x 56
    (112 ** 2 * 16 * 96 + 56 ** 2 * (9 * 96 + 96 * 24)) +
    56 ** 2 * (24 * 144 + 9 * 144 + 144 * 24) +
    // 24 -> 32, 3 blocks, to 28 x 28
    (56 ** 2 * 24 * 144 + 28 ** 2 * (9 * 144 + 144 * 32)) +
    2 * 28 ** 2 * (32 * 192 + 9 * 192 + 192 * 32) +
    // 32 -> 64, 4 blocks, to 14 x 14
    (28 ** 2 * 32 * 192 + 14 ** 2 * (9 * 192 + 192 * 64)) +
    3 * 14 ** 2 * (64 * 384 + 9 * 384 + 384 * 64) +
    // 64 -> 96, 3 blocks, at 14 x 14
    14 ** 2 * (64 * 384 + 9 * 384 + 384 * 96) +
    2 * 14 ** 2 * (96 * 576 + 9 * 576 + 576 * 96) +
    // 96 -> 160, 3 blocks, to 7 x 7
    (14 ** 2 * 96 * 576 + 7 ** 2 * (9 * 576 + 576 * 160)) +
    2 * 7 ** 2 * (160 * 960 + 9 * 960 + 960 * 160) +
    // 160 -> 320, 1 block, at 7 x 7; the last convolution and the classifier
    7 ** 2 * (160 * 960 + 9 * 960 + 960 * 320) +
    7 ** 2 * 320 * 1280 +
    1280 * 1000;

  assert.equal(totalMacs("mobilenetv2"), expected);
  assert.equal(expected, 300_774_272);
});

test("a depthwise convolution of mobilenetv2 is a layer of one channel, run for every channel", () => {
  const layer = builtinWorkload("mobilenetv2").layers.find(({ name }) => name === "stage4.rest.depthwise");

  assert.ok(layer);
  assert.equal(layer.groups, 384);
  assert.equal(layer.count, 3 * 384);
  assert.deepEqual([layer.shape.K, layer.shape.C, layer.shape.P, layer.shape.R], [1, 1, 14, 3]);
});

test("stored weights are the published parameter counts less biases, norms and embeddings", () => {
  // Biases of qkv, proj, fc1 and fc2, and two norms of two words.
  const blocks = 12 * (3 + 1 + 4 + 1 + 4) * 768;
  const published = {
    // Token and position embedding (the token embedding is lm_head too, so only positions go); last norm.
    gpt2: 124_439_808 - 1024 * 768 - blocks - 2 * 768,
    // Token embedding, 65 RMS norms.
    "llama3-8b-prefill": 8_030_261_248 - 128_256 * 4096 - 65 * 4096,
    "llama3-8b-decode": 8_030_261_248 - 128_256 * 4096 - 65 * 4096,
    // 17,056 batch-norm channels of two words, the classifier's bias.
    mobilenetv2: 3_504_872 - 2 * 17_056 - 1000,
    // Patch bias, class token, positions, last norm, the classifier's bias.
    "vit-b16": 86_567_656 - 768 - 768 - 197 * 768 - blocks - 2 * 768 - 1000,
  };

  for (const [name, words] of Object.entries(published)) assert.equal(parameters(name), words, name);
});

test("an unknown name is an InputError that suggests the nearest one", () => {
  for (const [typed, meant] of [
    ["resnet5O", "resnet50"],
    ["ResNet-50", "resnet50"],
    ["vgg", "vgg16"],
    ["llama3-8b-decoder", "llama3-8b-decode"],
  ] as const) {
    assert.throws(
      () => builtinWorkload(typed),
      (error) => error instanceof InputError && error.problem.hint === `did you mean ${meant}?`,
      typed,
    );
  }
});

test("a name like no other lists those that there are, and names of Object.prototype are unknown too", () => {
  for (const typed of ["", "an entirely different network", "constructor", "__proto__"]) {
    assert.throws(
      () => builtinWorkload(typed),
      (error) => error instanceof InputError && error.problem.hint === `built in: ${NAMES.join(" ")}`,
      typed,
    );
  }
});

test("docs/formats.md says of every built-in network what its table holds", () => {
  const text = readFileSync(new URL("../../docs/formats.md", import.meta.url), "utf8");

  for (const [name, { note }] of BUILTIN_WORKLOADS)
    assert.ok(text.includes(`| \`${name}\` | ${note} |`), name);
});
