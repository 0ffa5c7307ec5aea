import type { OnnxAttribute } from "./model.ts";
import { MAX_RANK, MAX_VALUES } from "./model.ts";

/** Sizes of a tensor, outermost first; NaN is a size that is not known, and stays NaN in any arithmetic. */
export type Shape = readonly number[];

/** What is known of a tensor without running the network. */
export interface Known {
  readonly shape?: Shape | undefined;
  /** All its numbers, if they are few and known; a NaN among them is one that is not. */
  readonly values?: readonly number[] | undefined;
  /** DATA_TYPE of `values`; integers divide as integers. */
  readonly type?: number | undefined;
  /** Stored, or computed from stored tensors alone: no work at run time. */
  readonly constant?: boolean;
}

export const UNKNOWN: Known = {};

/** A node as rules see it. */
export interface NodeView {
  readonly op: string;
  /** Version of the operators of its domain. */
  readonly opset: number;
  /** undefined where an input is left out. */
  readonly inputs: readonly (Known | undefined)[];
  /** How many outputs are asked for. */
  readonly outputs: number;
  attribute(name: string): OnnxAttribute | undefined;
}

/** What a node gives, as far as its inputs tell. */
export type Rule = (node: NodeView) => readonly Known[];

export function shapeOf(node: NodeView, input: number): Shape | undefined {
  return node.inputs[input]?.shape;
}

export function valuesOf(node: NodeView, input: number): readonly number[] | undefined {
  return node.inputs[input]?.values;
}

/** An integer or float attribute; protobuf leaves out a zero. */
export function numberOf<T>(node: NodeView, name: string, fallback: T): number | T {
  const attribute = node.attribute(name);
  return attribute ? (attribute.number ?? 0) : fallback;
}

/** A list of integers: an attribute in older opsets, an input in newer ones. */
export function listOf(node: NodeView, name: string, input?: number): readonly number[] | undefined {
  const attribute = node.attribute(name);
  if (attribute) return attribute.numbers ?? [];
  return input === undefined ? undefined : valuesOf(node, input);
}

/** An axis counted from the front; undefined if there is none such. */
export function axisOf(axis: number, rank: number): number | undefined {
  const place = axis < 0 ? axis + rank : axis;
  return Number.isInteger(place) && place >= 0 && place < rank ? place : undefined;
}

/** Axes counted from the front; undefined if one is not there or not known. */
export function axesOf(axes: readonly number[], rank: number): readonly number[] | undefined {
  const places = axes.map((axis) => axisOf(axis, rank));
  return places.includes(undefined) ? undefined : (places as number[]);
}

/** Elements of a tensor; 1 of a scalar. */
export function elements(shape: Shape): number {
  return shape.reduce((product, size) => product * size, 1);
}

/** A shape of `rank` sizes of which none is known. */
export function ofRank(rank: number): Shape | undefined {
  return rank >= 0 && rank <= MAX_RANK ? Array.from({ length: rank }, () => Number.NaN) : undefined;
}

/** The shape that tensors have together (NumPy's rule); undefined if one is not known or they do not fit. */
export function broadcast(...shapes: readonly (Shape | undefined)[]): Shape | undefined {
  let result: Shape = [];
  for (const shape of shapes) {
    if (!shape) return undefined;
    const rank = Math.max(result.length, shape.length);
    const merged: number[] = [];
    for (let i = 0; i < rank; i++) {
      const a = result[result.length - rank + i] ?? 1;
      const b = shape[shape.length - rank + i] ?? 1;
      const size = a === 1 ? b : b === 1 || a === b || Number.isNaN(b) ? a : Number.isNaN(a) ? b : undefined;
      if (size === undefined) return undefined;
      merged.push(size);
    }
    result = merged;
  }
  return result;
}

/** Whether a tensor's numbers are few enough to be followed. */
export function isSmall(shape: Shape | undefined): shape is Shape {
  return shape !== undefined && elements(shape) <= MAX_VALUES;
}

/** A list of integers as a tensor. */
export function vector(values: readonly number[], type: number): Known {
  return { shape: [values.length], values, type };
}

/** Strides of a tensor's elements in row-major order. */
export function stridesOf(shape: Shape): readonly number[] {
  const strides = Array.from({ length: shape.length }, () => 1);
  for (let axis = shape.length - 2; axis >= 0; axis--)
    strides[axis] = (strides[axis + 1] as number) * (shape[axis + 1] as number);
  return strides;
}

/** Every index of a shape, in row-major order. */
export function* indices(shape: Shape): Generator<readonly number[]> {
  const count = elements(shape);
  const strides = stridesOf(shape);
  for (let flat = 0; flat < count; flat++)
    yield shape.map((size, axis) => Math.floor(flat / (strides[axis] as number)) % size);
}

/** The element of a tensor at an index of a shape that it is broadcast to. */
export function elementAt({ shape = [], values = [] }: Known, index: readonly number[]): number {
  const strides = stridesOf(shape);
  let flat = 0;
  for (const [axis, size] of shape.entries()) {
    const at = index[index.length - shape.length + axis] ?? 0;
    if (size !== 1) flat += at * (strides[axis] as number);
  }
  return values[flat] ?? Number.NaN;
}
