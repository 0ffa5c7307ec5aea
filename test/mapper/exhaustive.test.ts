import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import { loadModule } from "#kernels";
import { createHardware, type HardwareParameters } from "../../src/hardware/hardware.ts";
import { collectArchive } from "../../src/mapper/enumeration.ts";
import { lowerLeftHull } from "../../src/mapper/hull.ts";
import { archiveHull, memoryView } from "../../src/mapper/layer-archive.ts";
import { LayerSearch } from "../../src/mapper/layer-search.ts";
import type { LayerShape } from "../../src/workload/layer.ts";

/** What `npm run test:exhaustive` found by pricing every mapping, one by one. */
const RECORDED = JSON.parse(
  readFileSync(new URL("../golden/exhaustive.json", import.meta.url), "utf8"),
) as readonly {
  readonly shape: LayerShape;
  readonly hardware: HardwareParameters;
  readonly mappings: number;
  readonly pareto: readonly (readonly [latencyCycles: number, energyPj: number])[];
}[];

for (const { shape, hardware: parameters, mappings, pareto } of RECORDED) {
  const { K, C, P, Q, R, S, N } = shape;
  test(`the best of ${mappings.toLocaleString("en-US")} mappings of N${N} K${K} C${C} P${P} Q${Q} R${R} S${S}, priced one by one`, async () => {
    const module = await loadModule();
    const hardware = createHardware(parameters);
    const search = new LayerSearch(module, shape, hardware, { keepPareto: true });
    search.advance(Number.POSITIVE_INFINITY);
    const { peDim, bandwidth } = parameters;
    const archive = collectArchive(module, shape, { peDim, ...(bandwidth && { bandwidth }) });

    const pairs = (points: readonly { latencyCycles: number; energyPj: number }[]) =>
      points.map(({ latencyCycles, energyPj }) => [latencyCycles, energyPj]);
    assert.deepEqual(pairs(search.points()), pareto);
    assert.deepEqual(
      pairs(archiveHull(archive, memoryView(parameters))),
      pairs(lowerLeftHull(pareto.map(([latencyCycles, energyPj]) => ({ latencyCycles, energyPj })))),
    );
  });
}
