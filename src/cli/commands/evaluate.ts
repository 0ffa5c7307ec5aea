import { createReadStream, ReadStream } from "node:fs";
import { stat } from "node:fs/promises";
import type { Readable } from "node:stream";
import { createGunzip } from "node:zlib";
import type { Argv, CommandModule } from "yargs";
import { evaluateDesign, parseDesign } from "../../designs/design.ts";
import { evaluateCsv } from "../../designs/evaluate-csv.ts";
import { InputError } from "../../errors.ts";
import { FIDELITIES, type Fidelity, PROFILES, type Profile } from "../../fidelity/evaluator.ts";
import { createJobPool } from "../../jobs/pool.ts";
import { loadEngine } from "../../starlight.ts";
import { loadDocument, loadWorkload, unreadable } from "../../workload/load.ts";
import { type CliContext, Interrupted } from "../context.ts";
import { evaluateSlowly } from "../evaluate-slowly.ts";
import { evaluationCsv, formatEvaluation } from "../evaluation-text.ts";
import { type EvaluatorArgs, evaluatorOptions, openEvaluator } from "../evaluator-options.ts";
import { openEventEvaluator } from "../event-model.ts";
import { examples } from "../examples.ts";
import { ofFidelity, refuseIdle } from "../idle-flags.ts";
import { oneOf, shared } from "../options.ts";
import { openOutput, outputFormat, rowFormat, saveOutput, sayWritten } from "../output.ts";
import { createProgress } from "../progress.ts";
import { writtenBy } from "../provenance.ts";
import { refuseWorkload } from "../refuse-workload.ts";
import { loadStarlightModel, modelOption, openStarlightEvaluator } from "../starlight-model.ts";
import { formatCount, formatCounted } from "../table.ts";
import { fitted } from "../terminal.ts";

interface EvaluateArgs extends EvaluatorArgs {
  readonly fidelity: Fidelity;
  readonly profile: Profile | undefined;
  readonly model: string | undefined;
  readonly designs: string;
  readonly out: string | undefined;
  readonly json: boolean;
  readonly "keep-going": boolean;
  readonly workers: number;
  readonly quiet: boolean;
}

export function evaluateCommand(context: CliContext): CommandModule<object, EvaluateArgs> {
  return {
    command: "evaluate <designs>",
    describe: "Metrics of given designs",
    builder: (args: Argv) =>
      args
        .positional("designs", {
          describe: "A design (.json, .yaml) or a table in the DOSA format (.csv, .csv.gz, - for stdin)",
          type: "string",
          demandOption: true,
          // yargs takes a lone - for a flag without a name, and its text for empty.
          coerce: (value: string) => (value === "" && context.args.includes("-") ? "-" : value),
        })
        .option("out", shared.out)
        .option("json", shared.json)
        .option("keep-going", {
          describe: "Write bad rows with a reason; read a byte order mark and mixed line ends",
          type: "boolean",
          default: false,
        })
        .option("fidelity", { ...shared.fidelity, ...oneOf("fidelity", FIDELITIES) })
        .option("profile", {
          ...shared.profile,
          ...oneOf("profile", PROFILES),
          defaultDescription: "the design's, else gemmini-firesim",
        })
        .option("model", modelOption("starlight", "event"))
        .options(evaluatorOptions)
        .option("workers", shared.workers)
        .option("quiet", shared.quiet)
        .epilogue(
          examples(
            ["$0 evaluate design.json", "One design, layer by layer"],
            ["$0 evaluate rows.csv --out x.csv", "One row out for each row in"],
          ),
        ) as unknown as Argv<EvaluateArgs>,
    handler: async (args) => {
      const isDocument = /\.(json|ya?ml)$/i.test(args.designs);
      const embedded = args.command === undefined && args.measured === undefined;
      refuseIdle(context, {
        ...ofFidelity(args.fidelity, BELONGS),
        "keep-going": [!isDocument, "a table", "a design"],
        ...(embedded ? {} : { machine: [false, "the RTL in the box", "--command or --measured"] }),
      });
      refuseWorkload(args.designs);
      if (args.fidelity === "starlight" && !isDocument) return evaluateTable(context, args);
      if (args.fidelity !== "analytical") return evaluateByEvaluator(context, args);
      return isDocument ? evaluateDocument(context, args) : evaluateTable(context, args);
    },
  };
}

/** What tables, and designs that name none, are priced by. */
const DEFAULT_PROFILE: Profile = "gemmini-firesim";

/** Fidelities that flags belong to. */
const BELONGS = {
  profile: ["starlight", "event", "rtl"],
  model: ["starlight", "event"],
  machine: ["event", "rtl"],
  command: ["rtl"],
  measured: ["rtl"],
  cache: ["rtl"],
} as const;

function evaluateByEvaluator(context: CliContext, args: EvaluateArgs): Promise<void> {
  return evaluateSlowly(context, args, (profile) => {
    if (args.fidelity === "starlight") return openStarlightEvaluator(args.model, profile);
    if (args.fidelity === "event")
      return openEventEvaluator({ ...args, profile: profile ?? DEFAULT_PROFILE });
    return openEvaluator(context, args);
  });
}

async function evaluateDocument(
  context: CliContext,
  { designs, out, json, quiet }: EvaluateArgs,
): Promise<void> {
  const format = out === undefined ? undefined : outputFormat(out, ["csv", "json"]);
  const design = await parseDesign(await loadDocument(designs), designs, loadWorkload);
  const result = {
    ...evaluateDesign(await loadEngine(64), design),
    provenance: writtenBy(context.version, context.args),
  };
  if (out !== undefined) {
    await saveOutput(out, format === "json" ? `${JSON.stringify(result)}\n` : evaluationCsv(result));
    sayWritten(context, quiet, formatCounted(result.layers.length, "layer"), out);
  }
  if (json) context.stdout.write(`${JSON.stringify(result)}\n`);
  else if (out === undefined) context.stdout.write(fitted(context.stdout, `${formatEvaluation(result)}\n`));
}

async function evaluateTable(context: CliContext, args: EvaluateArgs): Promise<void> {
  const { designs, out, json } = args;
  const format = rowFormat(out, json);
  const fromStdin = designs === "-";
  const size = fromStdin ? undefined : await fileSize(designs);
  const zipped = /\.gz$/i.test(designs);
  const file: Readable = fromStdin ? context.stdin : createReadStream(designs, { highWaterMark: 128 * 1024 });
  const input = zipped ? file.pipe(createGunzip({ chunkSize: 128 * 1024 })) : file;
  file.on("error", (error) => input.destroy(error));
  // A fault may come before anybody reads; whoever reads then is told.
  input.on("error", () => undefined);
  const progress = createProgress(context, args.quiet);
  const starlight =
    args.fidelity === "starlight" ? await loadStarlightModel(args.model, args.profile) : undefined;
  const pool = await createJobPool(args.workers, starlight);
  const started = performance.now();
  try {
    const summary = await evaluateCsv(pool, {
      name: fromStdin ? "stdin" : designs,
      input,
      open: async () => {
        if (out === undefined) return context.stdout;
        return openOutput(out);
      },
      format,
      keepGoing: args["keep-going"],
      intervals: starlight !== undefined,
      signal: context.signal,
      onProgress: ({ rows }) => {
        const rate = rows / (performance.now() - started);
        progress.update(
          `${formatCount(rows)} rows, ${formatCount(rate * 1000)}/s`,
          size && file instanceof ReadStream ? file.bytesRead / size : undefined,
        );
      },
      onWarning: (warning) => {
        progress.clear();
        context.stderr.write(`polaris: warning: ${warning.message}\n`);
      },
    });
    progress.clear();
    const seconds = (performance.now() - started) / 1000;
    const to = out === undefined ? "" : ` to ${out}`;
    if (summary.interrupted) {
      throw new Interrupted(`interrupted: wrote ${formatCount(summary.rows)} complete rows${to}`);
    }
    if (!args.quiet) {
      const bad = summary.badRows > 0 ? `, ${formatCount(summary.badRows)} of them bad (column reason)` : "";
      const speed = seconds > 1 ? `, ${formatCount(summary.rows / seconds)} rows/s` : "";
      context.stderr.write(`polaris: wrote ${formatCount(summary.rows)} rows${to}${bad}${speed}\n`);
    }
  } catch (error) {
    progress.clear();
    throw asInputError(designs, error);
  } finally {
    file.destroy();
    await pool.close();
  }
}

async function fileSize(file: string): Promise<number | undefined> {
  try {
    const found = await stat(file);
    if (found.isDirectory())
      throw new InputError({ where: file, expected: "a readable file", found: "a folder" });
    return found.isFile() ? found.size : undefined;
  } catch (error) {
    throw unreadable(file, error);
  }
}

function asInputError(file: string, error: unknown): unknown {
  const code = (error as NodeJS.ErrnoException).code;
  if (code?.startsWith("Z_")) {
    return new InputError({ where: file, expected: "gzip data", found: "damaged or other data" });
  }
  return unreadable(file, error);
}
