import { statSync } from "node:fs";
import { join } from "node:path";
import { UsageError } from "../errors.ts";
import { DESIGN } from "./design-folder.ts";

/** Flags that name files to write. */
const WRITTEN = ["out", "figures", "save-model", "held-out", "onnx", "vcd", "toggles", "timeline"] as const;

/**
 * Refuses a command line that writes one of the files that it reads: the input would be lost, and often half read.
 *
 * @param args of a command, parsed
 */
export function refuseOverwriting(args: Readonly<Record<string, unknown>>): void {
  const written = WRITTEN.map((flag) => ({ flag, file: existing(args[flag]) }));
  const read = Object.entries(args)
    .filter(([name]) => name !== "$0" && !(WRITTEN as readonly string[]).includes(dashed(name)))
    .flatMap(([, value]) => (Array.isArray(value) ? value : [value]));
  for (const { flag, file } of written) {
    if (file !== undefined && read.some((value) => existing(value) === file)) {
      throw new UsageError(`--${flag} ${String(args[flag])}: expected another file, found the input`);
    }
  }
}

/** The name of a flag of which yargs knows two forms: `saveModel` is `save-model`. */
function dashed(name: string): string {
  return name.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`);
}

/** Which file it is, whatever its name; of files that are there, and no devices. Of a folder the design in it, which is written anew. */
function existing(value: unknown): string | undefined {
  if (typeof value !== "string" || value === "" || value.includes("\0")) return undefined;
  try {
    const found = statSync(value);
    if (found.isDirectory()) return existing(join(value, DESIGN));
    return found.isFile() ? `${found.dev}:${found.ino}` : undefined;
  } catch {
    // Whoever opens it says what is wrong with it.
    return undefined;
  }
}
