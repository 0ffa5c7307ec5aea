/** A source of uniform numbers in [0, 1). Everything random takes one, so that a seed fixes the result. */
export type Rng = () => number;

/**
 * A generator from a seed and, for independent streams, further keys (hardware point, layer, ...).
 * sfc32 (Chris Doty-Humphrey, PractRand), keyed by mixing each number in as MurmurHash3 does.
 */
export function createRng(...keys: readonly number[]): Rng {
  let hash = 0x9e3779b9;
  const next = (key: number): number => {
    hash = Math.imul(hash ^ key, 0x85ebca6b);
    hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35);
    hash ^= hash >>> 16;
    return hash;
  };
  for (const key of keys) {
    next(key | 0);
    next(Math.floor(key / 2 ** 32) | 0);
  }
  let a = next(1);
  let b = next(2);
  let c = next(3);
  let counter = 1;
  const rng = (): number => {
    const sum = (((a + b) | 0) + counter) | 0;
    counter = (counter + 1) | 0;
    a = b ^ (b >>> 9);
    b = (c + (c << 3)) | 0;
    c = (c << 21) | (c >>> 11);
    c = (c + sum) | 0;
    return (sum >>> 0) / 2 ** 32;
  };
  for (let i = 0; i < 12; i++) rng();
  return rng;
}
