import { InputError } from "../errors.ts";
import type { Candidate, Evaluator, Interval, Outcome } from "../fidelity/evaluator.ts";
import type { Objective } from "../mapper/objective.ts";
import { checkReplay, type RecordedTrial } from "../search/study.ts";
import type { Design, NetworkSums, TrialOutcome } from "../search/trial.ts";
import type { Workload } from "../workload/workload.ts";
import type { LayerRuns } from "./layer-runs.ts";
import { candidatesOf, type PredictedDesign, predictDesign } from "./predicted-design.ts";

/** A design to be verified: the job of a trial. */
export interface VerifyJob {
  /** Refinements of the model before. */
  readonly round: number;
  readonly design: Design;
}

/** What a journal holds of a trial beside the design and its measured sums. */
export interface VerifyCarry {
  /** Objective in cycles and pJ, predicted before the design was run. */
  readonly predicted: { readonly cost: number; readonly interval: Interval };
  /** Outcomes of the layers that had not been run before, in the order of the design's layers. */
  readonly runs: readonly Outcome[];
}

export type RecordedVerification = RecordedTrial<VerifyJob, VerifyCarry>;

/** A design with what was predicted of it, before it was run, and what was measured. Never one in the place of the other. */
export interface VerifiedDesign {
  readonly predicted: PredictedDesign;
  readonly verified: { readonly sums: readonly NetworkSums[]; readonly cost: number };
}

/** A design under verification. */
export interface OpenVerification {
  readonly job: VerifyJob;
  readonly predicted: PredictedDesign;
  /** Its layers that have not been run, and that no design begun before runs. */
  readonly missing: readonly Candidate[];
  readonly outcomes: Promise<readonly Outcome[]>;
  /** Whether it is on record. */
  readonly replayed: boolean;
}

/**
 * Begins to verify a design.
 *
 * @param recorded the trial of this number, if it is on record
 * @throws InputError if that is of another design
 */
export function beginVerification(
  request: { readonly verifier: Evaluator; readonly name: string; readonly number: number },
  job: VerifyJob,
  predicted: PredictedDesign,
  missing: readonly Candidate[],
  recorded: RecordedVerification | undefined,
  signal: AbortSignal,
): OpenVerification {
  const { verifier, name, number } = request;
  if (recorded) {
    checkReplay(name, number, job, recorded.job);
    const { runs = [] } = recorded.outcome.carry ?? {};
    if (runs.length !== missing.length) {
      throw new InputError({
        where: `${name}: trial ${number}`,
        expected: `${missing.length} runs`,
        found: String(runs.length),
        hint: "the study was made with other options or another version; begin a new one",
      });
    }
    return { job, predicted, missing, outcomes: Promise.resolve(runs), replayed: true };
  }
  const outcomes = verifier.evaluate(missing, signal);
  // Whether it failed is looked at when its turn comes; it may never come.
  outcomes.catch(() => undefined);
  return { job, predicted, missing, outcomes, replayed: false };
}

/** What came of a trial whose layers have all been run. */
export function verificationOutcome(
  { workloads, objective }: { readonly workloads: readonly Workload[]; readonly objective: Objective },
  runs: LayerRuns,
  { job: { design }, predicted: { cost, interval } }: OpenVerification,
  own: readonly Outcome[],
): TrialOutcome<VerifyCarry> {
  const measured = candidatesOf(workloads, design).map((one) => runs.get(one) as Outcome);
  const truth = predictDesign(workloads, objective, design, measured);
  const carry = { predicted: { cost, interval }, runs: own };
  const evaluated = own.length;
  return truth
    ? { status: "found", design, sums: truth.sums, evaluated, carry }
    : { status: "infeasible", reason: firstReason(measured), evaluated, carry };
}

function firstReason(outcomes: readonly Outcome[]): string {
  const bad = outcomes.find((outcome) => outcome.status !== "priced");
  return bad && "reason" in bad ? bad.reason : "";
}
