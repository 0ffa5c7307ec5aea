import { dsvFormat } from "d3-dsv";
import { InputError } from "../errors.ts";
import { type DesignContext, type DosaReader, MAX_CONTEXTS } from "./dosa-row.ts";
import { bufferOver, latin1 } from "./latin1.ts";
import { LineScanner, nextLine } from "./line-scanner.ts";
import { Row } from "./row.ts";

/** The rows of some whole records. */
export interface Rows {
  /** In order, blank lines left out. A row has a context or a problem. */
  readonly rows: readonly Row[];
  /** Records read, blank lines included. */
  readonly records: number;
}

const csv = dsvFormat(",");
const QUOTE = 34;

/**
 * Reads the rows of one table. A text without quotes, as most are, needs no parser: its rows are read where they stand, and
 * one that repeats the layer and the accelerator of an earlier row needs no cells.
 */
export class RowReader {
  readonly table: DosaReader;
  private readonly scanner: LineScanner;
  private readonly firstColumn: number;
  private readonly lastColumn: number;
  /** By the text from the first to the last column of a context. */
  private readonly contexts = new Map<string, DesignContext>();

  constructor(table: DosaReader) {
    this.table = table;
    this.scanner = new LineScanner(table.columns.length);
    this.firstColumn = Math.min(...table.contextColumns);
    this.lastColumn = Math.max(...table.contextColumns);
  }

  read(bytes: Uint8Array): Rows {
    const buffer = bufferOver(bytes);
    return buffer.includes(QUOTE) ? this.readQuoted(buffer) : this.readPlain(buffer);
  }

  private readPlain(bytes: Buffer): Rows {
    const rows: Row[] = [];
    let records = 0;
    for (let start = 0; start < bytes.length; records++) {
      const end = this.scanner.scan(bytes, start);
      if (end > start) rows.push(this.readLine(new Row(records, bytes, start, end)));
      start = nextLine(bytes, end);
    }
    return { rows, records };
  }

  /** Reads the row whose line was scanned last. */
  private readLine(row: Row): Row {
    const { scanner, table } = this;
    // Which fails.
    if (scanner.cells !== table.columns.length) return this.readCells(row, row.line.split(","));
    row.mappingStart = scanner.cellStart(table.mappingColumn);
    row.mappingEnd = scanner.cellEnd(table.mappingColumn);
    const span = latin1(row.bytes, scanner.cellStart(this.firstColumn), scanner.cellEnd(this.lastColumn));
    row.context = this.contexts.get(span);
    if (row.context) return row;
    this.readCells(row, row.line.split(","));
    if (this.contexts.size >= MAX_CONTEXTS) this.contexts.clear();
    if (row.context) this.contexts.set(span, row.context);
    return row;
  }

  private readQuoted(bytes: Buffer): Rows {
    const records = csv.parseRows(latin1(bytes));
    const rows: Row[] = [];
    for (const [record, cells] of records.entries()) {
      if (cells.length === 1 && cells[0] === "") continue;
      const line = csv.formatRow(cells);
      const mapping = cells[this.table.mappingColumn] ?? "";
      const row = new Row(record, Buffer.from(line + mapping, "latin1"), 0, line.length);
      row.mappingStart = line.length;
      row.mappingEnd = line.length + mapping.length;
      rows.push(this.readCells(row, cells));
    }
    return { rows, records: records.length };
  }

  /** Gives a row the context that its cells make, or else the problem with them. */
  private readCells(row: Row, cells: readonly string[]): Row {
    try {
      row.context = this.table.read(cells).context;
    } catch (error) {
      if (!(error instanceof InputError)) throw error;
      row.problem = error;
    }
    return row;
  }
}
