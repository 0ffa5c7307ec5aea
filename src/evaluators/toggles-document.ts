import { csvFormatRows } from "d3-dsv";
import type { Simulated } from "./simulate.ts";
import { reasonOf } from "./simulation-document.ts";
import { activityOf } from "./toggles.ts";

/** Toggle counts as a document (schema/toggles.json), without who asked for them. `seed`: of the data that moved. */
export function togglesDocument(simulations: readonly Simulated[], seed: number) {
  return {
    version: 1,
    profile: "polaris-rtl",
    array: "pe",
    data: { values: "int8, even", seed },
    designs: simulations.map((one) => {
      const activity = activityIn(one);
      return { name: one.name, ...(activity ?? { failed: reasonOf(one) }) };
    }),
  };
}

/** A line an instance. */
export function togglesCsv(simulations: readonly Simulated[]): string {
  const rows = simulations.flatMap((one) => {
    const { cycles = 0, instances = [] } = activityIn(one) ?? {};
    return instances.map(({ instance, part, bits, toggles, activity }) =>
      [one.name, instance, part, bits, toggles, cycles, activity].map(String),
    );
  });
  const head = ["name", "instance", "part", "bits", "toggles", "cycles", "activity"];
  return `${csvFormatRows([head, ...rows])}\n`;
}

/** Activity of a run that ended well and whose toggles were counted. */
export function activityIn({ outcome, toggles }: Simulated) {
  return outcome.status === "priced" && toggles ? activityOf(toggles, outcome.latencyCycles) : undefined;
}
