// npm run study:verification: how many layers must be run until the best design is verified, choosing by expected improvement and at
// random. The event-driven model of the RTL stands for the machine, the analytical model, corrected as runs come in, for the model:
// a wide gap, which the RTL and its event-driven model do not have.
import { loadModule } from "#kernels";
import { collectPlatforms } from "../src/codesign/platform.ts";
import { createAnalyticalEvaluator } from "../src/fidelity/analytical.ts";
import { candidateText } from "../src/fidelity/candidate-key.ts";
import { createEngine } from "../src/fidelity/engine.ts";
import { createMachineEvaluator } from "../src/fidelity/machine-evaluator.ts";
import { createJobPool } from "../src/jobs/pool.ts";
import { calibrate } from "../src/promotion/calibrate.ts";
import { candidatesOf, predictDesign } from "../src/promotion/predicted-design.ts";
import { createProposer } from "../src/promotion/propose.ts";
import { searchVerified } from "../src/promotion/verified-search.ts";
import { createRng } from "../src/rng.ts";
import type { Design } from "../src/search/trial.ts";
import { NETWORKS, problemOf } from "./study-parts.ts";

/** A design this near to the best counts as found. */
const NEAR = 1.005;
const SEEDS = 25;

const module = await loadModule();
const model = createAnalyticalEvaluator(await createEngine(module, 1));
const machine = createMachineEvaluator(module);
const pool = await createJobPool(2);

for (const network of NETWORKS) {
  const { workloads, space, objective } = problemOf("free", network);
  const platforms = await collectPlatforms(pool, { workloads, space });
  const proposals = createProposer({ workloads, space, objective, platforms });
  const designs = await proposals(model);
  const costOf = async (design: Design): Promise<number> => {
    const outcomes = await machine.evaluate(candidatesOf(workloads, design));
    return predictDesign(workloads, objective, design, outcomes)?.cost ?? Number.POSITIVE_INFINITY;
  };
  const costs = await Promise.all(designs.map(costOf));
  const target = Math.min(...costs) * NEAR;

  let chosen = Number.NaN;
  const result = await searchVerified({
    workloads,
    objective,
    model,
    verifier: machine,
    // The same designs for both: what is compared is the choice among them.
    propose: async () => designs,
    refine: calibrate,
    runs: 1e6,
    batch: 2,
    onProgress: ({ bestCost, runs }) => {
      if (bestCost <= target && Number.isNaN(chosen)) chosen = runs;
    },
  });
  const inside = result.verified.filter(
    ({ predicted: { interval }, verified: { cost } }) => interval.low <= cost && cost <= interval.high,
  ).length;

  const random = Array.from({ length: SEEDS }, (_, seed) => {
    const rng = createRng(seed);
    const known = new Set<string>();
    const order = designs.map((_, i) => [rng(), i] as const).sort(([a], [b]) => a - b);
    for (const [, i] of order) {
      for (const one of candidatesOf(workloads, designs[i] as Design)) known.add(candidateText(one));
      if ((costs[i] as number) <= target) break;
    }
    return known.size;
  }).sort((a, b) => a - b);
  console.log(
    `${network}: ${designs.length} designs; by expected improvement ${chosen} runs, ended after ${result.runs} (${result.ended}); at random ${random[SEEDS >> 1]} (${random[0]} to ${random.at(-1)}); ${inside} of ${result.verified.length} verified designs within the interval predicted`,
  );
}
await pool.close();
