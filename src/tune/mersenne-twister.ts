/**
 * Uniform 32-bit integers of MT19937 (Matsumoto and Nishimura, ACM TOMACS 1998), seeded as numpy's `RandomState(seed)` is.
 * Only for what has to repeat a published draw; everything else takes an `Rng`.
 */
export function createMersenneTwister(seed: number): () => number {
  const state = new Uint32Array(SIZE);
  state[0] = seed;
  for (let i = 1; i < SIZE; i++) {
    const before = at(state, i - 1);
    state[i] = Math.imul(before ^ (before >>> 30), 1812433253) + i;
  }
  let next = SIZE;
  return () => {
    if (next === SIZE) {
      twist(state);
      next = 0;
    }
    let word = at(state, next++);
    word ^= word >>> 11;
    word ^= (word << 7) & 0x9d2c5680;
    word ^= (word << 15) & 0xefc60000;
    return (word ^ (word >>> 18)) >>> 0;
  };
}

/** The integers below `count` in random order: numpy's `RandomState.permutation`. */
export function permutation(count: number, next: () => number): readonly number[] {
  const order = Array.from({ length: count }, (_, i) => i);
  for (let last = count - 1; last > 0; last--) {
    const other = below(last, next);
    const moved = order[last] as number;
    order[last] = order[other] as number;
    order[other] = moved;
  }
  return order;
}

/** A uniform integer from 0 to `most`: masked, and drawn again while it is too large. */
function below(most: number, next: () => number): number {
  const mask = 0xffffffff >>> Math.clz32(most);
  for (;;) {
    const drawn = (next() & mask) >>> 0;
    if (drawn <= most) return drawn;
  }
}

const SIZE = 624;
const SHIFT = 397;

function twist(state: Uint32Array): void {
  for (let i = 0; i < SIZE; i++) {
    const joined = (at(state, i) & 0x80000000) | (at(state, (i + 1) % SIZE) & 0x7fffffff);
    const odd = joined & 1 ? 0x9908b0df : 0;
    state[i] = at(state, (i + SHIFT) % SIZE) ^ (joined >>> 1) ^ odd;
  }
}

function at(state: Uint32Array, index: number): number {
  return state[index] as number;
}
