import { createHash } from "node:crypto";
import { readFile } from "node:fs/promises";
import { basename, extname } from "node:path";
import { gunzipSync } from "node:zlib";
import { csvParse } from "d3-dsv";
import { parquetReadObjects } from "hyparquet";
import { refuseEmptyTable } from "../designs/empty-table.ts";
import { InputError, quote } from "../errors.ts";
import { BUILTIN_WORKLOADS } from "../workload/builtin.ts";
import { loadDocument, loadWorkload, unreadable } from "../workload/load.ts";
import { loadStudy } from "./load-study.ts";
import { type FileFacts, parseResultDocument } from "./parse-document.ts";
import { parseResultTable } from "./parse-table.ts";
import type { ResultRecord } from "./result.ts";

/** What the reader of a result may know of it that its file does not say. */
export interface ResultHints {
  /** The network of a table or journal: built-in name or file. */
  readonly workload?: string;
  /** The column of a table that holds measured cycles. */
  readonly measured?: string;
}

/**
 * A result of any command: `.json`, `.yaml`, `.csv`, `.csv.gz` or `.parquet`, or the `.jsonl` journal of a study.
 *
 * @throws InputError
 */
export async function loadResult(
  file: string,
  { workload, measured }: ResultHints = {},
): Promise<ResultRecord> {
  if (/\.jsonl$/i.test(file)) {
    return loadStudy(file, async (name) => {
      if (workload !== undefined) return loadWorkload(workload);
      return BUILTIN_WORKLOADS.get(name);
    });
  }
  const bytes = await readFile(file).catch((error: unknown) => {
    throw unreadable(file, error);
  });
  const facts: FileFacts = {
    file: basename(file),
    bytes: bytes.length,
    sha256: createHash("sha256").update(bytes).digest("hex"),
  };
  if (/\.(json|ya?ml)$/i.test(file))
    return parseResultDocument(await loadDocument(file), facts, loadWorkload);
  if (/\.csv(\.gz)?$/i.test(file)) {
    const text = textOf(file, bytes);
    refuseEmptyTable(text, file);
    const rows = csvParse(text);
    return parseResultTable(rows, rows.columns, facts, measured);
  }
  if (/\.parquet$/i.test(file)) {
    const rows = await readParquet(file, bytes);
    return parseResultTable(rows, Object.keys(rows[0] ?? {}), facts, measured);
  }
  throw new InputError({
    where: file,
    expected: "a .json, .yaml, .csv, .csv.gz, .parquet or .jsonl file of another command",
    found: quote(extname(file)),
  });
}

function textOf(file: string, bytes: Buffer): string {
  if (!/\.gz$/i.test(file)) return bytes.toString("utf8");
  try {
    return gunzipSync(bytes).toString("utf8");
  } catch {
    throw new InputError({ where: file, expected: "gzip data", found: "damaged or other data" });
  }
}

async function readParquet(file: string, bytes: Buffer): Promise<readonly Record<string, unknown>[]> {
  try {
    return await parquetReadObjects({ file: new Uint8Array(bytes).buffer });
  } catch (error) {
    throw new InputError({
      where: file,
      expected: "Parquet data",
      found: error instanceof Error ? error.message : String(error),
    });
  }
}
