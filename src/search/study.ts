import { InputError, quote } from "../errors.ts";
import { createRng } from "../rng.ts";
import { startStudyClock } from "./clock.ts";
import type { Sampler } from "./sampler.ts";
import type { Trial, TrialOutcome } from "./trial.ts";

/** When a study ends, if its sampler does not end it. */
export interface Budget {
  /** Time, that of the runs that a journal goes back to included. */
  readonly milliseconds?: number;
  /** Mappings of layers priced. */
  readonly evaluations?: number;
  readonly trials?: number;
}

/** A trial on record. */
export interface RecordedTrial<Job, Carry> {
  readonly job: Job;
  readonly outcome: TrialOutcome<Carry>;
  /** Time of the study when the trial was told: the one field that two runs of a study do not have in common. */
  readonly seconds: number;
}

/** Where trials are written down as they are told. */
export interface Journal<Job, Carry> {
  /** What its file is called in messages. */
  readonly name: string;
  readonly known: readonly RecordedTrial<Job, Carry>[];
  append(trial: RecordedTrial<Job, Carry>): void;
}

export interface StudyRequest<Job, Carry> {
  readonly sampler: Sampler<Job, Carry>;
  readonly seed: number;
  /** Does a job; its answer must survive JSON. Several are under way at a time. */
  readonly run: (job: Job, signal: AbortSignal) => Promise<TrialOutcome<Carry>>;
  readonly cost: (outcome: TrialOutcome<Carry>) => number;
  readonly budget: Budget;
  readonly journal?: Journal<Job, Carry>;
  readonly signal?: AbortSignal;
  readonly onTrial?: (trial: Trial<Job, Carry>, progress: StudyProgress) => void;
}

export interface StudyProgress {
  readonly trials: number;
  readonly evaluated: number;
  readonly seconds: number;
  /** Cost of the best trial so far. */
  readonly bestCost: number;
}

export interface StudyResult<Job, Carry> extends StudyProgress {
  readonly bestTrial: Trial<Job, Carry> | undefined;
  readonly ended: "sampler" | "budget" | "signal";
}

/**
 * Runs a study: ask, evaluate, journal, tell, until the sampler has nothing left or the budget or the signal ends it. Trials on
 * record are told without being run again; what is open when the study ends is dropped, but for the first trial if time runs out
 * before it.
 *
 * @throws InputError naming the trial if the sampler asks for something else than what is on record
 */
export async function runStudy<Job, Carry>(
  request: StudyRequest<Job, Carry>,
): Promise<StudyResult<Job, Carry>> {
  const { sampler, seed, budget, journal, onTrial } = request;
  const known = journal?.known ?? [];
  const progress = { trials: 0, evaluated: 0, seconds: 0, bestCost: Number.POSITIVE_INFINITY };
  const clock = startStudyClock({
    before: known.at(-1)?.seconds ?? 0,
    milliseconds: budget.milliseconds,
    signal: request.signal,
    answered: () => progress.trials > 0,
  });
  const { ending } = clock;
  const ended = new Promise<undefined>((resolve) => {
    if (ending.aborted) resolve(undefined);
    ending.addEventListener("abort", () => resolve(undefined));
  });

  const open: { readonly job: Job; readonly outcome: Promise<TrialOutcome<Carry>> }[] = [];
  let asked = 0;
  let exhausted = false;
  const ask = (): void => {
    while (open.length < sampler.inFlight && !exhausted) {
      const job = sampler.ask(createRng(seed, asked));
      if (job === undefined) {
        exhausted = true;
        return;
      }
      const recorded = known[asked];
      if (recorded) checkReplay(journal?.name ?? "", asked, job, recorded.job);
      const outcome = recorded ? Promise.resolve(recorded.outcome) : request.run(job, ending);
      // Whether it failed is looked at when its turn comes; it may never come.
      outcome.catch(() => undefined);
      open.push({ job, outcome });
      asked++;
    }
  };

  let bestTrial: Trial<Job, Carry> | undefined;
  const spent = (): boolean =>
    (clock.late() && progress.trials > 0) ||
    progress.trials >= (budget.trials ?? Number.POSITIVE_INFINITY) ||
    progress.evaluated >= (budget.evaluations ?? Number.POSITIVE_INFINITY);
  try {
    for (ask(); open.length > 0 && !spent(); ask()) {
      const { job, outcome: pending } = open[0] as (typeof open)[number];
      const replayed = progress.trials < known.length;
      const outcome = await (replayed ? pending : Promise.race([pending, ended]));
      if (!outcome) break;
      open.shift();
      const trial = { number: progress.trials++, job, outcome, cost: request.cost(outcome) };
      progress.evaluated += outcome.evaluated;
      progress.seconds = replayed ? (known[trial.number]?.seconds ?? 0) : clock.seconds();
      if (!replayed) journal?.append({ job, outcome, seconds: progress.seconds });
      if (trial.cost < progress.bestCost) {
        progress.bestCost = trial.cost;
        bestTrial = trial;
      }
      sampler.tell(trial);
      onTrial?.(trial, { ...progress });
    }
  } finally {
    clock.stop();
  }
  const interrupted = request.signal?.aborted === true;
  return {
    ...progress,
    bestTrial,
    ended: interrupted ? "signal" : open.length === 0 && exhausted ? "sampler" : "budget",
  };
}

/**
 * Holds what a study asks for against what is on record.
 *
 * @throws InputError if they differ
 */
export function checkReplay(name: string, number: number, asked: unknown, recorded: unknown): void {
  const [now, then] = [JSON.stringify(asked), JSON.stringify(recorded)];
  if (now === then) return;
  throw new InputError({
    where: `${name}: trial ${number}`,
    expected: `the job that this study asks for (${quote(now, 80)})`,
    found: quote(then, 80),
    hint: "the study was made with other options or another version; begin a new one",
  });
}
