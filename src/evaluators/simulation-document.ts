import type { LocalEngine } from "../fidelity/engine.ts";
import type { MachineCounters } from "../fidelity/machine-energy.ts";
import { GEMMINI_LIKE } from "../rtl/machine.ts";
import { formatMapping } from "../space/mapping.ts";
import type { RtlOptions } from "./rtl-pool.ts";
import type { Simulated } from "./simulate.ts";
import { reportOf } from "./simulation-report.ts";

/** Counters of a run that ended well. */
export function countersOf({ outcome }: Simulated): MachineCounters | undefined {
  return outcome.status === "priced" ? (outcome.counters as MachineCounters | undefined) : undefined;
}

/** Why a run did not; empty if it did. */
export function reasonOf({ outcome }: Simulated): string {
  return outcome.status === "priced" ? "" : outcome.reason;
}

/** Simulations as a document (schema/simulate.json), without who asked for them. `checked`: outputs were compared with a reference. */
export function simulationDocument(
  simulations: readonly Simulated[],
  fidelity: "event" | "rtl",
  { machine, reuse = true }: RtlOptions,
  checked: boolean,
  engine: LocalEngine,
) {
  return {
    version: 1,
    fidelity,
    profile: "polaris-rtl",
    machine: { ...GEMMINI_LIKE, ...machine, reuse },
    designs: simulations.map((one) => {
      const { shape, mapping, hardware } = one.candidate;
      const about = { name: one.name, count: one.count, shape, mapping: formatMapping(mapping), hardware };
      const counters = countersOf(one);
      if (!counters) return { ...about, failed: reasonOf(one) };
      const { energy, ...report } = reportOf(counters, one.candidate, engine);
      return {
        ...about,
        latencyCycles: counters.cycles,
        energyUj: energy.totalPj * 1e-6,
        edpJCycles: energy.totalPj * 1e-12 * counters.cycles,
        ...(checked ? { checked } : {}),
        ...report,
        energyByComponentPj: energy.byComponentPj,
        counters,
      };
    }),
  };
}
