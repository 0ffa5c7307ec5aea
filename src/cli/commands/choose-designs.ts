import { collectPlatforms } from "../../codesign/platform.ts";
import type { HardwareSpace } from "../../codesign/space.ts";
import type { Evaluator } from "../../fidelity/evaluator.ts";
import type { JobPool } from "../../jobs/pool.ts";
import { Watch } from "../../mapper/limits.ts";
import type { Objective } from "../../mapper/objective.ts";
import { learnedDesigns } from "../../promotion/learned-designs.ts";
import { createProposer } from "../../promotion/propose.ts";
import type { Design } from "../../search/trial.ts";
import { loadFastModule } from "../../surrogate/fast-module.ts";
import type { Workload } from "../../workload/workload.ts";
import type { CliContext } from "../context.ts";
import { formatLearnedProgress } from "../learned-output.ts";
import type { Progress } from "../progress.ts";
import { loadStarlightModel } from "../starlight-model.ts";
import type { VerifiedArgs } from "./search-verified.ts";

/** The designs that a verified search chooses among. */
export interface DesignChoice {
  readonly propose: (model: Evaluator, signal?: AbortSignal) => Promise<readonly Design[]>;
  /** Whether they are all that there are to be, or a limit ended the search for them. */
  readonly complete: boolean;
}

/** Part of a budget that finding designs may take, so that some is left to run them. */
const SHARE = 0.5;

/**
 * Milliseconds that finding designs may take. A journal goes on from all designs or not at all, so that they may take the whole
 * budget of a study; and whatever they take if designs are on record, which are not found again without them.
 *
 * @param recorded designs on record; undefined without a journal
 */
export function findingBudget(
  { budget = Number.POSITIVE_INFINITY, verify }: Pick<VerifiedArgs, "budget" | "verify">,
  recorded: number | undefined,
): number {
  if (recorded !== undefined && recorded > 0) return Number.POSITIVE_INFINITY;
  return verify && recorded === undefined ? SHARE * budget : budget;
}

/**
 * Finds the designs that a verified search chooses among: by enumeration near the analytical optimum and, if Starlight is the model,
 * by its own proof.
 *
 * @param recorded designs on record; undefined without a journal
 */
export async function chooseDesigns(
  context: CliContext,
  args: VerifiedArgs,
  problem: {
    readonly workloads: readonly Workload[];
    readonly space: HardwareSpace;
    readonly objective: Objective;
  },
  pool: JobPool,
  progress: Progress,
  recorded: number | undefined,
): Promise<DesignChoice> {
  const { signal } = context;
  const started = performance.now();
  const budgetMs = findingBudget(args, recorded);
  const left = (): number => Math.max(0, budgetMs - (performance.now() - started));
  const learns = args.fidelity === "starlight";
  const watch = new Watch({ budgetMs: learns ? budgetMs / 2 : budgetMs, signal });
  try {
    const platforms = await collectPlatforms(pool, {
      ...problem,
      signal: watch.signal,
      onLayer: (done, of) => progress.update(`${done} of ${of} layers enumerated`, done / of),
    });
    const rerank = createProposer({ ...problem, platforms });
    const complete = platforms.every((platform) => platform.complete);
    if (!learns) return { propose: rerank, complete };
    const learned = await learnedDesigns(
      await loadFastModule(),
      await loadStarlightModel(args.model, args.profile),
      { ...problem, platforms },
      {
        budgetMs: left(),
        signal,
        onOptimum: (now) => progress.update(formatLearnedProgress(now)),
        onDesign: (done, of) => progress.update(`${done} of ${of} configs mapped by Starlight`, done / of),
      },
    );
    return {
      propose: async (now, ending) => [...learned.designs, ...(await rerank(now, ending))],
      complete: complete && learned.complete,
    };
  } finally {
    watch.close();
  }
}
