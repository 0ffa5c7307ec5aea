import { type LegendEntry, legend } from "../../src/report/draw/legend.ts";
import { symbolMark } from "../../src/report/draw/symbols.ts";
import type { Drawing, Figure } from "../../src/report/figure.ts";
import { bottomAxis, type Frame, leftAxis, logScale, type Scale } from "../../src/report/svg/axes.ts";
import { element, round } from "../../src/report/svg/element.ts";
import type { CurvePoint } from "../transfer-curves.ts";

/** Colour of each curve, from the one that learns nothing to Starlight; shapes tell them apart too. */
const COLOURS: Readonly<Record<string, string>> = {
  "analytical model": "muted",
  "DOSA DNN, L1 on latency": "scratchpad",
  "DOSA DNN, log": "dram",
  "DOSA analytical + DNN, L1": "scratchpad",
  "DOSA analytical + DNN, log": "dram",
  "small network, log": "register",
  "the same, pretrained": "accumulator",
  "event model": "ink",
  Starlight: "accent",
};

/** Error against measurements that were learnt from, of each predictor. */
export function learningFigure(curves: ReadonlyMap<string, readonly CurvePoint[]>): Figure {
  return {
    id: "transfer-curves",
    title: "Error against measurements learnt from",
    caption:
      "Mean error of latency on random rows held out, mean over draws of the rows; bars from the best draw to the worst. The analytical model learns nothing.",
    table: {
      columns: [
        { key: "predictor", title: "predictor" },
        { key: "rows", title: "rows" },
        { key: "draws", title: "draws" },
        { key: "mape_percent", title: "MAPE (%)" },
        { key: "least", title: "least (%)" },
        { key: "most", title: "most (%)" },
      ],
      rows: [...curves].flatMap(([name, curve]) =>
        curve.map(({ rows, draws, mean, low, high }) => [name, rows, draws, mean, low, high]),
      ),
    },
    draw: (width) => draw(curves, width),
  };
}

function draw(curves: ReadonlyMap<string, readonly CurvePoint[]>, width: number): Drawing {
  const shown = Object.entries(COLOURS).map(([name, colour], place) => ({
    name,
    place,
    colour,
    points: (curves.get(name) ?? []).filter(({ rows }) => rows > 0),
  }));
  const points = shown.flatMap((one) => one.points);
  const key = legend(
    shown.map(({ name, place, colour }) => entry(name, place, colour)),
    4,
    2,
    width - 8,
  );
  const top = key.height + 24;
  const frame: Frame = { left: 52, right: width - 12, top, bottom: top + Math.min(400, width * 0.62) };
  const counts = points.map(({ rows }) => rows);
  const x = logScale(Math.min(...counts), Math.max(...counts), [frame.left, frame.right]);
  const y = logScale(Math.min(...points.map(({ low }) => low)), Math.max(...points.map(({ high }) => high)), [
    frame.bottom,
    frame.top,
  ]);
  return {
    width,
    height: frame.bottom + 38,
    content: [
      key.content,
      bottomAxis(x, frame, "measurements learnt from"),
      leftAxis(y, frame, "mean error of latency (%)"),
      ...shown.map((one) => drawCurve(one, x, y)),
    ].join(""),
  };
}

function drawCurve(
  {
    points,
    place,
    colour,
  }: { readonly points: readonly CurvePoint[]; readonly place: number; readonly colour: string },
  x: Scale,
  y: Scale,
): string {
  // Predictors of one n stand a little apart, so that their bars do not cover each other.
  const at = ({ rows }: CurvePoint): number => round(x(rows) + 1.5 * (place - 4));
  const bars = points.map((point) => `M${at(point)} ${round(y(point.low))}V${round(y(point.high))}`).join("");
  const line = points.map((point) => `${at(point)} ${round(y(point.mean))}`).join("L");
  return [
    element("path", { class: `s-${colour} faint`, d: bars }),
    element("path", { class: `s-${colour} wide-line`, d: `M${line}` }),
    ...points.map((point) => symbolMark(place, at(point), y(point.mean), `f-${colour}`)),
  ].join("");
}

function entry(text: string, place: number, colour: string): LegendEntry {
  return {
    text,
    sample: (x, y) =>
      element("path", { class: `s-${colour} wide-line`, d: `M${x} ${y + 5}h12` }) +
      symbolMark(place, x + 6, y + 5, `f-${colour}`),
  };
}
