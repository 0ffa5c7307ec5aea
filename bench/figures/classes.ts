import type { Drawing, Figure } from "../../src/report/figure.ts";
import { bottomAxis, type Frame, linearScale } from "../../src/report/svg/axes.ts";
import { element, label } from "../../src/report/svg/element.ts";
import { accuracy } from "../../src/tune/accuracy.ts";
import { type HeldOutPoint, kindOf, LAYER_KINDS } from "./held-out.ts";

interface ClassError {
  readonly name: string;
  readonly rows: number;
  /** Mean and median error, percent. */
  readonly mean: number;
  readonly median: number;
}

const BAR = 15;
const GAP = 7;

/** Mean and median error of each array, kind of layer and network, layers held out. */
export function classesFigure(points: readonly HeldOutPoint[]): Figure {
  const classes = classErrors(points);
  return {
    id: "starlight-classes",
    title: "Error of latency by class, layers held out",
    caption: "Bars: mean absolute error in percent of the measurement; the line across each is the median.",
    table: {
      columns: [
        { key: "class", title: "class" },
        { key: "rows", title: "rows" },
        { key: "mape_percent", title: "MAPE (%)" },
        { key: "median_ape_percent", title: "median error (%)" },
      ],
      rows: classes.map(({ name, rows, mean, median }) => [name, rows, mean, median]),
    },
    draw: (width) => draw(classes, width),
  };
}

function classErrors(points: readonly HeldOutPoint[]): readonly ClassError[] {
  const members = new Map<string, HeldOutPoint[]>([["all", [...points]]]);
  const arrays = [...new Set(points.map(({ row }) => row.peDim))].sort((a, b) => a - b);
  for (const kind of LAYER_KINDS) members.set(kind, []);
  const names = (point: HeldOutPoint): readonly string[] => [
    `array ${point.row.peDim}`,
    kindOf(point),
    point.row.random ? "random mappings" : `searched, ${point.row.network ?? "other"}`,
  ];
  for (const array of arrays) members.set(`array ${array}`, []);
  for (const point of points) {
    for (const name of names(point)) members.set(name, [...(members.get(name) ?? []), point]);
  }
  return [...members].map(([name, own]) => {
    const { rows, mapePercent, medianApePercent } = accuracy(
      own.map(({ row }) => row.measuredCycles),
      own.map(({ predictedCycles }) => predictedCycles),
    );
    return { name, rows, mean: mapePercent, median: medianApePercent };
  });
}

function draw(classes: readonly ClassError[], width: number): Drawing {
  const frame: Frame = { left: 190, right: width - 60, top: 8, bottom: 8 + classes.length * (BAR + GAP) };
  const x = linearScale(Math.max(...classes.map(({ mean }) => mean)), [frame.left, frame.right]);
  return {
    width,
    height: frame.bottom + 38,
    content: [
      bottomAxis(x, frame, "error of latency (%)"),
      ...classes.map(({ name, rows, mean, median }, i) => {
        const top = frame.top + i * (BAR + GAP) + GAP / 2;
        const base = top + BAR - 4;
        return [
          label(frame.left - 8, base, `${name} (${rows.toLocaleString("en-US")})`, { "text-anchor": "end" }),
          element("rect", {
            class: "f-mac",
            x: frame.left,
            y: top,
            width: x(mean) - frame.left,
            height: BAR,
          }),
          element("path", { class: "roof", d: `M${x(median)} ${top - 2}v${BAR + 4}` }),
          label(x(mean) + 6, base, `${mean.toFixed(1)} / ${median.toFixed(1)}`),
        ].join("");
      }),
    ].join(""),
  };
}
