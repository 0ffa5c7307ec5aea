/** Keys that are sorted at a time: their places fit 16 bits. */
export const MOST_KEYS = 65_536;

/**
 * Places of at most MOST_KEYS keys >= 0 (Infinity too), by rising key; keys that agree in all but the last 16 bits of their mantissa keep their
 * order. The place takes those bits and the doubles are sorted as such, ten times as fast as with a comparison.
 */
export function byRisingKey(keys: Float64Array): Uint16Array {
  const { length } = keys;
  if (length > MOST_KEYS) throw new RangeError(`at most ${MOST_KEYS} keys, found ${length}`);
  const packed = new Float64Array(length);
  const words = new Uint32Array(packed.buffer);
  for (let i = 0; i < length; i++) {
    // Infinity with a place in it would be no number.
    packed[i] = Math.min(keys[i] as number, Number.MAX_VALUE / 2);
    words[2 * i + LOW] = ((words[2 * i + LOW] as number) & ~0xffff) | i;
  }
  packed.sort();
  const places = new Uint16Array(length);
  for (let i = 0; i < length; i++) places[i] = words[2 * i + LOW] as number;
  return places;
}

/** Which half of a double holds the end of its mantissa. */
const LOW = new Uint8Array(new Uint32Array([1]).buffer)[0] === 1 ? 0 : 1;
