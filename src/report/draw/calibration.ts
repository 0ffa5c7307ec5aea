import { scaleLinear } from "d3-scale";
import type { Drawing, Figure } from "../figure.ts";
import type { CalibrationInfo } from "../info/calibration.ts";
import { bottomAxis, type Frame, leftAxis, linearScale } from "../svg/axes.ts";
import { element, label, round } from "../svg/element.ts";
import { formatPercent } from "../svg/format.ts";
import { symbolPath } from "./symbols.ts";

/** What 90 % intervals promise. */
const PROMISED = 90;

/** Coverage over the width of intervals, one point a group. */
export function calibrationFigure(info: CalibrationInfo): Figure {
  return {
    id: "calibration",
    title: "Calibration of the intervals",
    caption: `Measurements that lie in their 90 % interval, in ${info.groups.length} groups by how wide the interval is: of an honest model 90 % in each. Whiskers: where the share of all such measurements lies with 90 %.`,
    table: {
      columns: [
        { key: "measurements", title: "measurements" },
        { key: "half_width_from", title: "half width of the interval, from (of the prediction)" },
        { key: "half_width_median", title: "median" },
        { key: "half_width_to", title: "to" },
        { key: "coverage", title: "inside (of the measurements)" },
        { key: "coverage_low", title: "90 %: from" },
        { key: "coverage_high", title: "to" },
      ],
      rows: info.groups.map(({ count, from, width, to, coverage, low, high }) => [
        count,
        from,
        width,
        to,
        coverage,
        low,
        high,
      ]),
    },
    draw: (width) => drawCalibration(info, width),
  };
}

function drawCalibration({ groups }: CalibrationInfo, width: number): Drawing {
  const frame: Frame = { left: 46, right: width - 12, top: 28, bottom: 28 + Math.min(260, width * 0.5) };
  const least = Math.min(0.8, ...groups.map(({ low }) => low));
  const x = linearScale(100 * Math.max(...groups.map(({ to }) => to)), [frame.left, frame.right]);
  const y = scaleLinear([Math.floor(least * 10) * 10, 100], [frame.bottom, frame.top]);
  const whiskers = groups.map(({ width: at, from, to, coverage, low, high }) => {
    const [across, up] = [round(x(100 * at)), round(y(100 * coverage))];
    return `M${across} ${round(y(100 * low))}V${round(y(100 * high))}M${round(x(100 * from))} ${up}H${round(x(100 * to))}`;
  });
  const marks = groups.map(({ width: at, coverage }) => symbolPath(0, x(100 * at), y(100 * coverage)));
  return {
    width,
    height: frame.bottom + 38,
    content: [
      bottomAxis(x, frame, "half width of the interval (% of the prediction)"),
      leftAxis(y, frame, "measurements inside (%)"),
      element("path", { class: "roof dashed", d: `M${frame.left} ${round(y(PROMISED))}H${frame.right}` }),
      label(frame.right - 4, y(PROMISED) - 5, formatPercent(PROMISED / 100), {
        "text-anchor": "end",
        class: "small",
      }),
      element("path", { class: "s-muted", d: whiskers.join("") }),
      element("path", { class: "f-accent", d: marks.join("") }),
    ].join(""),
  };
}
