import {
  axesOf,
  axisOf,
  elements,
  type Known,
  listOf,
  type NodeView,
  numberOf,
  ofRank,
  type Rule,
  type Shape,
  shapeOf,
  UNKNOWN,
  valuesOf,
} from "../known.ts";
import { DATA_TYPE } from "../model.ts";
import { outputExtent, type Window, windowOf } from "../window.ts";

/** ReduceSum, ReduceMean, ... over given axes, or all. */
export const reduce: Rule = (node) => {
  const [data = UNKNOWN] = node.inputs;
  const { shape } = data;
  const keep = numberOf(node, "keepdims", 1) === 1;
  const given = listOf(node, "axes", 1);
  if (!shape || (node.inputs[1] && !given))
    return [{ shape: shape && keep ? ofRank(shape.length) : undefined }];
  if (!given?.length && numberOf(node, "noop_with_empty_axes", 0) === 1) return [data];
  const axes = given?.length ? axesOf(given, shape.length) : [...shape.keys()];
  if (!axes) return [UNKNOWN];
  const reduced = shape.flatMap((size, axis) => (!axes.includes(axis) ? [size] : keep ? [1] : []));
  const fold = FOLDS[node.op];
  if (!fold || !data.values || axes.length !== shape.length) return [{ shape: reduced }];
  return [{ shape: reduced, values: [data.values.reduce(fold)], type: data.type }];
};

const FOLDS: Readonly<Record<string, (a: number, b: number) => number>> = {
  ReduceProd: (a, b) => a * b,
  ReduceSum: (a, b) => a + b,
  ReduceMax: (a, b) => Math.max(a, b),
  ReduceMin: (a, b) => Math.min(a, b),
};

/** ArgMax, ArgMin. */
export const argument: Rule = (node) => {
  const shape = shapeOf(node, 0);
  const axis = shape && axisOf(numberOf(node, "axis", 0), shape.length);
  if (!shape || axis === undefined) return [UNKNOWN];
  const reduced = numberOf(node, "keepdims", 1) === 1 ? shape.with(axis, 1) : shape.toSpliced(axis, 1);
  return [{ shape: reduced, type: DATA_TYPE.int64 }];
};

export const topK: Rule = (node) => {
  const shape = shapeOf(node, 0);
  const axis = shape && axisOf(numberOf(node, "axis", -1), shape.length);
  if (!shape || axis === undefined) return [UNKNOWN, UNKNOWN];
  const top = shape.with(axis, numberOf(node, "k", undefined) ?? valuesOf(node, 1)?.[0] ?? Number.NaN);
  return [{ shape: top }, { shape: top }];
};

/** LayerNormalization: the result, then mean and deviation over the axes from `axis` on. */
export const layerNormalization: Rule = (node) => {
  const shape = shapeOf(node, 0);
  const axis = shape && axisOf(numberOf(node, "axis", -1), shape.length);
  const statistics: Known = { shape: shape?.map((size, i) => (i < (axis ?? 0) ? size : 1)) };
  return [{ shape }, statistics, statistics];
};

/** The window of a pool, from its attributes. */
function poolWindow(node: NodeView): Window | undefined {
  const shape = shapeOf(node, 0);
  const kernel = listOf(node, "kernel_shape");
  return shape && kernel && kernel.length === shape.length - 2
    ? windowOf(node, shape.slice(2), kernel)
    : undefined;
}

/** MaxPool, AveragePool, LpPool; MaxPool's second output has the places of the maxima. */
export const pool: Rule = (node) => {
  const shape = shapeOf(node, 0);
  const window = poolWindow(node);
  if (!shape || !window) return [{ shape: shape && ofRank(shape.length) }, UNKNOWN];
  const ceil = numberOf(node, "ceil_mode", 0) === 1;
  const pooled: Shape = [...shape.slice(0, 2), ...window.map((axis) => outputExtent(axis, ceil))];
  return [{ shape: pooled }, { shape: pooled }];
};

/** Elements that the windows of a pool read. */
export function poolWork(node: NodeView, [output]: readonly Known[]): number {
  const taps = elements(listOf(node, "kernel_shape") ?? [Number.NaN]);
  return output?.shape ? elements(output.shape) * taps : Number.NaN;
}

export const globalPool: Rule = (node) => {
  const shape = shapeOf(node, 0);
  return [{ shape: shape?.map((size, axis) => (axis < 2 ? size : 1)) }];
};
