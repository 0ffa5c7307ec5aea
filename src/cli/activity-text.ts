import type { Simulated } from "../evaluators/simulate.ts";
import { activityIn } from "../evaluators/toggles-document.ts";
import { formatTable } from "./table.ts";

/** A line a design: the activity factor of each unit. Nothing if no toggles were counted. */
export function formatActivity(simulations: readonly Simulated[]): string {
  const counted = simulations.flatMap((one) => {
    const parts = activityIn(one)?.parts;
    return parts ? [{ name: one.name, parts }] : [];
  });
  const [first] = counted;
  if (!first) return "";
  const table = formatTable(
    [
      { title: "toggles/bit/cycle", align: "left", width: 24 },
      ...first.parts.map(({ part }) => ({ title: part, align: "right" }) as const),
    ],
    counted.map(({ name, parts }) => [name, ...parts.map(({ activity }) => activity.toFixed(4))]),
  );
  return `\n${table}\n\nOf ports and nets, cycle by cycle, with even random int8 data; memories are in the counters.\n`;
}
