import assert from "node:assert/strict";
import { test } from "node:test";
import { loadModule } from "#kernels";
import { createEngine } from "../../src/fidelity/engine.ts";
import { lowerLeftHull, type Point } from "../../src/mapper/hull.ts";
import { LayerSearch } from "../../src/mapper/layer-search.ts";
import { minimiseNetwork } from "../../src/mapper/network.ts";
import { cost, parseObjective } from "../../src/mapper/objective.ts";
import { createRng } from "../../src/rng.ts";
import { priceAll } from "../reference/map-space.ts";
import { integer, smallHardware, smallShape } from "./random-case.ts";

const CASES = Number(process.env["POLARIS_MAPPER_CASES"] ?? 1000);
const OBJECTIVES = ["edp", "latency", "energy", "ed2p", "weighted:0.2", "weighted:0.8"].map((text) =>
  parseObjective(text),
);

test(`the mapper finds, to the bit, what enumerating every mapping finds, on ${CASES} random layers`, async () => {
  const module = await loadModule();
  const engine = await createEngine(module, 4096);
  let mappings = 0;
  let infeasible = 0;
  for (let i = 0; i < CASES; i++) {
    const rng = createRng(31, i);
    const shape = smallShape(rng, i % 50 === 0 ? integer(rng, 5, 6) : integer(rng, 2, 5));
    const hardware = smallHardware(rng);
    const which = `case ${i}: ${JSON.stringify(shape)} on ${JSON.stringify(hardware)}`;

    const all = priceAll(engine, shape, hardware);
    const front = new LayerSearch(module, shape, hardware, { keepPareto: true });
    front.advance(Number.POSITIVE_INFINITY);
    const hull = new LayerSearch(module, shape, hardware);
    hull.advance(Number.POSITIVE_INFINITY);

    const pareto = all.points.filter(
      ([, energy], place) =>
        place === 0 || energy < Math.min(...all.points.slice(0, place).map(([, e]) => e)),
    );
    mappings += all.mappings;
    assert.deepEqual(
      front.points().map(({ latencyCycles, energyPj }) => [latencyCycles, energyPj]),
      pareto,
      which,
    );
    assert.deepEqual(
      hull.points().map(({ latencyCycles, energyPj }) => [latencyCycles, energyPj]),
      lowerLeftHull(pareto.map(([latencyCycles, energyPj]) => ({ latencyCycles, energyPj }))).map(
        ({ latencyCycles, energyPj }) => [latencyCycles, energyPj],
      ),
      which,
    );
    for (const { mapping, latencyCycles, energyPj } of front.points()) {
      engine.batch.write(0, mapping);
      engine.evaluateNow(shape, hardware, 1);
      assert.deepEqual(
        [engine.batch.latencyCycles(0), engine.batch.energyPj(0)],
        [latencyCycles, energyPj],
        which,
      );
    }
    if (pareto.length === 0) infeasible++;
    for (const objective of pareto.length === 0 ? [] : OBJECTIVES) {
      const found = minimiseNetwork([{ count: 1, points: hull.points() }], objective);
      const least = Math.min(...pareto.map(([latency, energy]) => cost(objective, latency, energy)));
      assert.equal(found?.cost, least, `${objective.name}, ${which}`);
    }
  }
  assert.ok(mappings > 50 * CASES, `only ${mappings} mappings were enumerated`);
  assert.equal(infeasible, 0, "every accelerator holds one word of each operand");
});

test("a latency optimum has the least energy among equal latencies, an energy optimum the least latency", async () => {
  const module = await loadModule();
  const engine = await createEngine(module, 4096);
  for (let i = 0; i < 200; i++) {
    const rng = createRng(32, i);
    const [shape, hardware] = [smallShape(rng, integer(rng, 2, 5)), smallHardware(rng)];
    const { points } = priceAll(engine, shape, hardware);
    const search = new LayerSearch(module, shape, hardware);
    search.advance(Number.POSITIVE_INFINITY);
    const hull = search.points();

    const quickest = points.reduce((a, b) => (b[0] < a[0] || (b[0] === a[0] && b[1] < a[1]) ? b : a));
    const thriftiest = points.reduce((a, b) => (b[1] < a[1] || (b[1] === a[1] && b[0] < a[0]) ? b : a));
    const [latency, energy] = ["latency", "energy"].map((name) =>
      minimiseNetwork([{ count: 3, points: hull }], parseObjective(name)),
    );
    assert.deepEqual([latency?.latencyCycles, latency?.energyPj], [3 * quickest[0], 3 * quickest[1]]);
    assert.deepEqual([energy?.latencyCycles, energy?.energyPj], [3 * thriftiest[0], 3 * thriftiest[1]]);
  }
});

test("a search in many steps ends as one in a single step", async () => {
  const module = await loadModule();
  for (let i = 0; i < 50; i++) {
    const rng = createRng(33, i);
    const [shape, hardware] = [smallShape(rng, 7), smallHardware(rng)];
    const [whole, stepped] = [0, 1].map(() => new LayerSearch(module, shape, hardware)) as [
      LayerSearch,
      LayerSearch,
    ];
    whole.advance(Number.POSITIVE_INFINITY);
    while (!stepped.done) stepped.advance(integer(rng, 1, 5));

    assert.deepEqual(stepped.points(), whole.points());
    assert.deepEqual(stepped.statistics(), whole.statistics());
    assert.deepEqual(stepped.unsearched(), []);
  }
});

test("what is not yet searched is never better than its bound says", async () => {
  const module = await loadModule();
  for (let i = 0; i < 300; i++) {
    const rng = createRng(34, i);
    const [shape, hardware] = [smallShape(rng, 7), smallHardware(rng)];
    const search = new LayerSearch(module, shape, hardware, { keepPareto: true });
    const looks: (readonly { latencyCycles: number; energyPj: number }[])[] = [];
    while (!search.done) {
      search.advance(2);
      looks.push(lowerLeftHull([...search.points(), ...search.unsearched()]));
    }

    for (const point of search.points()) {
      for (const look of looks) {
        assert.ok(!liesBelow(look, point), JSON.stringify({ shape, hardware, point }));
      }
    }
  }
});

/** Whether a pair lies below a convex hull. */
function liesBelow(hull: readonly Point[], { latencyCycles, energyPj }: Point): boolean {
  if (hull.some((one) => one.latencyCycles <= latencyCycles && one.energyPj <= energyPj)) return false;
  const right = hull.findIndex((one) => one.latencyCycles > latencyCycles);
  const [a, b] = [hull[right - 1], hull[right]];
  if (!a || !b) return true;
  const share = (latencyCycles - a.latencyCycles) / (b.latencyCycles - a.latencyCycles);
  return energyPj < (a.energyPj + share * (b.energyPj - a.energyPj)) * (1 - 1e-12);
}
