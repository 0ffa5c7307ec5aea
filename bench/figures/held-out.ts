import { csvParse } from "d3-dsv";
import type { MeasuredRow } from "../../src/tune/dataset.ts";

/** A measured row, and what was predicted of it when its layer was held out. */
export interface HeldOutPoint {
  readonly row: MeasuredRow;
  readonly fold: number;
  readonly predictedCycles: number;
  /** Standard deviation of the ensemble, ln of cycles. */
  readonly spread: number;
  /** Of loads, and of stores, in the closed form. */
  readonly loadShare: number;
  readonly storeShare: number;
}

/** Kinds of layer that the plots tell apart. */
export const LAYER_KINDS = ["convolution", "convolution 1x1", "matrix product"] as const;
export type LayerKind = (typeof LAYER_KINDS)[number];

export function kindOf({ row: { shape } }: Pick<HeldOutPoint, "row">): LayerKind {
  if (shape.Q === 1 && shape.R === 1 && shape.S === 1) return "matrix product";
  return shape.R === 1 && shape.S === 1 ? "convolution 1x1" : "convolution";
}

/** What `polaris train --held-out` wrote, joined with the measurements that it was made from. */
export function readHeldOut(
  text: string,
  tables: ReadonlyMap<string, readonly MeasuredRow[]>,
): readonly HeldOutPoint[] {
  const rowsOf = new Map(
    [...tables].map(([name, rows]) => [name, new Map(rows.map((row) => [row.line, row]))]),
  );
  return csvParse(text).map((line) => {
    const row = rowsOf.get(line["table"] ?? "")?.get(Number(line["line"]));
    if (!row)
      throw new Error(`held-out predictions of ${line["table"]}, line ${line["line"]}: no such measurement`);
    return {
      row,
      fold: Number(line["fold"]),
      predictedCycles: Number(line["predicted_cycles"]),
      spread: Number(line["spread"]),
      loadShare: Number(line["load_share"]),
      storeShare: Number(line["store_share"]),
    };
  });
}
