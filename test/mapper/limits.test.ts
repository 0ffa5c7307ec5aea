// Budgets, Ctrl-C and memory: whatever ends a search, the answer is a good one and says what it may be short of.
import assert from "node:assert/strict";
import { test } from "node:test";
import { loadModule } from "#kernels";
import { codesign } from "../../src/codesign/codesign.ts";
import { codesignFront } from "../../src/codesign/front.ts";
import { createHardware } from "../../src/hardware/hardware.ts";
import { instantiateNow } from "../../src/kernels/kernels.ts";
import * as at from "../../src/kernels/mapper-layout.ts";
import { type ArchivePool, createLocalPool } from "../../src/mapper/archive-pool.ts";
import { minimiseCapped } from "../../src/mapper/capped.ts";
import { collectArchive } from "../../src/mapper/enumeration.ts";
import { archiveHull, memoryView } from "../../src/mapper/layer-archive.ts";
import { LayerSearch } from "../../src/mapper/layer-search.ts";
import { Watch } from "../../src/mapper/limits.ts";
import { mapNetwork } from "../../src/mapper/map-network.ts";
import { EDP, ENERGY } from "../../src/mapper/objective.ts";
import { CONTEXT, FREE, PROBLEM, tileChoices, writeProblem } from "../../src/mapper/problem.ts";
import { createRng } from "../../src/rng.ts";
import { sweep } from "../../src/sweep/sweep.ts";
import { builtinWorkload } from "../../src/workload/builtin.ts";
import { type Layer, toLayerShape } from "../../src/workload/layer.ts";

const module = await loadModule();
const pool = createLocalPool(module);
const hardware = { peDim: 16, scratchpadKib: 128, accumulatorKib: 32 };
const huge: readonly Layer[] = [
  {
    name: "huge",
    count: 1,
    groups: 1,
    shape: toLayerShape({ N: 720, K: 720, C: 720, P: 840, Q: 72, R: 2, S: 2 }),
  },
  {
    name: "prime",
    count: 3,
    groups: 1,
    shape: toLayerShape({ K: 8191, C: 127, P: 509, Q: 521, R: 3, S: 3 }),
  },
  {
    name: "wide",
    count: 1,
    groups: 1,
    shape: toLayerShape({ N: 12, K: 360, C: 360, P: 720, Q: 720, R: 2, S: 2 }),
  },
];
const everySize = Array.from({ length: 2048 }, (_, i) => i + 1);
const space = {
  arrays: [2, 4, 8, 16, 32, 64, 128].map((peDim) => ({ peDim })),
  scratchpadKib: everySize,
  accumulatorKib: everySize,
};

/** Milliseconds of processor time: wall time lies on a machine that others use. */
async function cpuMs<T>(work: () => Promise<T>): Promise<readonly [number, T]> {
  const before = process.cpuUsage();
  const result = await work();
  const { user, system } = process.cpuUsage(before);
  return [(user + system) / 1000, result];
}

test("every layer has a mapping at once, however large it is and with padding; more time makes it no worse", async () => {
  for (const allowPadding of [false, true]) {
    const request = { layers: huge, hardware, objective: EDP, allowPadding };
    const [ms, first] = await cpuMs(() => mapNetwork(module, { ...request, budgetMs: 0 }));
    const later = await mapNetwork(module, { ...request, budgetMs: 150 });

    assert.ok(ms < 50, `${ms} ms`);
    assert.equal(first.layers.length, huge.length);
    assert.ok(!first.optimal && first.gap > 0 && Number.isFinite(first.gap));
    assert.ok(later.totals.edpJCycles <= first.totals.edpJCycles * (1 + 1e-12));
    assert.ok(first.totals.edpJCycles <= later.totals.edpJCycles * (1 + first.gap));
  }
});

test("the first mapping is within twice the optimum on every layer of the built-in networks", async () => {
  for (const name of ["resnet50", "bert", "retinanet", "unet", "mobilenetv2"]) {
    for (const { shape, name: layer } of builtinWorkload(name).layers) {
      const search = new LayerSearch(module, shape, createHardware(hardware));
      const least = (): number =>
        Math.min(...search.points().map(({ latencyCycles, energyPj }) => latencyCycles * energyPj));
      search.advance(1);
      const first = least();
      search.advance(Number.POSITIVE_INFINITY);

      assert.ok(first <= 2.5 * least(), `${name} ${layer}: ${first / least()}`);
    }
  }
});

test("a budget ends an enumeration, and the design that it leaves has a gap that holds the truth", async () => {
  const workloads = [{ name: "huge", layers: huge }];
  const capped = { ...space, maxAreaMm2: 0.75 };
  const [ms, cut] = await cpuMs(() =>
    codesign(pool, { workloads, space: capped, objective: EDP, budgetMs: 60 }),
  );

  assert.ok(ms < 600, `${ms} ms`);
  assert.equal(cut.optimal, false);
  assert.ok(cut.gap > 0 && Number.isFinite(cut.gap));
  assert.ok((cut.networks[0]?.totals.areaMm2 ?? 1) <= 0.75);
  assert.ok(cut.networks[0]?.layers.some(({ optimal, gap }) => !optimal && gap > 0));
  const small = { ...capped, arrays: [{ peDim: 16 }] };
  const resnet = { workloads: [builtinWorkload("resnet50")], space: small, objective: EDP };
  const whole = await codesign(pool, resnet);
  for (const evaluations of [1, 5000]) {
    const part = await codesign(pool, { ...resnet, evaluations });
    const [found, least] = [part, whole].map(({ networks }) => networks[0]?.totals.edpJCycles ?? 0);
    assert.ok((found ?? 0) >= (least ?? 0) && (found ?? 0) <= (least ?? 0) * (1 + part.gap) * (1 + 1e-12));
    assert.equal(part.optimal, false);
    assert.deepEqual(await codesign(pool, { ...resnet, evaluations }), part);
  }
});

test("an abort reaches a search at every stage, and what is left says that it is not all", async () => {
  const workloads = [builtinWorkload("unet"), builtinWorkload("resnet50")];
  for (const stage of ["enumerate", "bound"] as const) {
    const controller = new AbortController();
    const result = await codesign(pool, {
      workloads,
      space: { ...space, arrays: space.arrays.slice(3, 4), maxAreaMm2: 1 },
      objective: EDP,
      signal: controller.signal,
      onProgress: ({ phase }) => phase === stage && controller.abort(),
    });
    assert.ok(!result.optimal && result.gap > 0, stage);
    assert.equal(result.networks.length, 2);
  }
  const controller = new AbortController();
  const front = await codesignFront(pool, {
    workload: builtinWorkload("unet"),
    space,
    signal: controller.signal,
    onProgress: () => controller.abort(),
  });
  assert.deepEqual([front.complete, front.points, front.areaMm2], [false, [], 0]);
  const swept = await sweep(pool, {
    layers: huge,
    grid: [hardware],
    objective: EDP,
    budgetMs: 30,
  });
  assert.deepEqual([swept.complete, swept.points], [false, []]);
  assert.ok(swept.evaluated > 0);
});

test("arrays and memories that exceed the area are not enumerated", async () => {
  const asked: { readonly peDim: number; readonly most: readonly [number, number] }[] = [];
  const spy: ArchivePool = {
    collectArchive: (job) => {
      const { range, array } = job;
      asked.push({ peDim: array.peDim, most: [range.mostScratchpadKib, range.mostAccumulatorKib] });
      return pool.collectArchive(job);
    },
  };
  const workloads = [
    { name: "w", layers: [{ name: "a", count: 1, groups: 1, shape: toLayerShape({ K: 32, C: 32, P: 8 }) }] },
  ];
  const result = await codesign(spy, { workloads, space: { ...space, maxAreaMm2: 0.5 }, objective: EDP });

  assert.deepEqual(
    asked.map(({ peDim }) => peDim),
    [2, 4, 8, 16, 32],
  );
  assert.ok(asked.every(({ most: [scratchpad, accumulator] }) => scratchpad < 300 && accumulator < 2048));
  assert.equal(result.optimal, true);
  asked.length = 0;
  await assert.rejects(codesign(spy, { workloads, space: { ...space, maxAreaMm2: 1e-6 }, objective: EDP }));
  assert.equal(asked.length, 0);
});

test("layers that several networks share are enumerated once", async () => {
  let jobs = 0;
  const counting: ArchivePool = {
    collectArchive: (job) => {
      jobs++;
      return pool.collectArchive(job);
    },
  };
  const { layers } = builtinWorkload("dlrm");
  const workloads = ["a", "b"].map((name) => ({ name, layers }));
  await codesign(counting, {
    workloads,
    space: { arrays: [{ peDim: 16 }], scratchpadKib: [64], accumulatorKib: [16] },
    objective: EDP,
  });

  assert.equal(jobs, new Set(layers.map(({ shape }) => JSON.stringify(shape))).size);
});

test("an archive that was ended holds a mapping for every size of the memories", () => {
  for (const { shape } of [huge[0], huge[2]] as Layer[]) {
    const archive = collectArchive(module, shape, { peDim: 32 }, undefined, { stop: () => true });
    assert.equal(archive.complete, false);
    for (const size of [1, 7, 2048]) {
      const memories = memoryView({ peDim: 32, scratchpadKib: size, accumulatorKib: size });
      assert.ok(archiveHull(archive, memories).length > 0);
    }
  }
});

test("a front or an archive that is full says so instead of losing what it had no room for", () => {
  const shape = toLayerShape({ K: 64, C: 64, P: 56, Q: 56, R: 3, S: 3 });
  for (const kernel of ["explore", "collect"] as const) {
    const { memory, exports } = instantiateNow(module);
    memory.grow(4);
    writeProblem(memory, shape, createHardware(hardware), tileChoices(shape));
    const view = new DataView(memory.buffer);
    for (const [field, kib] of [
      [at.LEAST_SCRATCHPAD_KIB, 1],
      [at.LEAST_ACCUMULATOR_KIB, 1],
      [at.MOST_SCRATCHPAD_KIB, 128],
      [at.MOST_ACCUMULATOR_KIB, 32],
    ] as const)
      view.setFloat64(PROBLEM + field, kib, true);
    const list = FREE + 65_536;
    const windows = exports.windowCount(PROBLEM);
    new Float64Array(memory.buffer, list, windows).set(Array.from({ length: windows }, (_, i) => i));
    const [room, full] =
      kernel === "explore" ? [at.FRONT_ROOM, at.FRONT_FULL] : [at.ARCHIVE_ROOM, at.ARCHIVE_FULL];
    view.setInt32(
      FREE + at.FRONT_KEEP_PARETO * (kernel === "explore" ? 1 : 0),
      kernel === "explore" ? 1 : 0,
      true,
    );
    view.setInt32(FREE + room, 1, true);
    if (kernel === "explore") exports.explore(CONTEXT, PROBLEM, list, windows, FREE);
    else exports.collect(CONTEXT, PROBLEM, 0, windows, FREE);

    assert.equal(new DataView(memory.buffer).getInt32(FREE + full, true), 1, kernel);
    assert.ok(new DataView(memory.buffer).getInt32(FREE, true) <= 1);
  }
});

test("a budget longer than a timer can wait is no budget of a millisecond", async () => {
  const watch = new Watch({ budgetMs: 3_600_000 * 1000 });
  await new Promise((resolve) => setTimeout(resolve, 5));
  assert.deepEqual([watch.over(), watch.signal.aborted], [false, false]);
  watch.close();
});

test("the search under caps ends when time is over, with an answer within one cap and a bound that holds", () => {
  const rng = createRng(81);
  const points = Array.from({ length: 14 }, () => {
    const steps = Array.from({ length: 9 }, () => [1 + Math.floor(99 * rng()), 1 + Math.floor(99 * rng())]);
    let [latencyCycles, energyPj] = [1000, 3000];
    const front = steps.map(([longer = 0, less = 0]) => {
      latencyCycles += longer;
      energyPj -= less;
      return { latencyCycles, energyPj };
    });
    return { count: 1 + Math.floor(5 * rng()), points: front };
  });
  const caps = { latencyCycles: 52_000 };
  let asked = 0;
  const whole = minimiseCapped(points, ENERGY, caps, { over: () => ++asked < 0 });
  const cut = minimiseCapped(points, ENERGY, caps, { over: () => true });

  assert.ok(asked > 0);
  assert.ok(cut.best && whole.best && cut.best.latencyCycles <= caps.latencyCycles);
  assert.ok(cut.bound <= whole.best.cost && whole.best.cost <= cut.best.cost);
  assert.ok(cut.bound < cut.best.cost);
});
