import assert from "node:assert/strict";
import { test } from "node:test";
import { loadModule } from "#kernels";
import { createEngine } from "../../src/fidelity/engine.ts";
import { createHardware, type HardwareParameters } from "../../src/hardware/hardware.ts";
import { instantiateNow } from "../../src/kernels/kernels.ts";
import * as at from "../../src/kernels/mapper-layout.ts";
import { collectArchive } from "../../src/mapper/enumeration.ts";
import { lowerLeftHull, type Point } from "../../src/mapper/hull.ts";
import {
  archiveBound,
  archiveHull,
  archiveMapping,
  archivePoints,
  archiveShape,
  memoryView,
} from "../../src/mapper/layer-archive.ts";
import { LayerSearch } from "../../src/mapper/layer-search.ts";
import { paddedShapes } from "../../src/mapper/padding.ts";
import { CONTEXT, FREE, PROBLEM, tileChoices, writeProblem } from "../../src/mapper/problem.ts";
import { paddedVariants } from "../../src/mapper/variants.ts";
import { createRng, type Rng } from "../../src/rng.ts";
import { violations } from "../../src/space/validity.ts";
import { type LayerShape, macs, shapeKey, toLayerShape } from "../../src/workload/layer.ts";
import { priceAll } from "../reference/map-space.ts";
import { integer, pick } from "./random-case.ts";

const module = await loadModule();

/** A layer of any bounds, most of which pad to something. */
function oddShape(rng: Rng, most: number): LayerShape {
  const bound = (one: number, largest: number): number => (rng() < one ? 1 : integer(rng, 1, largest));
  const step = (likely: number): number => (rng() < likely ? 1 : integer(rng, 1, 4));
  return toLayerShape({
    N: bound(0.7, 5),
    K: bound(0.2, 3 * most),
    C: bound(0.2, 3 * most),
    P: bound(0.2, most),
    Q: bound(0.4, most),
    R: bound(0.5, 6),
    S: bound(0.6, 6),
    Wstride: step(0.5),
    Hstride: step(0.5),
    Wdilation: step(0.7),
    Hdilation: step(0.7),
  });
}

/** A layer of one long axis, whose best tiles are corners of the sliding window where memories are small. */
function corneredShape(rng: Rng): LayerShape {
  const outputs = pick([6, 9, 10, 12, 14, 22], rng);
  const taps = pick([8, 10, 12, 16, 20, 22, 24, 26], rng);
  const [stride, dilation] = [pick([1, 1, 1, 2], rng), pick([1, 1, 1, 2], rng)];
  const channels = { C: pick([16, 24, 32, 48, 64], rng), K: pick([1, 1, 8, 32, 64, 128], rng) };
  return toLayerShape(
    rng() < 0.5
      ? { ...channels, P: outputs, R: taps, Wstride: stride, Wdilation: dilation }
      : { ...channels, Q: outputs, S: taps, Hstride: stride, Hdilation: dilation },
  );
}

function pairs(points: readonly Point[]): readonly (readonly [number, number])[] {
  return points.map(({ latencyCycles, energyPj }) => [latencyCycles, energyPj]);
}

/** Those of some points, latency rising, that none before them beats. */
function pareto<P extends Point>(points: readonly P[]): readonly P[] {
  const kept: P[] = [];
  for (const point of points) {
    const last = kept.at(-1);
    if (last && last.energyPj <= point.energyPj) continue;
    if (last?.latencyCycles === point.latencyCycles) kept.pop();
    kept.push(point);
  }
  return kept;
}

const RANGE = { leastScratchpadKib: 1, mostScratchpadKib: 6, leastAccumulatorKib: 1, mostAccumulatorKib: 4 };

/** The Pareto set of every padded shape with all of its tiles. */
function searched(shape: LayerShape, parameters: HardwareParameters): readonly Point[] {
  const search = new LayerSearch(module, shape, createHardware(parameters), {
    keepPareto: true,
    padded: () => paddedShapes(shape, parameters.peDim),
  });
  search.advance(Number.POSITIVE_INFINITY);
  return search.points();
}

test("an archive with padding gives, for memories of any size, the Pareto set that a search of every padded shape finds", () => {
  let padded = 0;
  const compare = (shape: LayerShape, peDim: number, rng: Rng): void => {
    const bandwidth = rng() < 0.3 ? ("split" as const) : ("shared" as const);
    const archive = collectArchive(module, shape, { peDim, bandwidth }, RANGE, { allowPadding: true });
    for (const [scratchpadKib, accumulatorKib] of [
      [1, 1],
      [integer(rng, 1, 6), integer(rng, 1, 4)],
    ] as const) {
      const parameters = { peDim, bandwidth, scratchpadKib, accumulatorKib };

      const points = pareto(archivePoints(archive, memoryView(parameters)));

      assert.deepEqual(
        pairs(points),
        pairs(searched(shape, parameters)),
        JSON.stringify({ shape, parameters }),
      );
      if (points.some(({ entry }) => archiveShape(archive, entry) !== archive.variants[0]?.shape)) padded++;
    }
  };
  for (let i = 0; i < 200; i++) {
    const rng = createRng(901, i);
    compare(oddShape(rng, i % 10 === 0 ? 40 : 12), pick([2, 3, 4, 5, 7, 8, 12, 16], rng), rng);
  }
  for (let i = 0; i < 100; i++) {
    const rng = createRng(902, i);
    compare(corneredShape(rng), pick([16, 32, 64], rng), rng);
  }
  // Here a corner of the sliding window of a padded shape is the best there is, and its tile is no better by its factors.
  for (const axis of [
    { P: 22, R: 24, Wdilation: 2 },
    { Q: 22, S: 24, Hdilation: 2 },
  ])
    compare(toLayerShape({ C: 48, ...axis }), 16, () => 0.5);
  assert.ok(padded > 100, `${padded} sets with padding`);
});

test("an archive with padding agrees with enumerating every mapping of every padded shape", async () => {
  const engine = await createEngine(module, 4096);
  for (let i = 0; i < 40; i++) {
    const rng = createRng(903, i);
    const shape = toLayerShape({
      K: pick([1, 3, 5, 7], rng),
      C: pick([1, 3, 5], rng),
      P: pick([1, 3, 5], rng),
      R: pick([1, 1, 2], rng),
      Wstride: pick([1, 2], rng),
    });
    const parameters = { peDim: pick([2, 3, 4], rng), scratchpadKib: 1, accumulatorKib: 1 };
    const archive = collectArchive(module, shape, { peDim: parameters.peDim }, RANGE, { allowPadding: true });

    const hull = archiveHull(archive, memoryView(parameters));

    const hardware = createHardware(parameters);
    const all = [shape, ...paddedShapes(shape, parameters.peDim)]
      .flatMap((one) => priceAll(engine, one, hardware).points)
      .map(([latencyCycles, energyPj]) => ({ latencyCycles, energyPj }));
    assert.deepEqual(pairs(hull), pairs(lowerLeftHull(all)), JSON.stringify({ shape, parameters }));
  }
});

test("every entry of an archive with padding is a valid mapping of its shape that costs what the archive says", async () => {
  const engine = await createEngine(module, 1);
  const shape = toLayerShape({ K: 50, C: 3, P: 7, Q: 13, R: 3, S: 3 });
  const parameters = { peDim: 16, scratchpadKib: 64, accumulatorKib: 64 };
  const hardware = createHardware(parameters);
  const archive = collectArchive(module, shape, { peDim: 16 }, undefined, { allowPadding: true });
  const seen = new Set<string>();
  for (const { entry, latencyCycles, energyPj } of archivePoints(archive, memoryView(parameters))) {
    const [mapped, mapping] = [archiveShape(archive, entry), archiveMapping(archive, entry)];
    seen.add(shapeKey(mapped));
    engine.batch.write(0, mapping);
    engine.evaluateNow(mapped, hardware, 1);

    assert.deepEqual(violations(mapping, mapped, hardware), []);
    assert.deepEqual(
      [engine.batch.latencyCycles(0), engine.batch.energyPj(0)],
      [latencyCycles, energyPj],
      shapeKey(mapped),
    );
  }
  assert.ok(seen.size > 3, `${seen.size} shapes`);
});

test("an enumeration with padding that is ended bounds all padded shapes", () => {
  for (let i = 0; i < 60; i++) {
    const rng = createRng(904, i);
    const shape = oddShape(rng, 12);
    const peDim = pick([4, 7, 16], rng);
    const parameters = { peDim, scratchpadKib: 4, accumulatorKib: 2 };
    let windows = integer(rng, 1, 60);
    const archive = collectArchive(module, shape, { peDim }, RANGE, {
      allowPadding: true,
      stop: () => --windows === 0,
    });

    const bound = archiveBound(archive, memoryView(parameters));

    for (const { latencyCycles, energyPj } of searched(shape, parameters)) {
      const point = { latencyCycles, energyPj };
      const isOn = (hull: readonly Point[]): boolean =>
        hull.some((one) => one.latencyCycles === latencyCycles && one.energyPj === energyPj);
      assert.ok(
        !isOn(lowerLeftHull([point, ...bound])) || isOn(bound),
        `${JSON.stringify({ shape, parameters, point })} lies below the bound`,
      );
    }
  }
});

test("shapes and tiles are left out where a smaller bound has better ones, but for layers too large for that to be certain", () => {
  const shape = toLayerShape({ K: 64, C: 64, P: 56, Q: 7 });
  const tilesOf = (of: LayerShape): readonly string[] =>
    paddedVariants(of, 16).map((one) => `P ${one.shape.P} Q ${one.shape.Q}: ${one.tiles[4]?.join(" ")}`);

  // 64 = 56 padded has nothing that 56 has not: 14 x 4 for 16 x 4, 28 x 2 for 32 x 2. 8 = 7 padded has 2 x 4 and 4 x 2.
  assert.deepEqual(tilesOf(shape), ["P 56 Q 8: 2 4"]);
  const huge = { ...shape, K: 2 ** 20, N: 2 ** 12 };
  assert.ok(macs(huge) > 2 ** 36);
  const all = paddedVariants(huge, 16);
  assert.deepEqual(all.map((one) => shapeKey(one.shape)).sort(), paddedShapes(huge, 16).map(shapeKey).sort());
  for (const { shape: one, tiles } of all) assert.deepEqual(tiles, tileChoices(one));
});

test("of two shapes that cost the same but for the work that padding adds, an archive keeps the one without", () => {
  const shape = toLayerShape({ K: 48, C: 60, P: 36, R: 3 });
  const hardware = createHardware({ peDim: 4, scratchpadKib: 2, accumulatorKib: 1 });
  for (const order of [
    [0, 1],
    [1, 0],
  ]) {
    const { memory, exports } = instantiateNow(module);
    memory.grow(2);
    const view = new DataView(memory.buffer);
    for (const size of [at.MOST_SCRATCHPAD_KIB, at.MOST_ACCUMULATOR_KIB])
      view.setFloat64(PROBLEM + size, 2, true);
    view.setInt32(FREE + at.ARCHIVE_ROOM, 1000, true);
    for (const variant of order) {
      writeProblem(memory, shape, hardware, tileChoices(shape));
      view.setInt32(PROBLEM + at.VARIANT, variant, true);
      view.setFloat64(PROBLEM + at.PADDING_PJ, variant * 1e-3, true);
      exports.collect(CONTEXT, PROBLEM, 0, exports.windowCount(PROBLEM), FREE);
    }
    const variants = Array.from({ length: view.getInt32(FREE + at.ARCHIVE_COUNT, true) }, (_, i) =>
      view.getInt32(
        FREE + at.ARCHIVE_ENTRIES + i * at.ARCHIVE_ENTRY_BYTES + at.ARCHIVE_CHOICE + at.CHOICE_VARIANT,
        true,
      ),
    );
    assert.ok(variants.length > 1, String(variants.length));
    assert.ok(
      variants.every((variant) => variant === 0),
      variants.join(" "),
    );
  }
});
