import assert from "node:assert/strict";
import { fromTimeloopMapping, toTimeloopMapping } from "../../src/interop/timeloop/mapping.ts";
import { TIMELOOP_VERSIONS } from "../../src/interop/timeloop/names.ts";
import { fromTimeloopProblem, toTimeloopProblem } from "../../src/interop/timeloop/problem.ts";
import { formatMapping, parseMapping } from "../../src/space/mapping.ts";
import { randomDesign } from "./random-design.ts";

/** Random mappings and layers come back from Timeloop's sections, both versions, and from DOSA strings as they were. */
export function checkSections(count: number): void {
  for (let seed = 1; seed <= count; seed++) {
    const { mapping, shape } = randomDesign(seed);
    for (const version of TIMELOOP_VERSIONS) {
      const back = fromTimeloopMapping(toTimeloopMapping(mapping, version), "mapping");
      assert.deepEqual(back, mapping, `seed ${seed}, version ${version}`);
      const problem = fromTimeloopProblem(toTimeloopProblem("layer", shape, version), "problem");
      assert.deepEqual(problem, { name: "layer", shape }, `seed ${seed}, version ${version}`);
    }
    assert.deepEqual(parseMapping(formatMapping(mapping)), mapping, `seed ${seed}`);
  }
}
