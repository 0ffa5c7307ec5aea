import { scaleLinear } from "d3-scale";
import type { Drawing, Figure } from "../figure.ts";
import type { OccupancyInfo } from "../info/occupancy.ts";
import { element, fitText, label, textWidth } from "../svg/element.ts";
import { formatPercent } from "../svg/format.ts";
import { legend } from "./legend.ts";

const ROW = 18;
const BAR = 10;

interface Panel {
  readonly title: string;
  /** On a phone. */
  readonly brief: string;
  readonly parts: readonly {
    readonly text: string;
    readonly role: string;
    value(row: OccupancyInfo): number;
  }[];
}

const PANELS: readonly Panel[] = [
  {
    title: "scratchpad",
    brief: "scratchpad",
    parts: [
      { text: "weights", role: "mac", value: (row) => row.scratchpadWeights },
      { text: "inputs", role: "register", value: (row) => row.scratchpadInputs },
    ],
  },
  {
    title: "accumulator",
    brief: "accum.",
    parts: [{ text: "outputs", role: "accumulator", value: (row) => row.accumulatorOutputs }],
  },
  {
    title: "PE columns",
    brief: "columns",
    parts: [{ text: "PEs", role: "scratchpad", value: (row) => row.peColumns }],
  },
  {
    title: "PE rows",
    brief: "rows",
    parts: [{ text: "PEs", role: "scratchpad", value: (row) => row.peRows }],
  },
];

/** How full the memories and the array are, layer by layer. */
export function occupancyFigure(rows: readonly OccupancyInfo[], id = "occupancy"): Figure {
  return {
    id,
    title: "Memory and array occupancy",
    caption:
      "Share of each memory that a layer's tiles fill, and of the PE array that its spatial factors use (K over columns, C over rows).",
    table: {
      columns: [
        { key: "layer", title: "layer" },
        { key: "scratchpad_weights", title: "weights in the scratchpad (of its words)" },
        { key: "scratchpad_inputs", title: "inputs in the scratchpad (of its words)" },
        { key: "accumulator_outputs", title: "outputs in the accumulator (of its words)" },
        { key: "pe_columns", title: "PE columns used (of all)" },
        { key: "pe_rows", title: "PE rows used (of all)" },
      ],
      rows: rows.map((row) => [
        row.name,
        row.scratchpadWeights,
        row.scratchpadInputs,
        row.accumulatorOutputs,
        row.peColumns,
        row.peRows,
      ]),
    },
    draw: (width) => drawOccupancy(rows, width),
  };
}

function drawOccupancy(rows: readonly OccupancyInfo[], width: number): Drawing {
  const names = Math.min(
    rows.reduce((most, { name }) => Math.max(most, textWidth(name)), 30) + 10,
    width * 0.28,
  );
  const parts = PANELS.flatMap((panel) => panel.parts).slice(0, 4);
  const key = legend(
    parts.map(({ text, role }) => ({
      text,
      sample: (x, y) => element("rect", { class: `f-${role}`, x, y, width: 12, height: 10 }),
    })),
    4,
    2,
    width - 8,
  );
  const top = key.height + 20;
  const narrow = width < 500;
  const gap = narrow ? 8 : 46;
  const span = (width - names - 4 - PANELS.length * gap) / PANELS.length;
  const bottom = top + ROW * rows.length;
  const panels = PANELS.map(({ title, brief, parts }, place) => {
    const left = names + place * (span + gap);
    const scale = scaleLinear([0, 1], [left, left + span]);
    const bars = rows.map((row, i) => {
      const y = top + ROW * i + (ROW - BAR) / 2;
      let sum = 0;
      const cells = parts.map(({ role, value }) => {
        const from = scale(sum);
        sum += value(row);
        return element("rect", { class: `f-${role}`, x: from, y, width: scale(sum) - from, height: BAR });
      });
      const percent = narrow ? "" : label(left + span + 4, y + 9, briefPercent(sum), { class: "small" });
      return (
        element("rect", { class: "track", x: left, y, width: span, height: BAR }) + cells.join("") + percent
      );
    });
    const ends = narrow ? [1] : [0, 1];
    const marks = ends.map((end) =>
      label(scale(end), bottom + 14, narrow ? "100 %" : formatPercent(end), {
        class: "small",
        "text-anchor": narrow ? "end" : "middle",
      }),
    );
    return (
      label(left, top - 5, narrow ? brief : title, { class: "title small" }) + bars.join("") + marks.join("")
    );
  });
  const labels = rows.map(({ name }, i) =>
    label(names - 6, top + ROW * i + 13, fitText(name, names - 8), { "text-anchor": "end" }),
  );
  return {
    width,
    height: bottom + 22,
    content: key.content + labels.join("") + panels.join(""),
  };
}

/** At most five characters, which is what stands between two panels. */
function briefPercent(fraction: number): string {
  const percent = 100 * fraction;
  return `${percent >= 9.95 ? Math.round(percent) : percent.toFixed(1)} %`;
}
