import assert from "node:assert/strict";
import { mock, test } from "node:test";
import { area } from "../../src/hardware/area.ts";
import { createHardware } from "../../src/hardware/hardware.ts";
import { codesignLearned, type LearnedCodesignRequest } from "../../src/learned/codesign.ts";
import { mean } from "../../src/learned/networks.ts";
import { cost, parseObjective } from "../../src/mapper/objective.ts";
import { createRng } from "../../src/rng.ts";
import { builtinStarlight } from "../../src/surrogate/builtin.ts";
import { loadFastModule } from "../../src/surrogate/fast-module.ts";
import { integer } from "../mapper/random-case.ts";
import { largeLearnedShape } from "./small-case.ts";

/** Numbers of random spaces, among them one of two networks and one of a single network that are hard to end right. */
const SPACES = [0, 1, 23];
/** Moments from the start to the last tenth of each search; in that all are tried. */
const MOMENTS = 8;
const module = await loadFastModule();
const model = await builtinStarlight("polaris-rtl");
const EDP = parseObjective("edp");

function randomRequest(i: number): LearnedCodesignRequest {
  const rng = createRng(83, i);
  const scratchpadKib = [2, 3, 5, 9];
  const accumulatorKib = [1, 2, 4];
  const areas = scratchpadKib
    .flatMap((pad) =>
      accumulatorKib.map(
        (bank) => area(createHardware({ peDim: 8, scratchpadKib: pad, accumulatorKib: bank })).mm2,
      ),
    )
    .sort((a, b) => a - b);
  return {
    workloads: Array.from({ length: integer(rng, 1, 3) }, (_, w) => ({
      name: `network ${w}`,
      layers: Array.from({ length: integer(rng, 1, 2) }, (_, l) => ({
        name: `layer ${l}`,
        count: integer(rng, 1, 50),
        groups: 1,
        shape: largeLearnedShape(rng),
      })),
    })),
    space: {
      arrays: [{ peDim: 8 }],
      scratchpadKib,
      accumulatorKib,
      maxAreaMm2: areas[integer(rng, 4, areas.length - 1)] as number,
    },
    objective: EDP,
  };
}

/** A search whose time is up when it asks for the time once more than `times`; how often it asked, too. */
async function searchFor(request: LearnedCodesignRequest, times: number) {
  const now = performance.now.bind(performance);
  let asked = 0;
  const clock = mock.method(performance, "now", () => now() + (++asked > times ? 1e9 : 0));
  try {
    const { mappings, gap, optimal } = await codesignLearned(module, model, { ...request, budgetMs: 1e6 });
    const costs = mappings.map(({ totals }) => cost(EDP, totals.latencyCycles, totals.energyUj));
    return { found: mean(costs), gap, optimal, asked };
  } finally {
    clock.mock.restore();
  }
}

test("a search that runs out of time, whenever it does, is no further from the optimum than it says", async () => {
  for (const i of SPACES) {
    const request = randomRequest(i);
    const { found: least, asked, optimal } = await searchFor(request, Number.POSITIVE_INFINITY);
    assert.equal(optimal, true);
    const late = Math.floor(0.9 * asked);
    const moments = Array.from({ length: MOMENTS }, (_, n) => Math.floor((late * n) / MOMENTS));
    for (let times = late; times < asked; times++) moments.push(times);
    for (const times of moments) {
      const { found, gap } = await searchFor(request, times);
      assert.ok(
        found <= least * (1 + gap) * (1 + 2e-6),
        `space ${i}, time ${times} of ${asked}: ${found} against ${least}, gap ${gap}`,
      );
    }
  }
});
