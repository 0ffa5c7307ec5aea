import type { Drawing, Figure } from "../figure.ts";
import type { VerifiedInfo } from "../info/verified.ts";
import { bottomAxis, type Frame, leftAxis, logScale } from "../svg/axes.ts";
import { element, label, round } from "../svg/element.ts";
import { formatPercent, formatValue } from "../svg/format.ts";
import { symbolPath } from "./symbols.ts";

/** Predicted cycles over measured ones, one point a layer and mapping. */
export function verifiedFigure(info: VerifiedInfo, id = "verified"): Figure {
  const thinned =
    info.points.length < info.count
      ? ` ${formatValue(info.points.length)} of them are drawn, evenly spaced.`
      : "";
  const coverage =
    info.coverage === undefined
      ? ""
      : ` ${formatPercent(info.coverage)} of the measurements lie in their 90 % interval.`;
  return {
    id,
    title: "Predicted and measured latency",
    caption: `${formatValue(info.count)} measurements. Mean error ${formatPercent(info.meanError)}, predicted / measured ${formatValue(info.meanRatio)} in geometric mean, rank correlation ${formatValue(info.rankCorrelation)}.${coverage} Line: equal; dashed: 10 % off.${thinned}`,
    table: {
      columns: [
        { key: "name", title: "layer or row" },
        { key: "predicted_cycles", title: "predicted (cycles)" },
        { key: "low_cycles", title: "interval, low (cycles)" },
        { key: "high_cycles", title: "interval, high (cycles)" },
        { key: "measured_cycles", title: "measured (cycles)" },
      ],
      rows: info.points.map(({ name, predictedCycles, interval, measuredCycles }) => [
        name,
        predictedCycles,
        interval?.low ?? "",
        interval?.high ?? "",
        measuredCycles,
      ]),
    },
    draw: (width) => drawVerified(info, width),
  };
}

function drawVerified({ points }: VerifiedInfo, width: number): Drawing {
  const all = points.flatMap(({ predictedCycles, measuredCycles }) => [predictedCycles, measuredCycles]);
  const [least, most] = [Math.min(...all), Math.max(...all)];
  const side = Math.min(width - 70, 380);
  const frame: Frame = { left: 56, right: 56 + side, top: 28, bottom: 28 + side };
  const x = logScale(least, most, [frame.left, frame.right]);
  const y = logScale(least, most, [frame.bottom, frame.top]);
  const [low = least, high = most] = x.domain();
  const diagonal = (factor: number): string => {
    const [from, to] = [Math.max(low, low / factor), Math.min(high, high / factor)];
    return `M${round(x(from))} ${round(y(from * factor))}L${round(x(to))} ${round(y(to * factor))}`;
  };
  const whiskers = points
    .map(({ measuredCycles, interval }) =>
      interval
        ? `M${round(x(measuredCycles))} ${round(y(Math.max(low, interval.low)))}V${round(y(Math.min(high, interval.high)))}`
        : "",
    )
    .join("");
  const marks = points.map(({ predictedCycles, measuredCycles }) =>
    symbolPath(0, x(measuredCycles), y(predictedCycles)),
  );
  return {
    width: Math.max(width, frame.right + 12),
    height: frame.bottom + 38,
    content: [
      bottomAxis(x, frame, "measured (cycles)"),
      leftAxis(y, frame, "predicted (cycles)"),
      element("path", { class: "roof", d: diagonal(1) }),
      element("path", { class: "roof dashed faint", d: diagonal(1.1) + diagonal(1 / 1.1) }),
      element("path", { class: "s-muted faint", d: whiskers }),
      element("path", { class: points.length > 500 ? "f-accent faint" : "f-accent", d: marks.join("") }),
      points.length === 0 ? label(frame.left + 8, frame.top + 16, "no measurements") : "",
    ].join(""),
  };
}
