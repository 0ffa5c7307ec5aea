/** A command line, `$0` the program, and what it is for. */
export type Example = readonly [command: string, about: string];

/** The end of a help text. The first column is as wide as it needs to be; that of yargs' own examples is half a screen at most. */
export function examples(...rows: readonly Example[]): string {
  const width = Math.max(...rows.map(([command]) => command.length));
  return ["Examples:", ...rows.map(([command, about]) => `  ${command.padEnd(width)}  ${about}`)].join("\n");
}
