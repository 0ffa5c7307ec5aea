import assert from "node:assert/strict";
import { test } from "node:test";
import { loadModule } from "#kernels";
import { codesign } from "../../src/codesign/codesign.ts";
import { area } from "../../src/hardware/area.ts";
import { createHardware } from "../../src/hardware/hardware.ts";
import { createCertifier } from "../../src/mapper/certificate.ts";
import { collectArchive } from "../../src/mapper/enumeration.ts";
import { whyNot } from "../../src/mapper/infeasible.ts";
import { archiveHull, memoryView } from "../../src/mapper/layer-archive.ts";
import { LayerSearch } from "../../src/mapper/layer-search.ts";
import { mapNetwork } from "../../src/mapper/map-network.ts";
import { EDP, parseObjective } from "../../src/mapper/objective.ts";
import { paddedShapes } from "../../src/mapper/padding.ts";
import type { WindowRecord } from "../../src/mapper/window-queue.ts";
import { toLayerShape } from "../../src/workload/layer.ts";

const module = await loadModule();
const all = (search: LayerSearch): LayerSearch => {
  search.advance(Number.POSITIVE_INFINITY);
  return search;
};

test("covered counts tiles times spatial factors times order classes", () => {
  const hardware = createHardware({ peDim: 4, scratchpadKib: 1, accumulatorKib: 1 });
  const shape = toLayerShape({ K: 4, C: 6 });
  // Spreads: K 3 of the whole, 3 of parts; C 3 and 5. Classes: 1, 1 (K), 1 (R), 2 (R, K).
  assert.equal(all(new LayerSearch(module, shape, hardware)).statistics().covered, 9 + 9 + 15 + 30);
});

test("windows beyond the first slice are searched, and reported once each under their own number", () => {
  const shape = toLayerShape({ N: 720, P: 5040, Q: 2520, K: 2, C: 3 });
  const hardware = createHardware({ peDim: 16, scratchpadKib: 8, accumulatorKib: 4 });
  const seen: WindowRecord[] = [];
  const search = all(new LayerSearch(module, shape, hardware, { onWindow: (w) => seen.push(w) }));
  const { windows, windowsCut, windowsOverCapacity } = search.statistics();
  assert.ok(windows > 65_536 && new Set(seen.map((w) => w.window)).size === windows);
  assert.equal(seen.filter((w) => w.status === "cut").length, windowsCut);
  assert.equal(seen.filter((w) => w.status === "over-capacity").length, windowsOverCapacity);
  // One tile of P alone fits in the last slice only.
  const late = toLayerShape({ N: 720, P: 5040, Q: 2520, R: 2, K: 2, Wdilation: 4000 });
  const sizes = {
    leastScratchpadKib: 8,
    mostScratchpadKib: 8,
    leastAccumulatorKib: 4,
    mostAccumulatorKib: 4,
  };
  const archive = archiveHull(
    collectArchive(module, late, { peDim: 16 }, sizes),
    memoryView({ peDim: 16, scratchpadKib: 8, accumulatorKib: 4 }),
  );
  assert.deepEqual(
    all(new LayerSearch(module, late, hardware))
      .points()
      .map((p) => [p.latencyCycles, p.energyPj]),
    archive.map((p) => [p.latencyCycles, p.energyPj]),
  );
});

test("caps: what lies off the hull is used, and a gap under a budget holds the truth", async () => {
  const layers = [
    {
      name: "l",
      count: 1,
      groups: 1,
      shape: toLayerShape({ K: 45, C: 3, P: 60, S: 30, Wstride: 3, Hdilation: 2 }),
    },
  ];
  const request = {
    layers,
    hardware: { peDim: 4, scratchpadKib: 2, accumulatorKib: 1 },
    objective: parseObjective("energy"),
    caps: { latencyCycles: 42289 },
  };
  const whole = await mapNetwork(module, request);
  assert.equal(whole.totals.energyUj, 3.6824812193310295);
  const cut = await mapNetwork(module, { ...request, evaluations: 27 });
  assert.ok(cut.totals.energyUj <= whole.totals.energyUj * (1 + cut.gap) * (1 + 1e-9), `${cut.gap}`);
});

test("a cap that unsearched mappings may keep is not called out of reach", async () => {
  const layers = [{ name: "a", count: 1, groups: 1, shape: toLayerShape({ K: 576, C: 96, P: 14, Q: 14 }) }];
  const hardware = { peDim: 16, scratchpadKib: 24, accumulatorKib: 4 };
  await assert
    .rejects(
      mapNetwork(module, {
        layers,
        hardware,
        objective: EDP,
        caps: { latencyCycles: 44112 },
        evaluations: 200,
      }),
      (error: Error) => !/least possible/.test(error.message),
    )
    .catch((error) => {
      if (!/Missing expected rejection/.test(String(error))) throw error;
    });
});

test("given tiles hold for padded shapes too", async () => {
  const layers = [
    { name: "a", count: 1, groups: 1, shape: toLayerShape({ K: 127, C: 3, P: 61, Q: 59, R: 3, S: 3 }) },
  ];
  const hardware = { peDim: 16, scratchpadKib: 128, accumulatorKib: 32 };
  const request = { layers, hardware, objective: EDP, tiles: { P: 1 }, allowPadding: true };
  const certifier = createCertifier(request);
  const result = await mapNetwork(module, { ...request, onWindow: certifier.onWindow });
  for (const { windows } of certifier.finish("x", EDP, result).searches[0]?.variants ?? [])
    assert.ok(windows.every(({ tile }) => tile.P === 1));
});

test("a hint for the accumulator is the least that fits", () => {
  const shape = toLayerShape({ K: 16, P: 28, Q: 28 });
  const tiles = { K: 1, P: 28, Q: 28 };
  const at = (accumulatorKib: number) =>
    whyNot("x", shape, createHardware({ peDim: 16, scratchpadKib: 128, accumulatorKib }), tiles);
  assert.match(at(32)?.problem.hint ?? "", /an accumulator of 49 KiB/);
  assert.ok(at(48) !== undefined && at(49) === undefined);
});

test("a design of exactly the cap is within it", async () => {
  const point = { peDim: 4, scratchpadKib: 2, accumulatorKib: 1 };
  const maxAreaMm2 = area(createHardware(point)).mm2;
  const pool = {
    collectArchive: async (job: { shape: never; array: never; range: never }) =>
      collectArchive(module, job.shape, job.array, job.range),
  };
  const layers = [{ name: "a", count: 1, groups: 1, shape: toLayerShape({ K: 8, C: 8, P: 4 }) }];
  const found = await codesign(pool as never, {
    workloads: [{ name: "w", layers }],
    objective: EDP,
    space: { arrays: [{ peDim: 4 }], scratchpadKib: [2], accumulatorKib: [1], maxAreaMm2 },
  });
  assert.deepEqual(found.hardware, point);
});

test("padding to a multiple of the array, by a half at most", () => {
  const ks = (K: number, peDim: number) => new Set(paddedShapes(toLayerShape({ K }), peDim).map((s) => s.K));
  assert.ok(ks(47, 12).has(48) && ks(70, 25).has(75));
  assert.deepEqual([...ks(2, 3)], [3]);
});
