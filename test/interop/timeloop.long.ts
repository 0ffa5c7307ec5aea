import assert from "node:assert/strict";
import { test } from "node:test";
import { parseDocument } from "yaml";
import { formatArchitecture, formatLayer } from "../../src/interop/timeloop/document.ts";
import { TIMELOOP_VERSIONS } from "../../src/interop/timeloop/names.ts";
import { readTimeloop } from "../../src/interop/timeloop/read.ts";
import { formatMapping } from "../../src/space/mapping.ts";
import { randomDesign } from "./random-design.ts";
import { checkSections } from "./round-trip.ts";

test("10,000 random mappings come back from Timeloop's sections, both versions, and from DOSA strings as they were", () => {
  checkSections(10_000);
});

test("10,000 random mappings come back from the text of Timeloop's files, both versions, with 500 accelerators", () => {
  const load = (text: string): unknown => parseDocument(text).toJS();
  for (let seed = 1; seed <= 10_000; seed++) {
    const { hardware, shape, mapping } = randomDesign(seed);
    for (const version of TIMELOOP_VERSIONS) {
      const layer = {
        where: "layer.yaml",
        document: load(formatLayer({ name: "l", shape, mapping }, version)),
      };
      const layers = [{ name: "l", count: 1, shape, mapping: formatMapping(mapping) }];
      assert.deepEqual(readTimeloop([layer]).layers, layers, `seed ${seed}, version ${version}`);
      // Descriptions of the hardware are longer, and there are fewer of them.
      if (seed % 20 > 0) continue;
      const architecture = { where: "a.yaml", document: load(formatArchitecture(hardware, version)) };
      assert.deepEqual(
        readTimeloop([architecture, layer]),
        { hardware, layers },
        `seed ${seed}, version ${version}`,
      );
    }
  }
});
