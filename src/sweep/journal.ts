import { createHash } from "node:crypto";
import { closeSync, ftruncateSync, openSync, readFileSync, rmSync, writeSync } from "node:fs";
import { InputError, quote } from "../errors.ts";
import type { SweepPoint, SweepRequest } from "./sweep.ts";

/** What a journal is kept of: points of another question must not be taken for answers to this one. */
export type SweepQuestion = Pick<SweepRequest, "layers" | "grid" | "objective" | "withLayers">;

/**
 * The points of a sweep as they are found, one JSON line each after a line that says which sweep it is. A killed sweep goes on
 * from here; the line that it was writing, if torn, is dropped.
 */
export interface SweepJournal {
  /** Points of the earlier run, in the order of the grid. */
  readonly known: readonly SweepPoint[];
  append(point: SweepPoint): void;
  close(): void;
  /** Closes it and takes the file away. */
  remove(): void;
}

const VERSION = 1;

/**
 * Opens a journal, or begins one.
 *
 * @throws InputError if the file is the journal of another sweep, or none
 */
export function openJournal(file: string, question: SweepQuestion): SweepJournal {
  const header = JSON.stringify({ polaris: "sweep", version: VERSION, sweep: fingerprint(question) });
  const descriptor = openSync(file, "a+");
  const text = readFileSync(descriptor, "utf8");
  const whole = text.slice(0, text.lastIndexOf("\n") + 1);
  ftruncateSync(descriptor, Buffer.byteLength(whole));
  const [first, ...rows] = whole.split("\n").slice(0, -1);
  if (first === undefined) writeSync(descriptor, `${header}\n`);
  else if (first !== header) {
    closeSync(descriptor);
    throw new InputError({
      where: file,
      expected: "the journal of this sweep",
      found: first.includes('"polaris":"sweep"') ? "that of another" : quote(first),
      hint: "delete it to begin anew, or choose another --out",
    });
  }
  const known = rows.map((row, i) => parsePoint(row, `${file}: line ${i + 2}`));
  const close = (): void => closeSync(descriptor);
  return {
    known: known.slice(0, question.grid.length),
    append: (point) => {
      writeSync(descriptor, `${JSON.stringify(point)}\n`);
    },
    close,
    remove: () => {
      close();
      rmSync(file, { force: true });
    },
  };
}

function fingerprint({ layers, grid, objective, withLayers = false }: SweepQuestion): string {
  return createHash("sha256")
    .update(JSON.stringify([layers, grid, objective, withLayers]))
    .digest("hex");
}

function parsePoint(row: string, where: string): SweepPoint {
  try {
    const point = JSON.parse(row) as SweepPoint;
    if (typeof point.totals.latencyCycles === "number" && typeof point.hardware.peDim === "number")
      return point;
  } catch {
    // Told below.
  }
  throw new InputError({
    where,
    expected: "a point of the sweep",
    found: quote(row),
    hint: "delete the file to begin anew",
  });
}
