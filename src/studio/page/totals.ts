import type { HardwareParameters } from "../../hardware/hardware.ts";
import { formatValue } from "../../report/svg/format.ts";
import type { MappedDesign } from "../protocol.ts";
import { create } from "./dom.ts";
import { entry, ratio, tableHead, tableRow } from "./tiles.ts";

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

function comparison(a: MappedDesign, b: MappedDesign): HTMLElement {
  return create(
    "table",
    { class: "compare" },
    tableHead(["totals", "A", "B", "B / A"]),
    create(
      "tbody",
      {},
      tableRow("hardware", sizesText(a.design.record.hardware), sizesText(b.design.record.hardware), ""),
      ...ROWS.map(({ text, unit, of }) =>
        tableRow(`${text} (${unit})`, formatValue(of(a)), formatValue(of(b)), ratio(of(b) / of(a))),
      ),
    ),
  );
}

/** The totals in a line. */
export function briefText({ design: { totals } }: MappedDesign): string {
  const { latencyCycles, energyUj, edpJCycles, areaMm2 } = totals;
  return `EDP ${formatValue(edpJCycles)} J × cycles, ${formatValue(latencyCycles)} cycles, ${formatValue(energyUj)} µJ, ${formatValue(areaMm2)} mm²`;
}

/** `16×16 PEs, 128 + 32 KiB` */
export function sizesText({ peDim, scratchpadKib, accumulatorKib }: HardwareParameters): string {
  return `${peDim}×${peDim} PEs, ${scratchpadKib} + ${accumulatorKib} KiB`;
}
