import { stringify } from "yaml";
import type { Argv, CommandModule } from "yargs";
import { toLayerTable } from "../../interop/layer-table.ts";
import { formatLayerTable } from "../../interop/layer-table-yaml.ts";
import type { OperatorShare } from "../../interop/onnx/ledger.ts";
import { type Imported, readImport } from "../../interop/read-import.ts";
import { macs } from "../../workload/layer.ts";
import type { CliContext } from "../context.ts";
import { examples } from "../examples.ts";
import { dim, shared } from "../options.ts";
import { checkOutput, saveOutput } from "../output.ts";
import { formatCount, formatNumber, formatTable } from "../table.ts";
import { fitted } from "../terminal.ts";

interface ImportArgs {
  readonly files: readonly string[];
  readonly dim: Readonly<Record<string, number>> | undefined;
  readonly json: boolean;
  readonly out: string | undefined;
}

export function importCommand(context: CliContext): CommandModule<object, ImportArgs> {
  return {
    command: "import <files..>",
    describe: "A workload or a design from another tool's files",
    builder: (args: Argv) =>
      args
        .positional("files", {
          describe: "ONNX model, SCALE-Sim or DOSA table (.csv), Timeloop files (.yaml) or a folder of them",
          type: "string",
          array: true,
          demandOption: true,
        })
        .option("dim", dim)
        .option("json", shared.json)
        .option("out", { ...shared.out, describe: "Write the layer table or the design as .yaml or .json" })
        .epilogue(
          examples(
            ["$0 import model.onnx --out net.yaml", "Layers of a model"],
            ["$0 import timeloop/ --out d.json", "A design"],
          ),
        ) as unknown as Argv<ImportArgs>,
    handler: async ({ files, dim: dims = {}, json, out }) => {
      await checkOutput(out);
      const imported = await readImport(files, dims);
      if (imported.kind === "workload") {
        const table = toLayerTable(imported.workload);
        if (out !== undefined)
          await saveOutput(
            out,
            /\.json$/i.test(out) ? `${JSON.stringify(table)}\n` : formatLayerTable(table),
          );
        const document = { version: 1, workload: table, operators: imported.operators };
        context.stdout.write(
          json ? `${JSON.stringify(document)}\n` : fitted(context.stdout, formatWorkload(imported)),
        );
        return;
      }
      const { design } = imported;
      const text = `${JSON.stringify(design)}\n`;
      if (out !== undefined)
        await saveOutput(out, /\.json$/i.test(out) ? text : stringify(design, { lineWidth: 0 }));
      const { peDim, scratchpadKib, accumulatorKib } = design.hardware;
      const array = `${peDim}x${peDim} PEs, ${scratchpadKib} KiB scratchpad, ${accumulatorKib} KiB accumulator`;
      context.stdout.write(
        json ? text : `${design.workload}: ${design.layers.length} mapped layers on ${array}\n`,
      );
    },
  };
}

function formatWorkload({
  workload: { name, source, layers },
  operators,
}: Extract<Imported, { kind: "workload" }>): string {
  const work = layers.map(({ shape, count }) => count * macs(shape));
  const total = work.reduce((sum, macs) => sum + macs, 0);
  const rows = layers.map(({ name, count, shape }, i) => [
    name,
    String(count),
    ...[shape.N, shape.K, shape.C, shape.P, shape.Q, shape.R, shape.S].map(String),
    shape.Wstride === shape.Hstride ? String(shape.Wstride) : `${shape.Wstride}x${shape.Hstride}`,
    percent((work[i] ?? 0) / total),
  ]);
  const right = (title: string) => ({ title, align: "right" as const });
  const text = `${name}: ${layers.length} distinct layers, ${formatCount(total)} MACs${source === undefined ? "" : ` (${source})`}

${formatTable([{ title: "layer", align: "left", width: 40 }, ...["runs", "N", "K", "C", "P", "Q", "R", "S", "stride", "MACs"].map(right)], rows)}
`;
  return operators.length === 0 ? text : `${text}\n${formatOperators(operators)}`;
}

/** What became of each operator, those that are not read first. */
function formatOperators(operators: readonly OperatorShare[]): string {
  const rows = operators
    .filter(({ handling, operations }) => handling !== "beside" || operations !== 0)
    .map(({ operator, nodes, handling, operations, share, reason }) => [
      operator,
      String(nodes),
      { layer: "in layers", beside: "beside", unread: "not read" }[handling],
      operations === undefined ? "unknown" : formatNumber(operations),
      share === undefined ? "" : percent(share),
      reason ?? "",
    ]);
  return `${formatTable(
    [
      { title: "operator", align: "left", width: 40 },
      { title: "nodes", align: "right" },
      { title: "is", align: "left" },
      { title: "operations", align: "right" },
      { title: "share", align: "right" },
      { title: "why", align: "left", width: 60 },
    ],
    rows,
  )}

Operations: MACs in layers, elements beside them.
`;
}

function percent(share: number): string {
  return `${(100 * share).toFixed(1)} %`;
}
