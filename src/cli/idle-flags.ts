import { UsageError } from "../errors.ts";
import type { CliContext } from "./context.ts";

/** Where a flag has an effect: whether that is so here, what it takes, and what there is instead. */
export type Effect = readonly [here: boolean, expected: string, found?: string];

/**
 * Refuses flags that would change nothing: a flag without effect would be taken for one that had it. `--workers`, `--quiet` and
 * `--json` are fine anywhere; the first is the most threads, which one thread keeps to.
 *
 * @throws UsageError for the first flag of `effects` that is on the command line and has none here
 */
export function refuseIdle(
  { args }: Pick<CliContext, "args">,
  effects: Readonly<Record<string, Effect>>,
): void {
  for (const [flag, [here, expected, found = "none"]] of Object.entries(effects)) {
    if (here || !isGiven(args, flag)) continue;
    throw new UsageError(`--${flag}: expected ${expected}, found ${found}`, "it would have no effect");
  }
}

/** Effects of flags that belong to some fidelities. */
export function ofFidelity(
  fidelity: string,
  belongs: Readonly<Record<string, readonly string[]>>,
): Readonly<Record<string, Effect>> {
  return Object.fromEntries(
    Object.entries(belongs).map(([flag, fidelities]) => [
      flag,
      [fidelities.includes(fidelity), `--fidelity ${fidelities.join(" or ")} beside it`, fidelity],
    ]),
  );
}

/** Whether a flag stands on a command line; a default does not, nor does `--no-flag` or `--flag=false`. */
function isGiven(args: readonly string[], flag: string): boolean {
  const camel = flag.replace(/-(\w)/g, (_, letter: string) => letter.toUpperCase());
  for (const arg of args) {
    if (arg === "--") return false;
    const [, name, value] = /^--([^=]+)(?:=(.*))?$/.exec(arg) ?? [];
    if ((name === flag || name === camel) && value !== "false") return true;
  }
  return false;
}
