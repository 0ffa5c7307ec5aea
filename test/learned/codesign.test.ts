import assert from "node:assert/strict";
import { test } from "node:test";
import type { HardwareSpace } from "../../src/codesign/space.ts";
import { area } from "../../src/hardware/area.ts";
import { createHardware, type HardwareParameters } from "../../src/hardware/hardware.ts";
import { codesignLearned } from "../../src/learned/codesign.ts";
import { type LearnedMapping, mapLearnedNetwork } from "../../src/learned/map-network.ts";
import { cost, type Objective, parseObjective } from "../../src/mapper/objective.ts";
import { createRng } from "../../src/rng.ts";
import { builtinStarlight } from "../../src/surrogate/builtin.ts";
import { loadFastModule } from "../../src/surrogate/fast-module.ts";
import type { StarlightModel } from "../../src/surrogate/model.ts";
import { builtinWorkload } from "../../src/workload/builtin.ts";
import { toLayerShape } from "../../src/workload/layer.ts";
import type { Workload } from "../../src/workload/workload.ts";
import { integer, pick } from "../mapper/random-case.ts";
import { largeLearnedShape } from "./small-case.ts";

const CASES = Number(process.env["POLARIS_LEARNED_SPACES"] ?? 4);
const module = await loadFastModule();
const models = [await builtinStarlight("gemmini-firesim"), await builtinStarlight("polaris-rtl")] as const;

test("the proven design of a space is the best of all of its configs, under an area cap", async () => {
  for (let i = 0; i < CASES; i++) {
    const rng = createRng(47, i);
    const model = pick(models, rng);
    const objective = parseObjective(pick(["edp", "ed2p", "weighted:0.4"], rng));
    const layers = Array.from({ length: integer(rng, 1, 3) }, (_, l) => ({
      name: `layer ${l}`,
      count: integer(rng, 1, 3),
      groups: 1,
      shape: largeLearnedShape(rng),
    }));
    const [arrays, scratchpadKib, accumulatorKib] = [
      [4, 8, 16],
      [2, 5, 6, 9, 16],
      [1, 3, 4, 8],
    ] as const;
    const configs = arrays.flatMap((peDim) =>
      scratchpadKib.flatMap((pad) =>
        accumulatorKib.map((bank) => ({ peDim, scratchpadKib: pad, accumulatorKib: bank })),
      ),
    );
    const areas = configs.map((one) => area(createHardware(one)).mm2).sort((a, b) => a - b);
    const maxAreaMm2 = areas[integer(rng, 5, areas.length - 1)] as number;
    let least = Number.POSITIVE_INFINITY;
    for (const hardware of configs) {
      if (area(createHardware(hardware)).mm2 > maxAreaMm2) continue;
      const { totals } = await mapLearnedNetwork(module, model, { layers, hardware, objective });
      least = Math.min(least, cost(objective, totals.latencyCycles, totals.energyUj));
    }

    const {
      mappings: [mapping = assert.fail()],
      optimal,
    } = await codesignLearned(module, model, {
      workloads: [{ name: "random", layers }],
      space: { arrays: arrays.map((peDim) => ({ peDim })), scratchpadKib, accumulatorKib, maxAreaMm2 },
      objective,
    });

    const { totals, tolerance } = mapping;
    const found = cost(objective, totals.latencyCycles, totals.energyUj);
    const which = JSON.stringify({ i, layers, maxAreaMm2, objective, profile: model.profile });
    assert.ok(Math.abs(found / least - 1) <= 2 * tolerance, `${found} against ${least}: ${which}`);
    assert.ok(totals.areaMm2 <= maxAreaMm2);
    assert.equal(optimal, true);
  }
});

test("of several networks the geometric mean is proven, whether or not they share layers", async () => {
  for (let i = 0; i < CASES / 2; i++) {
    const rng = createRng(61, i);
    const model = pick(models, rng);
    const objective = parseObjective(pick(["edp", "latency", "energy", "weighted:0.4"], rng));
    const layer = (name: string) => ({
      name,
      count: integer(rng, 1, 9),
      groups: 1,
      shape: largeLearnedShape(rng),
    });
    const common = layer("common");
    const workloads = Array.from({ length: integer(rng, 2, 3) }, (_, w) => ({
      name: `network ${w}`,
      layers: [...(rng() < 0.5 ? [{ ...common, count: integer(rng, 1, 9) }] : []), layer("own")],
    }));
    const space = {
      arrays: [{ peDim: 4 }, { peDim: 16 }],
      scratchpadKib: [2, 5, 16],
      accumulatorKib: [1, 4, 8],
      maxAreaMm2: pick([0.1, 0.2, 0.4], rng),
    };
    await assertProven(model, { workloads, space, objective }, `space ${i}`);
  }
});

/** Random small spaces, and those on which a narrower condition than the proof's misses the optimum. */
const TIGHT = [...Array(CASES).keys(), 4, 26, 54, 65, 94];

test("of several networks the geometric mean is proven where memories are tight and runs uneven", async () => {
  for (const i of TIGHT) {
    const rng = createRng(67, i);
    const model = pick(models, rng);
    const objective = parseObjective(pick(["edp", "energy", "weighted:0.4"], rng));
    const layer = (name: string) => ({
      name,
      count: integer(rng, 1, 50),
      groups: 1,
      shape: largeLearnedShape(rng),
    });
    const common = layer("common");
    const workloads = Array.from({ length: integer(rng, 2, 3) }, (_, w) => ({
      name: `network ${w}`,
      layers: [...(rng() < 0.5 ? [{ ...common, count: integer(rng, 1, 50) }] : []), layer("own")],
    }));
    const open = {
      arrays: [{ peDim: pick([4, 8], rng) }],
      scratchpadKib: [2, 3, 5, 9],
      accumulatorKib: [1, 2, 4],
    };
    const areas = configsOf(open)
      .map((one) => area(createHardware(one)).mm2)
      .sort((a, b) => a - b);
    const maxAreaMm2 = areas[integer(rng, 2, areas.length - 1)] as number;
    await assertProven(model, { workloads, space: { ...open, maxAreaMm2 }, objective }, `tight space ${i}`);
  }
});

test("what a network alone may still gain is what all of them together may", async () => {
  const shapes = [
    { K: 64, C: 64, P: 14, Q: 14, R: 3, S: 3 },
    { K: 96, C: 48, P: 28, Q: 28 },
    { K: 48, C: 96, P: 12, Q: 12 },
  ];
  const workloads = shapes.map((bounds, i) => ({
    name: `network ${i}`,
    layers: [{ name: "own", count: 1, groups: 1, shape: toLayerShape(bounds) }],
  }));

  const { gap, mappings } = await codesignLearned(module, models[1], {
    workloads,
    space: { arrays: [{ peDim: 8 }], scratchpadKib: [4, 8, 16, 32], accumulatorKib: [2, 4, 8] },
    objective: parseObjective("edp"),
    budgetMs: 0,
  });

  assert.ok(gap > 0);
  // If the two others are at their least already, the whole cube of the mean's ratio is this network's.
  for (const mapping of mappings)
    assert.ok(Math.abs((1 + mapping.gap) / (1 + gap) ** 3 - 1) < 1e-12, `${mapping.gap} of ${gap}`);
});

interface SeveralNetworks {
  readonly workloads: readonly Workload[];
  readonly space: HardwareSpace;
  readonly objective: Objective;
}

/** Fails unless the co-design is the best by the geometric mean among the best mappings on every config. */
async function assertProven(model: StarlightModel, request: SeveralNetworks, name: string): Promise<void> {
  const { workloads, space, objective } = request;
  const mean = (costs: readonly number[]): number =>
    costs.reduce((product, one) => product * one ** (1 / costs.length), 1);
  const costOf = ({ totals }: LearnedMapping): number =>
    cost(objective, totals.latencyCycles, totals.energyUj);
  let least = Number.POSITIVE_INFINITY;
  for (const hardware of configsOf(space)) {
    if (area(createHardware(hardware)).mm2 > (space.maxAreaMm2 ?? Number.POSITIVE_INFINITY)) continue;
    const costs: number[] = [];
    for (const { layers } of workloads)
      costs.push(costOf(await mapLearnedNetwork(module, model, { layers, hardware, objective })));
    least = Math.min(least, mean(costs));
  }

  const { mappings, optimal } = await codesignLearned(module, model, request);

  const found = mean(mappings.map(costOf));
  const which = `${name}: ${JSON.stringify({ ...request, profile: model.profile })}`;
  assert.ok(Math.abs(found / least - 1) <= 4e-6, `${found} against ${least}: ${which}`);
  assert.equal(optimal, true, which);
}

function configsOf({ arrays, scratchpadKib, accumulatorKib }: HardwareSpace): readonly HardwareParameters[] {
  return arrays.flatMap((array) =>
    scratchpadKib.flatMap((pad) =>
      accumulatorKib.map((bank) => ({ ...array, scratchpadKib: pad, accumulatorKib: bank })),
    ),
  );
}

test("a box whose own optimum no config within the area runs is halved until one does", async () => {
  const {
    mappings: [mapping = assert.fail()],
    optimal,
  } = await codesignLearned(module, models[1], {
    workloads: [
      {
        name: "random",
        layers: [
          {
            name: "a",
            count: 1,
            groups: 1,
            shape: toLayerShape({ N: 2, K: 16, C: 17, P: 7, Q: 4, R: 3, S: 3 }),
          },
          { name: "b", count: 50, groups: 1, shape: toLayerShape({ K: 16, C: 64, P: 12, Q: 4, S: 3 }) },
          {
            name: "c",
            count: 1,
            groups: 1,
            shape: toLayerShape({ K: 7, C: 17, P: 12, Q: 4, R: 3, Wstride: 2, Hstride: 2 }),
          },
        ],
      },
    ],
    space: {
      arrays: [{ peDim: 4, bandwidth: "split" }],
      scratchpadKib: [1, 2, 3],
      accumulatorKib: [1, 2, 3, 64],
      maxAreaMm2: 0.03251112,
    },
    objective: parseObjective("energy"),
  });

  assert.ok(optimal && mapping.totals.areaMm2 <= 0.03251112);
});

test("what a cap keeps from the first box's own optimum is looked for once more in the whole box, and no oftener", async () => {
  const layers = [
    { name: "a", count: 1, groups: 1, shape: toLayerShape({ K: 96, C: 64, P: 12, Q: 12 }) },
    { name: "b", count: 2, groups: 1, shape: toLayerShape({ K: 96, C: 96, P: 28, Q: 28 }) },
  ];
  const objective = parseObjective("weighted:0.8");
  const [scratchpadKib, accumulatorKib, maxAreaMm2] = [[3, 5, 7, 9], [4, 6, 8], 0.09068107];
  let least = Number.POSITIVE_INFINITY;
  for (const pad of scratchpadKib)
    for (const bank of accumulatorKib) {
      const hardware = { peDim: 8, scratchpadKib: pad, accumulatorKib: bank };
      if (area(createHardware(hardware)).mm2 > maxAreaMm2) continue;
      const { totals } = await mapLearnedNetwork(module, models[1], { layers, hardware, objective });
      least = Math.min(least, cost(objective, totals.latencyCycles, totals.energyUj));
    }

  const {
    mappings: [mapping = assert.fail()],
    boxes,
  } = await codesignLearned(module, models[1], {
    workloads: [{ name: "two layers", layers }],
    space: { arrays: [{ peDim: 8 }], scratchpadKib, accumulatorKib, maxAreaMm2 },
    objective,
  });

  const { latencyCycles, energyUj } = mapping.totals;
  assert.equal(cost(objective, latencyCycles, energyUj), least);
  assert.equal(boxes, 2);
});

test("a co-design that is ended gives a design and a gap", async () => {
  const kib = Array.from({ length: 256 }, (_, i) => i + 1);
  const found = await codesignLearned(module, models[1], {
    workloads: [builtinWorkload("bert")],
    space: {
      arrays: [{ peDim: 8 }, { peDim: 16 }],
      scratchpadKib: kib,
      accumulatorKib: kib,
      maxAreaMm2: 0.5,
    },
    objective: parseObjective("edp"),
    budgetMs: 0,
  });
  assert.ok(found.gap > 0 && !found.optimal);
  assert.equal(found.mappings[0]?.layers.length, builtinWorkload("bert").layers.length);
});
