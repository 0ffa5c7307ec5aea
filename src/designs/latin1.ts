// Tables are read as Latin-1: every byte is one character, so columns that are only carried along come out as they went in,
// whatever their encoding, and reading is fast. Text for people is UTF-8.

/** Text whose characters are UTF-8 bytes, decoded; bytes that are no UTF-8 become U+FFFD. */
export function latin1ToUtf8(text: string): string {
  return new TextDecoder().decode(Uint8Array.from(text, (character) => character.charCodeAt(0)));
}

/** The UTF-8 bytes of a text, one character each. */
export function utf8ToLatin1(text: string): string {
  return Array.from(new TextEncoder().encode(text), (byte) => String.fromCharCode(byte)).join("");
}
