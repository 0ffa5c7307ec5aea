/** DRAM and the requests to it, as rtl/dram_model.sv and rtl/dma_read.sv have them. */
import { beatCycles, bound, busBytes, extent, inflight, latency, trips } from "./tiling";

/** Largest DMA request in bytes. */
export const REQUEST_BYTES: i32 = 64;

/**
 * Mean beats of requests of `bytes` bytes that lie at all multiples of `pitch` equally often. A request takes a beat for every
 * aligned `busBytes` that it touches. Places on the bus go round the multiples of g = gcd(pitch, bus); the sum over one round is
 * Hermite's identity, sum of floor(x + j / m) over j < m = floor(m x).
 */
export function meanBeats(bytes: i32, pitch: i32): f64 {
  // The bus is a power of two: so is its greatest common divisor with the pitch.
  const g = min(pitch & -pitch, busBytes);
  return <f64>((bytes + busBytes - 1) / g) * <f64>g / <f64>busBytes;
}

/** What all first channels of a dim's rows and tiles are multiples of, as far as the bus can tell. */
export function pitchOf(d: i32): i32 {
  return trips(d) > 1 ? bound(d) | extent(d) : bound(d);
}

/** Cycles that DRAM is busy with a request of so many beats. */
// @ts-ignore: decorator
@inline
export function busyCycles(beats: f64): f64 {
  return beats * beatCycles;
}

/** Cycles from a read request to the last of its rows written, with nothing in the way. */
// @ts-ignore: decorator
@inline
export function readCycles(beats: f64, rows: f64): f64 {
  return latency + 1 + (beats - 1) * beatCycles + rows;
}

/**
 * Cycles from one read request to the next in a long run of them: the slowest of the load unit (one a cycle), DRAM, the row
 * writer, and the limit of requests under way.
 */
export function readPeriod(beats: f64, rows: f64): f64 {
  return max(max(1.0, busyCycles(beats)), max(rows, readCycles(beats, rows) / inflight));
}

/**
 * The same for requests of `bytes` bytes of a dim's rows, whose beats differ by one with where they begin. Rows that are whole beats
 * apart begin alike within a tile, so that tiles of either kind take turns; others take turns among themselves.
 */
export function meanPeriod(bytes: i32, d: i32, rows: f64): f64 {
  const beats = meanBeats(bytes, pitchOf(d));
  const fewer = Math.floor(beats);
  const more = beats - fewer;
  if (more == 0 || bound(d) % busBytes != 0) return readPeriod(beats, rows);
  return (1 - more) * readPeriod(fewer, rows) + more * readPeriod(fewer + 1, rows);
}
