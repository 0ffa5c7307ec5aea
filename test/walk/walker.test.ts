import assert from "node:assert/strict";
import { test } from "node:test";
import { loadModule } from "#kernels";
import { codesign } from "../../src/codesign/codesign.ts";
import { createEngine } from "../../src/fidelity/engine.ts";
import { area } from "../../src/hardware/area.ts";
import { createHardware } from "../../src/hardware/hardware.ts";
import { collectArchive } from "../../src/mapper/enumeration.ts";
import { cost, EDP, parseObjective } from "../../src/mapper/objective.ts";
import { parseMapping } from "../../src/space/mapping.ts";
import { violations } from "../../src/space/validity.ts";
import type { AnnealJob, BreedJob, WalkedDesign, WalkProblem } from "../../src/walk/request.ts";
import { Walker } from "../../src/walk/walker.ts";
import { builtinWorkload } from "../../src/workload/builtin.ts";
import { toLayerShape } from "../../src/workload/layer.ts";
import type { Workload } from "../../src/workload/workload.ts";

const module = await loadModule();
const engine = await createEngine(module, 1);

const small: Workload = {
  name: "small",
  layers: [
    { name: "a", count: 2, groups: 1, shape: toLayerShape({ K: 64, C: 48, P: 14, Q: 14, R: 3, S: 3, N: 2 }) },
    {
      name: "b",
      count: 1,
      groups: 1,
      shape: toLayerShape({ K: 30, C: 3, P: 56, Q: 28, R: 7, S: 5, Wstride: 2, Hstride: 2 }),
    },
    { name: "c", count: 3, groups: 1, shape: toLayerShape({ K: 96, C: 64, P: 49, Wdilation: 2 }) },
    {
      name: "a again",
      count: 1,
      groups: 1,
      shape: toLayerShape({ K: 64, C: 48, P: 14, Q: 14, R: 3, S: 3, N: 2 }),
    },
  ],
};
const space = {
  arrays: [{ peDim: 4 }, { peDim: 8 }, { peDim: 16 }],
  scratchpadKib: [1, 2, 3, 4, 6, 8, 12, 16, 24, 32, 48, 64],
  accumulatorKib: [1, 2, 3, 4, 6, 8, 12, 16],
  maxAreaMm2: 0.25,
};
const problem: WalkProblem = { workloads: [small], space, objective: EDP };
const annealing = (of: WalkProblem, seed: number): AnnealJob => ({
  problem: of,
  seed,
  rounds: 1000,
  moves: 200,
  relax: 200,
  hot: 0.02,
  cold: 1e-5,
});
const breeding = (of: WalkProblem, seed: number): BreedJob => ({
  problem: of,
  seed,
  size: 24,
  children: 1000,
  learn: 300,
  members: [],
});

/** Prices a design with the engine and compares every number that the walk gave. */
function check({ workloads, space: { maxAreaMm2 = 1e9 } }: WalkProblem, design: WalkedDesign): void {
  const hardware = createHardware(design.hardware);
  assert.ok(area(hardware).mm2 <= maxAreaMm2);
  for (const [network, { layers }] of workloads.entries()) {
    let latency = 0;
    let energy = 0;
    for (const [i, { shape, count }] of layers.entries()) {
      const mapping = parseMapping(design.mappings[network]?.[i] ?? "");
      assert.deepEqual(violations(mapping, shape, hardware), []);
      const { latencyCycles, energyPj } = engine.explain(mapping, shape, hardware);
      latency += count * latencyCycles;
      energy += count * energyPj;
    }
    const sums = design.sums[network];
    assert.equal(sums?.latencyCycles, latency);
    assert.ok(Math.abs(energy / (sums?.energyPj ?? 0) - 1) < 1e-12);
  }
}

const value = ({ sums: [sums] }: WalkedDesign): number =>
  cost(EDP, sums?.latencyCycles ?? Number.NaN, sums?.energyPj ?? Number.NaN);

const optimum = await codesign(
  { collectArchive: async ({ shape, array, range }) => collectArchive(module, shape, array, range) },
  { workloads: [small], space, objective: EDP },
);
const least = (optimum.networks[0]?.totals.edpJCycles ?? Number.NaN) * 1e12;

test("annealing and breeding come within 1 % of the proven optimum, and never below it", () => {
  const walker = new Walker(module, problem);

  const found = [0, 1, 2].flatMap((seed) => [
    walker.anneal(annealing(problem, seed)).best,
    walker.breed(breeding(problem, seed)).best,
  ]);

  assert.ok(optimum.optimal);
  for (const [i, design] of found.entries()) {
    check(problem, design);
    const ratio = value(design) / least;
    assert.ok(ratio >= 1 - 1e-12 && ratio < 1.01, `walk ${i}: ${ratio}`);
  }
});

test("designs of short walks over several networks are valid, within the area, and cost what the engine says", () => {
  const objectives = ["edp", "latency", "energy", "ed2p", "weighted:0.3"].map((name) => parseObjective(name));
  for (const [seed, objective] of objectives.entries()) {
    const both: WalkProblem = { workloads: [builtinWorkload("bert"), small], space, objective };
    const walker = new Walker(module, both);

    check(both, walker.anneal({ ...annealing(both, seed), rounds: 3 }).best);
    check(both, walker.breed({ ...breeding(both, seed), children: 5, learn: 3 }).best);
  }
});

test("a walk depends on its seed and its start alone", () => {
  const walker = new Walker(module, problem);
  const job = { ...annealing(problem, 7), rounds: 20 };
  const first = walker.anneal(job);

  walker.breed({ ...breeding(problem, 1), children: 50 });
  assert.deepEqual(walker.anneal(job), first);
  assert.deepEqual(new Walker(module, problem).anneal(job), first);
  assert.notDeepEqual(walker.anneal({ ...job, seed: 8 }), first);
});

test("a walk that takes up a design again does not end worse", () => {
  const walker = new Walker(module, problem);
  const { best, evaluated } = walker.anneal({ ...annealing(problem, 1), rounds: 20 });
  const start = { hardware: best.hardware, tiles: best.tiles };

  const again = walker.anneal({ ...annealing(problem, 2), rounds: 1, start });
  const bred = walker.breed({ ...breeding(problem, 3), children: 10, members: [start] });

  assert.ok(evaluated > 1000);
  assert.ok(value(again.best) <= value(best));
  assert.ok(value(bred.best) <= value(best));
  assert.equal(bred.members.length, 24);
  assert.deepEqual(bred.members[0], { hardware: bred.best.hardware, tiles: bred.best.tiles });
});

test("one hardware config is walked too, and a start outside the space is refused", () => {
  const one: WalkProblem = {
    ...problem,
    space: { arrays: [{ peDim: 8 }], scratchpadKib: [16], accumulatorKib: [4] },
  };
  const walker = new Walker(module, one);

  const { best } = walker.anneal(annealing(one, 1));

  check(one, best);
  assert.deepEqual(best.hardware, { peDim: 8, scratchpadKib: 16, accumulatorKib: 4 });
  const start = { hardware: { ...best.hardware, peDim: 16 }, tiles: best.tiles };
  assert.throws(() => walker.anneal({ ...annealing(one, 1), start }), /the array of a waypoint/);
});
