// Learning curves of bench/transfer.ts: error against measurements, and how many of them one predictor saves over another.
import { csvParse } from "d3-dsv";
import { OF_DOSA, PRETRAINED, SCRATCH, STARLIGHT } from "./transfer-predictors.ts";

/** One predictor, learnt from one draw of rows. Errors in percent. */
export interface TransferResult {
  readonly predictor: string;
  /** Measurements that were learnt from. */
  readonly rows: number;
  readonly draw: number;
  readonly mape: number;
  readonly median: number;
  readonly spearman: number;
  /** Of the searched rows, of which none was learnt from. */
  readonly searchedMape: number;
  readonly searchedMedian: number;
}

/** Lines of bench/results/transfer.csv. */
export function readTransfer(text: string): readonly TransferResult[] {
  return csvParse(text, (line) => ({
    predictor: line["predictor"] ?? "",
    rows: Number(line["rows"]),
    draw: Number(line["draw"]),
    mape: Number(line["mape"]),
    median: Number(line["median"]),
    spearman: Number(line["spearman"]),
    searchedMape: Number(line["searched_mape"]),
    searchedMedian: Number(line["searched_median"]),
  }));
}

/** A point of a learning curve: mean over draws, least and most. */
export interface CurvePoint {
  readonly rows: number;
  readonly draws: number;
  readonly mean: number;
  readonly low: number;
  readonly high: number;
}

/** The learning curve of each predictor, by rows. */
export function learningCurves(
  results: readonly TransferResult[],
  value: (result: TransferResult) => number = ({ mape }) => mape,
): ReadonlyMap<string, readonly CurvePoint[]> {
  const curves = new Map<string, CurvePoint[]>();
  for (const name of new Set(results.map(({ predictor }) => predictor))) {
    const own = results.filter(({ predictor }) => predictor === name);
    const counts = [...new Set(own.map(({ rows }) => rows))].sort((a, b) => a - b);
    curves.set(
      name,
      counts.map((rows) => {
        const values = own.filter((one) => one.rows === rows).map(value);
        return {
          rows,
          draws: values.length,
          mean: values.reduce((sum, one) => sum + one, 0) / values.length,
          low: Math.min(...values),
          high: Math.max(...values),
        };
      }),
    );
  }
  return curves;
}

/**
 * Measurements after which a curve stays at or below an error, interpolated between neighbours on logarithms of both; undefined where
 * it never does. A curve that begins there needs no more than its first point has.
 */
export function rowsNeeded(curve: readonly CurvePoint[], error: number): number | undefined {
  const last = curve.findLastIndex(({ mean }) => mean > error);
  const above = curve[last];
  const below = curve[last + 1];
  if (!below) return undefined;
  if (!above || above.rows === 0) return below.rows;
  const part = Math.log(above.mean / error) / Math.log(above.mean / below.mean);
  return above.rows * (below.rows / above.rows) ** part;
}

export function printTable(results: readonly TransferResult[]): void {
  for (const [title, value] of [
    ["random test rows", ({ mape }: TransferResult) => mape],
    ["searched rows", ({ searchedMape }: TransferResult) => searchedMape],
  ] as const) {
    const curves = learningCurves(results, value);
    const counts = [...new Set(results.map(({ rows }) => rows))].sort((a, b) => a - b);
    console.log(`\nMAPE of ${title}, %: mean over draws (least-most)`);
    console.log(`| predictor | ${counts.join(" | ")} |\n|${" --- |".repeat(counts.length + 1)}`);
    for (const [name, curve] of curves) {
      const cells = counts.map((count) => {
        const point = curve.find(({ rows }) => rows === count);
        return point ? `${point.mean.toFixed(1)} (${point.low.toFixed(1)}-${point.high.toFixed(1)})` : "";
      });
      console.log(`| ${name} | ${cells.join(" | ")} |`);
    }
  }
}

/** What the physics route saves over DOSA's predictors, and what pretraining on the analytical model saves a network. */
export function printSavings(results: readonly TransferResult[]): void {
  const curves = learningCurves(results);
  const starlight = curves.get(STARLIGHT);
  const dosa = [...curves].filter(([name]) => OF_DOSA.test(name));
  const best = [...dosa].sort(([, a], [, b]) => (a.at(-1)?.mean ?? 0) - (b.at(-1)?.mean ?? 0))[0];
  if (starlight && best) {
    const [name, curve] = best;
    console.log(`\nBest of DOSA's predictors with all rows: ${name}, ${curve.at(-1)?.mean.toFixed(1)} %.`);
    compare(`${STARLIGHT} against it`, starlight, curve);
    const measured = starlight.filter(({ rows }) => rows > 0);
    compare(`${STARLIGHT} from its first measurements on`, measured, curve);
  }
  const [scratch, pretrained] = [curves.get(SCRATCH), curves.get(PRETRAINED)];
  if (scratch && pretrained) compare("pretraining of the small network", pretrained, scratch);
}

function compare(what: string, ours: readonly CurvePoint[], theirs: readonly CurvePoint[]): void {
  console.log(`${what}:`);
  for (const { rows, mean } of theirs) {
    const needed = rowsNeeded(ours, mean);
    const share = needed === undefined ? 0 : Math.round(100 * (1 - needed / rows));
    const fewer = share < 0 ? `${-share} % more` : `${share} % fewer`;
    const answer = needed === undefined ? "not reached" : `${needed.toFixed(0)} rows, ${fewer}`;
    console.log(`  ${mean.toFixed(1)} %, which it takes ${rows} rows to reach: ${answer}`);
  }
}
