import { stringify } from "yaml";
import type { LayerTable } from "./layer-table.ts";

/** A layer table as YAML, a line for each layer. */
export function formatLayerTable({ layers, ...head }: LayerTable): string {
  const rows = layers.map(
    (row) => `  - ${stringify(row, { collectionStyle: "flow", lineWidth: 0 }).trimEnd()}\n`,
  );
  return `${stringify(head, { lineWidth: 120 })}layers:\n${rows.join("")}`;
}
