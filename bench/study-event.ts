// npm run study:event: the best designs of npm run study's DOSA, and ours, as the event-driven model of the RTL has them (within 3.5 %
// of the RTL in 90 % of cases), at the area of DOSA's published designs.
import { loadModule } from "#kernels";
import { collectPlatforms } from "../src/codesign/platform.ts";
import type { Evaluator } from "../src/fidelity/evaluator.ts";
import { createMachineEvaluator } from "../src/fidelity/machine-evaluator.ts";
import { createJobPool } from "../src/jobs/pool.ts";
import { candidatesOf, predictDesign } from "../src/promotion/predicted-design.ts";
import { createProposer } from "../src/promotion/propose.ts";
import type { Design } from "../src/search/trial.ts";
import type { WalkProblem } from "../src/walk/request.ts";
import { dosaDesigns } from "./study-dosa.ts";
import { NETWORKS, problemOf } from "./study-parts.ts";

const machine = createMachineEvaluator(await loadModule());
const pool = await createJobPool(2);

/** The least cost of designs, J x cycles, and how many of them cannot run. */
async function best(
  { workloads, objective }: WalkProblem,
  designs: readonly Design[],
  model: Evaluator,
): Promise<{ readonly edp: number; readonly refused: number }> {
  let edp = Number.POSITIVE_INFINITY;
  let refused = 0;
  for (const design of designs) {
    const outcomes = await model.evaluate(candidatesOf(workloads, design));
    const priced = predictDesign(workloads, objective, design, outcomes);
    if (priced) edp = Math.min(edp, priced.cost * 1e-12);
    else refused++;
  }
  return { edp, refused };
}

const ratios: number[] = [];
for (const network of NETWORKS) {
  const problem = problemOf("free", network);
  const { designs: found } = await dosaDesigns(pool, network);
  const dosa = await best(problem, found, machine);
  const started = performance.now();
  const platforms = await collectPlatforms(pool, problem);
  const ours = await best(problem, await createProposer({ ...problem, platforms })(machine), machine);
  const seconds = (performance.now() - started) / 1000;
  ratios.push(dosa.edp / ours.edp);
  console.log(
    `${network}: DOSA's best of ${found.length} start points ${dosa.edp.toPrecision(6)} J x cycles (${dosa.refused} cannot be double-buffered), ours ${ours.edp.toPrecision(6)} in ${seconds.toFixed(1)} s: ${(dosa.edp / ours.edp).toFixed(2)} times`,
  );
}
console.log(
  `geometric mean ${Math.exp(ratios.reduce((sum, one) => sum + Math.log(one), 0) / ratios.length).toFixed(2)}`,
);
await pool.close();
