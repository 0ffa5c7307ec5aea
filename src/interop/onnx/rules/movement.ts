import {
  axesOf,
  axisOf,
  elements,
  indices,
  isSmall,
  listOf,
  type NodeView,
  numberOf,
  ofRank,
  type Rule,
  type Shape,
  shapeOf,
  stridesOf,
  UNKNOWN,
  valuesOf,
} from "../known.ts";

// Operators that move elements without computing: their share of the work is nothing.

export const reshape: Rule = (node) => {
  const [data = UNKNOWN] = node.inputs;
  const target = listOf(node, "shape", 1);
  if (!target) {
    const rank = shapeOf(node, 1)?.[0];
    return [{ shape: rank === undefined || Number.isNaN(rank) ? undefined : ofRank(rank) }];
  }
  const allowZero = numberOf(node, "allowzero", 0) === 1;
  const sizes = target.map((size, axis) =>
    size === 0 && !allowZero ? (data.shape?.[axis] ?? Number.NaN) : size,
  );
  const rest = sizes.reduce((product, size) => (size === -1 ? product : product * size), 1);
  const open = data.shape ? elements(data.shape) / rest : Number.NaN;
  const shape = sizes.map((size) => (size !== -1 ? size : Number.isInteger(open) ? open : Number.NaN));
  return [{ ...data, shape }];
};

export const flatten: Rule = (node) => {
  const [data = UNKNOWN] = node.inputs;
  const { shape } = data;
  if (!shape) return [{ shape: ofRank(2) }];
  const axis = numberOf(node, "axis", 1);
  const at = axis < 0 ? axis + shape.length : axis;
  return [{ ...data, shape: [elements(shape.slice(0, at)), elements(shape.slice(at))] }];
};

export const squeeze: Rule = (node) => {
  const [data = UNKNOWN] = node.inputs;
  const { shape } = data;
  const given = listOf(node, "axes", 1);
  if (!shape || (node.inputs[1] && !given)) return [UNKNOWN];
  const axes = given ? axesOf(given, shape.length) : undefined;
  if (given && !axes) return [UNKNOWN];
  return [{ ...data, shape: shape.filter((size, axis) => (axes ? !axes.includes(axis) : size !== 1)) }];
};

export const unsqueeze: Rule = (node) => {
  const [data = UNKNOWN] = node.inputs;
  const given = listOf(node, "axes", 1);
  if (!data.shape || !given) return [UNKNOWN];
  const rank = data.shape.length + given.length;
  const axes = axesOf(given, rank);
  if (!axes) return [UNKNOWN];
  const left = [...data.shape];
  const shape = Array.from({ length: rank }, (_, axis) =>
    axes.includes(axis) ? 1 : (left.shift() ?? Number.NaN),
  );
  return [{ ...data, shape }];
};

export const transpose: Rule = (node) => {
  const [{ shape, values, type } = UNKNOWN] = node.inputs;
  if (!shape) return [UNKNOWN];
  const order = axesOf(listOf(node, "perm") ?? [...shape.keys()].reverse(), shape.length);
  if (order?.length !== shape.length) return [UNKNOWN];
  const moved = order.map((axis) => shape[axis] ?? Number.NaN);
  if (!values) return [{ shape: moved }];
  const strides = stridesOf(shape);
  const at = (index: readonly number[]): number =>
    order.reduce((flat, axis, place) => flat + (index[place] ?? 0) * (strides[axis] ?? 0), 0);
  return [
    { shape: moved, values: [...indices(moved)].map((index) => values[at(index)] ?? Number.NaN), type },
  ];
};

export const concat: Rule = (node) => {
  const parts = node.inputs.map((input) => input ?? UNKNOWN);
  const ranked = parts.find(({ shape }) => shape)?.shape;
  const axis = ranked && axisOf(numberOf(node, "axis", 1), ranked.length);
  if (!ranked || axis === undefined) return [UNKNOWN];
  const shape = ranked.map((_, place) => {
    const sizes = parts.map((part) => part.shape?.[place] ?? Number.NaN);
    return place === axis
      ? sizes.reduce((sum, size) => sum + size, 0)
      : (sizes.find((size) => !Number.isNaN(size)) ?? Number.NaN);
  });
  const flat = ranked.length === 1 && parts.every(({ values }) => values) && isSmall(shape);
  return [
    flat ? { shape, values: parts.flatMap(({ values }) => values ?? []), type: parts[0]?.type } : { shape },
  ];
};

export const split: Rule = (node) => {
  const [{ shape, values, type } = UNKNOWN] = node.inputs;
  const axis = shape && axisOf(numberOf(node, "axis", 0), shape.length);
  const count = numberOf(node, "num_outputs", node.outputs);
  if (!shape || axis === undefined) return Array.from({ length: node.outputs }, () => UNKNOWN);
  const whole = shape[axis] ?? Number.NaN;
  const even = Math.ceil(whole / count);
  const given = listOf(node, "split", 1) ?? (node.inputs[1] ? [] : undefined);
  let start = 0;
  return Array.from({ length: node.outputs }, (_, i) => {
    const size = given ? (given[i] ?? Number.NaN) : i < count - 1 ? even : whole - even * (count - 1);
    const from = start;
    start += size;
    const part = shape.with(axis, size);
    return shape.length === 1 && values
      ? { shape: part, values: values.slice(from, start), type }
      : { shape: part };
  });
};

export const slice: Rule = (node) => {
  const [{ shape, values, type } = UNKNOWN] = node.inputs;
  if (!shape) return [UNKNOWN];
  const starts = listOf(node, "starts", 1);
  const ends = listOf(node, "ends", 2);
  const given = listOf(node, "axes", 3);
  const steps = valuesOf(node, 4) ?? starts?.map(() => (node.inputs[4] ? Number.NaN : 1));
  const axes = axesOf(given ?? [...shape.keys()].slice(0, starts?.length ?? shape.length), shape.length);
  if (!axes || (node.inputs[3] && !given)) return [{ shape: ofRank(shape.length) }];
  const sizes = [...shape];
  const [firsts, strides] = [shape.map(() => 0), [...stridesOf(shape)]];
  for (const [i, axis] of axes.entries()) {
    const whole = shape[axis] ?? Number.NaN;
    const [start = Number.NaN, end = Number.NaN, step = 1] = [starts?.[i], ends?.[i], steps?.[i]];
    const clamp = (at: number): number =>
      Math.min(step < 0 ? whole - 1 : whole, Math.max(step < 0 ? -1 : 0, at < 0 ? at + whole : at));
    const [from, to] = [clamp(start), clamp(end)];
    sizes[axis] = Math.max(0, Math.ceil((to - from) / step));
    firsts[axis] = from * (strides[axis] ?? Number.NaN);
    strides[axis] = step * (strides[axis] ?? Number.NaN);
  }
  if (!values || !sizes.every(Number.isInteger)) return [{ shape: sizes }];
  // Exporters pad by lists that they reverse as rows of a matrix.
  const first = firsts.reduce((sum, at) => sum + at, 0);
  const at = (index: readonly number[]): number =>
    index.reduce((flat, place, axis) => flat + place * (strides[axis] ?? Number.NaN), first);
  return [
    { shape: sizes, values: [...indices(sizes)].map((index) => values[at(index)] ?? Number.NaN), type },
  ];
};

export const gather: Rule = (node) => {
  const [data = UNKNOWN, at = UNKNOWN] = node.inputs;
  const axis = data.shape && axisOf(numberOf(node, "axis", 0), data.shape.length);
  if (!data.shape || axis === undefined || !at.shape) return [UNKNOWN];
  const shape = [...data.shape.slice(0, axis), ...at.shape, ...data.shape.slice(axis + 1)];
  const { values, type } = data;
  if (!values || !at.values || data.shape.length !== 1) return [{ shape }];
  return [{ shape, type, values: at.values.map((i) => values[i < 0 ? i + values.length : i] ?? Number.NaN) }];
};

/** GatherND: the last axis of the indices names places on the axes after the batch. */
export const gatherNd: Rule = (node) => {
  const [data, at] = [shapeOf(node, 0), shapeOf(node, 1)];
  const depth = at?.at(-1);
  if (!data || !at || depth === undefined || Number.isNaN(depth)) return [UNKNOWN];
  return [{ shape: [...at.slice(0, -1), ...data.slice(numberOf(node, "batch_dims", 0) + depth)] }];
};

export const pad: Rule = (node) => {
  const shape = shapeOf(node, 0);
  const pads = listOf(node, "pads", 1) ?? listOf(node, "paddings");
  if (!shape) return [UNKNOWN];
  const axes = axesOf(valuesOf(node, 3) ?? [...shape.keys()], shape.length);
  if (!pads || !axes) return [{ shape: ofRank(shape.length) }];
  const half = pads.length / 2;
  const sizes = [...shape];
  for (const [i, axis] of axes.entries())
    sizes[axis] = (sizes[axis] ?? Number.NaN) + (pads[i] ?? Number.NaN) + (pads[i + half] ?? Number.NaN);
  return [{ shape: sizes }];
};

export const tile: Rule = (node) => {
  const [shape, repeats] = [shapeOf(node, 0), valuesOf(node, 1)];
  if (!shape) return [UNKNOWN];
  return [{ shape: shape.map((size, axis) => size * (repeats?.[axis] ?? Number.NaN)) }];
};

/** DepthToSpace (`grow`) and SpaceToDepth: blocks of an image to channels and back. */
export function blocks(grow: boolean): Rule {
  return (node) => {
    const [n, c, h, w] = shapeOf(node, 0) ?? [];
    const size = numberOf(node, "blocksize", Number.NaN);
    const by = grow ? size : 1 / size;
    if (n === undefined || c === undefined || h === undefined || w === undefined)
      return [{ shape: ofRank(4) }];
    return [{ shape: [n, whole(c / by ** 2), whole(h * by), whole(w * by)] }];
  };
}

function whole(size: number): number {
  return Number.isInteger(size) ? size : Number.NaN;
}

/** Resize and Upsample: sizes or scales, for all axes or for given ones. */
export const resize: Rule = (node: NodeView) => {
  const shape: Shape | undefined = shapeOf(node, 0);
  if (!shape) return [UNKNOWN];
  const late = node.op === "Resize" && node.opset >= 11;
  const scales = listOf(node, "scales", late ? 2 : 1);
  const sizes = late ? valuesOf(node, 3) : undefined;
  const axes = axesOf(listOf(node, "axes") ?? [...shape.keys()], shape.length);
  if (!axes) return [{ shape: ofRank(shape.length) }];
  const resized = [...shape];
  for (const [i, axis] of axes.entries()) {
    const old = shape[axis] ?? Number.NaN;
    // The rounding keeps 0.1 x 10, which may be a little less than 1, from losing a pixel.
    const scaled = Math.floor(Number((old * (scales?.[i] ?? Number.NaN)).toPrecision(12)));
    resized[axis] = sizes?.[i] ?? scaled;
  }
  const policy = node.attribute("keep_aspect_ratio_policy")?.text ?? "stretch";
  return [{ shape: sizes && policy !== "stretch" ? keepAspect(shape, axes, sizes, policy) : resized }];
};

function keepAspect(shape: Shape, axes: readonly number[], sizes: readonly number[], policy: string): Shape {
  const ratios = axes.map((axis, i) => (sizes[i] ?? Number.NaN) / (shape[axis] ?? Number.NaN));
  const scale = policy === "not_larger" ? Math.min(...ratios) : Math.max(...ratios);
  return shape.map((size, axis) => (axes.includes(axis) ? Math.round(size * scale) : size));
}

/** GridSample: a point of the input for each place of the grid. */
export const gridSample: Rule = (node) => {
  const [shape, grid] = [shapeOf(node, 0), shapeOf(node, 1)];
  return [{ shape: shape && grid && [...shape.slice(0, 2), ...grid.slice(1, -1)] }];
};

export const roiAlign: Rule = (node) => {
  const [channels, regions] = [shapeOf(node, 0)?.[1], shapeOf(node, 1)?.[0]];
  const [height, width] = [numberOf(node, "output_height", 1), numberOf(node, "output_width", 1)];
  return [{ shape: [regions ?? Number.NaN, channels ?? Number.NaN, height, width] }];
};
