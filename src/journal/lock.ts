import { readFileSync, rmSync, writeFileSync } from "node:fs";
import { InputError, writeFailure } from "../errors.ts";

/**
 * Keeps a journal for this process: two that append to one would each spoil the other's lines. The lock names its process, and
 * that of a process that was killed is taken over.
 *
 * @returns what gives it up
 * @throws InputError if another process of this machine has it
 */
export function lock(file: string): () => void {
  const path = `${file}.lock`;
  for (;;) {
    try {
      writeFileSync(path, String(process.pid), { flag: "wx" });
      return () => rmSync(path, { force: true });
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== "EEXIST") {
        rmSync(path, { force: true });
        throw writeFailure(path, error);
      }
    }
    const owner = Number(readFileSync(path, "utf8"));
    if (owner !== process.pid && isRunning(owner)) {
      throw new InputError({
        where: file,
        expected: "a journal that no other run is writing",
        found: `process ${owner} at it`,
        hint: `if that is none of yours, remove ${path}`,
      });
    }
    rmSync(path, { force: true });
  }
}

function isRunning(pid: number): boolean {
  if (!(pid > 0)) return false;
  try {
    return process.kill(pid, 0);
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === "EPERM";
  }
}
