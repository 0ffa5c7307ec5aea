import type { Drawing, Figure } from "../figure.ts";
import { COLUMNS, FRONT_AXES, type FrontInfo, ROWS } from "../info/front.ts";
import type { PointRecord } from "../result.ts";
import { bottomAxis, type Frame, leftAxis, logScale, type Scale } from "../svg/axes.ts";
import { element, escapeText, round } from "../svg/element.ts";
import { formatValue } from "../svg/format.ts";
import { type LegendEntry, legend } from "./legend.ts";
import { symbolMark, symbolPath } from "./symbols.ts";

/** Points of the front that answer to the mouse. */
const MOST_TITLES = 300;
const DENSITY_STEPS = 5;

const short = (info: FrontInfo, axis: "x" | "y"): string => FRONT_AXES[info[axis]].title.replace(/ \(.*/, "");

/** All points of a sweep or front on two axes, with the staircase of those that no other beats in both. */
export function frontFigure(info: FrontInfo): Figure {
  const [x, y] = [FRONT_AXES[info.x], FRONT_AXES[info.y]];
  const thinned =
    info.cells.length > 0
      ? ` The other ${formatValue(info.count - info.front.length)} designs are counted in squares, 1 to ${formatValue(mostOf(info))} to a square: the stronger the tone, the more (logarithmic).`
      : "";
  return {
    id: `front-${info.x}-${info.y}`.toLowerCase(),
    title: `${capital(short(info, "y"))} against ${short(info, "x")}`,
    caption: `${formatValue(info.count)} designs; ${formatValue(info.front.length)} of them have no other with both less ${short(info, "x")} and less ${short(info, "y")}.${thinned}`,
    table: {
      columns: [
        { key: "pe_dim", title: "PEs a side" },
        { key: "scratchpad_kib", title: "scratchpad (KiB)" },
        { key: "accumulator_kib", title: "accumulator (KiB)" },
        ...Object.values(FRONT_AXES),
        { key: "area_source", title: "area from" },
      ],
      rows: info.front.map((point) => [
        point.peDim,
        point.scratchpadKib,
        point.accumulatorKib,
        point.latencyCycles,
        point.energyUj,
        point.edpJCycles,
        point.areaMm2,
        point.areaSource,
      ]),
    },
    draw: (width) => drawFront(info, x.title, y.title, width),
  };
}

function drawFront(info: FrontInfo, xTitle: string, yTitle: string, width: number): Drawing {
  const sizes = [...new Set([...info.front, ...info.others].map(({ peDim }) => peDim))].sort((a, b) => a - b);
  const group = ({ peDim }: PointRecord): number => sizes.indexOf(peDim);
  const key = legend(entries(info, sizes), 4, 2, width - 8);
  const top = key.height + 24;
  const frame: Frame = { left: 52, right: width - 12, top, bottom: top + Math.min(360, width * 0.62) };
  const x = logScale(...info.xRange, [frame.left, frame.right]);
  const y = logScale(...info.yRange, [frame.bottom, frame.top]);
  const at = (point: PointRecord): [number, number] => [x(point[info.x]), y(point[info.y])];
  const others = new Map<number, string>();
  for (const point of info.others) {
    others.set(group(point), (others.get(group(point)) ?? "") + symbolPath(group(point), ...at(point)));
  }
  const apart = distinct(info.front, at);
  return {
    width,
    height: frame.bottom + 38,
    content: [
      key.content,
      bottomAxis(x, frame, xTitle),
      leftAxis(y, frame, yTitle),
      drawCells(info, x, y),
      ...[...others.values()].map((d) => element("path", { class: "s-muted open", d })),
      element("path", { class: "s-accent wide-line", d: staircase(info.front.map(at), frame) }),
      ...apart.map((point) =>
        symbolMark(
          group(point),
          ...at(point),
          "f-accent",
          apart.length <= MOST_TITLES ? element("title", {}, escapeText(describe(point))) : "",
        ),
      ),
    ].join(""),
  };
}

function entries(info: FrontInfo, sizes: readonly number[]): readonly LegendEntry[] {
  return [
    {
      text: "no better in both",
      sample: (left, top) => element("path", { class: "s-accent wide-line", d: `M${left} ${top + 5}h12` }),
    },
    ...(info.cells.length > 0
      ? [
          {
            text: "squares of other designs",
            sample: (left: number, top: number) =>
              element("rect", { class: "d2", x: left, y: top, width: 6, height: 10 }) +
              element("rect", { class: "d5", x: left + 6, y: top, width: 6, height: 10 }),
          },
        ]
      : []),
    ...sizes.slice(0, 8).map((size, i) => ({
      text: `${size}×${size} PEs`,
      sample: (left: number, top: number) => symbolMark(i, left + 6, top + 5, "f-accent"),
    })),
  ];
}

function drawCells(info: FrontInfo, x: Scale, y: Scale): string {
  const { xRange, yRange, cells } = info;
  const edge = ([least, most]: readonly [number, number], place: number, of: number): number =>
    least * (most / least) ** (place / of);
  const most = Math.log(mostOf(info) + 1);
  const paths = new Map<number, string>();
  for (const { column, row, count } of cells) {
    const [left, right] = [x(edge(xRange, column, COLUMNS)), x(edge(xRange, column + 1, COLUMNS))];
    const [bottom, top] = [y(edge(yRange, row, ROWS)), y(edge(yRange, row + 1, ROWS))];
    const step = Math.min(DENSITY_STEPS, 1 + Math.floor((DENSITY_STEPS * Math.log(count)) / most));
    const d = `M${round(left)} ${round(top)}H${round(right)}V${round(bottom)}H${round(left)}z`;
    paths.set(step, (paths.get(step) ?? "") + d);
  }
  return [...paths].map(([step, d]) => element("path", { class: `d${step}`, d })).join("");
}

function mostOf({ cells }: FrontInfo): number {
  return cells.reduce((most, { count }) => Math.max(most, count), 1);
}

/** Points at least two pixels apart along the front. */
function distinct(
  front: readonly PointRecord[],
  at: (point: PointRecord) => [number, number],
): readonly PointRecord[] {
  const kept: PointRecord[] = [];
  let [lastX, lastY] = [Number.NEGATIVE_INFINITY, 0];
  for (const [i, point] of front.entries()) {
    const [x, y] = at(point);
    if (i > 0 && i < front.length - 1 && Math.hypot(x - lastX, y - lastY) < 2) continue;
    kept.push(point);
    [lastX, lastY] = [x, y];
  }
  return kept;
}

/** The border of what some point of the front beats, from the top of the frame to its right. */
function staircase(places: readonly (readonly [number, number])[], { right, top }: Frame): string {
  const [first] = places;
  if (!first) return "";
  let d = `M${round(first[0])} ${top}`;
  for (const [x, y] of places) d += `H${round(x)}V${round(y)}`;
  return `${d}H${right}`;
}

/** A point in a sentence. */
export function describe(point: PointRecord): string {
  return `${point.peDim}×${point.peDim} PEs, ${point.scratchpadKib} + ${point.accumulatorKib} KiB: ${formatValue(point.latencyCycles)} cycles, ${formatValue(point.energyUj)} µJ, EDP ${formatValue(point.edpJCycles)} J × cycles, ${formatValue(point.areaMm2)} mm²`;
}

function capital(text: string): string {
  return text === "EDP" ? text : text.charAt(0).toUpperCase() + text.slice(1);
}
