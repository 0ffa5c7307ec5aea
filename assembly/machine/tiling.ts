/** The candidate at hand: its loops over tiles, and tiles at the edge. One instance of the module works on one candidate. */
import { C, DIMS, K, N, P, Q, R, S } from "../../src/kernels/layout";
import {
  MACHINE_BOUND, MACHINE_BUS_BYTES, MACHINE_BANDWIDTH, MACHINE_DIM, MACHINE_EXECUTE_QUEUE, MACHINE_HEIGHT_DILATION,
  MACHINE_HEIGHT_STRIDE, MACHINE_INFLIGHT, MACHINE_ISSUE, MACHINE_LATENCY, MACHINE_LOAD_QUEUE, MACHINE_MIN_ROWS,
  MACHINE_REUSE, MACHINE_SPILL, MACHINE_STORE_QUEUE, MACHINE_WIDTH_DILATION, MACHINE_WIDTH_STRIDE, TILING_DIM, TILING_EXTENT,
  TILING_LOOPS,
} from "../../src/kernels/machine-layout";

/** Dims that index each operand, and those that are summed over, as bits. */
export const INPUTS: i32 = (1 << N) | (1 << C) | (1 << P) | (1 << Q) | (1 << R) | (1 << S);
export const WEIGHTS: i32 = (1 << K) | (1 << C) | (1 << R) | (1 << S);
export const OUTPUTS: i32 = (1 << N) | (1 << K) | (1 << P) | (1 << Q);
export const REDUCTION: i32 = (1 << C) | (1 << R) | (1 << S);

// The machine.
export let dim: i32 = 0;
export let busBytes: i32 = 0;
/** Cycles from one beat to the next when DRAM is busy. */
export let beatCycles: f64 = 0;
export let latency: f64 = 0;
export let inflight: f64 = 0;
export let issueCycles: f64 = 0;
export let loadQueue: i32 = 0;
export let executeQueue: i32 = 0;
export let storeQueue: i32 = 0;
export let minRows: i32 = 0;
export let reuse: bool = true;
export let spill: bool = true;
// The layer.
export let widthStride: i32 = 0;
export let heightStride: i32 = 0;
export let widthDilation: i32 = 0;
export let heightDilation: i32 = 0;
// The candidate: loops of more than one trip, outermost first.
export let loops: i32 = 0;
/** Dims that tiles are ragged in, as bits. */
export let ragged: i32 = 0;

let machine: usize = 0;
let tiling: usize = 0;

/** Reads the machine and the layer. */
export function openMachine(at: usize): void {
  machine = at;
  dim = load<i32>(at, MACHINE_DIM);
  busBytes = load<i32>(at, MACHINE_BUS_BYTES);
  beatCycles = max(1.0, <f64>busBytes / load<f64>(at, MACHINE_BANDWIDTH));
  latency = <f64>load<i32>(at, MACHINE_LATENCY);
  inflight = <f64>load<i32>(at, MACHINE_INFLIGHT);
  issueCycles = <f64>load<i32>(at, MACHINE_ISSUE);
  loadQueue = load<i32>(at, MACHINE_LOAD_QUEUE);
  executeQueue = load<i32>(at, MACHINE_EXECUTE_QUEUE);
  storeQueue = load<i32>(at, MACHINE_STORE_QUEUE);
  minRows = load<i32>(at, MACHINE_MIN_ROWS);
  reuse = load<i32>(at, MACHINE_REUSE) != 0;
  spill = load<i32>(at, MACHINE_SPILL) != 0;
  widthStride = load<i32>(at, MACHINE_WIDTH_STRIDE);
  heightStride = load<i32>(at, MACHINE_HEIGHT_STRIDE);
  widthDilation = load<i32>(at, MACHINE_WIDTH_DILATION);
  heightDilation = load<i32>(at, MACHINE_HEIGHT_DILATION);
}

/** Reads a candidate. */
export function openTiling(at: usize): void {
  tiling = at;
  loops = load<i32>(at, TILING_LOOPS);
  ragged = 0;
  for (let d = 0; d < DIMS; d++) {
    if (trips(d) * extent(d) > bound(d)) ragged |= 1 << d;
  }
}

/** The layer's bound of a dim. */
export function bound(d: i32): i32 {
  return load<i32>(machine + (<usize>d << 2), MACHINE_BOUND);
}

/** Extent of a full tile. */
export function extent(d: i32): i32 {
  return load<i32>(tiling + (<usize>d << 2), TILING_EXTENT);
}

/** Tiles along a dim. */
export function trips(d: i32): i32 {
  return ceilDiv(bound(d), extent(d));
}

/** Extent of the last tile along a dim. */
export function lastExtent(d: i32): i32 {
  return bound(d) - (trips(d) - 1) * extent(d);
}

/** Dim of the `l`-th loop from outside. */
export function loopDim(l: i32): i32 {
  return load<i32>(tiling + (<usize>l << 2), TILING_DIM);
}

// @ts-ignore: decorator
@inline
export function ceilDiv(a: i32, b: i32): i32 {
  return (a + b - 1) / b;
}
