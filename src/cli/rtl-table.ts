import { readFile } from "node:fs/promises";
import { gunzipSync } from "node:zlib";
import type { LocalEngine } from "../fidelity/engine.ts";
import type { Profile } from "../fidelity/evaluator.ts";
import { crc32 } from "../fidelity/model-file.ts";
import type { ModelSource } from "../fidelity/model-source.ts";
import { cleanRows, type MeasuredRow, parseDataset } from "../tune/dataset.ts";
import { unreadable } from "../workload/load.ts";

/** Tables of measurements that a command was given. */
export interface MeasuredTables {
  readonly rows: readonly MeasuredRow[];
  /** Rows left out, by reason. */
  readonly excluded: ReadonlyMap<string, number>;
  readonly sources: readonly ModelSource[];
}

/** Reads tables with measured cycles (.csv, .csv.gz). */
export async function readMeasured(
  files: readonly string[],
  engine: LocalEngine,
  profile: Profile,
): Promise<MeasuredTables> {
  const rows: MeasuredRow[] = [];
  const excluded = new Map<string, number>();
  const sources: ModelSource[] = [];
  for (const file of files) {
    const text = await readTable(file);
    const all = parseDataset(text, file, engine, profile);
    const clean = cleanRows(all);
    for (const { excluded: reason } of all) {
      if (reason !== undefined) excluded.set(reason, (excluded.get(reason) ?? 0) + 1);
    }
    rows.push(...clean);
    sources.push({ name: file.replace(/^.*[/\\]/, ""), rows: clean.length, crc32: crc32(text) });
  }
  return { rows, excluded, sources };
}

async function readTable(file: string): Promise<string> {
  try {
    const bytes = await readFile(file);
    return (/\.gz$/i.test(file) ? gunzipSync(bytes) : bytes).toString("utf8");
  } catch (error) {
    throw unreadable(file, error);
  }
}
