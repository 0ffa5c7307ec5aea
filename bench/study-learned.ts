// npm run study:learned: the optimum of the co-design by Starlight (profile polaris-rtl) against the best of npm run study's DOSA priced by
// the same model, at the area of DOSA's published designs; and what the event-driven model of the same RTL says of both.
import { loadModule } from "#kernels";
import type { Evaluator } from "../src/fidelity/evaluator.ts";
import { createMachineEvaluator } from "../src/fidelity/machine-evaluator.ts";
import { createJobPool } from "../src/jobs/pool.ts";
import { codesignLearned } from "../src/learned/codesign.ts";
import { candidatesOf, predictDesign } from "../src/promotion/predicted-design.ts";
import type { Design } from "../src/search/trial.ts";
import { builtinStarlight } from "../src/surrogate/builtin.ts";
import { createStarlightEngine } from "../src/surrogate/engine.ts";
import { createStarlightEvaluator } from "../src/surrogate/evaluator.ts";
import { loadFastModule } from "../src/surrogate/fast-module.ts";
import type { WalkProblem } from "../src/walk/request.ts";
import { dosaDesigns } from "./study-dosa.ts";
import { NETWORKS, problemOf } from "./study-parts.ts";

const module = await loadFastModule();
const model = await builtinStarlight("polaris-rtl");
const starlight = createStarlightEvaluator(await createStarlightEngine(module, model));
const machine = createMachineEvaluator(await loadModule());
const pool = await createJobPool(2);

/** J x cycles of the best of some designs. */
async function best(
  { workloads, objective }: WalkProblem,
  designs: readonly Design[],
  by: Evaluator,
): Promise<number> {
  let edp = Number.POSITIVE_INFINITY;
  for (const design of designs) {
    const outcomes = await by.evaluate(candidatesOf(workloads, design));
    edp = Math.min(
      edp,
      (predictDesign(workloads, objective, design, outcomes)?.cost ?? Number.POSITIVE_INFINITY) * 1e-12,
    );
  }
  return edp;
}

const ratios: number[] = [];
console.log(
  "| network | `dosa`, its best start | mappings | ours | array, KiB | gap | mappings predicted | s of CPU | ratio | event-driven model: `dosa`, ours, ratio |",
);
console.log("| --- | --- | --- | --- | --- | --- | --- | --- | --- | --- |");
for (const network of process.argv.length > 2 ? process.argv.slice(2) : NETWORKS) {
  const problem = problemOf("free", network);
  const { workloads, space, objective } = problem;
  const { designs, evaluated } = await dosaDesigns(pool, network);
  const dosa = await best(problem, designs, starlight);
  const before = process.cpuUsage();
  const { mappings, gap, predicted } = await codesignLearned(module, model, { workloads, space, objective });
  const [mapping] = mappings;
  if (!mapping) throw new Error("a study has a network");
  const { user, system } = process.cpuUsage(before);
  const { hardware, totals, layers } = mapping;
  const ours: Design = { hardware, mappings: [layers.map((layer) => layer.mapping)] };
  const [dosaEvent, oursEvent] = [
    await best(problem, designs, machine),
    await best(problem, [ours], machine),
  ];
  const ratio = dosa / totals.edpJCycles;
  ratios.push(ratio);
  console.log(
    `| ${network} | ${dosa.toPrecision(6)} | ${evaluated.toPrecision(2)} | ${totals.edpJCycles.toPrecision(6)} | ${hardware.peDim}, ${hardware.scratchpadKib} + ${hardware.accumulatorKib} | ${gap === 0 ? "0, proven" : gap.toPrecision(2)} | ${predicted.toPrecision(2)} | ${((user + system) / 1e6).toFixed(1)} | ${ratio.toFixed(2)} | ${dosaEvent.toPrecision(6)}, ${oursEvent.toPrecision(6)}, ${(dosaEvent / oursEvent).toFixed(2)} |`,
  );
}
console.log(
  `\ngeometric mean of the ratios ${Math.exp(ratios.reduce((sum, one) => sum + Math.log(one), 0) / ratios.length).toFixed(2)}`,
);
await pool.close();
