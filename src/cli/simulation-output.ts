import { csvFormatRows } from "d3-dsv";
import type { Simulated } from "../evaluators/simulate.ts";
import { countersOf, reasonOf } from "../evaluators/simulation-document.ts";
import { reportOf, type SimulationReport } from "../evaluators/simulation-report.ts";
import type { LocalEngine } from "../fidelity/engine.ts";
import { machineEnergy } from "../fidelity/machine-energy.ts";
import { COUNTERS } from "../rtl/counters.ts";
import { formatMapping } from "../space/mapping.ts";
import { formatCount, formatNumber, formatTable } from "./table.ts";

/** Where the cycles of each design went, and how its energy differs from the analytical model's. */
export function formatSimulations(
  simulations: readonly Simulated[],
  checked: boolean,
  engine: LocalEngine,
): string {
  const percent = (share: number | undefined): string =>
    share === undefined ? "" : (100 * share).toFixed(1);
  const rows = simulations.map((one) => {
    const counters = countersOf(one);
    if (!counters) return [one.name, ...Array<string>(11).fill(""), reasonOf(one)];
    const { utilisation, occupation, dramBusy, energy } = reportOf(counters, one.candidate, engine);
    return [
      one.name,
      String(one.count),
      formatCount(counters.cycles),
      formatNumber(energy.totalPj * 1e-6),
      ...[
        utilisation,
        occupation?.rows,
        occupation?.preload,
        occupation?.load,
        occupation?.hazard,
        occupation?.issue,
        occupation?.store,
        dramBusy,
      ].map(percent),
      checked ? "outputs right" : "",
    ];
  });
  const right = ["runs", "cycles", "energy uJ", "util %", "rows %", "preload %", "load %", "hazard %"];
  const table = formatTable(
    [
      { title: "design", align: "left", width: 24 },
      ...[...right, "issue %", "store %", "DRAM %"].map((title) => ({ title, align: "right" }) as const),
      { title: "", align: "left", width: 120 },
    ],
    rows,
  );
  return [
    table,
    "",
    "util: MACs per PE and cycle. rows to store: what the array did, or waited for, in shares of the cycles. DRAM: bus busy.",
    ...energyNotes(simulations, engine),
  ].join("\n");
}

/** Energy of all designs together, component by component, beside the analytical model. */
function energyNotes(simulations: readonly Simulated[], engine: LocalEngine): readonly string[] {
  const reports = simulations.flatMap((one): readonly SimulationReport[] => {
    const counters = countersOf(one);
    return counters ? [reportOf(counters, one.candidate, engine)] : [];
  });
  const [first] = reports;
  if (!first) return [];
  const rows = first.energyDifferences.map(({ component, counted }, i) => {
    const all = reports.flatMap(({ energyDifferences }) => energyDifferences[i] ?? []);
    const sum = (of: (one: (typeof all)[number]) => number): number => all.reduce((n, one) => n + of(one), 0);
    const [analytical, machine] = [sum((one) => one.analyticalCount), sum((one) => one.machineCount)];
    return [
      component,
      formatNumber(sum((one) => one.machinePj) * 1e-6),
      formatNumber(sum((one) => one.analyticalPj) * 1e-6),
      `${formatCount(machine)} ${counted}, analytically ${formatCount(analytical)}`,
      all.find(({ why }) => why !== "")?.why ?? "",
    ];
  });
  return [
    "",
    formatTable(
      [
        { title: "energy uJ", align: "left" },
        { title: "RTL", align: "right" },
        { title: "analytical", align: "right" },
        { title: "counted", align: "left" },
        { title: "why they differ", align: "left", width: 120 },
      ],
      rows,
    ),
  ];
}

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
