import { legend } from "../../src/report/draw/legend.ts";
import type { Drawing, Figure } from "../../src/report/figure.ts";
import { bottomAxis, type Frame, leftAxis, logScale } from "../../src/report/svg/axes.ts";
import { element } from "../../src/report/svg/element.ts";
import { type HeldOutPoint, kindOf, LAYER_KINDS } from "./held-out.ts";
import { markEntry, marks } from "./marks.ts";

/** Ratios beyond which a point is drawn at the edge. */
const MOST = 2;

/** Predicted against measured cycles, and their ratio, of layers held out. */
export function predictedFigure(points: readonly HeldOutPoint[]): Figure {
  return {
    id: "starlight-predicted",
    title: "Starlight against RTL, layers held out",
    caption: `${points.length} measurements, each predicted by a model that had not seen its layer. Left: predicted cycles. Right: predicted over measured; the band is 10 % either way.`,
    table: {
      columns: [
        { key: "predicted_cycles", title: "predicted (cycles)" },
        { key: "ratio", title: "predicted / measured" },
      ],
      rows: points.map(({ predictedCycles, row }) => [predictedCycles, predictedCycles / row.measuredCycles]),
    },
    draw: (width) => draw(points, width),
  };
}

function draw(points: readonly HeldOutPoint[], width: number): Drawing {
  const cycles = points.flatMap(({ predictedCycles, row }) => [predictedCycles, row.measuredCycles]);
  const range = [Math.min(...cycles), Math.max(...cycles)] as const;
  const key = legend(LAYER_KINDS.map(markEntry), 4, 2, width - 8);
  const top = key.height + 24;
  const middle = Math.round(width / 2);
  // Two panels of the same frame, the second moved to the right.
  const frame: Frame = { left: 46, right: middle - 12, top, bottom: top + middle - 66 };
  const move = { transform: `translate(${middle} 0)` };
  const x = logScale(...range, [frame.left, frame.right]);
  const y = logScale(...range, [frame.bottom, frame.top]);
  const ratio = logScale(1 / MOST, MOST, [frame.bottom, frame.top]);
  const cut = (value: number): number => Math.max(1 / MOST, Math.min(MOST, value));
  const band = `M${frame.left} ${ratio(1.1)}H${frame.right}V${ratio(0.9)}H${frame.left}z`;
  const own = LAYER_KINDS.map((kind) => points.filter((point) => kindOf(point) === kind));
  return {
    width,
    height: frame.bottom + 38,
    content: [
      key.content,
      bottomAxis(x, frame, "measured (cycles)"),
      leftAxis(y, frame, "predicted (cycles)"),
      element("path", { class: "axis", d: `M${frame.left} ${frame.bottom}L${frame.right} ${frame.top}` }),
      ...own.map((some, kind) =>
        marks(
          kind,
          some.map(({ row, predictedCycles }) => [x(row.measuredCycles), y(predictedCycles)]),
        ),
      ),
      element(
        "g",
        move,
        bottomAxis(x, frame, "measured (cycles)"),
        leftAxis(ratio, frame, "predicted / measured"),
        element("path", { class: "f-muted band", d: band }),
        element("path", { class: "axis", d: `M${frame.left} ${ratio(1)}H${frame.right}` }),
        ...own.map((some, kind) =>
          marks(
            kind,
            some.map(({ row, predictedCycles }) => [
              x(row.measuredCycles),
              ratio(cut(predictedCycles / row.measuredCycles)),
            ]),
          ),
        ),
      ),
    ].join(""),
  };
}
