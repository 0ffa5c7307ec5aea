import { access, constants, open, stat, writeFile } from "node:fs/promises";
import { dirname } from "node:path";
import type { Writable } from "node:stream";
import { InputError, quote } from "../errors.ts";

/**
 * Opens a file for writing.
 *
 * @throws InputError if it cannot be
 */
export async function openOutput(file: string): Promise<Writable> {
  try {
    return (await open(file, "w")).createWriteStream();
  } catch (error) {
    throw unwritable(file, error);
  }
}

/**
 * Writes a whole file.
 *
 * @throws InputError if it cannot be written
 */
export async function saveOutput(file: string, content: string | Uint8Array): Promise<void> {
  try {
    await writeFile(file, content);
  } catch (error) {
    throw unwritable(file, error);
  }
}

/**
 * Makes sure, before long work, that a file can be written after it. Nothing is opened or emptied.
 *
 * @throws InputError
 */
export async function checkOutput(file: string | undefined): Promise<void> {
  if (file === undefined) return;
  const found = await stat(file).catch(() => undefined);
  if (found?.isDirectory()) throw unwritable(file, { code: "EISDIR" });
  try {
    await access(found ? file : dirname(file), constants.W_OK);
  } catch (error) {
    throw unwritable(file, error);
  }
}

/** What to tell when a file cannot be written: an InputError where that is the user's to put right. */
export function unwritable(file: string, error: unknown): unknown {
  const found = {
    ENOENT: "no such folder",
    EISDIR: "a folder",
    EACCES: "one that may not be written",
    ENOTDIR: "no such folder",
    EROFS: "a read-only file system",
  }[(error as NodeJS.ErrnoException).code ?? ""];
  return found === undefined
    ? error
    : new InputError({ where: `--out ${file}`, expected: "a file to write", found });
}

/**
 * The format that the name of a file asks for.
 *
 * @throws InputError if it is none of those that there are
 */
export function outputFormat<F extends string>(file: string, formats: readonly F[]): F {
  const format = formats.find((name) => file.toLowerCase().endsWith(`.${name}`));
  if (format !== undefined) return format;
  throw new InputError({
    where: "--out",
    expected: `a name that ends in ${formats.map((name) => `.${name}`).join(" or ")}`,
    found: quote(file),
  });
}
