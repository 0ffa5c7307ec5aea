/**
 * Short names for arithmetic on four candidates, and the elementary functions that the closed form needs. Multiplications and
 * additions only, each rounded, so that every engine gives the same bits.
 */
import {
  BOUND, EXPONENT_BIAS, EXP2_TERMS, LARGEST_EXPONENT, LEAST_EXPONENT, LOG2_TERMS, MANTISSA, ONE, ROUNDING,
} from "../../src/kernels/starlight-layout";
import { all } from "../lanes";


// @ts-ignore: decorator
@inline
export function add(a: v128, b: v128): v128 {
  return f32x4.add(a, b);
}

// @ts-ignore: decorator
@inline
export function sub(a: v128, b: v128): v128 {
  return f32x4.sub(a, b);
}

// @ts-ignore: decorator
@inline
export function mul(a: v128, b: v128): v128 {
  return f32x4.mul(a, b);
}

// @ts-ignore: decorator
@inline
export function div(a: v128, b: v128): v128 {
  return f32x4.div(a, b);
}

/** The smaller one; neither may be NaN. */
// @ts-ignore: decorator
@inline
export function min(a: v128, b: v128): v128 {
  return f32x4.pmin(a, b);
}

/** The larger one; neither may be NaN. */
// @ts-ignore: decorator
@inline
export function max(a: v128, b: v128): v128 {
  return f32x4.pmax(a, b);
}

// @ts-ignore: decorator
@inline
export function splat(value: f32): v128 {
  return f32x4.splat(value);
}

/** `value` where the mask is set, 0 elsewhere. */
// @ts-ignore: decorator
@inline
export function where(mask: v128, value: v128): v128 {
  return v128.and(mask, value);
}

/** ceil(a / b): exact for whole numbers below 2^22. */
// @ts-ignore: decorator
@inline
export function ceilDiv(a: v128, b: v128): v128 {
  return f32x4.ceil(div(a, b));
}

// @ts-ignore: decorator
@inline
export function modulo(a: v128, b: v128): v128 {
  return sub(a, mul(f32x4.floor(div(a, b)), b));
}

/** Sum over the tiles of a dim: `full` of each but the last, and `last`. */
// @ts-ignore: decorator
@inline
export function sumTiles(one: v128, trips: v128, full: v128, last: v128): v128 {
  return add(mul(sub(trips, one), full), last);
}

/** Bound of a dim in the layer as the RTL runs it. */
// @ts-ignore: decorator
@inline
export function bound(physics: usize, dim: usize): v128 {
  return all(physics + (dim << 2), BOUND);
}

/** Largest power of two that divides each whole number below 2^22, at most `limit`, a power of two; as f32. */
// @ts-ignore: decorator
@inline
function powerOfTwoIn(physics: usize, value: v128, limit: v128): v128 {
  const bits = v128.or(add(value, all(physics, ROUNDING)), limit);
  return f32x4.convert_i32x4_s(v128.and(bits, i32x4.neg(bits)));
}

/**
 * What divides the places in DRAM where rows of a tile begin: the alignment of a row of all channels, and where there is more than
 * one tile of them that of a tile.
 *
 * @param alignment field of the record with the first one, an i32
 */
// @ts-ignore: decorator
@inline
export function rowStep(physics: usize, tile: v128, trips: v128, alignment: usize): v128 {
  const limit = i32x4.splat(load<i32>(physics + alignment));
  return v128.bitselect(powerOfTwoIn(physics, tile, limit), f32x4.convert_i32x4_s(limit), f32x4.gt(trips, all(physics, ONE)));
}

/**
 * log2 of positive normal numbers, off by less than 1.2e-4: the exponent, and a polynomial of degree 4 through log2 of the
 * mantissa that is exact at 1 and 2. Its constants are those of the record `physics`, as are those of `exp2`.
 */
// @ts-ignore: decorator
@inline
export function log2(physics: usize, x: v128): v128 {
  const one = all(physics, ONE);
  const exponent = i32x4.sub(i32x4.shr_u(x, 23), all(physics, EXPONENT_BIAS));
  const m = sub(v128.or(v128.and(x, all(physics, MANTISSA)), one), one);
  let p = all(physics, LOG2_TERMS);
  p = add(mul(p, m), all(physics, LOG2_TERMS + 4));
  p = add(mul(p, m), all(physics, LOG2_TERMS + 8));
  p = add(mul(p, m), all(physics, LOG2_TERMS + 12));
  return add(f32x4.convert_i32x4_s(exponent), mul(p, m));
}

/** 2^x for -126 < x < 127, off by less than 3e-6 of itself: a power of two, and a polynomial of degree 5 for the rest. */
// @ts-ignore: decorator
@inline
export function exp2(physics: usize, x: v128): v128 {
  const bounded = max(all(physics, LEAST_EXPONENT), min(all(physics, LARGEST_EXPONENT), x));
  const rounded = add(bounded, all(physics, ROUNDING));
  const rest = sub(bounded, sub(rounded, all(physics, ROUNDING)));
  let p = all(physics, EXP2_TERMS);
  p = add(mul(p, rest), all(physics, EXP2_TERMS + 4));
  p = add(mul(p, rest), all(physics, EXP2_TERMS + 8));
  p = add(mul(p, rest), all(physics, EXP2_TERMS + 12));
  p = add(mul(p, rest), all(physics, EXP2_TERMS + 16));
  p = add(mul(p, rest), all(physics, ONE));
  const power = i32x4.shl(i32x4.add(rounded, all(physics, EXPONENT_BIAS)), 23);
  return mul(p, power);
}
