import { join } from "node:path";
import type { Argv, CommandModule } from "yargs";
import { quote, UsageError } from "../../errors.ts";
import { mapNetwork } from "../../mapper/map-network.ts";
import { EDP } from "../../mapper/objective.ts";
import { sections } from "../../report/figures.ts";
import { loadResult } from "../../report/load-result.ts";
import { claimText, renderReport } from "../../report/page/report.ts";
import type { DesignRecord, ResultRecord } from "../../report/result.ts";
import { FIGURE_FORMATS, type FigureFormat, figureFiles, saveFigures } from "../../report/save-figures.ts";
import { type ReportInfo, summarise } from "../../report/summary.ts";
import { parseMapping } from "../../space/mapping.ts";
import { createEngine, loadModule } from "../../starlight.ts";
import { loadWorkload } from "../../workload/load.ts";
import type { CliContext } from "../context.ts";
import { examples } from "../examples.ts";
import { refuseIdle } from "../idle-flags.ts";
import { once, shared } from "../options.ts";
import { checkOutput, makeFolder, outputFormat, saveOutput, unwritable } from "../output.ts";
import { refuseOverwriting } from "../overwritten.ts";
import { formatCount } from "../table.ts";
import { fitted } from "../terminal.ts";

interface ReportArgs {
  readonly result: string;
  readonly out: string | undefined;
  readonly figures: string | undefined;
  readonly formats: readonly FigureFormat[];
  readonly workload: string | undefined;
  readonly measured: string | undefined;
  readonly json: boolean;
  readonly quiet: boolean;
}

export function reportCommand(context: CliContext): CommandModule<object, ReportArgs> {
  return {
    command: "report <result>",
    describe: "One HTML file that shows a result: fronts, layers, mappings",
    builder: (args: Argv) =>
      args
        .positional("result", {
          describe: "What another command wrote (.json, .jsonl, .csv, .parquet)",
          type: "string",
          demandOption: true,
        })
        .option("out", { ...shared.out, describe: "The HTML file; else the result's name with .html" })
        .option("figures", {
          describe: "Also write each plot to this folder",
          type: "string",
          requiresArg: true,
          coerce: once<string>("figures"),
        })
        .option("formats", {
          describe: "Of those files: svg, png, csv",
          default: FIGURE_FORMATS.join(","),
          requiresArg: true,
          coerce: formats,
        })
        .option("workload", {
          describe: "Network of a result that names none, to show its best design",
          type: "string",
          requiresArg: true,
          coerce: once<string>("workload"),
        })
        .option("measured", {
          describe: "Column of measured cycles in a table of evaluate",
          type: "string",
          requiresArg: true,
          coerce: once<string>("measured"),
        })
        .option("json", { ...shared.json, describe: "Print the report's numbers instead of a page" })
        .option("quiet", shared.quiet)
        .epilogue(
          examples(
            ["$0 report search.json", "Writes search.html"],
            ["$0 report s.csv --workload bert", "Fronts, and the best design"],
          ),
        ) as unknown as Argv<ReportArgs>,
    handler: (args) => runReport(context, args),
  };
}

/** `svg,csv` */
function formats(given: unknown): readonly FigureFormat[] {
  return String(once<unknown>("formats")(given as string))
    .split(",")
    .map((name) => {
      const known = FIGURE_FORMATS.find((format) => format === name.trim());
      if (known) return known;
      throw new UsageError(`--formats: expected some of ${FIGURE_FORMATS.join(", ")}, found "${name}"`);
    });
}

async function runReport(context: CliContext, args: ReportArgs): Promise<void> {
  refuseIdle(context, {
    formats: [args.figures !== undefined, "--figures beside it"],
    out: [!args.json, "no --json beside it, which writes no page", "both"],
  });
  const out = args.out ?? `${args.result.replace(/(\.(jsonl?|ya?ml|csv|gz|parquet))+$/i, "")}.html`;
  outputFormat(out, ["html"]);
  if (!args.json) {
    refuseOverwriting({ ...args, out });
    await checkOutput(out);
  }
  const module = await loadModule();
  const hints = {
    ...(args.workload === undefined ? {} : { workload: args.workload }),
    ...(args.measured === undefined ? {} : { measured: args.measured }),
  };
  const loaded = await loadResult(args.result, hints);
  refuseIdleHints(args, loaded);
  const record = await withBestDesign(module, loaded, args.workload);
  const info = summarise(record, await createEngine(module, 1));
  if (!args.quiet && info.designs.some(({ agrees }) => agrees === false)) {
    const why = args.workload === undefined ? "" : `: is it of ${args.workload}?`;
    context.stderr.write(
      `polaris: warning: ${args.result}: the totals in the file are not those of the design's layers${why}\n`,
    );
  }
  const figures = sections(info).flatMap((section) => section.figures);
  if (args.figures !== undefined) {
    const { figures: folder } = args;
    const files = figureFiles(figures, args.formats).map((name) => join(folder, name));
    refuseOverwriting(args, { figures: files });
    await makeFolder(args.figures, "--figures");
    try {
      await saveFigures(figures, args.figures, args.formats);
    } catch (error) {
      throw unwritable(args.figures, error, "--figures", "a folder to write to");
    }
  }
  if (args.json) {
    context.stdout.write(`${JSON.stringify(toJson(info))}\n`);
    return;
  }
  const page = await renderReport(info, context.version);
  await saveOutput(out, page);
  const size = formatCount(Buffer.byteLength(page) / 1000);
  const said = `${info.title}: ${claimText(info)}\n${out}: ${figures.length} plots, ${size} kB\n`;
  context.stdout.write(fitted(context.stdout, said));
  if (!args.quiet && args.figures !== undefined) {
    context.stderr.write(`polaris: ${args.figures}: each plot as ${args.formats.join(", ")}\n`);
  }
}

/** What there is, where a hint says nothing of it. */
const KINDS: Readonly<Record<ResultRecord["kind"], string>> = {
  design: "a design, which says it all",
  points: "points of a sweep",
  study: "a study",
  table: "a table of evaluate",
  accuracy: "the accuracy of a model",
};

/** Refuses hints that a result has no use for: they would be taken for ones that were heeded. */
function refuseIdleHints(
  { workload, measured }: ReportArgs,
  { kind, designs, ...record }: ResultRecord,
): void {
  if (measured !== undefined && kind !== "table")
    throw new UsageError(`--measured: expected a table of evaluate, found ${KINDS[kind]}`);
  if (workload === undefined) return;
  if (kind === "points" && designs.length > 0)
    throw new UsageError("--workload: expected points without mappings, found some that have them");
  if (kind !== "points" && kind !== "study")
    throw new UsageError(`--workload: expected points of a sweep or a study, found ${KINDS[kind]}`);
  if (kind === "study" && designs.length === 0)
    throw new UsageError(
      `--workload: expected the network of the study, ${record.workload}, found ${quote(workload)}`,
    );
}

/** Points carry no mappings; those of the design of least EDP are found again by the exact mapper. */
async function withBestDesign(
  module: WebAssembly.Module,
  record: ResultRecord,
  named: string | undefined,
): Promise<ResultRecord> {
  const name = named ?? record.workload;
  const [first, ...others] = record.points;
  if (record.kind !== "points" || !first || record.designs.length > 0 || name === "") return record;
  const workload = await loadWorkload(name);
  const best = others.reduce((least, point) => (point.edpJCycles < least.edpJCycles ? point : least), first);
  const { peDim, scratchpadKib, accumulatorKib, latencyCycles, energyUj } = best;
  const hardware = { peDim, scratchpadKib, accumulatorKib };
  const { layers } = await mapNetwork(module, { layers: workload.layers, hardware, objective: EDP });
  const design: DesignRecord = {
    workload: workload.name,
    hardware,
    layers: layers.map((layer) => ({
      ...layer,
      mapping: parseMapping(layer.mapping),
      mappingText: layer.mapping,
    })),
    totals: { latencyCycles, energyUj },
  };
  return { ...record, workload: workload.name, designs: [design] };
}

function toJson(info: ReportInfo): object {
  return {
    version: 1,
    title: info.title,
    claim: claimText(info),
    provenance: info.provenance,
    designs: info.designs.map(({ record: { workload, hardware }, totals, agrees }) => ({
      workload,
      hardware,
      totals,
      ...(agrees === undefined ? {} : { agrees }),
    })),
    figures: sections(info).flatMap(({ figures }) =>
      figures.map(({ id, title, caption, table: { columns, rows } }) => ({
        id,
        title,
        caption,
        columns: columns.map(({ key }) => key),
        rows,
      })),
    ),
  };
}
