import assert from "node:assert/strict";
import { test } from "node:test";
import { loadModule } from "#kernels";
import { branchAndBound, codesign } from "../../src/codesign/codesign.ts";
import { codesignFront } from "../../src/codesign/front.ts";
import { collectPlatforms } from "../../src/codesign/platform.ts";
import { PriorityQueue } from "../../src/codesign/queue.ts";
import { arrayAreas, type HardwareSpace, halves } from "../../src/codesign/space.ts";
import { createEngine } from "../../src/fidelity/engine.ts";
import { totals } from "../../src/fidelity/totals.ts";
import { area } from "../../src/hardware/area.ts";
import { createHardware } from "../../src/hardware/hardware.ts";
import { createLocalPool } from "../../src/mapper/archive-pool.ts";
import { lowerLeftHull } from "../../src/mapper/hull.ts";
import { LayerSearch } from "../../src/mapper/layer-search.ts";
import { Watch } from "../../src/mapper/limits.ts";
import { minimiseNetwork } from "../../src/mapper/network.ts";
import { bestOn, collectNetwork, type NetworkPoint } from "../../src/mapper/network-archive.ts";
import { parseObjective } from "../../src/mapper/objective.ts";
import { paddedShapes } from "../../src/mapper/padding.ts";
import { createRng } from "../../src/rng.ts";
import { parseMapping } from "../../src/space/mapping.ts";
import { builtinWorkload } from "../../src/workload/builtin.ts";
import { toLayerShape } from "../../src/workload/layer.ts";
import type { Workload } from "../../src/workload/workload.ts";
import { integer, pick, smallShape } from "../mapper/random-case.ts";

const module = await loadModule();
const pool = createLocalPool(module);

function randomWorkload(seed: number, i: number): Workload {
  const rng = createRng(seed, i);
  const layers = Array.from({ length: integer(rng, 1, 3) }, (_, place) => {
    const shape = smallShape(rng, 9);
    return { name: `layer${place}`, count: integer(rng, 1, 4), groups: 1, shape };
  });
  return { name: `workload${i}`, layers };
}

function costOn(
  workload: Workload,
  parameters: Parameters<typeof createHardware>[0],
  name: string,
  allowPadding = false,
): number {
  const hulls = workload.layers.map(({ shape, count }) => {
    const padding = allowPadding ? { padded: () => paddedShapes(shape, parameters.peDim) } : {};
    const search = new LayerSearch(module, shape, createHardware(parameters), padding);
    search.advance(Number.POSITIVE_INFINITY);
    return { count, points: search.points() };
  });
  return minimiseNetwork(hulls, parseObjective(name))?.cost ?? Number.NaN;
}

test("branch and bound finds the hardware that trying every config finds, with and without a cap, for one or two networks", async () => {
  for (let i = 0; i < 12; i++) {
    const rng = createRng(61, i);
    const workloads = Array.from({ length: i % 3 === 0 ? 2 : 1 }, (_, place) =>
      randomWorkload(62, 2 * i + place),
    );
    const space: HardwareSpace = {
      arrays: [{ peDim: 2 }, { peDim: pick([4, 6, 16], rng) }],
      scratchpadKib: [1, 2, 3, 5, 8, 9],
      accumulatorKib: [1, 2, 4, 7],
      ...(rng() < 0.6 ? { maxAreaMm2: 0.02 + 0.1 * rng() } : {}),
    };
    const name = pick(["edp", "energy", "latency", "weighted:0.7"], rng);
    let least = Number.POSITIVE_INFINITY;
    for (const array of space.arrays) {
      for (const scratchpadKib of space.scratchpadKib) {
        for (const accumulatorKib of space.accumulatorKib) {
          const parameters = { ...array, scratchpadKib, accumulatorKib };
          if (area(createHardware(parameters)).mm2 > (space.maxAreaMm2 ?? Number.POSITIVE_INFINITY)) continue;
          const costs = workloads.map((workload) => costOn(workload, parameters, name));
          const mean = costs.reduce(
            (product, cost) => product * (costs.length === 1 ? cost : cost ** (1 / costs.length)),
            1,
          );
          least = Math.min(least, mean);
        }
      }
    }

    const found = await codesign(pool, { workloads, space, objective: parseObjective(name) });

    const costs = workloads.map((workload) => costOn(workload, found.hardware, name));
    const mean = costs.reduce(
      (product, cost) => product * (costs.length === 1 ? cost : cost ** (1 / costs.length)),
      1,
    );
    assert.equal(found.optimal, true);
    assert.equal(found.gap, 0);
    assert.equal(mean, least, JSON.stringify({ i, name, space, hardware: found.hardware }));
    assert.ok(
      (found.networks[0]?.totals.areaMm2 ?? Number.NaN) <= (space.maxAreaMm2 ?? Number.POSITIVE_INFINITY),
    );
  }
});

test("with padding, branch and bound finds what trying every config with every padded shape finds, and the engine the same totals", async () => {
  const engine = await createEngine(module, 1);
  let padded = 0;
  for (let i = 0; i < 12; i++) {
    const rng = createRng(71, i);
    const layers = Array.from({ length: integer(rng, 1, 3) }, (_, place) => ({
      name: `layer${place}`,
      count: integer(rng, 1, 4),
      groups: 1,
      shape: toLayerShape({
        K: integer(rng, 1, 60),
        C: integer(rng, 1, 40),
        P: integer(rng, 1, 20),
        Q: integer(rng, 1, 9),
        R: pick([1, 1, 3], rng),
        Wstride: pick([1, 2], rng),
      }),
    }));
    const workload: Workload = { name: "odd", layers };
    const space: HardwareSpace = {
      arrays: [{ peDim: 4 }, { peDim: pick([7, 8, 16], rng) }],
      scratchpadKib: [1, 2, 3, 5, 8],
      accumulatorKib: [1, 2, 4],
      ...(rng() < 0.6 ? { maxAreaMm2: 0.03 + 0.2 * rng() } : {}),
    };
    const name = pick(["edp", "energy", "latency", "weighted:0.7"], rng);
    let least = Number.POSITIVE_INFINITY;
    for (const { peDim } of space.arrays) {
      for (const scratchpadKib of space.scratchpadKib) {
        for (const accumulatorKib of space.accumulatorKib) {
          const parameters = { peDim, scratchpadKib, accumulatorKib };
          if (area(createHardware(parameters)).mm2 > (space.maxAreaMm2 ?? Number.POSITIVE_INFINITY)) continue;
          least = Math.min(least, costOn(workload, parameters, name, true));
        }
      }
    }

    const request = { workloads: [workload], space, objective: parseObjective(name), allowPadding: true };
    const { hardware, networks, optimal } = await codesign(pool, request);

    assert.equal(optimal, true);
    const which = JSON.stringify({ i, name, space, hardware });
    assert.equal(costOn(workload, hardware, name, true), least, which);
    const [network] = networks;
    const priced = network?.layers.map(({ shape, mapping, count }) => {
      engine.batch.write(0, parseMapping(mapping));
      engine.evaluateNow(shape, createHardware(hardware), 1);
      return {
        count,
        latencyCycles: engine.batch.latencyCycles(0),
        energyUj: engine.batch.energyPj(0) * 1e-6,
      };
    });
    assert.deepEqual(network?.totals, totals(priced ?? [], area(createHardware(hardware))), which);
    padded += network?.layers.filter(({ paddedFrom }) => paddedFrom).length ?? 0;
  }
  assert.ok(padded > 5, `${padded} layers run padded`);
});

test("the front with padding holds the best config with padding", async () => {
  const layers = [{ name: "odd", count: 1, groups: 1, shape: toLayerShape({ K: 23, C: 7, P: 19, R: 3 }) }];
  const space: HardwareSpace = {
    arrays: [{ peDim: 4 }, { peDim: 8 }],
    scratchpadKib: [1, 2, 4],
    accumulatorKib: [1, 2],
  };
  const workload: Workload = { name: "odd", layers };
  const edp = parseObjective("edp");

  const { points } = await codesignFront(pool, { workload, space, allowPadding: true });
  const best = async (allowPadding: boolean): Promise<number | undefined> => {
    const { networks } = await codesign(pool, { workloads: [workload], space, objective: edp, allowPadding });
    return networks[0]?.totals.edpJCycles;
  };

  const least = Math.min(...points.map(({ totals }) => totals.edpJCycles));
  assert.ok(Math.abs(least / ((await best(true)) ?? Number.NaN) - 1) < 1e-12);
  assert.ok(least < ((await best(false)) ?? Number.NaN));
});

test("a budget that ends first leaves a design whose gap holds the truth", async () => {
  const workload = builtinWorkload("bert");
  const sizes = Array.from({ length: 2048 }, (_, i) => i + 1);
  const space: HardwareSpace = {
    arrays: [{ peDim: 8 }, { peDim: 16 }],
    scratchpadKib: sizes,
    accumulatorKib: sizes,
  };
  const request = { workloads: [workload], space, objective: parseObjective("edp") };

  const whole = await codesign(pool, request);
  const cut = await codesign(pool, { ...request, budgetMs: 0 });

  const edp = (result: typeof whole): number => result.networks[0]?.totals.edpJCycles ?? Number.NaN;
  assert.equal(whole.optimal, true);
  assert.equal(cut.optimal, false);
  assert.ok(
    edp(cut) >= edp(whole) && edp(cut) <= edp(whole) * (1 + cut.gap) * (1 + 1e-12),
    `${edp(cut)} ${edp(whole)} ${cut.gap}`,
  );
});

test("a limit that ends the halving of boxes leaves a bound that the optimum keeps", async () => {
  let open = 0;
  for (let i = 0; i < 8; i++) {
    const workloads = [randomWorkload(64, i)];
    const space: HardwareSpace = {
      arrays: [{ peDim: 2 }, { peDim: 4 }],
      scratchpadKib: [1, 2, 3, 5, 8, 9],
      accumulatorKib: [1, 2, 4, 7],
    };
    const objective = parseObjective(i % 2 === 0 ? "edp" : "energy");
    const platforms = await collectPlatforms(pool, { workloads, space });
    const watch = new Watch({ budgetMs: 0 });
    const least = await branchAndBound(space, platforms, objective, new Watch({}), undefined);

    const ended = await branchAndBound(space, platforms, objective, watch, undefined);

    watch.close();
    assert.ok(ended.best.cost >= least.best.cost);
    assert.ok((ended.open?.cost ?? ended.best.cost) <= least.best.cost, JSON.stringify({ i, ended, least }));
    if (ended.open && ended.open.cost < ended.best.cost) open++;
  }
  assert.ok(open > 4, `${open} of 8 with a gap`);
});

test("a limit that leaves open what decides among equals leaves no proven optimum", async () => {
  let tied = 0;
  for (let i = 0; i < 12; i++) {
    const request = {
      workloads: [randomWorkload(65, i)],
      space: { arrays: [{ peDim: 2 }], scratchpadKib: [1, 2, 3, 5, 8, 9], accumulatorKib: [1, 2, 4, 7] },
      objective: parseObjective("latency"),
    };
    const whole = await codesign(pool, request);
    const controller = new AbortController();
    const some = await codesign(pool, {
      ...request,
      signal: controller.signal,
      // All mappings are there, and no box is halved.
      onProgress: (progress) => {
        if (progress.phase === "enumerate" && progress.done === progress.of) controller.abort();
      },
    });
    const [a, b] = [some.networks[0]?.totals, whole.networks[0]?.totals];
    if (a?.latencyCycles !== b?.latencyCycles || a?.energyUj === b?.energyUj) continue;
    tied++;
    assert.equal(some.optimal, false, JSON.stringify({ i, a, b }));
  }
  assert.ok(tied > 3, `${tied} of 12 of equal latency`);
});

test("a cap below the smallest config is refused, and says what the smallest takes", async () => {
  const space: HardwareSpace = {
    arrays: [{ peDim: 2 }],
    scratchpadKib: [1],
    accumulatorKib: [1],
    maxAreaMm2: 1e-6,
  };
  await assert.rejects(
    codesign(pool, { workloads: [randomWorkload(64, 1)], space, objective: parseObjective("edp") }),
    /^InputError: maxAreaMm2: expected at least the smallest config's 0\.01359502, found 0\.000001/,
  );
});

test("latency alone is followed by energy among equals, over hardware too", async () => {
  const workload = builtinWorkload("dlrm");
  const space: HardwareSpace = {
    arrays: [{ peDim: 16 }],
    scratchpadKib: Array.from({ length: 32 }, (_, i) => 4 * i + 4),
    accumulatorKib: Array.from({ length: 16 }, (_, i) => i + 1),
  };
  const { networks, optimal } = await codesign(pool, {
    workloads: [workload],
    space,
    objective: parseObjective("latency"),
  });
  const network = await collectNetwork(pool, {
    layers: workload.layers,
    array: { peDim: 16 },
    range: { leastScratchpadKib: 4, mostScratchpadKib: 128, leastAccumulatorKib: 1, mostAccumulatorKib: 16 },
  });
  const all = space.scratchpadKib.flatMap((scratchpadKib) =>
    space.accumulatorKib.map((accumulatorKib) => {
      const { totals } = bestOn(
        network,
        scratchpadKib,
        accumulatorKib,
        parseObjective("latency"),
      ) as NetworkPoint;
      return [totals.latencyCycles, totals.energyUj] as const;
    }),
  );
  const first = all.reduce((a, b) => (b[0] < a[0] || (b[0] === a[0] && b[1] < a[1]) ? b : a));

  assert.equal(optimal, true);
  assert.deepEqual([networks[0]?.totals.latencyCycles, networks[0]?.totals.energyUj], first);
});

test("a cap that equals a config's area lets it in", async () => {
  const parameters = { peDim: 4, scratchpadKib: 3, accumulatorKib: 2 };
  const { hardware } = await codesign(pool, {
    workloads: [randomWorkload(68, 1)],
    space: {
      arrays: [{ peDim: 4 }],
      scratchpadKib: [3],
      accumulatorKib: [2],
      maxAreaMm2: area(createHardware(parameters)).mm2,
    },
    objective: parseObjective("edp"),
  });
  assert.deepEqual(hardware, parameters);
});

test("boxes halve down to single configs without losing or doubling one", () => {
  const space: HardwareSpace = {
    arrays: [{ peDim: 4 }],
    scratchpadKib: [1, 2, 3, 50, 51],
    accumulatorKib: [4, 5, 6, 7, 900],
  };
  const leaves: string[] = [];
  const visit = (box: Parameters<typeof halves>[1]): void => {
    const parts = halves(space, box);
    if (parts) for (const part of parts) visit(part);
    else leaves.push(`${box.scratchpad[0]},${box.accumulator[0]}`);
  };
  visit({ array: 0, scratchpad: [0, 4], accumulator: [0, 4] });

  assert.equal(leaves.length, 25);
  assert.equal(new Set(leaves).size, 25);
});

test("areas of a space are those of its accelerators, and a box's least is the least of its configs'", () => {
  const space: HardwareSpace = {
    arrays: [{ peDim: 4 }],
    scratchpadKib: [12, 14, 15, 16, 17],
    accumulatorKib: [3, 6, 9],
  };
  const areas = arrayAreas(space, { peDim: 4 });
  let least = Number.POSITIVE_INFINITY;
  for (const [s, scratchpadKib] of space.scratchpadKib.entries()) {
    for (const [a, accumulatorKib] of space.accumulatorKib.entries()) {
      const { mm2 } = area(createHardware({ peDim: 4, scratchpadKib, accumulatorKib }));
      assert.equal(areas.of(s, a), mm2);
      if (s >= 1 && a <= 1) least = Math.min(least, mm2);
    }
  }
  assert.equal(areas.least({ array: 0, scratchpad: [1, 4], accumulator: [0, 1] }), least);
});

test("the queue gives keys in rising order, equal ones as they came", () => {
  const rng = createRng(65);
  const queue = new PriorityQueue<number>();
  const keys = Array.from({ length: 500 }, () => integer(rng, 0, 50));
  for (const [i, key] of keys.entries()) queue.push(key, i);
  const expected = keys.map((key, i) => [key, i] as const).sort((a, b) => a[0] - b[0] || a[1] - b[1]);

  assert.equal(queue.least, expected[0]?.[0]);
  assert.deepEqual(
    keys.map(() => queue.pop()),
    expected.map(([, i]) => i),
  );
  assert.equal(queue.pop(), undefined);
  assert.equal(queue.least, Number.POSITIVE_INFINITY);
});

test("the front holds every config and choice of mappings that nothing beats, and nothing else", async () => {
  for (let i = 0; i < 8; i++) {
    const rng = createRng(66, i);
    const workload = randomWorkload(67, i);
    const space: HardwareSpace = {
      arrays: [{ peDim: 2 }, { peDim: pick([4, 6, 8], rng) }],
      scratchpadKib: [1, 2, 3, 5, 8],
      accumulatorKib: [1, 2, 4],
      ...(rng() < 0.4 ? { maxAreaMm2: 0.03 + 0.05 * rng() } : {}),
    };
    const all: (readonly [latency: number, energy: number, area: number, config: string])[] = [];
    for (const { peDim } of space.arrays) {
      for (const scratchpadKib of space.scratchpadKib) {
        for (const accumulatorKib of space.accumulatorKib) {
          const parameters = { peDim, scratchpadKib, accumulatorKib };
          const { mm2 } = area(createHardware(parameters));
          if (mm2 > (space.maxAreaMm2 ?? Number.POSITIVE_INFINITY)) continue;
          const hulls = workload.layers.map(({ shape, count }) => {
            const search = new LayerSearch(module, shape, createHardware(parameters));
            search.advance(Number.POSITIVE_INFINITY);
            return search
              .points()
              .map(({ latencyCycles, energyPj }) => [count * latencyCycles, count * energyPj] as const);
          });
          const sums = hulls.reduce<readonly (readonly [number, number])[]>(
            (sum, hull) =>
              sum.flatMap(([l, e]) => hull.map(([latency, energy]) => [l + latency, e + energy] as const)),
            [[0, 0]],
          );
          const vertices = lowerLeftHull(
            sums.map(([latencyCycles, energyPj]) => ({ latencyCycles, energyPj })),
          );
          for (const { latencyCycles, energyPj } of vertices) {
            all.push([latencyCycles, energyPj, mm2, JSON.stringify(parameters)]);
          }
        }
      }
    }
    const close = (a: number, b: number): boolean => Math.abs(a - b) <= 1e-12 * b;
    const beats = (a: (typeof all)[number], b: (typeof all)[number]): boolean =>
      a[0] <= b[0] &&
      a[2] <= b[2] &&
      (a[1] < b[1] || close(a[1], b[1])) &&
      (a[0] < b[0] || a[2] < b[2] || !close(a[1], b[1]));
    const expected = all.filter((point) => !all.some((other) => beats(other, point)));

    const { points, complete } = await codesignFront(pool, { workload, space });

    assert.equal(complete, true);
    for (const [latency, energy, mm2] of expected) {
      assert.ok(
        points.some(
          ({ totals }) =>
            totals.latencyCycles === latency &&
            close(totals.energyUj * 1e6, energy) &&
            totals.areaMm2 === mm2,
        ),
        `${i}: ${latency} cycles, ${energy} pJ, ${mm2} mm2 is missing`,
      );
    }
    for (const { hardware, totals } of points) {
      assert.ok(
        expected.some(
          ([l, e, mm2]) =>
            totals.latencyCycles === l && close(totals.energyUj * 1e6, e) && totals.areaMm2 === mm2,
        ),
        `${i}: ${JSON.stringify(hardware)} is too much`,
      );
    }
  }
});
