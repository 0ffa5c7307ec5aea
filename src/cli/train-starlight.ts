import { csvFormatRows } from "d3-dsv";
import { loadModule } from "#kernels";
import { loadTrainingModule } from "#training-kernels";
import type { Coefficients } from "../event/coefficients.ts";
import type { Profile } from "../fidelity/evaluator.ts";
import type { ModelSource } from "../fidelity/model-source.ts";
import type { JobPool } from "../jobs/pool.ts";
import { toOnnx } from "../tune/onnx-network.ts";
import { type HeldOutPrediction, trainStarlight } from "../tune/train-starlight.ts";
import { formatTraining } from "./accuracy-table.ts";
import type { CliContext } from "./context.ts";
import { saveOutput, sayWritten } from "./output.ts";
import type { Progress } from "./progress.ts";
import { writtenBy } from "./provenance.ts";
import type { MeasuredTables } from "./rtl-table.ts";

export interface StarlightTrainingArgs {
  readonly profile: Profile;
  readonly out: string | undefined;
  readonly onnx: string | undefined;
  readonly heldOut: string | undefined;
  readonly seed: number;
  readonly json: boolean;
  readonly quiet: boolean;
}

/** Trains Starlight on measurements, writes what was asked for and prints how good it is on what it had not seen. */
export async function runStarlightTraining(
  context: CliContext,
  args: StarlightTrainingArgs,
  { rows, sources }: MeasuredTables,
  pool: JobPool,
  progress: Progress,
  prior: Coefficients | undefined,
): Promise<void> {
  const result = await trainStarlight({
    module: await loadModule(),
    training: await loadTrainingModule(),
    pool,
    profile: args.profile,
    rows,
    sources,
    seed: args.seed,
    ...(prior === undefined ? {} : { prior }),
    madeBy: writtenBy(context.version, context.args).command,
    date: new Date().toISOString().slice(0, 10),
    onProgress: (done, of) => progress.update(`${done} of ${of} calibrations and trainings`, done / of),
  });
  progress.clear();
  const save = async (
    flag: string,
    file: string,
    what: string,
    content: string | Uint8Array,
  ): Promise<void> => {
    await saveOutput(file, content, flag);
    sayWritten(context, args.quiet, what, file);
  };
  if (args.out !== undefined) await save("--out", args.out, "the model", `${JSON.stringify(result.file)}\n`);
  if (args.onnx !== undefined) {
    for (const kind of NETWORKS) {
      const bytes = toOnnx(
        result.model[kind].network,
        "exact",
        `Starlight, ${result.model.profile}, ${kind}`,
      );
      await save("--onnx", onnxFile(args.onnx, kind), "its network", bytes);
    }
  }
  if (args.heldOut !== undefined)
    await save(
      "--held-out",
      args.heldOut,
      `${result.heldOut.length} predictions`,
      heldOutTable(result.heldOut, sources),
    );
  const { model: _, heldOut: __, file, ...validation } = result;
  context.stdout.write(
    args.json ? `${JSON.stringify({ version: 1, ...validation, file })}\n` : `${formatTraining(result)}\n`,
  );
}

const NETWORKS = ["convolution", "matmul"] as const;

/** The files that `--onnx` names. */
export function onnxFiles(name: string): readonly string[] {
  return NETWORKS.map((kind) => onnxFile(name, kind));
}

/** The file of one of Starlight's networks. */
function onnxFile(name: string, kind: (typeof NETWORKS)[number]): string {
  return name.replace(/(\.onnx)?$/i, `-${kind}.onnx`);
}

/** Predictions of layers held out as a table; the measurements are where they were. */
function heldOutTable(heldOut: readonly HeldOutPrediction[], sources: readonly ModelSource[]): string {
  const tables = sources.flatMap(({ name, rows }) => Array<string>(rows).fill(name));
  const lines = heldOut.map(({ row, fold, cycles, spread, loadShare, storeShare }, i) => [
    tables[i] ?? "",
    String(row.line),
    String(fold),
    cycles.toFixed(1),
    spread.toFixed(5),
    loadShare.toFixed(4),
    storeShare.toFixed(4),
  ]);
  return `${csvFormatRows([["table", "line", "fold", "predicted_cycles", "spread", "load_share", "store_share"], ...lines])}\n`;
}
