import type { Workload } from "../workload/workload.ts";
import type { CliContext } from "./context.ts";

/** Longest line of a note. */
const WIDTH = 79;

/** Says in one line what a workload's table stands for; the whole of a long note is in docs/formats.md. */
export function sayNote({ stderr }: CliContext, { name, note }: Workload): void {
  if (note === undefined) return;
  const line = `polaris: note: ${name}: ${note}`;
  if (line.length <= WIDTH) stderr.write(`${line}\n`);
  else stderr.write(`${line.slice(0, line.lastIndexOf(" ", WIDTH - 4))} ...\n`);
}
