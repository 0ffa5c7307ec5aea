import { createHash } from "node:crypto";
import { closeSync, ftruncateSync, openSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { InputError, quote, writeFailure } from "../errors.ts";
import type { HardwareParameters } from "../hardware/hardware.ts";
import { lock } from "../journal/lock.ts";
import type { SweepPoint, SweepRequest } from "./sweep.ts";

/** What a journal is kept of: points of another question must not be taken for answers to this one. */
export interface SweepQuestion
  extends Pick<SweepRequest, "layers" | "grid" | "objective" | "allowPadding" | "withLayers"> {
  /** Version of the package that answers: another may have other numbers. */
  readonly engine?: string;
}

/**
 * The points of a sweep as they are found, one JSON line each after a line that says which sweep it is. A killed sweep goes on
 * from here; the line that it was writing, if torn, is dropped.
 */
export interface SweepJournal {
  /** Points of the earlier run, in the order of the grid. */
  readonly known: readonly SweepPoint[];
  /** @throws WriteError of a full disk; what was appended before stays on record */
  append(point: SweepPoint): void;
  close(): void;
  /** Closes it and takes the file away. */
  remove(): void;
}

const VERSION = 1;

/**
 * Opens a journal, or begins one.
 *
 * @throws InputError if the file is the journal of another sweep, or none, or if another process is writing it
 */
export function openJournal(file: string, question: SweepQuestion): SweepJournal {
  const { engine = "" } = question;
  const header = JSON.stringify({ polaris: "sweep", version: VERSION, engine, sweep: fingerprint(question) });
  const unlock = lock(file);
  const descriptor = openSync(file, "a+");
  try {
    const text = readFileSync(descriptor, "utf8");
    const [first = "", ...lines] = text.split("\n");
    // A header that was torn while it was written counts as none; whatever else is there is not ours to touch.
    const begun = lines.length > 0;
    if (begun ? first !== header : !header.startsWith(first)) {
      throw new InputError({
        where: file,
        expected: "the journal of this sweep",
        found: first.includes('"polaris":"sweep"') ? whose(first, engine) : quote(first),
        hint: "delete it to begin anew, or choose another --out",
      });
    }
    const known = lines
      .slice(0, -1)
      .map((line, i) => parsePoint(line, question.grid[i], `${file}: line ${i + 2}`));
    const whole = begun ? text.slice(0, text.lastIndexOf("\n") + 1) : "";
    ftruncateSync(descriptor, Buffer.byteLength(whole));
    if (!begun) writeLine(file, descriptor, header);
    return journalOf(file, descriptor, known, unlock);
  } catch (error) {
    closeSync(descriptor);
    unlock();
    throw error;
  }
}

function journalOf(
  file: string,
  descriptor: number,
  known: readonly SweepPoint[],
  unlock: () => void,
): SweepJournal {
  const close = (): void => {
    closeSync(descriptor);
    unlock();
  };
  return {
    known,
    append: (point) => {
      writeLine(file, descriptor, JSON.stringify(point));
    },
    close,
    remove: () => {
      closeSync(descriptor);
      rmSync(file, { force: true });
      unlock();
    },
  };
}

function writeLine(file: string, descriptor: number, line: string): void {
  try {
    // Unlike `writeSync` it writes all, or throws.
    writeFileSync(descriptor, `${line}\n`);
  } catch (error) {
    throw writeFailure(file, error);
  }
}

/** Why a journal's first line is another than the one that was expected. */
function whose(header: string, engine: string): string {
  const written = /"version":1,"engine":"([^"]*)"/.exec(header)?.[1];
  if (written === undefined) return "one of another version of the format";
  return written === engine ? "that of another" : `one that polaris ${written} wrote`;
}

function fingerprint({
  layers,
  grid,
  objective,
  allowPadding = false,
  withLayers = false,
}: SweepQuestion): string {
  return createHash("sha256")
    .update(JSON.stringify([layers, grid, objective, allowPadding, withLayers]))
    .digest("hex");
}

/** The point of a line, which must be that of the grid's config. */
function parsePoint(row: string, config: HardwareParameters | undefined, where: string): SweepPoint {
  const fail = (expected: string): never => {
    throw new InputError({ where, expected, found: quote(row), hint: "delete the file to begin anew" });
  };
  let point: SweepPoint | undefined;
  try {
    point = JSON.parse(row) as SweepPoint;
  } catch {
    // Told below.
  }
  if (!config) return fail("no more points than the grid has");
  if (typeof point?.totals?.latencyCycles !== "number" || !point.hardware)
    return fail("a point of the sweep");
  const { peDim, scratchpadKib, accumulatorKib } = point.hardware;
  if (
    peDim !== config.peDim ||
    scratchpadKib !== config.scratchpadKib ||
    accumulatorKib !== config.accumulatorKib
  ) {
    return fail(`the config ${config.peDim}, ${config.scratchpadKib} KiB, ${config.accumulatorKib} KiB`);
  }
  return point;
}
