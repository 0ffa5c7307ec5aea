import assert from "node:assert/strict";
import { test } from "node:test";
import { loadModule } from "#kernels";
import { Adam } from "../../src/baselines/dosa/adam.ts";
import { descend } from "../../src/baselines/dosa/dosa.ts";
import { buildLoss } from "../../src/baselines/dosa/loss.ts";
import { type DosaProblem, priceTilings } from "../../src/baselines/dosa/pricing.ts";
import { DATAFLOWS, FACTORS, relaxedLayer, type Tiling } from "../../src/baselines/dosa/relaxed-model.ts";
import { fillHardware, randomHardware } from "../../src/baselines/dosa/start.ts";
import { Tape } from "../../src/baselines/dosa/tape.ts";
import { type Factors, ONES, roundFactors, tileOf, toDosaMapping } from "../../src/baselines/dosa/tiling.ts";
import { createEngine } from "../../src/fidelity/engine.ts";
import { area } from "../../src/hardware/area.ts";
import { createHardware } from "../../src/hardware/hardware.ts";
import { EDP } from "../../src/mapper/objective.ts";
import { createRng } from "../../src/rng.ts";
import type { TrialOutcome } from "../../src/search/trial.ts";
import { parseMapping } from "../../src/space/mapping.ts";
import { violations } from "../../src/space/validity.ts";
import { distinctLayers, type WalkProblem } from "../../src/walk/request.ts";
import { builtinWorkload } from "../../src/workload/builtin.ts";
import { DIMS } from "../../src/workload/layer.ts";

const engine = await createEngine(await loadModule(), 64);
const workloads = [builtinWorkload("resnet50"), builtinWorkload("bert")];
const sizes = Array.from({ length: 512 }, (_, i) => i + 1);
const space = {
  arrays: [4, 8, 16, 32].map((peDim) => ({ peDim })),
  scratchpadKib: sizes,
  accumulatorKib: sizes,
};
const problem: DosaProblem = { layers: distinctLayers(workloads), networks: 2, space, objective: EDP };

/** Rounded tilings that fill random hardware. */
function filled(seed: number): { readonly factors: readonly Factors[]; readonly peDim: number } {
  const parameters = randomHardware(problem, createRng(seed));
  const hardware = createHardware(parameters);
  return { factors: problem.layers.map(({ shape }) => fillHardware(shape, hardware)), peDim: hardware.peDim };
}

test("the tape's gradient is that of finite differences, for the whole loss with every penalty", () => {
  const tape = new Tape();
  const capped = {
    ...problem,
    space: { ...space, maxAreaMm2: 0.01, scratchpadKib: [1], accumulatorKib: [1] },
  };
  for (const seed of [1, 2, 3]) {
    const rng = createRng(seed);
    const { factors } = filled(seed);
    const logs = Float64Array.from(
      factors.flatMap((own) => FACTORS.map((name) => Math.log(own[name]) + 0.6 * (rng() - 0.4))),
    );
    const dataflows = factors.map(() => DATAFLOWS[Math.floor(rng() * 3)] ?? "WS");
    const lossAt = (i: number, by: number): number => {
      const moved = logs.slice();
      moved[i] = (moved[i] ?? 0) + by;
      return tape.value(buildLoss(tape, capped, moved, dataflows).loss);
    };
    const { loss, inputs } = buildLoss(tape, capped, logs, dataflows);
    const gradient = new Float64Array(logs.length);
    tape.gradient(loss, inputs, gradient);

    for (const [i, slope] of gradient.entries()) {
      const step = 1e-6;
      const difference = (lossAt(i, step) - lossAt(i, -step)) / (2 * step);
      assert.ok(
        Math.abs(difference - slope) < 1e-4 * Math.max(0.01, Math.abs(slope)),
        `seed ${seed}, input ${i}: ${slope} against ${difference}`,
      );
    }
  }
});

test("at whole factors the relaxed model is the exact one but for rounding", () => {
  const tape = new Tape();
  for (const seed of [1, 2, 3, 4]) {
    const { factors } = filled(seed);
    const priced = priceTilings(engine, problem, factors);
    assert.ok(priced);
    const { peDim, scratchpadKib, accumulatorKib } = priced.hardware;
    const hardware = createHardware(priced.hardware);
    for (const [i, { shape }] of problem.layers.entries()) {
      for (const dataflow of DATAFLOWS) {
        const own = factors[i] ?? ONES;
        const mapping = toDosaMapping(shape, own, dataflow);
        // Where the loop that a dataflow wants innermost is not there, the exact model takes the next one.
        const first = mapping.loops.dram.at(-1)?.dim;
        if (first !== { WS: "P", IS: "K", OS: "R" }[dataflow]) continue;
        tape.reset();
        const tiling = Object.fromEntries(FACTORS.map((name) => [name, tape.input(own[name])])) as Tiling;
        const relaxed = relaxedLayer(tape, shape, tiling, dataflow, {
          peDim: tape.input(peDim),
          scratchpadKib: tape.input(scratchpadKib),
          accumulatorKib: tape.input(accumulatorKib),
        });

        const exact = engine.explain(mapping, shape, hardware);

        const near = (a: number, b: number): boolean => Math.abs(a / b - 1) < 2e-3;
        assert.ok(near(tape.value(relaxed.latency), exact.latencyCycles), `${seed} ${i} ${dataflow} latency`);
        assert.ok(near(tape.value(relaxed.energy), exact.energyPj), `${seed} ${i} ${dataflow} energy`);
      }
    }
  }
});

test("rounded factors are divisors that multiply to a part of their bound, as near as the ones inside allow", () => {
  const rng = createRng(9);
  for (const { shape } of problem.layers) {
    const real = Object.fromEntries(FACTORS.map((name) => [name, Math.exp(5 * rng() - 0.5)])) as Factors;

    const rounded = roundFactors(shape, real, 16);

    for (const dim of DIMS) assert.equal(shape[dim] % tileOf(rounded, dim), 0);
    assert.ok(rounded.spatialC <= 16 && rounded.spatialK <= 16);
    assert.deepEqual(roundFactors(shape, rounded, 16), rounded);
  }
  const shape = { ...(problem.layers[0]?.shape ?? assert.fail()), P: 56 };
  assert.equal(roundFactors(shape, { ...ONES, P: 11.2 }, 16).P, 14);
  assert.equal(roundFactors(shape, { ...ONES, P: 10.9 }, 16).P, 8);
});

test("Adam goes down a slope and stays at its foot", () => {
  const point = new Float64Array([5, -3]);
  const adam = new Adam(2, 0.05);

  for (let i = 0; i < 2000; i++) {
    adam.step(
      point,
      Float64Array.from(point, (x, d) => 2 * (x - (d === 0 ? 1 : 2)) * (d === 0 ? 1 : 100)),
    );
  }

  assert.ok(Math.abs((point[0] ?? 0) - 1) < 1e-3 && Math.abs((point[1] ?? 0) - 2) < 1e-3, String(point));
});

test("a descent ends far below its start, in valid mappings on the least hardware, the same for the same seed", () => {
  const walk: WalkProblem = { workloads: workloads.slice(1), space, objective: EDP };
  const task = { steps: 1000, roundEvery: 500, rate: 0.01 };

  for (const seed of [1, 2]) {
    const start = price(descend(engine, walk, { ...task, seed, steps: 0 }), walk);
    const outcome = descend(engine, walk, { ...task, seed });

    assert.ok(price(outcome, walk) < 0.8 * start, `seed ${seed}: ${price(outcome, walk)} from ${start}`);
    assert.deepEqual(descend(engine, walk, { ...task, seed }), outcome);
  }
});

test("under an area cap a descent ends within it and no worse than its start", () => {
  const walk: WalkProblem = {
    workloads: workloads.slice(1),
    space: { ...space, maxAreaMm2: 0.45 },
    objective: EDP,
  };
  const task = { steps: 500, roundEvery: 250, rate: 0.005 };

  for (const seed of [1, 2, 3]) {
    const start = price(descend(engine, walk, { ...task, seed, steps: 0 }), walk);

    assert.ok(price(descend(engine, walk, { ...task, seed }), walk) <= start);
  }
});

/** EDP of a found design in pJ cycles, after a check of everything that it claims. */
function price(
  outcome: TrialOutcome<null>,
  { workloads: [workload], space: { maxAreaMm2 = 1e9 } }: WalkProblem,
): number {
  assert.ok(outcome.status === "found" && workload);
  const hardware = createHardware(outcome.design.hardware);
  assert.ok(area(hardware).mm2 <= maxAreaMm2);
  let latency = 0;
  let energy = 0;
  for (const [i, { shape, count }] of workload.layers.entries()) {
    const mapping = parseMapping(outcome.design.mappings[0]?.[i] ?? "");
    assert.deepEqual(violations(mapping, shape, hardware), []);
    const { latencyCycles, energyPj } = engine.explain(mapping, shape, hardware);
    latency += count * latencyCycles;
    energy += count * energyPj;
  }
  assert.equal(outcome.sums[0]?.latencyCycles, latency);
  assert.ok(Math.abs(energy / (outcome.sums[0]?.energyPj ?? 0) - 1) < 1e-12);
  return latency * energy;
}
