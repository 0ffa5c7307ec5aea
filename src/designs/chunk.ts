import { dsvFormat } from "d3-dsv";
import { InputError, type InputProblem } from "../errors.ts";
import type { LocalEngine } from "../fidelity/engine.ts";
import { type Area, area } from "../hardware/area.ts";
import type { Hardware } from "../hardware/hardware.ts";
import type { LayerShape } from "../workload/layer.ts";
import { createDosaReader, type DosaReader } from "./dosa-row.ts";
import { latin1ToUtf8, utf8ToLatin1 } from "./latin1.ts";

/** Whole records of a design table, and how to answer them. */
export interface Chunk {
  readonly header: readonly string[];
  /** Records with their line ends. */
  readonly text: string;
  readonly format: "csv" | "json";
  /** Write bad rows with a reason instead of stopping at the first. */
  readonly keepGoing: boolean;
}

export interface ChunkResult {
  /** One line for each record that was answered, in order: CSV ends each with a line feed, JSON begins each with `,` and one. */
  readonly text: string;
  /** Records read, blank lines included: the next chunk's first record follows them. */
  readonly records: number;
  /** Lines in `text`. */
  readonly rows: number;
  readonly badRows: number;
  /** The first bad record, counted from 0 within the chunk; nothing after it was answered. */
  readonly error?: { readonly record: number; readonly problem: InputProblem };
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

interface Pending {
  readonly cells: readonly string[];
  /** What is wrong with the row; else it is candidate `index` of the batch. */
  readonly reason?: string;
  readonly index: number;
}

/** Evaluates the records of one chunk, whatever their layers and accelerators. */
export function evaluateChunk(engine: LocalEngine, chunk: Chunk): ChunkResult {
  const reader = createDosaReader(chunk.header);
  const answer = chunk.format === "csv" ? csvLine : jsonLine;
  const records = csv.parseRows(chunk.text);
  const lines: string[] = [];
  let pending: Pending[] = [];
  let queued = 0;
  let badRows = 0;
  let shape: LayerShape | undefined;
  let hardware: Hardware | undefined;
  let silicon: Area | undefined;

  // Rows of one layer on one accelerator are priced together.
  const flush = (): void => {
    if (queued > 0 && shape && hardware) engine.evaluateNow(shape, hardware, queued);
    for (const row of pending) lines.push(answer(engine, silicon, row, chunk, reader.columns));
    pending = [];
    queued = 0;
  };

  for (let record = 0; record < records.length; record++) {
    const cells = records[record] as string[];
    if (cells.length === 1 && cells[0] === "") continue;
    try {
      const design = reader.read(cells);
      if (design.shape !== shape || design.hardware !== hardware || queued === engine.batch.capacity) {
        flush();
        if (design.hardware !== hardware) silicon = area(design.hardware);
        shape = design.shape;
        hardware = design.hardware;
      }
      engine.batch.write(queued, design.mapping);
      pending.push({ cells, index: queued++ });
    } catch (error) {
      if (!(error instanceof InputError)) throw error;
      const { problem, message } = readable(error, reader, cells);
      if (!chunk.keepGoing) {
        flush();
        return {
          text: lines.join(""),
          records: record,
          rows: lines.length,
          badRows,
          error: { record, problem },
        };
      }
      badRows++;
      pending.push({ cells, reason: utf8ToLatin1(message), index: -1 });
    }
  }
  flush();
  return { text: lines.join(""), records: records.length, rows: lines.length, badRows };
}

/** The same problem with the row's text as people write it: rows are read as Latin-1, which keeps every byte. */
function readable(error: InputError, reader: DosaReader, cells: readonly string[]): InputError {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: anything beyond ASCII is what is looked for
  if (!cells.some((cell) => /[^\u0000-\u007f]/.test(cell))) return error;
  try {
    reader.read(cells.map(latin1ToUtf8));
  } catch (again) {
    if (again instanceof InputError) return again;
  }
  return error;
}

function csvLine(engine: LocalEngine, silicon: Area | undefined, row: Pending, chunk: Chunk): string {
  const input = csv.formatRow(row.cells as string[]);
  if (row.reason !== undefined || !silicon) return `,,,,,,${csv.formatValue(row.reason ?? "")},${input}\n`;
  const { batch } = engine;
  const { index } = row;
  const reason = chunk.keepGoing ? "," : "";
  const energyUj = batch.energyPj(index) * 1e-6;
  return `${batch.latencyCycles(index)},${energyUj},${batch.edpJCycles(index)},${silicon.mm2},${batch.boundBy(index)},${silicon.source}${reason},${input}\n`;
}

function jsonLine(
  engine: LocalEngine,
  silicon: Area | undefined,
  row: Pending,
  _chunk: Chunk,
  columns: readonly string[],
): string {
  const input = Object.fromEntries(row.cells.map((cell, i) => [columns[i] ?? `column ${i + 1}`, cell]));
  if (row.reason !== undefined || !silicon) return `,\n${JSON.stringify({ reason: row.reason, input })}`;
  const { batch } = engine;
  const { index } = row;
  return `,\n${JSON.stringify({
    latencyCycles: batch.latencyCycles(index),
    energyUj: batch.energyPj(index) * 1e-6,
    edpJCycles: batch.edpJCycles(index),
    areaMm2: silicon.mm2,
    boundBy: batch.boundBy(index),
    areaSource: silicon.source,
    input,
  })}`;
}
