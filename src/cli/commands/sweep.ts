import type { Argv, CommandModule } from "yargs";
import { InputError, UsageError } from "../../errors.ts";
import { area } from "../../hardware/area.ts";
import { createHardware, type HardwareParameters, parseHardware } from "../../hardware/hardware.ts";
import { createJobPool } from "../../jobs/pool.ts";
import { hardwareGrid, parseValues } from "../../sweep/grid.ts";
import { OBJECTIVES, type Objective, type SweepPoint } from "../../sweep/point.ts";
import { type SweepResult, sweep } from "../../sweep/sweep.ts";
import { loadDocument, loadWorkload } from "../../workload/load.ts";
import type { Workload } from "../../workload/workload.ts";
import { type CliContext, Interrupted } from "../context.ts";
import { duration, integer, once, positive, shared } from "../options.ts";
import { saveOutput } from "../output.ts";
import { createProgress } from "../progress.ts";
import { formatCount, formatNumber, formatTable } from "../table.ts";

interface SweepArgs {
  readonly workload: string;
  readonly pe: string;
  readonly "scratchpad-kib": string;
  readonly "accumulator-kib": string;
  readonly hardware: string | undefined;
  readonly objective: Objective;
  readonly evaluations: number | undefined;
  readonly budget: number | undefined;
  readonly "max-area-mm2": number | undefined;
  readonly seed: number;
  readonly workers: number;
  readonly json: boolean;
  readonly out: string | undefined;
  readonly quiet: boolean;
}

/** Random mappings of each layer at each hardware point, unless --evaluations says otherwise. */
const MAPPINGS = 1000;
/** Rows of the Pareto front that a screen shows. */
const SHOWN = 20;

export function sweepCommand(context: CliContext): CommandModule<object, SweepArgs> {
  return {
    command: "sweep <workload>",
    describe: "Every hardware config of a grid, random mappings, Pareto front",
    builder: (args: Argv) =>
      args
        .positional("workload", {
          describe: "Built-in name, or a layer table (.json, .yaml)",
          type: "string",
          demandOption: true,
        })
        .option("pe", {
          describe: "PEs along a side of the array",
          default: "8..64:x2",
          coerce: once<string>("pe"),
        })
        .option("scratchpad-kib", {
          describe: "Scratchpad sizes",
          default: "64..512:x2",
          coerce: once<string>("scratchpad-kib"),
        })
        .option("accumulator-kib", {
          describe: "Accumulator sizes",
          default: "16..128:x2",
          coerce: once<string>("accumulator-kib"),
        })
        .option("hardware", {
          describe: "One config from a file instead",
          type: "string",
          requiresArg: true,
          coerce: once<string>("hardware"),
        })
        .option("max-area-mm2", {
          describe: "Leave out larger configs",
          requiresArg: true,
          coerce: positive("max-area-mm2"),
        })
        .option("objective", {
          describe: "What the mappings minimise",
          choices: OBJECTIVES,
          default: "edp" as const,
        })
        .option("evaluations", {
          describe: "Mappings in all, shared out evenly",
          defaultDescription: `${MAPPINGS} a layer and config`,
          requiresArg: true,
          coerce: (value: unknown) =>
            value === undefined ? undefined : integer("evaluations", 1, 1e12)(value),
        })
        .option("budget", {
          describe: "Begin no config after this time, as 60s",
          requiresArg: true,
          coerce: duration("budget"),
        })
        .option("fidelity", shared.fidelity)
        .option("seed", shared.seed)
        .option("workers", shared.workers)
        .option("json", shared.json)
        .option("out", shared.out)
        .option("quiet", shared.quiet)
        .example("$0 sweep resnet50", "64 configs, Pareto front")
        .example("$0 sweep bert --pe 16 --out bert.csv", "One array size") as unknown as Argv<SweepArgs>,
    handler: (args) => runSweep(context, args),
  };
}

async function runSweep(context: CliContext, args: SweepArgs): Promise<void> {
  const workload = await loadWorkload(args.workload);
  const grid = await chooseGrid(args);
  const perLayer =
    args.evaluations === undefined
      ? MAPPINGS
      : Math.floor(args.evaluations / (grid.length * workload.layers.length));
  if (perLayer < 1) {
    throw new UsageError(
      `--evaluations: expected at least ${grid.length * workload.layers.length} (${grid.length} configs x ${workload.layers.length} layers), found ${args.evaluations}`,
    );
  }
  if (workload.note !== undefined && !args.quiet)
    context.stderr.write(`polaris: note: ${workload.name}: ${workload.note}\n`);
  const progress = createProgress(context, args.quiet);
  const pool = await createJobPool(Math.min(args.workers, grid.length));
  const stop = new AbortController();
  const cancel = (): void => stop.abort();
  context.signal.addEventListener("abort", cancel);
  const timer = args.budget === undefined ? undefined : setTimeout(cancel, args.budget);
  const started = performance.now();
  let result: SweepResult;
  let best = Number.POSITIVE_INFINITY;
  try {
    result = await sweep(pool, {
      workload,
      grid,
      objective: args.objective,
      mappings: perLayer,
      seed: args.seed,
      signal: stop.signal,
      onPoint: ({ totals }, done) => {
        best = Math.min(best, totals.edpJCycles);
        progress.update(
          `${done} of ${grid.length} configs, best EDP ${formatNumber(best)}`,
          done / grid.length,
        );
      },
    });
  } finally {
    clearTimeout(timer);
    progress.clear();
    await pool.close();
  }
  const seconds = (performance.now() - started) / 1000;
  const evaluations = result.points.length * workload.layers.length * perLayer;
  if (args.out !== undefined) {
    const text = /\.json$/i.test(args.out) ? formatJson(args, workload, perLayer, result) : formatCsv(result);
    await saveOutput(args.out, text);
  }
  if (args.json) context.stdout.write(formatJson(args, workload, perLayer, result));
  else context.stdout.write(formatSweep(workload, args.objective, result));
  if (!args.quiet) {
    context.stderr.write(
      `polaris: ${formatCount(evaluations)} mappings on ${result.points.length} configs in ${seconds.toFixed(1)} s${args.out === undefined ? "" : `, written to ${args.out}`}\n`,
    );
  }
  if (context.signal.aborted) {
    throw new Interrupted(`interrupted: ${result.points.length} of ${grid.length} configs are complete`);
  }
  if (!result.complete) {
    context.stderr.write(
      `polaris: the budget ended first: ${result.points.length} of ${grid.length} configs\n`,
    );
  }
}

async function chooseGrid(args: SweepArgs): Promise<readonly HardwareParameters[]> {
  const points =
    args.hardware === undefined
      ? hardwareGrid({
          peDim: parseValues(args.pe, "--pe"),
          scratchpadKib: parseValues(args["scratchpad-kib"], "--scratchpad-kib"),
          accumulatorKib: parseValues(args["accumulator-kib"], "--accumulator-kib"),
        })
      : [parseHardware(await loadDocument(args.hardware), args.hardware)];
  const areas = points.map((point) => area(createHardware(point)).mm2);
  const cap = args["max-area-mm2"];
  if (cap === undefined) return points;
  const kept = points.filter((_, index) => (areas[index] ?? 0) <= cap);
  if (kept.length === 0) {
    const smallest = Math.min(...areas);
    throw new InputError({
      where: "--max-area-mm2",
      expected: `at least the smallest config's ${formatNumber(smallest)}`,
      found: String(cap),
    });
  }
  return kept;
}

function formatCsv({ points, pareto }: SweepResult): string {
  const front = new Set(pareto);
  const rows = points.map(({ hardware, totals }, index) =>
    [
      hardware.peDim,
      hardware.scratchpadKib,
      hardware.accumulatorKib,
      totals.latencyCycles,
      totals.energyUj,
      totals.edpJCycles,
      totals.areaMm2,
      totals.areaSource,
      front.has(index),
    ].join(","),
  );
  return `${["pe_dim,scratchpad_kib,accumulator_kib,latency_cycles,energy_uj,edp_j_cycles,area_mm2,area_source,pareto", ...rows].join("\n")}\n`;
}

function formatJson(
  args: SweepArgs,
  workload: Workload,
  mappingsPerLayer: number,
  result: SweepResult,
): string {
  const front = new Set(result.pareto);
  return `${JSON.stringify({
    version: 1,
    workload: workload.name,
    fidelity: "analytical",
    objective: args.objective,
    seed: args.seed,
    mappingsPerLayer,
    complete: result.complete,
    points: result.points.map((point, index) => ({ ...point, pareto: front.has(index) })),
  })}\n`;
}

function formatSweep(workload: Workload, objective: Objective, { points, pareto }: SweepResult): string {
  const cost = ({ totals }: SweepPoint): number =>
    objective === "edp"
      ? totals.edpJCycles
      : objective === "latency"
        ? totals.latencyCycles
        : totals.energyUj;
  const front = pareto.map((index) => points[index] as SweepPoint).sort((a, b) => cost(a) - cost(b));
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
  const more = front.length > SHOWN ? `\n${front.length - SHOWN} more: --out front.csv` : "";
  const starred = rows.some((row) => row.at(-1)?.endsWith("*"))
    ? "\n* between tabulated SRAM sizes, interpolated"
    : "";
  return `${workload.name}: ${front.length} of ${points.length} configs on the latency-energy-area Pareto front, best ${objective === "edp" ? "EDP" : objective} first

${formatTable(["PE", "scratch KiB", "acc KiB", "cycles", "energy uJ", "EDP J*cycles", "area mm2"].map(right), rows)}${starred}${more}
`;
}
