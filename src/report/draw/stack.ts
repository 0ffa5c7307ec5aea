import type { Drawing } from "../figure.ts";
import { bottomAxis, type Frame, linearScale } from "../svg/axes.ts";
import { element, fitText, label, round, textWidth } from "../svg/element.ts";
import { formatShort } from "../svg/format.ts";
import { legend } from "./legend.ts";
import { symbolMark } from "./symbols.ts";

/** A part of every bar. */
export interface StackPart {
  readonly key: string;
  readonly text: string;
  /** Colour role of the theme. */
  readonly role: string;
  /** Drawn over the colour, so that neighbours differ without it. */
  readonly hatch?: "across" | "along";
}

export interface StackRow {
  readonly name: string;
  readonly values: Readonly<Record<string, number>>;
  /** Ends of a bracket at the bar's end. */
  readonly interval?: { readonly low: number; readonly high: number };
  /** Where a diamond stands. */
  readonly mark?: number;
}

const ROW = 18;
const BAR = 12;
/** Of the symbols. */
const DIAMOND = 3;

/** Horizontal bars, one a row, each a stack of parts in the same order, with the sum at its end. */
export function drawStack(
  rows: readonly StackRow[],
  parts: readonly StackPart[],
  axisTitle: string,
  width: number,
  markText = "",
): Drawing {
  const used = parts.filter(({ key }) => rows.some(({ values }) => (values[key] ?? 0) > 0));
  const names = Math.min(
    rows.reduce((most, { name }) => Math.max(most, textWidth(name)), 30) + 10,
    width * 0.32,
  );
  const sums = rows.map(({ values }) => used.reduce((sum, { key }) => sum + (values[key] ?? 0), 0));
  const ends = rows.map(({ interval, mark }, i) => Math.max(sums[i] ?? 0, interval?.high ?? 0, mark ?? 0));
  const key = legend(
    [
      ...used.map((part) => ({
        text: part.text,
        sample: (x: number, y: number) => cell(part, x, y, 12, 10),
      })),
      ...(markText === ""
        ? []
        : [{ text: markText, sample: (x: number, y: number) => diamond(x + 6, y + 5) }]),
    ],
    4,
    2,
    width - 8,
  );
  const frame: Frame = {
    left: names,
    right: width - 46,
    top: key.height + 8,
    bottom: key.height + 8 + ROW * rows.length,
  };
  const scale = linearScale(Math.max(0, ...ends), [frame.left, frame.right]);
  const bars = rows.map((row, i) => {
    const y = frame.top + ROW * i + (ROW - BAR) / 2;
    let sum = 0;
    const cells = used.map((part) => {
      const from = scale(sum);
      sum += row.values[part.key] ?? 0;
      const w = scale(sum) - from;
      return w > 0.05 ? cell(part, from, y, w, BAR) : "";
    });
    return element(
      "g",
      {},
      label(frame.left - 6, y + 10, fitText(row.name, names - 8), { "text-anchor": "end" }),
      ...cells,
      row.interval ? bracket(scale(row.interval.low), scale(row.interval.high), y + BAR / 2) : "",
      row.mark === undefined ? "" : diamond(scale(row.mark), y + BAR / 2),
      label(scale(ends[i] ?? sum) + (row.mark === undefined ? 5 : 8), y + 10, formatShort(sum), {
        class: "small",
      }),
    );
  });
  return {
    width,
    height: frame.bottom + 38,
    content: key.content + bottomAxis(scale, frame, axisTitle) + bars.join(""),
  };
}

function cell(part: StackPart, x: number, y: number, width: number, height: number): string {
  return element("rect", { x, y, width, height, class: `f-${part.role}` }) + hatch(part, x, y, width, height);
}

/** Lines over a part, dashed where they run across: patterns would be drawn again for each cell of a printed page, megabytes of it. */
function hatch({ hatch }: StackPart, x: number, y: number, width: number, height: number): string {
  const [from, to] = [round(x), round(x + width)];
  if (hatch === "across") {
    return element("path", {
      class: "hatch across",
      d: `M${from} ${round(y + height / 2)}H${to}`,
      "stroke-width": height,
    });
  }
  if (hatch === "along") {
    const lines = [0.25, 0.5, 0.75].map((part) => `M${from} ${round(y + part * height)}H${to}`);
    return element("path", { class: "hatch", d: lines.join(""), "stroke-width": 1 });
  }
  return "";
}

function diamond(x: number, y: number): string {
  return symbolMark(DIAMOND, x, y, "f-ink halo");
}

function bracket(low: number, high: number, y: number): string {
  const [a, b] = [round(low), round(high)];
  return element("path", {
    class: "axis",
    d: `M${a} ${y - 4}V${y + 4}M${a} ${y}H${b}M${b} ${y - 4}V${y + 4}`,
  });
}
