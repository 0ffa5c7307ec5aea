import type { ContractionRule } from "./contraction.ts";
import { broadcast, elements, type Known, type NodeView, type Rule, shapeOf } from "./known.ts";
import { convolution, transposedConvolution } from "./rules/convolution.ts";
import { cast, elementwise, sameShape } from "./rules/elementwise.ts";
import {
  einsum,
  fusedAttention,
  fusedMatmul,
  gemm,
  matmul,
  multiHeadAttention,
  packedMatmul,
  recurrent,
} from "./rules/matmul.ts";
import * as move from "./rules/movement.ts";
import { argument, globalPool, layerNormalization, pool, poolWork, reduce, topK } from "./rules/reduction.ts";
import * as source from "./rules/sources.ts";

/** An operator that runs beside the array: what it gives, and its work as one operation for each element that it computes or reads. */
export interface PlainOperator {
  readonly infer: Rule;
  work(node: NodeView, outputs: readonly Known[]): number;
}

/** Operators of multiply-accumulates: layers of the workload. `com.microsoft` operators are those of ONNX Runtime's optimiser. */
export const CONTRACTIONS: ReadonlyMap<string, ContractionRule> = new Map<string, ContractionRule>([
  ["Conv", convolution(1)],
  ["ConvInteger", convolution(1)],
  ["QLinearConv", convolution(3)],
  ["com.microsoft:FusedConv", convolution(1)],
  ["com.microsoft:NhwcFusedConv", convolution(1)],
  ["ConvTranspose", transposedConvolution],
  ["MatMul", matmul(1)],
  ["MatMulInteger", matmul(1)],
  ["QLinearMatMul", matmul(3)],
  ["com.microsoft:MatMulIntegerToFloat", matmul(1)],
  ["com.microsoft:DynamicQuantizeMatMul", matmul(1)],
  ["com.microsoft:FusedMatMul", fusedMatmul],
  ["com.microsoft:TransposeMatMul", fusedMatmul],
  ["com.microsoft:MatMulNBits", packedMatmul],
  ["Gemm", gemm(1)],
  ["com.microsoft:FusedGemm", gemm(1)],
  ["com.microsoft:QGemm", gemm(3)],
  ["Einsum", einsum],
  ["RNN", recurrent(1)],
  ["GRU", recurrent(3)],
  ["LSTM", recurrent(4)],
  ["com.microsoft:Attention", fusedAttention],
  ["com.microsoft:MultiHeadAttention", multiHeadAttention],
]);

/** One operation for each element of the first output. */
function perOutput(_: NodeView, [output]: readonly Known[]): number {
  return output?.shape ? elements(output.shape) : Number.NaN;
}

/** One operation for each element of the first input. */
function perInput(node: NodeView): number {
  const shape = shapeOf(node, 0);
  return shape ? elements(shape) : Number.NaN;
}

const operators = new Map<string, PlainOperator>();

function add(names: string, infer: Rule, work: PlainOperator["work"]): void {
  for (const name of names.split(/\s+/)) operators.set(name, { infer, work });
}

const none = (): number => 0;

add(
  "Add Sub Mul Div Mod Pow Min Max Sum Mean Neg Abs Sign Floor Ceil Round Sqrt Reciprocal",
  elementwise,
  perOutput,
);
add("Equal Greater GreaterOrEqual Less LessOrEqual And Or Xor Not Where IsNaN IsInf", elementwise, perOutput);
add("BitShift BitwiseAnd BitwiseOr BitwiseXor BitwiseNot com.microsoft:BiasGelu", elementwise, perOutput);
add("Identity", elementwise, none);
add("Cast CastLike", cast, perOutput);
add(
  `Relu PRelu LeakyRelu Elu Selu Celu Sigmoid HardSigmoid Tanh HardSwish Mish Gelu Swish Softplus Softsign ThresholdedRelu Clip Shrink
  Exp Log Erf Sin Cos Tan Asin Acos Atan Sinh Cosh Asinh Acosh Atanh Softmax LogSoftmax Hardmax LpNormalization LRN
  MeanVarianceNormalization InstanceNormalization GroupNormalization RMSNormalization BatchNormalization CumSum Trilu
  QuantizeLinear DequantizeLinear Bernoulli RotaryEmbedding com.microsoft:Gelu com.microsoft:FastGelu com.microsoft:QuickGelu
  com.microsoft:RotaryEmbedding com.microsoft:SimplifiedLayerNormalization SimplifiedLayerNormalization`,
  sameShape(),
  perInput,
);
add("Dropout", sameShape("same"), none);
add("DynamicQuantizeLinear", sameShape("scalar", "scalar"), perInput);
add("LayerNormalization com.microsoft:LayerNormalization", layerNormalization, perInput);
add(
  "com.microsoft:SkipLayerNormalization com.microsoft:SkipSimplifiedLayerNormalization",
  // Result, mean, deviation, and the sum with the skipped input.
  (node) => [{ shape: shapeOf(node, 0) }, {}, {}, { shape: shapeOf(node, 0) }],
  perInput,
);
add(
  "com.microsoft:QLinearAdd com.microsoft:QLinearMul",
  // Each operand is followed by its scale and zero point.
  (node) => [{ shape: broadcast(shapeOf(node, 0), shapeOf(node, 3)) }],
  perOutput,
);
add(
  "com.microsoft:QLinearSigmoid com.microsoft:QLinearLeakyRelu com.microsoft:QLinearSoftmax",
  sameShape(),
  perInput,
);
add("com.microsoft:QuantizeLinear com.microsoft:DequantizeLinear", sameShape(), perInput);
add("EyeLike RandomNormalLike RandomUniformLike", sameShape(), none);
add("RandomNormal RandomUniform", source.ofShapeAttribute, none);
add("ReverseSequence ScatterND ScatterElements Scatter TensorScatter", sameShape(), none);

add("MaxPool AveragePool LpPool", pool, poolWork);
add("GlobalAveragePool GlobalMaxPool GlobalLpPool", globalPool, perInput);
add(
  `ReduceSum ReduceMean ReduceMax ReduceMin ReduceProd ReduceL1 ReduceL2 ReduceLogSum ReduceLogSumExp ReduceSumSquare`,
  reduce,
  perInput,
);
add("ArgMax ArgMin", argument, perInput);
add("TopK", topK, perInput);

add("Reshape", move.reshape, none);
add("Flatten", move.flatten, none);
add("Squeeze", move.squeeze, none);
add("Unsqueeze", move.unsqueeze, none);
add("Transpose", move.transpose, none);
add("Concat", move.concat, none);
add("Split", move.split, none);
add("Slice", move.slice, none);
add("Gather", move.gather, none);
add("GatherElements", (node) => [{ shape: shapeOf(node, 1) }], none);
add("GatherND", move.gatherNd, none);
add("Pad", move.pad, none);
add("Tile", move.tile, none);
add("DepthToSpace", move.blocks(true), none);
add("SpaceToDepth", move.blocks(false), none);
add("Resize Upsample", move.resize, perOutput);
add("GridSample", move.gridSample, perOutput);
add("RoiAlign", move.roiAlign, perOutput);

add("Constant", source.constant, none);
add("ConstantOfShape", source.constantOfShape, none);
add("Shape", source.shape, none);
add("Size", source.size, none);
add("Range", source.range, none);
add("Expand", source.expand, none);
add("OneHot", source.oneHot, none);
add("NonZero", source.nonZero, perInput);
add("NonMaxSuppression", source.dataDependent([Number.NaN, 3]), perInput);

/** All other operators whose results are known, by name; those beyond the default domain as `domain:name`. */
export const OPERATORS: ReadonlyMap<string, PlainOperator> = operators;

/** The key of an operator in these maps. */
export function operatorKey(op: string, domain: string): string {
  return domain === "" ? op : `${domain}:${op}`;
}
