/** Cache lines that rows touch, and how many of them miss (four candidates a step). Equations: docs/event.md. */
import { LINE, ONE, PER_LINE } from "../../../src/kernels/starlight-layout";
import { all } from "../../lanes";
import { add, div, exp2, log2, max, min, mul, splat, sub, where } from "../arithmetic";

/** Lines of a row of `bytes` of `pitch` bytes, aligned to lines or not. */
// @ts-ignore: decorator
@inline
export function rowLines(physics: usize, bytes: v128, pitch: v128, alignment: i32): v128 {
  const whole = mul(pitch, all(physics, PER_LINE));
  const part = mul(bytes, all(physics, PER_LINE));
  const lines = alignment == 64 ? f32x4.ceil(part) : min(add(part, all(physics, ONE)), whole);
  const short = v128.or(f32x4.ge(bytes, pitch), f32x4.lt(pitch, all(physics, LINE)));
  return v128.bitselect(whole, lines, short);
}

/** The same, where parts of rows a power of two apart share the sets of the cache. */
// @ts-ignore: decorator
@inline
export function crowdedLines(lines: v128, bytes: v128, pitch: v128, conflict: v128): v128 {
  return max(lines, v128.andnot(conflict, f32x4.ge(bytes, pitch)));
}

/** Share of the lines of a tile that the next tile along the channels touches too. */
// @ts-ignore: decorator
@inline
export function sharedLines(physics: usize, bytes: v128, alignment: i32): v128 {
  const part = mul(bytes, all(physics, PER_LINE));
  const lines = alignment == 64 ? f32x4.ceil(part) : add(part, all(physics, ONE));
  return max(splat(0), sub(all(physics, ONE), div(part, lines)));
}

/** Share of a tile's extent that the next tile along it touches too. */
// @ts-ignore: decorator
@inline
export function halo(extent: v128, step: v128): v128 {
  return div(max(splat(0), sub(extent, step)), extent);
}

/**
 * x for which 1 / (1 + x) of the lines are gone from the cache after `lines` others: (size of the cache / lines) to the power of
 * the sharpness, held below 2^40.
 */
// @ts-ignore: decorator
@inline
export function kept(physics: usize, lines: v128, cache: v128, sharpness: v128): v128 {
  return exp2(physics, min(splat(40), mul(sharpness, sub(cache, log2(physics, lines)))));
}

/** near / (1 + x) + far / (1 + x ratio) in one division. */
// @ts-ignore: decorator
@inline
function missCycles(physics: usize, x: v128, ratio: v128, near: v128, far: v128): v128 {
  const one = all(physics, ONE);
  const a = add(one, x);
  const b = add(one, mul(x, ratio));
  return div(add(mul(near, b), mul(far, a)), mul(a, b));
}

/**
 * Cycles of a `share` of lines that come back after `lines` others, but for so `few` that hardly any is gone.
 *
 * @param near, far cycles of a miss of the cache, and more of one of the far cache, which is larger: `kept` times `ratio`
 * @param cache log2 of its lines
 */
// @ts-ignore: decorator
@inline
export function returning(
  physics: usize, share: v128, lines: v128, near: v128, far: v128, few: v128, cache: v128, sharpness: v128, ratio: v128,
): v128 {
  const gone = v128.and(f32x4.gt(share, splat(0)), f32x4.gt(lines, few));
  let cycles = splat(0);
  if (v128.any_true(gone)) {
    const x = kept(physics, max(all(physics, ONE), lines), cache, sharpness);
    cycles = where(gone, mul(share, missCycles(physics, x, ratio, near, far)));
  }
  return cycles;
}

/** Cycles of a line at its first touch, which misses more often in a cold run. */
// @ts-ignore: decorator
@inline
export function firstTouch(warm: v128, missed: v128, cold: v128): v128 {
  return add(warm, mul(cold, sub(missed, warm)));
}
