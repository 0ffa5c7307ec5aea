import { InputError, nearest, quote } from "../../errors.ts";
import { MAX_BOUND } from "../../workload/layer.ts";
import type { Workload } from "../../workload/workload.ts";
import { type ByteSource, bytesSource } from "./bytes.ts";
import { readModel } from "./decode.ts";
import type { Known } from "./known.ts";
import type { OperatorShare } from "./ledger.ts";
import type { OnnxModel, OnnxValue } from "./model.ts";
import { type Sizes, Walk } from "./walk.ts";

export interface OnnxOptions {
  /** Name of the workload; default: the graph's. */
  readonly name?: string;
  /** Sizes of symbolic dims by their symbol, of dims without one by `input.axis`. */
  readonly dims?: Readonly<Record<string, number>>;
}

/** A workload from an ONNX model, and what of the model is not in it. */
export interface OnnxImport {
  readonly workload: Workload;
  readonly operators: readonly OperatorShare[];
}

/** Operators that are known; a newer one is read all the same, since shapes of known operators rarely change. */
const NEWEST_OPSET = 21;

/**
 * The layers of an ONNX model: each distinct loop nest of its convolutions and matrix products once, with its count. Shapes are
 * inferred; weights are never read. What is no loop nest is listed with its share of the operations.
 *
 * @throws InputError for a file that is no model, for dims without a size, and for a model without a layer
 */
export function importOnnx(model: ByteSource | Uint8Array, options: OnnxOptions = {}): OnnxImport {
  const onnx = readModel(model instanceof Uint8Array ? bytesSource(model) : model);
  const { inputs, sizes, open } = bindInputs(onnx, options.dims ?? {});
  const { ledger } = new Walk(onnx, sizes).run(inputs);
  if (ledger.sizesMissing && open.length > 0) {
    const shown = open.slice(0, 8);
    throw new InputError({
      where: "inputs",
      expected: `a size for ${shown.map((name) => quote(name)).join(", ")}${open.length > 8 ? ", ..." : ""}`,
      found: "none",
      hint: shown.map((name) => `--dim ${/^[\w.:/-]+$/.test(name) ? name : `'${name}'`}=1`).join(" "),
    });
  }
  const operators = ledger.operators();
  const layers = ledger.layers();
  if (layers.length === 0) {
    throw new InputError({
      where: "graph",
      expected: "a convolution or a matrix product",
      found: describeAll(operators),
    });
  }
  const name = options.name ?? (onnx.graph.name || "onnx");
  const opset = onnx.opsets.get("");
  const source = `ONNX${opset === undefined ? "" : ` opset ${opset}`}${onnx.producer === "" ? "" : `, written by ${onnx.producer}`}`;
  const note = describe(operators, opset);
  return { workload: { name, source, ...(note === "" ? {} : { note }), layers }, operators };
}

/** What is known of the graph's inputs, and names of dims that still need a size. */
function bindInputs(
  { graph }: OnnxModel,
  given: Readonly<Record<string, number>>,
): { readonly inputs: ReadonlyMap<string, Known>; readonly sizes: Sizes; readonly open: readonly string[] } {
  const free = freeInputs(graph);
  const names = openDims(graph);
  for (const [name, size] of Object.entries(given)) {
    if (!names.has(name)) throw noSuchDim(name, names);
    if (!Number.isInteger(size) || size < 1 || size > MAX_BOUND)
      throw new InputError({
        where: `--dim ${name}`,
        expected: `an integer from 1 to ${MAX_BOUND}`,
        found: quote(size),
      });
  }
  const sizes: Sizes = (dim) =>
    typeof dim === "string" ? (own(given, dim) ?? Number.NaN) : (dim ?? Number.NaN);
  const open = new Set<string>();
  const inputs = new Map<string, Known>();
  for (const input of free) {
    const dims = keyed(input);
    for (const dim of dims) if (typeof dim === "string" && own(given, dim) === undefined) open.add(dim);
    if (input.dims) inputs.set(input.name, { shape: dims.map(sizes) });
  }
  return { inputs, sizes, open: [...open] };
}

/** Inputs that are no stored weights. */
function freeInputs({ inputs, initializers }: OnnxModel["graph"]): readonly OnnxValue[] {
  const stored = new Set(initializers.map(({ name }) => name));
  return inputs.filter(({ name }) => !stored.has(name));
}

/** Dims of a value: sizes, symbols, and `value.axis` for those without either. */
function keyed({ name, dims }: OnnxValue): readonly (number | string)[] {
  return (dims ?? []).map((dim, axis) => dim ?? `${name}.${axis}`);
}

/** Names of the dims that may be given a size. */
export function openDims(graph: OnnxModel["graph"]): ReadonlySet<string> {
  const free = freeInputs(graph);
  const symbols = [...free, ...graph.outputs, ...graph.values].flatMap(({ dims }) => dims ?? []);
  const isName = (dim: number | string): dim is string => typeof dim === "string";
  return new Set([...symbols.filter((dim) => dim !== undefined), ...free.flatMap(keyed)].filter(isName));
}

/** The refusal of a dim that is none of the open ones. */
export function noSuchDim(name: string, open: ReadonlySet<string>): InputError {
  const meant = nearest(name, [...open]);
  return new InputError({
    where: `--dim ${name}`,
    expected:
      open.size === 0 ? "no dims: all are fixed" : `one of the open dims ${[...open].slice(0, 8).join(", ")}`,
    found: quote(name),
    ...(meant === undefined ? {} : { hint: `did you mean ${meant}?` }),
  });
}

function own(record: Readonly<Record<string, number>>, key: string): number | undefined {
  return Object.hasOwn(record, key) ? record[key] : undefined;
}

/** What a reader should know before trusting totals: what is not in the layers. */
function describe(operators: readonly OperatorShare[], opset: number | undefined): string {
  const beside = operators.filter(({ handling, share = 0 }) => handling === "beside" && share >= 0.0005);
  const unread = operators.filter(({ handling }) => handling === "unread");
  const sum = operators.reduce(
    (all, { handling, share = 0 }) => all + (handling === "beside" ? share : 0),
    0,
  );
  const parts: string[] = [];
  if (unread.length > 0) parts.push(`Not read: ${describeAll(unread)}.`);
  if (sum >= 0.0005)
    parts.push(`${percent(sum)} of the operations are beside the layers: ${describeAll(beside, true)}.`);
  if (opset !== undefined && opset > NEWEST_OPSET)
    parts.push(`Opset ${opset} is newer than those that this version knows (up to ${NEWEST_OPSET}).`);
  return parts.join(" ");
}

/** The first operators of a list. */
function describeAll(operators: readonly OperatorShare[], shares = false): string {
  if (operators.length === 0) return "no operator";
  const shown = operators.slice(0, 6).map(({ operator, nodes, share = 0, reason }) => {
    const detail = shares
      ? ` ${percent(share)}`
      : ` x ${nodes}${reason === undefined ? "" : ` (${reason.slice(0, 100)})`}`;
    return `${operator.slice(0, 60)}${detail}`;
  });
  const more = operators.length > shown.length ? `, ${operators.length - shown.length} more` : "";
  return `${shown.join(", ")}${more}`;
}

function percent(share: number): string {
  return `${(100 * share).toFixed(share < 0.0995 ? 1 : 0)} %`;
}
