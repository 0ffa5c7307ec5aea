import assert from "node:assert/strict";
import { test } from "node:test";
import { LearnedSearch } from "../../src/learned/layer-search.ts";
import { mean, openNetworks, solveNetworks } from "../../src/learned/networks.ts";
import { leastCost } from "../../src/learned/solve.ts";
import { memoryRange } from "../../src/mapper/layer-archive.ts";
import { Watch } from "../../src/mapper/limits.ts";
import { EDP } from "../../src/mapper/objective.ts";
import { createRng } from "../../src/rng.ts";
import { builtinStarlight } from "../../src/surrogate/builtin.ts";
import { loadFastModule } from "../../src/surrogate/fast-module.ts";
import { largeLearnedShape } from "./small-case.ts";

const module = await loadFastModule();
const model = await builtinStarlight("polaris-rtl");
const array = { peDim: 8 };
const range = memoryRange([
  { scratchpadKib: 4, accumulatorKib: 2 },
  { scratchpadKib: 9, accumulatorKib: 4 },
]);

/** Two networks of a layer each, solved until the limit has been looked at `times` times. */
async function solvedWithin(seed: number, times: number) {
  const rng = createRng(seed);
  const workloads = ["a", "b"].map((name) => ({
    name,
    layers: [{ name, count: 1, groups: 1, shape: largeLearnedShape(rng) }],
  }));
  const { networks, searches } = openNetworks(
    workloads,
    (shape) => new LearnedSearch(module, model, { shape, array, range }),
  );
  const entries = networks.map((network) => network.entries);
  const watch = new Watch({});
  let asked = 0;
  const counting = Object.assign(Object.create(watch) as Watch, { over: () => ++asked > times });
  try {
    const most = 4 * mean(entries.map((one) => leastCost(one, EDP)));
    const solution = await solveNetworks(entries, { objective: EDP, most }, counting);
    return { solution, asked, predicted: searches.reduce((sum, search) => sum + search.predicted, 0) };
  } finally {
    watch.close();
  }
}

test("an answer about several networks is complete only if all is predicted that would be without a limit", async () => {
  const whole = await solvedWithin(5, Number.POSITIVE_INFINITY);
  assert.equal(whole.solution?.complete, true);
  let cut = 0;
  for (let times = 0; times < whole.asked; times++) {
    const { solution, predicted } = await solvedWithin(5, times);
    if (solution?.complete) assert.equal(predicted, whole.predicted, `${times} of ${whole.asked}`);
    else cut++;
  }
  assert.ok(cut > 0);
});
