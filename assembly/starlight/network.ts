/**
 * Dense layers in integers, eight candidates by four units a step (see src/kernels/network-layout.ts).
 *
 * Two forms of one sum. The baseline multiplies pairs of 16 bits into 32. The relaxed binary multiplies bytes and adds up in 16
 * bits, twice as many a step: activations of 7 bits keep the sum of two products below 2^15, so that no engine saturates, and
 * addition wraps, so only the last sum has to fit. It does if the weights behind a lane add up to at most 516 in size and the
 * accumulator starts in the middle of the range (`quantiseRow` sees to both). Hence both are exact and equal.
 */
import {
  ACTIVATION_MAX, ACTIVATION_SHIFT, LAYER_GROUPS, LAYER_HEADER, LAYER_STEPS, LAYER_TILES, PAIR_SHIFT, PANEL_STEP,
  TILE_BIAS, TILE_SCALE, TILE_START, TILE_UNITS, TILE_WEIGHTS, WEIGHT_STEP,
} from "../../src/kernels/network-layout";
import { COLUMN } from "../../src/kernels/layout";

/** Inputs of one step: tells the host how to write networks for this binary. */
export const STEP_INPUTS: i32 = ASC_FEATURE_RELAXED_SIMD ? 4 : 2;

/** Steps that the four units of a tile make in the next layer. */
const UNIT_STEPS: i32 = ASC_FEATURE_RELAXED_SIMD ? 1 : 2;

// @ts-ignore: decorator
@inline
function accumulate(sum: v128, weights: v128, activations: v128): v128 {
  return ASC_FEATURE_RELAXED_SIMD
    ? i16x8.add(sum, v128.relaxed_dot<i16>(weights, activations))
    : i32x4.add(sum, i32x4.dot_i16x8_s(weights, activations));
}

/** The sums of four candidates as i32; those of hidden units of the relaxed form shifted to the left by PAIR_SHIFT. */
// @ts-ignore: decorator
@inline
function total(sum: v128, tile: usize, unit: usize, last: bool): v128 {
  if (!ASC_FEATURE_RELAXED_SIMD) return sum;
  const lanes = i32x4.dot_i16x8_s(sum, i16x8.splat(last ? <i16>1 : <i16>(<i32>1 << PAIR_SHIFT)));
  return i32x4.add(lanes, v128.load32_splat(tile + (unit << 2), TILE_BIAS));
}

/** Two units of four candidates as pairs of 16 bits, shifted as activations are but not clamped yet. */
// @ts-ignore: decorator
@inline
function pair(a: v128, b: v128): v128 {
  const low = ASC_FEATURE_RELAXED_SIMD ? i32x4.shr_u(a, 16) : i32x4.shr_s(a, ACTIVATION_SHIFT);
  const high = ASC_FEATURE_RELAXED_SIMD ? b : i32x4.shl(b, PAIR_SHIFT);
  // One blend.
  return i8x16.shuffle(low, high, 0, 1, 18, 19, 4, 5, 22, 23, 8, 9, 26, 27, 12, 13, 30, 31);
}

/** Four units of eight candidates, `a` the first four, as steps of the next layer. */
// @ts-ignore: decorator
@inline
function keep(at: usize, a0: v128, a1: v128, a2: v128, a3: v128, b0: v128, b1: v128, b2: v128, b3: v128): void {
  if (ASC_FEATURE_RELAXED_SIMD) {
    // Narrowing clamps to -128 ... 127; the shuffles are unpacks.
    const zero = i32x4.splat(0);
    const early = i8x16.max_s(i8x16.narrow_i16x8_s(pair(a0, a1), pair(b0, b1)), zero);
    const late = i8x16.max_s(i8x16.narrow_i16x8_s(pair(a2, a3), pair(b2, b3)), zero);
    v128.store(at, i8x16.shuffle(early, late, 0, 1, 16, 17, 2, 3, 18, 19, 4, 5, 20, 21, 6, 7, 22, 23));
    v128.store(at, i8x16.shuffle(early, late, 8, 9, 24, 25, 10, 11, 26, 27, 12, 13, 28, 29, 14, 15, 30, 31), 16);
  } else {
    v128.store(at, activate(pair(a0, a1)));
    v128.store(at, activate(pair(b0, b1)), 16);
    v128.store(at, activate(pair(a2, a3)), PANEL_STEP);
    v128.store(at, activate(pair(b2, b3)), PANEL_STEP + 16);
  }
}

/** Clamps pairs. */
// @ts-ignore: decorator
@inline
function activate(sum: v128): v128 {
  return i16x8.min_s(i16x8.max_s(sum, i32x4.splat(0)), i16x8.splat(<i16>ACTIVATION_MAX));
}

// @ts-ignore: decorator
@inline
function emit(at: usize, tile: usize, a: v128, b: v128, unit: usize): void {
  const scale = v128.load32_splat(tile + (unit << 2), TILE_SCALE);
  v128.store(at + unit * COLUMN, f32x4.mul(f32x4.convert_i32x4_s(a), scale));
  v128.store(at + unit * COLUMN, f32x4.mul(f32x4.convert_i32x4_s(b), scale), 16);
}

// @ts-ignore: decorator
@inline
function dense(layer: usize, x: usize, y: usize, panels: i32, last: bool): void {
  const groups = load<i32>(layer, LAYER_GROUPS);
  const tiles = load<i32>(layer, LAYER_TILES);
  const steps = load<i32>(layer, LAYER_STEPS);
  const groupBytes = <usize>steps * PANEL_STEP;
  const xPanel = <usize>groups * groupBytes;
  const yTile = last ? <usize>TILE_UNITS * COLUMN : <usize>UNIT_STEPS * PANEL_STEP;
  const yPanel = last ? <usize>PANEL_STEP : <usize>(groups * tiles) * yTile;
  const tileBytes = <usize>steps * WEIGHT_STEP + TILE_WEIGHTS;
  let tile = layer + LAYER_HEADER;
  for (let group = 0; group < groups; group++, x += groupBytes) {
    for (let i = 0; i < tiles; i++, tile += tileBytes, y += yTile) {
      let from = x;
      let to = y;
      for (let panel = 0; panel < panels; panel++, from += xPanel, to += yPanel) {
        const start0 = v128.load32_splat(tile, TILE_START);
        const start1 = v128.load32_splat(tile, TILE_START + 4);
        const start2 = v128.load32_splat(tile, TILE_START + 8);
        const start3 = v128.load32_splat(tile, TILE_START + 12);
        let a0 = start0, a1 = start1, a2 = start2, a3 = start3;
        let b0 = start0, b1 = start1, b2 = start2, b3 = start3;
        let weights = tile + TILE_WEIGHTS;
        for (let at = from, end = from + groupBytes; at < end; at += PANEL_STEP, weights += WEIGHT_STEP) {
          const a = v128.load(at);
          const b = v128.load(at, 16);
          const w0 = v128.load32_splat(weights);
          a0 = accumulate(a0, w0, a);
          b0 = accumulate(b0, w0, b);
          const w1 = v128.load32_splat(weights, 4);
          a1 = accumulate(a1, w1, a);
          b1 = accumulate(b1, w1, b);
          const w2 = v128.load32_splat(weights, 8);
          a2 = accumulate(a2, w2, a);
          b2 = accumulate(b2, w2, b);
          const w3 = v128.load32_splat(weights, 12);
          a3 = accumulate(a3, w3, a);
          b3 = accumulate(b3, w3, b);
        }
        a0 = total(a0, tile, 0, last), b0 = total(b0, tile, 0, last);
        a1 = total(a1, tile, 1, last), b1 = total(b1, tile, 1, last);
        a2 = total(a2, tile, 2, last), b2 = total(b2, tile, 2, last);
        a3 = total(a3, tile, 3, last), b3 = total(b3, tile, 3, last);
        if (last) {
          emit(to, tile, a0, b0, 0);
          emit(to, tile, a1, b1, 1);
          emit(to, tile, a2, b2, 2);
          emit(to, tile, a3, b3, 3);
        } else {
          keep(to, a0, a1, a2, a3, b0, b1, b2, b3);
        }
      }
    }
  }
}

/** Activations `y` of a hidden layer from activations `x`. */
export function hiddenLayer(layer: usize, x: usize, y: usize, panels: i32): void {
  dense(layer, x, y, panels, false);
}

/** Units of the last layer as f32 columns at `y`, for up to LANES candidates. */
export function lastLayer(layer: usize, x: usize, y: usize, panels: i32): void {
  dense(layer, x, y, panels, true);
}
