import { join } from "node:path";
import type { Argv, CommandModule } from "yargs";
import { parseDesign } from "../../designs/design.ts";
import { EXPORT_FORMATS, type ExportFormat, exportDesign } from "../../interop/write-export.ts";
import { loadDocument, loadWorkload } from "../../workload/load.ts";
import type { CliContext } from "../context.ts";
import { examples } from "../examples.ts";
import { oneOf, shared } from "../options.ts";
import { checkOutput, makeFolder, outputFormat, saveOutput } from "../output.ts";
import { refuseOverwriting } from "../overwritten.ts";
import { refuseWorkload } from "../refuse-workload.ts";

interface ExportArgs {
  readonly design: string;
  readonly to: ExportFormat;
  readonly out: string;
  readonly json: boolean;
  readonly quiet: boolean;
}

/** Faults of a design that a screen shows. */
const SHOWN = 10;

export function exportCommand(context: CliContext): CommandModule<object, ExportArgs> {
  return {
    command: "export <design>",
    describe: "A design as files of another tool",
    builder: (args: Argv) =>
      args
        .positional("design", { describe: "Design (.json, .yaml)", type: "string", demandOption: true })
        .option("to", {
          describe: "Timeloop's YAML, Gemmini's parameters and tilings, or a table in the DOSA format",
          ...oneOf("to", EXPORT_FORMATS),
          demandOption: true,
        })
        .option("out", {
          ...shared.out,
          describe: "Folder of a format of several files, or file",
          demandOption: true,
        })
        .option("json", shared.json)
        .option("quiet", shared.quiet)
        .epilogue(
          examples(
            ["$0 export d.json --to timeloop-0.4 --out tl", "A folder of YAML"],
            ["$0 export d.json --to gemmini --out g", "Header, Chisel, tiles"],
          ),
        ) as unknown as Argv<ExportArgs>,
    handler: (args) => runExport(context, args),
  };
}

async function runExport(context: CliContext, args: ExportArgs): Promise<void> {
  const { design, to, out, json, quiet } = args;
  refuseWorkload(design);
  const single = to === "csv" || to === "parquet";
  if (single) {
    outputFormat(out, [to]);
    await checkOutput(out);
  }
  const { files, notExpressed } = exportDesign(
    await parseDesign(await loadDocument(design), design, (name) => loadWorkload(name)),
    to,
  );
  const written = files.map(({ name }) => (single ? out : join(out, name)));
  refuseOverwriting(args, { out: written });
  if (!single) await makeFolder(out);
  for (const [i, { content }] of files.entries()) await saveOutput(written[i] ?? out, content);
  context.stdout.write(
    json
      ? `${JSON.stringify({ version: 1, format: to, files: written, notExpressed })}\n`
      : `${written.join("\n")}\n`,
  );
  if (quiet || json) return;
  for (const note of notExpressed.slice(0, SHOWN)) context.stderr.write(`polaris: not expressed: ${note}\n`);
  if (notExpressed.length > SHOWN)
    context.stderr.write(`polaris: ${notExpressed.length - SHOWN} more are listed by --json\n`);
}
