import { encodeOnnx, type OnnxNode, type OnnxTensor } from "../interop/onnx/encode.ts";
import type { IntegerLayer, IntegerNetwork } from "../kernels/network.ts";
import { ACTIVATION_MAX, ACTIVATION_SHIFT } from "../kernels/network-layout.ts";

/**
 * How a network is written. `exact`: the integers as floats, shifts and clamps included, so that every runtime gives Starlight's own
 * numbers. `float`: the same weights as an ordinary float network, without rounding between the layers. `int8`: quantised as ONNX
 * has it, with pairs of QuantizeLinear and DequantizeLinear, which runtimes turn into int8 kernels.
 */
export type OnnxForm = "exact" | "float" | "int8";

/**
 * An ensemble as an ONNX model. Input: a row of activations from 0 to 127 for each candidate (docs/starlight.md says what of);
 * output: ln of the factor on the closed form, a column for each net.
 */
export function toOnnx(network: IntegerNetwork, form: OnnxForm, documentation: string): Uint8Array {
  const nodes: OnnxNode[] = [];
  const weights: Record<string, OnnxTensor> = {};
  const step = 2 ** -ACTIVATION_SHIFT;
  const layers = [...network.hidden, network.last];
  let x = "activations";
  const add = (
    op: string,
    inputs: readonly string[],
    output: string,
    attributes?: OnnxNode["attributes"],
  ): void => {
    nodes.push({ op, inputs, outputs: [output], ...(attributes ? { attributes } : {}) });
  };
  const scalar = (name: string, value: number): string => {
    weights[name] = { dims: [], data: Float32Array.of(value) };
    return name;
  };
  for (const [i, layer] of layers.entries()) {
    const last = i === layers.length - 1;
    const { inputs, units, dense, biases } = toDense(layer);
    const scale = last ? network.scales : new Float32Array(units).fill(form === "exact" ? 1 : step);
    const out = (name: string): string => `${name}${i + 1}`;
    const bias = Float32Array.from(biases, (value, unit) => value * (scale[unit] as number));
    if (form === "int8") {
      scalar("one", 1);
      weights["zero"] = { dims: [], data: Uint8Array.of(0) };
      weights[out("weights")] = { dims: [inputs, units], data: dense };
      weights[out("scales")] = { dims: [units], data: scale };
      weights[out("zeros")] = { dims: [units], data: new Int8Array(units) };
      add("QuantizeLinear", [x, "one", "zero"], out("q"));
      add("DequantizeLinear", [out("q"), "one", "zero"], out("x"));
      add("DequantizeLinear", [out("weights"), out("scales"), out("zeros")], out("w"), { axis: 1 });
      add("MatMul", [out("x"), out("w")], out("product"));
    } else {
      const real = Float32Array.from(dense, (value, at) => value * (scale[at % units] as number));
      weights[out("weights")] = { dims: [inputs, units], data: real };
      add("MatMul", [x, out("weights")], out("product"));
    }
    weights[out("bias")] = { dims: [units], data: bias };
    add("Add", [out("product"), out("bias")], last ? "factors" : out("sum"));
    if (last) break;
    if (form === "exact") {
      add("Mul", [out("sum"), scalar("step", step)], out("scaled"));
      add("Floor", [out("scaled")], out("whole"));
      add("Clip", [out("whole"), scalar("least", 0), scalar("most", ACTIVATION_MAX)], out("units"));
    } else {
      add("Relu", [out("sum")], out("units"));
    }
    x = out("units");
  }
  const [first] = layers;
  return encodeOnnx(
    {
      name: "starlight",
      nodes,
      weights,
      input: { name: "activations", columns: first ? first.groups * first.inputs : 0 },
      output: { name: "factors", columns: network.last.units },
      documentation,
    },
    "polaris",
  );
}

/** A layer of groups as one matrix by input and unit, zeros between the groups. */
function toDense({ groups, inputs, units, weights, biases }: IntegerLayer): {
  readonly inputs: number;
  readonly units: number;
  readonly dense: Int8Array;
  readonly biases: Int32Array;
} {
  const columns = groups * units;
  const dense = new Int8Array(groups * inputs * columns);
  for (let row = 0; row < columns; row++) {
    const group = Math.floor(row / units);
    for (let input = 0; input < inputs; input++) {
      dense[(group * inputs + input) * columns + row] = weights[row * inputs + input] as number;
    }
  }
  return { inputs: groups * inputs, units: columns, dense, biases };
}
