import assert from "node:assert/strict";
import { test } from "node:test";
import { loadTrainingModule } from "#training-kernels";
import { parameterCount, TrainingSession } from "../../src/kernels/training.ts";
import { createRng } from "../../src/rng.ts";
import { predictRows, trainNetwork } from "../../src/tune/network-training.ts";
import { lossAndGradients } from "../reference/dense-network.ts";

const module = await loadTrainingModule();

function randomRows(seed: number, count: number, width: number, target: (x: readonly number[]) => number) {
  const rng = createRng(seed);
  const inputs = Float32Array.from({ length: count * width }, () => 2 * rng() - 1);
  const targets = Float32Array.from({ length: count }, (_, row) =>
    target([...inputs.subarray(row * width, (row + 1) * width)]),
  );
  const weights = Float32Array.from({ length: count }, () => 0.5 + rng());
  return { width, inputs, targets, weights };
}

test("loss and gradients are those of a plain reference, which are those of finite differences", () => {
  for (const [seed, widths] of [
    [1, [8, 16, 12, 4]],
    [2, [12, 4]],
    [3, [4, 8, 8, 8, 4]],
  ] as const) {
    const rng = createRng(seed);
    const rows = randomRows(seed, 24, widths[0], ([a = 0, b = 0]) => a * b);
    const options = { batch: 16, noise: 0, huberDelta: 0.3, noiseSeed: Int32Array.of(1, 2, 3, 4) };
    const session = new TrainingSession(module, widths, rows, options);
    for (let i = 0; i < session.parameters.length; i++) session.parameters[i] = rng() - 0.5;
    for (let i = 0; i < 16; i++) session.batch[i] = Math.floor(rng() * 24);
    const parameters = [...session.parameters];
    const at = (values: readonly number[]): ReturnType<typeof lossAndGradients> =>
      lossAndGradients(widths, values, rows, [...session.batch], 0.3);

    session.exports.gather(session.record);
    session.exports.forward(session.record);
    const loss = session.exports.backward(session.record);
    const expected = at(parameters);

    assert.ok(Math.abs(loss - expected.loss) < 1e-6, `${loss} ${expected.loss}`);
    assert.equal(session.gradients.length, parameterCount(widths));
    for (let i = 0; i < parameters.length; i++) {
      const found = session.gradients[i] as number;
      const wanted = expected.gradients[i] as number;
      assert.ok(Math.abs(found - wanted) < 1e-5, `seed ${seed}, parameter ${i}: ${found} ${wanted}`);
      if (i % 7 !== 0) continue;
      const h = 1e-6;
      const moved = (by: number): number => at(parameters.map((p, j) => (j === i ? p + by : p))).loss;
      const slope = (moved(h) - moved(-h)) / (2 * h);
      assert.ok(Math.abs(slope - wanted) < 1e-4, `seed ${seed}, parameter ${i}: slope ${slope} ${wanted}`);
    }
  }
});

const RECIPE = {
  hidden: [16, 16],
  steps: 1500,
  batch: 64,
  rate: 1e-2,
  warmUp: 0.1,
  weightDecay: 0,
  noise: 0,
  huberDelta: 0.1,
  mostGradient: 5,
};

test("training learns a function of two inputs, and the same seed gives the same bits", () => {
  const rows = randomRows(5, 2000, 4, ([a = 0, b = 0]) => Math.abs(a - b) - 0.5);

  const network = trainNetwork(module, rows, RECIPE, createRng(1));
  const again = trainNetwork(module, rows, RECIPE, createRng(1));

  assert.deepEqual(again.parameters, network.parameters);
  const found = predictRows(module, network, 4, rows.inputs);
  const error = found.reduce((sum, y, i) => sum + Math.abs(y - (rows.targets[i] as number)), 0) / 2000;
  assert.ok(error < 0.02, `mean error ${error}`);
});

test("rows are drawn in the shares that were asked for", () => {
  const rows = randomRows(6, 200, 4, () => 0);
  rows.targets.fill(1, 100);
  const recipe = { ...RECIPE, hidden: [], steps: 3000, huberDelta: 100, rate: 0.02 };
  rows.inputs.fill(0);
  rows.weights.fill(1);
  const shares = [
    { first: 0, count: 100, share: 1 },
    { first: 100, count: 100, share: 3 },
  ];

  const [output = 0] = predictRows(
    module,
    trainNetwork(module, rows, recipe, createRng(2), shares),
    4,
    rows.inputs,
  );

  assert.ok(Math.abs(output - 0.75) < 0.03, `the mean of the drawn targets, ${output}, is 0.75`);
});

test("noise on the inputs has the deviation that was asked for", () => {
  const rows = {
    width: 4,
    inputs: new Float32Array(4),
    targets: new Float32Array(1),
    weights: new Float32Array(1),
  };
  const options = { batch: 4096, noise: 0.25, huberDelta: 1, noiseSeed: Int32Array.of(11, 222, 3333, 44444) };
  const session = new TrainingSession(module, [4, 4], rows, options);
  // The output is the first input.
  session.parameters[0] = 1;

  session.exports.gather(session.record);
  session.exports.forward(session.record);
  session.batch.fill(0);
  const gradient = (): number => {
    session.exports.backward(session.record);
    return session.gradients[0] as number;
  };

  // With weight 0 no gradient; with weight 1 the mean of x * x.
  assert.equal(gradient(), 0);
  new Float32Array(session.exports.memory.buffer).set([1], weightsOf(session) / 4);
  const deviation = Math.sqrt(gradient());
  assert.ok(Math.abs(deviation - 0.25) < 0.01, `${deviation}`);
});

function weightsOf({ exports, record }: TrainingSession): number {
  return new DataView(exports.memory.buffer).getInt32(record + 32, true);
}
