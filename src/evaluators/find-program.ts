import { existsSync } from "node:fs";
import { delimiter, resolve } from "node:path";
import { InputError, quote } from "../errors.ts";
import type { CommandOptions } from "./command.ts";

/**
 * Refuses a program that does not exist, which no design can be measured by. Whatever else keeps one from starting is said of
 * each design.
 *
 * @throws InputError
 */
export function refuseMissingProgram(
  { command, cwd, environment }: Pick<CommandOptions, "command" | "cwd" | "environment">,
  file: string,
): void {
  const [program = ""] = command;
  const path = environment["PATH"] ?? process.env["PATH"];
  const isPath = program.includes("/");
  // Windows finds a program by its ending too; without a folder to start in, that is what is missing.
  if (process.platform === "win32" || !existsSync(cwd) || (!isPath && path === undefined)) return;
  const folders = isPath ? [""] : (path ?? "").split(delimiter);
  if (folders.some((folder) => existsSync(resolve(cwd, folder, program)))) return;
  throw new InputError({
    where: `${file}: command`,
    expected: `a program ${isPath ? `to be found from ${cwd}` : "on the PATH"}`,
    found: `${quote(program)}, which does not exist`,
  });
}
