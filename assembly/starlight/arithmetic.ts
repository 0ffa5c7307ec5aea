/**
 * Short names for arithmetic on four candidates, and the elementary functions that the closed form needs. Multiplications and
 * additions only, each rounded, so that every engine gives the same bits.
 */

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
export function least(a: v128, b: v128): v128 {
  return f32x4.pmin(a, b);
}

/** The larger one; neither may be NaN. */
// @ts-ignore: decorator
@inline
export function most(a: v128, b: v128): v128 {
  return f32x4.pmax(a, b);
}

// @ts-ignore: decorator
@inline
export function number(value: f32): v128 {
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

/** Largest power of two that divides each whole number, at most `limit`, a power of two; as f32. */
// @ts-ignore: decorator
@inline
export function powerOfTwoIn(value: v128, limit: v128): v128 {
  const bits = v128.or(i32x4.trunc_sat_f32x4_s(value), limit);
  return f32x4.convert_i32x4_s(v128.and(bits, i32x4.neg(bits)));
}

/**
 * log2 of positive normal numbers, off by less than 1.2e-4: the exponent, and a polynomial of degree 4 through log2 of the
 * mantissa that is exact at 1 and 2.
 */
// @ts-ignore: decorator
@inline
export function log2(x: v128): v128 {
  const exponent = i32x4.sub(i32x4.shr_u(x, 23), i32x4.splat(127));
  const m = sub(v128.or(v128.and(x, i32x4.splat(0x7fffff)), i32x4.splat(0x3f800000)), number(1));
  let p = number(-0.08213059);
  p = add(mul(p, m), number(0.32118870));
  p = add(mul(p, m), number(-0.67778382));
  p = add(mul(p, m), number(1.43872571));
  return add(f32x4.convert_i32x4_s(exponent), mul(p, m));
}

/** 2^x for -126 < x < 127, off by less than 3e-6 of itself: a power of two, and a polynomial of degree 5 for the rest. */
// @ts-ignore: decorator
@inline
export function exp2(x: v128): v128 {
  const bounded = most(number(-125), least(number(125), x));
  const whole = f32x4.nearest(bounded);
  const rest = sub(bounded, whole);
  let p = number(0.0013333558);
  p = add(mul(p, rest), number(0.0096181291));
  p = add(mul(p, rest), number(0.0555041087));
  p = add(mul(p, rest), number(0.2402265070));
  p = add(mul(p, rest), number(0.6931471806));
  p = add(mul(p, rest), number(1));
  const power = i32x4.shl(i32x4.add(i32x4.trunc_sat_f32x4_s(whole), i32x4.splat(127)), 23);
  return mul(p, power);
}
