import assert from "node:assert/strict";
import { test } from "node:test";
import { loadModule } from "#kernels";
import { packCoefficients, priorCoefficients } from "../../src/event/coefficients.ts";
import { Simulator } from "../../src/event/simulator.ts";
import { firesimLayer } from "../../src/kernels/physics.ts";
import { toMapping } from "../../src/space/mapping.ts";
import { DEFAULT_STARLIGHT } from "../../src/surrogate/default-model.ts";
import { parseStarlightModel } from "../../src/surrogate/model.ts";
import { rulesOf } from "../../src/surrogate/profiles.ts";
import { labelMappings, searchedFirst, toRows } from "../../src/tune/distil.ts";
import { mappingSet } from "../../src/tune/mapping-set.ts";
import { NetworkInputs } from "../../src/tune/network-inputs.ts";
import { createTeacher } from "../../src/tune/teachers.ts";
import { shapeKey } from "../../src/workload/layer.ts";

const module = await loadModule();
const gemmini = rulesOf("gemmini-firesim");
const groups = mappingSet(module, 1500, 11, (shape) => gemmini.unfit(shape) === undefined);
const described = new NetworkInputs(module, gemmini);
const calibrated = parseStarlightModel(DEFAULT_STARLIGHT, "built-in model", "gemmini-firesim").coefficients;

test("the rows that the closed form streams are those of the event model's tile walk, to the row", () => {
  const simulator = new Simulator(module, 1);
  simulator.simulate(packCoefficients(calibrated));
  for (const { shape, peDim, mappings } of groups) {
    const layer = firesimLayer(shape);
    const coefficients = gemmini.kindCoefficients(calibrated)[layer.matmul ? 1 : 0];
    const { bound } = described.describe(layer, peDim, coefficients, mappings);
    for (const [i, mapping] of mappings.entries()) {
      simulator.describe(0, shape, toMapping(mapping), peDim);
      const { rowsStreamed } = simulator.read(0);

      assert.equal(simulator.isMatmul(0), layer.matmul);
      assert.equal(bound[i], Math.fround(rowsStreamed), shapeKey(shape));
    }
  }
});

test("without a network the closed form is on average within 3 % of the event model, whatever the calibration", () => {
  for (const coefficients of [calibrated, priorCoefficients()]) {
    const labelled = labelMappings(
      groups,
      firesimLayer,
      createTeacher(module, "gemmini-firesim", coefficients),
    );
    for (const matmul of [false, true]) {
      const own = searchedFirst(labelled.filter(({ layer }) => layer.matmul === matmul));
      const rows = toRows(
        described,
        gemmini.kindCoefficients(coefficients)[matmul ? 1 : 0] as Float64Array,
        own,
      );
      const errors = rows.targets.map((target) => Math.abs(Math.expm1(target))).sort();

      const mean = errors.reduce((sum, error) => sum + error, 0) / errors.length;
      assert.ok(mean < 0.03, `mean ${mean}, matmul ${matmul}`);
      assert.ok((errors[Math.floor(0.5 * errors.length)] as number) < 0.01);
    }
  }
});
