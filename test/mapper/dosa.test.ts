import assert from "node:assert/strict";
import { existsSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { fileURLToPath } from "node:url";
import { loadModule } from "#kernels";
import { createEngine } from "../../src/fidelity/engine.ts";
import { LayerSearch } from "../../src/mapper/layer-search.ts";
import { searchedDesigns } from "./searched-designs.ts";

const data = process.env["POLARIS_DATA"] ?? fileURLToPath(new URL("../../../shared/data", import.meta.url));
const file = join(data, "firesim-gemmini-optimised.csv");
const skip = existsSync(file)
  ? false
  : `needs the published data: set POLARIS_DATA to the folder with ${file}`;

test("on the hardware of DOSA's searched designs no mapping of theirs is better than ours", {
  skip,
}, async () => {
  const module = await loadModule();
  const engine = await createEngine(module, 1);
  const designs = searchedDesigns(file);
  let logRatio = 0;
  for (const [i, { shape, hardware, mapping }] of designs.entries()) {
    engine.batch.write(0, mapping);
    engine.evaluateNow(shape, hardware, 1);
    const search = new LayerSearch(module, shape, hardware);
    search.advance(Number.POSITIVE_INFINITY);
    const ours = Math.min(
      ...search.points().map(({ latencyCycles, energyPj }) => latencyCycles * energyPj * 1e-12),
    );

    assert.ok(
      ours <= engine.batch.edpJCycles(0) * (1 + 1e-15),
      `row ${i + 2}: ${ours} for ${engine.batch.edpJCycles(0)}`,
    );
    logRatio += Math.log(engine.batch.edpJCycles(0) / ours);
  }
  assert.ok(designs.length > 80 && Math.exp(logRatio / designs.length) > 1);
});
