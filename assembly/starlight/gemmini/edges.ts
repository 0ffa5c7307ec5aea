/** What the padding around the inputs takes from their loads (four candidates a step). */
import { ONE } from "../../../src/kernels/starlight-layout";
import { all } from "../../lanes";
import { add, ceilDiv, max, min, mul, splat, sub, where } from "../arithmetic";

/**
 * Pixels that the tiles of an axis read outside the input, over all its tiles of outputs and taps: before it those of tile i and
 * taps j with i x a + j x b < padding, behind it the same counted from the end.
 */
// @ts-ignore: decorator
@inline
export function outside(
  physics: usize, padding: v128, behind: v128, tripsP: v128, lastP: v128, tileP: v128, tripsR: v128, lastR: v128, tileR: v128,
  stride: v128, reach: i32,
): v128 {
  const zero = splat(0);
  const stepP = mul(tileP, stride);
  let sum = zero;
  for (let i = 0; i < reach; i++) {
    for (let j = 0; i + j < reach; j++) {
      const at = splat(<f32>i);
      const tap = splat(<f32>j);
      const there = v128.and(f32x4.lt(at, tripsP), f32x4.lt(tap, tripsR));
      const before = sub(padding, add(mul(at, stepP), mul(tap, tileR)));
      // The last tile may be a smaller one.
      const backP = i == 0 ? zero : mul(add(mul(sub(at, all(physics, ONE)), tileP), lastP), stride);
      const backR = j == 0 ? zero : add(mul(sub(tap, all(physics, ONE)), tileR), lastR);
      const after = sub(behind, add(backP, backR));
      sum = add(sum, where(there, add(max(zero, before), max(zero, after))));
    }
  }
  return sum;
}

/** DMA commands along the width: blocks of the array in the inputs under each tile. */
// @ts-ignore: decorator
@inline
export function blocksAlong(
  physics: usize, padding: v128, behind: v128, trips: v128, tile: v128, last: v128, taps: v128, stride: v128, inputs: v128,
  array: v128,
): v128 {
  const one = all(physics, ONE);
  const full = sub(add(mul(tile, stride), taps), one);
  const end = sub(add(mul(last, stride), taps), one);
  const only = ceilDiv(min(inputs, end), array);
  const first = ceilDiv(max(one, sub(full, padding)), array);
  const inner = mul(max(splat(0), sub(trips, splat(2))), ceilDiv(full, array));
  const final = ceilDiv(max(one, sub(end, behind)), array);
  return v128.bitselect(add(first, add(inner, final)), only, f32x4.gt(trips, one));
}
