/**
 * Profile `gemmini-firesim`: what DOSA's harness makes of a mapping before Gemmini's loop units see it. It knows a tile, the
 * order of the DRAM loops and the array; the order and the splits below DRAM never reach the hardware. Its own rules:
 * convolutions run square (P x P outputs, R x R taps, R / 2 pixels of padding), and a matrix product has tiles of whole arrays, as
 * many as its tile has units of 16. Source: `gemmini-rocc-tests`, branch `dosa`, conv_tilings.c and matmul_tilings.c.
 */
import {
  ACCUMULATOR, C, COLUMN, DIMS, DRAM, K, N, ORDER_DRAM, P, Q, R, REGISTER, S, SCRATCHPAD, SPATIAL_C, SPATIAL_K,
} from "../../src/kernels/layout";
import {
  ARRAY_DIM, BOUND, CALLS, DIM, DIM_RECORDS, DIM_RECORD_BYTES, INPUT_COLUMNS, INPUT_ROWS, LAST_TILE, LAYER_BOUND,
  LAYER_STRIDE, MATMUL, PADDING, STRIDE, TILE, TRIPS,
} from "../../src/kernels/event-layout";
import { addLoop, beginLoops, endLoops } from "./loops";

/** Factor of a dim at a level; `lane` is the candidate's address in the first column of its block. */
// @ts-ignore: decorator
@inline
function factor(lane: usize, level: usize, dim: i32): f64 {
  return <f64>load<f32>(lane + level + <usize>dim * COLUMN);
}

// @ts-ignore: decorator
@inline
function tile(lane: usize, dim: i32): f64 {
  const spatial = dim == K ? <f64>load<f32>(lane, SPATIAL_K) : dim == C ? <f64>load<f32>(lane, SPATIAL_C) : 1;
  return factor(lane, SCRATCHPAD, dim) * factor(lane, ACCUMULATOR, dim) * factor(lane, REGISTER, dim) * spatial;
}

/** Whole arrays in a tile of a matrix product, which the harness counts in units of 16 whatever the array. */
// @ts-ignore: decorator
@inline
function arrays(extent: f64, dim: f64): f64 {
  return max(1.0, floor(extent * (1.0 / 16))) * dim;
}

/** Writes bounds, tiles and loops of the candidate at `lane` to `program`. */
export function describe(context: usize, lane: usize, program: usize): void {
  const dim = load<f64>(context, ARRAY_DIM);
  const bound = context + LAYER_BOUND;
  const width = load<f64>(bound, P << 3);
  const taps = load<f64>(bound, R << 3);
  const matmul = load<f64>(bound, Q << 3) == 1 && taps == 1 && load<f64>(bound, S << 3) == 1;
  const stride = matmul ? 1 : load<f64>(context, LAYER_STRIDE);
  const padding = floor(taps * 0.5);
  const outputs = matmul ? width : floor((width * stride - taps + 2 * padding) / stride) + 1;

  store<f64>(program, dim, DIM);
  store<f64>(program, matmul ? 1 : 0, MATMUL);
  store<f64>(program, stride, STRIDE);
  store<f64>(program, padding, PADDING);
  store<f64>(program, width * stride, INPUT_COLUMNS);
  store<f64>(program, matmul ? 1 : width * stride, INPUT_ROWS);
  let calls: f64 = 1;
  for (let d = 0; d < DIMS; d++) {
    let extent = load<f64>(bound + (<usize>d << 3));
    let size = tile(lane, d);
    if (d == P) extent = outputs;
    else if (d == Q) extent = matmul ? 1 : outputs;
    else if (d == S) extent = taps;
    if (matmul && (d == P || d == C || d == K)) size = arrays(size, dim);
    size = min(size, extent);
    const trips = ceil(extent / size);
    const record = program + DIM_RECORDS + <usize>d * DIM_RECORD_BYTES;
    store<f64>(record, extent, BOUND);
    store<f64>(record, size, TILE);
    store<f64>(record, extent - (trips - 1) * size, LAST_TILE);
    store<f64>(record, trips, TRIPS);
    calls *= trips;
  }
  store<f64>(program, calls, CALLS);
  order(lane, program);
}

/** Loops that the mapping does not list, which ragged tiles make, run outside those that it does. */
function order(lane: usize, program: usize): void {
  beginLoops(program);
  if (unlisted(lane, R)) addLoop(program, R);
  if (unlisted(lane, S)) addLoop(program, S);
  if (unlisted(lane, P)) addLoop(program, P);
  if (unlisted(lane, Q)) addLoop(program, Q);
  if (unlisted(lane, C)) addLoop(program, C);
  if (unlisted(lane, K)) addLoop(program, K);
  if (unlisted(lane, N)) addLoop(program, N);
  const ranks = load<u32>(lane, ORDER_DRAM);
  let dimAt: u32 = 0;
  for (let d = 0; d < DIMS; d++) dimAt |= <u32>d << (((ranks >> (<u32>d << 2)) & 15) << 2);
  for (let rank: u32 = DIMS; rank > 0; rank--) {
    const d = <i32>((dimAt >> ((rank - 1) << 2)) & 15);
    if (!unlisted(lane, d)) addLoop(program, d);
  }
  endLoops(program);
}

// @ts-ignore: decorator
@inline
function unlisted(lane: usize, dim: i32): bool {
  return factor(lane, DRAM, dim) == 1;
}
