import type { Argv, CommandModule } from "yargs";
import { toLayerTable } from "../../interop/layer-table.ts";
import { formatLayerTable } from "../../interop/layer-table-yaml.ts";
import type { OperatorShare } from "../../interop/onnx/ledger.ts";
import { type Imported, readImport } from "../../interop/read-import.ts";
import { macs } from "../../workload/layer.ts";
import type { CliContext } from "../context.ts";
import { dim, shared } from "../options.ts";
import { checkOutput, saveOutput } from "../output.ts";
import { formatCount, formatNumber, formatTable } from "../table.ts";

interface ImportArgs {
  readonly file: string;
  readonly dim: Readonly<Record<string, number>>;
  readonly json: boolean;
  readonly out: string | undefined;
}

export function importCommand(context: CliContext): CommandModule<object, ImportArgs> {
  return {
    command: "import <file>",
    describe: "A workload from another tool's file",
    builder: (args: Argv) =>
      args
        .positional("file", {
          describe: "ONNX model (.onnx)",
          type: "string",
          demandOption: true,
        })
        .option("dim", dim)
        .option("json", shared.json)
        .option("out", { ...shared.out, describe: "Write the layer table as .yaml or .json" })
        .example("$0 import model.onnx --out net.yaml", "Layers of a model")
        .example("$0 import model.onnx --dim batch=1", "Its open dim given") as unknown as Argv<ImportArgs>,
    handler: async ({ file, dim: dims, json, out }) => {
      await checkOutput(out);
      const imported = await readImport(file, dims);
      const table = toLayerTable(imported.workload);
      const document = { version: 1, workload: table, operators: imported.operators };
      if (out !== undefined)
        await saveOutput(out, /\.json$/i.test(out) ? `${JSON.stringify(table)}\n` : formatLayerTable(table));
      context.stdout.write(json ? `${JSON.stringify(document)}\n` : formatImport(imported));
    },
  };
}

function formatImport({ workload: { name, source, layers }, operators }: Imported): string {
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
