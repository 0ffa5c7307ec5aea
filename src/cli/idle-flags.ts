import { UsageError } from "../errors.ts";

/**
 * Refuses flags that say nothing at the fidelity that was asked for: a flag without effect would be taken for one that had it.
 *
 * @param belongs the fidelities at which each flag means something
 */
export function refuseIdle(
  args: object & { readonly fidelity: string },
  belongs: Readonly<Record<string, readonly string[]>>,
): void {
  const given = args as Readonly<Record<string, unknown>>;
  for (const [flag, fidelities] of Object.entries(belongs)) {
    const idle = given[flag] === undefined || given[flag] === false;
    if (idle || fidelities.includes(args.fidelity)) continue;
    throw new UsageError(
      `--${flag}: expected --fidelity ${fidelities.join(" or ")} beside it, found ${args.fidelity}`,
    );
  }
}
