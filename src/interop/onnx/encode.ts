// The part of ONNX's protobuf (onnx/onnx.proto) that a small network of known tensors needs.

/** Element types of TensorProto that are written. */
export type TensorData = Float32Array | Int8Array | Uint8Array | Int32Array;

/** A tensor of given dims; no dims for a scalar. */
export interface OnnxTensor {
  readonly dims: readonly number[];
  readonly data: TensorData;
}

export interface OnnxNode {
  readonly op: string;
  readonly inputs: readonly string[];
  readonly outputs: readonly string[];
  /** Integer attributes. */
  readonly attributes?: Readonly<Record<string, number>>;
}

/** A graph of one input and one output, both float matrices with an open number of rows. */
export interface OnnxGraph {
  readonly name: string;
  readonly nodes: readonly OnnxNode[];
  readonly weights: Readonly<Record<string, OnnxTensor>>;
  readonly input: { readonly name: string; readonly columns: number };
  readonly output: { readonly name: string; readonly columns: number };
  /** Text that goes with the model. */
  readonly documentation: string;
}

const IR_VERSION = 8;
const OPSET = 17;

/** The bytes of an ONNX model. */
export function encodeOnnx(graph: OnnxGraph, producer: string): Uint8Array {
  return message([
    field(1, IR_VERSION),
    field(2, producer),
    field(6, graph.documentation),
    field(7, encodeGraph(graph)),
    field(8, message([field(2, OPSET)])),
  ]);
}

function encodeGraph({ name, nodes, weights, input, output }: OnnxGraph): Uint8Array {
  return message([
    ...nodes.map((node) => field(1, encodeNode(node))),
    field(2, name),
    ...Object.entries(weights).map(([key, tensor]) => field(5, encodeTensor(key, tensor))),
    field(11, encodeMatrix(input)),
    field(12, encodeMatrix(output)),
  ]);
}

function encodeNode({ op, inputs, outputs, attributes = {} }: OnnxNode): Uint8Array {
  return message([
    ...inputs.map((one) => field(1, one)),
    ...outputs.map((one) => field(2, one)),
    field(4, op),
    ...Object.entries(attributes).map(([key, value]) =>
      field(5, message([field(1, key), field(3, value), field(20, 2)])),
    ),
  ]);
}

function encodeTensor(name: string, { dims, data }: OnnxTensor): Uint8Array {
  const raw = new Uint8Array(data.buffer, data.byteOffset, data.byteLength);
  return message([
    ...dims.map((dim) => field(1, dim)),
    field(2, typeOf(data)),
    field(8, name),
    field(9, raw),
  ]);
}

/** TensorProto.DataType. */
function typeOf(data: TensorData): number {
  if (data instanceof Float32Array) return 1;
  if (data instanceof Uint8Array) return 2;
  return data instanceof Int8Array ? 3 : 6;
}

function encodeMatrix({ name, columns }: OnnxGraph["input"]): Uint8Array {
  const shape = message([field(1, message([field(2, "batch")])), field(1, message([field(1, columns)]))]);
  return message([field(1, name), field(2, message([field(1, message([field(1, 1), field(2, shape)]))]))]);
}

/** A field of a number, a text or a message. */
function field(number: number, value: number | string | Uint8Array): Uint8Array {
  if (typeof value === "number") return message([varint(number * 8), varint(value)]);
  const bytes = typeof value === "string" ? new TextEncoder().encode(value) : value;
  return message([varint(number * 8 + 2), varint(bytes.length), bytes]);
}

/** Whole numbers from 0 to 2^31, seven bits a byte, the lowest first. */
function varint(value: number): Uint8Array {
  const bytes: number[] = [];
  for (let left = value; ; left >>>= 7) {
    if (left < 128) return Uint8Array.from([...bytes, left]);
    bytes.push((left & 127) | 128);
  }
}

function message(parts: readonly Uint8Array[]): Uint8Array {
  const whole = new Uint8Array(parts.reduce((sum, { length }) => sum + length, 0));
  let at = 0;
  for (const part of parts) {
    whole.set(part, at);
    at += part.length;
  }
  return whole;
}
