import { NO_SPREAD } from "../../src/kernels/physics.ts";
import { type LegendEntry, legend } from "../../src/report/draw/legend.ts";
import { symbolMark } from "../../src/report/draw/symbols.ts";
import type { Drawing, Figure } from "../../src/report/figure.ts";
import { bottomAxis, type Frame, leftAxis, linearScale, type Scale } from "../../src/report/svg/axes.ts";
import { element, round } from "../../src/report/svg/element.ts";
import { fitSpread, isInside, type Judged } from "../../src/tune/interval.ts";
import { type HeldOutPoint, kindOf } from "./held-out.ts";

const LEVELS = [0.5, 0.6, 0.7, 0.8, 0.9, 0.95, 0.98];
/** Normal deviations within which a share of the levels lies. */
const DEVIATIONS = [0.674, 0.842, 1.036, 1.282, 1.645, 1.96, 2.326];

interface CalibrationCurve {
  readonly name: string;
  readonly colour: string;
  /** Share of measurements inside, by level, percent. */
  readonly covered: readonly number[];
}

/** Share of measurements in intervals of a nominal probability, layers held out and intervals from the other folds. */
export function calibrationFigure(points: readonly HeldOutPoint[]): Figure {
  const curves = calibrationCurves(points);
  return {
    id: "starlight-calibration",
    title: "Nominal and actual coverage of intervals, layers held out",
    caption:
      "Intervals of each fold of layers come from the errors on the other folds (conformal, as wide as ensemble, array, loads and stores say). On the line is right, below it over-confident. The ensemble's own spread, taken for a normal deviation, is far too narrow.",
    table: {
      columns: [
        { key: "nominal_percent", title: "nominal (%)" },
        ...curves.map(({ name }) => ({ key: `${name.replaceAll(" ", "_")}_percent`, title: `${name} (%)` })),
      ],
      rows: LEVELS.map((level, i) => [100 * level, ...curves.map(({ covered }) => covered[i] as number)]),
    },
    draw: (width) => draw(curves, Math.min(width, 460)),
  };
}

function calibrationCurves(points: readonly HeldOutPoint[]): readonly CalibrationCurve[] {
  const isMatmul = (point: HeldOutPoint): boolean => kindOf(point) === "matrix product";
  const judged = ({ predictedCycles, row, ...traits }: HeldOutPoint): Judged => ({
    ...traits,
    error: Math.log(predictedCycles / row.measuredCycles),
    array: row.peDim,
  });
  const folds = [...new Set(points.map(({ fold }) => fold))];
  /** Points inside at a level, where convolutions and matrix products have intervals of their own. */
  const insideAt = (level: number): ReadonlySet<HeldOutPoint> => {
    const inside = new Set<HeldOutPoint>();
    for (const fold of folds) {
      for (const matmul of [false, true]) {
        const own = points.filter((point) => isMatmul(point) === matmul);
        const spread = fitSpread(own.filter((point) => point.fold !== fold).map(judged), level);
        for (const point of own) {
          if (point.fold === fold && isInside(judged(point), spread)) inside.add(point);
        }
      }
    }
    return inside;
  };
  const inside = LEVELS.map(insideAt);
  const covered = (of: (point: HeldOutPoint) => boolean): readonly number[] => {
    const own = points.filter(of);
    return inside.map((some) => (100 * own.filter((point) => some.has(point)).length) / own.length);
  };
  const curve = (name: string, colour: string, of: (point: HeldOutPoint) => boolean): CalibrationCurve => ({
    name,
    colour,
    covered: covered(of),
  });
  return [
    curve("all", "accent", () => true),
    curve("convolutions", "accumulator", (point) => !isMatmul(point)),
    curve("matrix products", "dram", isMatmul),
    curve("arrays of 32 and 64", "scratchpad", ({ row }) => row.peDim >= 32),
    {
      name: "ensemble alone",
      colour: "muted",
      covered: DEVIATIONS.map(
        (scale) =>
          (100 * points.filter((point) => isInside(judged(point), { ...NO_SPREAD, scale })).length) /
          points.length,
      ),
    },
  ];
}

function draw(curves: readonly CalibrationCurve[], width: number): Drawing {
  const key = legend(
    curves.map(
      ({ name, colour }, i): LegendEntry => ({
        text: name,
        sample: (x, y) => symbolMark(i, x + 6, y + 5, `f-${colour}`),
      }),
    ),
    4,
    2,
    width - 8,
  );
  const top = key.height + 24;
  const frame: Frame = { left: 44, right: width - 14, top, bottom: top + width - 110 };
  const x = linearScale(100, [frame.left, frame.right]);
  const y = linearScale(100, [frame.bottom, frame.top]);
  return {
    width,
    height: frame.bottom + 38,
    content: [
      key.content,
      bottomAxis(x, frame, "nominal probability (%)"),
      leftAxis(y, frame, "measurements inside (%)"),
      element("path", { class: "axis", d: `M${x(0)} ${y(0)}L${x(100)} ${y(100)}` }),
      ...curves.map((curve, i) => drawCurve(curve, i, x, y)),
    ].join(""),
  };
}

function drawCurve({ covered, colour }: CalibrationCurve, place: number, x: Scale, y: Scale): string {
  const at = covered.map((share, i) => [x(100 * (LEVELS[i] as number)), y(share)] as const);
  return [
    element("path", {
      class: `s-${colour}`,
      d: `M${at.map(([left, top]) => `${round(left)} ${round(top)}`).join("L")}`,
    }),
    ...at.map(([left, top]) => symbolMark(place, left, top, `f-${colour}`)),
  ].join("");
}
