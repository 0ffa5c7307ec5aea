import { type Contraction, type ContractionRule, type LayerDraft, notRead } from "../contraction.ts";
import { broadcast, elements, listOf, numberOf, type Shape, shapeOf } from "../known.ts";

/** (M x C)·(C x K): the right-hand side takes the place of the weights, stored or computed. */
export function product(m: number, c: number, k: number, count = 1, part?: string): LayerDraft {
  return { ...(part === undefined ? {} : { part }), count, shape: { P: m, C: c, K: k } };
}

/**
 * MatMul and its quantised forms, as NumPy multiplies: the last two axes are matrices, the others are broadcast. Batch axes on which
 * the right-hand side has one matrix are more rows of the left-hand one; the others are products of their own.
 *
 * @param right the input that holds the right-hand side
 */
export function matmul(right: number): ContractionRule {
  return (node) => multiply(shapeOf(node, 0), shapeOf(node, right));
}

function multiply(left: Shape | undefined, right: Shape | undefined): Contraction {
  if (!left || !right) return notRead("shapes not known");
  if (left.length === 0 || right.length === 0) return notRead("a scalar operand");
  // A vector is a row on the left and a column on the right, and its axis of 1 is taken off again.
  const [a, b] = [left.length === 1 ? [1, ...left] : left, right.length === 1 ? [...right, 1] : right];
  const [m = Number.NaN, c = Number.NaN] = a.slice(-2);
  const [inner = Number.NaN, k = Number.NaN] = b.slice(-2);
  const batch = broadcast(a.slice(0, -2), b.slice(0, -2));
  if (!batch) return notRead("batch axes that do not fit");
  const outputs = [
    { shape: [...batch, ...(left.length === 1 ? [] : [m]), ...(right.length === 1 ? [] : [k])] },
  ];
  if (c !== inner && !Number.isNaN(c + inner)) return notRead(`inner sizes ${c} and ${inner}`, outputs);
  let [rows, count] = [m, 1];
  for (const [axis, size] of batch.entries()) {
    const matrices = b[axis + b.length - 2 - batch.length] ?? 1;
    if (matrices === 1) rows *= size;
    else count *= size;
  }
  return { outputs, layers: [product(rows, Number.isNaN(c) ? inner : c, k, count)] };
}

/** FusedMatMul (com.microsoft): MatMul of operands that may be transposed. */
export const fusedMatmul: ContractionRule = (node) => {
  const turned = (input: number, name: string): Shape | undefined => {
    const shape = shapeOf(node, input);
    return shape && shape.length > 1 && numberOf(node, name, 0) === 1
      ? [...shape.slice(0, -2), ...shape.slice(-2).reverse()]
      : shape;
  };
  return multiply(turned(0, "transA"), turned(1, "transB"));
};

/** Gemm; `right` is the input of B. */
export function gemm(right: number): ContractionRule {
  return (node) => {
    const [a, b] = [shapeOf(node, 0), shapeOf(node, right)];
    if (!a || !b) return notRead("shapes not known");
    if (a.length !== 2 || b.length !== 2) return notRead("operands that are no matrices");
    const [m = Number.NaN, c = Number.NaN] = numberOf(node, "transA", 0) === 1 ? a.toReversed() : a;
    const [inner = Number.NaN, k = Number.NaN] = numberOf(node, "transB", 0) === 1 ? b.toReversed() : b;
    const outputs = [{ shape: [m, k] }];
    if (c !== inner && !Number.isNaN(c + inner)) return notRead(`inner sizes ${c} and ${inner}`, outputs);
    return { outputs, layers: [product(m, Number.isNaN(c) ? inner : c, k)] };
  };
}

/** MatMulNBits (com.microsoft): weights packed to a few bits, their sizes K (ours is C) and N (ours is K) in attributes. */
export const packedMatmul: ContractionRule = (node) => {
  const left = shapeOf(node, 0);
  const [c, k] = [numberOf(node, "K", Number.NaN), numberOf(node, "N", Number.NaN)];
  if (!left) return notRead("shapes not known");
  return {
    outputs: [{ shape: [...left.slice(0, -1), k] }],
    layers: [product(elements(left.slice(0, -1)), c, k)],
  };
};

/** Einsum of two operands that is a batched product: every label in both operands is in the result or summed. */
export const einsum: ContractionRule = (node) => {
  const equation = (node.attribute("equation")?.text ?? "").replace(/\s/g, "");
  const match = /^([a-zA-Z]*),([a-zA-Z]*)->([a-zA-Z]*)$/.exec(equation);
  const shapes = [shapeOf(node, 0), shapeOf(node, 1)];
  if (!match) return notRead(`equation ${equation.slice(0, 40)}`);
  const [, left = "", right = "", out = ""] = match;
  const sizes = new Map<string, number>();
  for (const [labels, shape] of [
    [left, shapes[0]],
    [right, shapes[1]],
  ] as const) {
    for (const [axis, label] of [...labels].entries()) sizes.set(label, shape?.[axis] ?? Number.NaN);
  }
  const outputs = [{ shape: [...out].map((label) => sizes.get(label) ?? Number.NaN) }];
  const over = (keep: (label: string) => boolean): number =>
    [...sizes].reduce((whole, [label, size]) => (keep(label) ? whole * size : whole), 1);
  const [l, r, o] = [new Set(left), new Set(right), new Set(out)];
  const rows = over((label) => l.has(label) && !r.has(label));
  const columns = over((label) => !l.has(label) && r.has(label));
  const inner = over((label) => l.has(label) && r.has(label) && !o.has(label));
  const count = over((label) => l.has(label) && r.has(label) && o.has(label));
  return { outputs, layers: [product(rows, inner, columns, count)] };
};

/** RNN, GRU, LSTM: for each direction the inputs of all steps at once, then a product with the state for each step. */
export function recurrent(gates: number): ContractionRule {
  return (node) => {
    const [x, w] = [shapeOf(node, 0), shapeOf(node, 1)];
    if (!x || !w) return notRead("shapes not known");
    const batchFirst = numberOf(node, "layout", 0) === 1;
    const [a = Number.NaN, b = Number.NaN, c = Number.NaN] = x;
    const [steps, batch] = batchFirst ? [b, a] : [a, b];
    const [directions = Number.NaN, columns = Number.NaN] = w;
    const hidden = numberOf(node, "hidden_size", columns / gates);
    const sequence = batchFirst ? [batch, steps, directions, hidden] : [steps, directions, batch, hidden];
    const last = batchFirst ? [batch, directions, hidden] : [directions, batch, hidden];
    return {
      outputs: [{ shape: sequence }, { shape: last }, { shape: last }],
      layers: [
        product(steps * batch, c, columns, directions, "input"),
        product(batch, hidden, columns, directions * steps, "state"),
      ],
    };
  };
}

/**
 * Attention (com.microsoft): one product for query, key and value, then scores and context for each head. `unidirectional`
 * attention is the full square, before the causal mask.
 */
export const fusedAttention: ContractionRule = (node) => {
  const [x, w] = [shapeOf(node, 0), shapeOf(node, 1)];
  if (!x || !w || x.length !== 3) return notRead("shapes not known");
  const [batch = Number.NaN, tokens = Number.NaN, width = Number.NaN] = x;
  const columns = w.at(-1) ?? Number.NaN;
  const heads = numberOf(node, "num_heads", Number.NaN);
  const [q = columns / 3, k = columns / 3, v = columns / 3] = listOf(node, "qkv_hidden_sizes") ?? [];
  const past = shapeOf(node, 4)?.[3] ?? 0;
  return {
    outputs: [{ shape: [batch, tokens, v] }, { shape: [2, batch, heads, past + tokens, k / heads] }],
    layers: [
      product(batch * tokens, width, columns, 1, "qkv"),
      product(tokens, q / heads, past + tokens, batch * heads, "scores"),
      product(tokens, past + tokens, v / heads, batch * heads, "context"),
    ],
  };
};

/** MultiHeadAttention (com.microsoft) on query, key and value of batch x tokens x width. */
export const multiHeadAttention: ContractionRule = (node) => {
  const [q, k, v] = [shapeOf(node, 0), shapeOf(node, 1), shapeOf(node, 2)];
  const heads = numberOf(node, "num_heads", Number.NaN);
  if (!q || !k || !v || q.length !== 3 || k.length !== 3 || v.length !== 3)
    return notRead("packed or unknown operands");
  const [batch = Number.NaN, tokens = Number.NaN, width = Number.NaN] = q;
  const [keys, values] = [k[1] ?? Number.NaN, v[2] ?? Number.NaN];
  return {
    outputs: [{ shape: [batch, tokens, values] }],
    layers: [
      product(tokens, width / heads, keys, batch * heads, "scores"),
      product(tokens, keys, values / heads, batch * heads, "context"),
    ],
  };
};
