import assert from "node:assert/strict";
import { test } from "node:test";
import type { Evaluator } from "../../src/fidelity/evaluator.ts";
import { correctionOf } from "../../src/promotion/calibrate.ts";
import { pairedLayers } from "../../src/promotion/paired-layers.ts";
import { candidatesOf } from "../../src/promotion/predicted-design.ts";
import { toLayerShape } from "../../src/workload/layer.ts";

const layers = [8, 16, 32].map((P, i) => ({
  name: `layer ${P}`,
  count: i + 1,
  groups: 1,
  shape: toLayerShape({ P }),
}));
const workloads = [{ name: "three layers", layers }];
const design = {
  hardware: { peDim: 4, scratchpadKib: 8, accumulatorKib: 4 },
  mappings: [layers.map(({ shape }) => `L3[WIO] P${shape.P} - L2[WI] N1 - L1[O] N1 - L0[W] N1`)],
};
const candidates = candidatesOf(workloads, design);
/** Says of P outputs 10 P cycles and P million pJ. */
const model: Evaluator = {
  fidelity: "starlight",
  evaluate: async (asked) =>
    asked.map(({ shape }) => ({
      status: "priced",
      latencyCycles: 10 * shape.P,
      energyPj: 1e6 * shape.P,
    })),
  close: async () => undefined,
};

test("latency and energy have a factor each, their mean log shrunk as if four more measurements had agreed", async () => {
  const measurements = candidates.map((candidate, i) => ({
    candidate,
    latencyCycles: 10 * candidate.shape.P * 2 ** (i - 1) * 3,
    energyPj: 1e6 * candidate.shape.P * 5,
  }));

  const { latency, energy } = await correctionOf(model, measurements);

  assert.ok(Math.abs(latency / 3 ** (3 / 7) - 1) < 1e-12 && Math.abs(energy / 5 ** (3 / 7) - 1) < 1e-12);
});

test("every layer of a design comes in cycles and uJ, beside what was measured of it and of no other", async () => {
  const measured = {
    candidate: candidates[1] as (typeof candidates)[number],
    latencyCycles: 77,
    energyPj: 5e6,
  };

  const [network] = await pairedLayers(model, workloads, design, [measured]);

  assert.equal(network?.workload, "three layers");
  assert.deepEqual(
    network?.layers.map(({ name, count, predicted, verified }) => ({ name, count, predicted, verified })),
    [
      { name: "layer 8", count: 1, predicted: { latencyCycles: 80, energyUj: 8 }, verified: undefined },
      {
        name: "layer 16",
        count: 2,
        predicted: { latencyCycles: 160, energyUj: 16 },
        verified: { latencyCycles: 77, energyUj: 5 },
      },
      { name: "layer 32", count: 3, predicted: { latencyCycles: 320, energyUj: 32 }, verified: undefined },
    ],
  );
});
