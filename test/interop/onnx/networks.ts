// Networks as graphs, node by node as exporters write them, from their papers; no layer table is used.
import type { AttributeSpec, DimSpec, ModelSpec, NodeSpec, TensorSpec } from "./writer.ts";

/** Gathers nodes and weights of a graph. */
class Builder {
  readonly nodes: NodeSpec[] = [];
  readonly weights: Record<string, TensorSpec> = {};
  private count = 0;

  /** Adds a node; the name of its first output. */
  node(
    op: string,
    inputs: readonly string[],
    attributes: Record<string, AttributeSpec> = {},
    outputs = 1,
  ): string {
    const name = `/${op}_${this.count++}`;
    const out = Array.from({ length: outputs }, (_, i) =>
      i === 0 ? `${name}_output` : `${name}_output_${i}`,
    );
    this.nodes.push({ op, in: inputs, out, name, with: attributes });
    return out[0] as string;
  }

  weight(...dims: readonly number[]): string {
    const name = `w${this.count++}`;
    this.weights[name] = { dims };
    return name;
  }

  /** A constant vector of integers, as an initializer. */
  ints(...values: readonly number[]): string {
    const name = `c${this.count++}`;
    this.weights[name] = { dims: [values.length], values };
    return name;
  }

  /** A constant integer as a `Constant` node. */
  scalar(value: number): string {
    return this.node("Constant", [], { value: { tensor: { dims: [], values: [value] } } });
  }

  conv(x: string, c: number, k: number, taps: number, stride = 1, groups = 1): string {
    const pad = (taps - 1) >> 1;
    const attributes = {
      kernel_shape: [taps, taps],
      strides: [stride, stride],
      pads: [pad, pad, pad, pad],
      dilations: [1, 1],
      group: groups,
    };
    return this.node("Conv", [x, this.weight(k, c / groups, taps, taps), this.weight(k)], attributes);
  }

  /** y = x W + b on the last axis, as PyTorch exports a linear layer of a tensor with more than two axes. */
  linear(x: string, c: number, k: number): string {
    return this.node("Add", [this.weight(k), this.node("MatMul", [x, this.weight(c, k)])]);
  }

  model(inputs: Record<string, readonly DimSpec[]>, output: string, opset = 17): ModelSpec {
    const { nodes, weights } = this;
    return { nodes, weights, inputs, outputs: { [output]: undefined }, opset };
  }
}

/** He et al., CVPR 2016, with the stride in the 3 x 3 convolution (v1.5). */
export function resnet50(batch: DimSpec = 1): ModelSpec {
  const b = new Builder();
  let x = b.node("Relu", [b.conv("image", 3, 64, 7, 2)]);
  x = b.node("MaxPool", [x], { kernel_shape: [3, 3], strides: [2, 2], pads: [1, 1, 1, 1] });
  let channels = 64;
  for (const [stage, blocks] of [3, 4, 6, 3].entries()) {
    const width = 64 << stage;
    for (let block = 0; block < blocks; block++) {
      const stride = block === 0 && stage > 0 ? 2 : 1;
      let y = b.node("Relu", [b.conv(x, channels, width, 1)]);
      y = b.node("Relu", [b.conv(y, width, width, 3, stride)]);
      y = b.conv(y, width, 4 * width, 1);
      const shortcut = block === 0 ? b.conv(x, channels, 4 * width, 1, stride) : x;
      x = b.node("Relu", [b.node("Add", [y, shortcut])]);
      channels = 4 * width;
    }
  }
  x = b.node("Flatten", [b.node("GlobalAveragePool", [x])], { axis: 1 });
  x = b.node("Gemm", [x, b.weight(1000, 2048), b.weight(1000)], { transB: 1 });
  return b.model({ image: [batch, 3, 224, 224] }, x);
}

/** Sandler et al., CVPR 2018, table 2. */
export function mobilenetv2(): ModelSpec {
  const b = new Builder();
  const relu6 = (x: string): string => b.node("Clip", [x, "zero", "six"]);
  b.weights["zero"] = { dims: [], type: 1, values: [0] };
  b.weights["six"] = { dims: [], type: 1, values: [6] };
  let x = relu6(b.conv("image", 3, 32, 3, 2));
  let channels = 32;
  for (const [expand, k, blocks, first] of [
    [1, 16, 1, 1],
    [6, 24, 2, 2],
    [6, 32, 3, 2],
    [6, 64, 4, 2],
    [6, 96, 3, 1],
    [6, 160, 3, 2],
    [6, 320, 1, 1],
  ] as const) {
    for (let block = 0; block < blocks; block++) {
      const stride = block === 0 ? first : 1;
      const wide = expand * channels;
      let y = expand === 1 ? x : relu6(b.conv(x, channels, wide, 1));
      y = relu6(b.conv(y, wide, wide, 3, stride, wide));
      y = b.conv(y, wide, k, 1);
      x = stride === 1 && channels === k ? b.node("Add", [x, y]) : y;
      channels = k;
    }
  }
  x = relu6(b.conv(x, 320, 1280, 1));
  x = b.node("Flatten", [b.node("ReduceMean", [x], { axes: [2, 3], keepdims: 1 })], { axis: 1 });
  x = b.node("Gemm", [x, b.weight(1000, 1280), b.weight(1000)], { transB: 1 });
  return b.model({ image: [1, 3, 224, 224] }, x, 13);
}

interface Transformer {
  readonly width: number;
  readonly heads: number;
  readonly layers: number;
}

/** LayerNormalization as opsets below 17 write it: nine nodes. */
function layerNorm(b: Builder, x: string, width: number): string {
  const centred = b.node("Sub", [x, b.node("ReduceMean", [x], { axes: [-1] })]);
  b.weights["two"] = { dims: [], type: 1, values: [2] };
  b.weights["epsilon"] = { dims: [], type: 1, values: [1e-5] };
  const variance = b.node("ReduceMean", [b.node("Pow", [centred, "two"])], { axes: [-1] });
  const deviation = b.node("Sqrt", [b.node("Add", [variance, "epsilon"])]);
  const scaled = b.node("Mul", [b.node("Div", [centred, deviation]), b.weight(width)]);
  return b.node("Add", [scaled, b.weight(width)]);
}

/** GELU by `Erf`, four nodes. */
function gelu(b: Builder, x: string): string {
  b.weights["half"] = { dims: [], type: 1, values: [0.5] };
  b.weights["one"] = { dims: [], type: 1, values: [1] };
  const erf = b.node("Erf", [b.node("Mul", [x, "half"])]);
  return b.node("Mul", [b.node("Mul", [x, b.node("Add", [erf, "one"])]), "half"]);
}

/** BERT's encoder (Devlin et al., 2019), reshaping by constants with -1, sizes of the batch taken over by 0. */
export function bertEncoder({ width, heads, layers }: Transformer): ModelSpec {
  const b = new Builder();
  const head = width / heads;
  let x = "embedded";
  for (let layer = 0; layer < layers; layer++) {
    const split = (perm: readonly number[]): string =>
      b.node("Transpose", [b.node("Reshape", [b.linear(x, width, width), b.ints(0, -1, heads, head)])], {
        perm,
      });
    const [q, k, v] = [split([0, 2, 1, 3]), split([0, 2, 3, 1]), split([0, 2, 1, 3])];
    b.weights["scale"] = { dims: [], type: 1, values: [8] };
    const scores = b.node("Add", [b.node("Div", [b.node("MatMul", [q, k]), "scale"]), "mask"]);
    const context = b.node("MatMul", [b.node("Softmax", [scores], { axis: -1 }), v]);
    const merged = b.node("Reshape", [
      b.node("Transpose", [context], { perm: [0, 2, 1, 3] }),
      b.ints(0, -1, width),
    ]);
    x = layerNorm(b, b.node("Add", [b.linear(merged, width, width), x]), width);
    const inner = gelu(b, b.linear(x, width, 4 * width));
    x = layerNorm(b, b.node("Add", [b.linear(inner, 4 * width, width), x]), width);
  }
  return b.model({ embedded: ["batch", "sequence", width], mask: ["batch", 1, 1, "sequence"] }, x, 13);
}

/** ViT (Dosovitskiy et al., 2021): patches by a convolution, the class token concatenated, qkv split by Gather. */
export function vit({ width, heads, layers }: Transformer): ModelSpec {
  const b = new Builder();
  const head = width / heads;
  let x = b.node("Conv", ["image", b.weight(width, 3, 16, 16)], {
    kernel_shape: [16, 16],
    strides: [16, 16],
  });
  const shape = b.node("Slice", [b.node("Shape", [x]), b.ints(0), b.ints(2), b.ints(0)]);
  x = b.node("Reshape", [x, b.node("Concat", [shape, b.ints(-1)], { axis: 0 })]);
  x = b.node("Transpose", [x], { perm: [0, 2, 1] });
  const batch = b.node("Gather", [b.node("Shape", [x]), b.scalar(0)], { axis: 0 });
  const target = b.node("Concat", [b.node("Unsqueeze", [batch, b.ints(0)]), b.ints(-1, -1)], { axis: 0 });
  const open = b.node("Equal", [target, b.ints(-1, -1, -1)]);
  const ones = b.node("ConstantOfShape", [b.ints(3)], { value: { tensor: { dims: [1], values: [1] } } });
  const token = b.node("Expand", [b.weight(1, 1, width), b.node("Where", [open, ones, target])]);
  x = b.node("Add", [b.node("Concat", [token, x], { axis: 1 }), b.weight(1, 197, width)]);
  for (let layer = 0; layer < layers; layer++) {
    const normed = b.node("LayerNormalization", [x, b.weight(width), b.weight(width)], { axis: -1 });
    const packed = b.node("Reshape", [b.linear(normed, width, 3 * width), b.ints(0, 197, 3, heads, head)]);
    const qkv = b.node("Transpose", [packed], { perm: [2, 0, 3, 1, 4] });
    const [q, k, v] = [0, 1, 2].map((i) => b.node("Gather", [qkv, b.scalar(i)], { axis: 0 })) as [
      string,
      string,
      string,
    ];
    const scores = b.node("MatMul", [q, b.node("Transpose", [k], { perm: [0, 1, 3, 2] })]);
    const context = b.node("MatMul", [b.node("Softmax", [scores], { axis: -1 }), v]);
    const merged = b.node("Reshape", [
      b.node("Transpose", [context], { perm: [0, 2, 1, 3] }),
      b.ints(0, 197, width),
    ]);
    x = b.node("Add", [x, b.linear(merged, width, width)]);
    const wide = b.node("Gelu", [
      b.linear(b.node("LayerNormalization", [x, b.weight(width)]), width, 4 * width),
    ]);
    x = b.node("Add", [x, b.linear(wide, 4 * width, width)]);
  }
  const first = b.node("Gather", [x, b.scalar(0)], { axis: 1 });
  x = b.node("Gemm", [first, b.weight(1000, width), b.weight(1000)], { transB: 1 });
  return b.model({ image: [undefined, 3, 224, 224] }, x, 20);
}

/**
 * GPT-2 (Radford et al., 2019) as PyTorch exports it: shapes computed at run time by Shape, Gather and Concat, linear layers as
 * Gemm between two reshapes, the causal mask cut from a stored square.
 */
export function gpt2({ width, heads, layers }: Transformer): ModelSpec {
  const b = new Builder();
  const sizeOf = (x: string, axis: number): string =>
    b.node("Unsqueeze", [b.node("Gather", [b.node("Shape", [x]), b.scalar(axis)], { axis: 0 }), b.ints(0)]);
  const conv1d = (x: string, c: number, k: number): string => {
    const shape = b.node("Concat", [sizeOf(x, 0), sizeOf(x, 1), b.ints(k)], { axis: 0 });
    const flat = b.node("Gemm", [b.node("Reshape", [x, b.ints(-1, c)]), b.weight(c, k), b.weight(k)]);
    return b.node("Reshape", [flat, shape]);
  };
  const ids = b.node("Reshape", ["ids", b.node("Concat", [b.ints(-1), sizeOf("ids", 1)], { axis: 0 })]);
  let x = b.node("Add", [b.node("Gather", [b.weight(50257, width), ids]), b.weight(1, 1, width)]);
  for (let layer = 0; layer < layers; layer++) {
    const qkv = b.node(
      "Split",
      [conv1d(layerNorm(b, x, width), width, 3 * width), b.ints(width, width, width)],
      { axis: 2 },
      3,
    );
    const split = (part: string, perm: readonly number[]): string => {
      const last = b.node("Div", [sizeOf(part, 2), b.ints(heads)]);
      const shape = b.node("Concat", [sizeOf(part, 0), sizeOf(part, 1), b.ints(heads), last], { axis: 0 });
      return b.node("Transpose", [b.node("Reshape", [part, shape])], { perm });
    };
    const [q, k, v] = [
      split(qkv, [0, 2, 1, 3]),
      split(`${qkv}_1`, [0, 2, 3, 1]),
      split(`${qkv}_2`, [0, 2, 1, 3]),
    ];
    const scores = b.node("MatMul", [q, k]);
    b.weights["causal"] = { dims: [1, 1, 1024, 1024], type: 9 };
    const end = sizeOf(scores, 3);
    const mask = b.node("Slice", [
      b.node("Slice", ["causal", b.ints(0), end, b.ints(2)]),
      b.ints(0),
      end,
      b.ints(3),
    ]);
    b.weights["least"] = { dims: [], type: 1, values: [-1e4] };
    const masked = b.node("Where", [mask, scores, "least"]);
    const context = b.node("Transpose", [b.node("MatMul", [b.node("Softmax", [masked]), v])], {
      perm: [0, 2, 1, 3],
    });
    const joined = b.node("Mul", [sizeOf(context, 2), sizeOf(context, 3)]);
    const shape = b.node("Concat", [sizeOf(context, 0), sizeOf(context, 1), joined], { axis: 0 });
    x = b.node("Add", [conv1d(b.node("Reshape", [context, shape]), width, width), x]);
    const inner = gelu(b, conv1d(layerNorm(b, x, width), width, 4 * width));
    x = b.node("Add", [x, conv1d(inner, 4 * width, width)]);
  }
  x = b.node("MatMul", [layerNorm(b, x, width), b.weight(width, 50257)]);
  return b.model({ ids: ["batch", "sequence"] }, x, 14);
}

/** DS-CNN, small (Zhang, Suda, Lai, Chandra: Hello Edge, 2017): keywords in a second of sound, 49 x 10 MFCC features. */
export function dsCnn(): ModelSpec {
  const b = new Builder();
  const conv = (x: string, filters: string, attributes: Record<string, AttributeSpec>): string =>
    b.node("Relu", [b.node("Conv", [x, filters], attributes)]);
  let x = conv("features", b.weight(64, 1, 10, 4), { strides: [2, 2], auto_pad: "SAME_UPPER" });
  for (let block = 0; block < 4; block++) {
    x = conv(x, b.weight(64, 1, 3, 3), { group: 64, pads: [1, 1, 1, 1] });
    x = conv(x, b.weight(64, 64, 1, 1), {});
  }
  x = b.node("Flatten", [b.node("GlobalAveragePool", [x])]);
  x = b.node("Gemm", [x, b.weight(12, 64), b.weight(12)], { transB: 1 });
  return {
    ...b.model({ features: ["batch", 1, 49, 10] }, x, 13),
    name: "ds-cnn",
    producer: "the examples of polaris",
  };
}
