import assert from "node:assert/strict";
import { test } from "node:test";
import { loadModule } from "#kernels";
import { createHardware } from "../../src/hardware/hardware.ts";
import { collectArchive } from "../../src/mapper/enumeration.ts";
import { archiveHull, memoryView } from "../../src/mapper/layer-archive.ts";
import { LayerSearch } from "../../src/mapper/layer-search.ts";
import { toLayerShape } from "../../src/workload/layer.ts";

const module = await loadModule();
// Fronts by enumeration of every DRAM order and spatial factor with the engine: cases that random layers seldom meet.
const CASES = [
  // RP: P steps twice as far as R; the tile is held back by words given directly.
  {
    shape: { K: 9, C: 8, P: 16, R: 6, Wdilation: 4 },
    peDim: 32,
    bandwidth: "split",
    words: [146, 14],
    front: [[178, 166133.92783492463]],
  },
  // No K loop at DRAM: the corner that begins with K must not be priced.
  {
    shape: { C: 64, N: 64, Q: 2, S: 8, Hstride: 2, Hdilation: 2 },
    peDim: 32,
    front: [[8496, 6950884.970709547]],
  },
  // KPR, KRP: more steps along R than along P.
  {
    shape: { K: 2, C: 32, N: 4, P: 2, R: 3, Wstride: 2, Wdilation: 2 },
    peDim: 32,
    bandwidth: "split",
    front: [[122, 105890.66204120603]],
  },
  // A smaller tile of K, for the corner that begins with K; bounds of 2.
  {
    shape: { K: 2, C: 64, N: 64, Q: 2, S: 2, Hstride: 2, Hdilation: 2 },
    peDim: 2,
    bandwidth: "split",
    front: [
      [8320, 1832655.5431437185],
      [17408, 1740413.2491738694],
    ],
  },
  // SQ with and without a K loop.
  {
    shape: { K: 9, C: 32, N: 4, Q: 6, S: 3, Hstride: 2, Hdilation: 2 },
    peDim: 8,
    bandwidth: "split",
    front: [
      [936, 571819.3915449749],
      [1008, 391895.1101379397],
      [1728, 364815.6960361809],
    ],
  },
  // Rounding: the widest spread has 7441 cycles, a narrower one 7440.
  {
    shape: { C: 93, P: 254, R: 5, Hstride: 4 },
    peDim: 128,
    bandwidth: "split",
    kib: [64, 64],
    front: [
      [7440, 2917515.8329748744],
      [7441, 2907355.8329748744],
    ],
  },
] as const;

test("corners of the sliding window and of rounding, one by one", () => {
  for (const one of CASES) {
    const bandwidth = "bandwidth" in one ? one.bandwidth : "shared";
    const [scratchpadKib, accumulatorKib] = "kib" in one ? one.kib : [1, 1];
    const made = createHardware({ peDim: one.peDim, scratchpadKib, accumulatorKib, bandwidth });
    const hardware =
      "words" in one ? { ...made, scratchpadWords: one.words[0], accumulatorWords: one.words[1] } : made;
    const shape = toLayerShape(one.shape);
    for (const keepPareto of [true, false]) {
      const search = new LayerSearch(module, shape, hardware, { keepPareto });
      search.advance(Number.POSITIVE_INFINITY);
      assert.deepEqual(
        search.points().map((p) => [p.latencyCycles, p.energyPj]),
        one.front,
        JSON.stringify(one),
      );
    }
    if ("words" in one) continue;
    const archive = collectArchive(module, shape, { peDim: one.peDim, bandwidth });
    const hull = archiveHull(
      archive,
      memoryView({ peDim: one.peDim, bandwidth, scratchpadKib, accumulatorKib }),
    );
    assert.deepEqual(
      hull.map((p) => [p.latencyCycles, p.energyPj]),
      one.front,
      `archive ${JSON.stringify(one)}`,
    );
    // The memory that is just enough is inside the range.
    const only = {
      leastScratchpadKib: scratchpadKib,
      mostScratchpadKib: scratchpadKib,
      leastAccumulatorKib: accumulatorKib,
      mostAccumulatorKib: accumulatorKib,
    };
    const narrow = archiveHull(
      collectArchive(module, shape, { peDim: one.peDim, bandwidth }, only),
      memoryView({ peDim: one.peDim, bandwidth, scratchpadKib, accumulatorKib }),
    );
    assert.deepEqual(
      narrow.map((p) => [p.latencyCycles, p.energyPj]),
      one.front,
      `one size ${JSON.stringify(one)}`,
    );
  }
});
