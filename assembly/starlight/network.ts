/**
 * Dense layers in integers, eight candidates by four units a step (see src/kernels/network-layout.ts).
 *
 * Two forms of one sum. The baseline multiplies pairs of 16 bits into 32. The relaxed binary multiplies bytes and adds up in 16
 * bits, twice as many a step: activations of 7 bits keep the sum of two products below 2^15, so that no engine saturates, and
 * addition wraps, so only the last sum has to fit. It does if the weights behind a lane add up to at most 516 in size and the
 * accumulator starts in the middle of the range (`quantiseRow` sees to both). Hence both are exact and equal.
 */
import {
  ACTIVATION_MAX, ACTIVATION_SHIFT, LAYER_GROUPS, LAYER_HEADER, LAYER_STEPS, LAYER_TILES, PANEL_STEP, TILE_BIAS,
  TILE_SCALE, TILE_START, TILE_UNITS, TILE_WEIGHTS, WEIGHT_STEP,
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

/** The sums of four candidates as i32. */
// @ts-ignore: decorator
@inline
function total(sum: v128, tile: usize, unit: usize): v128 {
  return ASC_FEATURE_RELAXED_SIMD
    ? i32x4.add(i32x4.dot_i16x8_s(sum, i16x8.splat(1)), v128.load32_splat(tile + (unit << 2), TILE_BIAS))
    : sum;
}

// @ts-ignore: decorator
@inline
function activate(sum: v128): v128 {
  return i32x4.min_s(i32x4.max_s(i32x4.shr_s(sum, ACTIVATION_SHIFT), i32x4.splat(0)), i32x4.splat(ACTIVATION_MAX));
}

/** Four units of four candidates as steps of the next layer, `vector` being 0 or 16. */
// @ts-ignore: decorator
@inline
function keep(at: usize, vector: usize, a: v128, b: v128, c: v128, d: v128): void {
  if (ASC_FEATURE_RELAXED_SIMD) {
    const low = v128.or(a, i32x4.shl(b, 8));
    v128.store(at + vector, v128.or(low, v128.or(i32x4.shl(c, 16), i32x4.shl(d, 24))));
  } else {
    v128.store(at + vector, v128.or(a, i32x4.shl(b, 16)));
    v128.store(at + vector, v128.or(c, i32x4.shl(d, 16)), PANEL_STEP);
  }
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
        a0 = total(a0, tile, 0), b0 = total(b0, tile, 0);
        a1 = total(a1, tile, 1), b1 = total(b1, tile, 1);
        a2 = total(a2, tile, 2), b2 = total(b2, tile, 2);
        a3 = total(a3, tile, 3), b3 = total(b3, tile, 3);
        if (last) {
          emit(to, tile, a0, b0, 0);
          emit(to, tile, a1, b1, 1);
          emit(to, tile, a2, b2, 2);
          emit(to, tile, a3, b3, 3);
        } else {
          keep(to, 0, activate(a0), activate(a1), activate(a2), activate(a3));
          keep(to, 16, activate(b0), activate(b1), activate(b2), activate(b3));
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
