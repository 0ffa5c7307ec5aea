import type { Argv, CommandModule } from "yargs";
import { loadModule } from "#kernels";
import { InputError, UsageError } from "../../errors.ts";
import { parseEventModel } from "../../event/model.ts";
import { PROFILES, type Profile } from "../../fidelity/evaluator.ts";
import { createJobPool } from "../../jobs/pool.ts";
import { loadEngine } from "../../starlight.ts";
import { train } from "../../tune/train.ts";
import { loadDocument } from "../../workload/load.ts";
import { formatTraining } from "../accuracy-table.ts";
import { type CliContext, Interrupted } from "../context.ts";
import { examples } from "../examples.ts";
import { ofFidelity, refuseIdle } from "../idle-flags.ts";
import { once, oneOf, shared } from "../options.ts";
import { checkOutput, outputFormat, saveOutput, sayWritten } from "../output.ts";
import { createProgress } from "../progress.ts";
import { writtenBy } from "../provenance.ts";
import { readMeasured } from "../rtl-table.ts";
import { onnxFiles, runStarlightTraining } from "../train-starlight.ts";

interface TrainArgs {
  readonly fidelity: "starlight" | "event";
  readonly profile: Profile;
  readonly onnx: string | undefined;
  readonly heldOut: string | undefined;
  readonly rtl: readonly string[];
  readonly from: string | undefined;
  readonly out: string | undefined;
  readonly seed: number;
  readonly workers: number;
  readonly json: boolean;
  readonly quiet: boolean;
}

/** Measurements below which five folds say nothing. */
const FEWEST = 10;

export function trainCommand(context: CliContext): CommandModule<object, TrainArgs> {
  return {
    command: "train",
    describe: "Calibrate the event model to RTL measurements, and train Starlight on both",
    builder: (args: Argv) =>
      args
        .option("rtl", {
          describe: "Table in the DOSA format with target.gemmini_cycle; may be repeated",
          type: "string",
          array: true,
          demandOption: true,
          requiresArg: true,
        })
        .option("fidelity", {
          describe: "Model that is made",
          ...oneOf("fidelity", ["starlight", "event"]),
          default: "event" as const,
        })
        .option("profile", {
          describe: "The RTL that was measured: Gemmini's on FireSim, or our own (starlight alone)",
          ...oneOf("profile", PROFILES),
          default: "gemmini-firesim" as const,
        })
        .option("onnx", {
          describe: "starlight: write its networks too, as NAME-convolution.onnx and NAME-matmul.onnx",
          type: "string",
          requiresArg: true,
          coerce: once<string>("onnx"),
        })
        .option("held-out", {
          describe: "starlight: write what each row was predicted to take when its layer was held out (.csv)",
          type: "string",
          requiresArg: true,
          coerce: once<string>("held-out"),
        })
        .option("from", {
          describe: "Event model that is believed where the rows say little (default: the priors)",
          type: "string",
          requiresArg: true,
          coerce: once<string>("from"),
        })
        .option("out", { ...shared.out, describe: "Write the model to a file (.json)" })
        .option("seed", { ...shared.seed, describe: "Of the folds; same seed, same result" })
        .option("workers", shared.workers)
        .option("json", shared.json)
        .option("quiet", shared.quiet)
        .epilogue(
          examples(
            ["$0 train --rtl rows.csv --out event.json", "Takes minutes"],
            ["$0 train --rtl r.csv --fidelity starlight --out m.json", "Both models"],
          ),
        ) as unknown as Argv<TrainArgs>,
    handler: (args) => runTraining(context, args),
  };
}

async function runTraining(context: CliContext, args: TrainArgs): Promise<void> {
  const { rtl, from, out, seed, json, profile } = args;
  refuseIdle(context, ofFidelity(args.fidelity, { onnx: ["starlight"], "held-out": ["starlight"] }));
  refuseCalibration(args);
  if (out !== undefined) outputFormat(out, ["json"]);
  if (args.heldOut !== undefined) outputFormat(args.heldOut, ["csv"], "--held-out");
  await checkOutput(out);
  await checkOutput(args.heldOut, "--held-out");
  if (args.onnx !== undefined) for (const file of onnxFiles(args.onnx)) await checkOutput(file, "--onnx");
  const tables = await readMeasured(rtl, await loadEngine(64), profile);
  const { rows, excluded, sources } = tables;
  if (rows.length < FEWEST) {
    throw new InputError({
      where: rtl.join(", "),
      expected: `at least ${FEWEST} usable measurements`,
      found: String(rows.length),
    });
  }
  if (args.fidelity === "starlight" && new Set(rows.map(({ layer }) => layer)).size < 2) {
    throw new InputError({
      where: rtl.join(", "),
      expected: "measurements of at least two layers, of which each is held out once",
      found: "those of one",
    });
  }
  if (!args.quiet) {
    for (const [reason, count] of excluded)
      context.stderr.write(`polaris: ${count} rows left out: ${reason}\n`);
  }
  const prior = from === undefined ? undefined : parseEventModel(await loadDocument(from), from);
  const pool = await createJobPool(args.workers);
  const progress = createProgress(context, args.quiet);
  const stop = (): void => void pool.close();
  context.signal.addEventListener("abort", stop, { once: true });
  try {
    if (args.fidelity === "starlight") {
      return await runStarlightTraining(
        context,
        args,
        tables,
        pool,
        progress,
        prior?.file.model.coefficients,
      );
    }
    const training = await train({
      module: await loadModule(),
      pool,
      rows,
      sources,
      seed,
      ...(prior === undefined ? {} : { prior: prior.file.model.coefficients }),
      madeBy: writtenBy(context.version, context.args).command,
      onProgress: (done, of) => progress.update(`${done} of ${of} calibrations`, done / of),
    });
    progress.clear();
    const { file, ...validation } = training;
    if (out !== undefined) {
      await saveOutput(out, `${JSON.stringify(file, undefined, 1)}\n`);
      sayWritten(context, args.quiet, "the model", out);
    }
    if (json) context.stdout.write(`${JSON.stringify({ version: 1, ...validation, file })}\n`);
    else context.stdout.write(`${formatTraining(training)}\n`);
  } catch (error) {
    progress.clear();
    throw context.signal.aborted ? new Interrupted("interrupted: no model was written") : error;
  } finally {
    context.signal.removeEventListener("abort", stop);
    await pool.close();
  }
}

/** The event model of our own RTL has nothing that measurements could calibrate. */
function refuseCalibration({ profile, fidelity, from }: TrainArgs): void {
  if (profile !== "polaris-rtl") return;
  if (fidelity === "event") {
    throw new UsageError(
      "--profile polaris-rtl: expected --fidelity starlight beside it, found event, which needs no calibration there",
    );
  }
  if (from !== undefined)
    throw new UsageError("--from: expected --profile gemmini-firesim, found polaris-rtl");
}
