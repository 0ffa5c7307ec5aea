import type { Figure } from "../figure.ts";
import type { AccuracyRecord } from "../result.ts";
import { formatValue } from "../svg/format.ts";
import { drawStack, type StackPart } from "./stack.ts";

const ERROR: StackPart = { key: "mean", text: "mean", role: "mac" };

/** Errors of a model by class of layer: bars as long as the mean, diamonds at the median. */
export function accuracyFigure(classes: readonly AccuracyRecord[]): Figure {
  return {
    id: "accuracy",
    title: "Error of latency by class of layer",
    caption:
      "Mean of |predicted / measured - 1| over the measurements of each class; diamonds: its median. A measurement counts in each class that it belongs to.",
    table: {
      columns: [
        { key: "class", title: "class" },
        { key: "measurements", title: "measurements" },
        { key: "mean_error_percent", title: "mean error (%)" },
        { key: "median_error_percent", title: "median error (%)" },
        { key: "within_10_percent", title: "at most 10 % off (% of them)" },
        { key: "spearman", title: "rank correlation" },
      ],
      rows: classes.map(({ name, count, meanPercent, medianPercent, within10Percent, spearman }) => [
        name,
        count,
        meanPercent,
        medianPercent,
        within10Percent,
        spearman ?? "",
      ]),
    },
    draw: (width) =>
      drawStack(
        classes.map(({ name, count, meanPercent, medianPercent }) => ({
          name: `${name} (${formatValue(count)})`,
          values: { mean: meanPercent },
          mark: medianPercent,
        })),
        [ERROR],
        "error of latency (%)",
        width,
        "median",
      ),
  };
}
