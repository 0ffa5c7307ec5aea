import { createBayes } from "../baselines/bayes/bayes.ts";
import { createDosa } from "../baselines/dosa/dosa.ts";
import { createRandom } from "../baselines/random.ts";
import type { JobPool } from "../jobs/pool.ts";
import { createAnnealer } from "../search/anneal.ts";
import { createGenetic } from "../search/genetic.ts";
import { openStudyJournal } from "../search/journal.ts";
import type { Sampler } from "../search/sampler.ts";
import { type Budget, runStudy, type StudyProgress } from "../search/study.ts";
import { type Design, type NetworkSums, type TrialOutcome, trialCost } from "../search/trial.ts";
import type { WalkedDesign, WalkProblem } from "../walk/request.ts";

/** Samplers that a study can be asked to use by name. */
export const SAMPLERS = ["anneal", "genetic", "random", "bayes", "dosa"] as const;
export type SamplerName = (typeof SAMPLERS)[number];

export interface NamedStudyRequest {
  readonly sampler: SamplerName;
  readonly problem: WalkProblem;
  readonly seed: number;
  readonly budget: Budget;
  /** File of the journal; a study is not written down without one. */
  readonly journal?: string;
  readonly version: string;
  readonly engine: string;
  /** The command line that runs the study, noted in the journal. */
  readonly command?: string;
  readonly signal?: AbortSignal;
  readonly onTrial?: (progress: StudyProgress) => void;
}

export interface NamedStudyResult extends StudyProgress {
  readonly ended: "sampler" | "budget" | "signal";
  /** The best design found; undefined if none was. */
  readonly best: { readonly design: Design; readonly sums: readonly NetworkSums[] } | undefined;
}

/**
 * Runs a study at analytical fidelity with one of the samplers, on the threads of a pool. Jobs that are open when it ends go on
 * until the pool is closed.
 */
export function runNamedStudy(pool: JobPool, request: NamedStudyRequest): Promise<NamedStudyResult> {
  const { problem } = request;
  switch (request.sampler) {
    case "anneal":
      return study(request, createAnnealer(), async (task) => {
        const { best, evaluated } = await pool.anneal({ problem, ...task });
        return found(best, evaluated, { hardware: best.hardware, tiles: best.tiles });
      });
    case "genetic":
      return study(request, createGenetic(), async (task) => {
        const { best, evaluated, members } = await pool.breed({ problem, ...task });
        return found(best, evaluated, members);
      });
    case "random":
      return study(request, createRandom(problem), (task) => pool.random({ problem, task }));
    case "bayes":
      return study(request, createBayes(problem), (task) => pool.bayes({ problem, task }));
    case "dosa":
      return study(request, createDosa(), (task) => pool.dosa({ problem, task }));
  }
}

function found<Carry>(
  { hardware, mappings, sums }: WalkedDesign,
  evaluated: number,
  carry: Carry,
): TrialOutcome<Carry> {
  return { status: "found", design: { hardware, mappings }, sums, evaluated, carry };
}

async function study<Job, Carry>(
  request: NamedStudyRequest,
  sampler: Sampler<Job, Carry>,
  run: (job: Job) => Promise<TrialOutcome<Carry>>,
): Promise<NamedStudyResult> {
  const { problem, seed, budget, signal, onTrial } = request;
  const journal =
    request.journal === undefined
      ? undefined
      : openStudyJournal<Job, Carry>(request.journal, {
          sampler: sampler.name,
          seed,
          problem,
          package: request.version,
          engine: request.engine,
          about: {
            workloads: problem.workloads.map(({ name }) => name),
            objective: problem.objective.name,
            ...(request.command === undefined ? {} : { command: request.command }),
          },
        });
  try {
    const { bestTrial, ...progress } = await runStudy<Job, Carry>({
      sampler,
      seed,
      run,
      cost: (outcome) => trialCost(problem.objective, outcome),
      budget,
      ...(journal ? { journal } : {}),
      ...(signal ? { signal } : {}),
      ...(onTrial ? { onTrial: (_, now: StudyProgress) => onTrial(now) } : {}),
    });
    const outcome = bestTrial?.outcome;
    return { ...progress, best: outcome?.status === "found" ? outcome : undefined };
  } finally {
    journal?.close();
  }
}
