/** The parts of an ONNX model that shapes depend on (onnx.proto3, IR versions 3 to 10). */
export interface OnnxModel {
  readonly producer: string;
  /** Version of the operators, by domain; the default domain is "". */
  readonly opsets: ReadonlyMap<string, number>;
  readonly graph: OnnxGraph;
  readonly functions: readonly OnnxFunction[];
}

export interface OnnxGraph {
  readonly name: string;
  readonly nodes: readonly OnnxNode[];
  readonly initializers: readonly OnnxTensor[];
  readonly inputs: readonly OnnxValue[];
  readonly outputs: readonly OnnxValue[];
  /** Shapes that the exporter wrote down for tensors inside the graph. */
  readonly values: readonly OnnxValue[];
}

/** Operators that a model defines itself as graphs of others. */
export interface OnnxFunction {
  readonly domain: string;
  readonly name: string;
  readonly inputs: readonly string[];
  readonly outputs: readonly string[];
  readonly nodes: readonly OnnxNode[];
  /** Attributes that a call may leave out. */
  readonly defaults: ReadonlyMap<string, OnnxAttribute>;
}

export interface OnnxNode {
  readonly name: string;
  readonly op: string;
  readonly domain: string;
  /** Names of tensors; "" is an input that is left out. */
  readonly inputs: readonly string[];
  readonly outputs: readonly string[];
  readonly attributes: ReadonlyMap<string, OnnxAttribute>;
}

/** The value of an attribute, by its kind. */
export interface OnnxAttribute {
  readonly number?: number;
  readonly numbers?: readonly number[];
  readonly text?: string;
  readonly tensor?: OnnxTensor;
  readonly graph?: OnnxGraph;
  /** Within a function: the attribute of the calling node that is meant. */
  readonly reference?: string;
}

/** A stored tensor; its numbers only where they are few enough to be a shape or a parameter. */
export interface OnnxTensor {
  readonly name: string;
  readonly dims: readonly number[];
  /** One of DATA_TYPE. */
  readonly type: number;
  readonly values?: readonly number[];
}

/** A declared tensor. */
export interface OnnxValue {
  readonly name: string;
  /** One of DATA_TYPE; 0 if it is no tensor. */
  readonly type: number;
  /** Each a size, a symbol, or undefined where nothing is said; undefined as a whole if not even the rank is. */
  readonly dims: readonly (number | string | undefined)[] | undefined;
}

/** TensorProto.DataType, as far as values are read or told apart. */
export const DATA_TYPE = {
  float: 1,
  uint8: 2,
  int8: 3,
  uint16: 4,
  int16: 5,
  int32: 6,
  int64: 7,
  bool: 9,
  float16: 10,
  double: 11,
  uint32: 12,
  uint64: 13,
} as const;

/** Most numbers of a tensor that are kept: shapes, axes, scales of a Resize. */
export const MAX_VALUES = 1024;
/** Most dims of a tensor. */
export const MAX_RANK = 64;
