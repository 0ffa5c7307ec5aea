import { csvParseRows } from "d3-dsv";
import { InputError } from "../errors.ts";
import type { Candidate } from "../fidelity/evaluator.ts";
import { toMapping } from "../space/mapping.ts";
import { RawMapping } from "../space/raw-mapping.ts";
import { violations } from "../space/validity.ts";
import { createDosaReader, MAPPING_COLUMN, readDesignMapping } from "./dosa-row.ts";
import { refuseEmptyTable } from "./empty-table.ts";

/** One row of a design table, for evaluators that take candidates one by one. */
export interface CandidateRow {
  /** The header is row 1. */
  readonly row: number;
  readonly cells: readonly string[];
  /** The design, or what is wrong with the row. */
  readonly read: Candidate | InputError;
}

export interface CandidateTable {
  readonly header: readonly string[];
  readonly rows: readonly CandidateRow[];
}

/**
 * A design table of a size that fits in memory, as those that slow evaluators are asked for do.
 *
 * @param text the whole table
 * @throws InputError if the header is wrong; what is wrong with a row stands in its place
 */
export function parseCandidates(text: string, name: string): CandidateTable {
  refuseEmptyTable(text, name);
  const [header = [], ...records] = csvParseRows(text);
  const reader = within(`${name}: row 1`, () => createDosaReader(header));
  const raw = new RawMapping();
  const read = (cells: readonly string[]): Candidate => {
    const { context, mapping: text } = reader.read(cells);
    readDesignMapping(text, context, raw);
    const candidate = { ...context, mapping: toMapping(raw) };
    const [broken] = violations(candidate.mapping, candidate.shape, candidate.hardware);
    if (!broken) return candidate;
    throw new InputError({
      where: MAPPING_COLUMN,
      expected: `a mapping that fits (rule ${broken.rule})`,
      found: broken.message,
    });
  };
  const rows = records.flatMap((cells, record): readonly CandidateRow[] => {
    if (cells.length === 1 && cells[0] === "") return [];
    const row = record + 2;
    try {
      return [{ row, cells, read: within(`${name}: row ${row}`, () => read(cells)) }];
    } catch (error) {
      if (error instanceof InputError) return [{ row, cells, read: error }];
      throw error;
    }
  });
  return { header: reader.columns, rows };
}

/** @throws InputError for the first row that is no design */
export function refuseBadRows({ rows }: CandidateTable): void {
  for (const { read } of rows) if (read instanceof InputError) throw read;
}

function within<T>(where: string, work: () => T): T {
  try {
    return work();
  } catch (error) {
    throw error instanceof InputError ? error.within(where) : error;
  }
}
