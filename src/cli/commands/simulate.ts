import type { Argv, CommandModule } from "yargs";
import { parseMachine } from "../../evaluators/machine-file.ts";
import { createRtlPool, type RtlOptions, type RunRequest } from "../../evaluators/rtl-pool.ts";
import { type Simulated, simulateCases } from "../../evaluators/simulate.ts";
import { formatTimeline } from "../../evaluators/timeline.ts";
import { loadEngine } from "../../starlight.ts";
import { loadDocument } from "../../workload/load.ts";
import { type CliContext, Interrupted } from "../context.ts";
import { DesignsFailed } from "../evaluate-slowly.ts";
import { integer, once, shared } from "../options.ts";
import { checkOutput, saveOutput } from "../output.ts";
import { createProgress } from "../progress.ts";
import { readCases } from "../read-cases.ts";
import { formatSimulations, simulationsCsv, simulationsJson } from "../simulation-output.ts";

interface SimulateArgs {
  readonly designs: string;
  readonly machine: string | undefined;
  readonly check: boolean;
  readonly timeline: string | undefined;
  readonly "max-cycles": number | undefined;
  readonly seed: number;
  readonly workers: number;
  readonly json: boolean;
  readonly out: string | undefined;
  readonly quiet: boolean;
}

/** Tiles of a design that a timeline shows. */
const TIMELINE_TILES = 100_000;

export function simulateCommand(context: CliContext): CommandModule<object, SimulateArgs> {
  return {
    command: "simulate <designs>",
    describe: "Run the RTL on designs: cycles, stalls, counters",
    builder: (args: Argv) =>
      args
        .positional("designs", {
          describe: "A design (.json, .yaml) or a table in the DOSA format (.csv, .csv.gz)",
          type: "string",
          demandOption: true,
        })
        .option("machine", {
          describe: "Bus, DRAM, queues, from a file; default Gemmini-like",
          type: "string",
          requiresArg: true,
          coerce: once<string>("machine"),
        })
        .option("check", {
          describe: "Move random data and compare every output",
          type: "boolean",
          default: false,
        })
        .option("timeline", {
          describe: "Write a timeline for Perfetto (Chrome trace format)",
          type: "string",
          requiresArg: true,
          coerce: once<string>("timeline"),
        })
        .option("max-cycles", {
          describe: "Give a design up after so many",
          requiresArg: true,
          defaultDescription: "2^31",
          coerce: (value: unknown) =>
            value === undefined ? undefined : integer("max-cycles", 1, 2 ** 40)(value),
        })
        .option("seed", { ...shared.seed, describe: "Of the data for --check" })
        .option("workers", shared.workers)
        .option("json", shared.json)
        .option("out", shared.out)
        .option("quiet", shared.quiet)
        .example("$0 simulate design.json --check", "Cycles, with the results checked")
        .example("$0 simulate d.json --timeline t.json", "What ran when") as unknown as Argv<SimulateArgs>,
    handler: (args) => runSimulate(context, args),
  };
}

async function runSimulate(context: CliContext, args: SimulateArgs): Promise<void> {
  await checkOutput(args.out);
  await checkOutput(args.timeline);
  const cases = await readCases(args.designs);
  const file =
    args.machine === undefined ? undefined : parseMachine(await loadDocument(args.machine), args.machine);
  const maxCycles = args["max-cycles"];
  const options: RtlOptions = { ...file, ...(maxCycles === undefined ? {} : { maxCycles }) };
  const request: RunRequest = {
    ...(args.check ? { checkSeed: args.seed } : {}),
    ...(args.timeline === undefined ? {} : { traceTiles: TIMELINE_TILES }),
  };
  const pool = createRtlPool(args.workers, options);
  const progress = createProgress(context, args.quiet);
  const done: Simulated[] = [];
  try {
    for await (const one of simulateCases(pool, cases, request, context.signal)) {
      done.push(one);
      progress.update(`${done.length} of ${cases.length} designs`, done.length / cases.length);
    }
  } catch (error) {
    if (!context.signal.aborted) throw error;
  } finally {
    progress.clear();
    await pool.close();
  }

  const engine = await loadEngine(64);
  const checked = args.check;
  if (args.timeline !== undefined)
    await saveOutput(args.timeline, formatTimeline(done.map(({ name, trace }) => ({ name, spans: trace }))));
  const json = (): string => `${JSON.stringify(simulationsJson(done, options, checked, engine))}\n`;
  if (args.out !== undefined)
    await saveOutput(args.out, /\.json$/i.test(args.out) ? json() : simulationsCsv(done, engine));
  if (args.json) context.stdout.write(json());
  else if (args.out === undefined) context.stdout.write(`${formatSimulations(done, checked, engine)}\n`);
  if (context.signal.aborted)
    throw new Interrupted(`interrupted after ${done.length} of ${cases.length} designs`);
  const failed = done.filter(({ outcome }) => outcome.status !== "priced").length;
  if (failed > 0) throw new DesignsFailed(`${failed} of ${cases.length} designs failed, each with a reason`);
}
