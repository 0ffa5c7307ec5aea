// Tables are read as Latin-1: every byte is one character, so columns that are only carried along come out as they went in,
// whatever their encoding, and reading is fast. Text for people is UTF-8.

/** The bytes from `from` to `to` as text, one character each. */
export function latin1(bytes: Buffer, from = 0, to: number = bytes.length): string {
  return bytes.toString("latin1", from, to);
}

/** The same bytes with the methods of a Buffer, which search and decode several times faster. */
export function bufferOver(bytes: Uint8Array): Buffer {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length);
}

/** Text whose characters are UTF-8 bytes, decoded; bytes that are no UTF-8 become U+FFFD. */
export function latin1ToUtf8(text: string): string {
  return new TextDecoder().decode(Uint8Array.from(text, (character) => character.charCodeAt(0)));
}

/** The UTF-8 bytes of a text, one character each. */
export function utf8ToLatin1(text: string): string {
  return Array.from(new TextEncoder().encode(text), (byte) => String.fromCharCode(byte)).join("");
}
