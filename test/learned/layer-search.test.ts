import assert from "node:assert/strict";
import { test } from "node:test";
import { createHardware } from "../../src/hardware/hardware.ts";
import { LearnedSearch } from "../../src/learned/layer-search.ts";
import { lowerLeftHull } from "../../src/mapper/hull.ts";
import {
  archiveHull,
  archiveMapping,
  archivePoints,
  memoryRange,
  memoryView,
} from "../../src/mapper/layer-archive.ts";
import { createRng } from "../../src/rng.ts";
import { RawMapping } from "../../src/space/raw-mapping.ts";
import { createMappingSampler } from "../../src/space/sample.ts";
import { builtinStarlight } from "../../src/surrogate/builtin.ts";
import { createStarlightEngine } from "../../src/surrogate/engine.ts";
import { loadFastModule } from "../../src/surrogate/fast-module.ts";
import { priceAll } from "../reference/map-space.ts";
import { largeLearnedShape, smallLearnedHardware, smallLearnedShape } from "./small-case.ts";

const CASES = Number(process.env["POLARIS_LEARNED_CASES"] ?? 400);
const module = await loadFastModule();
const model = await builtinStarlight("gemmini-firesim");
const engine = await createStarlightEngine(module, model, 4096);

test(`tiles with every order of their DRAM loops have, to the bit, the hull of all mappings under Starlight, on ${CASES} random layers`, () => {
  let mappings = 0;
  for (let i = 0; i < CASES; i++) {
    const rng = createRng(41, i);
    const [shape, parameters] = [smallLearnedShape(rng), smallLearnedHardware(rng)];
    const hardware = createHardware(parameters);
    const which = `case ${i}: ${JSON.stringify(shape)} on ${JSON.stringify(parameters)}`;

    const all = priceAll(engine, shape, hardware);
    const { peDim } = parameters;
    const search = new LearnedSearch(module, model, {
      shape,
      array: { peDim },
      range: memoryRange([parameters]),
    });
    search.raise(search.latencies.map(() => Number.POSITIVE_INFINITY));
    const archive = search.archive();
    const hull = archiveHull(archive, search.memories);

    mappings += all.mappings;
    assert.equal(archive.complete, true);
    assert.deepEqual(
      hull.map(({ latencyCycles, energyPj }) => [latencyCycles, energyPj]),
      lowerLeftHull(all.points.map(([latencyCycles, energyPj]) => ({ latencyCycles, energyPj }))).map(
        ({ latencyCycles, energyPj }) => [latencyCycles, energyPj],
      ),
      which,
    );
    for (const { latencyCycles, energyPj, entry } of hull) {
      engine.batch.write(0, archiveMapping(archive, entry));
      engine.evaluateNow(shape, hardware, 1);
      const found = [engine.batch.latencyCycles(0), engine.batch.energyPj(0)];
      assert.deepEqual(found, [latencyCycles, energyPj], which);
    }
  }
  assert.ok(mappings > 50 * CASES, `only ${mappings} mappings were enumerated`);
});

test(`the same of our own RTL, whose energies the engine has in single precision, on ${CASES} random layers`, async () => {
  const own = await builtinStarlight("polaris-rtl");
  const ownEngine = await createStarlightEngine(module, own, 4096);
  let most = 0;
  for (let i = 0; i < CASES; i++) {
    const rng = createRng(46, i);
    const [shape, parameters] = [smallLearnedShape(rng), smallLearnedHardware(rng)];
    const hardware = createHardware(parameters);
    const which = `case ${i}: ${JSON.stringify(shape)} on ${JSON.stringify(parameters)}`;

    const all = priceAll(ownEngine, shape, hardware);
    const { peDim } = parameters;
    const search = new LearnedSearch(module, own, {
      shape,
      array: { peDim },
      range: memoryRange([parameters]),
    });
    const [lowest] = [search.unpredicted()];
    search.raise(search.latencies.map(() => Number.POSITIVE_INFINITY));
    const archive = search.archive();

    const points = archivePoints(archive, search.memories);
    for (const [latencyCycles, energyPj] of all.points) {
      const below = (1 + 1e-6) * energyPj;
      assert.ok(
        points.some((one) => one.latencyCycles <= latencyCycles && one.energyPj <= below),
        which,
      );
      assert.ok(
        lowest.some((one) => one.latencyCycles <= latencyCycles && one.energyPj <= below),
        which,
      );
    }
    for (const { latencyCycles, energyPj, entry } of points) {
      ownEngine.batch.write(0, archiveMapping(archive, entry));
      ownEngine.evaluateNow(shape, hardware, 1);
      assert.equal(ownEngine.batch.latencyCycles(0), latencyCycles, which);
      most = Math.max(most, Math.abs(ownEngine.batch.energyPj(0) / energyPj - 1));
    }
  }
  assert.ok(most < 1e-6, `energies differ by ${most}`);
});

test("what was left out is never better than its bound, and asking for it in steps ends as asking for all", () => {
  for (let i = 0; i < 2; i++) {
    const rng = createRng(42, i);
    const [shape, parameters] = [largeLearnedShape(rng), smallLearnedHardware(rng)];
    const { peDim } = parameters;
    const open = () =>
      new LearnedSearch(module, model, { shape, array: { peDim }, range: memoryRange([parameters]) });
    const whole = open();
    whole.raise(whole.latencies.map(() => Number.POSITIVE_INFINITY));
    const all = whole.archive();

    const stepped = open();
    const looks = [stepped.unpredicted()];
    for (let round = 0; stepped.unpredicted().length > 0; round++) {
      const left = new Map(stepped.unpredicted().map(({ pair, energyPj }) => [pair, energyPj]));
      const growth = round > 6 ? Number.POSITIVE_INFINITY : 1 + 0.5 * rng();
      stepped.raise(stepped.latencies.map((_, pair) => growth * (left.get(pair) ?? 0)));
      looks.push(stepped.unpredicted());
    }

    const columns = (archive: typeof all): number[] => [...archive.columns];
    assert.deepEqual(columns(stepped.archive()), columns(all), JSON.stringify({ shape, parameters }));
    assert.equal(stepped.predicted, whole.predicted);
    for (const { latencyCycles, energyPj, entry } of archiveHull(all, whole.memories)) {
      const mapping = archiveMapping(all, entry);
      assert.ok(
        looks[0]?.some((one) => one.latencyCycles <= latencyCycles && one.energyPj <= energyPj),
        `${mapping}`,
      );
    }
  }
});

test("no mapping takes fewer cycles than the rows streamed of its tiles of C and K", () => {
  for (let i = 0; i < 100; i++) {
    const rng = createRng(43, i);
    const [shape, parameters] = [largeLearnedShape(rng), smallLearnedHardware(rng)];
    const hardware = createHardware(parameters);
    const { peDim } = parameters;
    const search = new LearnedSearch(module, model, {
      shape,
      array: { peDim },
      range: memoryRange([parameters]),
    });
    const divisors = (bound: number) =>
      Array.from({ length: bound }, (_, d) => d + 1).filter((d) => bound % d === 0);
    const [tilesC, tilesK] = [divisors(shape.C), divisors(shape.K)];
    const sample = createMappingSampler(shape, hardware);
    const raw = new RawMapping();
    for (let j = 0; j < 64; j++) {
      sample(rng, raw);
      engine.batch.writeRaw(j, raw);
    }
    engine.evaluateNow(shape, hardware, 64);
    for (let j = 0; j < 64; j++) {
      if (!engine.batch.feasible(j)) continue;
      const mapping = engine.batch.read(j);
      const tile = (dim: "C" | "K"): number =>
        shape[dim] / (mapping.loops.dram.find((loop) => loop.dim === dim)?.bound ?? 1);
      const pair = tilesC.indexOf(tile("C")) * tilesK.length + tilesK.indexOf(tile("K"));
      assert.ok(engine.batch.latencyCycles(j) >= (search.latencies[pair] as number));
    }
  }
});

test("one search over a range of memories has the hull of each of them", () => {
  for (let i = 0; i < 3; i++) {
    const rng = createRng(44, i);
    const shape = largeLearnedShape(rng);
    const sizes = [0, 1, 2].map(() => ({ ...smallLearnedHardware(rng), peDim: 8 }));
    const job = { shape, array: { peDim: 8 } };
    const search = new LearnedSearch(module, model, { ...job, range: memoryRange(sizes) });
    search.raise(search.latencies.map(() => Number.POSITIVE_INFINITY));
    for (const parameters of sizes) {
      const alone = new LearnedSearch(module, model, { ...job, range: memoryRange([parameters]) });
      alone.raise(alone.latencies.map(() => Number.POSITIVE_INFINITY));
      const hull = (archive: ReturnType<LearnedSearch["archive"]>) =>
        archiveHull(archive, memoryView(parameters)).map(({ latencyCycles, energyPj }) => [
          latencyCycles,
          energyPj,
        ]);

      assert.deepEqual(hull(search.archive()), hull(alone.archive()), JSON.stringify({ shape, parameters }));
    }
  }
});
