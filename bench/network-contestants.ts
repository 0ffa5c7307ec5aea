// Contestants for `starlight.ts`: the same network on our kernels, in plain JavaScript and on onnxruntime-node.
import { existsSync } from "node:fs";
import { createRequire } from "node:module";
import { fileURLToPath } from "node:url";
import { instantiateNow } from "../src/kernels/kernels.ts";
import { LANES } from "../src/kernels/layout.ts";
import {
  activationBytes,
  type IntegerLayer,
  type IntegerNetwork,
  layerBytes,
  networkForm,
  writeLayer,
} from "../src/kernels/network.ts";
import { toOnnx } from "../src/tune/onnx-network.ts";

/** A network on the kernels: activations in, outputs out, LANES candidates a call. */
export function integerNetwork(
  module: WebAssembly.Module,
  { hidden, last, scales: outputs }: IntegerNetwork,
): () => number {
  const { exports, memory } = instantiateNow(module);
  memory.grow(4);
  const form = networkForm(exports);
  let end = 1024;
  const place = (bytes: number): number => {
    const at = end;
    end = Math.ceil((end + bytes) / 64) * 64;
    return at;
  };
  const [first, second] = hidden as readonly [IntegerLayer, IntegerLayer];
  const [a, b, c] = [first, second, last].map((one) => place(layerBytes(one, form))) as [
    number,
    number,
    number,
  ];
  writeLayer(memory, a, first, form);
  writeLayer(memory, b, second, form);
  writeLayer(memory, c, last, form, outputs);
  const panels = LANES / 8;
  const x = place(activationBytes(first.groups * first.inputs, panels, form));
  const y = place(activationBytes(64, panels, form));
  const z = place(activationBytes(64, panels, form));
  const out = place(4 * 4 * LANES);
  return () => {
    for (let i = 0; i < 64; i++) {
      exports.hiddenLayer(a, x, y, panels);
      exports.hiddenLayer(b, y, z, panels);
      exports.lastLayer(c, z, out, panels);
    }
    return 64 * LANES;
  };
}

/** The same network as a careful person writes it in JavaScript. */
export function plainNetwork({ hidden, last }: IntegerNetwork): () => number {
  const layers = [...hidden, last].map(({ groups, inputs, units, weights, biases }) => ({
    groups,
    inputs,
    units,
    weights: Float32Array.from(weights, (weight) => weight / 64),
    biases: Float32Array.from(biases, (bias) => bias / 64),
  }));
  const buffers = layers.map(({ groups, units }) => new Float32Array(groups * units));
  const input = new Float32Array(64).fill(3);
  return () => {
    for (let candidate = 0; candidate < LANES; candidate++) {
      let x = input;
      for (const [i, { groups, inputs, units, weights, biases }] of layers.entries()) {
        const y = buffers[i] as Float32Array<ArrayBuffer>;
        for (let row = 0; row < groups * units; row++) {
          const from = Math.floor(row / units) * inputs;
          let sum = biases[row] as number;
          for (let j = 0; j < inputs; j++)
            sum += (weights[row * inputs + j] as number) * (x[from + j] as number);
          y[row] = i < 2 && sum < 0 ? 0 : sum;
        }
        x = y;
      }
    }
    return LANES;
  };
}

/** The part of onnxruntime-node that is used here. */
export interface OnnxRuntime {
  readonly InferenceSession: {
    create(bytes: Uint8Array, options: object): Promise<{ run(feeds: object): Promise<unknown> }>;
  };
  readonly Tensor: new (type: string, data: Float32Array, dims: readonly number[]) => object;
}

export function loadOnnxRuntime(): OnnxRuntime | undefined {
  const folder = new URL("onnxruntime/", import.meta.url);
  if (!existsSync(fileURLToPath(new URL("node_modules/onnxruntime-node", folder)))) return undefined;
  return createRequire(folder)("onnxruntime-node") as OnnxRuntime;
}

export async function onnxNetwork(
  ort: OnnxRuntime,
  network: IntegerNetwork,
  form: "float" | "int8",
  batch: number,
): Promise<() => Promise<number>> {
  const { InferenceSession, Tensor } = ort;
  const session = await InferenceSession.create(toOnnx(network, form, "benchmark"), {
    intraOpNumThreads: 1,
    interOpNumThreads: 1,
  });
  const [first] = network.hidden as readonly [IntegerLayer];
  const width = first.groups * first.inputs;
  const activations = new Tensor(
    "float32",
    Float32Array.from({ length: batch * width }, (_, i) => i % 128),
    [batch, width],
  );
  return async () => {
    await session.run({ activations });
    return batch;
  };
}
