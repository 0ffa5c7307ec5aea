#!/usr/bin/env node
import { createRequire } from "node:module";
import yargs from "yargs";
import { InputError, UsageError } from "../errors.ts";
import { benchCommand } from "./commands/bench.ts";
import { doctorCommand } from "./commands/doctor.ts";
import { evaluateCommand } from "./commands/evaluate.ts";
import { exportCommand } from "./commands/export.ts";
import { importCommand } from "./commands/import.ts";
import { mapCommand } from "./commands/map.ts";
import { mcpCommand } from "./commands/mcp.ts";
import { reportCommand } from "./commands/report.ts";
import { searchCommand } from "./commands/search.ts";
import { simulateCommand } from "./commands/simulate.ts";
import { studioCommand } from "./commands/studio.ts";
import { sweepCommand } from "./commands/sweep.ts";
import { trainCommand } from "./commands/train.ts";
import { validateCommand } from "./commands/validate.ts";
import { type CliContext, Interrupted } from "./context.ts";
import { DesignsFailed } from "./evaluate-slowly.ts";

const EXIT = { done: 0, failed: 1, wrongInput: 2, interrupted: 130 } as const;

const controller = new AbortController();
process.on("SIGINT", () => {
  if (controller.signal.aborted) process.exit(EXIT.interrupted);
  controller.abort();
});
// A reader such as `head` may close the pipe; that ends the work and is no fault.
process.stdout.on("error", (error: NodeJS.ErrnoException) => {
  if (error.code === "EPIPE") process.exit(EXIT.done);
  throw error;
});

const { version } = createRequire(import.meta.url)("../../package.json") as { version: string };
const context: CliContext = {
  stdout: process.stdout,
  stderr: process.stderr,
  signal: controller.signal,
  version,
  args: process.argv.slice(2),
};

try {
  await yargs(process.argv.slice(2))
    .scriptName("polaris")
    .usage("$0 <command>\n\nExplore designs of deep-learning accelerators.")
    .command(evaluateCommand(context))
    .command(mapCommand(context))
    .command(sweepCommand(context))
    .command(searchCommand(context))
    .command(simulateCommand(context))
    .command(importCommand(context))
    .command(reportCommand(context))
    .command(exportCommand(context))
    .command(studioCommand(context))
    .command(mcpCommand(context))
    .command(trainCommand(context))
    .command(validateCommand(context))
    .command(benchCommand(context))
    .command(doctorCommand(context))
    .completion("completion", "Print a shell completion script")
    .demandCommand(1, "expected a command; see polaris --help")
    .strict()
    .recommendCommands()
    .parserConfiguration({
      "parse-numbers": false,
      "parse-positional-numbers": false,
      "duplicate-arguments-array": true,
    })
    .version(version)
    .alias({ h: "help", v: "version" })
    .wrap(Math.min(80, process.stdout.columns ?? 80))
    .exitProcess(false)
    .fail((message, error) => {
      // yargs makes a YError of its own of what a `coerce` throws.
      if (error !== undefined && error.name !== "YError") throw error;
      throw new UsageError((message ?? error?.message ?? "").replace(/\n/g, "; "));
    })
    .parseAsync();
} catch (error) {
  process.exitCode = report(error);
}

/** Says what went wrong, on one line where it is the user's to put right. */
function report(error: unknown): number {
  if (error instanceof Interrupted) {
    process.stderr.write(`polaris: ${error.message}\n`);
    return EXIT.interrupted;
  }
  if (error instanceof DesignsFailed) {
    process.stderr.write(`polaris: ${error.message}\n`);
    return EXIT.failed;
  }
  if (error instanceof InputError || error instanceof UsageError) {
    const hint = error instanceof InputError ? error.problem.hint : error.hint;
    process.stderr.write(`polaris: ${error.message}${hint === undefined ? "" : ` (${hint})`}\n`);
    // Ctrl-C may be why nothing was found.
    return controller.signal.aborted ? EXIT.interrupted : EXIT.wrongInput;
  }
  process.stderr.write(
    `polaris: ${error instanceof Error ? (error.stack ?? error.message) : String(error)}\n`,
  );
  return EXIT.failed;
}
