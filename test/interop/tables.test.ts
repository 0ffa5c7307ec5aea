import assert from "node:assert/strict";
import { test } from "node:test";
import { isScaleSim, parseScaleSim } from "../../src/interop/scale-sim.ts";
import { macs } from "../../src/workload/layer.ts";

test("a SCALE-Sim convolution topology gives P along the width, of the padded input", () => {
  const text = `Layer name, IFMAP Height, IFMAP Width, Filter Height, Filter Width, Channels, Num Filter, Strides,
Conv1, 229, 229, 7, 7, 3, 64, 2,
tall, 30, 12, 5, 3, 16, 32, 1,
FC, 1, 1, 1, 1, 2048, 1000, 1,
`;

  assert.ok(isScaleSim(text));
  const { layers, name } = parseScaleSim(text, "nets/net.csv");

  assert.equal(name, "net");
  const [conv, tall, fc] = layers.map(({ shape }) => shape);
  assert.deepEqual([conv?.P, conv?.Q, conv?.R, conv?.C, conv?.K, conv?.Wstride], [112, 112, 7, 3, 64, 2]);
  assert.deepEqual([tall?.P, tall?.Q, tall?.R, tall?.S], [10, 26, 3, 5]);
  assert.equal(fc && macs(fc), 2048 * 1000);
});

test("a SCALE-Sim matrix topology gives (M x K)(K x N) as P, C and K", () => {
  const { layers } = parseScaleSim("Layer, M, N, K,\nqkv, 128, 2304, 768,\nqkv, 1, 2, 3,\n", "gemm.csv");

  assert.deepEqual(
    layers.map(({ name, shape: { P, C, K } }) => [name, P, C, K]),
    [
      ["qkv", 128, 768, 2304],
      ["qkv.2", 1, 3, 2],
    ],
  );
});

test("a stride that does not divide rounds up as SCALE-Sim does; a filter larger than its input is refused with its row", () => {
  const head =
    "Layer name, IFMAP Height, IFMAP Width, Filter Height, Filter Width, Channels, Num Filter, Strides,\n";
  assert.equal(parseScaleSim(`${head}a, 8, 8, 3, 3, 1, 1, 2,\n`, "t.csv").layers[0]?.shape.P, 4);
  assert.throws(
    () => parseScaleSim(`${head}a, 2, 8, 3, 3, 1, 1, 2,\n`, "t.csv"),
    /^InputError: t\.csv: row 2: IFMAP: expected an input of at least the filter's 3 x 3, found 2 x 8$/,
  );
  assert.throws(
    () => parseScaleSim(`${head}a, 2, x, 3, 3, 1, 1, 2,\n`, "t.csv"),
    /t\.csv: row 2: IFMAP Width: expected an integer, found "x"/,
  );
  assert.throws(() => parseScaleSim(head, "t.csv"), /expected at least one layer, found none/);
});
