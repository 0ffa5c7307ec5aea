import type { LayerShape } from "../workload/layer.ts";
import { DIMS } from "../workload/layer.ts";
import * as event from "./event-layout.ts";
import { ACTIVATION_MAX } from "./network-layout.ts";
import * as at from "./starlight-layout.ts";

/** A layer as the RTL of a profile runs it. */
export interface RunLayer {
  /** Bounds in the order of the dims. */
  readonly bounds: readonly number[];
  readonly strideW: number;
  readonly strideH: number;
  readonly dilationW: number;
  readonly dilationH: number;
  /** Pixels of padding before the first input. */
  readonly paddingW: number;
  readonly paddingH: number;
  /** Inputs along each axis, without padding. */
  readonly inputW: number;
  readonly inputH: number;
  readonly matmul: boolean;
  /** Units that tiles of P, C and K are counted in, each of which becomes a whole array; 0: tiles are those of the mapping. */
  readonly tileUnit: number;
}

/**
 * What DOSA's FireSim harness makes of a layer (profile `gemmini-firesim`): convolutions run square, P x P outputs under R x R
 * taps with R / 2 pixels of padding, and tiles of matrix products become one array for each 16 that they hold. The same rules as
 * assembly/event/harness.ts.
 */
export function firesimLayer(shape: LayerShape): RunLayer {
  const { N, K, C, P, Q, R, S, Wstride } = shape;
  if (Q === 1 && R === 1 && S === 1) {
    return {
      bounds: [N, K, C, P, 1, 1, 1],
      strideW: Wstride,
      strideH: Wstride,
      dilationW: 1,
      dilationH: 1,
      paddingW: 0,
      paddingH: 0,
      inputW: P,
      inputH: 1,
      matmul: true,
      tileUnit: 16,
    };
  }
  const padding = Math.floor(R / 2);
  const inputs = P * Wstride;
  const outputs = Math.max(1, Math.floor((inputs - R + 2 * padding) / Wstride) + 1);
  return {
    bounds: [N, K, C, outputs, outputs, R, R],
    strideW: Wstride,
    strideH: Wstride,
    dilationW: 1,
    dilationH: 1,
    paddingW: padding,
    paddingH: padding,
    inputW: inputs,
    inputH: inputs,
    matmul: false,
    tileUnit: 0,
  };
}

/** What the width of a prediction's interval depends on. */
export interface WidthTraits {
  /** Standard deviation of the ensemble, ln of cycles. */
  readonly spread: number;
  /** Rows and columns of the PE array. */
  readonly array: number;
  /** Cycles of all loads, and of all stores, by the closed form, as a share of its latency. */
  readonly loadShare: number;
  readonly storeShare: number;
}

/** How wide an interval is: ln of half its width is a sum of these, each times its trait; none is negative. */
export interface Spread {
  readonly floor: number;
  /** For each doubling of the array beyond 4. */
  readonly array: number;
  /** Times the spread of the ensemble. */
  readonly scale: number;
  readonly load: number;
  readonly store: number;
}

/** No interval. */
export const NO_SPREAD: Spread = { floor: 0, array: 0, scale: 0, load: 0, store: 0 };

/** Doublings of an array beyond 4, whole ones. */
export function doublingsOf(array: number): number {
  return Math.max(0, 29 - Math.clz32(array));
}

/** A layer on an array, and the network that corrects what the closed form says of it. */
export interface PhysicsRun {
  readonly layer: RunLayer;
  /** Rows and columns of the PE array. */
  readonly array: number;
  /** Address of a network, or 0 for the closed form alone. */
  readonly network: number;
  readonly spread: Spread;
  /** Whether nothing of the layer is in the caches at the start. */
  readonly cold: boolean;
}

/** log2(1 + m) without its constant, 0, for 0 <= m < 1: exact at both ends. */
const LOG2_TERMS = [-0.08213059, 0.3211887, -0.67778382, 1.43872571];
/** 2^x without its constant, 1, for -0.5 <= x <= 0.5. */
const EXP2_TERMS = [0.0013333558, 0.0096181291, 0.0555041087, 0.240226507, Math.LN2];

/**
 * Places of loops that a mapping does not list, which ragged tiles make: outside those that it does, whose ranks are below 7, K
 * innermost among them. In the order of the dims.
 */
const UNLISTED = [8, 9, 10, 12, 11, 14, 13];

/** Writes what the records of all profiles have, the rest of which is 0. */
export function writeFrame(
  memory: WebAssembly.Memory,
  address: number,
  { layer, array, network, spread }: PhysicsRun,
): DataView {
  new Uint8Array(memory.buffer, address, at.PHYSICS_BYTES).fill(0);
  const view = new DataView(memory.buffer, address, at.PHYSICS_BYTES);
  const f32 = (offset: number, value: number): void => view.setFloat32(offset, value, true);
  const i32 = (offset: number, value: number): void => view.setInt32(offset, value, true);
  layer.bounds.forEach((bound, dim) => {
    f32(at.BOUND + 4 * dim, bound);
  });
  f32(at.STRIDE_W, layer.strideW);
  f32(at.STRIDE_H, layer.strideH);
  f32(at.PADDING_W, layer.paddingW);
  f32(at.PADDING_H, layer.paddingH);
  f32(at.INPUT_W, layer.inputW);
  f32(at.INPUT_H, layer.inputH);
  f32(at.ARRAY, array);
  f32(at.TILE_UNIT, layer.tileUnit);
  f32(at.SPREAD_FLOOR, spread.floor + spread.array * doublingsOf(array));
  f32(at.SPREAD_SCALE, spread.scale);
  f32(at.SPREAD_LOAD, spread.load);
  f32(at.SPREAD_STORE, spread.store);
  i32(at.NETWORK, network);
  f32(at.ONE, 1);
  i32(at.MANTISSA, 0x7fffff);
  i32(at.EXPONENT_BIAS, 127);
  LOG2_TERMS.forEach((term, i) => {
    f32(at.LOG2_TERMS + 4 * i, term);
  });
  EXP2_TERMS.forEach((term, i) => {
    f32(at.EXP2_TERMS + 4 * i, term);
  });
  f32(at.LEAST_EXPONENT, -125);
  f32(at.LARGEST_EXPONENT, 125);
  f32(at.LEAST_RATIO, 2 ** -10);
  f32(at.LARGEST_ACTIVATION, ACTIVATION_MAX);
  f32(at.ROUNDING, 1.5 * 2 ** 23);
  f32(at.LINE, 64);
  f32(at.PER_LINE, 1 / 64);
  UNLISTED.forEach((place, dim) => {
    i32(at.UNLISTED + 4 * dim, place);
  });
  i32(at.NOWHERE, 99);
  return view;
}

/**
 * Writes the record that Starlight's kernel reads for Gemmini: a layer, an array and calibrated cycles.
 *
 * @param coefficients of the event model for this kind of layer, a record of `event-layout.ts`
 */
export function writePhysics(
  memory: WebAssembly.Memory,
  address: number,
  run: PhysicsRun,
  coefficients: Float64Array,
): void {
  const { layer, array, cold } = run;
  const view = writeFrame(memory, address, run);
  const f32 = (offset: number, value: number): void => view.setFloat32(offset, value, true);
  const i32 = (offset: number, value: number): void => view.setInt32(offset, value, true);
  const of = (offset: number): number => coefficients[offset / 8] as number;
  i32(at.CONVOLUTION, layer.matmul ? 0 : -1);
  const channels = layer.bounds[DIMS.indexOf("C")] as number;
  const kernels = layer.bounds[DIMS.indexOf("K")] as number;
  i32(at.ALIGNMENT_C, alignment(channels));
  i32(at.ALIGNMENT_K, alignment(kernels));
  f32(at.CONFLICT_C, conflict(channels));
  f32(at.CONFLICT_K, conflict(kernels));

  for (const [to, from] of COPIED) f32(to, of(from));
  f32(at.EXECUTE_CALL, of(event.EXECUTE_START) + of(event.EXECUTE_START_DIM) * array);
  f32(at.IN_FLIGHT, of(event.IN_FLIGHT) + of(event.IN_FLIGHT_DIM) * array);
  f32(at.INPUT_LINE, of(event.LINE_HIT) + alignedLine(channels, of));
  f32(at.WEIGHT_LINE, of(event.LINE_HIT) + alignedLine(kernels, of));
  f32(at.REQUEST_TO_8, (of(event.REQUEST_8) - of(event.REQUEST)) / 8);
  f32(at.REQUEST_TO_16, (of(event.REQUEST_16) - of(event.REQUEST_8)) / 8);
  f32(at.REQUEST_TO_32, (of(event.REQUEST_32) - of(event.REQUEST_16)) / 16);
  f32(at.REQUEST_TO_64, (of(event.REQUEST_64) - of(event.REQUEST_32)) / 32);
  // Accumulator rows of arrays up to 16 fit a line.
  f32(at.BIAS_COMMAND, of(event.BIAS_COMMAND) + (array > 16 ? of(event.WIDE_BIAS_COMMAND) : 0));
  f32(at.LOAD_WAIT_SHARE, of(event.LOAD_WAIT_SHARE) + of(event.LOAD_WAIT_SHARE_DIM) * array);
  f32(at.CACHE_SHARPNESS, of(event.CACHE_SHARPNESS) * Math.LOG2E);
  f32(at.STORE_WORDS, of(event.STORE_WORDS) * Math.ceil(array / 8));
  f32(at.STORE_LATENCY, of(event.COMPUTE_LATENCY) + of(event.COMPUTE_LATENCY_DIM) * array);
  if (layer.matmul) {
    for (const zeros of [at.ZERO_ROW, at.ZERO_COMMAND, at.BIAS_ROW, at.BIAS_COMMAND]) f32(zeros, 0);
  }
  f32(at.COLD_SHARE, cold ? of(event.COLD_SHARE) : 0);
}

/** Coefficients that are the same for every layer and array. */
const COPIED: readonly (readonly [number, number])[] = [
  [at.SHORT_ROW, event.SHORT_ROW],
  [at.LAST_BLOCK, event.LAST_BLOCK],
  [at.COMPUTE_COMMAND, event.COMPUTE_COMMAND],
  [at.PRELOAD, event.PRELOAD],
  [at.EXECUTE_START, event.EXECUTE_START],
  [at.INPUT_COMMAND, event.INPUT_COMMAND],
  [at.WEIGHT_COMMAND, event.WEIGHT_COMMAND],
  [at.REQUEST, event.REQUEST],
  [at.REQUEST_64, event.REQUEST_64],
  [at.ROW, event.ROW],
  [at.ZERO_ROW, event.ZERO_ROW],
  [at.ZERO_COMMAND, event.ZERO_COMMAND],
  [at.BIAS_ROW, event.BIAS_ROW],
  [at.LOAD_START, event.LOAD_START],
  [at.MISS, event.MISS],
  [at.FAR_MISS, event.FAR_MISS],
  [at.CONTIGUOUS_SAVING, event.CONTIGUOUS_SAVING],
  [at.OUTPUT_MISS, event.OUTPUT_MISS],
  [at.OUTPUT_FAR_MISS, event.OUTPUT_FAR_MISS],
  [at.OUTPUT_CONTIGUOUS_SAVING, event.OUTPUT_CONTIGUOUS_SAVING],
  [at.CACHE_LOG2, event.CACHE_LOG2],
  [at.FAR_CACHE_LOG2, event.FAR_CACHE_LOG2],
  [at.STORE_COMMAND, event.STORE_COMMAND],
  [at.STORE_ROW, event.STORE_ROW],
  [at.STORE_BEAT, event.STORE_BEAT],
  [at.STORE_LINE, event.STORE_LINE],
  [at.STORE_START, event.STORE_START],
  [at.CALL_WAIT, event.CALL_WAIT],
  [at.CALL_ISSUE, event.CALL_ISSUE],
  [at.LOAD_LATENCY, event.LOAD_LATENCY],
  [at.QUEUED_LOADS, event.QUEUED_LOADS],
  [at.QUEUED_COMPUTES, event.QUEUED_COMPUTES],
  [at.LAST_LOAD_SHARE, event.LAST_LOAD_SHARE],
  [at.STORE_OVERLAP, event.STORE_OVERLAP],
  [at.STORE_LOAD_SHARE, event.STORE_LOAD_SHARE],
  [at.START, event.START],
];

/** Largest power of two, at most a cache line, that divides the bytes of a row. */
function alignment(bytes: number): number {
  return Math.min(64, bytes & -bytes);
}

/** Lines that a row occupies at least where rows lie a power of two of lines apart: the sets of a way are 256. */
function conflict(pitch: number): number {
  if (pitch < 64 || pitch % 64 !== 0) return 0;
  const lines = pitch / 64;
  return Math.min(lines & -lines, 256);
}

/** Further cycles of a line where rows lie a multiple of 256 bytes apart. */
function alignedLine(pitch: number, of: (offset: number) => number): number {
  return pitch % 256 === 0 ? of(event.ALIGNED_LINE) : 0;
}
