import { quote, UsageError } from "../errors.ts";
import { BUILTIN_WORKLOADS } from "../workload/builtin.ts";

/** What `polaris completion` does, for the list of commands. */
export const COMPLETION = "Print a shell completion script";

/** Commands whose words are workloads. */
const TAKE_WORKLOADS = ["map", "sweep", "search"];

/**
 * What a shell may put in the place of a word: what yargs knows of commands and flags and, for the commands that take
 * workloads, the built-in ones. Where nothing fits the shell offers files.
 *
 * @param typed the words so far, the program's name first
 */
export function completeWords(
  current: string,
  { _: typed }: { readonly _: readonly (string | number)[] },
  defaults: (done: (error: Error | null, words: string[] | undefined) => void) => unknown,
  done: (words: string[]) => unknown,
): void {
  defaults((_error, words = []) => {
    const taken = TAKE_WORKLOADS.includes(String(typed[1])) && !current.startsWith("-");
    const names = taken ? [...BUILTIN_WORKLOADS.keys()].filter((name) => name.startsWith(current)) : [];
    done([...names, ...words]);
  });
}

/**
 * The help of `polaris completion`; yargs would print the script whatever follows the command.
 *
 * @param words what does
 * @throws UsageError if they ask for something else
 */
export function completionHelp([word]: readonly string[]): string {
  if (word !== "--help" && word !== "-h")
    throw new UsageError(`completion: expected no word after it, found ${quote(word)}`, "--help says more");
  return `polaris completion

${COMPLETION}, of bash, or of zsh where $SHELL is one.

Examples:
  polaris completion >> ~/.bashrc   Completes commands, flags, choices, workloads
  polaris completion >> ~/.zshrc    The same in zsh
`;
}
