/** What the requests of our own RTL cost that move a row between DRAM and its memories (four candidates a step). */
import {
  BEAT_CYCLES, BUS_BYTES, DRAM_LATENCY, GROUP, REQUESTS_UNDER_WAY,
} from "../../../src/kernels/starlight-machine-layout";
import { all } from "../../lanes";
import { add, ceilDiv, div, max, mul, splat, sub, where } from "../arithmetic";

/** Mean beats of a request: it takes one for every part of the bus that it touches; `step` divides where requests begin. */
// @ts-ignore: decorator
@inline
export function meanBeats(bytes: v128, step: v128, bus: v128): v128 {
  const touched = f32x4.floor(div(sub(add(bytes, bus), splat(1)), step));
  return div(mul(touched, step), bus);
}

/** Cycles from one read request to the next in a long run of them. */
// @ts-ignore: decorator
@inline
export function readPeriod(beats: v128, rows: v128, physics: usize): v128 {
  const beat = all(physics, BEAT_CYCLES);
  const whole = add(add(all(physics, DRAM_LATENCY), rows), add(splat(1), mul(sub(beats, splat(1)), beat)));
  return max(max(splat(1), mul(beats, beat)), max(rows, div(whole, all(physics, REQUESTS_UNDER_WAY))));
}

/** The same for requests of `bytes` bytes: tiles whose requests all have a beat more take turns with tiles whose have not. */
// @ts-ignore: decorator
@inline
function meanPeriod(bytes: v128, step: v128, rows: v128, alike: v128, physics: usize): v128 {
  const beats = meanBeats(bytes, step, all(physics, BUS_BYTES));
  const fewer = v128.bitselect(f32x4.floor(beats), beats, alike);
  const period = readPeriod(fewer, rows, physics);
  const longer = readPeriod(add(fewer, splat(1)), rows, physics);
  return add(period, mul(sub(beats, fewer), sub(longer, period)));
}

/** Cycles to read a row of `bytes` bytes in requests of `group` bytes and one of the rest. */
// @ts-ignore: decorator
@inline
export function rowCycles(bytes: v128, step: v128, array: v128, alike: v128, physics: usize): v128 {
  const group = all(physics, GROUP);
  const whole = f32x4.floor(div(bytes, group));
  const rest = sub(bytes, mul(whole, group));
  const full = meanPeriod(group, step, ceilDiv(group, array), alike, physics);
  const last = meanPeriod(rest, step, ceilDiv(rest, array), alike, physics);
  return add(mul(whole, full), where(f32x4.gt(rest, splat(0)), last));
}

/** Beats of the same requests. */
// @ts-ignore: decorator
@inline
export function rowBeats(bytes: v128, step: v128, physics: usize): v128 {
  const group = all(physics, GROUP);
  const bus = all(physics, BUS_BYTES);
  const whole = f32x4.floor(div(bytes, group));
  const rest = sub(bytes, mul(whole, group));
  return add(mul(whole, meanBeats(group, step, bus)), where(f32x4.gt(rest, splat(0)), meanBeats(rest, step, bus)));
}
