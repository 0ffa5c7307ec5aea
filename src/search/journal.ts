import { createHash } from "node:crypto";
import { closeSync, fsyncSync, ftruncateSync, openSync, readFileSync, writeFileSync } from "node:fs";
import { InputError, quote, writeFailure } from "../errors.ts";
import { lock } from "../journal/lock.ts";
import type { Journal, RecordedTrial } from "./study.ts";

/** What a study is of: trials of another question must not be taken for trials of this one. */
export interface StudyQuestion {
  readonly sampler: string;
  readonly seed: number;
  /** Everything that decides an outcome: workloads, hardware space, objective, fidelity; hashed. */
  readonly problem: unknown;
  /** Versions of the package and the JavaScript engine: noted, and not compared. */
  readonly package: string;
  readonly engine: string;
  /** Further facts for those who read the journal, names of workloads and objective; noted like the versions. */
  readonly about?: Readonly<Record<string, unknown>>;
}

export interface FileJournal<Job, Carry> extends Journal<Job, Carry> {
  close(): void;
}

const VERSION = 1;

/**
 * Opens a study's journal, or begins one: JSON Lines, append-only. The first line says which study it is, every other one is a
 * trial in the order of asking, `{"op":"trial","trial":0,"job":..,"outcome":..,"seconds":..}`. A line is on disk before its trial
 * is told, so a killed study goes on from its last whole line; a torn last line is dropped.
 *
 * @throws InputError if the file is of another study, or none, or holds a line that is no trial; WriteError of a full disk
 */
export function openStudyJournal<Job, Carry>(file: string, question: StudyQuestion): FileJournal<Job, Carry> {
  const header = {
    op: "study",
    version: VERSION,
    sampler: question.sampler,
    seed: question.seed,
    problem: createHash("sha256").update(JSON.stringify(question.problem)).digest("hex"),
    package: question.package,
    engine: question.engine,
    ...question.about,
  };
  const unlock = lock(file);
  const descriptor = openSync(file, "a+");
  try {
    const text = readFileSync(descriptor, "utf8");
    const end = text.lastIndexOf("\n") + 1;
    const lines = text.slice(0, end).split("\n").slice(0, -1);
    const [first, ...rest] = lines;
    if (first === undefined) {
      // Nothing, or a header that was torn while it was written; whatever else is there is not ours to touch.
      if (!`${JSON.stringify(header)}\n`.startsWith(text)) throw foreign(file, text);
      ftruncateSync(descriptor, 0);
      write(file, descriptor, header);
    } else {
      checkHeader(file, first, header);
      ftruncateSync(descriptor, Buffer.byteLength(text.slice(0, end)));
    }
    const known = rest.map((line, i) => parseTrial<Job, Carry>(line, i, `${file}: line ${i + 2}`));
    let trials = known.length;
    return {
      name: file,
      known,
      append: (trial) => write(file, descriptor, { op: "trial", trial: trials++, ...trial }),
      close: () => {
        closeSync(descriptor);
        unlock();
      },
    };
  } catch (error) {
    closeSync(descriptor);
    unlock();
    throw error;
  }
}

/** One line, on disk when this returns. */
function write(file: string, descriptor: number, line: unknown): void {
  try {
    // Unlike `writeSync` it writes all, or throws.
    writeFileSync(descriptor, `${JSON.stringify(line)}\n`);
    fsyncSync(descriptor);
  } catch (error) {
    throw writeFailure(file, error);
  }
}

function checkHeader(file: string, line: string, expected: Readonly<Record<string, unknown>>): void {
  const found = parseRecord(line);
  if (found?.["op"] !== "study") throw foreign(file, line);
  for (const key of ["version", "sampler", "seed", "problem"]) {
    if (found[key] === expected[key]) continue;
    throw new InputError({
      where: file,
      expected:
        key === "problem"
          ? "a study of the same workloads, hardware, objective and fidelity"
          : `a study with ${key} ${expected[key]}`,
      found: key === "problem" ? "that of others" : `${key} ${quote(found[key])}`,
      hint: "choose another --study",
    });
  }
}

function parseTrial<Job, Carry>(line: string, number: number, where: string): RecordedTrial<Job, Carry> {
  const found = parseRecord(line);
  const seconds = found?.["seconds"];
  const isTrial = found?.["op"] === "trial" && found["trial"] === number && typeof seconds === "number";
  if (!isTrial || typeof found["outcome"] !== "object" || found["outcome"] === null) {
    throw new InputError({ where, expected: `trial ${number}`, found: quote(line) });
  }
  return {
    job: found["job"] as Job,
    outcome: found["outcome"] as RecordedTrial<Job, Carry>["outcome"],
    seconds,
  };
}

function parseRecord(line: string): Readonly<Record<string, unknown>> | undefined {
  try {
    const value: unknown = JSON.parse(line);
    return typeof value === "object" && value !== null
      ? (value as Readonly<Record<string, unknown>>)
      : undefined;
  } catch {
    return undefined;
  }
}

function foreign(file: string, found: string): InputError {
  return new InputError({
    where: file,
    expected: "the journal of a study, or no file",
    found: quote(found),
    hint: "choose another --study",
  });
}
