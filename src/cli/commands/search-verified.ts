import { createHardwareSpace, type HardwareSpace } from "../../codesign/space.ts";
import { UsageError } from "../../errors.ts";
import type { Evaluator, Profile } from "../../fidelity/evaluator.ts";
import { createJobPool } from "../../jobs/pool.ts";
import type { Objective } from "../../mapper/objective.ts";
import { calibrate } from "../../promotion/calibrate.ts";
import { pairedLayers } from "../../promotion/paired-layers.ts";
import {
  searchVerified,
  type VerifiedSearchProgress,
  type VerifiedSearchResult,
} from "../../promotion/verified-search.ts";
import type { RecordedVerification, VerifyCarry, VerifyJob } from "../../promotion/verified-trial.ts";
import { type FileJournal, openStudyJournal } from "../../search/journal.ts";
import { inJoules } from "../../search/trial.ts";
import { loadEngine } from "../../starlight.ts";
import { priceDesign } from "../../studies/priced-design.ts";
import type { Workload } from "../../workload/workload.ts";
import { type CliContext, Failed, Interrupted } from "../context.ts";
import { saveDesign } from "../design-folder.ts";
import { type ModelName, openModel, openVerifier, type VerifierSource } from "../models.ts";
import { saveOutput } from "../output.ts";
import { createProgress, formatSeconds } from "../progress.ts";
import { commandLine, writtenBy } from "../provenance.ts";
import { createStarlightLearning } from "../starlight-learning.ts";
import { formatCount, formatNumber } from "../table.ts";
import { fitted } from "../terminal.ts";
import { formatVerified, type VerifiedAnswer, verifiedDocument } from "../verified-output.ts";
import { verifiedQuestion } from "../verified-question.ts";
import { chooseDesigns } from "./choose-designs.ts";

/** What `polaris search --fidelity` or `--verify` was asked for. */
export interface VerifiedArgs {
  readonly fidelity: ModelName;
  readonly profile: Profile;
  readonly model: string | undefined;
  readonly verify: VerifierSource | undefined;
  readonly study: string | undefined;
  readonly "rtl-budget": number;
  readonly budget: number | undefined;
  readonly evaluations: number | undefined;
  readonly objective: Objective;
  readonly "max-area-mm2": number | undefined;
  readonly workers: number;
  readonly json: boolean;
  readonly out: string | undefined;
  /** File for the model after the runs of the search. */
  readonly "save-model": string | undefined;
  readonly quiet: boolean;
}

/** Designs that are verified between two looks at what was learnt. */
const BATCH = 2;

/** Designs ranked by a model other than the analytical one, and the most promising of them verified. */
export async function runVerifiedSearch(
  context: CliContext,
  args: VerifiedArgs,
  workloads: readonly Workload[],
  given: HardwareSpace,
): Promise<void> {
  const { objective, verify } = args;
  const problem = { workloads, space: createHardwareSpace(given), objective };
  const learning =
    args.fidelity === "starlight" ? await createStarlightLearning(args.model, args.profile) : undefined;
  const model = await openModel(args.fidelity, args);
  const verifier = verify ? await openVerifier(context, verify, args.workers) : model;
  const progress = createProgress(context, args.quiet);
  const pool = await createJobPool(args.workers);
  const started = performance.now();
  const isLate = (): boolean => performance.now() - started >= (args.budget ?? Number.POSITIVE_INFINITY);
  let late = false;
  let journal: FileJournal<VerifyJob, VerifyCarry> | undefined;
  let result: VerifiedSearchResult | undefined;
  try {
    if (args.study !== undefined && verify) {
      const question = await verifiedQuestion(context, problem, args, verify);
      journal = openStudyJournal(args.study, question);
    }
    const choice = await chooseDesigns(context, args, problem, pool, progress, journal?.known.length);
    const { budget, evaluations } = args;
    // A journal's decisions rest on all of the designs: of some of them they would be others, and another time others again.
    const cut = !choice.complete && journal !== undefined;
    const runs = verify && !cut && !context.signal.aborted ? args["rtl-budget"] : 0;
    result = await searchVerified({
      ...problem,
      model,
      verifier,
      propose: choice.propose,
      refine: learning?.refine ?? calibrate,
      runs,
      budget: {
        // The choice of designs is part of the time.
        ...(budget === undefined
          ? {}
          : { milliseconds: Math.max(1, budget - (performance.now() - started)) }),
        ...(evaluations === undefined ? {} : { evaluations }),
      },
      batch: BATCH,
      ...(journal && !cut ? { journal } : {}),
      // What was chosen before Ctrl-C is still priced, for there to be an answer.
      ...(context.signal.aborted ? {} : { signal: context.signal }),
      onProgress: (now) => progress.update(formatProgress(now, args, runs)),
    });
    if (context.signal.aborted) result = { ...result, ended: "signal" };
    late = isLate();
    progress.clear();
    const seconds = (performance.now() - started) / 1000;
    await write(context, args, { workloads, model, verifier, result, complete: choice.complete, seconds });
    if (learning && args["save-model"] !== undefined)
      await saveOutput(
        args["save-model"],
        await learning.toFile(context, result.measurements),
        "--save-model",
      );
  } catch (error) {
    if (result || !context.signal.aborted) throw error;
  } finally {
    progress.clear();
    journal?.close();
    await pool.close();
    await model.close();
    if (verifier !== model) await verifier.close();
  }
  if (context.signal.aborted)
    throw new Interrupted(interruption(context, args, result, journal?.known ?? []));
  if (verify && result && !result.best) throw new Failed(unverified(args, result, late));
}

/** Of the embedded RTL on one core, some (npm run bench:rtl). */
const CYCLES_PER_SECOND = 5e6;

/** The best by the model and the best by the machine, and what is left. */
function formatProgress(now: VerifiedSearchProgress, args: VerifiedArgs, runs: number): string {
  const { bestCost, promising, seconds } = now;
  const shown = (cost: number): string => formatNumber(inJoules(args.objective, cost));
  const verified = Number.isFinite(bestCost) ? shown(bestCost) : "none yet";
  const predicted = promising
    ? `${shown(promising.cost)} (${shown(promising.interval.low)} to ${shown(promising.interval.high)})`
    : "none yet";
  const left = Math.max(0, runs - now.runs);
  const times = [
    ...(now.runs > 0 ? [(seconds * left) / now.runs] : []),
    ...(args.budget === undefined ? [] : [Math.max(0, args.budget / 1000 - seconds)]),
  ];
  const time = times.length > 0 ? `, at most ${formatSeconds(Math.min(...times))} left` : "";
  return `${underWay(now, args)}verified ${verified}, predicted ${predicted}, ${formatCount(left)} runs${time}`;
}

/** What runs now, and about how long. */
function underWay({ cyclesAhead }: VerifiedSearchProgress, { verify, workers }: VerifiedArgs): string {
  if (cyclesAhead === 0) return "";
  const seconds = cyclesAhead / CYCLES_PER_SECOND / workers;
  const long = verify?.kind === "rtl" ? ` (about ${formatSeconds(seconds)})` : "";
  return `running ${formatNumber(cyclesAhead / 1e6)} M cycles${long}; `;
}

async function write(
  context: CliContext,
  args: VerifiedArgs,
  {
    workloads,
    model,
    verifier,
    result,
    complete,
    seconds,
  }: {
    readonly workloads: readonly Workload[];
    readonly model: Evaluator;
    readonly verifier: Evaluator;
    readonly result: VerifiedSearchResult;
    /** Whether all designs to choose among were found. */
    readonly complete: boolean;
    readonly seconds: number;
  },
): Promise<void> {
  const chosen = result.best?.predicted ?? result.promising;
  if (!chosen) {
    if (result.ended === "signal") return;
    throw new UsageError(`--fidelity ${args.fidelity}: no design of the space can be run`);
  }
  const engine = await loadEngine(1);
  const [priced] = priceDesign(engine, workloads, chosen.design);
  await engine.close();
  const answer: VerifiedAnswer = {
    fidelity: args.fidelity,
    profile: model.profile,
    verifiedProfile: verifier.profile,
    verify: args.verify,
    objective: args.objective,
    maxAreaMm2: args["max-area-mm2"],
    result,
    complete,
    chosen,
    networks: await pairedLayers(model, workloads, chosen.design, result.measurements),
    areaMm2: priced?.totals.areaMm2 ?? 0,
    areaSource: priced?.totals.areaSource ?? "table",
  };
  const document = verifiedDocument(answer, writtenBy(context.version, context.args));
  context.stdout.write(args.json ? document : fitted(context.stdout, formatVerified(answer)));
  await saveDesign(context, args.out, document);
  if (!args.quiet) {
    const files = [
      ...(args.study === undefined ? [] : [`study in ${args.study}`]),
      ...(args.out === undefined ? [] : [`written to ${args.out}`]),
    ];
    context.stderr.write(
      `polaris: ${[runsText(result), `${result.verified.length} designs verified`, `${result.failed.length} could not be run`, `in ${seconds.toFixed(1)} s`, ...files].join(", ")}\n`,
    );
  }
}

/** What there is after Ctrl-C, and how to go on. */
function interruption(
  context: CliContext,
  { study, verify }: VerifiedArgs,
  result: VerifiedSearchResult | undefined,
  recorded: readonly RecordedVerification[],
): string {
  const given = result?.best ?? result?.promising;
  const told = given ? "interrupted: the best so far is given" : "interrupted before a design was found";
  const verified = recorded.filter(({ outcome }) => outcome.status === "found").length;
  const said = result?.best || verified === 0 ? told : `${told}; on record are ${verified} verified designs`;
  if (study !== undefined) return `${said}; the same command goes on with it: ${commandLine(context.args)}`;
  const stored = verify?.kind === "rtl" || verify?.kind === "command";
  return result && result.runs > 0 && stored
    ? `${said}; what was run is not run again, and --study FILE keeps the rest too`
    : said;
}

/** Why a search that was to verify its design could not. */
function unverified(args: VerifiedArgs, { failed, ended }: VerifiedSearchResult, late: boolean): string {
  const [first] = failed;
  if (first)
    return `no design was verified: ${failed.length} could not be run, the first since ${first.reason}`;
  if (ended === "budget" && late)
    return "no design was verified: --budget ended first; what is given is predicted";
  if (ended === "budget" && args.evaluations !== undefined)
    return "no design was verified: --evaluations or --rtl-budget is less than one needs";
  return `no design was verified: --rtl-budget ${args["rtl-budget"]} is less than the layers of one`;
}

/** Runs, those that failed told apart. */
function runsText({ runs, measurements }: VerifiedSearchResult): string {
  const failed = runs - measurements.length;
  return `${formatCount(measurements.length)} layers run${failed === 0 ? "" : ` and ${formatCount(failed)} that failed`}`;
}
