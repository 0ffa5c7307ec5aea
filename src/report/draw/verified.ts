import type { Drawing, Figure } from "../figure.ts";
import type { VerifiedInfo } from "../info/verified.ts";
import { bottomAxis, type Frame, leftAxis, logScale } from "../svg/axes.ts";
import { element, label, round } from "../svg/element.ts";
import { formatPercent, formatValue } from "../svg/format.ts";
import { symbolPath } from "./symbols.ts";

/** What a plot of predictions and measurements is of. */
export interface VerifiedSubject {
  readonly id: string;
  readonly title: string;
  /** The quantity with its unit. */
  readonly unit: string;
  /** What a point is. */
  readonly of: string;
}

/** Predictions over measurements, one point each. */
export function verifiedFigure(info: VerifiedInfo, { id, title, unit, of }: VerifiedSubject): Figure {
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
    title,
    caption: `${formatValue(info.count)} measurements. Mean error ${formatPercent(info.meanError)}, predicted / measured ${formatValue(info.meanRatio)} in geometric mean, ${Number.isNaN(info.rankCorrelation) ? "too few for a rank correlation" : `rank correlation ${formatValue(info.rankCorrelation)}`}.${coverage} Line: equal; dashed: 10 % off, where that is in sight.${thinned}`,
    table: {
      columns: [
        { key: "name", title: of },
        { key: "predicted", title: `predicted ${unit}` },
        { key: "low", title: "interval, low" },
        { key: "high", title: "interval, high" },
        { key: "measured", title: `measured ${unit}` },
      ],
      rows: info.points.map(({ name, predicted, interval, measured }) => [
        name,
        predicted,
        interval?.low ?? "",
        interval?.high ?? "",
        measured,
      ]),
    },
    draw: (width) => drawVerified(info, unit, width),
  };
}

function drawVerified({ points }: VerifiedInfo, unit: string, width: number): Drawing {
  const all = points.flatMap(({ predicted, measured, interval }) => [
    predicted,
    measured,
    ...(interval && interval.low > 0 ? [interval.low, interval.high] : []),
  ]);
  const [least, most] = [Math.min(...all), Math.max(...all)];
  const side = Math.min(width - 70, 380);
  const frame: Frame = { left: 56, right: 56 + side, top: 28, bottom: 28 + side };
  const x = logScale(least, most, [frame.left, frame.right]);
  const y = logScale(least, most, [frame.bottom, frame.top]);
  const [low = least, high = most] = x.domain();
  const diagonal = (factor: number): string => {
    const [from, to] = [Math.max(low, low / factor), Math.min(high, high / factor)];
    // Where everything is nearer than the factor, all of the line is outside.
    return from >= to
      ? ""
      : `M${round(x(from))} ${round(y(from * factor))}L${round(x(to))} ${round(y(to * factor))}`;
  };
  const whiskers = points
    .map(({ measured, interval }) =>
      interval
        ? `M${round(x(measured))} ${round(y(Math.max(low, interval.low)))}V${round(y(Math.min(high, interval.high)))}`
        : "",
    )
    .join("");
  const marks = points.map(({ predicted, measured }) => symbolPath(0, x(measured), y(predicted)));
  return {
    width: Math.max(width, frame.right + 12),
    height: frame.bottom + 38,
    content: [
      bottomAxis(x, frame, `measured ${unit}`),
      leftAxis(y, frame, `predicted ${unit}`),
      element("path", { class: "roof", d: diagonal(1) }),
      element("path", { class: "roof dashed faint", d: diagonal(1.1) + diagonal(1 / 1.1) }),
      element("path", { class: "s-muted faint", d: whiskers }),
      element("path", { class: points.length > 500 ? "f-accent faint" : "f-accent", d: marks.join("") }),
      points.length === 0 ? label(frame.left + 8, frame.top + 16, "no measurements") : "",
    ].join(""),
  };
}
