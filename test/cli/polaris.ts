import { spawn } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Readable, Writable } from "node:stream";
import { after } from "node:test";
import { fileURLToPath } from "node:url";
import { runCli } from "../../src/cli/run.ts";
import { dosaCells, dosaHeader } from "../../src/designs/dosa-table.ts";
import { createHardware } from "../../src/hardware/hardware.ts";
import { createRng } from "../../src/rng.ts";
import { toMapping } from "../../src/space/mapping.ts";
import { RawMapping } from "../../src/space/raw-mapping.ts";
import { createMappingSampler } from "../../src/space/sample.ts";
import { toLayerShape } from "../../src/workload/layer.ts";
import { assertValid, hasSchema } from "../schema/validator.ts";

/** The built program. */
export const PROGRAM = fileURLToPath(new URL("../../dist/cli/main.js", import.meta.url));

const { version } = createRequire(import.meta.url)("../../package.json") as { version: string };

/** What a run of the program left. */
export interface Run {
  readonly code: number | null;
  readonly stdout: Buffer;
  readonly stderr: string;
}

/**
 * Runs a command line to its end in this process: a start of Node costs more than most answers. What it prints under --json
 * must be as its schema says, if there is one.
 */
export async function polaris(
  args: readonly string[],
  stdin: Uint8Array | string = "",
  signal = new AbortController().signal,
): Promise<Run> {
  const stdout = new Collected();
  const stderr = new Collected();
  const code = await runCli({
    stdin: Readable.from([Buffer.from(stdin)]),
    stdout,
    stderr,
    signal,
    version,
    args,
  });
  const run = { code, stdout: stdout.bytes, stderr: stderr.bytes.toString() };
  const [command = ""] = args;
  if (run.code === 0 && args.includes("--json") && hasSchema(command))
    assertValid(command, JSON.parse(run.stdout.toString()));
  return run;
}

/** A stream that is no terminal. */
class Collected extends Writable {
  readonly #chunks: Buffer[] = [];

  override _write(chunk: Buffer, _encoding: BufferEncoding, done: () => void): void {
    this.#chunks.push(chunk);
    done();
  }

  get bytes(): Buffer {
    return Buffer.concat(this.#chunks);
  }
}

/** Runs the built program to its end: where the process is what is tested. */
export function runProgram(args: readonly string[], stdin: Uint8Array | string = ""): Promise<Run> {
  const child = spawn(process.execPath, [PROGRAM, ...args], { stdio: "pipe" });
  const stdout: Buffer[] = [];
  const stderr: Buffer[] = [];
  child.stdout.on("data", (bytes: Buffer) => stdout.push(bytes));
  child.stderr.on("data", (bytes: Buffer) => stderr.push(bytes));
  child.stdin.on("error", () => undefined);
  child.stdin.end(stdin);
  return new Promise((resolve, reject) => {
    child.on("error", reject);
    child.on("close", (code) => {
      resolve({ code, stdout: Buffer.concat(stdout), stderr: Buffer.concat(stderr).toString() });
    });
  });
}

/** A folder that lasts as long as the test file. */
export function scratchFolder(): (name: string) => string {
  const folder = mkdtempSync(join(tmpdir(), "polaris-"));
  after(() => rmSync(folder, { recursive: true, force: true }));
  return (name) => join(folder, name);
}

export const HARDWARE = { peDim: 16, scratchpadKib: 128, accumulatorKib: 32 } as const;
export const SHAPE = toLayerShape({ K: 64, C: 32, P: 28, Q: 28, R: 3, S: 3 });

/** Columns of a design table, with a carried column `note` at the end. */
export const COLUMNS: readonly string[] = [...dosaHeader("shared"), "note"];

/** Rows of seeded valid designs of one layer. */
export function designRows(
  count: number,
  seed: number,
  note: (row: number) => string = (row) => `n${row}`,
): readonly (readonly string[])[] {
  const hardware = createHardware(HARDWARE);
  const sample = createMappingSampler(SHAPE, hardware);
  const rng = createRng(seed);
  const raw = new RawMapping();
  return Array.from({ length: count }, (_, row) => {
    sample(rng, raw);
    return [...dosaCells(toMapping(raw), SHAPE, hardware).map(String), note(row)];
  });
}

/** The text of a table. */
export function tableText(rows: readonly (readonly string[])[], header: readonly string[] = COLUMNS): string {
  return [header, ...rows].map((row) => `${row.join(",")}\n`).join("");
}

/** A row with one cell replaced. */
export function withCell(row: readonly string[], column: string, cell: string): readonly string[] {
  return row.with(COLUMNS.indexOf(column), cell);
}
