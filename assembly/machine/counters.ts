/**
 * What the RTL counts, in closed form: every dim is cut into tiles by itself, so sums over all tiles are products of sums over the
 * tiles of each dim. Exact.
 */
import { C, DIMS, K, N, P, Q, R, S } from "../../src/kernels/layout";
import {
  ANSWER_ACCUMULATOR_PARTIAL_WRITES, ANSWER_ACCUMULATOR_READS, ANSWER_ACCUMULATOR_STORE_READS,
  ANSWER_ACCUMULATOR_WRITES, ANSWER_INPUT_BYTES, ANSWER_MACS, ANSWER_OUTPUT_BYTES, ANSWER_PARTIAL_READ_BYTES,
  ANSWER_PARTIAL_WRITE_BYTES, ANSWER_SCRATCHPAD_INPUT_READS, ANSWER_SCRATCHPAD_WEIGHT_READS, ANSWER_SCRATCHPAD_WRITES,
  ANSWER_TILES, ANSWER_WEIGHT_BYTES, ANSWER_WEIGHT_REGISTER_WRITES,
} from "../../src/kernels/machine-layout";
import {
  bound, ceilDiv, dim, extent, heightDilation, heightStride, INPUTS, lastExtent, loopDim, loops, OUTPUTS, reuse, spill, trips,
  WEIGHTS, widthDilation, widthStride,
} from "./tiling";

/** Counts a candidate. */
export function count(answer: usize): void {
  const k = <f64>bound(K), c = <f64>bound(C);
  const taps = <f64>bound(R) * <f64>bound(S);
  const pixels = <f64>bound(N) * <f64>bound(P) * <f64>bound(Q);
  const blocksK = blocks(K), blocksC = blocks(C);
  const tilesOf = tileProduct(WEIGHTS), all = tileProduct((1 << DIMS) - 1);
  // Rows that stream through the array, and rows of results that leave it once.
  const rows = blocksK * blocksC * taps * pixels;
  const outputRows = blocksK * pixels;
  const windows = <f64>bound(N) * windowSum(P, R, widthStride, widthDilation) * windowSum(Q, S, heightStride, heightDilation);
  const inputLoads = loadsOf(INPUTS), weightLoads = loadsOf(WEIGHTS), visits = spill ? visitsOf(OUTPUTS) : 1;
  store<f64>(answer, all, ANSWER_TILES);
  store<f64>(answer, k * c * taps * pixels, ANSWER_MACS);
  // Every tile moves all its weights to the array once.
  const moves = all / tilesOf;
  store<f64>(answer, moves * k * c * taps, ANSWER_WEIGHT_REGISTER_WRITES);
  store<f64>(answer, moves * blocksK * c * taps, ANSWER_SCRATCHPAD_WEIGHT_READS);
  store<f64>(answer, rows, ANSWER_SCRATCHPAD_INPUT_READS);
  store<f64>(answer, inputLoads * windows * blocksC + weightLoads * taps * c * blocksK, ANSWER_SCRATCHPAD_WRITES);
  store<f64>(answer, rows, ANSWER_ACCUMULATOR_WRITES);
  store<f64>(answer, rows - outputRows, ANSWER_ACCUMULATOR_READS);
  store<f64>(answer, visits * outputRows, ANSWER_ACCUMULATOR_STORE_READS);
  store<f64>(answer, (visits - 1) * outputRows, ANSWER_ACCUMULATOR_PARTIAL_WRITES);
  store<f64>(answer, inputLoads * windows * c, ANSWER_INPUT_BYTES);
  store<f64>(answer, weightLoads * taps * c * k, ANSWER_WEIGHT_BYTES);
  store<f64>(answer, (visits - 1) * 4 * k * pixels, ANSWER_PARTIAL_READ_BYTES);
  store<f64>(answer, (visits - 1) * 4 * k * pixels, ANSWER_PARTIAL_WRITE_BYTES);
  store<f64>(answer, k * pixels, ANSWER_OUTPUT_BYTES);
}

/** Blocks of `dim` channels, summed over the tiles of a dim. */
function blocks(d: i32): f64 {
  return <f64>((trips(d) - 1) * ceilDiv(extent(d), dim) + ceilDiv(lastExtent(d), dim));
}

/** Extents of input windows along an axis, summed over the tiles of outputs and taps. */
function windowSum(outputs: i32, taps: i32, stride: i32, dilation: i32): f64 {
  const m = <f64>trips(outputs), n = <f64>trips(taps);
  return n * (<f64>bound(outputs) - m) * <f64>stride + m * (<f64>bound(taps) - n) * <f64>dilation + m * n;
}

/** Tiles along some dims. */
function tileProduct(dims: i32): f64 {
  let product: f64 = 1;
  for (let d = 0; d < DIMS; d++) if ((dims >> d) & 1) product *= <f64>trips(d);
  return product;
}

/** How often each tile of an operand is loaded. */
function loadsOf(dims: i32): f64 {
  return reuse ? visitsOf(dims) : tileProduct(~dims);
}

/** How often the walk comes to each tile of an operand: once for each iteration of other loops outside its innermost own one. */
function visitsOf(dims: i32): f64 {
  let inner = loops - 1;
  while (inner >= 0 && !((dims >> loopDim(inner)) & 1)) inner--;
  let visits: f64 = 1;
  for (let l = 0; l < inner; l++) {
    const d = loopDim(l);
    if (!((dims >> d) & 1)) visits *= <f64>trips(d);
  }
  return visits;
}
