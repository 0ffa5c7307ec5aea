import type { Fidelity } from "../../fidelity/evaluator.ts";
import type { DesignInfo } from "../summary.ts";
import { element, escapeText } from "../svg/element.ts";
import { formatValue } from "../svg/format.ts";

/** A total of a design, with what is known beside it. */
interface Tile {
  readonly title: string;
  readonly value: string;
  readonly unit: string;
  /** What was predicted of a measurement, or how sure a prediction is. */
  readonly beside?: string;
}

/**
 * The totals of a design: those that were verified, with the predictions beside them, if they were; else those of the model,
 * which are named predictions, with their interval, where they are none of the analytical model.
 */
export function totalsHtml(design: DesignInfo, fidelity: Fidelity | undefined): string {
  const { record, totals, verified } = design;
  const { peDim, scratchpadKib, accumulatorKib } = record.hardware;
  const shown = verified ?? totals;
  const how = kindOf(design, fidelity);
  const tiles: readonly Tile[] = [
    {
      title: "hardware",
      value: `${peDim}×${peDim}`,
      unit: `PEs, ${scratchpadKib} + ${accumulatorKib} KiB`,
    },
    { title: `latency${how}`, ...measured(shown.latencyCycles, "cycles"), ...latencyBeside(design) },
    { title: `energy${how}`, ...measured(shown.energyUj, "µJ"), ...energyBeside(design) },
    { title: `EDP${how}`, ...measured(shown.edpJCycles, "J × cycles"), ...edpBeside(design) },
    {
      title: "area",
      ...measured(totals.areaMm2, `mm²${totals.areaSource === "table" ? "" : `, ${totals.areaSource}`}`),
    },
  ];
  return element(
    "dl",
    { class: "kpis", "aria-label": `Totals of ${record.workload}` },
    ...tiles.map(tileHtml),
  );
}

function tileHtml({ title, value, unit, beside }: Tile): string {
  return element(
    "div",
    {},
    element("dt", {}, escapeText(title)),
    element("dd", {}, escapeText(value), " ", element("small", {}, escapeText(unit))),
    beside === undefined ? "" : element("dd", { class: "beside" }, escapeText(beside)),
  );
}

function measured(value: number, unit: string): { readonly value: string; readonly unit: string } {
  return { value: formatValue(value), unit };
}

function kindOf({ verified }: DesignInfo, fidelity: Fidelity | undefined): string {
  if (verified) return ", verified";
  if (fidelity === undefined || fidelity === "analytical") return "";
  return fidelity === "rtl" ? ", run" : ", predicted";
}

type Beside = Pick<Tile, "beside">;

function latencyBeside({ totals, verified, latencyInterval }: DesignInfo): Beside {
  return besideOf(verified ? totals.latencyCycles : undefined, latencyInterval, 1);
}

function energyBeside({ totals, verified }: DesignInfo): Beside {
  return besideOf(verified ? totals.energyUj : undefined, undefined, 1);
}

/** Energy is counted, so that EDP is as sure as the latency. */
function edpBeside({ totals, verified, latencyInterval }: DesignInfo): Beside {
  return besideOf(verified ? totals.edpJCycles : undefined, latencyInterval, totals.energyUj * 1e-6);
}

function besideOf(
  predicted: number | undefined,
  interval: DesignInfo["latencyInterval"],
  scale: number,
): Beside {
  const parts = [
    ...(predicted === undefined ? [] : [`predicted ${formatValue(predicted)}`]),
    ...(interval
      ? [`90 %: ${formatValue(scale * interval.low)} to ${formatValue(scale * interval.high)}`]
      : []),
  ];
  return parts.length > 0 ? { beside: parts.join("; ") } : {};
}
