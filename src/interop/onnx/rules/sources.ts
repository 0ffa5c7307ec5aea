import {
  broadcast,
  elementAt,
  elements,
  indices,
  isSmall,
  type Known,
  numberOf,
  ofRank,
  type Rule,
  type Shape,
  shapeOf,
  UNKNOWN,
  valuesOf,
  vector,
} from "../known.ts";
import { DATA_TYPE } from "../model.ts";

// Operators that make tensors: constants, and shapes as numbers.

export const constant: Rule = (node) => {
  const tensor = node.attribute("value")?.tensor;
  if (tensor) return [{ shape: tensor.dims, values: tensor.values, type: tensor.type, constant: true }];
  for (const [name, type] of CONSTANTS) {
    const attribute = node.attribute(name);
    if (!attribute) continue;
    const list = name.endsWith("s");
    const values = list ? (attribute.numbers ?? []) : [attribute.number ?? 0];
    return [{ shape: list ? [values.length] : [], values, type, constant: true }];
  }
  return [{ constant: true }];
};

const CONSTANTS = [
  ["value_int", DATA_TYPE.int64],
  ["value_ints", DATA_TYPE.int64],
  ["value_float", DATA_TYPE.float],
  ["value_floats", DATA_TYPE.float],
] as const;

export const constantOfShape: Rule = (node) => {
  const { values: [value] = [0], type = DATA_TYPE.float } = node.attribute("value")?.tensor ?? {};
  return [filled(valuesOf(node, 0), shapeOf(node, 0), value, type)];
};

function filled(
  sizes: Shape | undefined,
  vector: Shape | undefined,
  value = Number.NaN,
  type: number,
): Known {
  const shape = sizes ?? (vector?.[0] === undefined ? undefined : ofRank(vector[0]));
  if (!shape) return UNKNOWN;
  return isSmall(shape)
    ? { shape, type, values: Array.from({ length: elements(shape) }, () => value) }
    : { shape };
}

export const shape: Rule = (node) => {
  const sizes = shapeOf(node, 0);
  if (!sizes) return [{ shape: [Number.NaN] }];
  const end = numberOf(node, "end", undefined);
  return [vector(sizes.slice(numberOf(node, "start", 0), end), DATA_TYPE.int64)];
};

export const size: Rule = (node) => {
  const sizes = shapeOf(node, 0);
  return [{ shape: [], values: [sizes ? elements(sizes) : Number.NaN], type: DATA_TYPE.int64 }];
};

export const range: Rule = (node) => {
  const [start = Number.NaN, limit = Number.NaN, step = Number.NaN] = [0, 1, 2].map(
    (input) => valuesOf(node, input)?.[0],
  );
  const count = Math.max(0, Math.ceil((limit - start) / step));
  if (!isSmall([count])) return [{ shape: [count] }];
  const values = Array.from({ length: count }, (_, i) => start + i * step);
  return [{ shape: [count], values, type: node.inputs[0]?.type }];
};

export const expand: Rule = (node) => {
  const [data = UNKNOWN] = node.inputs;
  const target = valuesOf(node, 1);
  const shape = target && broadcast(data.shape, target);
  if (!shape) return [UNKNOWN];
  if (!data.values || !isSmall(shape)) return [{ shape }];
  return [{ shape, values: [...indices(shape)].map((index) => elementAt(data, index)), type: data.type }];
};

export const oneHot: Rule = (node) => {
  const at = shapeOf(node, 0);
  if (!at) return [UNKNOWN];
  const axis = numberOf(node, "axis", -1);
  const place = axis < 0 ? axis + at.length + 1 : axis;
  return [{ shape: at.toSpliced(place, 0, valuesOf(node, 1)?.[0] ?? Number.NaN) }];
};

/** An output of a rank that is sure and sizes that depend on the data. */
export function dataDependent(sizes: Shape): Rule {
  return () => [{ shape: sizes }];
}

/** NonZero: indices of as many elements as are not 0. */
export const nonZero: Rule = (node) => {
  const [{ shape: sizes, values } = UNKNOWN] = node.inputs;
  const known = values && !values.some(Number.isNaN);
  const count = known ? values.filter((value) => value !== 0).length : Number.NaN;
  const places = { shape: [sizes?.length ?? Number.NaN, count] };
  if (!known || sizes?.length !== 1) return [places];
  const found = [...values.keys()].filter((i) => values[i] !== 0);
  return [{ ...places, values: found, type: DATA_TYPE.int64 }];
};

/** The shape stored in an attribute, for random tensors. */
export const ofShapeAttribute: Rule = (node) => [{ shape: node.attribute("shape")?.numbers }];
