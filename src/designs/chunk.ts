import { dsvFormat } from "d3-dsv";
import { InputError, type InputProblem } from "../errors.ts";
import type { LocalEngine } from "../fidelity/engine.ts";
import { type Area, area } from "../hardware/area.ts";
import type { BoundBy } from "../kernels/batch.ts";
import type { Mapping } from "../space/mapping.ts";
import { RawMapping } from "../space/raw-mapping.ts";
import { violations } from "../space/validity.ts";
import {
  createDosaReader,
  type DesignContext,
  type DosaReader,
  MAPPING_COLUMN,
  readDesignMapping,
} from "./dosa-row.ts";
import { latin1ToUtf8, utf8ToLatin1 } from "./latin1.ts";

/** Whole records of a design table, and how to answer them. */
export interface Chunk {
  readonly header: readonly string[];
  /** Records with their line ends, as Latin-1. */
  readonly text: string;
  readonly format: "csv" | "json";
  /** Write bad rows with a reason instead of stopping at the first. */
  readonly keepGoing: boolean;
}

export interface ChunkResult {
  /** The rows that were answered, in order: a CSV row ends with a line feed, a JSON row begins with a comma and one. */
  readonly text: string;
  /** Records read, blank lines included: the next chunk's first record follows them. */
  readonly records: number;
  /** Rows in `text`. */
  readonly rows: number;
  readonly badRows: number;
  readonly lineEnds: LineEnds;
  /** The first bad record, counted from 0 within the chunk; nothing from it on was answered. */
  readonly error?: { readonly record: number; readonly problem: InputProblem };
}

/** A chunk as it travels between threads: text as bytes, which move without a copy. */
export interface ChunkJob extends Omit<Chunk, "text"> {
  readonly bytes: Uint8Array;
}
export interface ChunkAnswer extends Omit<ChunkResult, "text"> {
  readonly bytes: Uint8Array;
}

/** Whatever evaluates chunks, several at a time. */
export interface ChunkPool {
  readonly workers: number;
  evaluateChunk(job: ChunkJob): Promise<ChunkAnswer>;
}

/** How the lines of a text end. */
export interface LineEnds {
  /** Undefined for a text without line ends. */
  readonly first?: "LF" | "CR LF";
  /** The first record, counted from 0, that ends otherwise. */
  readonly change?: number;
}

/** First columns of every answer. */
export const RESULT_COLUMNS = [
  "latency_cycles",
  "energy_uj",
  "edp_j_cycles",
  "area_mm2",
  "bound_by",
  "area_source",
] as const;
/** Further column under `keepGoing`. */
export const REASON_COLUMN = "reason";

const csv = dsvFormat(",");

/** One input row, and what became of it. */
class Row {
  /** Counted from 0 within the chunk, blank lines included. */
  readonly record: number;
  /** The record as it stood, without its line end. */
  readonly line: string;
  mapping = "";
  /** What is wrong with it, instead of metrics. */
  problem: InputError | undefined = undefined;
  silicon: Area | undefined = undefined;
  latencyCycles = 0;
  energyUj = 0;
  edpJCycles = 0;
  boundBy: BoundBy = "compute";

  constructor(record: number, line: string) {
    this.record = record;
    this.line = line;
  }
}

/** Evaluates the records of one chunk, whatever their layers and accelerators. */
export function evaluateChunk(engine: LocalEngine, chunk: Chunk): ChunkResult {
  const reader = createDosaReader(chunk.header);
  const records = parseRecords(chunk.text);
  const rows: Row[] = [];
  // Rows of one layer on one accelerator are priced together.
  const groups = new Map<DesignContext, Row[]>();
  for (const [record, source] of records.entries()) {
    if (source.line === "") continue;
    const row = new Row(record, source.line);
    rows.push(row);
    try {
      const { context, mapping } = source.cells ? reader.read(source.cells) : reader.readLine(source.line);
      row.mapping = mapping;
      const group = groups.get(context);
      if (group) group.push(row);
      else groups.set(context, [row]);
    } catch (error) {
      row.problem = asProblem(error);
    }
  }
  const scratch = new RawMapping();
  for (const [context, group] of groups) price(engine, context, group, scratch);

  const firstBad = chunk.keepGoing ? -1 : rows.findIndex((row) => row.problem !== undefined);
  const answered = firstBad < 0 ? rows : rows.slice(0, firstBad);
  const format = chunk.format === "csv" ? csvRow : jsonRow;
  const result = {
    text: answered.map((row) => format(row, chunk, reader)).join(""),
    records: records.length,
    rows: answered.length,
    badRows: answered.reduce((bad, row) => bad + (row.problem ? 1 : 0), 0),
    lineEnds: lineEnds(chunk.text),
  };
  const bad = rows[firstBad];
  if (!bad) return result;
  return { ...result, error: { record: bad.record, problem: readable(bad, reader).problem } };
}

/** Prices rows that share a layer and an accelerator, and writes what comes of it to them. */
function price(engine: LocalEngine, context: DesignContext, rows: readonly Row[], mapping: RawMapping): void {
  const { batch } = engine;
  const silicon = area(context.hardware);
  for (let first = 0; first < rows.length; first += batch.capacity) {
    const some = rows.slice(first, first + batch.capacity);
    for (const [index, row] of some.entries()) {
      try {
        readDesignMapping(row.mapping, context, mapping);
      } catch (error) {
        row.problem = asProblem(error);
      }
      batch.writeRaw(index, mapping);
    }
    engine.evaluateNow(context.shape, context.hardware, some.length);
    for (const [index, row] of some.entries()) {
      if (row.problem) continue;
      if (!batch.feasible(index)) {
        row.problem = misfit(batch.read(index), context);
        continue;
      }
      row.silicon = silicon;
      row.latencyCycles = batch.latencyCycles(index);
      row.energyUj = batch.energyPj(index) * 1e-6;
      row.edpJCycles = batch.edpJCycles(index);
      row.boundBy = batch.boundBy(index);
    }
  }
}

/** Which rule an infeasible mapping breaks, by how much, and where. */
function misfit(mapping: Mapping, { shape, hardware }: DesignContext): InputError {
  const broken = violations(mapping, shape, hardware)[0];
  return new InputError({
    where: MAPPING_COLUMN,
    expected: `a mapping that fits (rule ${broken?.rule})`,
    found: broken?.message ?? "one that does not",
  });
}

function asProblem(error: unknown): InputError {
  if (error instanceof InputError) return error;
  throw error;
}

/**
 * The records of a text, each with its own spelling. A table without quotes, as most are, needs no parser; its records come
 * without cells.
 */
function parseRecords(
  text: string,
): readonly { readonly line: string; readonly cells?: readonly string[] }[] {
  if (text.includes('"')) {
    return csv
      .parseRows(text)
      .map((cells) => ({ line: cells.length > 1 || cells[0] ? csv.formatRow(cells) : "", cells }));
  }
  const lines = text.split(text.includes("\r") ? /\r\n|\r|\n/ : "\n");
  if (lines.at(-1) === "") lines.pop();
  return lines.map((line) => ({ line }));
}

/** A quoted cell and what stands before it. */
const QUOTED = /(^|[,\r\n])"[^"]*(?:""[^"]*)*(?:"|$)/g;

function lineEnds(whole: string): LineEnds {
  if (!whole.includes("\r")) return whole.includes("\n") ? { first: "LF" } : {};
  // Those inside quoted cells end no record.
  const text = whole.replace(QUOTED, "$1");
  let first: "LF" | "CR LF" | undefined;
  const end = text.indexOf("\n");
  if (end < 0) return {};
  let record = 0;
  for (let at = end; at >= 0; at = text.indexOf("\n", at + 1), record++) {
    const here = text[at - 1] === "\r" ? "CR LF" : "LF";
    first ??= here;
    if (here !== first) return { first, change: record };
  }
  return { first: first as "LF" | "CR LF" };
}

/** The problem of a row with the row's text as people write it. */
function readable(row: Row, reader: DosaReader): InputError {
  const problem = row.problem as InputError;
  // biome-ignore lint/suspicious/noControlCharactersInRegex: anything beyond ASCII is what is looked for
  if (!/[^\u0000-\u007f]/.test(row.line)) return problem;
  try {
    const { context, mapping } = reader.read((csv.parseRows(row.line)[0] ?? []).map(latin1ToUtf8));
    readDesignMapping(mapping, context, new RawMapping());
  } catch (error) {
    return asProblem(error);
  }
  return problem;
}

function csvRow(row: Row, chunk: Chunk, reader: DosaReader): string {
  if (row.problem) {
    return `${",".repeat(RESULT_COLUMNS.length)}${csv.formatValue(utf8ToLatin1(readable(row, reader).message))},${row.line}\n`;
  }
  const { latencyCycles, energyUj, edpJCycles, silicon, boundBy } = row;
  const metrics = `${latencyCycles},${energyUj},${edpJCycles},${silicon?.mm2},${boundBy},${silicon?.source}`;
  return `${metrics}${chunk.keepGoing ? "," : ""},${row.line}\n`;
}

function jsonRow(row: Row, _chunk: Chunk, reader: DosaReader): string {
  const cells = csv.parseRows(row.line)[0] ?? [];
  const input = Object.fromEntries(cells.map((cell, i) => [reader.columns[i] ?? `column ${i + 1}`, cell]));
  if (row.problem)
    return `,\n${JSON.stringify({ reason: utf8ToLatin1(readable(row, reader).message), input })}`;
  const { latencyCycles, energyUj, edpJCycles, silicon, boundBy } = row;
  return `,\n${JSON.stringify({
    latencyCycles,
    energyUj,
    edpJCycles,
    areaMm2: silicon?.mm2,
    boundBy,
    areaSource: silicon?.source,
    input,
  })}`;
}
