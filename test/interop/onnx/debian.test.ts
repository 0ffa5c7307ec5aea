import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { existsSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { bytesSource } from "../../../src/interop/onnx/bytes.ts";
import { readModel } from "../../../src/interop/onnx/decode.ts";
import { importOnnx } from "../../../src/interop/onnx/import.ts";
import type { Known } from "../../../src/interop/onnx/known.ts";
import { readTensor } from "../../../src/interop/onnx/tensor.ts";
import { Walk } from "../../../src/interop/onnx/walk.ts";
import { WireReader } from "../../../src/interop/onnx/wire.ts";
import { scratchFolder } from "../../cli/polaris.ts";
import { bertEncoder, gpt2, mobilenetv2, resnet50, vit } from "./networks.ts";
import { writeModel } from "./writer.ts";

// Against ONNX itself, as Debian packages it: its operator tests, its checker, its shape inference, its own writer.

const MODELS = process.env["ONNX_TESTDATA"] ?? "/usr/share/libonnx-testdata/data";
const PYTHON = process.env["ONNX_PYTHON"] ?? "/usr/bin/python3";
const noModels = existsSync(MODELS) ? false : `no ${MODELS}; to install it: apt-get install libonnx-testdata`;
const noPython = hasOnnx() ? false : `${PYTHON} has no onnx; to install it: apt-get install python3-onnx`;
const file = scratchFolder();

function hasOnnx(): boolean {
  try {
    execFileSync(PYTHON, ["-c", "import onnx"], { stdio: "ignore" });
    return true;
  } catch {
    return false;
  }
}

const known = (dim: unknown): number => (typeof dim === "number" ? dim : Number.NaN);

/** Outputs of these depend on data, or are no tensors: a size may stay open. */
const OPEN = /(unique|compress|nonzero|nonmaxsuppression|sequence|optional|loop|scan|range.*expanded)/;
/** Operators of training, signals and text, which no network's layers depend on. */
const LISTED =
  /(crossentropy|nllloss|sce_|momentum|adagrad|adam|gradient|window|tfidf|strnorm|maxunpool|dft|melweight|det_|stft|einsum|batchnorm.*training|training_mode)/;

test("every operator test of ONNX has the output shapes that it declares", { skip: noModels }, () => {
  const wrong: string[] = [];
  let [checked, open] = [0, 0];
  for (const kind of readdirSync(MODELS)) {
    if (kind === "real") continue;
    for (const name of readdirSync(join(MODELS, kind))) {
      const folder = join(MODELS, kind, name);
      if (!existsSync(join(folder, "model.onnx"))) continue;
      const model = readModel(bytesSource(readFileSync(join(folder, "model.onnx"))));
      const { graph } = model;
      const stored = new Set(graph.initializers.map((tensor) => tensor.name));
      const inputs = new Map<string, Known>();
      for (const [i, input] of graph.inputs.entries()) {
        const data = join(folder, `test_data_set_0/input_${i}.pb`);
        if (stored.has(input.name) || !input.dims) continue;
        inputs.set(input.name, { shape: input.dims.map(known) });
        // Shapes that are inputs are given, as a constant would be.
        if (!existsSync(data)) continue;
        const { dims, values, type } = readTensor(new WireReader(bytesSource(readFileSync(data))));
        inputs.set(input.name, { shape: dims, values, type });
      }
      const bare = graph.outputs.map((output) => ({ ...output, dims: undefined }));
      const { outputs } = new Walk({ ...model, graph: { ...graph, outputs: bare, values: [] } }, known).run(
        inputs,
      );
      for (const [i, { dims }] of graph.outputs.entries()) {
        if (!dims) continue;
        const shape = outputs[i]?.shape;
        const sure = shape && !shape.some(Number.isNaN);
        if (!sure) {
          if (OPEN.test(name) || LISTED.test(name)) open++;
          else wrong.push(`${name}: not known`);
        } else if (
          shape.length !== dims.length ||
          dims.some((dim, axis) => known(dim) !== shape[axis] && typeof dim === "number")
        )
          wrong.push(`${name}: ${shape}, not ${dims}`);
        else checked++;
      }
    }
  }

  assert.deepEqual(wrong, []);
  assert.ok(checked > 900, `${checked} checked, ${open} open`);
});

test("the shape inference of ONNX finds in the test networks what ours does", { skip: noPython }, () => {
  const sizes = { batch: 2, sequence: 16, "image.0": 2 };
  const small = { width: 96, heads: 4, layers: 2 };
  const graphs = {
    resnet50: resnet50(2),
    mobilenetv2: mobilenetv2(),
    bert: bertEncoder(small),
    gpt2: gpt2(small),
    // python3-onnx 1.12 knows operators up to opset 17, without Gelu.
    vit: {
      ...vit(small),
      opset: 17,
      nodes: vit(small).nodes.map((n) => (n.op === "Gelu" ? { ...n, op: "Erf" } : n)),
    },
  };
  for (const [name, model] of Object.entries(graphs)) {
    const bound = (dim: number | string | undefined): number =>
      typeof dim === "number" ? dim : (sizes[dim as "batch"] ?? 2);
    const inputs = Object.fromEntries(
      Object.entries(model.inputs ?? {}).map(([key, dims]) => [key, dims?.map(bound)]),
    );
    writeFileSync(file(`${name}.onnx`), writeModel({ ...model, inputs }));
  }
  const script = `
import json, sys, onnx
from onnx import shape_inference
answer = {}
for name in sys.argv[1:]:
    model = onnx.load(name, load_external_data=False)
    inferred = shape_inference.infer_shapes(model, strict_mode=True, data_prop=True)
    answer[name] = {v.name: [d.dim_value for d in v.type.tensor_type.shape.dim] for v in inferred.graph.value_info
                    if v.type.tensor_type.HasField("shape") and all(d.HasField("dim_value") for d in v.type.tensor_type.shape.dim)}
print(json.dumps(answer))
`;
  const files = Object.keys(graphs).map((name) => file(`${name}.onnx`));
  const answer = JSON.parse(
    execFileSync(PYTHON, ["-c", script, ...files], { encoding: "utf8", maxBuffer: 2 ** 26 }),
  ) as Record<string, Record<string, number[]>>;

  for (const path of files) {
    const model = readModel(bytesSource(readFileSync(path)));
    const shapes = answer[path] as Record<string, number[]>;
    const names = Object.keys(shapes);
    assert.ok(names.length > 50, `${path}: ${names.length}`);
    const outputs = names.map((name) => ({ name, type: 1, dims: undefined }));
    const inputs = new Map(
      model.graph.inputs.map(({ name, dims }) => [name, { shape: (dims ?? []).map(known) }]),
    );
    const found = new Walk({ ...model, graph: { ...model.graph, outputs, values: [] } }, known).run(
      inputs,
    ).outputs;
    for (const [i, name] of names.entries())
      assert.deepEqual(found[i]?.shape, shapes[name], `${path}: ${name}`);
  }
});

test("a graph made by ONNX's own helpers is read as ours are", { skip: noPython }, () => {
  const script = `
import sys, onnx, numpy
from onnx import helper, numpy_helper, TensorProto as T
w = numpy_helper.from_array(numpy.zeros((16, 3, 3, 3), numpy.float32), "w")
shape = numpy_helper.from_array(numpy.array([0, -1], numpy.int64), "shape")
f = numpy_helper.from_array(numpy.zeros((16 * 14 * 14, 10), numpy.float32), "f")
nodes = [helper.make_node("Conv", ["x", "w"], ["c"], kernel_shape=[3, 3], pads=[0, 0, 0, 0], strides=[2, 2], name="first"),
         helper.make_node("Reshape", ["c", "shape"], ["r"]),
         helper.make_node("MatMul", ["r", "f"], ["y"], name="last")]
graph = helper.make_graph(nodes, "g", [helper.make_tensor_value_info("x", T.FLOAT, ["batch", 3, 29, 29])],
                          [helper.make_tensor_value_info("y", T.FLOAT, ["batch", 10])], [w, shape, f])
model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 13)])
onnx.checker.check_model(model)
onnx.save(model, sys.argv[1])
`;
  execFileSync(PYTHON, ["-c", script, file("helper.onnx")]);

  const { workload } = importOnnx(readFileSync(file("helper.onnx")), { dims: { batch: 5 } });

  assert.deepEqual(
    workload.layers.map(({ name, shape: { N, K, C, P, Q, R } }) => [name, N, K, C, P, Q, R]),
    [
      ["first", 5, 16, 3, 14, 14, 3],
      ["last", 1, 10, 3136, 5, 1, 1],
    ],
  );
  assert.equal(workload.source, "ONNX opset 13");
});
