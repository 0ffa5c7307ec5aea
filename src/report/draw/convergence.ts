import type { Drawing, Figure } from "../figure.ts";
import type { ConvergenceInfo } from "../info/convergence.ts";
import { bottomAxis, type Frame, leftAxis, logScale, type Scale } from "../svg/axes.ts";
import { element, round } from "../svg/element.ts";
import { formatValue } from "../svg/format.ts";
import { type LegendEntry, legend } from "./legend.ts";

/** The best objective and the proven bound over the work of a search. */
export function convergenceFigure(info: ConvergenceInfo, id = "convergence"): Figure {
  const last = info.steps.at(-1);
  const bounded = info.steps.some(({ bound }) => bound !== undefined);
  const banded = info.steps.some(({ interval }) => interval !== undefined);
  return {
    id,
    title: "Convergence",
    caption: [
      `The least ${info.objective} found over ${info.unit}`,
      bounded ? ", and the bound that no design goes below: where they meet, the answer is proven" : "",
      banded ? "; shaded: where the best design's true value lies with 90 %" : "",
      `. At the end: ${formatValue(last?.best ?? Number.NaN)}${last?.bound === undefined ? "" : `, bound ${formatValue(last.bound)}`}.`,
      info.dropped > 0 ? ` ${formatValue(info.dropped)} steps without visible change are left out.` : "",
    ].join(""),
    table: {
      columns: [
        { key: "work", title: info.unit },
        { key: "best", title: `best ${info.objective}` },
        { key: "bound", title: `bound of ${info.objective}` },
        { key: "low", title: "interval, low" },
        { key: "high", title: "interval, high" },
      ],
      rows: info.steps.map(({ work, best, bound, interval }) => [
        work,
        best,
        bound ?? "",
        interval?.low ?? "",
        interval?.high ?? "",
      ]),
    },
    draw: (width) => drawConvergence(info, width),
  };
}

function drawConvergence(info: ConvergenceInfo, width: number): Drawing {
  const { steps } = info;
  const values = steps.flatMap(({ best, bound, interval }) => [
    best,
    ...(bound === undefined ? [] : [bound]),
    ...(interval ? [interval.low, interval.high] : []),
  ]);
  const bounded = steps.some(({ bound }) => bound !== undefined);
  const entry = (text: string, className: string): LegendEntry => ({
    text,
    sample: (x, y) => line(className, `M${x} ${y + 5}h12`),
  });
  const key = legend(
    [entry("best found", "s-accent wide-line"), ...(bounded ? [entry("proven bound", "roof dashed")] : [])],
    4,
    2,
    width - 8,
  );
  const top = key.height + 24;
  const frame: Frame = { left: 56, right: width - 12, top, bottom: top + Math.min(260, width * 0.55) };
  const last = steps.at(-1)?.work ?? 1;
  const x = logScale(Math.max(1, steps[0]?.work ?? 1), Math.max(2, last), [frame.left, frame.right]);
  const y = logScale(Math.min(...values), Math.max(...values), [frame.bottom, frame.top]);
  const path = (of: "best" | "bound"): string =>
    stairs(
      steps.map((step) => [step.work, step[of]]),
      x,
      y,
      frame.right,
    );
  return {
    width,
    height: frame.bottom + 38,
    content: [
      key.content,
      bottomAxis(x, frame, info.unit),
      leftAxis(y, frame, info.objective),
      element("path", { class: "f-accent band", d: bandPath(info, x, y) }),
      line("roof dashed", path("bound")),
      line("s-accent wide-line", path("best")),
    ].join(""),
  };
}

const line = (className: string, d: string): string => element("path", { class: className, d });

/** Each value holds until the next one. */
function stairs(
  points: readonly (readonly [number, number | undefined])[],
  x: Scale,
  y: Scale,
  right: number,
): string {
  let d = "";
  for (const [work, value] of points) {
    if (value === undefined) continue;
    const at = `${round(x(Math.max(1, work)))}`;
    d += d === "" ? `M${at} ${round(y(value))}` : `H${at}V${round(y(value))}`;
  }
  return d === "" ? "" : `${d}H${right}`;
}

function bandPath({ steps }: ConvergenceInfo, x: Scale, y: Scale): string {
  const banded = steps.flatMap(({ work, interval }) =>
    interval ? [{ work: Math.max(1, work), ...interval }] : [],
  );
  if (banded.length < 2) return "";
  const upper = banded.map(({ work, high }) => `${round(x(work))} ${round(y(high))}`);
  const lower = banded.map(({ work, low }) => `${round(x(work))} ${round(y(low))}`).reverse();
  return `M${[...upper, ...lower].join("L")}z`;
}
