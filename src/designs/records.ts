/**
 * Cuts a stream of bytes into runs of whole CSV records, about `target` bytes each, so that runs can be read apart from each
 * other. A line end inside a quoted cell ends no record.
 */
export class RecordCutter {
  private readonly target: number;
  private readonly longest: number;
  private rest: Uint8Array<ArrayBufferLike>[] = [];
  private size = 0;
  /** Bytes of `rest` that the scan has seen, state at that place, and the last record end before it. */
  private quoted = false;
  private cellStart = true;
  private lastEnd = 0;

  /** @param longest bytes of a record above which the input is taken for something else */
  constructor(target: number, longest: number) {
    this.target = target;
    this.longest = longest;
  }

  /** Bytes since the last record end; more than `longest` of them are no record. */
  get overlong(): boolean {
    return this.size - this.lastEnd > this.longest;
  }

  /** Takes the next bytes, which must not change; gives a run of whole records when enough have come. */
  push(bytes: Uint8Array): Uint8Array | undefined {
    this.scan(bytes);
    this.rest.push(bytes);
    this.size += bytes.length;
    if (this.size < this.target || this.lastEnd === 0) return undefined;
    const run = this.take(this.lastEnd);
    this.lastEnd = 0;
    return run;
  }

  /** What is left at the end of the input; its last record may lack a line end. */
  finish(): Uint8Array {
    return this.take(this.size);
  }

  /** The first `count` bytes, in a buffer of their own, which can be handed to another thread. */
  private take(count: number): Uint8Array {
    const taken = new Uint8Array(count);
    let at = 0;
    while (at < count) {
      const piece = this.rest[0] as Uint8Array;
      const part = piece.subarray(0, count - at);
      taken.set(part, at);
      at += part.length;
      if (part.length === piece.length) this.rest.shift();
      else this.rest[0] = piece.subarray(part.length);
    }
    this.size -= count;
    return taken;
  }

  private scan(bytes: Uint8Array): void {
    // Most tables have no quote at all: then the last line end is the last record end.
    if (!this.quoted && bytes.indexOf(QUOTE) < 0) {
      const end = bytes.lastIndexOf(LINE_FEED);
      if (end >= 0) this.lastEnd = this.size + end + 1;
      const last = bytes[bytes.length - 1];
      this.cellStart =
        last === LINE_FEED || last === COMMA || last === RETURN || (last === undefined && this.cellStart);
      return;
    }
    for (let i = 0; i < bytes.length; i++) {
      const byte = bytes[i];
      if (this.quoted) {
        // A doubled quote closes and opens again, which comes to the same.
        if (byte === QUOTE) this.quoted = false;
        this.cellStart = byte === QUOTE;
        continue;
      }
      if (byte === QUOTE && this.cellStart) this.quoted = true;
      else if (byte === LINE_FEED) this.lastEnd = this.size + i + 1;
      this.cellStart = byte === LINE_FEED || byte === COMMA || byte === RETURN;
    }
  }
}

const QUOTE = 34;
const COMMA = 44;
const LINE_FEED = 10;
const RETURN = 13;
