import { InputError, nearest, quote } from "../errors.ts";
import type { AreaSource } from "../hardware/area.ts";
import { measure } from "./fields.ts";
import type { FileFacts } from "./parse-document.ts";
import type { PointRecord, ResultRecord, VerifiedRecord } from "./result.ts";

/** A row of a CSV or Parquet table. */
export type TableRow = Readonly<Record<string, unknown>>;

/** Columns of published tables that hold measured cycles, the truest first. */
const MEASURED = ["target.gemmini_cycle", "target.cycle"];

/**
 * What `sweep` and `search --pareto` write as a table, or what `evaluate` answers on rows that carry measurements.
 *
 * @param columns in their order
 * @param measured the column of measured cycles, if not one of DOSA's
 * @throws InputError
 */
export function parseResultTable(
  rows: readonly TableRow[],
  columns: readonly string[],
  facts: FileFacts,
  measured?: string,
): ResultRecord {
  if (rows.length === 0)
    throw new InputError({ where: facts.file, expected: "a table with rows", found: "none" });
  const base = {
    provenance: facts,
    workload: "",
    designs: [],
  };
  if (columns.includes("pe_dim")) {
    const points = rows.map((row, i) => parsePoint(row, `${facts.file}: row ${i + 1}`));
    return { ...base, kind: "points", points, verified: [] };
  }
  const column = measured ?? MEASURED.find((name) => columns.includes(name));
  if (!columns.includes("latency_cycles") || column === undefined || !columns.includes(column)) {
    const meant = column === undefined ? undefined : nearest(column, columns);
    throw new InputError({
      where: facts.file,
      expected: "a table of sweep or search --pareto, or of evaluate with measured cycles beside",
      found: quote(columns.join(",")),
      hint:
        meant === undefined
          ? "--measured names the column of measured cycles"
          : `did you mean --measured ${meant}?`,
    });
  }
  const verified = rows.flatMap((row, i) => parseVerified(row, column, i, facts.file));
  if (verified.length === 0)
    throw new InputError({ where: `${facts.file}: ${column}`, expected: "measured cycles", found: "none" });
  return { ...base, kind: "table", points: [], verified };
}

function parsePoint(row: TableRow, where: string): PointRecord {
  const of = (column: string): number => {
    const value = row[column];
    // An empty text would count as 0.
    return measure(value === "" ? value : Number(value), `${where}: ${column}`);
  };
  return {
    peDim: of("pe_dim"),
    scratchpadKib: of("scratchpad_kib"),
    accumulatorKib: of("accumulator_kib"),
    latencyCycles: of("latency_cycles"),
    energyUj: of("energy_uj"),
    edpJCycles: of("edp_j_cycles"),
    areaMm2: of("area_mm2"),
    areaSource: String(row["area_source"] ?? "extrapolated") as AreaSource,
    pareto: String(row["pareto"]) === "true",
  };
}

/** Rows without a price or a measurement say nothing of accuracy. */
function parseVerified(row: TableRow, column: string, i: number, file: string): readonly VerifiedRecord[] {
  if (row["latency_cycles"] === "" || row[column] === "" || row[column] === undefined) return [];
  const where = `${file}: row ${i + 1}`;
  const of = (name: string): number => measure(Number(row[name]), `${where}: ${name}`);
  const [low, high] = [Number(row["latency_low"]), Number(row["latency_high"])];
  return [
    {
      name: `row ${i + 1}`,
      predicted: of("latency_cycles"),
      measured: of(column),
      ...(low > 0 && high > 0 ? { interval: { low, high } } : {}),
    },
  ];
}
