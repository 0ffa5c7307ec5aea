import assert from "node:assert/strict";
import { closeSync, ftruncateSync, mkdirSync, openSync, statSync, writeFileSync, writeSync } from "node:fs";
import { test } from "node:test";
import { InputError } from "../../../src/errors.ts";
import { importOnnx } from "../../../src/interop/onnx/import.ts";
import { createRng } from "../../../src/rng.ts";
import { polaris, scratchFolder } from "../../cli/polaris.ts";
import { mobilenetv2, resnet50 } from "./networks.ts";
import {
  field,
  type GraphSpec,
  graphBytes,
  join,
  key,
  type ModelSpec,
  type NodeSpec,
  varint,
  writeModel,
} from "./writer.ts";

const file = scratchFolder();

/** The one line that a file is refused with. */
function refusal(bytes: Uint8Array): string {
  const before = process.cpuUsage();
  try {
    importOnnx(bytes);
  } catch (error) {
    if (!(error instanceof InputError)) throw error;
    const { user } = process.cpuUsage(before);
    assert.ok(user < 3e6, `${user} us`);
    assert.ok(!error.message.includes("\n") && error.message.length < 500, error.message);
    return error.message;
  }
  return assert.fail("it was read");
}

/** A model around the bytes of a graph. */
function around(graph: Uint8Array): Uint8Array {
  return join([field(1, 8), field(7, graph), field(8, field(2, 17))]);
}

/** A field that declares more bytes than there are. */
function declaring(number: number, size: bigint): Uint8Array {
  return join([key(number, 2), varint(size)]);
}

test("an empty file, text, and a model without a graph are refused by name", () => {
  assert.equal(refusal(new Uint8Array(0)), "file: expected an ONNX model, found an empty file");
  assert.match(
    refusal(new TextEncoder().encode("layers: [{ K: 1 }]\n".repeat(99))),
    /^byte \d+: expected .*, found /,
  );
  assert.match(
    refusal(new TextEncoder().encode("PK\u0003\u0004 a zip file, perhaps")),
    /^byte \d+: expected /,
  );
  assert.equal(refusal(field(1, 8)), "file: expected an ONNX model, found no graph in it");
});

test("every truncation of a model is refused, or is read where only what follows the graph is lost", () => {
  const whole = writeModel({
    nodes: [
      { op: "Conv", in: ["x", "w"], out: ["y"], name: "only", with: { strides: [2, 2], auto_pad: "VALID" } },
      { op: "Reshape", in: ["y", "s"], out: ["z"] },
    ],
    inputs: { x: ["batch", 3, 8, 8] },
    weights: { w: { dims: [4, 3, 3, 3] }, s: { dims: [2], values: [0, -1] } },
  });
  let read = 0;
  for (let length = 0; length < whole.length; length++) {
    try {
      importOnnx(whole.subarray(0, length), { dims: { batch: 1 } });
      read++;
    } catch (error) {
      assert.ok(error instanceof InputError, `${length} bytes: ${error}`);
    }
  }
  // The opset is written after the graph.
  assert.ok(read <= 1, String(read));
});

test("sizes beyond the file, negative or astronomical ones are refused without being allocated", () => {
  assert.match(refusal(declaring(7, 2n ** 62n)), /expected the 4\d+ bytes that a field declares, found 0/);
  assert.match(refusal(around(declaring(5, 2n ** 40n))), /bytes that a field declares/);
  assert.match(
    refusal(around(field(5, join([field(8, "w"), declaring(9, 2n ** 33n)])))),
    /bytes that a field declares/,
  );
  assert.match(refusal(around(field(5, field(1, -4)))), /expected a dim of a tensor of at least 0, found -4/);
  assert.match(
    refusal(around(field(5, join(Array.from({ length: 99 }, () => field(1, 1)))))),
    /at most 64 dims/,
  );
  assert.match(refusal(around(field(1, declaring(3, 2n ** 20n)))), /bytes that a field declares/);
  const endless = Uint8Array.from({ length: 64 }, () => 255);
  assert.match(refusal(endless), /expected a varint of at most 10 bytes/);
});

test("shapes whose sizes overflow any count are listed as not read", () => {
  const model: ModelSpec = {
    nodes: [
      { op: "Conv", in: ["x", "w"], out: ["y"], with: { strides: [2 ** 40, 0] } },
      { op: "ConvTranspose", in: ["x", "v"], out: ["z"], with: { strides: [2 ** 30, 2 ** 30] } },
      { op: "Range", in: ["zero", "huge", "one"], out: ["r"] },
      { op: "ConstantOfShape", in: ["wide"], out: ["c"] },
      { op: "Tile", in: ["c", "wide"], out: ["d"] },
    ],
    inputs: { x: [2 ** 40, 2 ** 30, 2 ** 40, 8] },
    weights: {
      w: { dims: [2 ** 40, 2 ** 30, 3, 3] },
      v: { dims: [2 ** 30, 2, 3, 3] },
      zero: { dims: [], values: [0] },
      one: { dims: [], values: [1] },
      huge: { dims: [], values: [2 ** 52] },
      wide: { dims: [4], values: [2 ** 40, 2 ** 40, 2 ** 40, 2 ** 40] },
    },
  };

  assert.match(
    refusal(writeModel(model)),
    /found Conv x 1 \(N: expected an integer.*ConvTranspose x 1 \(sizes/,
  );
});

test("a graph that feeds itself, by one node or by many, is refused with the node's name", () => {
  const ring: NodeSpec[] = Array.from({ length: 2000 }, (_, i) => ({
    op: "Relu",
    in: [`t${i}`],
    out: [`t${(i + 1) % 2000}`],
    name: `node${i}`,
  }));
  assert.match(
    refusal(writeModel({ nodes: ring })),
    /expected a graph without cycles, found node "node\d+", which feeds itself/,
  );
  const own = { op: "Add", in: ["x", "y"], out: ["y"], name: "loop" };
  assert.match(refusal(writeModel({ nodes: [own] })), /found node "loop", which feeds itself/);
});

test("graphs nested deeper than any exporter nests them are refused, however deep", () => {
  let graph: GraphSpec = { nodes: [] };
  for (let depth = 0; depth < 40; depth++)
    graph = { nodes: [{ op: "If", in: ["c"], out: ["y"], with: { then_branch: { graph } } }] };
  assert.match(refusal(around(graphBytes(graph))), /expected at most (32 graphs|100 messages)/);

  let bytes = new Uint8Array(0);
  for (let depth = 0; depth < 3000; depth++) {
    const attribute = join([field(1, "then_branch"), field(6, bytes)]);
    bytes = field(1, join([field(4, "If"), field(5, attribute)])) as Uint8Array<ArrayBuffer>;
  }
  assert.match(refusal(around(bytes)), /expected at most 100 messages within each other/);
});

test("functions that call themselves, or each other in numbers that explode, are refused", () => {
  const call = (name: string): NodeSpec => ({ op: name, domain: "f", in: ["x"], out: ["y"] });
  const define = (name: string, callees: readonly string[]) => ({
    ...{ domain: "f", name, inputs: ["x"], outputs: ["y"] },
    nodes: callees.map((callee, i) => ({ ...call(callee), out: [`y${i}`] })),
  });
  const self = writeModel({ nodes: [call("a")], functions: [define("a", ["a"])] });
  assert.match(refusal(self), /expected at most 32 graphs or functions within each other/);
  const bomb = writeModel({
    nodes: [call("f0")],
    functions: Array.from({ length: 20 }, (_, i) =>
      define(
        `f${i}`,
        Array.from({ length: 10 }, () => `f${i + 1}`),
      ),
    ),
  });
  assert.match(refusal(bomb), /expected at most 1048576 nodes/);
});

test("500 damaged models are each read or refused with one line, in bounded time", () => {
  const whole = writeModel(mobilenetv2());
  for (let seed = 1; seed <= 500; seed++) {
    const rng = createRng(seed);
    const bytes = whole.slice();
    for (let i = Math.floor(rng() * 8); i >= 0; i--)
      bytes[Math.floor(rng() * bytes.length)] = Math.floor(rng() * 256);
    // Most damage in the long list of nodes; now and then in the head.
    if (rng() < 0.2) bytes[Math.floor(rng() * 40)] = Math.floor(rng() * 256);
    try {
      importOnnx(bytes);
    } catch (error) {
      assert.ok(error instanceof InputError, `seed ${seed}: ${error instanceof Error ? error.stack : error}`);
      assert.ok(!error.message.includes("\n") && error.message.length < 3000, `seed ${seed}`);
    }
  }
});

test("a model of 6 GB is read in moments and little memory, from its structure alone", async () => {
  const name = file("large.onnx");
  const model = resnet50();
  const tail = graphBytes(model);
  const weight = join([
    field(1, 2 ** 15),
    field(1, 3 * 2 ** 14),
    field(2, 1),
    field(8, "huge"),
    declaring(9, 6n * 2n ** 30n),
  ]);
  const size = weight.length + 6 * 2 ** 30;
  const initializer = join([declaring(5, BigInt(size)), weight]);
  const head = declaring(7, BigInt(initializer.length + 6 * 2 ** 30 + tail.length));
  const descriptor = openSync(name, "w");
  const at = head.length + initializer.length + 6 * 2 ** 30;
  writeSync(descriptor, join([head, initializer]), 0, undefined, 0);
  ftruncateSync(descriptor, at);
  writeSync(descriptor, tail, 0, tail.length, at);
  closeSync(descriptor);
  assert.ok(statSync(name).size > 6 * 2 ** 30);

  const { code, stdout, stderr } = await polaris(["import", name, "--json"]);

  assert.equal(code, 0, stderr);
  const { workload, version } = JSON.parse(String(stdout));
  assert.equal(version, 1);
  assert.equal(workload.layers.length, 24);
});

test("a folder and a missing file are refused as any other input is", async () => {
  mkdirSync(file("folder.onnx"));
  writeFileSync(file("empty.onnx"), "");
  for (const [name, found] of [
    ["folder.onnx", "a folder"],
    ["missing.onnx", "no such file"],
    ["empty.onnx", "an empty file"],
  ] as const) {
    const { code, stderr } = await polaris(["import", file(name)]);
    assert.equal(code, 2);
    assert.match(stderr, new RegExp(`^polaris: .*${name}: .*found ${found}\n$`));
  }
});
