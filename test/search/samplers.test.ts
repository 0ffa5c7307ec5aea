import { createBayes } from "../../src/baselines/bayes/bayes.ts";
import { createDosa } from "../../src/baselines/dosa/dosa.ts";
import { createRandom } from "../../src/baselines/random.ts";
import { EDP } from "../../src/mapper/objective.ts";
import { createAnnealer } from "../../src/search/anneal.ts";
import { createGenetic } from "../../src/search/genetic.ts";
import type { TrialOutcome } from "../../src/search/trial.ts";
import type { WalkProblem, Waypoint } from "../../src/walk/request.ts";
import { builtinWorkload } from "../../src/workload/builtin.ts";
import { testSampler } from "../conformance/sampler.ts";

const problem: WalkProblem = {
  workloads: [builtinWorkload("bert")],
  objective: EDP,
  space: {
    arrays: [{ peDim: 8 }, { peDim: 16 }],
    scratchpadKib: [32, 64, 100, 128],
    accumulatorKib: [8, 16, 32],
    maxAreaMm2: 0.5,
  },
};

/** An outcome that depends on the seed of a job alone; one in eight finds nothing. */
function answer<Carry>(
  { seed }: { readonly seed: number },
  carry: (design: Waypoint) => Carry,
): TrialOutcome<Carry> {
  if (seed % 8 === 0) return { status: "infeasible", reason: "by chance", evaluated: 1 };
  const hardware = { peDim: 16, scratchpadKib: 64, accumulatorKib: 8 };
  return {
    status: "found",
    design: { hardware, mappings: [[`mapping ${seed}`]] },
    sums: [{ latencyCycles: 1 + (seed % 1000), energyPj: 1e6 }],
    evaluated: 10,
    carry: carry({ hardware, tiles: [`${seed}`] }),
  };
}

testSampler("anneal", {
  create: () => createAnnealer(),
  answer: (job) => answer(job, (design) => design),
  trials: 40,
});
testSampler("genetic", {
  create: () => createGenetic({ islands: 3, size: 4 }),
  answer: (job) => answer(job, (design) => [design, design]),
  trials: 40,
});
testSampler("random", {
  create: () => createRandom(problem),
  answer: (job) => answer(job, () => null),
  trials: 30,
});
testSampler("bayes", {
  create: () => createBayes(problem),
  answer: (job) => answer(job, () => null),
  trials: 30,
});
testSampler("dosa", { create: () => createDosa(), answer: (job) => answer(job, () => null), trials: 7 });
