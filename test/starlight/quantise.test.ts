import assert from "node:assert/strict";
import { test } from "node:test";
import { loadTrainingModule } from "#training-kernels";
import { LANE_WEIGHT_SUM, laneOf } from "../../src/kernels/network.ts";
import { INPUT_COUNT } from "../../src/kernels/starlight-layout.ts";
import { createRng } from "../../src/rng.ts";
import { predictEnsemble, toActivations, toIntegers, trainEnsemble } from "../../src/tune/ensemble.ts";
import { networkOutputs } from "../reference/integer-network.ts";

const training = await loadTrainingModule();

test("an ensemble in integers says what it says in floating point, and keeps the limits of the kernels", () => {
  const rng = createRng(4);
  const count = 3000;
  const inputs = Float32Array.from({ length: count * INPUT_COUNT }, (_, i) =>
    i % INPUT_COUNT === 7 ? 3 : 4 * (rng() + rng()) - 4,
  );
  const at = (row: number, i: number): number => inputs[row * INPUT_COUNT + i] as number;
  const targets = Float32Array.from(
    { length: count },
    (_, row) => 0.2 * Math.abs(at(row, 0) - at(row, 1)) - 0.1 * Math.max(at(row, 2), 0) * at(row, 3),
  );
  const rows = { inputs, targets, weights: new Float32Array(count).fill(1) };
  const ensemble = trainEnsemble(
    training,
    rows,
    {
      hidden: [16, 16],
      steps: 3000,
      batch: 128,
      rate: 5e-3,
      warmUp: 0.1,
      weightDecay: 0.01,
      noise: 0,
      huberDelta: 0.1,
      mostGradient: 5,
    },
    1,
  );

  const { mean } = predictEnsemble(training, ensemble, inputs);
  const network = toIntegers(ensemble, inputs);
  const activations = toActivations(ensemble.grid, inputs);

  let loss = 0;
  let error = 0;
  for (let row = 0; row < 500; row++) {
    const outputs = networkOutputs(network, [
      ...activations.subarray(row * INPUT_COUNT, (row + 1) * INPUT_COUNT),
    ]);
    const integer = outputs.reduce((sum, output) => sum + output / outputs.length, 0);
    loss += Math.abs(integer - (mean[row] as number)) / 500;
    error += Math.abs((mean[row] as number) - (targets[row] as number)) / 500;
  }
  assert.ok(error < 0.08, `the ensemble has learnt: ${error}`);
  assert.ok(loss < 0.03, `rounding moves it by ${loss}`);
  for (const layer of [...network.hidden, network.last]) {
    for (let unit = 0; unit < layer.groups * layer.units; unit++) {
      const sums: [number, number] = [0, 0];
      for (let i = 0; i < layer.inputs; i++) {
        sums[laneOf(i)] += Math.abs(layer.weights[unit * layer.inputs + i] as number);
      }
      assert.ok(Math.max(...sums) <= LANE_WEIGHT_SUM);
    }
  }
});
