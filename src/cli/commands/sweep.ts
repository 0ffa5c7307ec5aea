import type { Argv, CommandModule } from "yargs";
import { createJobPool } from "../../jobs/pool.ts";
import { cost, type Objective, TOLERANCE } from "../../mapper/objective.ts";
import { openJournal, type SweepJournal, type SweepQuestion } from "../../sweep/journal.ts";
import { type SweepPoint, type SweepResult, sweep } from "../../sweep/sweep.ts";
import { sweepCsv, sweepParquet } from "../../sweep/table.ts";
import { loadWorkload } from "../../workload/load.ts";
import type { Workload } from "../../workload/workload.ts";
import { type CliContext, Interrupted } from "../context.ts";
import { examples } from "../examples.ts";
import { type HardwareArgs, hardwareOptions, readGrid, withinArea } from "../hardware-options.ts";
import { allowPadding, dim, limits, objective, oneOf, positive, shared } from "../options.ts";
import { checkOutput, outputFormat, saveOutput, unwritable } from "../output.ts";
import { createProgress } from "../progress.ts";
import { ANALYTICAL } from "../proof.ts";
import { writtenBy } from "../provenance.ts";
import { formatCount, formatNumber, formatTable } from "../table.ts";
import { fitted } from "../terminal.ts";
import { sayNote } from "../workload-note.ts";

interface SweepArgs extends HardwareArgs {
  readonly workload: string;
  readonly dim: Readonly<Record<string, number>> | undefined;
  readonly objective: Objective;
  readonly budget: number | undefined;
  readonly evaluations: number | undefined;
  readonly "max-area-mm2": number | undefined;
  readonly "allow-padding": boolean;
  readonly workers: number;
  readonly json: boolean;
  readonly out: string | undefined;
  readonly quiet: boolean;
}

const DEFAULTS = { pe: "8..64:x2", scratchpad: "64..512:x2", accumulator: "16..128:x2" };

/** Rows of the Pareto front that a screen shows. */
const SHOWN = 20;

export function sweepCommand(context: CliContext): CommandModule<object, SweepArgs> {
  return {
    command: "sweep <workload>",
    describe: "Every hardware config of a grid, best mappings, Pareto front",
    builder: (args: Argv) =>
      args
        .positional("workload", {
          describe: "Built-in name, ONNX model (.onnx) or layer table (.json, .yaml)",
          type: "string",
          demandOption: true,
        })
        .option("dim", dim)
        .options(hardwareOptions(DEFAULTS))
        .option("max-area-mm2", {
          describe: "Leave out larger configs",
          requiresArg: true,
          coerce: positive("max-area-mm2"),
        })
        .option("objective", objective)
        .option("allow-padding", allowPadding)
        .options(limits)
        .option("fidelity", { ...shared.fidelity, ...oneOf("fidelity", ["analytical"]) })
        .option("workers", shared.workers)
        .option("json", shared.json)
        .option("out", {
          ...shared.out,
          describe: "Write .csv, .parquet or .json; a killed sweep goes on from there",
        })
        .option("quiet", shared.quiet)
        .epilogue(
          examples(
            ["$0 sweep resnet50", "64 configs, Pareto front"],
            ["$0 sweep bert --pe 8 --out b.csv", "One array size"],
          ),
        ) as unknown as Argv<SweepArgs>,
    handler: (args) => runSweep(context, args),
  };
}

async function runSweep(context: CliContext, args: SweepArgs): Promise<void> {
  const workload = await loadWorkload(args.workload, args.dim);
  const format = args.out === undefined ? undefined : outputFormat(args.out, ["csv", "parquet", "json"]);
  await checkOutput(args.out);
  const grid = withinArea(await readGrid(args, DEFAULTS), args["max-area-mm2"]);
  if (!args.quiet) sayNote(context, workload);
  const question = {
    layers: workload.layers,
    grid,
    objective: args.objective,
    allowPadding: args["allow-padding"],
    withLayers: args.json || format === "json",
    engine: context.version,
  };
  const journal = args.out === undefined ? undefined : openJournalOf(args.out, question);
  const resumed = journal?.known.length ?? 0;
  if (resumed > 0 && !args.quiet) {
    context.stderr.write(
      `polaris: going on after ${resumed} of ${grid.length} configs in ${args.out}.journal\n`,
    );
  }
  const progress = createProgress(context, args.quiet);
  const pool = await createJobPool(Math.min(args.workers, workload.layers.length));
  const started = performance.now();
  let result: SweepResult;
  let best = Number.POSITIVE_INFINITY;
  try {
    result = await sweep(pool, {
      ...question,
      known: journal?.known ?? [],
      ...(args.evaluations === undefined ? {} : { evaluations: args.evaluations }),
      ...(args.budget === undefined ? {} : { budgetMs: args.budget }),
      signal: context.signal,
      onLayer: (peDim, done, of) =>
        progress.update(`${peDim}x${peDim} PEs: ${done} of ${of} layers enumerated`),
      onPoint: (point, done) => {
        journal?.append(point);
        best = Math.min(best, point.totals.edpJCycles);
        progress.update(
          `${done} of ${grid.length} configs, best EDP ${formatNumber(best)}`,
          done / grid.length,
        );
      },
    });
  } catch (error) {
    journal?.close();
    throw error;
  } finally {
    progress.clear();
    await pool.close();
  }
  const seconds = (performance.now() - started) / 1000;
  if (args.out !== undefined) {
    const content = {
      json: () => formatJson(context, args, workload, result),
      parquet: () => sweepParquet(result),
      csv: () => sweepCsv(result),
    }[format ?? "csv"]();
    await saveOutput(args.out, content);
  }
  if (result.complete) journal?.remove();
  else journal?.close();
  if (args.json) context.stdout.write(formatJson(context, args, workload, result));
  else context.stdout.write(fitted(context.stdout, formatSweep(workload, args.objective, result, args.out)));
  if (!args.quiet) {
    context.stderr.write(
      `polaris: ${result.points.length - resumed} configs, ${formatCount(result.covered)} candidates covered, ${formatCount(result.evaluated)} priced, in ${seconds.toFixed(1)} s${args.out === undefined ? "" : `, written to ${args.out}`}\n`,
    );
  }
  const resume = args.out === undefined ? "" : "; the same command goes on from there";
  if (context.signal.aborted && !result.complete) {
    throw new Interrupted(
      `interrupted: ${result.points.length} of ${grid.length} configs are complete${resume}`,
    );
  }
  if (!result.complete) {
    context.stderr.write(
      `polaris: the budget ended first: ${result.points.length} of ${grid.length} configs${resume}\n`,
    );
  }
}

function openJournalOf(out: string, question: SweepQuestion): SweepJournal {
  try {
    return openJournal(`${out}.journal`, question);
  } catch (error) {
    throw unwritable(out, error);
  }
}

function formatJson(context: CliContext, args: SweepArgs, workload: Workload, result: SweepResult): string {
  const front = new Set(result.pareto);
  return `${JSON.stringify({
    version: 1,
    workload: workload.name,
    fidelity: "analytical",
    objective: args.objective.name,
    optimal: true,
    tolerance: TOLERANCE,
    complete: result.complete,
    provenance: writtenBy(context.version, context.args),
    points: result.points.map((point, index) => ({ ...point, pareto: front.has(index) })),
  })}\n`;
}

function formatSweep(
  workload: Workload,
  objective: Objective,
  { points, pareto }: SweepResult,
  out = "--out front.csv",
): string {
  const rank = ({ totals }: SweepPoint): number => cost(objective, totals.latencyCycles, totals.energyUj);
  const front = pareto.map((index) => points[index] as SweepPoint).sort((a, b) => rank(a) - rank(b));
  const rows = front
    .slice(0, SHOWN)
    .map(({ hardware, totals }) => [
      String(hardware.peDim),
      String(hardware.scratchpadKib),
      String(hardware.accumulatorKib),
      formatCount(totals.latencyCycles),
      formatNumber(totals.energyUj),
      formatNumber(totals.edpJCycles),
      `${formatNumber(totals.areaMm2)}${totals.areaSource === "table" ? "" : "*"}`,
    ]);
  const right = (title: string) => ({ title, align: "right" as const });
  const more = front.length > SHOWN ? `\n${front.length - SHOWN} more: ${out}` : "";
  const starred = rows.some((row) => row.at(-1)?.endsWith("*"))
    ? "\n* between tabulated SRAM sizes, interpolated"
    : "";
  return `${workload.name}: ${front.length} of ${points.length} configs on the latency-energy-area Pareto front, best ${objective.name === "edp" ? "EDP" : objective.name} first; mappings proven optimal
${ANALYTICAL}

${formatTable(["PE", "scratch KiB", "acc KiB", "cycles", "energy uJ", "EDP J*cycles", "area mm2"].map(right), rows)}${starred}${more}
`;
}
