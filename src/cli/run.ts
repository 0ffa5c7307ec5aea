import yargs, { type CommandModule } from "yargs";
import { InputError, UsageError, WriteError, writeFailure } from "../errors.ts";
import { explainRefusal } from "./command-line.ts";
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
import { COMPLETION, completeWords, completionHelp } from "./completion.ts";
import { type CliContext, Failed, Interrupted } from "./context.ts";
import { refuseOverwriting } from "./overwritten.ts";

export const EXIT = { done: 0, failed: 1, wrongInput: 2, interrupted: 130 } as const;

/** Runs a command line to its end; what goes wrong is said on stderr. The exit code. */
export async function runCli(context: CliContext): Promise<number> {
  try {
    await parse(context);
    return EXIT.done;
  } catch (error) {
    return report(context, error);
  }
}

async function parse(context: CliContext): Promise<void> {
  if (context.args[0] === "completion" && context.args.length > 1) {
    context.stdout.write(completionHelp(context.args.slice(1)));
    return;
  }
  const commands = [
    evaluateCommand,
    mapCommand,
    sweepCommand,
    searchCommand,
    simulateCommand,
    importCommand,
    reportCommand,
    exportCommand,
    studioCommand,
    mcpCommand,
    trainCommand,
    validateCommand,
    benchCommand,
    doctorCommand,
  ].map((create) => create(context) as CommandModule);
  const parser = yargs([...context.args])
    .locale("en")
    .scriptName("polaris")
    .usage("$0 <command>\n\nExplore designs of deep-learning accelerators.")
    .command(commands)
    .completion("completion", COMPLETION, completeWords)
    .demandCommand(1)
    .strict()
    .check((args) => {
      refuseOverwriting(args);
      return true;
    })
    .parserConfiguration({
      "parse-numbers": false,
      "parse-positional-numbers": false,
      "duplicate-arguments-array": true,
    })
    .version(context.version)
    .alias({ h: "help", v: "version" })
    .wrap(Math.min(80, context.stdout.columns ?? 80))
    .exitProcess(false)
    .fail((message, error) => {
      // yargs makes a YError of its own of what a `coerce` throws.
      if (error !== undefined && error.name !== "YError") throw error;
      const { aliases = {} } = parser.parsed || {};
      throw explainRefusal(message ?? error?.message ?? "", {
        args: context.args,
        commands: [...commands.map(({ command }) => String(command)), "completion"],
        flags: Object.keys(aliases),
      });
    });
  // With a callback yargs hands over what it would print: help, version, completion.
  let printed = "";
  await parser.parseAsync([...context.args], {}, (_error, _args, output) => {
    printed = output;
  });
  if (printed !== "") context.stdout.write(`${printed}\n`);
}

/** Says what went wrong, on one line where it is the user's to put right. */
function report({ stdout, stderr, signal }: CliContext, error: unknown): number {
  // Whoever holds stdout hears of its faults too, those that no command waits for among them.
  if (error === stdout.errored) return EXIT.failed;
  if (error instanceof Interrupted) {
    stderr.write(`polaris: ${error.message}\n`);
    return EXIT.interrupted;
  }
  if (error instanceof Failed || error instanceof WriteError) {
    stderr.write(`polaris: ${printable(error.message)}\n`);
    return EXIT.failed;
  }
  if (error instanceof InputError || error instanceof UsageError) {
    const hint = error instanceof InputError ? error.problem.hint : error.hint;
    stderr.write(`polaris: ${printable(`${error.message}${hint === undefined ? "" : ` (${hint})`}`)}\n`);
    // Ctrl-C may be why nothing was found.
    return signal.aborted ? EXIT.interrupted : EXIT.wrongInput;
  }
  if (isSystemError(error)) {
    // A path that leads nowhere: `ENOTDIR: not a directory, mkdir 'x'` says what and where.
    stderr.write(`polaris: ${printable(error.message)}\n`);
    return EXIT.wrongInput;
  }
  stderr.write(`polaris: ${error instanceof Error ? (error.stack ?? error.message) : String(error)}\n`);
  return EXIT.failed;
}

/** What becomes of the program when stdout takes no more. The exit code. */
export function endOfStdout(stderr: CliContext["stderr"], error: NodeJS.ErrnoException): number {
  // A reader such as `head` may close the pipe; that ends the work and is no fault.
  if (error.code === "EPIPE") return EXIT.done;
  const failure = writeFailure("stdout", error);
  stderr.write(`polaris: ${failure instanceof WriteError ? failure.message : `stdout: ${error.message}`}\n`);
  return EXIT.failed;
}

/** What Node throws of a file that cannot be opened, read or written. */
function isSystemError(error: unknown): error is NodeJS.ErrnoException & { readonly path: string } {
  return (
    error instanceof Error &&
    "syscall" in error &&
    "path" in error &&
    !(error.syscall as string).startsWith("spawn")
  );
}

/** Text of a file that is shown in a message must not steer the terminal. */
function printable(text: string): string {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what is looked for
  return text.replace(/[\u0000-\u0009\u000b-\u001f\u007f-\u009f]/g, "\ufffd");
}
