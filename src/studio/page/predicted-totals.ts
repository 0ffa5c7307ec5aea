import type { Interval } from "../../fidelity/evaluator.ts";
import { formatValue } from "../../report/svg/format.ts";
import type { PredictedDesign } from "../protocol.ts";
import { create } from "./dom.ts";
import { entry, ratio, tableHead, tableRow } from "./tiles.ts";

/** Predictions of one design, or of two side by side. */
export function showPredicted(host: HTMLElement, { a, b }: PredictedPair): void {
  host.replaceChildren(...(a ? (b ? [predictedComparison(a, b)] : [predictedList(a)]) : []));
}

/** Of the designs on screen, as far as they are known yet. */
export interface PredictedPair {
  readonly a: PredictedDesign | undefined;
  readonly b: PredictedDesign | undefined;
}

function predictedList(predicted: PredictedDesign): HTMLElement {
  const { profile, totals, latencyInterval } = predicted;
  const head = entry("RTL, predicted by Starlight", profile, "");
  if (!totals || !latencyInterval) {
    head.append(create("dd", { class: "beside" }, refusalText(predicted)));
    return create("dl", { class: "kpis" }, head);
  }
  const scale = totals.energyUj * 1e-6;
  return create(
    "dl",
    { class: "kpis" },
    head,
    entry("latency", formatValue(totals.latencyCycles), "cycles", intervalText(latencyInterval, 1)),
    entry("energy", formatValue(totals.energyUj), "µJ"),
    entry("EDP", formatValue(totals.edpJCycles), "J × cycles", intervalText(latencyInterval, scale)),
    entry("RTL / analytical", ratio(totals.latencyCycles / analyticalCycles(predicted)), "of cycles"),
  );
}

function predictedComparison(a: PredictedDesign, b: PredictedDesign): HTMLElement {
  const cell = ({ totals, latencyInterval }: PredictedDesign, of: "latencyCycles" | "edpJCycles"): string => {
    if (!totals || !latencyInterval) return "layers refused";
    const scale = of === "latencyCycles" ? 1 : totals.energyUj * 1e-6;
    return `${formatValue(totals[of])} (${intervalText(latencyInterval, scale)})`;
  };
  const row = (
    text: string,
    unit: string,
    of: "latencyCycles" | "edpJCycles",
  ): readonly [string, ...string[]] => [
    `${text} (${unit})`,
    cell(a, of),
    cell(b, of),
    a.totals && b.totals ? ratio(b.totals[of] / a.totals[of]) : "",
  ];
  return create(
    "table",
    { class: "compare" },
    tableHead([`${a.profile} RTL, predicted`, "A", "B", "B / A"]),
    create(
      "tbody",
      {},
      tableRow(...row("latency", "cycles", "latencyCycles")),
      tableRow(...row("EDP", "J × cycles", "edpJCycles")),
    ),
  );
}

const intervalText = ({ low, high }: Interval, scale: number): string =>
  `90 %: ${formatValue(scale * low)} to ${formatValue(scale * high)}`;

function analyticalCycles({ layers }: PredictedDesign): number {
  return layers.reduce((sum, { runs, explanation }) => sum + runs * explanation.latencyCycles, 0);
}

/** `2 of 24 layers refused: conv2: profile ... runs no dilated layers` */
function refusalText({ layers, refused }: PredictedDesign): string {
  const [first] = refused;
  return `${refused.length} of ${layers.length + refused.length} layers refused: ${first?.name}: ${first?.reason}`;
}

/** The predicted totals in a line. */
export function predictedBrief(predicted: PredictedDesign): string {
  const { profile, totals, latencyInterval } = predicted;
  if (!totals || !latencyInterval) return `${profile} RTL: ${refusalText(predicted)}`;
  return `${profile} RTL, predicted: EDP ${formatValue(totals.edpJCycles)} J × cycles, ${formatValue(totals.latencyCycles)} cycles (${intervalText(latencyInterval, 1)})`;
}
