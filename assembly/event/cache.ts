/**
 * Two levels of cache before DRAM. A line misses a level when more bytes than it holds were touched since the line was: with a
 * probability that rises smoothly around the capacity, as replacement is random. Writes the mean cost of a line of each operand.
 */
import {
  CACHE_LOG2, CACHE_SHARPNESS, COLD, COLD_SHARE, CONTIGUOUS_SAVING, FAR_CACHE_LOG2, FAR_MISS, INPUT_CONTIGUITY,
  INPUT_DISTANCE, INPUT_MISS_CYCLES, INPUT_SHARE, MISS, OUTPUT_CONTIGUOUS_SAVING, OUTPUT_DISTANCE, OUTPUT_FAR_MISS,
  OUTPUT_MISS, OUTPUT_MISS_CYCLES, OUTPUT_SHARE, REUSE, REUSE_BYTES, REUSE_COUNT, WEIGHT_CONTIGUITY,
  WEIGHT_DISTANCE, WEIGHT_MISS_CYCLES, WEIGHT_SHARE,
} from "../../src/kernels/event-layout";
import { exp2 } from "./powers";

const LOG2E: f64 = 1 / Math.LN2;

export function misses(program: usize, coefficients: usize, workspace: usize): void {
  const inputs = load<f64>(program, INPUT_CONTIGUITY) * load<f64>(coefficients, CONTIGUOUS_SAVING);
  const weights = load<f64>(program, WEIGHT_CONTIGUITY) * load<f64>(coefficients, CONTIGUOUS_SAVING);
  const outputs = load<f64>(program, WEIGHT_CONTIGUITY) * load<f64>(coefficients, OUTPUT_CONTIGUOUS_SAVING);
  store<f64>(workspace, cycles(
    program, coefficients, INPUT_SHARE, INPUT_DISTANCE,
    load<f64>(coefficients, MISS) * (1 - inputs), load<f64>(coefficients, FAR_MISS),
  ), INPUT_MISS_CYCLES);
  store<f64>(workspace, cycles(
    program, coefficients, WEIGHT_SHARE, WEIGHT_DISTANCE,
    load<f64>(coefficients, MISS) * (1 - weights), load<f64>(coefficients, FAR_MISS),
  ), WEIGHT_MISS_CYCLES);
  store<f64>(workspace, cycles(
    program, coefficients, OUTPUT_SHARE, OUTPUT_DISTANCE,
    load<f64>(coefficients, OUTPUT_MISS) * (1 - outputs), load<f64>(coefficients, OUTPUT_FAR_MISS),
  ), OUTPUT_MISS_CYCLES);
}

/** Mean cycles a line: `near` for one that misses the near level, `far` more for one that misses both. */
function cycles(program: usize, coefficients: usize, share: usize, distance: usize, near: f64, far: f64): f64 {
  const sharpness = load<f64>(coefficients, CACHE_SHARPNESS) * LOG2E;
  const nearCapacity = exp2(sharpness * load<f64>(coefficients, CACHE_LOG2));
  const farCapacity = exp2(sharpness * load<f64>(coefficients, FAR_CACHE_LOG2));
  // The last record is of the lines that no loop brings back.
  const last = program + REUSE + <usize>(load<i32>(program, REUSE_COUNT) - 1) * REUSE_BYTES;
  let sum: f64 = 0;
  for (let record = program + REUSE; record <= last; record += REUSE_BYTES) {
    const lines = load<f64>(record + share);
    if (lines == 0) continue;
    const closeness = exp2(-sharpness * load<f64>(record + distance));
    let cost = near / (1 + closeness * nearCapacity) + far / (1 + closeness * farCapacity);
    if (record == last && load<i32>(program, COLD) != 0) cost += load<f64>(coefficients, COLD_SHARE) * (near + far - cost);
    sum += lines * cost;
  }
  return sum;
}
