import { DIMS, type Layer, STEPS } from "../workload/layer.ts";
import type { Workload } from "../workload/workload.ts";

/** A row of a layer table; what is left out is 1. A layer of groups stands with all its channels. */
export type LayerRow = Readonly<Record<string, string | number>> & { readonly name: string };

/** A workload as the document that `parseWorkload` reads: reading it back gives the same layers. */
export interface LayerTable {
  readonly name: string;
  readonly source?: string;
  readonly note?: string;
  readonly layers: readonly LayerRow[];
}

/** A workload as a document. */
export function toLayerTable({ name, source, note, layers }: Workload): LayerTable {
  return {
    name,
    ...(source === undefined ? {} : { source }),
    ...(note === undefined ? {} : { note }),
    layers: layers.map(toRow),
  };
}

function toRow({ name, count, groups, shape }: Layer): LayerRow {
  const row: Record<string, string | number> & { name: string } = { name };
  if (count !== groups) row["count"] = count / groups;
  if (groups !== 1) row["groups"] = groups;
  for (const dim of DIMS) {
    const bound = dim === "K" || dim === "C" ? shape[dim] * groups : shape[dim];
    if (bound !== 1) row[dim] = bound;
  }
  for (const step of STEPS) if (shape[step] !== 1) row[step] = shape[step];
  return row;
}
