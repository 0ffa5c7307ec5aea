/**
 * The loops over tiles, and which of their trips the walk visits: all of them up to EXACT_CALLS tiles; beyond, trips that stand
 * for the rest. The two innermost loops, whose edges the engines feel, keep six (the first two, two in the middle, the last
 * two), the others three; each visit carries the number of trips that it stands for, so that all sums stay what they are.
 */
import {
  CALLS, DIM_RECORDS, DIM_RECORD_BYTES, EXACT_CALLS, LOOPS, LOOP_BYTES, LOOP_COUNT, LOOP_DIM, LOOP_SAMPLED,
  LOOP_TRIPS, LOOP_VISITS, LOOP_WEIGHTS, SAMPLED, TRIPS,
} from "../../src/kernels/event-layout";

export function beginLoops(program: usize): void {
  store<i32>(program, 0, LOOP_COUNT);
}

/** Adds the loop of a dim inside those added before, unless it has one trip. */
export function addLoop(program: usize, dim: i32): void {
  const trips = load<f64>(program + DIM_RECORDS + <usize>dim * DIM_RECORD_BYTES, TRIPS);
  if (trips == 1) return;
  const count = load<i32>(program, LOOP_COUNT);
  const loop = program + LOOPS + <usize>count * LOOP_BYTES;
  store<i32>(loop, dim, LOOP_DIM);
  store<i32>(loop, <i32>trips, LOOP_VISITS);
  store<i32>(loop, 0, LOOP_SAMPLED);
  store<i32>(program, count + 1, LOOP_COUNT);
}

/** Chooses the visits, when all loops are there. */
export function endLoops(program: usize): void {
  const sampled = load<f64>(program, CALLS) > EXACT_CALLS;
  store<i32>(program, sampled ? 1 : 0, SAMPLED);
  if (!sampled) return;
  const count = load<i32>(program, LOOP_COUNT);
  for (let i = 0; i < count; i++) {
    const loop = program + LOOPS + <usize>i * LOOP_BYTES;
    const trips = load<i32>(loop, LOOP_VISITS);
    const inner = count - i <= 2;
    if (trips <= (inner ? 6 : 3)) continue;
    store<i32>(loop, 1, LOOP_SAMPLED);
    const middle = trips >> 1;
    if (inner) {
      const weight = <f64>(trips - 4) * 0.5;
      visit(loop, 0, 0, 1);
      visit(loop, 1, 1, 1);
      visit(loop, 2, middle - 1, weight);
      visit(loop, 3, middle, weight);
      visit(loop, 4, trips - 2, 1);
      visit(loop, 5, trips - 1, 1);
      store<i32>(loop, 6, LOOP_VISITS);
    } else {
      visit(loop, 0, 0, 1);
      visit(loop, 1, middle, <f64>(trips - 2));
      visit(loop, 2, trips - 1, 1);
      store<i32>(loop, 3, LOOP_VISITS);
    }
  }
}

// @ts-ignore: decorator
@inline
function visit(loop: usize, index: i32, trip: i32, weight: f64): void {
  store<i32>(loop + (<usize>index << 2), trip, LOOP_TRIPS);
  store<f64>(loop + (<usize>index << 3), weight, LOOP_WEIGHTS);
}

/** The trip of a visit. */
// @ts-ignore: decorator
@inline
export function tripOf(loop: usize, index: i32): i32 {
  return load<i32>(loop, LOOP_SAMPLED) != 0 ? load<i32>(loop + (<usize>index << 2), LOOP_TRIPS) : index;
}

/** The trips that a visit stands for. */
// @ts-ignore: decorator
@inline
export function weightOf(loop: usize, index: i32): f64 {
  return load<i32>(loop, LOOP_SAMPLED) != 0 ? load<f64>(loop + (<usize>index << 3), LOOP_WEIGHTS) : 1;
}
