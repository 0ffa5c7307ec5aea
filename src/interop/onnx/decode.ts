import { InputError } from "../../errors.ts";
import type { ByteSource } from "./bytes.ts";
import type { OnnxAttribute, OnnxFunction, OnnxGraph, OnnxModel, OnnxNode, OnnxValue } from "./model.ts";
import { readTensor, readTensorDims } from "./tensor.ts";
import { WIRE, WireReader } from "./wire.ts";

/** Most numbers of a list attribute that are kept. */
const MAX_NUMBERS = 4096;

/**
 * The structure of a model: no weights, no documentation, no metadata.
 *
 * @throws InputError naming the byte at fault
 */
export function readModel(source: ByteSource): OnnxModel {
  if (source.size === 0)
    throw new InputError({ where: "file", expected: "an ONNX model", found: "an empty file" });
  const reader = new WireReader(source);
  const opsets = new Map<string, number>();
  const functions: OnnxFunction[] = [];
  let producer = "";
  let graph: OnnxGraph | undefined;
  for (let field = reader.next(); field !== 0; field = reader.next()) {
    if (field === 2) producer = reader.text();
    else if (field === 7) graph = reader.message(() => readGraph(reader));
    else if (field === 8) {
      const [domain, version] = reader.message(() => readOpset(reader));
      opsets.set(domain, version);
    } else if (field === 25) functions.push(reader.message(() => readFunction(reader)));
    else reader.skip();
  }
  if (!graph) throw new InputError({ where: "file", expected: "an ONNX model", found: "no graph in it" });
  return { producer, opsets, graph, functions };
}

function readOpset(reader: WireReader): [domain: string, version: number] {
  let [domain, version] = ["", 0];
  for (let field = reader.next(); field !== 0; field = reader.next()) {
    if (field === 1) domain = reader.text();
    else if (field === 2) version = reader.signed();
    else reader.skip();
  }
  return [domain === "ai.onnx" ? "" : domain, version];
}

function readGraph(reader: WireReader): OnnxGraph {
  const graph = {
    name: "",
    nodes: [] as OnnxNode[],
    initializers: [] as ReturnType<typeof readTensor>[],
    inputs: [] as OnnxValue[],
    outputs: [] as OnnxValue[],
    values: [] as OnnxValue[],
  };
  for (let field = reader.next(); field !== 0; field = reader.next()) {
    if (field === 1) graph.nodes.push(reader.message(() => readNode(reader)));
    else if (field === 2) graph.name = reader.text();
    else if (field === 5) graph.initializers.push(reader.message(() => readTensor(reader)));
    else if (field === 11) graph.inputs.push(reader.message(() => readValue(reader)));
    else if (field === 12) graph.outputs.push(reader.message(() => readValue(reader)));
    else if (field === 13) graph.values.push(reader.message(() => readValue(reader)));
    else if (field === 15) graph.initializers.push(reader.message(() => readSparse(reader)));
    else reader.skip();
  }
  return graph;
}

function readNode(reader: WireReader): OnnxNode {
  const [inputs, outputs]: [string[], string[]] = [[], []];
  const attributes = new Map<string, OnnxAttribute>();
  let [name, op, domain] = ["", "", ""];
  for (let field = reader.next(); field !== 0; field = reader.next()) {
    if (field === 1) inputs.push(reader.text());
    else if (field === 2) outputs.push(reader.text());
    else if (field === 3) name = reader.text();
    else if (field === 4) op = reader.text();
    else if (field === 5) {
      const [key, value] = reader.message(() => readAttribute(reader));
      attributes.set(key, value);
    } else if (field === 7) domain = reader.text();
    else reader.skip();
  }
  return { name, op, domain: domain === "ai.onnx" ? "" : domain, inputs, outputs, attributes };
}

function readAttribute(reader: WireReader): [name: string, value: OnnxAttribute] {
  let name = "";
  const value: { -readonly [key in keyof OnnxAttribute]: OnnxAttribute[key] } = {};
  const numbers: number[] = [];
  let listed = false;
  const keep = (number: number): void => {
    if (numbers.length < MAX_NUMBERS) numbers.push(number);
  };
  for (let field = reader.next(); field !== 0; field = reader.next()) {
    if (field === 1) name = reader.text();
    else if (field === 2) value.number = reader.float();
    else if (field === 3) value.number = reader.signed();
    else if (field === 4) {
      const bytes = reader.bytes(4096);
      if (bytes) value.text = new TextDecoder().decode(bytes);
    } else if (field === 5) value.tensor = reader.message(() => readTensor(reader));
    else if (field === 6) value.graph = reader.message(() => readGraph(reader));
    else if (field === 7) reader.numbers(WIRE.fixed32, () => reader.float(), keep);
    else if (field === 8) reader.numbers(WIRE.varint, () => reader.signed(), keep);
    else if (field === 21) value.reference = reader.text();
    else reader.skip();
    listed ||= field === 7 || field === 8;
  }
  if (listed) value.numbers = numbers;
  return [name, value];
}

function readValue(reader: WireReader): OnnxValue {
  let name = "";
  let type = 0;
  let dims: OnnxValue["dims"];
  const readType = (): void => {
    for (let field = reader.next(); field !== 0; field = reader.next()) {
      if (field === 1) reader.message(readTensorType);
      else reader.skip();
    }
  };
  const readTensorType = (): void => {
    for (let field = reader.next(); field !== 0; field = reader.next()) {
      if (field === 1) type = reader.unsigned();
      else if (field === 2) dims = reader.message(() => readDims(reader));
      else reader.skip();
    }
  };
  for (let field = reader.next(); field !== 0; field = reader.next()) {
    if (field === 1) name = reader.text();
    else if (field === 2) reader.message(readType);
    else reader.skip();
  }
  return { name, type, dims };
}

function readDims(reader: WireReader): (number | string | undefined)[] {
  const dims: (number | string | undefined)[] = [];
  const readDim = (): number | string | undefined => {
    let dim: number | string | undefined;
    for (let field = reader.next(); field !== 0; field = reader.next()) {
      if (field === 1) dim = reader.signed();
      else if (field === 2) dim = reader.text();
      else reader.skip();
    }
    // Exporters write 0 and -1, as well as nothing, for a size that is open.
    return dim === "" || (typeof dim === "number" && dim < 1) ? undefined : dim;
  };
  for (let field = reader.next(); field !== 0; field = reader.next()) {
    if (field === 1) dims.push(reader.message(readDim));
    else reader.skip();
  }
  return dims;
}

/** A sparse tensor: the name of its values, and the dims of the whole. */
function readSparse(reader: WireReader): ReturnType<typeof readTensor> {
  let [name, type] = ["", 0];
  const dims: number[] = [];
  for (let field = reader.next(); field !== 0; field = reader.next()) {
    if (field === 1) ({ name, type } = reader.message(() => readTensor(reader)));
    else if (field === 3) readTensorDims(reader, dims);
    else reader.skip();
  }
  return { name, type, dims };
}

function readFunction(reader: WireReader): OnnxFunction {
  const [inputs, outputs, nodes]: [string[], string[], OnnxNode[]] = [[], [], []];
  const defaults = new Map<string, OnnxAttribute>();
  let [name, domain] = ["", ""];
  for (let field = reader.next(); field !== 0; field = reader.next()) {
    if (field === 1) name = reader.text();
    else if (field === 4) inputs.push(reader.text());
    else if (field === 5) outputs.push(reader.text());
    else if (field === 7) nodes.push(reader.message(() => readNode(reader)));
    else if (field === 10) domain = reader.text();
    else if (field === 11) defaults.set(...reader.message(() => readAttribute(reader)));
    else reader.skip();
  }
  return { domain: domain === "ai.onnx" ? "" : domain, name, inputs, outputs, nodes, defaults };
}
