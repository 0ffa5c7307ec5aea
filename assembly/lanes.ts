/**
 * Small SIMD idioms shared by the analytical stages. `f32x4` work runs on four candidates at once,
 * `f64x2` work on two; a wide stage reads an f32 column two candidates at a time with `wide`.
 */

/** Two f32 lanes at `at + offset`, exactly as f64. */
// @ts-ignore: decorator
@inline
export function wide(at: usize, offset: usize): v128 {
  return f64x2.promote_low_f32x4(v128.load64_zero(at + offset));
}

/** f64 field of a record, in both lanes. */
// @ts-ignore: decorator
@inline
export function both(record: usize, offset: usize): v128 {
  return v128.load64_splat(record + offset);
}

/** f32 field of a record, in all four lanes. */
// @ts-ignore: decorator
@inline
export function all(record: usize, offset: usize): v128 {
  return v128.load32_splat(record + offset);
}

/**
 * ceil(count / size) without a division, from inverse = 1 / size and guard = inverse / 2.
 * The product is off by less than 2^-52 of itself and the guard is half the distance between two
 * quotients, so the result is exact while count * 4 < 2^52.
 */
// @ts-ignore: decorator
@inline
export function ceilDiv(count: v128, inverse: v128, guard: v128): v128 {
  return f64x2.ceil(f64x2.sub(f64x2.mul(count, inverse), guard));
}
