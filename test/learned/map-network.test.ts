import assert from "node:assert/strict";
import { test } from "node:test";
import { createHardware } from "../../src/hardware/hardware.ts";
import { LearnedSearch } from "../../src/learned/layer-search.ts";
import { mapLearnedNetwork } from "../../src/learned/map-network.ts";
import { archiveHull, memoryRange } from "../../src/mapper/layer-archive.ts";
import { minimiseNetwork } from "../../src/mapper/network.ts";
import { cost, EDP, parseObjective } from "../../src/mapper/objective.ts";
import { createRng } from "../../src/rng.ts";
import { parseMapping } from "../../src/space/mapping.ts";
import { builtinStarlight } from "../../src/surrogate/builtin.ts";
import { createStarlightEngine } from "../../src/surrogate/engine.ts";
import { loadFastModule } from "../../src/surrogate/fast-module.ts";
import { builtinWorkload } from "../../src/workload/builtin.ts";
import { toLayerShape } from "../../src/workload/layer.ts";
import { integer } from "../mapper/random-case.ts";
import { largeLearnedShape, smallLearnedHardware } from "./small-case.ts";

const CASES = Number(process.env["POLARIS_LEARNED_NETWORKS"] ?? 4);
const module = await loadFastModule();
const model = await builtinStarlight("gemmini-firesim");
const own = await builtinStarlight("polaris-rtl");

test("the proven choice for a network is that among all of its mappings, for every objective", async () => {
  let predicted = 0;
  let all = 0;
  for (let i = 0; i < CASES; i++) {
    const rng = createRng(45, i);
    const which = i % 2 === 0 ? model : own;
    const hardware = smallLearnedHardware(rng);
    const layers = Array.from({ length: integer(rng, 1, 4) }, (_, l) => ({
      name: `layer ${l}`,
      count: integer(rng, 1, 3),
      groups: 1,
      shape: largeLearnedShape(rng),
    }));
    const { peDim } = hardware;
    const whole = layers.map(({ shape, count }) => {
      const search = new LearnedSearch(module, which, {
        shape,
        array: { peDim },
        range: memoryRange([hardware]),
      });
      search.raise(search.latencies.map(() => Number.POSITIVE_INFINITY));
      all += search.predicted;
      return { count, points: archiveHull(search.archive(), search.memories) };
    });
    for (const name of ["edp", "ed2p", "weighted:0.3", "latency", "energy"]) {
      const objective = parseObjective(name);
      const least = minimiseNetwork(whole, objective);
      const found = await mapLearnedNetwork(module, which, { layers, hardware, objective });

      const { latencyCycles, energyUj } = found.totals;
      const where = `case ${i}, ${name}: ${JSON.stringify({ layers, hardware })}`;
      assert.equal(found.optimal, true, where);
      assert.ok(Math.abs(latencyCycles / (least?.latencyCycles ?? 0) - 1) < found.tolerance, where);
      assert.ok(Math.abs((energyUj * 1e6) / (least?.energyPj ?? 0) - 1) < found.tolerance, where);
      if (name === "edp") predicted += found.statistics.predicted;
    }
  }
  assert.ok(predicted < all / 5, `${predicted} of ${all} mappings were predicted`);
});

test("a search that is ended gives its best and a gap that the optimum keeps", async () => {
  const { layers } = builtinWorkload("resnet50");
  const hardware = { peDim: 16, scratchpadKib: 64, accumulatorKib: 16 };
  const proven = await mapLearnedNetwork(module, model, { layers, hardware, objective: EDP });
  const least = cost(EDP, proven.totals.latencyCycles, proven.totals.energyUj);
  let last = Number.POSITIVE_INFINITY;
  for (const evaluations of [3000, 4500, 6000]) {
    const early = await mapLearnedNetwork(module, model, { layers, hardware, objective: EDP, evaluations });
    const found = cost(EDP, early.totals.latencyCycles, early.totals.energyUj);
    assert.ok(early.gap > 0 && !early.optimal);
    assert.ok(found >= least * (1 - 1e-12) && found / (1 + early.gap) <= least * (1 + 1e-12));
    assert.ok(early.gap <= last);
    last = early.gap;
  }
  assert.equal(proven.optimal, true);
});

test("feeding the mappings back to Starlight gives the same numbers", async () => {
  const { layers } = builtinWorkload("bert");
  const hardware = { peDim: 16, scratchpadKib: 128, accumulatorKib: 32 };
  const found = await mapLearnedNetwork(module, model, { layers, hardware, objective: EDP });
  const engine = await createStarlightEngine(module, model, 1);
  assert.equal(found.profile, "gemmini-firesim");
  for (const { shape, mapping, latencyCycles, latencyInterval, energyUj } of found.layers) {
    engine.batch.write(0, parseMapping(mapping));
    engine.evaluateNow(shape, createHardware(hardware), 1);
    assert.equal(engine.batch.latencyCycles(0), latencyCycles);
    assert.equal(engine.batch.energyPj(0) * 1e-6, energyUj);
    assert.deepEqual({ low: engine.batch.latencyLow(0), high: engine.batch.latencyHigh(0) }, latencyInterval);
  }
});

test("layers that the profile's RTL does not run are refused by name", async () => {
  const shape = toLayerShape({ P: 8, Q: 8, R: 3, S: 3, Wdilation: 2, Hdilation: 2 });
  await assert.rejects(
    mapLearnedNetwork(module, model, {
      layers: [{ name: "dilated", count: 1, groups: 1, shape }],
      hardware: { peDim: 16, scratchpadKib: 64, accumulatorKib: 16 },
      objective: EDP,
    }),
    /dilated: expected a layer that Starlight predicts, found .*runs no dilated layers/,
  );
});
