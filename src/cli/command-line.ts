import { nearest, quote, UsageError } from "../errors.ts";

/** What is known of a command line that was refused. */
export interface RefusedLine {
  readonly args: readonly string[];
  /** The usage of each command, its name first: `map <workload>`. */
  readonly commands: readonly string[];
  /** Names of the flags of the command that was parsed last, aliases included. */
  readonly flags: readonly string[];
}

/** What yargs says of a command line, in this program's form: where, expected, found, hint. */
export function explainRefusal(message: string, { args, commands, flags }: RefusedLine): UsageError {
  const usage = commands.find((command) => nameOf(command) === args[0]);
  if (usage === undefined) return explainCommand(args[0], commands.map(nameOf));
  const name = nameOf(usage);
  const help = `polaris ${name} --help`;
  if (message.startsWith("Not enough non-option arguments"))
    return new UsageError(`${name}: expected ${usage.slice(name.length + 1)}, found nothing`, help);
  const [, unknown] = /^Unknown arguments?: ([^,]+)/.exec(message) ?? [];
  if (unknown !== undefined) return explainFlag(args, name, flags) ?? explainWord(unknown, usage);
  const [, missing] = /^Missing required arguments?: ([\w-]+)/.exec(message) ?? [];
  if (missing !== undefined) return new UsageError(`${name}: expected --${missing}, found nothing`, help);
  const [, idle] = /^Not enough arguments following: (.+)$/.exec(message) ?? [];
  if (idle !== undefined) return new UsageError(`--${idle}: expected a value, found nothing`, help);
  const [, flag = "", given = "", choices] =
    /Argument: (\S+), Given: (.*), Choices: (.*)/.exec(message) ?? [];
  if (choices !== undefined) {
    const names = choices.split(", ").map((choice) => choice.slice(1, -1));
    const meant = nearest(given.slice(1, -1), names);
    return new UsageError(
      `--${flag}: expected ${listed(names)}, found ${given}`,
      meant === undefined ? undefined : `did you mean ${meant}?`,
    );
  }
  return new UsageError(message.replace(/\s*\n\s*/g, "; "));
}

function explainCommand(given: string | undefined, names: readonly string[]): UsageError {
  if (given === undefined || given.startsWith("-"))
    return new UsageError(`expected a command, found ${quote(given)}`, "polaris --help lists them");
  const meant = nearest(given, names);
  return new UsageError(
    `expected a command, found ${quote(given)}`,
    meant === undefined ? "polaris --help lists them" : `did you mean polaris ${meant}?`,
  );
}

/** The first flag that the command has not, if there is any. */
function explainFlag(
  args: readonly string[],
  name: string,
  flags: readonly string[],
): UsageError | undefined {
  for (const arg of args.slice(1)) {
    if (arg === "--") break;
    const [, dashes, negated = "", flag = ""] = /^(--?)(no-)?([^=]+)/.exec(arg) ?? [];
    if (dashes === undefined || flags.includes(flag) || flags.includes(negated + flag)) continue;
    const shown = `${dashes}${negated}${flag}`;
    const meant =
      dashes === "--"
        ? nearest(
            flag,
            flags.filter((one) => one.length > 1),
          )
        : undefined;
    return new UsageError(
      `${name}: expected a flag of its own, found ${quote(shown)}`,
      meant === undefined ? `polaris ${name} --help lists them` : `did you mean --${negated}${meant}?`,
    );
  }
  return undefined;
}

/** A word too many. */
function explainWord(word: string, usage: string): UsageError {
  const [name = "", ...operands] = usage.split(" ");
  const expected = operands.length === 0 ? "no word after it" : `${operands.join(" ")} alone`;
  return new UsageError(`${name}: expected ${expected}, found ${quote(word)} too`);
}

function nameOf(usage: string): string {
  return usage.replace(/ .*/, "");
}

/** `a, b or c`. */
function listed(names: readonly string[]): string {
  const last = names.at(-1) ?? "";
  return names.length < 2 ? last : `${names.slice(0, -1).join(", ")} or ${last}`;
}
