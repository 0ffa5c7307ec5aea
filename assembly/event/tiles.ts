/** The walk over the tiles of a program: which tile is at hand, how large it is, and how much of it lies in the padding. */
import { C, DIMS, P, Q, R, S } from "../../src/kernels/layout";
import {
  AT_END, COLUMNS, COLUMN_BLOCKS, DIM, DIM_RECORDS, DIM_RECORD_BYTES, EDGE_BLOCKS, EXTENT, INPUT_COLUMNS,
  INPUT_ROWS, IS_FIRST, IS_LAST, LAST_TILE, LOOPS, LOOP_BYTES, LOOP_COUNT, LOOP_DIM, LOOP_VISITS, MATMUL, OFFSET,
  PADDING, ROWS, STRIDE, TILE, TRIPS, USED_COLUMNS, USED_COLUMN_BLOCKS, USED_ROWS, VISIT, WEIGHTS,
} from "../../src/kernels/event-layout";
import { tripOf, weightOf } from "./loops";

/** Extent of the tile at hand along a dim. */
// @ts-ignore: decorator
@inline
export function extent(workspace: usize, dim: i32): f64 {
  return load<f64>(workspace + EXTENT + (<usize>dim << 3));
}

/** 1 where the tile at hand is the last along a dim, which may be smaller than the others; 0 elsewhere. */
// @ts-ignore: decorator
@inline
export function atEnd(workspace: usize, dim: i32): i32 {
  return load<i32>(workspace + AT_END + (<usize>dim << 2));
}

// @ts-ignore: decorator
@inline
function offset(workspace: usize, dim: i32): f64 {
  return load<f64>(workspace + OFFSET + (<usize>dim << 3));
}

/** Trips that the tile at hand stands for. */
// @ts-ignore: decorator
@inline
export function weight(program: usize, workspace: usize): f64 {
  return load<f64>(workspace + WEIGHTS + (<usize>load<i32>(program, LOOP_COUNT) << 3));
}

/** Goes to the first tile. */
export function first(program: usize, workspace: usize): void {
  for (let d = 0; d < DIMS; d++) place(program, workspace, d, 0);
  store<f64>(workspace, 1, WEIGHTS);
  restart(program, workspace, 0);
  derive(program, workspace, ALL);
}

/** Goes to the next tile; false when there is none. */
export function next(program: usize, workspace: usize): bool {
  let i = load<i32>(program, LOOP_COUNT) - 1;
  for (; i >= 0; i--) {
    const loop = program + LOOPS + <usize>i * LOOP_BYTES;
    const visit = workspace + VISIT + (<usize>i << 2);
    const index = load<i32>(visit) + 1;
    if (index == load<i32>(loop, LOOP_VISITS)) continue;
    store<i32>(visit, index);
    const d = load<i32>(loop, LOOP_DIM);
    place(program, workspace, d, tripOf(loop, index));
    const weights = workspace + WEIGHTS + (<usize>i << 3);
    store<f64>(weights, load<f64>(weights) * weightOf(loop, index), 8);
    derive(program, workspace, restart(program, workspace, i + 1) | (1 << d));
    return true;
  }
  return false;
}

/** Goes back to the first visit of all loops from `from` inwards; the dims that moved. */
// @ts-ignore: decorator
@inline
function restart(program: usize, workspace: usize, from: i32): i32 {
  const count = load<i32>(program, LOOP_COUNT);
  let moved = 0;
  for (let i = from; i < count; i++) {
    const loop = program + LOOPS + <usize>i * LOOP_BYTES;
    const d = load<i32>(loop, LOOP_DIM);
    store<i32>(workspace + VISIT + (<usize>i << 2), 0);
    place(program, workspace, d, 0);
    const weights = workspace + WEIGHTS + (<usize>i << 3);
    store<f64>(weights, load<f64>(weights), 8);
    moved |= 1 << d;
  }
  return moved;
}

// @ts-ignore: decorator
@inline
function place(program: usize, workspace: usize, dim: i32, trip: i32): void {
  const record = program + DIM_RECORDS + <usize>dim * DIM_RECORD_BYTES;
  const size = load<f64>(record, TILE);
  const last = <f64>(trip + 1) == load<f64>(record, TRIPS);
  const wide = workspace + (<usize>dim << 3);
  store<f64>(wide, last ? load<f64>(record, LAST_TILE) : size, EXTENT);
  store<f64>(wide, <f64>trip * size, OFFSET);
  store<i32>(workspace + (<usize>dim << 2), last ? 1 : 0, AT_END);
}

const ALL: i32 = (1 << DIMS) - 1;
const ALONG_WIDTH: i32 = (1 << P) | (1 << R);
const ALONG_HEIGHT: i32 = (1 << Q) | (1 << S);
const SUMMED: i32 = (1 << R) | (1 << S) | (1 << C);

// @ts-ignore: decorator
@inline
function derive(program: usize, workspace: usize, moved: i32): void {
  if ((moved & ALONG_WIDTH) != 0) columns(program, workspace);
  if ((moved & ALONG_HEIGHT) != 0) rows(program, workspace);
  if ((moved & SUMMED) == 0) return;
  store<i32>(workspace, atEnd(workspace, R) & atEnd(workspace, S) & atEnd(workspace, C), IS_LAST);
  const begun = offset(workspace, R) + offset(workspace, S) + offset(workspace, C);
  store<i32>(workspace, begun == 0 ? 1 : 0, IS_FIRST);
}

/**
 * Inputs along the width. The harness loads one column more than the taps need where the stride is 2: outputs x stride + taps -
 * 1 of them.
 */
// @ts-ignore: decorator
@inline
function columns(program: usize, workspace: usize): void {
  const stride = load<f64>(program, STRIDE);
  const inverse = 1 / load<f64>(program, DIM);
  const begin = offset(workspace, P) * stride + offset(workspace, R) - load<f64>(program, PADDING);
  const span = load<f64>(program, MATMUL) != 0
    ? extent(workspace, P)
    : extent(workspace, P) * stride + extent(workspace, R) - 1;
  const left = max(0.0, -begin);
  const right = max(0.0, begin + span - load<f64>(program, INPUT_COLUMNS));
  const used = max(0.0, span - left - right);
  store<f64>(workspace, span, COLUMNS);
  store<f64>(workspace, used, USED_COLUMNS);
  store<f64>(workspace, blocks(span, inverse), COLUMN_BLOCKS);
  store<f64>(workspace, blocks(used, inverse), USED_COLUMN_BLOCKS);
  store<f64>(workspace, blocks(left, inverse) + blocks(right, inverse), EDGE_BLOCKS);
}

// @ts-ignore: decorator
@inline
function rows(program: usize, workspace: usize): void {
  const begin = offset(workspace, Q) * load<f64>(program, STRIDE) + offset(workspace, S) - load<f64>(program, PADDING);
  const span = load<f64>(program, MATMUL) != 0
    ? 1
    : extent(workspace, Q) * load<f64>(program, STRIDE) + extent(workspace, S) - 1;
  const above = max(0.0, -begin);
  const below = max(0.0, begin + span - load<f64>(program, INPUT_ROWS));
  store<f64>(workspace, span, ROWS);
  store<f64>(workspace, max(0.0, span - above - below), USED_ROWS);
}

/** ceil(count / dim), exact for integers below 2^50. */
// @ts-ignore: decorator
@inline
function blocks(count: f64, inverse: f64): f64 {
  return ceil((count - 0.5) * inverse);
}
