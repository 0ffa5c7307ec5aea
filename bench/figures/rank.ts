import { legend } from "../../src/report/draw/legend.ts";
import type { Drawing, Figure } from "../../src/report/figure.ts";
import { bottomAxis, type Frame, leftAxis, linearScale } from "../../src/report/svg/axes.ts";
import { element, label } from "../../src/report/svg/element.ts";
import type { MeasuredRow } from "../../src/tune/dataset.ts";
import { ranks, spearman } from "../../src/tune/ranks.ts";
import { kindOf, LAYER_KINDS } from "./held-out.ts";
import { markEntry, marks } from "./marks.ts";

/** What ranks the rows, and how. */
interface Ranking {
  readonly key: string;
  readonly title: string;
  readonly ranks: readonly number[];
  readonly spearman: number;
}

/** Ranks of measured latencies by our RTL's model and by the analytical one, against those of FireSim. */
export function rankFigure(rows: readonly MeasuredRow[], cyclesOf: (row: MeasuredRow) => number): Figure {
  const measured = rows.map((row) => row.measuredCycles);
  const ranking = (key: string, title: string, cycles: readonly number[]): Ranking => ({
    key,
    title,
    ranks: ranks(cycles),
    spearman: spearman(cycles, measured),
  });
  const rankings = [
    ranking("rtl_rank", "our RTL", rows.map(cyclesOf)),
    ranking(
      "analytical_rank",
      "analytical",
      rows.map((row) => row.analyticalCycles),
    ),
  ];
  const places = ranks(measured);
  const [ours, analytical] = rankings.map((one) => one.spearman.toFixed(3));
  return {
    id: "rtl-rank",
    title: "Rank of our RTL against Gemmini on FireSim",
    caption: `${rows.length} square convolutions of DOSA's training table, the fastest first: their rank on FireSim, and that which our RTL (its event-driven model, the Gemmini-like machine, nothing fitted) and the analytical model give them. On the line both agree; Spearman's correlation is ${ours} and ${analytical}.`,
    table: {
      columns: [
        { key: "firesim_rank", title: "rank on FireSim" },
        ...rankings.map(({ key, title }) => ({ key, title: `rank, ${title}` })),
      ],
      rows: places.map((place, i) => [place, ...rankings.map((one) => one.ranks[i] as number)]),
    },
    draw: (width) => draw(rows, places, rankings, width),
  };
}

function draw(
  rows: readonly MeasuredRow[],
  places: readonly number[],
  rankings: readonly Ranking[],
  width: number,
): Drawing {
  const kinds = rows.map((row) => LAYER_KINDS.indexOf(kindOf({ row })));
  const shown = LAYER_KINDS.map((text, kind) => ({ text, kind })).filter(({ kind }) => kinds.includes(kind));
  const key = legend(
    shown.map(({ text, kind }) => markEntry(text, kind)),
    4,
    2,
    width - 8,
  );
  const top = key.height + 24;
  const middle = Math.round(width / 2);
  // Panels of the same frame side by side.
  const frame: Frame = { left: 46, right: middle - 12, top, bottom: top + middle - 58 };
  const x = linearScale(rows.length, [frame.left, frame.right]);
  const y = linearScale(rows.length, [frame.bottom, frame.top]);
  const panel = ({ title, ranks, spearman }: Ranking, index: number): string =>
    element(
      "g",
      { transform: `translate(${index * middle} 0)` },
      bottomAxis(x, frame, "rank on FireSim"),
      leftAxis(y, frame, `rank, ${title}`),
      element("path", { class: "axis", d: `M${frame.left} ${frame.bottom}L${frame.right} ${frame.top}` }),
      ...shown.map(({ kind }) =>
        marks(
          kind,
          places.flatMap((place, i) =>
            kinds[i] === kind ? [[x(place), y(ranks[i] as number)] as const] : [],
          ),
        ),
      ),
      label(frame.right - 6, frame.bottom - 8, `Spearman ${spearman.toFixed(3)}`, {
        class: "strong halo",
        "text-anchor": "end",
      }),
    );
  return { width, height: frame.bottom + 38, content: [key.content, ...rankings.map(panel)].join("") };
}
