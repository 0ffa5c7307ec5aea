/** What a document says of its own making. */
export interface WrittenBy {
  /** Version of the package. */
  readonly polaris: string;
  /** What gives the same numbers again. */
  readonly command: string;
}

/** Options that change no number: where it goes, how it is shown, how many threads, and the seed where nothing is random. */
const WITHOUT_VALUE = ["--json", "--quiet", "-q"];
const WITH_VALUE = ["--workers", "--out", "--study", "--certificate", "--compare-random"];

/**
 * The provenance of an answer.
 *
 * @param args of the command line, the command first
 * @param random whether the seed has a say in it
 */
export function writtenBy(version: string, args: readonly string[], random = false): WrittenBy {
  const withValue = random ? WITH_VALUE : [...WITH_VALUE, "--seed"];
  const kept: string[] = [];
  for (let i = 0; i < args.length; i++) {
    const arg = args[i] as string;
    if (WITHOUT_VALUE.includes(arg)) continue;
    if (withValue.includes(arg)) i++;
    else if (!withValue.some((flag) => arg.startsWith(`${flag}=`))) kept.push(arg);
  }
  return { polaris: version, command: commandLine(kept) };
}

/** A command line as a shell takes it. */
export function commandLine(args: readonly string[]): string {
  return ["polaris", ...args].map(shellWord).join(" ");
}

/** An argument as a shell reads it. */
function shellWord(arg: string): string {
  return /^[\w@%+=:,./-]+$/.test(arg) ? arg : `'${arg.replaceAll("'", "'\\''")}'`;
}
