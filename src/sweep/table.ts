import { parquetWriteBuffer } from "hyparquet-writer";
import type { SweepPoint, SweepResult } from "./sweep.ts";

interface Column {
  readonly name: string;
  readonly type: "INT32" | "DOUBLE" | "STRING" | "BOOLEAN";
  readonly value: (point: SweepPoint, onFront: boolean) => number | string | boolean;
}

/** Columns of a sweep's table, the same in CSV and Parquet. */
const COLUMNS: readonly Column[] = [
  { name: "pe_dim", type: "INT32", value: ({ hardware }) => hardware.peDim },
  { name: "scratchpad_kib", type: "INT32", value: ({ hardware }) => hardware.scratchpadKib },
  { name: "accumulator_kib", type: "INT32", value: ({ hardware }) => hardware.accumulatorKib },
  { name: "latency_cycles", type: "DOUBLE", value: ({ totals }) => totals.latencyCycles },
  { name: "energy_uj", type: "DOUBLE", value: ({ totals }) => totals.energyUj },
  { name: "edp_j_cycles", type: "DOUBLE", value: ({ totals }) => totals.edpJCycles },
  { name: "area_mm2", type: "DOUBLE", value: ({ totals }) => totals.areaMm2 },
  { name: "area_source", type: "STRING", value: ({ totals }) => totals.areaSource },
  { name: "pareto", type: "BOOLEAN", value: (_, onFront) => onFront },
];

/** What a table is made of. */
export type SweepTable = Pick<SweepResult, "points" | "pareto">;

export function sweepCsv({ points, pareto }: SweepTable): string {
  const front = new Set(pareto);
  const rows = points.map((point, i) => COLUMNS.map(({ value }) => value(point, front.has(i))).join(","));
  return `${[COLUMNS.map(({ name }) => name).join(","), ...rows].join("\n")}\n`;
}

export function sweepParquet({ points, pareto }: SweepTable): Uint8Array {
  const front = new Set(pareto);
  const columnData = COLUMNS.map(({ name, type, value }) => ({
    name,
    type,
    data: points.map((point, i) => value(point, front.has(i))),
  }));
  return new Uint8Array(parquetWriteBuffer({ columnData }));
}
