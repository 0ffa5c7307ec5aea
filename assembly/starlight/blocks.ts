/** Blocks of pixels shorter than the array (four candidates a step). */
import { add, least, most, mul, number, sub, where } from "./arithmetic";

/** Cycles of a pixel block shorter than the array, beyond its rows: at least 4, and SHORT_ROW for those missing to 8. */
// @ts-ignore: decorator
@inline
export function shortBlock(rest: v128, array: v128, shortRow: v128): v128 {
  const four = most(number(0), sub(number(4), rest));
  const eight = most(number(0), sub(least(number(8), array), most(rest, number(4))));
  return where(f32x4.gt(rest, number(0)), add(four, mul(shortRow, eight)));
}

/** Weights leave the array behind the last pixel block, which therefore takes as long as a whole one. */
// @ts-ignore: decorator
@inline
export function lastBlock(rest: v128, array: v128): v128 {
  return where(f32x4.gt(rest, number(0)), sub(array, most(rest, number(4))));
}
