import type { LocalEngine } from "../fidelity/engine.ts";
import type { MachineCounters } from "../fidelity/machine-energy.ts";
import { totals } from "../fidelity/totals.ts";
import { area } from "../hardware/area.ts";
import { createHardware, type HardwareParameters } from "../hardware/hardware.ts";
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

/** What simulations are the layers of. */
export interface SimulatedDesign {
  readonly workload: string;
  readonly hardware: HardwareParameters;
}

/** Simulations as a document (schema/simulate.json), without who asked for them. `checked`: outputs were compared with a reference. */
export function simulationDocument(
  simulations: readonly Simulated[],
  fidelity: "event" | "rtl",
  { machine, reuse = true }: RtlOptions,
  checked: boolean,
  engine: LocalEngine,
  design?: SimulatedDesign,
) {
  return {
    version: 1,
    fidelity,
    profile: "polaris-rtl",
    machine: { ...GEMMINI_LIKE, ...machine, reuse },
    ...(design ? designFields(simulations, design) : {}),
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

/** The design that the simulations are the layers of; without totals if one of them has no metrics. */
function designFields(simulations: readonly Simulated[], { workload, hardware }: SimulatedDesign) {
  const priced = simulations.flatMap(({ count, outcome }) =>
    outcome.status === "priced"
      ? [{ count, latencyCycles: outcome.latencyCycles, energyUj: outcome.energyPj * 1e-6 }]
      : [],
  );
  return {
    workload,
    hardware,
    ...(priced.length < simulations.length ? {} : { totals: totals(priced, area(createHardware(hardware))) }),
  };
}
