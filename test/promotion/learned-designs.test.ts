import assert from "node:assert/strict";
import { test } from "node:test";
import { loadModule } from "#kernels";
import { collectPlatforms } from "../../src/codesign/platform.ts";
import { collectArchive } from "../../src/mapper/enumeration.ts";
import { EDP } from "../../src/mapper/objective.ts";
import { learnedDesigns } from "../../src/promotion/learned-designs.ts";
import { builtinStarlight } from "../../src/surrogate/builtin.ts";
import { loadFastModule } from "../../src/surrogate/fast-module.ts";
import { toLayerShape } from "../../src/workload/layer.ts";

const kernels = await loadModule();
const fast = await loadFastModule();
const model = await builtinStarlight("polaris-rtl");
const layer = { name: "a", count: 1, groups: 1, shape: toLayerShape({ K: 32, C: 16, P: 14, Q: 14 }) };
const problem = {
  workloads: [{ name: "one layer", layers: [layer] }],
  space: { arrays: [{ peDim: 8 }], scratchpadKib: [2, 4, 8], accumulatorKib: [1, 2] },
  objective: EDP,
};
const platforms = await collectPlatforms(
  { collectArchive: async ({ shape, array, range }) => collectArchive(kernels, shape, array, range) },
  problem,
);
const request = { ...problem, platforms, configs: 4 };

test("designs are complete if nothing ended the search for them: the optimum, and one on each config", async () => {
  const { designs, complete } = await learnedDesigns(fast, model, request);

  assert.equal(complete, true);
  assert.equal(designs.length, 1 + request.configs);
});

test("no time leaves one design, and whoever ends the search is told that it is not complete", async () => {
  const late = await learnedDesigns(fast, model, request, { budgetMs: 0 });
  assert.deepEqual([late.complete, late.designs.length], [false, 1]);

  const controller = new AbortController();
  const ended = await learnedDesigns(fast, model, request, {
    signal: controller.signal,
    onDesign: (done) => {
      if (done === 2) controller.abort();
    },
  });
  assert.equal(ended.complete, false);
  assert.ok(ended.designs.length >= 2 && ended.designs.length < 1 + request.configs);
});
