/** Bytes that are read in any order, of a file or in memory; what is not asked for is never read. */
export interface ByteSource {
  readonly size: number;
  /** Fills `into` from the byte `at` on, as far as there are bytes; the number that it got. */
  read(at: number, into: Uint8Array): number;
}

/** Bytes in memory. */
export function bytesSource(bytes: Uint8Array): ByteSource {
  return {
    size: bytes.length,
    read(at, into) {
      const part = bytes.subarray(at, at + into.length);
      into.set(part);
      return part.length;
    },
  };
}
