import assert from "node:assert/strict";
import { test } from "node:test";
import { createHardware } from "../../src/hardware/hardware.ts";
import { createRng } from "../../src/rng.ts";
import { divisors, primeFactors } from "../../src/space/divisors.ts";
import { coveredBound, factor, LEVELS, parseMapping, toMapping } from "../../src/space/mapping.ts";
import { RawMapping } from "../../src/space/raw-mapping.ts";
import { createMappingSampler } from "../../src/space/sample.ts";
import { tileWords, violations } from "../../src/space/validity.ts";
import { BUILTIN_WORKLOADS } from "../../src/workload/builtin.ts";
import { DIMS, toLayerShape } from "../../src/workload/layer.ts";

const hardware = createHardware({ peDim: 16, scratchpadKib: 1, accumulatorKib: 1 });
const shape = toLayerShape({ K: 64, C: 32, P: 16, Q: 16, R: 3, S: 3 });

test("each broken rule is told with its level, what is needed and what is there", () => {
  const cases = [
    // Weights 3 * 3 * 32 words, inputs 18 * 18 * 32.
    ["P1 Q1 K64 N1", "P16 Q1 C32 R3 S3", "Q16", "scratchpad", "scratchpad", 288 + 10_368, 1024],
    ["C32 R3 S3", "P4 Q4 K64", "P4 Q4", "accumulator", "accumulator", 16_384, 16],
    ["K32 C32 P16 Q16 S3", "R3", "K2", "register", "register", 2, 1],
  ] as const;
  for (const [dram, accumulator, register, rule, level, needed, available] of cases) {
    const mapping = parseMapping(`L3[WIO] ${dram} - L2[WI] N1 - L1[O] ${accumulator} - L0[W] ${register}`);

    const found = violations(mapping, shape, hardware).find((violation) => violation.rule === rule);

    assert.deepEqual({ ...found, message: "" }, { rule, level, needed, available, message: "" });
    assert.match(found?.message ?? "", new RegExp(`${needed} needed, ${available} there .* too many`));
  }
});

test("spatial factors beyond the array break the rule of its rows or columns", () => {
  const mapping = parseMapping("L3[WIO] K2 P16 Q16 R3 S3 - L2[WI] N1 K32X - L1[O] N1 C32X - L0[W] N1");

  const found = violations(mapping, shape, hardware).map(({ rule, level, needed, available }) => ({
    rule,
    level,
    needed,
    available,
  }));

  assert.deepEqual(found, [
    { rule: "scratchpad", level: "scratchpad", needed: 1024 + 32, available: 1024 },
    { rule: "pe-columns", level: "scratchpad", needed: 32, available: 16 },
    { rule: "pe-rows", level: "accumulator", needed: 32, available: 16 },
  ]);
});

test("factors that miss a bound are told for each dim", () => {
  const mapping = parseMapping("L3[WIO] K64 C32 P15 Q16 R3 - L2[WI] N1 - L1[O] N1 - L0[W] N1");

  const found = violations(mapping, shape, hardware);

  assert.deepEqual(
    found.map(({ rule, needed, available }) => [rule, needed, available]),
    [
      ["factors", 16, 15],
      ["factors", 3, 1],
    ],
  );
  assert.equal(found[0]?.message, "factors of P multiply to 15, the layer has P = 16");
});

test("strides and dilations widen the input tile", () => {
  const wide = toLayerShape({ P: 4, Q: 5, R: 3, S: 2, Wstride: 2, Hstride: 3, Wdilation: 5, Hdilation: 7 });
  const mapping = parseMapping("L3[WIO] N1 - L2[WI] N1 - L1[O] P4 Q5 R3 S2 - L0[W] N1");

  assert.deepEqual(tileWords(mapping, wide), {
    scratchpadWeights: 6,
    scratchpadInputs: (3 * 2 + 2 * 5 + 1) * (4 * 3 + 1 * 7 + 1),
    accumulatorOutputs: 20,
    registerWeights: 1,
  });
});

test("the sampler gives only valid mappings, in memories of any size", () => {
  const raw = new RawMapping();
  const layers = [...BUILTIN_WORKLOADS.values()].flatMap((workload) => workload.layers);
  const configs = [
    { peDim: 2, scratchpadKib: 1, accumulatorKib: 1 },
    { peDim: 128, scratchpadKib: 1, accumulatorKib: 1 },
    { peDim: 100, scratchpadKib: 3, accumulatorKib: 2 },
    { peDim: 16, scratchpadKib: 128, accumulatorKib: 32 },
    { peDim: 128, scratchpadKib: 2048, accumulatorKib: 2048 },
  ].map(createHardware);
  for (const [index, { name, shape: layer }] of layers.entries()) {
    for (const [config, target] of configs.entries()) {
      const sample = createMappingSampler(layer, target);
      const rng = createRng(index, config);
      for (let i = 0; i < 5; i++) {
        sample(rng, raw);
        const mapping = toMapping(raw);

        assert.deepEqual(violations(mapping, layer, target), [], `${name}, config ${config}, sample ${i}`);
        assert.equal(mapping.loops.scratchpad.length, 0);
        assert.ok(mapping.loops.register.every(({ dim }) => dim === "P" || dim === "Q"));
      }
    }
  }
});

test("the same seed gives the same mappings", () => {
  const sample = createMappingSampler(shape, hardware);
  const draw = (): readonly unknown[] => {
    const rng = createRng(42);
    return Array.from({ length: 100 }, () => {
      const raw = new RawMapping();
      sample(rng, raw);
      return toMapping(raw);
    });
  };

  assert.deepEqual(draw(), draw());
});

test("every split of a small layer and every loop order can come up", () => {
  const small = toLayerShape({ K: 4, C: 2, P: 6, R: 3 });
  // K: spatial, accumulator, DRAM; C: the same; P: register, accumulator, DRAM; R: accumulator, DRAM.
  const splitsOf = (bound: number, ways: number): number =>
    ways === 1 ? 1 : divisors(bound).reduce((sum, divisor) => sum + splitsOf(bound / divisor, ways - 1), 0);
  const all = splitsOf(4, 3) * splitsOf(2, 3) * splitsOf(6, 3) * splitsOf(3, 2);
  const splits = new Set<string>();
  const orders = new Set<number>();
  const raw = new RawMapping();
  const sample = createMappingSampler(
    small,
    createHardware({ peDim: 4, scratchpadKib: 64, accumulatorKib: 64 }),
  );
  const rng = createRng(7);

  for (let i = 0; i < 60_000; i++) {
    sample(rng, raw);
    splits.add(`${raw.factors.join()} ${raw.spatialK} ${raw.spatialC}`);
    orders.add(raw.orders[0] as number);
  }

  assert.equal(splits.size, all);
  assert.equal(orders.size, 5040);
});

test("factors of any bound multiply to it", () => {
  for (const bound of [1, 2, 97, 360, 3000, 16_777_213, 2 ** 24]) {
    assert.equal(
      primeFactors(bound).reduce((product, prime) => product * prime, 1),
      bound,
    );
    assert.ok(divisors(bound).every((divisor) => bound % divisor === 0));
  }
  assert.deepEqual(divisors(12), [1, 2, 3, 4, 6, 12]);
  const raw = new RawMapping();
  createMappingSampler(shape, hardware)(createRng(1), raw);
  const mapping = toMapping(raw);
  for (const dim of DIMS) {
    assert.equal(coveredBound(mapping, dim), shape[dim]);
    assert.ok(LEVELS.every((level) => factor(mapping, level, dim) >= 1));
  }
});
