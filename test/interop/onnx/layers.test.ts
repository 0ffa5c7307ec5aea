import assert from "node:assert/strict";
import { test } from "node:test";
import { InputError } from "../../../src/errors.ts";
import { importOnnx } from "../../../src/interop/onnx/import.ts";
import type { Layer } from "../../../src/workload/layer.ts";
import { macs } from "../../../src/workload/layer.ts";
import { type AttributeSpec, type ModelSpec, type NodeSpec, type TensorSpec, writeModel } from "./writer.ts";

type Attributes = Readonly<Record<string, AttributeSpec>>;

/** Layers of a graph of one node; `shapes` are those of its inputs, weights where the name begins with w. */
function layersOf(
  op: string,
  shapes: Readonly<Record<string, readonly number[]>>,
  attributes: Attributes = {},
  more: Partial<NodeSpec> & { readonly opset?: number } = {},
): readonly Layer[] {
  const { opset = 17, ...node } = more;
  const split = (weights: boolean): [string, readonly number[]][] =>
    Object.entries(shapes).filter(([name]) => name.startsWith("w") === weights);
  const model: ModelSpec = {
    opset,
    nodes: [{ op, in: Object.keys(shapes), out: ["y"], with: attributes, ...node }],
    inputs: Object.fromEntries(split(false)),
    weights: Object.fromEntries(split(true).map(([name, dims]): [string, TensorSpec] => [name, { dims }])),
    outputs: { y: undefined },
  };
  return importOnnx(writeModel(model)).workload.layers;
}

/** Bounds and steps that are not 1, and runs. */
function brief({ count, groups, shape }: Layer): Record<string, number> {
  const other = Object.entries(shape).filter(([, value]) => value !== 1);
  return {
    ...Object.fromEntries(other),
    ...(count === 1 ? {} : { count }),
    ...(groups === 1 ? {} : { groups }),
  };
}

test("a convolution's width is its last axis: P, R and Wstride; its height Q, S and Hstride", () => {
  const [layer] = layersOf(
    "Conv",
    { x: [2, 6, 20, 31], w: [8, 6, 3, 5] },
    { strides: [1, 2], dilations: [2, 1], pads: [1, 0, 1, 2] },
  );

  // Height: 20 + 2 - (2 * 2 + 1) + 1 = 18. Width: (31 + 2 - 5) / 2 + 1 = 15.
  assert.deepEqual(brief(layer as Layer), {
    N: 2,
    K: 8,
    C: 6,
    Q: 18,
    S: 3,
    Hdilation: 2,
    P: 15,
    R: 5,
    Wstride: 2,
  });
});

test("auto_pad SAME covers every input once, VALID stays inside", () => {
  const shapes = { x: [1, 3, 15, 15], w: [4, 3, 3, 3] };
  const strides = { strides: [2, 2] };

  const places = ["SAME_UPPER", "SAME_LOWER", "VALID", "NOTSET"].map(
    (auto_pad) => layersOf("Conv", shapes, { ...strides, auto_pad })[0]?.shape.P,
  );

  assert.deepEqual(places, [8, 8, 7, 7]);
});

test("groups, depthwise ones too, are layers of one group, run once for each", () => {
  assert.deepEqual(layersOf("Conv", { x: [1, 12, 8, 8], w: [24, 4, 1, 1] }, { group: 3 }).map(brief), [
    { K: 8, C: 4, P: 8, Q: 8, count: 3, groups: 3 },
  ]);
  assert.deepEqual(layersOf("Conv", { x: [1, 12, 8, 8], w: [12, 1, 3, 3] }, { group: 12 }).map(brief), [
    { P: 6, Q: 6, R: 3, S: 3, count: 12, groups: 12 },
  ]);
});

test("a 1-D convolution has a width; a 3-D one folds its depth into N and C and keeps its MACs", () => {
  assert.deepEqual(layersOf("Conv", { x: [1, 80, 3000], w: [512, 80, 3] }, { pads: [1, 1] }).map(brief), [
    { K: 512, C: 80, P: 3000, R: 3 },
  ]);
  const deep = layersOf("Conv", { x: [1, 3, 16, 12, 12], w: [8, 3, 4, 3, 3] }, { strides: [2, 1, 1] });
  // Depth: (16 - 4) / 2 + 1 = 7 positions of 4 taps.
  assert.deepEqual(deep.map(brief), [{ N: 7, K: 8, C: 12, P: 10, Q: 10, R: 3, S: 3 }]);
});

test("quantised convolutions and products have the shapes of their float forms", () => {
  const expected = [{ K: 8, C: 3, P: 6, Q: 6, R: 3, S: 3 }];
  const x = [1, 3, 8, 8];
  const w = [8, 3, 3, 3];
  const conv = { x, xs: [], xz: [], w, ws: [], wz: [], ys: [], yz: [] };
  assert.deepEqual(layersOf("QLinearConv", conv, {}, { opset: 10 }).map(brief), expected);
  assert.deepEqual(layersOf("ConvInteger", { x, w, xz: [], wz: [] }, {}, { opset: 10 }).map(brief), expected);
  const product = [{ K: 30, C: 20, P: 10 }];
  const [a, b] = [
    [10, 20],
    [20, 30],
  ] as const;
  const linear = { a, as: [], az: [], w: b, ws: [], wz: [], ys: [], yz: [] };
  assert.deepEqual(layersOf("QLinearMatMul", linear, {}, { opset: 10 }).map(brief), product);
  assert.deepEqual(
    layersOf("MatMulInteger", { a, w: b, az: [], wz: [] }, {}, { opset: 10 }).map(brief),
    product,
  );
});

test("a product's batch goes to rows where the right-hand side is shared, to runs where it is not", () => {
  assert.deepEqual(layersOf("MatMul", { a: [4, 10, 20], w: [20, 30] }).map(brief), [{ K: 30, C: 20, P: 40 }]);
  assert.deepEqual(layersOf("MatMul", { a: [4, 10, 20], b: [4, 20, 30] }).map(brief), [
    { K: 30, C: 20, P: 10, count: 4 },
  ]);
  assert.deepEqual(layersOf("MatMul", { a: [4, 3, 10, 20], b: [3, 20, 30] }).map(brief), [
    { K: 30, C: 20, P: 40, count: 3 },
  ]);
  assert.deepEqual(layersOf("MatMul", { a: [1, 10, 20], b: [6, 20, 30] }).map(brief), [
    { K: 30, C: 20, P: 10, count: 6 },
  ]);
  assert.deepEqual(layersOf("MatMul", { a: [20], w: [20, 30] }).map(brief), [{ K: 30, C: 20 }]);
  assert.deepEqual(layersOf("MatMul", { a: [4, 10, 20], b: [20] }).map(brief), [{ C: 20, P: 40 }]);
});

test("Gemm multiplies what transA and transB make of its operands", () => {
  const product = [{ K: 30, C: 20, P: 10 }];
  assert.deepEqual(layersOf("Gemm", { a: [10, 20], w: [20, 30] }).map(brief), product);
  assert.deepEqual(
    layersOf("Gemm", { a: [20, 10], w: [30, 20] }, { transA: 1, transB: 1 }).map(brief),
    product,
  );
});

test("Einsum that is a batched product, and recurrent layers step by step", () => {
  const heads = layersOf("Einsum", { a: [2, 5, 3, 8], b: [2, 7, 3, 8] }, { equation: "bqhd, bkhd -> bhqk" });
  assert.deepEqual(heads.map(brief), [{ P: 5, C: 8, K: 7, count: 6 }]);

  const lstm = layersOf("LSTM", { x: [9, 2, 16], w: [1, 128, 16], wr: [1, 128, 32] }, { hidden_size: 32 });
  assert.deepEqual(lstm.map(brief), [
    { P: 18, C: 16, K: 128 },
    { P: 2, C: 32, K: 128, count: 9 },
  ]);
});

/** MACs of a transposed convolution along one axis by walking it: every output and every tap on an input's place, padding too. */
function walk(
  size: number,
  taps: number,
  stride: number,
  dilation: number,
  pads: readonly [number, number],
): number {
  const output = stride * (size - 1) + (taps - 1) * dilation + 1 - pads[0] - pads[1];
  let met = 0;
  for (let o = 0; o < output; o++) {
    for (let k = 0; k < taps; k++) if ((o + pads[0] - k * dilation) % stride === 0) met++;
  }
  return met;
}

test("a transposed convolution multiplies no zeros between inputs, for every stride, kernel, dilation and padding", () => {
  for (const stride of [1, 2, 3]) {
    for (const taps of [1, 2, 3, 4, 5]) {
      for (const dilation of [1, 2, 3]) {
        for (const pads of [
          [0, 0],
          [1, 0],
          [1, 1],
        ] as const) {
          const shapes = { x: [1, 5, 7, 6], w: [5, 4, 1, taps] };
          const attributes = {
            strides: [1, stride],
            dilations: [1, dilation],
            pads: [0, pads[0], 0, pads[1]],
          };
          const width = stride * 5 + (taps - 1) * dilation + 1 - pads[0] - pads[1];
          if (width < 1) continue;
          const layers = layersOf("ConvTranspose", shapes, attributes);
          const sum = layers.reduce((all, { count, shape }) => all + count * macs(shape), 0);
          assert.equal(
            sum,
            7 * 5 * 4 * walk(6, taps, stride, dilation, pads),
            `stride ${stride}, taps ${taps}, dilation ${dilation}, pads ${pads}`,
          );
        }
      }
    }
  }
});

test("U-Net's 2 x 2 up-convolution of stride 2 is four 1 x 1 convolutions", () => {
  assert.deepEqual(
    layersOf("ConvTranspose", { x: [1, 1024, 28, 28], w: [1024, 512, 2, 2] }, { strides: [2, 2] }).map(brief),
    [{ K: 512, C: 1024, P: 28, Q: 28, count: 4 }],
  );
});

test("operators that are not known are listed with their nodes, and what follows from declared shapes is still read", () => {
  const model: ModelSpec = {
    nodes: [
      { op: "MatMul", in: ["x", "w"], out: ["a"] },
      { op: "Mystery", in: ["a"], out: ["b"], domain: "com.example" },
      { op: "Relu", in: ["a"], out: ["r"] },
      { op: "MatMul", in: ["b", "w"], out: ["y"] },
    ],
    inputs: { x: [10, 20] },
    weights: { w: { dims: [20, 20] } },
    values: { b: [40, 20] },
    outputs: { y: undefined },
  };

  const { workload, operators } = importOnnx(writeModel(model));

  assert.deepEqual(
    workload.layers.map(({ shape }) => shape.P),
    [10, 40],
  );
  const [mystery, matmul, relu] = operators;
  assert.deepEqual(mystery, {
    operator: "com.example:Mystery",
    handling: "unread",
    nodes: 1,
    operations: undefined,
    share: undefined,
    reason: "unknown operator",
  });
  assert.deepEqual([matmul?.operator, matmul?.handling, matmul?.operations], ["MatMul", "layer", 20_000]);
  assert.deepEqual([relu?.operator, relu?.handling, relu?.share], ["Relu", "beside", 200 / 20_200]);
  assert.match(workload.note ?? "", /Not read: com\.example:Mystery x 1 \(unknown operator\)\./);
});

test("functions of the model are read with the attributes of each call; nodes may stand in any order", () => {
  const model: ModelSpec = {
    nodes: [
      { op: "Layer", domain: "mine", in: ["h", "w"], out: ["y"], with: { turned: 1 } },
      { op: "Layer", domain: "mine", in: ["x", "w2"], out: ["h"], with: { turned: 0 } },
    ],
    inputs: { x: [5, 6] },
    weights: { w: { dims: [7, 8] }, w2: { dims: [6, 8] } },
    functions: [
      {
        domain: "mine",
        name: "Layer",
        inputs: ["in", "weights"],
        outputs: ["out"],
        nodes: [
          { op: "Gemm", in: ["in", "weights"], out: ["raw"], with: { transB: { reference: "turned" } } },
          { op: "Relu", in: ["raw"], out: ["out"] },
        ],
      },
    ],
  };

  const { workload } = importOnnx(writeModel(model));

  assert.deepEqual(workload.layers.map(brief), [
    { P: 5, C: 6, K: 8 },
    { P: 5, C: 8, K: 7 },
  ]);
});

test("pads that an exporter computes as a reversed matrix are followed to the layer", () => {
  // As PyTorch writes the padding of the last axis by 3 and 5: zeros for the other axes, pairs in reverse, starts before ends.
  const list = (...values: number[]): TensorSpec => ({ dims: [values.length], values });
  const model: ModelSpec = {
    opset: 17,
    inputs: { x: [1, 4, 20] },
    weights: {
      padding: list(3, 5),
      zeros: list(0, 0, 0, 0),
      pairs: list(-1, 2),
      first: list(-1),
      last: list(-(2 ** 31)),
      rows: list(0),
      back: list(-1),
      flat: list(-1),
      w: { dims: [8, 4, 3] },
    },
    nodes: [
      { op: "Concat", in: ["padding", "zeros"], out: ["all"], with: { axis: 0 } },
      { op: "Reshape", in: ["all", "pairs"], out: ["matrix"] },
      { op: "Slice", in: ["matrix", "first", "last", "rows", "back"], out: ["reversed"] },
      { op: "Transpose", in: ["reversed"], out: ["turned"], with: { perm: [1, 0] } },
      { op: "Reshape", in: ["turned", "flat"], out: ["pads"] },
      { op: "Pad", in: ["x", "pads"], out: ["padded"] },
      { op: "Conv", in: ["padded", "w"], out: ["y"] },
    ],
    outputs: { y: undefined },
  };

  const [layer] = importOnnx(writeModel(model)).workload.layers;

  assert.deepEqual(brief(layer as Layer), { K: 8, C: 4, P: 20 + 3 + 5 - 2, R: 3 });
});

test("If takes the branch that its condition says, else the heavier; Loop and Scan run their body as often as they say", () => {
  const product = (k: number) => ({
    nodes: [{ op: "MatMul", in: ["x", `w${k}`], out: [`y${k}`] }],
    weights: { [`w${k}`]: { dims: [4, k] } },
    outputs: { [`y${k}`]: undefined },
  });
  const branches = { then_branch: { graph: product(8) }, else_branch: { graph: product(16) } };
  const choose = (condition: TensorSpec | undefined): number | undefined =>
    importOnnx(
      writeModel({
        nodes: [{ op: "If", in: ["c"], out: ["y"], with: branches }],
        inputs: { x: [2, 4], ...(condition ? {} : { c: [] }) },
        weights: condition ? { c: condition } : {},
      }),
    ).workload.layers[0]?.shape.K;
  assert.deepEqual(
    [choose({ dims: [], values: [1] }), choose({ dims: [], values: [0] }), choose(undefined)],
    [8, 16, 16],
  );

  const body = {
    nodes: [{ op: "MatMul", in: ["state", "w"], out: ["next"] }],
    weights: { w: { dims: [4, 4] } },
    inputs: { i: [], go: [], state: [2, 4] },
    outputs: { go: undefined, next: undefined },
  };
  const loop = importOnnx(
    writeModel({
      nodes: [{ op: "Loop", in: ["trips", "", "x"], out: ["y"], with: { body: { graph: body } } }],
      inputs: { x: [2, 4] },
      weights: { trips: { dims: [], values: [12] } },
    }),
  );
  assert.deepEqual(loop.workload.layers.map(brief), [{ P: 2, C: 4, K: 4, count: 12 }]);

  const step = {
    nodes: [{ op: "MatMul", in: ["item", "w"], out: ["out"] }],
    weights: { w: { dims: [4, 6] } },
    inputs: { item: undefined },
    outputs: { out: undefined },
  };
  const scan = importOnnx(
    writeModel({
      nodes: [{ op: "Scan", in: ["x"], out: ["y"], with: { body: { graph: step }, num_scan_inputs: 1 } }],
      inputs: { x: [9, 2, 4] },
    }),
  );
  assert.deepEqual(scan.workload.layers.map(brief), [{ P: 2, C: 4, K: 6, count: 9 }]);
});

test("a model without a layer, and one whose layers are beyond the tables, say what is in them", () => {
  const none = writeModel({ nodes: [{ op: "Relu", in: ["x"], out: ["y"] }], inputs: { x: [4] } });
  assert.throws(() => importOnnx(none), /expected a convolution or a matrix product, found Relu x 1/);
  const huge = writeModel({
    nodes: [{ op: "MatMul", in: ["x", "w"], out: ["y"] }],
    inputs: { x: [2 ** 40, 4] },
    weights: { w: { dims: [4, 4] } },
  });
  assert.throws(
    () => importOnnx(huge),
    (error) =>
      error instanceof InputError && /MatMul x 1 \(P: expected an integer from 1/.test(error.message),
  );
});
