import type { Level } from "../../space/mapping.ts";
import type { Drawing, Figure } from "../figure.ts";
import type { HeldOperand, NestInfo, NestLevel } from "../info/nest.ts";
import { element, fitText, label } from "../svg/element.ts";
import { formatPercent, formatShort, formatValue } from "../svg/format.ts";

const TITLES: Readonly<Record<Level, string>> = {
  dram: "DRAM",
  scratchpad: "scratchpad",
  accumulator: "accumulator",
  register: "registers",
};
const ROLES: Readonly<Record<Level, string>> = {
  dram: "dram",
  scratchpad: "scratchpad",
  accumulator: "accumulator",
  register: "register",
};
const LINE = 16;
const HEAD = 25;
const PAD = 8;

/** A mapping as nested boxes: a level, its loops outermost first, and what it holds of each operand. */
export function nestFigure(info: NestInfo, id: string): Figure {
  return {
    id,
    title: `Loop nest of ${info.name}`,
    caption: `Loops outermost first; each box is a memory level around those that it feeds. Bars: how full the memory is. Innermost: ${formatValue(info.macs)} MACs in all.`,
    table: {
      columns: [
        { key: "level", title: "level" },
        { key: "loops", title: "loops, outermost first" },
        { key: "spatial", title: "spread over PEs" },
        { key: "weights_words", title: "weights (words)" },
        { key: "inputs_words", title: "inputs (words)" },
        { key: "outputs_words", title: "outputs (words)" },
        { key: "capacity_words", title: "capacity (words)" },
      ],
      rows: info.levels.map(({ level, loops, spatial, held, capacityWords }) => [
        TITLES[level],
        loops.map(({ dim, bound }) => `${dim}${bound}`).join(" "),
        spatial ? `${spatial.dim}${spatial.bound} over ${spatial.over}` : "",
        ...(["weights", "inputs", "outputs"] as const).map(
          (operand) => held.find((one) => one.operand === operand)?.words ?? "",
        ),
        capacityWords ?? "",
      ]),
    },
    draw: (width) => drawNest(info, width),
  };
}

function drawNest({ levels }: NestInfo, width: number): Drawing {
  const step = width < 500 ? 12 : 22;
  const heights = levels.map(heightOf);
  const inner = (from: number): number =>
    heights.slice(from).reduce((sum, height) => sum + height, 0) + PAD * (levels.length - from);
  let y = 4;
  const boxes = levels.map((level, depth) => {
    const x = 4 + depth * step;
    const top = y;
    y += heights[depth] ?? 0;
    return drawLevel(level, x, top, width - 4 - x - depth * 4, inner(depth), step);
  });
  return { width, height: inner(0) + 10, content: boxes.join("") };
}

function heightOf({ loops, spatial }: NestLevel): number {
  return HEAD + LINE * (loops.length + (spatial ? 1 : 0)) + 6;
}

function drawLevel(
  info: NestLevel,
  x: number,
  y: number,
  width: number,
  height: number,
  step: number,
): string {
  const { level, loops, spatial, held, capacityWords } = info;
  const title = TITLES[level];
  const lines = [
    ...loops.map(({ dim, bound }) => `for ${dim.toLowerCase()} in 0..${bound}`),
    ...(spatial
      ? [`parallel ${spatial.dim.toLowerCase()} in 0..${spatial.bound} over PE ${spatial.over}`]
      : []),
  ];
  return [
    element("rect", { class: "box", x, y, width, height, rx: 3 }),
    element("rect", { class: `f-${ROLES[level]}`, x, y, width: 4, height }),
    label(x + 12, y + 15, title, { class: "strong" }),
    label(x + width - 8, y + 15, fitText(holdText(held, capacityWords, width < 360), width - 96, 10), {
      class: "small",
      "text-anchor": "end",
    }),
    capacityWords === undefined
      ? ""
      : fill(held, capacityWords, x + width - 8, y + 19, Math.min(160, width / 2)),
    ...lines.map((text, i) =>
      label(x + 12 + Math.min(i, 4) * (step / 3), y + HEAD + LINE * (i + 1) - 4, text, { class: "code" }),
    ),
  ].join("");
}

function holdText(held: readonly HeldOperand[], capacity: number | undefined, brief: boolean): string {
  const holds = held.map(({ operand, words }) => `${operand} ${formatShort(words)}`).join(" + ");
  if (capacity === undefined) return brief ? "" : `${holds} words`;
  const words = held.reduce((sum, one) => sum + one.words, 0);
  const share = formatPercent(words / capacity);
  return brief
    ? `${share} of ${formatShort(capacity)} words`
    : `${holds} of ${formatShort(capacity)} words, ${share}`;
}

/** How full a memory is, right-aligned under its text. */
function fill(
  held: readonly HeldOperand[],
  capacity: number,
  right: number,
  y: number,
  width: number,
): string {
  const roles = { weights: "mac", inputs: "register", outputs: "accumulator" };
  let x = right - width;
  const track = element("rect", { class: "track", x, y, width, height: 4 });
  const parts = held.map(({ operand, words }) => {
    const part = (width * words) / capacity;
    const rect = element("rect", { class: `f-${roles[operand]}`, x, y, width: part, height: 4 });
    x += part;
    return rect;
  });
  return track + parts.join("");
}
