import type { Accuracy } from "../tune/accuracy.ts";
import type { AccuracyReport } from "../tune/report.ts";
import type { Training } from "../tune/train.ts";
import { formatCount, formatTable } from "./table.ts";

/** Accuracies as lines of one table, errors in percent. */
export function formatAccuracies(
  rows: readonly {
    readonly name: string;
    readonly accuracy: Accuracy;
    readonly intervals?: Pick<AccuracyReport, "coveragePercent" | "halfWidthPercent">;
  }[],
): string {
  const predicted = rows.some(({ intervals }) => intervals?.coveragePercent !== undefined);
  return formatTable(
    [
      { title: "rows", align: "left" },
      { title: "count", align: "right" },
      { title: "MAPE %", align: "right" },
      { title: "median %", align: "right" },
      { title: "within 10 %", align: "right" },
      { title: "Spearman", align: "right" },
      { title: "Pearson log", align: "right" },
      ...(predicted
        ? ([
            { title: "in 90 % interval", align: "right" },
            { title: "half width %", align: "right" },
          ] as const)
        : []),
    ],
    rows.map(({ name, accuracy, intervals }) => [
      name,
      formatCount(accuracy.rows),
      accuracy.mapePercent.toFixed(1),
      accuracy.medianApePercent.toFixed(1),
      accuracy.within10Percent.toFixed(0),
      correlation(accuracy.spearman),
      correlation(accuracy.pearsonLog),
      ...(predicted
        ? [intervals?.coveragePercent?.toFixed(0) ?? "", intervals?.halfWidthPercent?.toFixed(1) ?? ""]
        : []),
    ]),
  );
}

/** Where there is nothing to correlate, nothing is shown. */
function correlation(value: number): string {
  return Number.isNaN(value) ? "" : value.toFixed(4);
}

/** What a report says of the order of mappings within a layer. */
export function formatRanking({ ranking, coveragePercent }: AccuracyReport): string {
  const lines = [
    ...(ranking.layers > 0
      ? [
          `within a layer (${ranking.layers} with 10 or more mappings): mean Spearman ${ranking.meanSpearman.toFixed(3)}`,
        ]
      : []),
    `picked mapping of a layer: ${ranking.meanSlowdown.toFixed(3)} times the best measured on average, median ${ranking.medianSlowdown.toFixed(3)}`,
    ...(coveragePercent === undefined
      ? []
      : [`${coveragePercent.toFixed(0)} % of the measurements lie in the 90 % interval`]),
  ];
  return lines.join("\n");
}

/** How good a model is that was just made; `distilledLayers`: the held-out layers before it had seen a measurement. */
export function formatTraining({
  fit,
  random,
  layers,
  distilledLayers,
  coveragePercent,
}: Omit<Training, "file"> & { readonly distilledLayers?: AccuracyReport }): string {
  return [
    formatAccuracies([
      { name: "learnt from", accuracy: fit.latency },
      { name: "random folds, held out", accuracy: random.latency },
      { name: "layers held out", accuracy: layers.latency, intervals: layers },
      ...(distilledLayers ? [{ name: "the same, distilled only", accuracy: distilledLayers.latency }] : []),
      { name: "random folds, EDP", accuracy: random.edp },
      { name: "layers held out, EDP", accuracy: layers.edp },
    ]),
    "",
    "Layers held out:",
    formatRanking({ ...layers, coveragePercent }),
  ].join("\n");
}
