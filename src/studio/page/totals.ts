import type { HardwareParameters } from "../../hardware/hardware.ts";
import type { DataTable } from "../../report/figure.ts";
import { formatValue } from "../../report/svg/format.ts";
import type { MappedDesign } from "../protocol.ts";
import { create } from "./dom.ts";

const ROWS = [
  { text: "latency", unit: "cycles", of: ({ design }: MappedDesign) => design.totals.latencyCycles },
  { text: "energy", unit: "µJ", of: ({ design }: MappedDesign) => design.totals.energyUj },
  { text: "EDP", unit: "J × cycles", of: ({ design }: MappedDesign) => design.totals.edpJCycles },
  { text: "area", unit: "mm²", of: ({ design }: MappedDesign) => design.totals.areaMm2 },
] as const;

/** Totals of one design, or of two side by side with B / A. */
export function showTotals(host: HTMLElement, a: MappedDesign, b: MappedDesign | undefined): void {
  host.replaceChildren(b ? comparison(a, b) : list(a));
}

function list(mapped: MappedDesign): HTMLElement {
  const { totals, record } = mapped.design;
  const { peDim, scratchpadKib, accumulatorKib } = record.hardware;
  const { areaSource } = totals;
  return create(
    "dl",
    { class: "kpis" },
    entry("hardware", `${peDim}×${peDim}`, `PEs, ${scratchpadKib} + ${accumulatorKib} KiB`),
    ...ROWS.map(({ text, unit, of }) =>
      entry(
        text,
        formatValue(of(mapped)),
        text === "area" && areaSource !== "table" ? `${unit}, ${areaSource}` : unit,
      ),
    ),
  );
}

function entry(text: string, value: string, unit: string): HTMLElement {
  return create("div", {}, create("dt", {}, text), create("dd", {}, `${value} `, create("small", {}, unit)));
}

function comparison(a: MappedDesign, b: MappedDesign): HTMLElement {
  const row = (head: string, ...cells: readonly string[]): HTMLElement =>
    create("tr", {}, create("th", { scope: "row" }, head), ...cells.map((cell) => create("td", {}, cell)));
  return create(
    "table",
    { class: "compare" },
    create(
      "thead",
      {},
      create("tr", {}, ...["totals", "A", "B", "B / A"].map((text) => create("th", { scope: "col" }, text))),
    ),
    create(
      "tbody",
      {},
      row("hardware", sizesText(a.design.record.hardware), sizesText(b.design.record.hardware), ""),
      ...ROWS.map(({ text, unit, of }) =>
        row(`${text} (${unit})`, formatValue(of(a)), formatValue(of(b)), ratio(of(b) / of(a))),
      ),
    ),
  );
}

const ratio = (value: number): string => `${value.toFixed(3)}\u00a0×`;

/** The totals in a line. */
export function briefText({ design: { totals } }: MappedDesign): string {
  const { latencyCycles, energyUj, edpJCycles, areaMm2 } = totals;
  return `EDP ${formatValue(edpJCycles)} J × cycles, ${formatValue(latencyCycles)} cycles, ${formatValue(energyUj)} µJ, ${formatValue(areaMm2)} mm²`;
}

/** `16×16 PEs, 128 + 32 KiB` */
export function sizesText({ peDim, scratchpadKib, accumulatorKib }: HardwareParameters): string {
  return `${peDim}×${peDim} PEs, ${scratchpadKib} + ${accumulatorKib} KiB`;
}

/** Every layer of a design and, beside it, of the one that it is compared with. */
export function layerTable(a: MappedDesign, b: MappedDesign | undefined): DataTable {
  const columns = [
    { key: "layer", title: "layer" },
    { key: "runs", title: "runs" },
    ...(b
      ? [
          { key: "a_latency_cycles", title: "A latency (cycles)" },
          { key: "b_latency_cycles", title: "B latency (cycles)" },
          { key: "latency_ratio", title: "B / A" },
          { key: "a_energy_uj", title: "A energy (µJ)" },
          { key: "b_energy_uj", title: "B energy (µJ)" },
          { key: "energy_ratio", title: "B / A" },
          { key: "a_bound_by", title: "A bound by" },
          { key: "b_bound_by", title: "B bound by" },
        ]
      : [
          { key: "latency_cycles", title: "latency (cycles)" },
          { key: "energy_uj", title: "energy (µJ)" },
          { key: "bound_by", title: "bound by" },
          { key: "mapping", title: "mapping" },
        ]),
  ];
  const rows = a.design.layers.map((layer, i) => {
    const other = b?.design.layers[i];
    return other
      ? [
          layer.name,
          layer.runs,
          layer.latencyCycles,
          other.latencyCycles,
          other.latencyCycles / layer.latencyCycles,
          layer.energyUj,
          other.energyUj,
          other.energyUj / layer.energyUj,
          layer.boundBy,
          other.boundBy,
        ]
      : [
          layer.name,
          layer.runs,
          layer.latencyCycles,
          layer.energyUj,
          layer.boundBy,
          layer.record.mappingText,
        ];
  });
  return { columns, rows };
}
