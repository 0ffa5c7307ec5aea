import assert from "node:assert/strict";
import { test } from "node:test";
import type { HardwareParameters } from "../../src/hardware/hardware.ts";
import { LearnedSearch } from "../../src/learned/layer-search.ts";
import { type LearnedEntry, leastCost, type SolveRequest, solve } from "../../src/learned/solve.ts";
import { archiveHull, memoryRange, memoryView } from "../../src/mapper/layer-archive.ts";
import { Watch } from "../../src/mapper/limits.ts";
import { minimiseNetwork } from "../../src/mapper/network.ts";
import { EDP, parseObjective } from "../../src/mapper/objective.ts";
import { createRng } from "../../src/rng.ts";
import { builtinStarlight } from "../../src/surrogate/builtin.ts";
import { loadFastModule } from "../../src/surrogate/fast-module.ts";
import { type LayerShape, toLayerShape } from "../../src/workload/layer.ts";
import { integer } from "../mapper/random-case.ts";
import { largeLearnedShape } from "./small-case.ts";

const module = await loadFastModule();
const model = await builtinStarlight("polaris-rtl");
const array = { peDim: 8 };

function open(shapes: readonly LayerShape[], sizes: readonly HardwareParameters[]): readonly LearnedEntry[] {
  const range = memoryRange(sizes);
  return shapes.map((shape, i) => ({
    count: i + 1,
    search: new LearnedSearch(module, model, { shape, array, range }),
  }));
}

/** The same with every candidate predicted. */
function whole(shapes: readonly LayerShape[], sizes: readonly HardwareParameters[]): readonly LearnedEntry[] {
  const entries = open(shapes, sizes);
  for (const { search } of entries) search.raise(search.latencies.map(() => Number.POSITIVE_INFINITY));
  return entries;
}

async function solved(entries: readonly LearnedEntry[], request: SolveRequest) {
  const watch = new Watch({});
  try {
    return await solve(entries, request, watch);
  } finally {
    watch.close();
  }
}

test("an answer is complete when the limit left nothing in question, and not before", async () => {
  const sizes = [{ ...array, scratchpadKib: 6, accumulatorKib: 3 }];
  for (const seed of [51, 57, 62]) {
    const rng = createRng(seed);
    const shapes = [largeLearnedShape(rng), largeLearnedShape(rng)];
    const all = whole(shapes, sizes).map(({ count, search }) => ({
      count,
      points: archiveHull(search.archive(), search.memories),
    }));
    const least = minimiseNetwork(all, EDP)?.cost ?? 0;
    const entries = open(shapes, sizes);

    const proven = await solved(entries, { objective: EDP });

    assert.equal(proven?.complete, true);
    assert.equal(proven?.best.cost, least);
    assert.ok(proven && proven.bound >= least * (1 - 1e-12));
    const predictions = entries.reduce((sum, { search }) => sum + search.predicted, 0);
    for (const part of [0, 0.5, 0.9, 1]) {
      const evaluations = Math.floor(part * predictions);
      const cut = await solved(open(shapes, sizes), { objective: EDP, evaluations });
      assert.equal(cut?.complete, false, `${evaluations} of ${predictions}`);
      assert.ok(cut && cut.bound <= least * (1 + 1e-12) && least <= cut.best.cost * (1 + 1e-12));
    }
  }
});

test("where no choice is within a cost, nothing is predicted", async () => {
  const shapes = [largeLearnedShape(createRng(50))];
  const entries = open(shapes, [{ ...array, scratchpadKib: 6, accumulatorKib: 3 }]);
  const most = leastCost(entries, EDP) * (1 - 1e-9);

  assert.equal(await solved(entries, { objective: EDP, most }), undefined);
  assert.equal(entries[0]?.search.predicted, 0);
});

test("of a range of memories, every choice within a cost is predicted, and no more is in question", async () => {
  const sizes = [2, 5, 8].flatMap((scratchpadKib) =>
    [2, 5].map((accumulatorKib) => ({ ...array, scratchpadKib, accumulatorKib })),
  );
  for (const [i, name] of ["edp", "weighted:0.8", "energy"].entries()) {
    const rng = createRng(49, i);
    const shapes = [1, 2].map(() =>
      toLayerShape({ K: integer(rng, 8, 64), C: integer(rng, 8, 64), P: integer(rng, 2, 16), Q: 6 }),
    );
    const objective = parseObjective(name);
    const onEach = (archives: readonly ReturnType<LearnedSearch["archive"]>[]): readonly number[] =>
      sizes.map((one) => {
        const points = archives.map((archive, l) => ({
          count: l + 1,
          points: archiveHull(archive, memoryView(one)),
        }));
        return minimiseNetwork(points, objective)?.cost ?? Number.POSITIVE_INFINITY;
      });
    const costs = onEach(whole(shapes, sizes).map(({ search }) => search.archive()));
    const most = [...costs].sort((a, b) => a - b)[3] as number;
    const entries = open(shapes, sizes);

    const solution = await solved(entries, { objective, most });

    assert.equal(solution?.complete, true);
    const found = onEach(solution?.archives ?? []);
    for (const [place, is] of costs.entries())
      if (is <= most) assert.equal(found[place], is, JSON.stringify({ i, size: sizes[place] }));
    assert.ok(solution && solution.bound <= Math.min(...costs) * (1 + 1e-12));
    assert.ok(entries.some(({ search }) => search.unpredicted().length > 0));
  }
});
