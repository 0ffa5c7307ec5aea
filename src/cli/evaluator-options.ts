import { readFile } from "node:fs/promises";
import { homedir } from "node:os";
import { join } from "node:path";
import { UsageError } from "../errors.ts";
import { parseCommandConfig } from "../evaluators/command-config.ts";
import { refuseMissingProgram } from "../evaluators/find-program.ts";
import { parseMachine } from "../evaluators/machine-file.ts";
import { openRtlEvaluator, type RtlSource } from "../evaluators/open.ts";
import type { Evaluator } from "../fidelity/evaluator.ts";
import { createRng } from "../rng.ts";
import { loadEngine } from "../starlight.ts";
import { parseDataset } from "../tune/dataset.ts";
import { loadDocument, unreadable } from "../workload/load.ts";
import type { CliContext } from "./context.ts";
import { once } from "./options.ts";
import { makeFolder } from "./output.ts";

export interface EvaluatorArgs {
  readonly command: string | undefined;
  readonly measured: string | undefined;
  readonly machine: string | undefined;
  readonly workers: number;
  readonly cache: string | boolean;
}

/** The options that say what stands behind fidelity `rtl`. */
export const evaluatorOptions = {
  command: {
    describe: "rtl: an external program, described by a file",
    type: "string",
    requiresArg: true,
    coerce: once<string>("command"),
  },
  measured: {
    describe: "rtl: a table with measured cycles",
    type: "string",
    requiresArg: true,
    coerce: once<string>("measured"),
  },
  machine: {
    describe: "rtl: bus, DRAM and queues, from a file; default Gemmini-like",
    type: "string",
    requiresArg: true,
    coerce: once<string>("machine"),
  },
  cache: {
    describe: "Folder of stored results; --no-cache for none",
    default: defaultCache(),
    defaultDescription: "~/.cache/polaris-dse",
    requiresArg: true,
    coerce: once<string | boolean>("cache"),
  },
} as const;

/** Where results are stored if nothing else is asked: the cache folder of the user (XDG base directories). */
function defaultCache(): string {
  return join(process.env["XDG_CACHE_HOME"] || join(homedir(), ".cache"), "polaris-dse");
}

/**
 * Makes sure, before long work, that there is a folder for what is stored.
 *
 * @throws InputError
 */
export function makeCache(folder: string): Promise<void> {
  return makeFolder(folder, folder === evaluatorOptions.cache.default ? "the cache" : "--cache");
}

/** The evaluator of fidelity `rtl` that the options name; warnings go to stderr. */
export async function openEvaluator(context: CliContext, args: EvaluatorArgs): Promise<Evaluator> {
  const engine = await loadEngine(64);
  const cache = typeof args.cache === "string" && args.cache !== "" ? args.cache : undefined;
  const source = await readSource(args, engine);
  if (cache !== undefined && source.kind !== "measured") await makeCache(cache);
  let warned = false;
  return openRtlEvaluator(source, {
    engine,
    rng: createRng(0),
    ...(cache === undefined ? {} : { cache }),
    onFault: (error) => {
      if (!warned) context.stderr.write(`polaris: warning: results are not stored: ${messageOf(error)}\n`);
      warned = true;
    },
  });
}

async function readSource(
  { command, measured, machine, workers }: EvaluatorArgs,
  engine: Parameters<typeof parseDataset>[2],
): Promise<RtlSource> {
  if (command !== undefined && measured !== undefined)
    throw new UsageError("--command, --measured: expected one of them, found both");
  if (command !== undefined) {
    const config = parseCommandConfig(await loadDocument(command), command);
    refuseMissingProgram(config, command);
    return { kind: "command", config };
  }
  if (measured !== undefined) {
    const text = await readFile(measured, "utf8").catch((error: unknown) => {
      throw unreadable(measured, error);
    });
    return {
      kind: "measured",
      rows: parseDataset(text, measured, engine),
      name: measured,
      profile: "gemmini-firesim",
    };
  }
  const file = machine === undefined ? {} : parseMachine(await loadDocument(machine), machine);
  return { kind: "embedded", workers, ...file };
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
