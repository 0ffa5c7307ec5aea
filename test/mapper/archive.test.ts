import assert from "node:assert/strict";
import { test } from "node:test";
import { loadModule } from "#kernels";
import { createEngine } from "../../src/fidelity/engine.ts";
import { createHardware } from "../../src/hardware/hardware.ts";
import { collectArchive } from "../../src/mapper/enumeration.ts";
import { ARCHIVE_COLUMNS, archiveHull, archiveMapping, memoryView } from "../../src/mapper/layer-archive.ts";
import { LayerSearch } from "../../src/mapper/layer-search.ts";
import { createRng } from "../../src/rng.ts";
import { violations } from "../../src/space/validity.ts";
import { builtinWorkload } from "../../src/workload/builtin.ts";
import { toLayerShape } from "../../src/workload/layer.ts";
import { priceAll } from "../reference/map-space.ts";
import { integer, pick, smallShape } from "./random-case.ts";

test("an archive gives, for memories of any size, the hull that a search on that accelerator finds", async () => {
  const module = await loadModule();
  const layers = [
    ...["resnet50", "bert", "mobilenetv2"].flatMap((name) => {
      const { layers } = builtinWorkload(name);
      return [layers[0], layers[2], layers.at(-1)].map((layer) => layer?.shape);
    }),
    toLayerShape({ N: 4, K: 24, C: 30, P: 12, Q: 12, R: 4, S: 6, Wdilation: 3, Hstride: 2 }),
    toLayerShape({ N: 6, K: 16, C: 16, P: 16, Q: 16, R: 8, S: 4, Wstride: 2 }),
  ];
  for (const [place, shape] of layers.entries()) {
    if (!shape) throw new Error("a workload has fewer layers than thought");
    const rng = createRng(51, place);
    for (const peDim of [pick([2, 4, 8], rng), pick([16, 32, 128], rng), pick([3, 12, 48, 100], rng)]) {
      const bandwidth = rng() < 0.3 ? ("split" as const) : ("shared" as const);
      const archive = collectArchive(module, shape, { peDim, bandwidth });
      for (let i = 0; i < 6; i++) {
        const [scratchpadKib, accumulatorKib] = [
          integer(rng, 1, 2 ** integer(rng, 0, 11)),
          integer(rng, 1, 2 ** integer(rng, 0, 11)),
        ];
        const hardware = createHardware({ peDim, bandwidth, scratchpadKib, accumulatorKib });
        const search: LayerSearch = new LayerSearch(module, shape, hardware);
        search.advance(Number.POSITIVE_INFINITY);

        const hull = archiveHull(archive, memoryView({ peDim, bandwidth, scratchpadKib, accumulatorKib }));

        const pairs = (points: readonly { latencyCycles: number; energyPj: number }[]) =>
          points.map(({ latencyCycles, energyPj }) => [latencyCycles, energyPj]);
        assert.deepEqual(
          pairs(hull),
          pairs(search.points()),
          JSON.stringify({ shape, peDim, scratchpadKib, accumulatorKib }),
        );
      }
    }
  }
});

test("an archive agrees with enumerating every mapping of random layers on the smallest memories", async () => {
  const module = await loadModule();
  const engine = await createEngine(module, 4096);
  for (let i = 0; i < 600; i++) {
    const rng = createRng(52, i);
    const shape = smallShape(rng, integer(rng, 2, 5));
    const peDim = pick([2, 3, 16, 64, 128], rng);
    const hardware = createHardware({ peDim, scratchpadKib: 1, accumulatorKib: 1 });
    const archive = collectArchive(module, shape, { peDim });

    const hull = archiveHull(archive, memoryView({ peDim, scratchpadKib: 1, accumulatorKib: 1 }));

    const { points } = priceAll(engine, shape, hardware);
    assert.equal(hull[0]?.latencyCycles, points[0]?.[0]);
    assert.equal(hull.at(-1)?.energyPj, Math.min(...points.map(([, energy]) => energy)));
    assert.equal(
      Math.min(...hull.map(({ latencyCycles, energyPj }) => latencyCycles * energyPj)),
      Math.min(...points.map(([latency, energy]) => latency * energy)),
      JSON.stringify({ shape, peDim }),
    );
  }
});

test("every entry of an archive is a valid mapping that costs what the archive says", async () => {
  const module = await loadModule();
  const engine = await createEngine(module, 1);
  const [layer] = builtinWorkload("resnet50").layers.slice(2);
  if (!layer) throw new Error("no such layer");
  const archive = collectArchive(module, layer.shape, { peDim: 16 });
  const hardware = createHardware({ peDim: 16, scratchpadKib: 2048, accumulatorKib: 2048 });
  for (let entry = 0; entry < archive.count; entry++) {
    const mapping = archiveMapping(archive, entry);
    const [latency, , , , , scratchpadKib = 0, accumulatorKib = 0] = archive.columns.subarray(
      ARCHIVE_COLUMNS * entry,
      ARCHIVE_COLUMNS * entry + 7,
    );
    const fitting = createHardware({ peDim: 16, scratchpadKib, accumulatorKib });
    engine.batch.write(0, mapping);
    engine.evaluateNow(layer.shape, hardware, 1);

    assert.equal(engine.batch.latencyCycles(0), latency);
    assert.deepEqual(violations(mapping, layer.shape, fitting), []);
  }
});

test("memories outside the range are not told apart, and those inside answer the same", async () => {
  const module = await loadModule();
  const { shape } = builtinWorkload("resnet50").layers[2] ?? {};
  if (!shape) throw new Error("no such layer");
  const whole = collectArchive(module, shape, { peDim: 16 });
  const range = {
    leastScratchpadKib: 64,
    mostScratchpadKib: 256,
    leastAccumulatorKib: 16,
    mostAccumulatorKib: 128,
  };
  const narrow = collectArchive(module, shape, { peDim: 16 }, range);

  assert.ok(narrow.count < whole.count);
  for (const [scratchpadKib, accumulatorKib] of [
    [64, 16],
    [100, 77],
    [256, 128],
  ] as const) {
    const memories = memoryView({ peDim: 16, scratchpadKib, accumulatorKib });
    const costs = (archive: typeof whole) =>
      archiveHull(archive, memories).map(({ latencyCycles, energyPj }) => [latencyCycles, energyPj]);
    assert.deepEqual(costs(narrow), costs(whole));
  }
});

test("an archive for a narrow range holds what just fits the largest memories and all that the smallest tell apart", async () => {
  const module = await loadModule();
  for (let i = 0; i < 150; i++) {
    const rng = createRng(53, i);
    const shape = smallShape(rng, integer(rng, 10, 13));
    const peDim = pick([4, 12, 16, 64], rng);
    const [a, b] = [integer(rng, 1, 12), integer(rng, 1, 12)];
    const range = {
      leastScratchpadKib: a,
      mostScratchpadKib: a + integer(rng, 0, 4),
      leastAccumulatorKib: b,
      mostAccumulatorKib: b + integer(rng, 0, 4),
    };
    const archive = collectArchive(module, shape, { peDim }, range);
    for (const scratchpadKib of [range.leastScratchpadKib, range.mostScratchpadKib]) {
      for (const accumulatorKib of [range.leastAccumulatorKib, range.mostAccumulatorKib]) {
        const hardware = createHardware({ peDim, scratchpadKib, accumulatorKib });
        const search = new LayerSearch(module, shape, hardware);
        search.advance(Number.POSITIVE_INFINITY);
        const hull = archiveHull(archive, memoryView({ peDim, scratchpadKib, accumulatorKib }));

        assert.deepEqual(
          hull.map(({ latencyCycles, energyPj }) => [latencyCycles, energyPj]),
          search.points().map(({ latencyCycles, energyPj }) => [latencyCycles, energyPj]),
          JSON.stringify({ shape, peDim, scratchpadKib, accumulatorKib, range }),
        );
      }
    }
  }
});

test("candidates covered are tiles times spatial factors times the order classes that exist", async () => {
  const module = await loadModule();
  // P 4 in tiles of 1, 2, 4; K 6 in tiles of 1, 2, 3, 6; C 2 in tiles of 1, 2; on a 4x4 array.
  const shape = toLayerShape({ P: 4, K: 6, C: 2 });
  const hardware = createHardware({ peDim: 4, scratchpadKib: 1, accumulatorKib: 1 });
  const search = new LayerSearch(module, shape, hardware);
  search.advance(Number.POSITIVE_INFINITY);

  let expected = 0;
  for (const p of [1, 2, 4]) {
    for (const [k, spreadsK] of [
      [1, 1],
      [2, 2],
      [3, 2],
      [6, 3],
    ] as const) {
      for (const [c, spreadsC] of [
        [1, 1],
        [2, 2],
      ] as const) {
        const begins = [p < 4, k < 6, c < 2].filter(Boolean).length;
        expected += spreadsK * spreadsC * Math.max(1, begins);
      }
    }
  }
  assert.equal(search.statistics().covered, expected);
  assert.equal(collectArchive(module, shape, { peDim: 4 }).covered, expected);
});
