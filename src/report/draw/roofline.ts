import type { BoundBy } from "../../kernels/batch.ts";
import type { Drawing, Figure } from "../figure.ts";
import type { RooflineInfo, RooflinePoint } from "../info/roofline.ts";
import { bottomAxis, type Frame, leftAxis, logScale } from "../svg/axes.ts";
import { element, escapeText, label, round, textWidth } from "../svg/element.ts";
import { formatPercent, formatValue } from "../svg/format.ts";
import { legend } from "./legend.ts";
import { type Box, boxesAlong, placeNames } from "./place-names.ts";
import { symbolMark } from "./symbols.ts";

/** What binds a layer: a symbol and a colour each. */
const BOUNDS: readonly { readonly bound: BoundBy; readonly role: string }[] = [
  { bound: "compute", role: "mac" },
  { bound: "dram", role: "dram" },
  { bound: "accumulator", role: "accumulator" },
  { bound: "scratchpad", role: "scratchpad" },
];
/** Layers that are named in the plot, the longest first. */
const NAMED = 4;

export function rooflineFigure(info: RooflineInfo, id = "roofline"): Figure {
  return {
    id,
    title: "Roofline",
    caption: `MACs per cycle of each layer over its MACs per byte of DRAM traffic, under the roofs of the PE array (${formatValue(info.peakMacsPerCycle)} MACs per cycle) and of DRAM (${info.dramBytesPerCycle} bytes per cycle); they meet at ${formatValue(info.ridge)} MACs per byte. Symbols: what binds the layer. Named: of the layers with most cycles those that find room.`,
    table: {
      columns: [
        { key: "layer", title: "layer" },
        { key: "macs_per_dram_byte", title: "intensity (MACs per DRAM byte)" },
        { key: "macs_per_cycle", title: "throughput (MACs per cycle)" },
        { key: "bound_by", title: "bound by" },
        { key: "share_of_cycles", title: "share of the network's cycles" },
      ],
      rows: info.points.map(({ name, intensity, macsPerCycle, boundBy, share }) => [
        name,
        intensity,
        macsPerCycle,
        boundBy,
        share,
      ]),
    },
    draw: (width) => drawRoofline(info, width),
  };
}

function drawRoofline(info: RooflineInfo, width: number): Drawing {
  const { points, peakMacsPerCycle: peak, dramBytesPerCycle: slope, ridge } = info;
  const used = BOUNDS.filter(({ bound }) => points.some(({ boundBy }) => boundBy === bound));
  const key = legend(
    used.map(({ bound, role }) => ({
      text: `bound by ${bound === "dram" ? "DRAM" : bound}`,
      sample: (x, y) => symbolMark(groupOf(bound), x + 6, y + 5, `f-${role}`),
    })),
    4,
    2,
    width - 8,
  );
  const top = key.height + 24;
  const frame: Frame = { left: 46, right: width - 12, top, bottom: top + Math.min(320, width * 0.6) };
  const least = (of: (point: RooflinePoint) => number): number => Math.min(...points.map(of));
  const x = logScale(
    Math.min(
      least(({ intensity }) => intensity),
      ridge / 4,
    ),
    Math.max(...points.map(({ intensity }) => intensity), ridge * 4),
    [frame.left, frame.right],
  );
  const y = logScale(
    Math.min(
      least(({ macsPerCycle }) => macsPerCycle),
      peak / 8,
    ),
    peak * 1.6,
    [frame.bottom, frame.top],
  );
  const [low = 1] = x.domain();
  const [floor = 1] = y.domain();
  const start = Math.max(low, floor / slope);
  const roof = `M${round(x(start))} ${round(y(slope * start))}L${round(x(ridge))} ${round(y(peak))}H${frame.right}`;
  const peakText = `${formatValue(peak)} MACs per cycle`;
  const marks = points.map((point) => ({
    name: point.name,
    x: x(point.intensity),
    y: y(point.macsPerCycle),
    share: point.share,
  }));
  const obstacles: readonly Box[] = [
    ...marks.map((mark) => ({ left: mark.x - 5, right: mark.x + 5, top: mark.y - 5, bottom: mark.y + 5 })),
    ...boxesAlong([x(start), y(slope * start)], [x(ridge), y(peak)]),
    { left: x(ridge), right: frame.right, top: y(peak) - 2, bottom: y(peak) + 2 },
  ];
  const peakBox: Box = {
    left: frame.right - 4 - textWidth(peakText, 10),
    right: frame.right,
    top: y(peak) - 17,
    bottom: y(peak),
  };
  const longest = [...marks].sort((a, b) => b.share - a.share).slice(0, NAMED);
  return {
    width,
    height: frame.bottom + 38,
    content: [
      key.content,
      bottomAxis(x, frame, "operational intensity (MACs per DRAM byte)"),
      leftAxis(y, frame, "throughput (MACs per cycle)"),
      element("path", { class: "roof", d: roof }),
      label(frame.right - 4, y(peak) - 6, peakText, {
        "text-anchor": "end",
        class: "small",
      }),
      ...placeNames(longest, obstacles, [peakBox], frame),
      ...points.map((point) =>
        symbolMark(
          groupOf(point.boundBy),
          x(point.intensity),
          y(point.macsPerCycle),
          `f-${BOUNDS[groupOf(point.boundBy)]?.role}`,
          element("title", {}, escapeText(describe(point))),
        ),
      ),
    ].join(""),
  };
}

const groupOf = (bound: BoundBy): number => BOUNDS.findIndex((one) => one.bound === bound);

function describe({ name, intensity, macsPerCycle, boundBy, share }: RooflinePoint): string {
  return `${name}: ${formatValue(macsPerCycle)} MACs per cycle at ${formatValue(intensity)} MACs per DRAM byte, bound by ${boundBy}, ${formatPercent(share)} of the cycles`;
}
