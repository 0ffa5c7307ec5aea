import { csvFormatRows } from "d3-dsv";
import { REASON_COLUMN } from "../designs/answer.ts";
import { metricColumns } from "../designs/price-table.ts";
import type { PricedDesign, PricedLayer } from "../designs/priced-design.ts";
import type { Fidelity, Interval, Profile } from "../fidelity/evaluator.ts";
import { type Area, area } from "../hardware/area.ts";
import { createHardware, type HardwareParameters } from "../hardware/hardware.ts";
import { formatCount, formatNumber, formatTable, type TableColumn } from "./table.ts";

/** A column of the layers: empty where a layer has nothing to say, and left out where none has. */
interface LayerColumn extends TableColumn {
  readonly cell: (layer: PricedLayer) => string;
  readonly total: string;
}

/** What stands behind fidelity `rtl`, if it is not the RTL in the box. */
export interface RtlFiles {
  readonly command?: string | undefined;
  readonly measured?: string | undefined;
}

/** Which model each of the figures is from. */
export function figuresText(
  fidelity: Fidelity,
  profile: Profile | undefined,
  { command, measured }: RtlFiles = {},
): string {
  const of = profile === undefined ? "" : ` (profile ${profile})`;
  const analytical = "energy by the analytical model";
  if (command !== undefined)
    return `cycles by the program of ${command}${of}, energy by it or, where it says none, by the analytical model`;
  if (measured !== undefined) return `cycles as measured in ${measured}${of}, ${analytical}`;
  const names = {
    analytical: "the analytical model",
    starlight: "Starlight",
    event: "the event model",
    rtl: "the RTL",
  };
  const by = `by ${names[fidelity]}${of}`;
  return fidelity === "analytical" || profile === "polaris-rtl"
    ? `cycles and energy ${by}`
    : `cycles ${by}, ${analytical}`;
}

export function hardwareText({ peDim, scratchpadKib, accumulatorKib }: HardwareParameters): string {
  return `${peDim}x${peDim} PEs, ${scratchpadKib} KiB scratchpad, ${accumulatorKib} KiB accumulator`;
}

export function areaText({ mm2, source }: Area): string {
  return `area ${formatNumber(mm2)} mm2${source === "table" ? "" : ` (${source})`}`;
}

/** What `evaluate` says of a design, layer by layer. */
export function formatEvaluation(
  { workload, fidelity, profile, hardware, totals, latencyInterval, layers }: PricedDesign,
  files: RtlFiles = {},
): string {
  const silicon = area(createHardware(hardware));
  const interval = ({ low, high }: Interval): string => `${formatCount(low)} to ${formatCount(high)}`;
  const priced = (show: (layer: Extract<PricedLayer, { latencyCycles: number }>) => string) => {
    return (layer: PricedLayer): string => ("failed" in layer ? "" : show(layer));
  };
  const all: readonly LayerColumn[] = [
    { title: "layer", align: "left", width: 24, cell: ({ name }) => name, total: "total" },
    { title: "runs", align: "right", cell: ({ count }) => String(count), total: "" },
    {
      title: "cycles",
      align: "right",
      cell: priced(({ latencyCycles }) => formatCount(latencyCycles)),
      total: totals ? formatCount(totals.latencyCycles) : "",
    },
    {
      title: "90 %",
      align: "left",
      cell: priced(({ latencyInterval: one }) => (one ? interval(one) : "")),
      total: latencyInterval ? interval(latencyInterval) : "",
    },
    {
      title: "energy uJ",
      align: "right",
      cell: priced(({ energyUj }) => formatNumber(energyUj)),
      total: totals ? formatNumber(totals.energyUj) : "",
    },
    {
      title: "EDP J*cycles",
      align: "right",
      cell: priced(({ edpJCycles }) => formatNumber(edpJCycles)),
      total: totals ? formatNumber(totals.edpJCycles) : "",
    },
    { title: "bound by", align: "left", cell: priced(({ boundBy = "" }) => boundBy), total: "" },
    {
      title: "reason",
      align: "left",
      width: 120,
      cell: (layer) => ("failed" in layer ? layer.failed : ""),
      total: totals ? "" : "not all layers have metrics",
    },
  ];
  const columns = all.filter(({ cell }) => layers.some((layer) => cell(layer) !== ""));
  return [
    `${workload} on ${hardwareText(hardware)}`,
    `${areaText(silicon)}; ${figuresText(fidelity, profile, files)}`,
    "",
    formatTable(columns, [
      ...layers.map((layer) => columns.map(({ cell }) => cell(layer))),
      columns.map(({ total }) => total),
    ]),
    "",
    `Layers: one run each. Total: weighted by runs${latencyInterval ? "; its interval holds if all layers err alike" : ""}.`,
  ].join("\n");
}

/** The same as a CSV table: the columns of a design table's answer, then what the layer is. */
export function evaluationCsv({ fidelity, hardware, layers }: PricedDesign): string {
  const silicon = area(createHardware(hardware));
  const columns = metricColumns(fidelity);
  const canFail = fidelity !== "analytical";
  const rows = layers.map((layer) => {
    const metrics: Readonly<Record<string, unknown>> =
      "failed" in layer
        ? {}
        : {
            latency_cycles: layer.latencyCycles,
            energy_uj: layer.energyUj,
            edp_j_cycles: layer.edpJCycles,
            area_mm2: silicon.mm2,
            bound_by: layer.boundBy,
            latency_low: layer.latencyInterval?.low,
            latency_high: layer.latencyInterval?.high,
            area_source: silicon.source,
          };
    return [
      ...columns.map((column) => metrics[column] ?? ""),
      ...(canFail ? ["failed" in layer ? layer.failed : ""] : []),
      layer.name,
      layer.count,
      layer.mapping,
    ].map(String);
  });
  const head = [...columns, ...(canFail ? [REASON_COLUMN] : []), "name", "count", "mapping"];
  return `${csvFormatRows([head, ...rows])}\n`;
}
