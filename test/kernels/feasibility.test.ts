import assert from "node:assert/strict";
import { test } from "node:test";
import { loadModule } from "#kernels";
import { createEngine } from "../../src/fidelity/engine.ts";
import type { Hardware } from "../../src/hardware/hardware.ts";
import * as at from "../../src/kernels/layout.ts";
import { createRng } from "../../src/rng.ts";
import type { Mapping } from "../../src/space/mapping.ts";
import { tileWords, type Violation, violations } from "../../src/space/validity.ts";
import type { LayerShape } from "../../src/workload/layer.ts";
import { randomCase, randomHardware, randomMapping } from "./random-mapping.ts";
import { describe, LAYERS, metrics, tightHardware } from "./support.ts";

const engine = await createEngine(await loadModule(), 4096);

const STATUS_OF_RULE: Readonly<Record<Exclude<Violation["rule"], "factors">, number>> = {
  scratchpad: at.OVER_SCRATCHPAD,
  accumulator: at.OVER_ACCUMULATOR,
  register: at.OVER_REGISTER,
  "pe-rows": at.OVER_PE_ROWS,
  "pe-columns": at.OVER_PE_COLUMNS,
};

function brokenRules(mapping: Mapping, shape: LayerShape, hardware: Hardware): number {
  return violations(mapping, shape, hardware).reduce((bits, { rule }) => {
    assert.notEqual(rule, "factors", describe(mapping, shape));
    return bits | STATUS_OF_RULE[rule as keyof typeof STATUS_OF_RULE];
  }, 0);
}

test("a candidate costs Infinity if it breaks rules, which its status names, and else not", () => {
  const seed = 5;
  const rng = createRng(seed);
  const seen = new Map<number, number>();
  for (let round = 0; round < 64; round++) {
    const shape = LAYERS[round % LAYERS.length] as LayerShape;
    const hardware = tightHardware(rng);
    const mappings = Array.from({ length: 250 }, () => randomMapping(shape, rng));
    for (const [i, mapping] of mappings.entries()) engine.batch.write(i, mapping);

    engine.evaluateNow(shape, hardware, mappings.length);

    for (const [i, mapping] of mappings.entries()) {
      const { status, ...costs } = metrics(engine.batch, i);
      const broken = brokenRules(mapping, shape, hardware);
      const which = `seed ${seed}, round ${round}, candidate ${i}: ${describe(mapping, shape, hardware)}`;
      assert.equal(status & ~at.BOUND_BY_MASK, broken, which);
      assert.equal(engine.batch.feasible(i), broken === 0, which);
      for (const cost of Object.values(costs)) {
        assert.equal(cost === Number.POSITIVE_INFINITY, broken !== 0, which);
        assert.ok(cost > 0, which);
      }
      for (const rule of Object.values(STATUS_OF_RULE)) {
        if (broken & rule) seen.set(rule, (seen.get(rule) ?? 0) + 1);
      }
      // Which rules come alone: 0 is a candidate that fits.
      seen.set(-broken, (seen.get(-broken) ?? 0) + 1);
    }
  }
  assert.ok((seen.get(-0) ?? 0) > 1000, `seed ${seed}: ${seen.get(0)} candidates fit`);
  for (const [rule, bit] of Object.entries(STATUS_OF_RULE)) {
    assert.ok((seen.get(bit) ?? 0) > 500, `seed ${seed}: rule ${rule} broken ${seen.get(bit)} times`);
    assert.ok((seen.get(-bit) ?? 0) > 20, `seed ${seed}: rule ${rule} alone broken ${seen.get(-bit)} times`);
  }
});

test("tiles may fill a memory to the last word, and PEs the array to the last one", () => {
  const seed = 6;
  const rng = createRng(seed);
  for (let i = 0; i < 300; i++) {
    const { shape, mapping } = randomCase(rng);
    const tile = tileWords(mapping, shape);
    const exact: Hardware = {
      ...randomHardware(rng, 1),
      peDim: Math.max(mapping.spatialK, mapping.spatialC),
      scratchpadWords: tile.scratchpadWeights + tile.scratchpadInputs,
      accumulatorWords: tile.accumulatorOutputs,
      registerWords: tile.registerWeights,
    };
    const status = (change: Partial<Hardware>): number => {
      engine.batch.write(0, mapping);
      engine.evaluateNow(shape, { ...exact, ...change }, 1);
      return engine.batch.status(0) & at.INFEASIBLE_MASK;
    };
    const which = `seed ${seed}, case ${i}: ${describe(mapping, shape)}`;
    assert.equal(status({}), 0, which);
    assert.equal(status({ scratchpadWords: exact.scratchpadWords - 1 }), at.OVER_SCRATCHPAD, which);
    assert.equal(status({ accumulatorWords: exact.accumulatorWords - 1 }), at.OVER_ACCUMULATOR, which);
    assert.equal(status({ registerWords: exact.registerWords - 1 }), at.OVER_REGISTER, which);
    const most = exact.peDim;
    assert.equal(
      status({ peDim: most - 1 }),
      (mapping.spatialK === most ? at.OVER_PE_COLUMNS : 0) |
        (mapping.spatialC === most ? at.OVER_PE_ROWS : 0),
      which,
    );
  }
});

// By hand.
