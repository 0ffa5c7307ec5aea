import type { NetworkDesign } from "../designs/design.ts";
import type { Simulated } from "../evaluators/simulate.ts";
import { countersOf, reasonOf } from "../evaluators/simulation-document.ts";
import { type Occupation, reportOf, type SimulationReport } from "../evaluators/simulation-report.ts";
import type { LocalEngine } from "../fidelity/engine.ts";
import type { MachineCounters } from "../fidelity/machine-energy.ts";
import { area } from "../hardware/area.ts";
import { createHardware } from "../hardware/hardware.ts";
import { areaText, figuresText, hardwareText } from "./evaluation-text.ts";
import { formatCount, formatCounted, formatNumber, formatTable, type TableColumn } from "./table.ts";

/** What was simulated, and how. */
export interface SimulatedSubject {
  readonly fidelity: "event" | "rtl";
  /** The file of designs. */
  readonly file: string;
  /** Of which the simulations are the layers; else each is a design of its own. */
  readonly design: Pick<NetworkDesign, "workload" | "hardware"> | undefined;
  /** The file of the machine; Gemmini-like without. */
  readonly machine: string | undefined;
  /** Outputs were compared with a reference. */
  readonly checked: boolean;
  /** Not all of it: it was interrupted. */
  readonly partial: boolean;
}

/** A simulation that ended well. */
interface Ended {
  readonly one: Simulated;
  readonly counters: MachineCounters;
  readonly report: SimulationReport;
}

/** What simulations took, where the cycles went, and how their energy differs from the analytical model's. */
export function formatSimulations(
  simulations: readonly Simulated[],
  subject: SimulatedSubject,
  engine: LocalEngine,
): string {
  const ended = simulations.flatMap((one): readonly Ended[] => {
    const counters = countersOf(one);
    return counters ? [{ one, counters, report: reportOf(counters, one.candidate, engine) }] : [];
  });
  const whole = subject.design !== undefined && !subject.partial && ended.length === simulations.length;
  const occupation = occupationTable(ended, subject, whole);
  const first = subject.design === undefined ? "" : "Layers: one run each. ";
  return [
    ...headLines(simulations.length, subject),
    "",
    costTable(simulations, ended, subject, whole),
    "",
    `${first}util: MACs per PE and cycle.${whole ? " Total: weighted by runs." : ""}`,
    ...(occupation === "" ? [] : ["", occupation, "", OCCUPATION_NOTE]),
    ...energyLines(ended, subject),
  ].join("\n");
}

const OCCUPATION_NOTE = "Shares of the cycles: what the array did, or waited for; DRAM: bus busy.";

function headLines(
  count: number,
  { fidelity, file, design, machine, checked }: SimulatedSubject,
): readonly string[] {
  const figures = `${figuresText(fidelity, "polaris-rtl")}, ${machine === undefined ? "Gemmini-like machine" : `machine of ${machine}`}`;
  const check = checked ? ", outputs compared with the layer's definition" : "";
  if (design === undefined) return [`${formatCounted(count, "design")} of ${file}`, `${figures}${check}`];
  const { workload, hardware } = design;
  return [
    `${workload} on ${hardwareText(hardware)}`,
    `${areaText(area(createHardware(hardware)))}; ${figures}${check}`,
  ];
}

/** Cycles, energy and their product, or why there are none. */
function costTable(
  simulations: readonly Simulated[],
  ended: readonly Ended[],
  { design, checked }: SimulatedSubject,
  whole: boolean,
): string {
  const costs = (cycles: number, energyPj: number, utilisation: number): readonly string[] => [
    formatCount(cycles),
    formatNumber(energyPj * 1e-6),
    formatNumber(energyPj * 1e-12 * cycles),
    percent(utilisation),
  ];
  const rows = simulations.map((one) => {
    const about = [one.name, ...(design ? [String(one.count)] : [])];
    const done = ended.find((other) => other.one === one);
    if (!done) return [...about, "", "", "", "", reasonOf(one)];
    const { counters, report } = done;
    return [
      ...about,
      ...costs(counters.cycles, report.energy.totalPj, report.utilisation),
      checked ? "outputs right" : "",
    ];
  });
  const cycles = sum(ended, ({ counters }) => counters.cycles);
  const peakMacs = sum(ended, ({ one, counters }) => counters.cycles * one.candidate.hardware.peDim ** 2);
  const utilisation = sum(ended, ({ counters }) => counters.macs) / peakMacs;
  const total = [
    "total",
    "",
    ...costs(
      cycles,
      sum(ended, ({ report }) => report.energy.totalPj),
      utilisation,
    ),
    "",
  ];
  const says = rows.some((row) => row.at(-1) !== "");
  const columns: readonly TableColumn[] = [
    { title: design ? "layer" : "design", align: "left", width: 24 },
    ...(design ? [{ title: "runs", align: "right" } as const] : []),
    ...["cycles", "energy uJ", "EDP J*cycles", "util %"].map((title) => ({ title, align: "right" }) as const),
    ...(says ? [{ title: "", align: "left", width: 120 } as const] : []),
  ];
  return formatTable(
    columns,
    [...rows, ...(whole ? [total] : [])].map((row) => row.slice(0, columns.length)),
  );
}

/** Where the cycles of the array went; nothing of models, which count no stalls. */
function occupationTable(ended: readonly Ended[], { design }: SimulatedSubject, whole: boolean): string {
  const shares = ended.filter(({ report }) => report.occupation !== undefined);
  if (shares.length === 0) return "";
  const units: readonly (keyof Occupation)[] = ["rows", "preload", "load", "hazard", "issue", "store"];
  const cells = (of: (report: SimulationReport) => number | undefined) => ({
    each: shares.map(({ report }) => percent(of(report) ?? 0)),
    total: percent(
      sum(shares, ({ counters, report }) => counters.cycles * (of(report) ?? 0)) /
        sum(shares, ({ counters }) => counters.cycles),
    ),
  });
  const columns = [
    ...units.map((unit) => cells(({ occupation }) => occupation?.[unit])),
    cells(({ dramBusy }) => dramBusy),
  ];
  return formatTable(
    [
      { title: design ? "layer" : "design", align: "left", width: 24 },
      ...[...units, "DRAM"].map((unit) => ({ title: `${unit} %`, align: "right" }) as const),
    ],
    [
      ...shares.map(({ one }, i) => [one.name, ...columns.map(({ each }) => each[i] ?? "")]),
      ...(whole ? [["total", ...columns.map(({ total }) => total)]] : []),
    ],
  );
}

/** Energy of everything together, component by component, beside the analytical model. */
function energyLines(ended: readonly Ended[], { fidelity }: SimulatedSubject): readonly string[] {
  const [first] = ended;
  if (!first) return [];
  const parts = first.report.energyDifferences.map(({ component, counted }, i) => {
    const of = (key: "machinePj" | "analyticalPj" | "machineCount" | "analyticalCount"): number =>
      sum(ended, ({ report }) => report.energyDifferences[i]?.[key] ?? 0);
    const why = ended.find(({ report }) => report.energyDifferences[i]?.why)?.report.energyDifferences[i]
      ?.why;
    return {
      row: [
        component,
        formatNumber(of("machinePj") * 1e-6),
        formatNumber(of("analyticalPj") * 1e-6),
        formatCount(of("machineCount")),
        formatCount(of("analyticalCount")),
      ],
      counted: `${counted} (${component})`,
      why: why === undefined ? "" : `${component}: ${why}`,
    };
  });
  const machine = fidelity === "rtl" ? "RTL" : "event";
  return [
    "",
    formatTable(
      [
        { title: "energy", align: "left" },
        { title: `${machine} uJ`, align: "right" },
        { title: "analytical uJ", align: "right" },
        { title: `${machine} counts`, align: "right" },
        { title: "analytical counts", align: "right" },
      ],
      parts.map(({ row }) => row),
    ),
    "",
    `Counted: ${parts.map(({ counted }) => counted).join(", ")}.`,
    ...parts.flatMap(({ why }) => (why === "" ? [] : [why])),
  ];
}

/** Over runs. */
function sum(ended: readonly Ended[], of: (one: Ended) => number): number {
  return ended.reduce((all, one) => all + one.one.count * of(one), 0);
}

function percent(share: number): string {
  return (100 * share).toFixed(1);
}
