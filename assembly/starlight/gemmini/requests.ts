/** What the requests cost that move a row between DRAM and the memories of the array (four candidates a step). */
import {
  LINE, ONE, PER_LINE, REQUEST, REQUEST_64, REQUEST_TO_16, REQUEST_TO_32, REQUEST_TO_64, REQUEST_TO_8, ROW,
} from "../../../src/kernels/starlight-layout";
import { all } from "../../lanes";
import { add, ceilDiv, div, max, min, mul, splat, sub, where } from "../arithmetic";

/** Requests of LINE bytes at most that read a row of `bytes`. */
// @ts-ignore: decorator
@inline
export function requestsOf(physics: usize, bytes: v128): v128 {
  return f32x4.ceil(mul(bytes, all(physics, PER_LINE)));
}

/** Mean cache lines that the requests for a row of `bytes` touch which begins at a multiple of `step`. */
// @ts-ignore: decorator
@inline
export function requestLines(physics: usize, bytes: v128, step: v128): v128 {
  const whole = f32x4.floor(mul(bytes, all(physics, PER_LINE)));
  const rest = sub(bytes, mul(whole, all(physics, LINE)));
  const crossed = mul(f32x4.floor(div(sub(rest, all(physics, ONE)), step)), step);
  const part = add(all(physics, ONE), mul(crossed, all(physics, PER_LINE)));
  const all64 = sub(splat(2), mul(step, all(physics, PER_LINE)));
  return add(mul(whole, all64), where(f32x4.gt(rest, splat(0)), part));
}

/** Lines that a row fetches when it misses; `lines` are those that its requests touch. */
// @ts-ignore: decorator
@inline
export function missLines(physics: usize, bytes: v128, pitch: v128, lines: v128): v128 {
  const whole = mul(pitch, all(physics, PER_LINE));
  const short = v128.or(f32x4.ge(bytes, pitch), f32x4.lt(pitch, all(physics, LINE)));
  return v128.bitselect(whole, min(lines, add(mul(bytes, all(physics, PER_LINE)), all(physics, ONE))), short);
}

/** Cycles of a request of up to 64 bytes: linear between sizes that the bus tells apart. */
// @ts-ignore: decorator
@inline
function requestCycles(bytes: v128, physics: usize): v128 {
  const zero = splat(0);
  const to16 = max(zero, min(splat(8), sub(bytes, splat(8))));
  const to32 = max(zero, min(splat(16), sub(bytes, splat(16))));
  const to64 = max(zero, sub(bytes, splat(32)));
  return add(
    add(all(physics, REQUEST), mul(all(physics, REQUEST_TO_8), min(splat(8), bytes))),
    add(mul(all(physics, REQUEST_TO_16), to16), add(mul(all(physics, REQUEST_TO_32), to32), mul(all(physics, REQUEST_TO_64), to64))),
  );
}

/** Cycles of a row that hits the cache: requests of 64 bytes and one of the rest. */
// @ts-ignore: decorator
@inline
export function rowCycles(bytes: v128, lines: v128, array: v128, physics: usize, line: usize): v128 {
  const whole = f32x4.floor(mul(bytes, all(physics, PER_LINE)));
  const rest = sub(bytes, mul(whole, all(physics, LINE)));
  return add(
    add(mul(whole, all(physics, REQUEST_64)), where(f32x4.gt(rest, splat(0)), requestCycles(rest, physics))),
    add(mul(all(physics, ROW), ceilDiv(bytes, array)), mul(all(physics, line), lines)),
  );
}
