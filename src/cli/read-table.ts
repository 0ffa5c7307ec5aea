import { readFile } from "node:fs/promises";
import type { Readable } from "node:stream";
import { buffer } from "node:stream/consumers";
import { gunzipSync } from "node:zlib";
import { InputError } from "../errors.ts";
import { unreadable } from "../workload/load.ts";

/**
 * The text of a table (.csv, .csv.gz, - for stdin), byte for byte as Latin-1.
 *
 * @throws InputError
 */
export async function readTable(file: string, stdin: Readable): Promise<string> {
  try {
    const bytes = file === "-" ? await buffer(stdin) : await readFile(file);
    return (/\.gz$/i.test(file) ? gunzipSync(bytes) : bytes).toString("latin1");
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code?.startsWith("Z_"))
      throw new InputError({ where: file, expected: "gzip data", found: "damaged or other data" });
    throw unreadable(file, error);
  }
}
