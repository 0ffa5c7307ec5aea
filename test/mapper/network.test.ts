import assert from "node:assert/strict";
import { test } from "node:test";
import { boundCapped, minimiseCapped } from "../../src/mapper/capped.ts";
import { lowerLeftHull, type Point } from "../../src/mapper/hull.ts";
import { minimiseNetwork } from "../../src/mapper/network.ts";
import { cost, parseObjective } from "../../src/mapper/objective.ts";
import { createRng, type Rng } from "../../src/rng.ts";
import { integer, pick } from "./random-case.ts";

const OBJECTIVES = ["edp", "latency", "energy", "ed2p", "weighted:0.3"].map((text) => parseObjective(text));

interface RandomLayer {
  readonly count: number;
  readonly points: readonly Point[];
}

function randomLayers(rng: Rng): readonly RandomLayer[] {
  return Array.from({ length: integer(rng, 1, 4) }, () => ({
    count: integer(rng, 1, 5),
    points: Array.from({ length: integer(rng, 1, 7) }, () => ({
      latencyCycles: integer(rng, 1, 40) * pick([1, 10], rng),
      energyPj: integer(rng, 1, 40) * pick([1, 10], rng),
    })),
  }));
}

/** Every choice of one point for each layer. */
function* everySum(layers: readonly RandomLayer[]): Generator<Point> {
  const [first, ...rest] = layers;
  if (!first) {
    yield { latencyCycles: 0, energyPj: 0 };
    return;
  }
  for (const sum of everySum(rest)) {
    for (const { latencyCycles, energyPj } of first.points) {
      yield {
        latencyCycles: sum.latencyCycles + first.count * latencyCycles,
        energyPj: sum.energyPj + first.count * energyPj,
      };
    }
  }
}

function pareto(points: readonly Point[]): readonly Point[] {
  return points
    .filter(
      (a) =>
        !points.some(
          (b) =>
            b.latencyCycles <= a.latencyCycles &&
            b.energyPj <= a.energyPj &&
            (b.latencyCycles < a.latencyCycles || b.energyPj < a.energyPj),
        ),
    )
    .sort((a, b) => a.latencyCycles - b.latencyCycles)
    .filter((a, i, all) => i === 0 || all[i - 1]?.latencyCycles !== a.latencyCycles);
}

test("merging hulls by slope finds the least objective of all sums", () => {
  for (let i = 0; i < 3000; i++) {
    const layers = randomLayers(createRng(41, i));
    const sums = [...everySum(layers)];
    for (const objective of OBJECTIVES) {
      const found = minimiseNetwork(
        layers.map(({ count, points }) => ({ count, points: lowerLeftHull(points) })),
        objective,
      );
      const least = Math.min(
        ...sums.map(({ latencyCycles, energyPj }) => cost(objective, latencyCycles, energyPj)),
      );
      assert.equal(found?.cost, least, `${objective.name}: ${JSON.stringify(layers)}`);
    }
  }
});

test("the sum of the layers' own optima can be far worse than the network's", () => {
  const hulls = [
    {
      count: 1,
      points: [
        { latencyCycles: 1, energyPj: 100 },
        { latencyCycles: 12, energyPj: 10 },
      ],
    },
    { count: 1, points: [{ latencyCycles: 1000, energyPj: 1 }] },
  ];

  const found = minimiseNetwork(hulls, parseObjective("edp"));

  assert.deepEqual(found?.picks, [1, 0]);
  // The first layer's own optimum is its first pair, which makes the network nine times worse.
  assert.ok(1 * 100 < 12 * 10);
  assert.ok(found?.cost === 1012 * 11 && 1001 * 101 > 9 * found.cost);
});

test("a layer without a mapping leaves the network without one", () => {
  assert.equal(minimiseNetwork([{ count: 1, points: [] }], parseObjective("edp")), undefined);
});

test("under caps the least objective is found, or that there is none", () => {
  let capped = 0;
  let none = 0;
  for (let i = 0; i < 3000; i++) {
    const rng = createRng(42, i);
    const layers = randomLayers(rng);
    const sums = [...everySum(layers)];
    const some = pick(sums, rng);
    const caps = {
      ...(rng() < 0.7 ? { latencyCycles: some.latencyCycles - (rng() < 0.2 ? 1 : 0) } : {}),
      ...(rng() < 0.7 ? { energyPj: some.energyPj - (rng() < 0.2 ? 1 : 0) } : {}),
    };
    const objective = pick(OBJECTIVES, rng);
    const { best, bound } = minimiseCapped(
      layers.map(({ count, points }) => ({ count, points: pareto(points) })),
      objective,
      caps,
    );
    const kept = sums.filter(
      ({ latencyCycles, energyPj }) =>
        latencyCycles <= (caps.latencyCycles ?? Infinity) && energyPj <= (caps.energyPj ?? Infinity),
    );
    const least = Math.min(
      ...kept.map(({ latencyCycles, energyPj }) => cost(objective, latencyCycles, energyPj)),
    );
    const which = JSON.stringify({ layers, caps, objective });
    if (kept.length === 0) {
      none++;
      assert.equal(best, undefined, which);
      continue;
    }
    capped++;
    assert.equal(best?.cost, least, which);
    assert.equal(bound, least, which);
  }
  assert.ok(capped > 1000 && none > 50, `${capped} with an answer, ${none} without`);
});

test("when the search for a capped optimum ends early, its bound still holds", () => {
  for (let i = 0; i < 1000; i++) {
    const rng = createRng(43, i);
    const layers = randomLayers(rng);
    const sums = [...everySum(layers)];
    const caps = { latencyCycles: pick(sums, rng).latencyCycles };
    const { best, bound } = minimiseCapped(
      layers.map(({ count, points }) => ({ count, points: pareto(points) })),
      parseObjective("edp"),
      caps,
      { nodes: integer(rng, 0, 3) },
    );
    const least = Math.min(
      ...sums
        .filter((sum) => sum.latencyCycles <= caps.latencyCycles)
        .map((sum) => sum.latencyCycles * sum.energyPj),
    );
    assert.ok(
      bound <= least && (best?.cost ?? Infinity) >= least,
      JSON.stringify({ layers, caps, bound, least }),
    );
  }
});

test("under caps latency is followed by energy among equals, and energy by latency", () => {
  for (let i = 0; i < 1000; i++) {
    const rng = createRng(44, i);
    const layers = randomLayers(rng);
    const sums = [...everySum(layers)];
    const fronts = layers.map(({ count, points }) => ({ count, points: pareto(points) }));
    const { latencyCycles, energyPj } = pick(sums, rng);
    const quickest = minimiseCapped(fronts, parseObjective("latency"), { energyPj }).best;
    const thriftiest = minimiseCapped(fronts, parseObjective("energy"), { latencyCycles }).best;
    const first = sums
      .filter((sum) => sum.energyPj <= energyPj)
      .reduce((a, b) =>
        b.latencyCycles < a.latencyCycles || (b.latencyCycles === a.latencyCycles && b.energyPj < a.energyPj)
          ? b
          : a,
      );
    const second = sums
      .filter((sum) => sum.latencyCycles <= latencyCycles)
      .reduce((a, b) =>
        b.energyPj < a.energyPj || (b.energyPj === a.energyPj && b.latencyCycles < a.latencyCycles) ? b : a,
      );
    assert.deepEqual([quickest?.latencyCycles, quickest?.energyPj], [first.latencyCycles, first.energyPj]);
    assert.deepEqual(
      [thriftiest?.latencyCycles, thriftiest?.energyPj],
      [second.latencyCycles, second.energyPj],
    );
  }
});

test("what decides among equals is proven only where it is the best there is, however soon the search ends", () => {
  let unproven = 0;
  for (let i = 0; i < 300; i++) {
    const rng = createRng(45, i);
    const layers = Array.from({ length: 5 }, () => ({
      count: integer(rng, 1, 2),
      points: pareto([1, 2, 3].map((latencyCycles) => ({ latencyCycles, energyPj: integer(rng, 1, 20) }))),
    }));
    const sums = [...everySum(layers)];
    const { energyPj } = pick(sums, rng);
    const nodes = integer(rng, 1, 6);

    const { best, tieProven } = minimiseCapped(layers, parseObjective("latency"), { energyPj }, { nodes });

    if (!best) continue;
    const energies = sums.filter((sum) => sum.latencyCycles <= best.latencyCycles).map((sum) => sum.energyPj);
    if (!tieProven) unproven++;
    else assert.equal(best.energyPj, Math.min(...energies), JSON.stringify({ layers, energyPj, nodes }));
  }
  assert.ok(unproven > 20 && unproven < 280, `${unproven} of 300 unproven`);
});

test("a cap is kept to the last cycle, however large the numbers", () => {
  const points = [
    { latencyCycles: 2e12, energyPj: 100 },
    { latencyCycles: 2e12 + 2, energyPj: 1 },
  ];

  const { best } = minimiseCapped([{ count: 1, points }], parseObjective("edp"), { latencyCycles: 2e12 + 1 });

  assert.equal(best?.latencyCycles, 2e12);
});

test("one cap is kept even if the search ends at once", () => {
  for (let i = 0; i < 500; i++) {
    const rng = createRng(45, i);
    const layers = randomLayers(rng);
    const sums = [...everySum(layers)];
    const caps =
      rng() < 0.5 ? { latencyCycles: pick(sums, rng).latencyCycles } : { energyPj: pick(sums, rng).energyPj };
    const fronts = layers.map(({ count, points }) => ({ count, points: pareto(points) }));

    const { best } = minimiseCapped(fronts, parseObjective("edp"), caps, { nodes: 0 });

    assert.ok(
      best &&
        best.latencyCycles <= (caps.latencyCycles ?? Infinity) &&
        best.energyPj <= (caps.energyPj ?? Infinity),
    );
  }
});

test("the bound by hulls alone holds for every choice under the caps, also with points above the hulls", () => {
  for (let i = 0; i < 2000; i++) {
    const rng = createRng(46, i);
    const layers = randomLayers(rng);
    const sums = [...everySum(layers)];
    const caps = { latencyCycles: pick(sums, rng).latencyCycles, energyPj: pick(sums, rng).energyPj };
    const objective = pick(OBJECTIVES, rng);
    const bound = boundCapped(
      layers.map(({ count, points }) => ({ count, points: lowerLeftHull(points) })),
      objective,
      caps,
    );
    for (const { latencyCycles, energyPj } of sums) {
      if (latencyCycles > caps.latencyCycles || energyPj > caps.energyPj) continue;
      assert.ok(
        bound <= cost(objective, latencyCycles, energyPj),
        JSON.stringify({ layers, caps, objective, bound }),
      );
    }
  }
});

test("an objective that is none is refused, and says which there are", () => {
  for (const text of ["", "EDP", "weighted", "weighted:2", "weighted:-0.1", "weighted:x", "__proto__"]) {
    assert.throws(() => parseObjective(text), /expected edp, latency, energy, ed2p or weighted:W/, text);
  }
  assert.deepEqual(parseObjective("weighted:0.25"), {
    name: "weighted:0.25",
    latencyPower: 0.25,
    energyPower: 0.75,
  });
  assert.equal(cost(parseObjective("ed2p"), 3, 5), 45);
});
