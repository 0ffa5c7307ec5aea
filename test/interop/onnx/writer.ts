// A tiny ONNX writer: enough of protobuf to make the graphs that the tests read.

/** A tensor of dims without numbers, as an exporter with external weights leaves it, or of a few numbers. */
export interface TensorSpec {
  readonly dims: readonly number[];
  /** TensorProto.DataType; default int64 with values, float without. */
  readonly type?: number;
  readonly values?: readonly number[];
  /** How values are stored; default `raw_data`. */
  readonly store?: "raw" | "list";
}

export type AttributeSpec =
  | number
  | string
  | readonly number[]
  | { readonly float: number }
  | { readonly tensor: TensorSpec }
  | { readonly graph: GraphSpec }
  | { readonly reference: string };

export interface NodeSpec {
  readonly op: string;
  readonly in: readonly string[];
  readonly out: readonly string[];
  readonly name?: string;
  readonly domain?: string;
  readonly with?: Readonly<Record<string, AttributeSpec>>;
}

export type DimSpec = number | string | undefined;

export interface GraphSpec {
  readonly name?: string;
  readonly nodes: readonly NodeSpec[];
  readonly inputs?: Readonly<Record<string, readonly DimSpec[] | undefined>>;
  readonly outputs?: Readonly<Record<string, readonly DimSpec[] | undefined>>;
  readonly values?: Readonly<Record<string, readonly DimSpec[]>>;
  readonly weights?: Readonly<Record<string, TensorSpec>>;
}

export interface ModelSpec extends GraphSpec {
  readonly opset?: number;
  readonly producer?: string;
  readonly functions?: readonly {
    readonly domain: string;
    readonly name: string;
    readonly inputs: readonly string[];
    readonly outputs: readonly string[];
    readonly nodes: readonly NodeSpec[];
  }[];
}

/** The bytes of a model. */
export function writeModel({
  opset = 17,
  producer = "polaris-test",
  functions = [],
  ...graph
}: ModelSpec): Uint8Array {
  return join([
    field(1, 8),
    field(2, producer),
    field(7, graphBytes(graph)),
    field(8, join([field(2, opset)])),
    ...functions.map(({ domain, name, inputs, outputs, nodes }) =>
      field(
        25,
        join([
          field(1, name),
          ...inputs.map((one) => field(4, one)),
          ...outputs.map((one) => field(5, one)),
          ...nodes.map((node) => field(7, nodeBytes(node))),
          field(10, domain),
        ]),
      ),
    ),
  ]);
}

export function graphBytes({
  name = "graph",
  nodes,
  inputs = {},
  outputs = {},
  values = {},
  weights = {},
}: GraphSpec): Uint8Array {
  const entries = (fieldNumber: number, record: GraphSpec["inputs"]): Uint8Array[] =>
    Object.entries(record ?? {}).map(([key, dims]) => field(fieldNumber, valueBytes(key, dims)));
  return join([
    ...nodes.map((node) => field(1, nodeBytes(node))),
    field(2, name),
    ...Object.entries(weights).map(([key, tensor]) => field(5, tensorBytes(key, tensor))),
    ...entries(11, inputs),
    ...entries(12, outputs),
    ...entries(13, values),
  ]);
}

function nodeBytes({
  op,
  in: inputs,
  out,
  name = "",
  domain = "",
  with: attributes = {},
}: NodeSpec): Uint8Array {
  return join([
    ...inputs.map((one) => field(1, one)),
    ...out.map((one) => field(2, one)),
    field(3, name),
    field(4, op),
    ...Object.entries(attributes).map(([key, value]) => field(5, attributeBytes(key, value))),
    field(7, domain),
  ]);
}

function attributeBytes(name: string, value: AttributeSpec): Uint8Array {
  const typed = (type: number, ...parts: Uint8Array[]): Uint8Array =>
    join([field(1, name), ...parts, field(20, type)]);
  if (typeof value === "number") return typed(2, field(3, value));
  if (typeof value === "string") return typed(3, field(4, value));
  if (Array.isArray(value)) return typed(7, ...value.map((one: number) => field(8, one)));
  const other = value as Exclude<AttributeSpec, number | string | readonly number[]>;
  if ("float" in other) return typed(1, key(2, 5), new Uint8Array(new Float32Array([other.float]).buffer));
  if ("tensor" in other) return typed(4, field(5, tensorBytes("", other.tensor)));
  if ("graph" in other) return typed(5, field(6, graphBytes(other.graph)));
  return typed(2, field(21, other.reference));
}

export function tensorBytes(
  name: string,
  { dims, values, type = values ? 7 : 1, store = "raw" }: TensorSpec,
): Uint8Array {
  const head = [...dims.map((dim) => field(1, dim)), field(2, type), field(8, name)];
  if (!values)
    return join([...head, field(13, join([field(1, "location"), field(2, "weights.bin")])), field(14, 1)]);
  if (type === 7)
    return join([
      ...head,
      ...(store === "list" ? values.map((one) => field(7, one)) : [field(9, int64s(values))]),
    ]);
  return join([...head, field(9, new Uint8Array(new Float32Array(values).buffer))]);
}

function int64s(values: readonly number[]): Uint8Array {
  return new Uint8Array(new BigInt64Array(values.map(BigInt)).buffer);
}

function valueBytes(name: string, dims: readonly DimSpec[] | undefined): Uint8Array {
  const dim = (size: DimSpec): Uint8Array =>
    field(1, size === undefined ? join([]) : typeof size === "number" ? field(1, size) : field(2, size));
  const shape = dims === undefined ? [] : [field(2, join(dims.map(dim)))];
  return join([field(1, name), field(2, join([field(1, join([field(1, 1), ...shape]))]))]);
}

/** A field of a varint, a text or a message. */
export function field(number: number, value: number | string | Uint8Array): Uint8Array {
  if (typeof value === "number") return join([key(number, 0), varint(BigInt(value))]);
  const bytes = typeof value === "string" ? new TextEncoder().encode(value) : value;
  return join([key(number, 2), varint(BigInt(bytes.length)), bytes]);
}

/** What a field begins with. */
export function key(number: number, wireType: number): Uint8Array {
  return varint(BigInt(number * 8 + wireType));
}

export function varint(value: bigint): Uint8Array {
  const bytes: number[] = [];
  let left = BigInt.asUintN(64, value);
  do {
    const rest = left >> 7n;
    bytes.push(Number(left & 127n) | (rest > 0n ? 128 : 0));
    left = rest;
  } while (left > 0n);
  return Uint8Array.from(bytes);
}

export function join(parts: readonly Uint8Array[]): Uint8Array {
  const whole = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
  let at = 0;
  for (const part of parts) {
    whole.set(part, at);
    at += part.length;
  }
  return whole;
}
