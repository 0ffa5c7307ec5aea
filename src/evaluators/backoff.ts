import type { Rng } from "../rng.ts";

/** Exponential backoff between attempts. */
export interface Backoff {
  /** Pause after the first failed attempt, in milliseconds; each further one is twice as long. */
  readonly firstMs: number;
  /** Longest pause, in milliseconds. */
  readonly longestMs: number;
}

/**
 * Milliseconds to wait after the `failures`-th failed attempt (1, 2, ...): between half and all of the backoff, at random, so
 * that many designs that failed together do not come back together ("equal jitter", Brooker, AWS Architecture Blog, 2015).
 */
export function pauseMs({ firstMs, longestMs }: Backoff, failures: number, rng: Rng): number {
  const whole = Math.min(longestMs, firstMs * 2 ** (failures - 1));
  return whole / 2 + (whole / 2) * rng();
}
