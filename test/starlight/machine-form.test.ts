import assert from "node:assert/strict";
import { test } from "node:test";
import { loadModule } from "#kernels";
import { createMachineEvaluator } from "../../src/fidelity/machine-evaluator.ts";
import { MachineModel } from "../../src/fidelity/machine-model.ts";
import { createHardware } from "../../src/hardware/hardware.ts";
import { createRng } from "../../src/rng.ts";
import { createMachine } from "../../src/rtl/machine.ts";
import { toTiling } from "../../src/rtl/tiling.ts";
import { toMapping } from "../../src/space/mapping.ts";
import { RawMapping } from "../../src/space/raw-mapping.ts";
import { createMappingSampler } from "../../src/space/sample.ts";
import { builtinStarlight } from "../../src/surrogate/builtin.ts";
import { createStarlightEngine } from "../../src/surrogate/engine.ts";
import { createStarlightEvaluator } from "../../src/surrogate/evaluator.ts";
import { machineCoefficients } from "../../src/surrogate/machine-coefficients.ts";
import { rulesOf } from "../../src/surrogate/profiles.ts";
import { labelMappings, toRows } from "../../src/tune/distil.ts";
import { mappingSet } from "../../src/tune/mapping-set.ts";
import { NetworkInputs } from "../../src/tune/network-inputs.ts";
import { createTeacher } from "../../src/tune/teachers.ts";
import { builtinWorkload } from "../../src/workload/builtin.ts";
import { shapeKey, toLayerShape } from "../../src/workload/layer.ts";

const module = await loadModule();
const rules = rulesOf("polaris-rtl");
const groups = mappingSet(module, 1500, 12, () => true);
const described = new NetworkInputs(module, rules);
const SHAPES = [
  ...builtinWorkload("resnet50")
    .layers.slice(0, 4)
    .map(({ shape }) => shape),
  toLayerShape({ N: 2, K: 48, C: 20, P: 33, Q: 18, R: 3, S: 5, Wstride: 3, Hstride: 2 }),
  toLayerShape({ K: 64, C: 32, P: 13, Q: 13, R: 3, S: 3, Wdilation: 2, Hdilation: 3 }),
  toLayerShape({ K: 3072, C: 768, P: 512 }),
];

test("the rows that the closed form streams are those that the RTL counts, to the row", () => {
  const model = new MachineModel(module, 1);
  const [coefficients] = rules.kindCoefficients(machineCoefficients());
  for (const { shape, peDim, mappings } of groups) {
    model.open(createMachine(createHardware({ peDim, scratchpadKib: 64, accumulatorKib: 64 })), shape);
    const { bound } = described.describe(rules.runLayer(shape), peDim, coefficients, mappings);
    for (const [i, mapping] of mappings.entries()) {
      model.write(0, toTiling(toMapping(mapping), { shape }));
      model.simulate(1);

      assert.equal(bound[i], Math.fround(model.counters(0).scratchpadInputReads), shapeKey(shape));
    }
  }
});

test("without a network the closed form is on average within 2.5 % of the event model, on machines of many kinds", () => {
  for (const machine of [
    {},
    { dramBytesPerCycle: 2, dramLatencyCycles: 120 },
    { busBytes: 32, maxInflight: 4, tileIssueCycles: 40 },
  ]) {
    const coefficients = machineCoefficients(machine);
    const labelled = labelMappings(
      groups,
      rules.runLayer,
      createTeacher(module, "polaris-rtl", coefficients),
    );
    const [record] = rules.kindCoefficients(coefficients);
    const rows = toRows(described, record, labelled);
    const errors = rows.targets.map((target) => Math.abs(Math.expm1(target))).sort();
    const mean = errors.reduce((sum, error) => sum + error, 0) / errors.length;

    assert.ok(mean < 0.025, `mean ${mean}, machine ${JSON.stringify(machine)}`);
    assert.ok((errors[Math.floor(0.5 * errors.length)] as number) < 0.006);
  }
});

test("energies are those of the event model's counters, latencies within a tenth of its, on layers with any stride and dilation", async () => {
  const starlight = createStarlightEvaluator(
    await createStarlightEngine(module, await builtinStarlight("polaris-rtl"), 64),
  );
  const machine = createMachineEvaluator(module);
  const rng = createRng(5);
  const raw = new RawMapping();
  for (const shape of SHAPES) {
    for (const peDim of [4, 16, 37]) {
      const hardware = createHardware({ peDim, scratchpadKib: 100, accumulatorKib: 40 });
      const sample = createMappingSampler(shape, hardware);
      const candidates = Array.from({ length: 20 }, () => {
        sample(rng, raw);
        return { shape, hardware, mapping: toMapping(raw) };
      });
      const truths = await machine.evaluate(candidates);
      let error = 0;
      for (const [i, outcome] of (await starlight.evaluate(candidates)).entries()) {
        const truth = truths[i];
        assert.ok(outcome.status === "priced" && truth?.status === "priced");
        assert.ok(Math.abs(outcome.energyPj / truth.energyPj - 1) < 1e-5, shapeKey(shape));
        error += Math.abs(Math.log(outcome.latencyCycles / truth.latencyCycles)) / candidates.length;
      }
      assert.ok(error < 0.1, `mean error ${error}, ${shapeKey(shape)}, array ${peDim}`);
    }
  }
});

test("a temporal loop at the scratchpad, which the RTL does not have, makes a mapping infeasible", async () => {
  const starlight = createStarlightEvaluator(
    await createStarlightEngine(module, await builtinStarlight("polaris-rtl"), 1),
  );
  const shape = toLayerShape({ K: 16, C: 16, P: 8, Q: 8 });
  const hardware = createHardware({ peDim: 8, scratchpadKib: 32, accumulatorKib: 8 });
  const mapping = toMapping(new RawMapping());
  const loops = {
    ...mapping.loops,
    dram: [
      { dim: "C", bound: 16 },
      { dim: "P", bound: 8 },
      { dim: "Q", bound: 8 },
    ] as const,
    scratchpad: [{ dim: "K", bound: 16 }] as const,
  };

  const [outcome] = await starlight.evaluate([{ shape, hardware, mapping: { ...mapping, loops } }]);

  assert.deepEqual(outcome, {
    status: "infeasible",
    reason: "temporal K loop at the scratchpad: the RTL has none there",
  });
});
