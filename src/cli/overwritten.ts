import { realpathSync } from "node:fs";
import { UsageError } from "../errors.ts";

/** Flags that name files to write. */
const WRITTEN = ["out", "figures", "save-model", "onnx", "vcd", "timeline"] as const;

/**
 * Refuses a command line that writes one of the files that it reads: the input would be lost, and often half read.
 *
 * @param args of a command, parsed
 */
export function refuseOverwriting(args: Readonly<Record<string, unknown>>): void {
  const written = WRITTEN.map((flag) => ({ flag, path: existing(args[flag]) }));
  const read = Object.entries(args)
    .filter(([name]) => !(WRITTEN as readonly string[]).includes(name))
    .flatMap(([, value]) => (Array.isArray(value) ? value : [value]));
  for (const { flag, path } of written) {
    if (path !== undefined && read.some((value) => existing(value) === path)) {
      throw new UsageError(
        `--${flag}: expected another file than those that are read, found ${String(args[flag])}`,
      );
    }
  }
}

/** Where a file lies that is there. */
function existing(value: unknown): string | undefined {
  if (typeof value !== "string" || value === "") return undefined;
  try {
    return realpathSync(value);
  } catch {
    return undefined;
  }
}
