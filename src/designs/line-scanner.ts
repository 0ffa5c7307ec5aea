const COMMA = 44;
const LINE_FEED = 10;
const RETURN = 13;

/** Finds the cells of lines without quotes, one line at a time, in a single pass over the bytes. */
export class LineScanner {
  /** Cells of the line at hand. */
  cells = 0;
  private start = 0;
  private readonly ends: Int32Array;

  /** @param width columns of the table; of a line with more cells, those beyond are only counted */
  constructor(width: number) {
    this.ends = new Int32Array(width);
  }

  /** Takes the line that begins at `start`; where it ends, before its line end. */
  scan(bytes: Uint8Array, start: number): number {
    const { ends } = this;
    this.start = start;
    let cells = 0;
    let at = start;
    for (; at < bytes.length; at++) {
      const byte = bytes[at] as number;
      // Letters and digits, nearly all that there is.
      if (byte > COMMA) continue;
      if (byte === COMMA) {
        if (cells < ends.length) ends[cells] = at;
        cells++;
      } else if (byte === LINE_FEED || byte === RETURN) break;
    }
    if (cells < ends.length) ends[cells] = at;
    this.cells = cells + 1;
    return at;
  }

  cellStart(column: number): number {
    return column === 0 ? this.start : (this.ends[column - 1] as number) + 1;
  }

  cellEnd(column: number): number {
    return this.ends[column] as number;
  }
}

/** Where the next line begins after one that ends at `end`. */
export function nextLine(bytes: Uint8Array, end: number): number {
  return end + (bytes[end] === RETURN && bytes[end + 1] === LINE_FEED ? 2 : 1);
}
