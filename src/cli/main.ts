#!/usr/bin/env node
import { createRequire } from "node:module";
import { EXIT, endOfStdout, runCli } from "./run.ts";

const controller = new AbortController();
for (const signal of ["SIGINT", "SIGTERM"] as const) {
  process.on(signal, () => {
    if (controller.signal.aborted) process.exit(EXIT.interrupted);
    controller.abort();
  });
}
process.stdout.on("error", (error: NodeJS.ErrnoException) => {
  process.exit(endOfStdout(process.stderr, error));
});
// Nobody hears what is said: the work goes on, and its exit code is its own.
process.stderr.on("error", () => undefined);

const { version } = createRequire(import.meta.url)("../../package.json") as { version: string };

process.exitCode = await runCli({
  stdin: process.stdin,
  stdout: process.stdout,
  stderr: process.stderr,
  signal: controller.signal,
  version,
  args: process.argv.slice(2),
});
