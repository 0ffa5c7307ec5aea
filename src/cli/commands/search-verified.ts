import { collectPlatforms } from "../../codesign/platform.ts";
import { createHardwareSpace, type HardwareSpace } from "../../codesign/space.ts";
import { UsageError } from "../../errors.ts";
import type { Evaluator, Interval } from "../../fidelity/evaluator.ts";
import { createJobPool } from "../../jobs/pool.ts";
import type { Objective } from "../../mapper/objective.ts";
import { calibrate } from "../../promotion/calibrate.ts";
import { type PairedNetwork, pairedLayers } from "../../promotion/paired-layers.ts";
import { createProposer } from "../../promotion/propose.ts";
import { searchVerified, type VerifiedSearchResult } from "../../promotion/verified-search.ts";
import { inJoules } from "../../search/trial.ts";
import { loadEngine } from "../../starlight.ts";
import { priceDesign } from "../../studies/priced-design.ts";
import type { Workload } from "../../workload/workload.ts";
import { type CliContext, Failed, Interrupted } from "../context.ts";
import { type ModelName, openModel, openVerifier, type VerifierSource } from "../models.ts";
import { saveOutput } from "../output.ts";
import { createProgress } from "../progress.ts";
import { writtenBy } from "../provenance.ts";
import { formatCount, formatNumber, formatTable } from "../table.ts";

/** What `polaris search --fidelity` or `--verify` was asked for. */
export interface VerifiedArgs {
  readonly fidelity: ModelName;
  readonly verify: VerifierSource | undefined;
  readonly "rtl-budget": number;
  readonly objective: Objective;
  readonly "max-area-mm2": number | undefined;
  readonly workers: number;
  readonly json: boolean;
  readonly out: string | undefined;
  readonly quiet: boolean;
}

/** Designs that are verified between two looks at what was learnt. */
const BATCH = 2;

/** Designs ranked by a model other than the analytical one, and the most promising of them verified. */
export async function runVerifiedSearch(
  context: CliContext,
  args: VerifiedArgs,
  workloads: readonly Workload[],
  space: HardwareSpace,
): Promise<void> {
  const model = await openModel(args.fidelity);
  const verifier = args.verify ? await openVerifier(context, args.verify, args.workers) : model;
  const shown = (cost: number): string => formatNumber(inJoules(args.objective, cost));
  const progress = createProgress(context, args.quiet);
  const pool = await createJobPool(args.workers);
  const started = performance.now();
  let failure: string | undefined;
  try {
    const sorted = createHardwareSpace(space);
    const platforms = await collectPlatforms(pool, {
      workloads,
      space: sorted,
      signal: context.signal,
      onLayer: (done, of) => progress.update(`${done} of ${of} layers enumerated`, done / of),
    });
    const propose = createProposer({ workloads, space: sorted, objective: args.objective, platforms });
    const runs = args.verify ? args["rtl-budget"] : 0;
    const result = await searchVerified({
      workloads,
      objective: args.objective,
      model,
      verifier,
      propose,
      refine: calibrate,
      runs,
      batch: BATCH,
      signal: context.signal,
      onRound: (now) =>
        progress.update(
          `${now.runs} of ${runs} runs, best verified ${shown(now.bestCost)}, none below ${shown(now.bound)} left to find`,
          runs > 0 ? now.runs / runs : undefined,
        ),
    });
    progress.clear();
    await write(context, args, workloads, model, result, (performance.now() - started) / 1000);
    if (args.verify && !result.best) failure = unverified(args, result);
  } finally {
    progress.clear();
    await pool.close();
    await model.close();
    if (verifier !== model) await verifier.close();
  }
  if (context.signal.aborted) {
    throw new Interrupted(
      "interrupted: the best so far is given; runs are on record, the same command goes on",
    );
  }
  if (failure !== undefined) throw new Failed(failure);
}

async function write(
  context: CliContext,
  args: VerifiedArgs,
  workloads: readonly Workload[],
  model: Evaluator,
  result: VerifiedSearchResult,
  seconds: number,
): Promise<void> {
  const chosen = result.best?.predicted ?? result.promising;
  if (!chosen) throw new UsageError(`--fidelity ${args.fidelity}: no design of the space can be run`);
  const { hardware } = chosen.design;
  const engine = await loadEngine(1);
  const [area] = priceDesign(engine, workloads, chosen.design);
  const networks = await pairedLayers(model, workloads, chosen.design, result.measurements);
  const { areaMm2, areaSource } = area?.totals ?? { areaMm2: 0, areaSource: "table" };
  const [only, ...others] = networks;
  const document = `${JSON.stringify({
    version: 1,
    ...(others.length === 0 ? only : { networks }),
    hardware,
    areaMm2,
    areaSource,
    fidelity: args.fidelity,
    objective: args.objective.name,
    ...(args["max-area-mm2"] === undefined ? {} : { maxAreaMm2: args["max-area-mm2"] }),
    optimal: false,
    predicted: { cost: chosen.cost, interval: chosen.interval, sums: chosen.sums },
    verified: result.best ? { by: args.verify?.kind, ...result.best.verified } : null,
    runs: result.runs,
    ended: result.ended,
    others: result.verified.map(({ predicted, verified }) => ({
      hardware: predicted.design.hardware,
      predicted: { cost: predicted.cost, interval: predicted.interval },
      verified: { cost: verified.cost },
    })),
    failed: result.failed.map(({ design, reason }) => ({ hardware: design.hardware, reason })),
    provenance: writtenBy(context.version, context.args),
  })}\n`;
  if (args.out !== undefined) await saveOutput(args.out, document);
  if (args.json) context.stdout.write(document);
  else {
    const { peDim, scratchpadKib, accumulatorKib } = hardware;
    context.stdout.write(`${peDim}x${peDim} PEs, ${scratchpadKib} KiB scratchpad, ${accumulatorKib} KiB accumulator, ${formatNumber(areaMm2)} mm2${areaSource === "table" ? "" : ` (${areaSource})`}
${standing(args, result)}

${networks.map(formatNetwork).join("\n\n")}

Layers: one run each, cycles and uJ as predicted (${args.fidelity}${model.profile === undefined ? "" : `, profile ${model.profile}`}) and as verified (${args.verify?.kind ?? "not"}). Totals: weighted by runs.
`);
  }
  if (!args.quiet) {
    context.stderr.write(
      `polaris: ${formatCount(result.runs)} layers asked for, ${result.verified.length} designs verified, ${result.failed.length} could not be run, in ${seconds.toFixed(1)} s${args.out === undefined ? "" : `, written to ${args.out}`}\n`,
    );
  }
}

/** Why a search that was to verify its design could not. */
function unverified(args: VerifiedArgs, { failed }: VerifiedSearchResult): string {
  const [first] = failed;
  if (first)
    return `no design was verified: ${failed.length} could not be run, the first since ${first.reason}`;
  return `no design was verified: --rtl-budget ${args["rtl-budget"]} is less than the layers of one`;
}

/** What is known of the design, in a sentence that does not mix the two. */
function standing(args: VerifiedArgs, { best, promising, ended }: VerifiedSearchResult): string {
  const { name } = args.objective;
  const shown = (cost: number): string => formatNumber(inJoules(args.objective, cost));
  const interval = ({ low, high }: Interval): string => `${shown(low)} to ${shown(high)}`;
  if (!best) {
    const said = promising as NonNullable<typeof promising>;
    return `predicted ${name} ${shown(said.cost)} (90 %: ${interval(said.interval)}), not verified`;
  }
  const { predicted, verified } = best;
  const end = {
    interval: "no other design considered can be better within the model's intervals",
    budget: "the budget of runs ended the search",
    exhausted: "every design proposed was run",
    signal: "interrupted",
  }[ended];
  return `verified ${name} ${shown(verified.cost)}; predicted ${shown(predicted.cost)} (90 %: ${interval(predicted.interval)}); ${end}`;
}

function formatNetwork({ workload, layers }: PairedNetwork): string {
  const shown = (value: number | undefined, format: (value: number) => string): string =>
    value === undefined ? "-" : format(value);
  return `${workload}\n${formatTable(
    [
      { title: "layer", align: "left", width: 24 },
      { title: "runs", align: "right" },
      { title: "predicted", align: "right" },
      { title: "verified", align: "right" },
      { title: "uJ", align: "right" },
      { title: "verified", align: "right" },
      { title: "mapping", align: "left", width: 150 },
    ],
    layers.map(({ name, count, predicted, verified, mapping }) => [
      name,
      String(count),
      shown(predicted?.latencyCycles, formatCount),
      shown(verified?.latencyCycles, formatCount),
      shown(predicted?.energyUj, formatNumber),
      shown(verified?.energyUj, formatNumber),
      mapping,
    ]),
  )}`;
}
