import { csvFormatRows } from "d3-dsv";
import type { Simulated } from "../evaluators/simulate.ts";
import { countersOf, reasonOf } from "../evaluators/simulation-document.ts";
import { reportOf } from "../evaluators/simulation-report.ts";
import type { LocalEngine } from "../fidelity/engine.ts";
import { machineEnergy } from "../fidelity/machine-energy.ts";
import { COUNTERS } from "../rtl/counters.ts";
import { formatMapping } from "../space/mapping.ts";

/** One line a design, every counter a column. */
export function simulationsCsv(simulations: readonly Simulated[], engine: LocalEngine): string {
  const head = [
    "name",
    "count",
    "mapping",
    "latency_cycles",
    "energy_uj",
    "utilisation",
    "reason",
    ...COUNTERS,
  ];
  const rows = simulations.map((one) => {
    const { name, count, candidate } = one;
    const about = [name, count, formatMapping(candidate.mapping)];
    const counters = countersOf(one);
    if (!counters) return [...about, "", "", "", reasonOf(one), ...COUNTERS.map(() => "")].map(String);
    const { utilisation } = reportOf(counters, candidate, engine);
    const energyUj = machineEnergy(counters, candidate.hardware).totalPj * 1e-6;
    const metrics = [counters.cycles, energyUj, utilisation, ""];
    return [...about, ...metrics, ...COUNTERS.map((counter) => counters[counter] ?? "")].map(String);
  });
  return `${csvFormatRows([head, ...rows])}\n`;
}
