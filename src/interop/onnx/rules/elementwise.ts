import {
  broadcast,
  elementAt,
  indices,
  isSmall,
  type Known,
  type NodeView,
  numberOf,
  type Rule,
  UNKNOWN,
} from "../known.ts";
import { DATA_TYPE } from "../model.ts";

type Compute = (values: readonly number[], integers: boolean, node: NodeView) => number;

/** Operators that shapes are computed with, besides moving sizes about. A NaN, a size not known, stays one. */
const COMPUTED: Readonly<Record<string, Compute>> = {
  Add: ([a = 0, b = 0]) => a + b,
  Sub: ([a = 0, b = 0]) => a - b,
  Mul: ([a = 0, b = 0]) => a * b,
  Div: ([a = 0, b = 0], integers) => (integers ? Math.trunc(a / b) : a / b),
  Mod: ([a = 0, b = 0], _, node) => (numberOf(node, "fmod", 0) === 1 ? a % b : a - b * Math.floor(a / b)),
  Pow: ([a = 0, b = 0]) => a ** b,
  Min: (values) => Math.min(...values),
  Max: (values) => Math.max(...values),
  Sum: (values) => values.reduce((sum, value) => sum + value, 0),
  Neg: ([a = 0]) => -a,
  Abs: ([a = 0]) => Math.abs(a),
  Sign: ([a = 0]) => Math.sign(a),
  Floor: ([a = 0]) => Math.floor(a),
  Ceil: ([a = 0]) => Math.ceil(a),
  Round: ([a = 0]) => (Math.abs(a % 1) === 0.5 ? 2 * Math.round(a / 2) : Math.round(a)),
  Sqrt: ([a = 0]) => Math.sqrt(a),
  Reciprocal: ([a = 0]) => 1 / a,
  Identity: ([a = 0]) => a,
  Equal: compare((a, b) => a === b),
  Greater: compare((a, b) => a > b),
  GreaterOrEqual: compare((a, b) => a >= b),
  Less: compare((a, b) => a < b),
  LessOrEqual: compare((a, b) => a <= b),
  And: compare((a, b) => a !== 0 && b !== 0),
  Or: compare((a, b) => a !== 0 || b !== 0),
  Xor: compare((a, b) => (a !== 0) !== (b !== 0)),
  Not: ([a = 0]) => (Number.isNaN(a) ? a : Number(a === 0)),
  Where: ([choose = 0, a = 0, b = 0]) => (Number.isNaN(choose) ? Number.NaN : choose !== 0 ? a : b),
};

const TO_BOOL = new Set(
  "Equal Greater GreaterOrEqual Less LessOrEqual And Or Xor Not IsNaN IsInf".split(" "),
);

function compare(holds: (a: number, b: number) => boolean): Compute {
  return ([a = 0, b = 0]) => (Number.isNaN(a) || Number.isNaN(b) ? Number.NaN : Number(holds(a, b)));
}

/** Operators on tensors element by element, all broadcast against each other. */
export const elementwise: Rule = (node) => {
  const operands = node.inputs.filter((input) => input !== undefined);
  const shape = broadcast(...operands.map((input) => input.shape));
  const type = TO_BOOL.has(node.op) ? DATA_TYPE.bool : (operands.at(-1)?.type ?? operands[0]?.type);
  return [{ shape, ...computed(node, operands, shape), type }];
};

function computed(node: NodeView, operands: readonly Known[], shape: Known["shape"]): Known {
  const compute = COMPUTED[node.op];
  if (!compute || !isSmall(shape) || operands.some((input) => !input.values)) return UNKNOWN;
  const integers = operands.every(({ type }) => type !== undefined && !FLOATS.has(type));
  return {
    values: [...indices(shape)].map((index) =>
      compute(
        operands.map((input) => elementAt(input, index)),
        integers,
        node,
      ),
    ),
  };
}

const FLOATS: ReadonlySet<number> = new Set([DATA_TYPE.float, DATA_TYPE.float16, DATA_TYPE.double]);

/** `Cast`: toward zero where an integer is asked for. */
export const cast: Rule = (node) => {
  const [input = UNKNOWN] = node.inputs;
  const type = node.op === "CastLike" ? node.inputs[1]?.type : numberOf(node, "to", undefined);
  const toInteger = type !== undefined && !FLOATS.has(type);
  const values = toInteger ? input.values?.map(Math.trunc) : input.values;
  return [{ shape: input.shape, values, type }];
};

/** Operators whose first output, and `others` after it, has the shape of the first input. */
export function sameShape(...others: readonly ("same" | "scalar")[]): Rule {
  return ({ inputs: [input] }) => {
    const shape = input?.shape;
    return [{ shape }, ...others.map((other) => ({ shape: other === "same" ? shape : [] }))];
  };
}
