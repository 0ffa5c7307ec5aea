import { tmpdir } from "node:os";
import { resolve } from "node:path";
import type { Argv, CommandModule } from "yargs";
import { UsageError } from "../../errors.ts";
import { createEmbeddedPool } from "../../evaluators/embedded-pool.ts";
import { parseMachine } from "../../evaluators/machine-file.ts";
import { createModelPool } from "../../evaluators/model-pool.ts";
import { createNativePool } from "../../evaluators/native-pool.ts";
import type { RtlOptions, RtlPool, RunRequest } from "../../evaluators/rtl-pool.ts";
import { type Simulated, simulateCases } from "../../evaluators/simulate.ts";
import { simulationDocument } from "../../evaluators/simulation-document.ts";
import { formatTimeline } from "../../evaluators/timeline.ts";
import { togglesCsv, togglesDocument } from "../../evaluators/toggles-document.ts";
import { loadEngine, loadModule } from "../../starlight.ts";
import { loadDocument } from "../../workload/load.ts";
import { formatActivity } from "../activity-text.ts";
import { type CliContext, Failed, Interrupted } from "../context.ts";
import { evaluatorOptions, makeCache } from "../evaluator-options.ts";
import { examples } from "../examples.ts";
import { ofFidelity, refuseIdle } from "../idle-flags.ts";
import { integer, once, oneOf, shared } from "../options.ts";
import { checkOutput, outputFormat, saveOutput, sayWritten } from "../output.ts";
import { createProgress } from "../progress.ts";
import { writtenBy } from "../provenance.ts";
import { readCases } from "../read-cases.ts";
import { simulationsCsv } from "../simulation-csv.ts";
import { formatSimulations } from "../simulation-text.ts";
import { formatCounted } from "../table.ts";
import { fitted } from "../terminal.ts";

interface SimulateArgs {
  readonly fidelity: "event" | "rtl";
  readonly designs: string;
  readonly machine: string | undefined;
  readonly check: boolean;
  readonly timeline: string | undefined;
  readonly vcd: string | undefined;
  readonly toggles: string | undefined;
  readonly verilator: boolean;
  readonly cache: string | boolean;
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
        .option("fidelity", {
          describe: "The RTL, cycle by cycle, or the event-driven model of it",
          ...oneOf("fidelity", ["event", "rtl"]),
          default: "rtl" as const,
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
        .option("verilator", {
          describe: "Build a native RTL of any array size, with Verilator",
          type: "boolean",
          default: false,
        })
        .option("vcd", {
          describe: "Write waveforms of one design; builds with Verilator",
          type: "string",
          requiresArg: true,
          coerce: once<string>("vcd"),
        })
        .option("toggles", {
          describe: "Count bit changes and activity (.json, .csv); builds with Verilator",
          type: "string",
          requiresArg: true,
          coerce: once<string>("toggles"),
        })
        .option("cache", { ...evaluatorOptions.cache, describe: "Folder of native builds" })
        .option("max-cycles", {
          describe: "Give a design up after so many",
          requiresArg: true,
          defaultDescription: "2^31",
          coerce: (value: unknown) =>
            value === undefined ? undefined : integer("max-cycles", 1, 2 ** 40)(value),
        })
        .option("seed", { ...shared.seed, describe: "Of the data for --check and --toggles" })
        .option("workers", shared.workers)
        .option("json", shared.json)
        .option("out", shared.out)
        .option("quiet", shared.quiet)
        .epilogue(
          examples(
            ["$0 simulate design.json --check", "Cycles, with the results checked"],
            ["$0 simulate d.json --timeline t", "What ran when"],
          ),
        ) as unknown as Argv<SimulateArgs>,
    handler: (args) => runSimulate(context, args),
  };
}

/** Whether the RTL is built by Verilator. */
function isNative({ verilator, vcd, toggles }: SimulateArgs): boolean {
  return verilator || vcd !== undefined || toggles !== undefined;
}

/** The RTL that the options name. */
async function openPool(args: SimulateArgs, options: RtlOptions): Promise<RtlPool> {
  if (args.fidelity === "event") {
    return createModelPool(await loadModule(), options);
  }
  if (!isNative(args)) return createEmbeddedPool(args.workers, options);
  const folder = typeof args.cache === "string" ? args.cache : tmpdir();
  await makeCache(folder);
  return createNativePool(args.workers, { ...options, folder: resolve(folder) }).catch((error: unknown) => {
    throw new UsageError(`--verilator: ${error instanceof Error ? error.message : String(error)}`);
  });
}

/** Fidelities that flags belong to. */
const BELONGS = { check: ["rtl"], timeline: ["rtl"], vcd: ["rtl"], toggles: ["rtl"], verilator: ["rtl"] };

async function runSimulate(context: CliContext, args: SimulateArgs): Promise<void> {
  refuseIdle(context, {
    ...ofFidelity(args.fidelity, BELONGS),
    seed: [args.check || args.toggles !== undefined, "--check or --toggles beside it"],
    cache: [isNative(args), "--verilator, --vcd or --toggles beside it"],
  });
  const format = args.out === undefined ? undefined : outputFormat(args.out, ["csv", "json"]);
  await checkOutput(args.out);
  for (const flag of ["timeline", "vcd", "toggles"] as const) await checkOutput(args[flag], `--${flag}`);
  const togglesFormat =
    args.toggles === undefined ? undefined : outputFormat(args.toggles, ["json", "csv"], "--toggles");
  if (args.timeline !== undefined && isNative(args))
    throw new UsageError("--timeline: expected the embedded RTL, found --verilator, --vcd or --toggles");
  const { cases, design } = await readCases(args.designs, context.stdin);
  const file =
    args.machine === undefined ? undefined : parseMachine(await loadDocument(args.machine), args.machine);
  const maxCycles = args["max-cycles"];
  const options: RtlOptions = { ...file, ...(maxCycles === undefined ? {} : { maxCycles }) };
  // Without data no data bit toggles.
  const checked = args.check || args.toggles !== undefined;
  const request: RunRequest = {
    ...(checked ? { checkSeed: args.seed } : {}),
    ...(args.timeline === undefined ? {} : { traceTiles: TIMELINE_TILES }),
    ...(args.vcd === undefined ? {} : { waves: resolve(args.vcd) }),
    ...(args.toggles === undefined ? {} : { toggles: true }),
  };
  if (args.vcd !== undefined && cases.length !== 1)
    throw new UsageError(`--vcd: expected one design, found ${cases.length}`);
  const pool = await openPool(args, options);
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

  const interrupted = `interrupted after ${done.length} of ${cases.length} designs`;
  // What an earlier run wrote is worth more than nothing.
  if (context.signal.aborted && done.length === 0)
    throw new Interrupted(`${interrupted}: nothing is written`);
  // Of layers that were not run there is no total.
  const partial = done.length < cases.length;
  const engine = await loadEngine(64);
  if (args.timeline !== undefined) {
    const timeline = formatTimeline(done.map(({ name, trace }) => ({ name, spans: trace })));
    await saveOutput(args.timeline, timeline, "--timeline");
    sayWritten(context, args.quiet, "a timeline", args.timeline);
  }
  if (args.vcd !== undefined) sayWritten(context, args.quiet, "waveforms", args.vcd);
  if (args.toggles !== undefined) {
    const document = {
      ...togglesDocument(done, args.seed),
      complete: !partial,
      provenance: writtenBy(context.version, context.args, true),
    };
    await saveOutput(
      args.toggles,
      togglesFormat === "csv" ? togglesCsv(done) : `${JSON.stringify(document)}\n`,
      "--toggles",
    );
    sayWritten(context, args.quiet, "toggle counts", args.toggles);
  }
  const json = (): string =>
    `${JSON.stringify({ ...simulationDocument(done, args.fidelity, options, checked, engine, partial ? undefined : design), complete: !partial, provenance: writtenBy(context.version, context.args) })}\n`;
  if (args.out !== undefined) {
    await saveOutput(args.out, format === "json" ? json() : simulationsCsv(done, engine));
    sayWritten(context, args.quiet, formatCounted(done.length, "design"), args.out);
  }
  if (args.json) context.stdout.write(json());
  else if (args.out === undefined)
    context.stdout.write(
      fitted(
        context.stdout,
        `${formatSimulations(done, { fidelity: args.fidelity, file: args.designs, design, machine: args.machine, checked, partial }, engine)}\n${formatActivity(done)}`,
      ),
    );
  if (context.signal.aborted) throw new Interrupted(interrupted);
  const failed = done.filter(({ outcome }) => outcome.status !== "priced").length;
  if (failed > 0) throw new Failed(`${failed} of ${cases.length} designs failed, each with a reason`);
}
