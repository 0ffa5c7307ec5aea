import { access, constants, type FileHandle, mkdir, open, stat } from "node:fs/promises";
import { dirname, resolve } from "node:path";
import { Writable } from "node:stream";
import { InputError, quote, UsageError, writeFailure } from "../errors.ts";
import type { CliContext } from "./context.ts";
import { replaceFile } from "./replace-file.ts";

/**
 * Opens a file for writing.
 *
 * @throws InputError if it cannot be
 */
export async function openOutput(file: string): Promise<Writable> {
  try {
    return streamTo(file, await open(file, "w"));
  } catch (error) {
    throw unwritable(file, error);
  }
}

/** A stream whose errors name the file. */
function streamTo(file: string, handle: FileHandle): Writable {
  const stream = new Writable({
    write: (chunk: Uint8Array, _encoding, done) => {
      handle.writeFile(chunk).then(
        () => done(),
        (error: unknown) => done(writeFailure(file, error) as Error),
      );
    },
    destroy: (error, done) => {
      handle.close().then(
        () => done(error),
        (closing: unknown) => done(error ?? (writeFailure(file, closing) as Error)),
      );
    },
  });
  // Whoever writes is told.
  return stream.on("error", () => undefined);
}

/**
 * Writes a whole file, or leaves the one that was there.
 *
 * @param flag that names it
 * @throws InputError if it cannot be written, WriteError of a full disk
 */
export async function saveOutput(file: string, content: string | Uint8Array, flag = "--out"): Promise<void> {
  try {
    await replaceFile(file, content);
  } catch (error) {
    throw unwritable(file, error, flag);
  }
}

/**
 * Makes sure, before long work, that a file can be written after it. Nothing is opened or emptied.
 *
 * @param flag that names it
 * @throws InputError
 */
export async function checkOutput(file: string | undefined, flag = "--out"): Promise<void> {
  if (file === undefined) return;
  const found = await stat(file).catch(() => undefined);
  if (found?.isDirectory()) throw unwritable(file, { code: "EISDIR" }, flag);
  try {
    await access(found ? file : dirname(file), constants.W_OK);
  } catch (error) {
    throw unwritable(file, error, flag);
  }
}

/**
 * Makes sure that there is a folder of that name, and makes it if there is nothing.
 *
 * @param flag that names it
 * @throws InputError
 */
export async function makeFolder(path: string, flag = "--out"): Promise<void> {
  try {
    await makeFolders(resolve(path));
    await access(path, constants.W_OK);
  } catch (error) {
    throw unwritable(path, error, flag, "a folder to write to");
  }
}

/** A folder and those above it, one by one: below /proc, where none can be made, Node's own `recursive` never ends. */
async function makeFolders(path: string): Promise<void> {
  try {
    await mkdir(path);
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === "EEXIST" && (await stat(path)).isDirectory()) return;
    if (code !== "ENOENT") throw error;
    await makeFolders(dirname(path));
    await mkdir(path);
  }
}

/** What to tell when a file cannot be written: an InputError where that is the user's to put right, a WriteError of a full disk. */
export function unwritable(
  file: string,
  error: unknown,
  flag = "--out",
  expected = "a file to write",
): unknown {
  const found = {
    ENOENT: "no such folder",
    EEXIST: "a file",
    EISDIR: "a folder",
    EACCES: "one that may not be written",
    EPERM: "one that may not be written",
    ENOTDIR: "no such folder",
    EROFS: "a read-only file system",
  }[(error as NodeJS.ErrnoException).code ?? ""];
  if (found === undefined) return writeFailure(file, error);
  return new InputError({ where: `${flag} ${file}`, expected, found });
}

/** Says what was written where, unless it was asked not to. */
export function sayWritten(
  { stderr }: Pick<CliContext, "stderr">,
  quiet: boolean,
  what: string,
  file: string,
): void {
  if (!quiet) stderr.write(`polaris: wrote ${what} to ${file}\n`);
}

/**
 * The format of rows that go to one place, a file or stdout.
 *
 * @throws InputError, UsageError
 */
export function rowFormat(out: string | undefined, json: boolean): "csv" | "json" {
  if (out === undefined) return json ? "json" : "csv";
  const format = outputFormat(out, ["csv", "json"]);
  if (json && format === "csv")
    throw new UsageError(`--json: expected --out of a name that ends in .json, found ${quote(out)}`);
  return format;
}

/**
 * The format that the name of a file asks for.
 *
 * @param flag that names it
 * @throws InputError if it is none of those that there are
 */
export function outputFormat<F extends string>(file: string, formats: readonly F[], flag = "--out"): F {
  const format = formats.find((name) => file.toLowerCase().endsWith(`.${name}`));
  if (format !== undefined) return format;
  throw new InputError({
    where: flag,
    expected: `a name that ends in ${formats.map((name) => `.${name}`).join(" or ")}`,
    found: quote(file),
  });
}
