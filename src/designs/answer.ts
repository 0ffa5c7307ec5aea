import { dsvFormat } from "d3-dsv";
import { InputError } from "../errors.ts";
import { RawMapping } from "../space/raw-mapping.ts";
import type { ByteWriter } from "./byte-writer.ts";
import { type DosaReader, readDesignMapping } from "./dosa-row.ts";
import { latin1ToUtf8, utf8ToLatin1 } from "./latin1.ts";
import type { Row } from "./row.ts";

/** First columns of every answer. */
export const RESULT_COLUMNS = [
  "latency_cycles",
  "energy_uj",
  "edp_j_cycles",
  "area_mm2",
  "bound_by",
  "area_source",
] as const;
/** Where the latency of the RTL lies with a probability of 90 %; further columns of models that predict it. */
const INTERVAL_COLUMNS = ["latency_low", "latency_high"] as const;

/** First columns of the answers of a model. */
export function resultColumns(intervals: boolean): readonly string[] {
  if (!intervals) return RESULT_COLUMNS;
  const at = RESULT_COLUMNS.indexOf("area_source");
  return [...RESULT_COLUMNS.slice(0, at), ...INTERVAL_COLUMNS, ...RESULT_COLUMNS.slice(at)];
}

/** Further column under `keepGoing`. */
export const REASON_COLUMN = "reason";

const COMMA = 44;
const LINE_FEED = 10;
const csv = dsvFormat(",");

/** Writes a row with its metrics, or with a reason, before it; it ends with a line feed. */
export function writeCsv(
  row: Row,
  keepGoing: boolean,
  intervals: boolean,
  reader: DosaReader,
  out: ByteWriter,
): void {
  if (row.problem) {
    const reason = csv.formatValue(utf8ToLatin1(readable(row, reader).message));
    out.text(`${",".repeat(resultColumns(intervals).length)}${reason},`);
  } else {
    const { latencyCycles, energyUj, edpJCycles, silicon, boundBy } = row;
    // Piece by piece: a joined text would have to be flattened before its characters can be read.
    out.text(String(latencyCycles));
    out.byte(COMMA);
    out.text(String(energyUj));
    out.byte(COMMA);
    out.text(String(edpJCycles));
    out.byte(COMMA);
    out.text(String(silicon?.mm2));
    out.byte(COMMA);
    out.text(boundBy);
    out.byte(COMMA);
    if (intervals) {
      out.text(String(row.latencyLow));
      out.byte(COMMA);
      out.text(String(row.latencyHigh));
      out.byte(COMMA);
    }
    out.text(String(silicon?.source));
    out.byte(COMMA);
    if (keepGoing) out.byte(COMMA);
  }
  out.copy(row.bytes, row.start, row.end);
  out.byte(LINE_FEED);
}

/** Writes a row as an object; it begins with a comma and a line feed. */
export function writeJson(row: Row, intervals: boolean, reader: DosaReader, out: ByteWriter): void {
  const cells = csv.parseRows(row.line)[0] ?? [];
  const input = Object.fromEntries(cells.map((cell, i) => [reader.columns[i] ?? `column ${i + 1}`, cell]));
  const { latencyCycles, energyUj, edpJCycles, silicon, boundBy } = row;
  const answer = row.problem
    ? { reason: utf8ToLatin1(readable(row, reader).message), input }
    : {
        latencyCycles,
        energyUj,
        edpJCycles,
        areaMm2: silicon?.mm2,
        boundBy,
        ...(intervals ? { latencyLow: row.latencyLow, latencyHigh: row.latencyHigh } : {}),
        areaSource: silicon?.source,
        input,
      };
  out.text(`,\n${JSON.stringify(answer)}`);
}

/** The problem of a row with the row's text as people write it. */
export function readable(row: Row, reader: DosaReader): InputError {
  const problem = row.problem as InputError;
  // biome-ignore lint/suspicious/noControlCharactersInRegex: anything beyond ASCII is what is looked for
  if (!/[^\u0000-\u007f]/.test(row.line)) return problem;
  try {
    const { context, mapping } = reader.read((csv.parseRows(row.line)[0] ?? []).map(latin1ToUtf8));
    readDesignMapping(mapping, context, new RawMapping());
  } catch (error) {
    if (error instanceof InputError) return error;
    throw error;
  }
  return problem;
}
