import assert from "node:assert/strict";
import { test } from "node:test";
import { loadModule } from "#kernels";
import { collectPlatforms } from "../../src/codesign/platform.ts";
import { area } from "../../src/hardware/area.ts";
import { createHardware } from "../../src/hardware/hardware.ts";
import { createLocalPool } from "../../src/mapper/archive-pool.ts";
import { mapNetwork } from "../../src/mapper/map-network.ts";
import { EDP } from "../../src/mapper/objective.ts";
import { nearConfigs } from "../../src/promotion/near-configs.ts";
import { toLayerShape } from "../../src/workload/layer.ts";

const workloads = [
  { K: 16, C: 24, P: 20 },
  { K: 8, C: 4, P: 10, Q: 10, R: 3, S: 3 },
].map((bounds, i) => ({
  name: `network ${i}`,
  layers: [{ name: "layer", count: 1 + i, groups: 1, shape: toLayerShape(bounds) }],
}));
const space = {
  arrays: [{ peDim: 4 }, { peDim: 8 }],
  scratchpadKib: [1, 2, 3, 4, 6, 8],
  accumulatorKib: [1, 2, 3, 4, 5, 6, 7, 8],
  maxAreaMm2: 0.085,
};
const module = await loadModule();
const platforms = await collectPlatforms(createLocalPool(module), { workloads, space });

test("configs come with the geometric mean of the networks' least costs, cheapest first, within the area", async () => {
  const configs = nearConfigs({ space, objective: EDP, platforms }, 1000);

  assert.deepEqual(
    configs.map(({ cost }) => cost),
    configs.map(({ cost }) => cost).sort((a, b) => a - b),
  );
  for (const { hardware, cost } of configs) {
    assert.ok(area(createHardware(hardware)).mm2 <= space.maxAreaMm2);
    const costs = await Promise.all(
      workloads.map(async ({ layers }) => {
        const { totals } = await mapNetwork(module, { layers, hardware, objective: EDP });
        return totals.latencyCycles * totals.energyUj;
      }),
    );
    const mean = Math.sqrt((costs[0] as number) * (costs[1] as number));
    assert.ok(Math.abs(cost / mean - 1) < 1e-9, `${JSON.stringify(hardware)}: ${cost} against ${mean}`);
  }
});

test("for each array and scratchpad the largest accumulator within the area is among the configs", () => {
  const configs = nearConfigs({ space, objective: EDP, platforms }, 1000);
  const within = (hardware: { peDim: number; scratchpadKib: number; accumulatorKib: number }): boolean =>
    area(createHardware(hardware)).mm2 <= space.maxAreaMm2;
  let cut = 0;
  for (const { peDim } of space.arrays) {
    // Two next to each other of less than a factor of the square root of two are not both looked at: 4 is left out after 3.
    for (const scratchpadKib of [1, 2, 3, 6, 8]) {
      const most = space.accumulatorKib.findLast((accumulatorKib) =>
        within({ peDim, scratchpadKib, accumulatorKib }),
      );
      if (most === undefined) continue;
      if (most < 8) cut++;
      const found = configs
        .filter(({ hardware }) => hardware.peDim === peDim && hardware.scratchpadKib === scratchpadKib)
        .map(({ hardware }) => hardware.accumulatorKib);
      assert.ok(found.includes(most), `${peDim}, ${scratchpadKib}: ${found} without ${most}`);
    }
  }
  assert.ok(cut > 2, `${cut} cut by the area`);
});
