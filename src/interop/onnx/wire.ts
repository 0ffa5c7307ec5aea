import { InputError } from "../../errors.ts";
import type { ByteSource } from "./bytes.ts";

/** Bytes that are in memory at a time. */
const WINDOW = 64 * 1024;
/** Longest text that is read: names of nodes and tensors; protobuf itself has no limit. */
const MAX_TEXT = 64 * 1024;
/** Messages within messages, as in protobuf's own readers. */
const MAX_DEPTH = 100;
/** Fields of a whole file: about as many as fit a few seconds. */
const MAX_FIELDS = 2 ** 27;
/** Memory for all that is kept of a file. */
const MAX_KEPT_BYTES = 256 * 2 ** 20;

/** How a field is written (protobuf wire types; groups, 3 and 4, are not in use). */
export const WIRE = { varint: 0, fixed64: 1, bytes: 2, fixed32: 5 } as const;

/**
 * Reads protobuf's wire format field by field and jumps over what nobody asks for, so that a model of gigabytes costs what its
 * structure costs. Depth, number of fields, length of texts and the memory of what is kept are bounded, whatever a file declares.
 * Format: Protocol Buffers documentation, "Encoding".
 */
export class WireReader {
  private readonly source: ByteSource;
  private readonly window = new Uint8Array(WINDOW);
  /** Bytes of the file that `window` holds. */
  private windowStart = 0;
  private windowEnd = 0;
  private position = 0;
  private end: number;
  private depth = 0;
  private fields = 0;
  private kept = 0;
  private readonly decoder = new TextDecoder();

  /** Wire type of the field at hand. */
  wireType: number = WIRE.varint;

  constructor(source: ByteSource) {
    this.source = source;
    this.end = source.size;
  }

  /** The number of the next field of the message at hand; 0 at its end. Read or `skip` each. */
  next(): number {
    if (this.position >= this.end) return 0;
    if (++this.fields > MAX_FIELDS) this.fail("a model", `more than ${MAX_FIELDS} fields`);
    const tag = this.unsigned();
    this.wireType = tag % 8;
    const field = Math.floor(tag / 8);
    if (field < 1 || field >= 2 ** 29) this.fail("a protobuf field", "other data");
    return field;
  }

  /** A varint from 0 to 2^64, rounded where a double must. */
  unsigned(): number {
    let [low, high] = [0, 0];
    for (let shift = 0; shift < 70; shift += 7) {
      const byte = this.byte();
      const bits = byte & 127;
      if (shift < 28) low += bits * 2 ** shift;
      else high += bits * 2 ** (shift - 28);
      if (byte < 128) return low + (high % 2 ** 36) * 2 ** 28;
    }
    return this.fail("a varint of at most 10 bytes", "a longer one");
  }

  /** A varint that stands for a signed integer of 64 bits; exact up to 2^53. */
  signed(): number {
    let [low, high] = [0, 0];
    for (let shift = 0; shift < 70; shift += 7) {
      const byte = this.byte();
      const bits = byte & 127;
      if (shift < 28) low += bits * 2 ** shift;
      else high += bits * 2 ** (shift - 28);
      if (byte >= 128) continue;
      high %= 2 ** 36;
      return low + (high >= 2 ** 35 ? high - 2 ** 36 : high) * 2 ** 28;
    }
    return this.fail("a varint of at most 10 bytes", "a longer one");
  }

  float(): number {
    return this.view(4).getFloat32(0, true);
  }

  double(): number {
    return this.view(8).getFloat64(0, true);
  }

  /** The text at hand. */
  text(): string {
    const length = this.length();
    if (length > MAX_TEXT) this.fail(`a text of at most ${MAX_TEXT} bytes`, `one of ${length}`);
    return this.decoder.decode(this.take(length));
  }

  /** The bytes at hand if they are at most `most`, otherwise nothing: longer ones are passed over. */
  bytes(most: number): Uint8Array | undefined {
    const length = this.length();
    if (length > most) {
      this.position += length;
      return undefined;
    }
    return this.take(length).slice();
  }

  /** Reads the message at hand: `read` finds its fields with `next` and the end after the last. */
  message<T>(read: () => T): T {
    const length = this.length();
    if (++this.depth > MAX_DEPTH) this.fail(`at most ${MAX_DEPTH} messages within each other`, "more");
    this.keep(0);
    const outer = this.end;
    const end = this.position + length;
    this.end = end;
    const value = read();
    this.position = end;
    this.end = outer;
    this.depth--;
    return value;
  }

  /** Each number of a repeated field, packed or one alone, as `read` (such as `signed`) finds it. */
  numbers(alone: number, read: () => number, each: (value: number) => void): void {
    if (this.wireType === alone) {
      each(read());
      return;
    }
    const outer = this.end;
    const end = this.length() + this.position;
    this.end = end;
    while (this.position < end) each(read());
    this.end = outer;
  }

  /** Passes over the field at hand. */
  skip(): void {
    if (this.wireType === WIRE.varint) {
      this.unsigned();
      return;
    }
    const fixed = { [WIRE.fixed32]: 4, [WIRE.fixed64]: 8, [WIRE.bytes]: 0 }[this.wireType];
    if (fixed === undefined) this.fail("a protobuf field", `wire type ${this.wireType}`);
    // Apart from the sum: finding the length moves the position.
    const length = this.wireType === WIRE.bytes ? this.length() : this.within(fixed);
    this.position += length;
  }

  /**
   * @throws InputError where the file is not what it should be
   */
  fail(expected: string, found: string): never {
    throw new InputError({ where: `byte ${this.position}`, expected, found });
  }

  /** The declared length of the field at hand, which lies within its message. */
  private length(): number {
    if (this.wireType !== WIRE.bytes) this.fail("a field with a length", `wire type ${this.wireType}`);
    return this.within(this.unsigned());
  }

  private within(length: number): number {
    const left = this.end - this.position;
    if (length <= left) return length;
    return this.fail(`the ${length} bytes that a field declares`, `${left}: truncated, or no ONNX model`);
  }

  private byte(): number {
    if (this.position >= this.end) this.fail("a varint", "the end of its message");
    if (this.position < this.windowStart || this.position >= this.windowEnd) this.fill();
    return this.window[this.position++ - this.windowStart] as number;
  }

  /** The next `length` bytes, valid until more are read. */
  private take(length: number): Uint8Array {
    this.keep(length);
    this.within(length);
    if (this.position < this.windowStart || this.position + length > this.windowEnd) this.fill();
    const from = this.position - this.windowStart;
    this.position += length;
    return this.window.subarray(from, from + length);
  }

  private view(length: number): DataView {
    const { buffer, byteOffset } = this.take(length);
    return new DataView(buffer, byteOffset, length);
  }

  private fill(): void {
    this.windowStart = this.position;
    this.windowEnd = this.position + this.source.read(this.position, this.window);
    if (this.windowEnd < Math.min(this.end, this.position + WINDOW))
      this.fail("more of the file", "its end: it was cut while it was read");
  }

  private keep(bytes: number): void {
    this.kept += bytes + 64;
    if (this.kept > MAX_KEPT_BYTES)
      this.fail("a graph that fits memory", "far more nodes and names than any network has");
  }
}
