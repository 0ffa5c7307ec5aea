import type { Argv, CommandModule } from "yargs";
import { type CodesignProgress, type CodesignResult, codesign } from "../../codesign/codesign.ts";
import { codesignFront, type Front, type FrontPoint } from "../../codesign/front.ts";
import type { HardwareSpace } from "../../codesign/space.ts";
import { UsageError } from "../../errors.ts";
import { createHardware, parseHardware } from "../../hardware/hardware.ts";
import { createJobPool } from "../../jobs/pool.ts";
import type { Objective } from "../../mapper/objective.ts";
import { SAMPLERS, type SamplerName } from "../../studies/named.ts";
import { parseValues } from "../../sweep/grid.ts";
import { sweepCsv, sweepParquet } from "../../sweep/table.ts";
import { loadDocument, loadWorkload } from "../../workload/load.ts";
import type { Workload } from "../../workload/workload.ts";
import { type CliContext, Interrupted } from "../context.ts";
import { type HardwareArgs, hardwareOptions } from "../hardware-options.ts";
import { dim, limits, objective, once, positive, shared } from "../options.ts";
import { checkOutput, saveOutput } from "../output.ts";
import { createProgress, type Progress } from "../progress.ts";
import { writtenBy } from "../provenance.ts";
import { formatCount, formatNumber, formatTable } from "../table.ts";
import { runSamplerStudy } from "./search-study.ts";

interface SearchArgs extends HardwareArgs {
  readonly workloads: readonly string[];
  readonly dim: Readonly<Record<string, number>> | undefined;
  readonly objective: Objective;
  readonly "max-area-mm2": number | undefined;
  readonly pareto: boolean;
  readonly sampler: SamplerName | "polaris";
  readonly study: string | undefined;
  readonly budget: number | undefined;
  readonly evaluations: number | undefined;
  readonly seed: number;
  readonly workers: number;
  readonly json: boolean;
  readonly out: string | undefined;
  readonly quiet: boolean;
}

/** Points of a front that a screen shows. */
const SHOWN = 20;

export function searchCommand(context: CliContext): CommandModule<object, SearchArgs> {
  return {
    command: "search <workloads..>",
    describe: "Best hardware and mappings together, proven",
    builder: (args: Argv) =>
      args
        .positional("workloads", {
          describe: "Built-in names, ONNX models or layer tables (.json, .yaml); one design for all",
          type: "string",
          array: true,
          demandOption: true,
        })
        .option("dim", dim)
        .options(hardwareOptions({ pe: "2..128:x2", scratchpad: "1..2048", accumulator: "1..2048" }))
        .option("max-area-mm2", {
          describe: "Most area; without it the largest array wins",
          requiresArg: true,
          coerce: positive("max-area-mm2"),
        })
        .option("objective", objective)
        .option("pareto", {
          describe: "The whole latency-energy-area front instead (one workload)",
          type: "boolean",
          default: false,
        })
        .option("sampler", {
          describe: "What searches: polaris proves, the others sample",
          choices: ["polaris", ...SAMPLERS] as const,
          default: "polaris" as const,
        })
        .option("study", {
          describe: "Journal of a sampler's trials; goes on from it",
          requiresArg: true,
          coerce: once<string>("study"),
        })
        .option("budget", limits.budget)
        .option("evaluations", limits.evaluations)
        .option("fidelity", shared.fidelity)
        .option("seed", shared.seed)
        .option("workers", shared.workers)
        .option("json", shared.json)
        .option("out", {
          ...shared.out,
          describe: "Write the design as .json, a front as .csv or .parquet too",
        })
        .option("quiet", shared.quiet)
        .example("$0 search bert --max-area-mm2 0.5", "Under an area cap")
        .example("$0 search bert gpt2 --pe 16", "One design for two") as unknown as Argv<SearchArgs>,
    handler: (args) => (args.pareto ? runFront(context, args) : runSearch(context, args)),
  };
}

async function runSearch(context: CliContext, args: SearchArgs): Promise<void> {
  const workloads = await Promise.all(args.workloads.map((name) => loadWorkload(name, args.dim)));
  await checkOutput(args.out);
  const space = await readSpace(args);
  const { sampler } = args;
  for (const { name, note } of workloads) {
    if (note !== undefined && !args.quiet) context.stderr.write(`polaris: note: ${name}: ${note}\n`);
  }
  if (sampler !== "polaris") return runSamplerStudy(context, { ...args, sampler }, workloads, space);
  if (args.study !== undefined || args.evaluations !== undefined) {
    throw new UsageError("--study, --evaluations: expected a --sampler other than polaris, which proves");
  }
  const progress = createProgress(context, args.quiet);
  const pool = await createJobPool(args.workers);
  const started = performance.now();
  let result: CodesignResult;
  try {
    result = await codesign(pool, {
      workloads,
      space,
      objective: args.objective,
      signal: context.signal,
      ...(args.budget === undefined ? {} : { budgetMs: args.budget }),
      onProgress: (now) => showProgress(progress, now),
    });
  } finally {
    progress.clear();
    await pool.close();
  }
  const seconds = (performance.now() - started) / 1000;
  if (args.out !== undefined) await saveOutput(args.out, formatJson(context, args, result));
  context.stdout.write(args.json ? formatJson(context, args, result) : formatSearch(args, workloads, result));
  if (!args.quiet) {
    context.stderr.write(
      `polaris: ${formatCount(result.configs)} configs covered by ${formatCount(result.boxes)} boxes, ${formatCount(result.covered)} mapping candidates, in ${seconds.toFixed(1)} s${args.out === undefined ? "" : `, written to ${args.out}`}\n`,
    );
  }
  if (context.signal.aborted) throw new Interrupted("interrupted: the best design so far is given");
}

function showProgress(progress: Progress, now: CodesignProgress): void {
  if (now.phase === "enumerate") {
    progress.update(`${now.done} of ${now.of} layers enumerated`, now.done / now.of);
  } else if (now.phase === "bound") {
    progress.update(`${formatCount(now.boxes)} boxes bounded, gap ${formatNumber(100 * now.gap)} %`);
  } else {
    progress.update(
      `${formatCount(now.points)} points up to ${formatNumber(now.areaMm2)} mm2, ${formatCount(now.boxes)} boxes`,
    );
  }
}

/** The front instead of the one design. */
async function runFront(context: CliContext, args: SearchArgs): Promise<void> {
  const [workload, ...others] = await Promise.all(args.workloads.map((name) => loadWorkload(name, args.dim)));
  await checkOutput(args.out);
  if (!workload || others.length > 0) {
    throw new UsageError(`--pareto: expected one workload, found ${args.workloads.length}`);
  }
  const space = await readSpace(args);
  const progress = createProgress(context, args.quiet);
  const pool = await createJobPool(args.workers);
  const started = performance.now();
  let front: Front;
  try {
    front = await codesignFront(pool, {
      workload,
      space,
      signal: context.signal,
      ...(args.budget === undefined ? {} : { budgetMs: args.budget }),
      onProgress: (now) => showProgress(progress, now),
    });
  } finally {
    progress.clear();
    await pool.close();
  }
  const seconds = (performance.now() - started) / 1000;
  const { points, complete } = front;
  const json = `${JSON.stringify({
    version: 1,
    workload: workload.name,
    fidelity: "analytical",
    complete,
    provenance: writtenBy(context.version, context.args),
    points,
  })}\n`;
  if (args.out !== undefined) {
    const table = { points, pareto: points.map((_, i) => i) };
    const content = /\.json$/i.test(args.out)
      ? json
      : /\.parquet$/i.test(args.out)
        ? sweepParquet(table)
        : sweepCsv(table);
    await saveOutput(args.out, content);
  }
  context.stdout.write(args.json ? json : formatFront(workload, front));
  if (!args.quiet) {
    context.stderr.write(
      `polaris: ${formatCount(points.length)} points of ${formatCount(space.arrays.length * space.scratchpadKib.length * space.accumulatorKib.length)} configs, ${formatCount(front.boxes)} boxes, in ${seconds.toFixed(1)} s${args.out === undefined ? "" : `, written to ${args.out}`}\n`,
    );
  }
  if (context.signal.aborted) throw new Interrupted("interrupted: the front up to the area reached is given");
}

function formatFront(workload: Workload, { points, complete, areaMm2 }: Front): string {
  const step = Math.max(1, (points.length - 1) / (SHOWN - 1));
  const places = new Set(
    Array.from({ length: SHOWN }, (_, i) => Math.round(i * step)).filter((place) => place < points.length),
  );
  const rows = [...places].map((place) => {
    const { hardware, totals } = points[place] as FrontPoint;
    return [
      String(hardware.peDim),
      String(hardware.scratchpadKib),
      String(hardware.accumulatorKib),
      formatCount(totals.latencyCycles),
      formatNumber(totals.energyUj),
      formatNumber(totals.edpJCycles),
      formatNumber(totals.areaMm2),
    ];
  });
  const right = (title: string) => ({ title, align: "right" as const });
  return `${workload.name}: ${formatCount(points.length)} points on the latency-energy-area Pareto front, ${complete ? "all there are" : `all up to ${formatNumber(areaMm2)} mm2`}; by area, ${rows.length} of them

${formatTable(["PE", "scratch KiB", "acc KiB", "cycles", "energy uJ", "EDP J*cycles", "area mm2"].map(right), rows)}
`;
}

async function readSpace(args: SearchArgs): Promise<HardwareSpace> {
  const maxAreaMm2 = args["max-area-mm2"];
  const cap = maxAreaMm2 === undefined ? {} : { maxAreaMm2 };
  if (args.hardware !== undefined) {
    const { scratchpadKib, accumulatorKib, ...array } = parseHardware(
      await loadDocument(args.hardware),
      args.hardware,
    );
    return { arrays: [array], scratchpadKib: [scratchpadKib], accumulatorKib: [accumulatorKib], ...cap };
  }
  const values = (text: string, flag: string): number[] => [...parseValues(text, flag)].sort((a, b) => a - b);
  const peDims = values(args.pe, "--pe");
  const scratchpadKib = values(args["scratchpad-kib"], "--scratchpad-kib");
  const accumulatorKib = values(args["accumulator-kib"], "--accumulator-kib");
  for (const value of peDims) createHardware({ peDim: value, scratchpadKib: 1, accumulatorKib: 1 });
  for (const value of scratchpadKib) createHardware({ peDim: 2, scratchpadKib: value, accumulatorKib: 1 });
  for (const value of accumulatorKib) createHardware({ peDim: 2, scratchpadKib: 1, accumulatorKib: value });
  return { arrays: peDims.map((peDim) => ({ peDim })), scratchpadKib, accumulatorKib, ...cap };
}

/** One network: a design that `evaluate` reads. Several: one such design for each. */
function formatJson(
  context: CliContext,
  args: SearchArgs,
  { hardware, networks, optimal, gap, ...counts }: CodesignResult,
): string {
  const proof = {
    fidelity: "analytical",
    objective: args.objective.name,
    ...(args["max-area-mm2"] === undefined ? {} : { maxAreaMm2: args["max-area-mm2"] }),
    optimal,
    gap,
    boxes: counts.boxes,
    configs: counts.configs,
    candidates: { covered: counts.covered, evaluated: counts.evaluated },
    convergence: { unit: "boxes of configs bounded", objective: args.objective.name, steps: counts.steps },
    provenance: writtenBy(context.version, context.args),
  };
  const [only, ...others] = networks;
  return others.length === 0
    ? `${JSON.stringify({ version: 1, ...only, hardware, ...proof })}\n`
    : `${JSON.stringify({ version: 1, hardware, ...proof, networks })}\n`;
}

function formatSearch(
  args: SearchArgs,
  workloads: readonly Workload[],
  { hardware, networks, optimal, gap }: CodesignResult,
): string {
  const { areaMm2, areaSource } = networks[0]?.totals ?? { areaMm2: 0, areaSource: "table" };
  const { name } = args.objective;
  const rows = networks.map(({ workload, totals }) => [
    workload,
    formatCount(totals.latencyCycles),
    formatNumber(totals.energyUj),
    formatNumber(totals.edpJCycles),
  ]);
  const of = workloads.length > 1 ? `geometric mean of ${name}` : name;
  const proof = optimal
    ? `proven optimal (${of})`
    : `within ${formatNumber(100 * gap)} % of the optimum (${of}); more time closes the gap`;
  const cap = args["max-area-mm2"];
  const mappings = networks
    .map(({ workload, layers }) =>
      [
        "",
        workload,
        formatTable(
          [
            { title: "layer", align: "left", width: 24 },
            { title: "runs", align: "right" },
            { title: "cycles", align: "right" },
            { title: "energy uJ", align: "right" },
            { title: "mapping", align: "left", width: 150 },
          ],
          layers.map((layer) => [
            layer.name,
            String(layer.count),
            formatCount(layer.latencyCycles),
            formatNumber(layer.energyUj),
            layer.mapping,
          ]),
        ),
      ].join("\n"),
    )
    .join("\n");
  return `${hardware.peDim}x${hardware.peDim} PEs, ${hardware.scratchpadKib} KiB scratchpad, ${hardware.accumulatorKib} KiB accumulator: ${proof}
area ${formatNumber(areaMm2)} mm2${areaSource === "table" ? "" : ` (${areaSource})`}${cap === undefined ? ", no cap: energy has no leakage, so more hardware never costs" : ` of at most ${cap}`}

${formatTable(
  [
    { title: "workload", align: "left" },
    { title: "cycles", align: "right" },
    { title: "energy uJ", align: "right" },
    { title: "EDP J*cycles", align: "right" },
  ],
  rows,
)}
${mappings}

Layers: one run each. Totals: weighted by runs.
`;
}
