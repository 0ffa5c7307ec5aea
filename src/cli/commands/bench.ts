import { cpus } from "node:os";
import type { Argv, CommandModule } from "yargs";
import { measureThroughput, type Rate } from "../../measure/throughput.ts";
import type { CliContext } from "../context.ts";
import { examples } from "../examples.ts";
import { integer, shared } from "../options.ts";
import { formatCount, formatTable } from "../table.ts";

interface BenchArgs {
  readonly workers: number;
  readonly slices: number;
  readonly json: boolean;
}

export function benchCommand(context: CliContext): CommandModule<object, BenchArgs> {
  return {
    command: "bench",
    describe: "Predictions per second on this machine",
    builder: (args: Argv) =>
      args
        .option("workers", shared.workers)
        .option("slices", {
          describe: "Times each way is measured, in turns",
          default: 15,
          requiresArg: true,
          coerce: integer("slices", 1, 10_000),
        })
        .option("json", shared.json)
        .epilogue(examples(["$0 bench", "About ten seconds"])) as unknown as Argv<BenchArgs>,
    handler: async ({ workers, slices, json }) => {
      const rates = await measureThroughput(workers, slices);
      const machine = {
        cpu: cpus()[0]?.model ?? "unknown",
        cores: cpus().length,
        node: process.versions.node,
      };
      const result = { version: 1, date: new Date().toISOString(), machine, rates };
      context.stdout.write(json ? `${JSON.stringify(result)}\n` : `${formatRates(machine, rates)}\n`);
    },
  };
}

function formatRates(machine: { cpu: string; cores: number; node: string }, rates: readonly Rate[]): string {
  return [
    `${machine.cpu}, ${machine.cores} cores, Node ${machine.node}`,
    "",
    formatTable(
      [
        { title: "what", align: "left" },
        { title: "best", align: "right" },
        { title: "median", align: "right" },
        { title: "unit", align: "left" },
      ],
      rates.map(({ name, best, median, unit }) => [name, formatCount(best), formatCount(median), unit]),
    ),
  ].join("\n");
}
