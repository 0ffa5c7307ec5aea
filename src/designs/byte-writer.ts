/** Latin-1 text that grows at its end. */
export class ByteWriter {
  private bytes: Uint8Array;
  private size = 0;

  /** @param expected bytes that are made room for at once */
  constructor(expected: number) {
    this.bytes = new Uint8Array(expected);
  }

  /** Adds a text of characters below 256. */
  text(text: string): void {
    this.reserve(text.length);
    // Numbers and names: too short for a call into the runtime to pay.
    for (let i = 0; i < text.length; i++) this.bytes[this.size + i] = text.charCodeAt(i);
    this.size += text.length;
  }

  /** Adds one byte. */
  byte(byte: number): void {
    this.reserve(1);
    this.bytes[this.size++] = byte;
  }

  /** Adds the bytes of `source` from `from` to `to`. */
  copy(source: Uint8Array, from: number, to: number): void {
    this.reserve(to - from);
    // A plain view: making one of a Buffer takes longer than the copying.
    this.bytes.set(new Uint8Array(source.buffer, source.byteOffset + from, to - from), this.size);
    this.size += to - from;
  }

  /** All that was written, at the start of a buffer of its own. */
  finish(): Uint8Array {
    return this.bytes.subarray(0, this.size);
  }

  private reserve(more: number): void {
    if (this.size + more <= this.bytes.length) return;
    const larger = new Uint8Array(2 * (this.size + more));
    larger.set(this.finish());
    this.bytes = larger;
  }
}
