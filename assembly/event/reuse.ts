/**
 * Reuse of cache lines between tiles: for each operand, which share of the lines that tiles touch was last touched one trip of
 * which loop ago, and how many bytes were touched since. What no loop brings back is its first touch, whose distance is the
 * whole layer, since the harness has run the layer before.
 *
 * Distances count what the cache loses: an operand's own rows, when they lie a power of two apart, occupy a part of the sets
 * only and so push each other out as if they were as long as their pitch.
 */
import { C, K, N, P, Q, R, S } from "../../src/kernels/layout";
import {
  BOUND, DIM_RECORDS, DIM_RECORD_BYTES, INPUT_COLUMNS, INPUT_DISTANCE, INPUT_ROWS, INPUT_SHARE, LOOPS, LOOP_BYTES,
  LOOP_COUNT, LOOP_DIM, MATMUL, OUTPUT_DISTANCE, OUTPUT_SHARE, REUSE, REUSE_BYTES, REUSE_COUNT, STRIDE, TILE,
  TRIPS, WEIGHT_DISTANCE, WEIGHT_SHARE,
} from "../../src/kernels/event-layout";
import { log2 } from "./powers";
import { LINE } from "./transfers";

/** Sets that a way of the cache has, in lines. */
const SETS: i32 = 256;

// @ts-ignore: decorator
@inline
function field(program: usize, dim: i32, offset: usize): f64 {
  return load<f64>(program + DIM_RECORDS + <usize>dim * DIM_RECORD_BYTES + offset);
}

/** Lines of a row of `bytes` of `pitch` bytes. */
function rowLines(bytes: f64, pitch: f64): f64 {
  if (bytes >= pitch || pitch < LINE) return pitch / LINE;
  return (<i32>pitch & 63) == 0 ? max(1.0, ceil(bytes / LINE)) : min(bytes / LINE + 1, pitch / LINE);
}

/** The same, where rows that lie a power of two apart share the sets of the cache. */
function conflictLines(bytes: f64, pitch: f64): f64 {
  const lines = rowLines(bytes, pitch);
  const rows = <i32>pitch;
  if (bytes >= pitch || pitch < LINE || (rows & 63) != 0) return lines;
  const step = rows >> 6;
  return max(lines, <f64>min(step & -step, SETS));
}

/** Share of the lines of a tile that the next tile along the channels touches too. */
function sharedLines(bytes: f64, pitch: f64): f64 {
  const lines = (<i32>pitch & 63) == 0 ? max(1.0, ceil(bytes / LINE)) : bytes / LINE + 1;
  return max(0.0, 1 - bytes / LINE / lines);
}

/** Share of a tile's extent that the next tile along it touches too. */
// @ts-ignore: decorator
@inline
function halo(extent: f64, step: f64): f64 {
  return max(0.0, extent - step) / extent;
}

export function describeReuse(program: usize): void {
  const matmul = load<f64>(program, MATMUL) != 0;
  const stride = load<f64>(program, STRIDE);
  const inputColumns = load<f64>(program, INPUT_COLUMNS);
  const inputRows = load<f64>(program, INPUT_ROWS);
  const pitchC = field(program, C, BOUND);
  const pitchK = field(program, K, BOUND);
  const tileC = field(program, C, TILE);
  const tileK = field(program, K, TILE);
  const tileR = field(program, R, TILE);
  const tileS = field(program, S, TILE);
  const columns = (field(program, P, TILE) - 1) * stride + tileR;
  const rows = (field(program, Q, TILE) - 1) * stride + tileS;

  // Extents of what the loops inside touch.
  let n = field(program, N, TILE);
  let k = tileK;
  let c = tileC;
  let p = field(program, P, TILE);
  let q = field(program, Q, TILE);
  let r = tileR;
  let s = tileS;
  let sums = field(program, R, TRIPS) * field(program, S, TRIPS) * field(program, C, TRIPS);
  let inputs: f64 = 1;
  let weights: f64 = 1;
  let outputs: f64 = 1;

  const count = load<i32>(program, LOOP_COUNT);
  let record = program + REUSE;
  for (let i = count; i >= 0; i--, record += REUSE_BYTES) {
    const pixels = matmul
      ? p * n
      : min(inputColumns, (p - 1) * stride + r) * min(inputRows, (q - 1) * stride + s) * n;
    const taps = r * s * c;
    const places = p * q * n;
    const plainI = pixels * rowLines(c, pitchC);
    const plainW = taps * rowLines(k, pitchK);
    const plainO = places * rowLines(k, pitchK);
    const conflictI = pixels * conflictLines(c, pitchC);
    const conflictW = taps * conflictLines(k, pitchK);
    const conflictO = places * conflictLines(k, pitchK);
    if (i == 0) {
      const bytes = log2((conflictI + conflictW + conflictO) * LINE);
      write(record, inputs, weights, outputs, bytes, bytes, bytes);
      break;
    }
    const d = load<i32>(program + LOOPS + <usize>(i - 1) * LOOP_BYTES, LOOP_DIM);
    const trips = field(program, d, TRIPS);
    const again = (trips - 1) / trips;
    const isSum = d == R || d == S || d == C;
    let sameI: f64 = 0;
    let sameW: f64 = 0;
    let sameO: f64 = 0;
    if (d == K) {
      sameI = 1;
      sameW = sharedLines(tileK, pitchK);
      sameO = sameW;
    } else if (d == C) {
      sameI = sharedLines(tileC, pitchC);
    } else if (d == R) {
      sameI = halo(columns, tileR);
    } else if (d == S) {
      sameI = halo(rows, tileS);
    } else {
      sameW = 1;
      if (d == P) sameI = matmul ? 0 : halo(columns, field(program, P, TILE) * stride);
      else if (d == Q) sameI = matmul ? 0 : halo(rows, field(program, Q, TILE) * stride);
    }
    // Outputs are written when their sums are complete: where a loop of the sums lies outside, they are not in the way here.
    const written: f64 = sums == 1 ? 1 : 0;
    write(
      record, inputs * again * sameI, weights * again * sameW, outputs * again * sameO,
      log2((conflictI + plainW + written * plainO) * LINE), log2((plainI + conflictW + written * plainO) * LINE),
      log2((plainI + plainW + conflictO) * LINE),
    );
    inputs *= 1 - again * sameI;
    weights *= 1 - again * sameW;
    outputs *= 1 - again * sameO;
    if (isSum) sums /= trips;
    const bound = field(program, d, BOUND);
    if (d == N) n = bound;
    else if (d == K) k = bound;
    else if (d == C) c = bound;
    else if (d == P) p = bound;
    else if (d == Q) q = bound;
    else if (d == R) r = bound;
    else s = bound;
  }
  store<i32>(program, count + 1, REUSE_COUNT);
}

function write(
  record: usize, inputs: f64, weights: f64, outputs: f64, inputDistance: f64, weightDistance: f64, outputDistance: f64,
): void {
  store<f64>(record, inputs, INPUT_SHARE);
  store<f64>(record, weights, WEIGHT_SHARE);
  store<f64>(record, outputs, OUTPUT_SHARE);
  store<f64>(record, inputDistance, INPUT_DISTANCE);
  store<f64>(record, weightDistance, WEIGHT_DISTANCE);
  store<f64>(record, outputDistance, OUTPUT_DISTANCE);
}
