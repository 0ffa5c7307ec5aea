/** What the order of the DRAM loops is, and what each of them brings back (four candidates a step). For stage 2, `reuse.ts`. */
import { C, COLUMN, K, N, ORDER_DRAM, P, Q, R, S } from "../../../src/kernels/layout";
import {
  ALIGNMENT_C, ALIGNMENT_K, CONVOLUTION, INPUTS_BACK, K_INNERMOST, NOWHERE, ONE, OUTERMOST_SUM, PLACES, RUN, STRIDE_H,
  STRIDE_W, SUM_INNERMOST, TILES, TRIPS, UNLISTED, WEIGHTS_BACK,
} from "../../../src/kernels/starlight-layout";
import { all } from "../../lanes";
import { add, div, mul, splat, sub, where } from "../arithmetic";
import { halo, sharedLines } from "./cache";

/** Whether a loop of any of the four mappings makes more than one trip. */
// @ts-ignore: decorator
@inline
export function occurs(physics: usize, trips: v128): bool {
  return v128.any_true(f32x4.gt(trips, all(physics, ONE)));
}

/** Place of a loop by the rank in its nibble; of one that the mapping does not list, and of one of a single trip, by the record. */
// @ts-ignore: decorator
@inline
function place(physics: usize, ranks: v128, dim: i32, factor: v128, trips: v128): v128 {
  const rank = i32x4.shr_u(i32x4.shl(ranks, 28 - 4 * dim), 28);
  const listed = v128.bitselect(rank, all(physics + (dim << 2), UNLISTED), f32x4.gt(factor, all(physics, ONE)));
  return v128.bitselect(listed, all(physics, NOWHERE), f32x4.gt(trips, all(physics, ONE)));
}

// @ts-ignore: decorator
@inline
function inner(a: v128, b: v128): v128 {
  return i32x4.min_s(a, b);
}

// @ts-ignore: decorator
@inline
function outer(a: v128, b: v128): v128 {
  return i32x4.max_s(a, b);
}

/** Where a place lies inside another. */
// @ts-ignore: decorator
@inline
export function inside(a: v128, b: v128): v128 {
  return i32x4.lt_s(a, b);
}

/** Share of the trips of a loop that come after another. */
// @ts-ignore: decorator
@inline
function again(physics: usize, trips: v128): v128 {
  return sub(all(physics, ONE), div(all(physics, ONE), trips));
}

/** Inputs along an axis that tiles of outputs and taps read. */
// @ts-ignore: decorator
@inline
export function window(physics: usize, outputs: v128, stride: v128, taps: v128): v128 {
  return add(mul(sub(outputs, all(physics, ONE)), stride), taps);
}

/** Places of the loops, and the shares of lines that come back at each; also what the order means for the engines. */
// @ts-ignore: decorator
@inline
export function order(physics: usize, block: usize, scratch: usize): void {
  const ranks = v128.load(block, ORDER_DRAM);
  const tripsN = v128.load(scratch, TRIPS + N * COLUMN);
  const tripsK = v128.load(scratch, TRIPS + K * COLUMN);
  const tripsC = v128.load(scratch, TRIPS + C * COLUMN);
  const tripsP = v128.load(scratch, TRIPS + P * COLUMN);
  const tripsQ = v128.load(scratch, TRIPS + Q * COLUMN);
  const tripsR = v128.load(scratch, TRIPS + R * COLUMN);
  const tripsS = v128.load(scratch, TRIPS + S * COLUMN);
  const placeN = place(physics, ranks, N, v128.load(block, N * COLUMN), tripsN);
  const placeK = place(physics, ranks, K, v128.load(block, K * COLUMN), tripsK);
  const placeC = place(physics, ranks, C, v128.load(block, C * COLUMN), tripsC);
  const placeQ = place(physics, ranks, Q, v128.load(block, Q * COLUMN), tripsQ);
  const placeP = place(physics, ranks, P, v128.load(block, P * COLUMN), tripsP);
  const placeS = place(physics, ranks, S, v128.load(block, S * COLUMN), tripsS);
  const placeR = place(physics, ranks, R, v128.load(block, R * COLUMN), tripsR);
  v128.store(scratch, placeN, PLACES + N * COLUMN);
  v128.store(scratch, placeK, PLACES + K * COLUMN);
  v128.store(scratch, placeC, PLACES + C * COLUMN);
  v128.store(scratch, placeP, PLACES + P * COLUMN);
  v128.store(scratch, placeQ, PLACES + Q * COLUMN);
  v128.store(scratch, placeR, PLACES + R * COLUMN);
  v128.store(scratch, placeS, PLACES + S * COLUMN);

  const one = all(physics, ONE);
  v128.store(scratch, outer(
    v128.or(placeC, f32x4.le(tripsC, one)), outer(v128.or(placeR, f32x4.le(tripsR, one)), v128.or(placeS, f32x4.le(tripsS, one))),
  ), OUTERMOST_SUM);
  const firstSum = inner(placeC, inner(placeR, placeS));
  const firstOther = inner(placeN, inner(placeP, placeQ));
  v128.store(scratch, where(inside(firstSum, inner(placeK, firstOther)), one), SUM_INNERMOST);
  v128.store(scratch, where(inside(placeK, inner(firstSum, firstOther)), one), K_INNERMOST);
  v128.store(scratch, mul(
    mul(v128.bitselect(tripsN, one, inside(placeN, firstSum)), v128.bitselect(tripsK, one, inside(placeK, firstSum))),
    mul(v128.bitselect(tripsP, one, inside(placeP, firstSum)), v128.bitselect(tripsQ, one, inside(placeQ, firstSum))),
  ), RUN);
}

/** Share of its lines that each loop brings back: of the inputs, and of the weights. */
// @ts-ignore: decorator
@inline
export function shares(physics: usize, scratch: usize): void {
  const zero = splat(0);
  const isConv = load<i32>(physics, CONVOLUTION) != 0;
  const k = v128.load(scratch, TILES + K * COLUMN);
  const c = v128.load(scratch, TILES + C * COLUMN);
  const p = v128.load(scratch, TILES + P * COLUMN);
  const q = v128.load(scratch, TILES + Q * COLUMN);
  const r = v128.load(scratch, TILES + R * COLUMN);
  const s = v128.load(scratch, TILES + S * COLUMN);
  const strideW = all(physics, STRIDE_W);
  const strideH = all(physics, STRIDE_H);
  const columns = window(physics, p, strideW, r);
  const rows = window(physics, q, strideH, s);
  let inputsK = zero, inputsC = zero, inputsP = zero, inputsQ = zero, inputsR = zero, inputsS = zero;
  let weightsN = zero, weightsK = zero, weightsP = zero, weightsQ = zero;
  const tripsN = v128.load(scratch, TRIPS + N * COLUMN);
  if (occurs(physics, tripsN)) weightsN = again(physics, tripsN);
  const tripsK = v128.load(scratch, TRIPS + K * COLUMN);
  if (occurs(physics, tripsK)) {
    inputsK = again(physics, tripsK);
    weightsK = mul(inputsK, sharedLines(physics, k, load<i32>(physics, ALIGNMENT_K)));
  }
  const tripsC = v128.load(scratch, TRIPS + C * COLUMN);
  if (occurs(physics, tripsC)) inputsC = mul(again(physics, tripsC), sharedLines(physics, c, load<i32>(physics, ALIGNMENT_C)));
  const tripsP = v128.load(scratch, TRIPS + P * COLUMN);
  if (occurs(physics, tripsP)) {
    weightsP = again(physics, tripsP);
    if (isConv) inputsP = mul(weightsP, halo(columns, mul(p, strideW)));
  }
  const tripsQ = v128.load(scratch, TRIPS + Q * COLUMN);
  if (occurs(physics, tripsQ)) {
    weightsQ = again(physics, tripsQ);
    if (isConv) inputsQ = mul(weightsQ, halo(rows, mul(q, strideH)));
  }
  const tripsR = v128.load(scratch, TRIPS + R * COLUMN);
  if (occurs(physics, tripsR)) inputsR = mul(again(physics, tripsR), halo(columns, r));
  const tripsS = v128.load(scratch, TRIPS + S * COLUMN);
  if (occurs(physics, tripsS)) inputsS = mul(again(physics, tripsS), halo(rows, s));
  v128.store(scratch, inputsK, INPUTS_BACK + K * COLUMN);
  v128.store(scratch, inputsC, INPUTS_BACK + C * COLUMN);
  v128.store(scratch, inputsP, INPUTS_BACK + P * COLUMN);
  v128.store(scratch, inputsQ, INPUTS_BACK + Q * COLUMN);
  v128.store(scratch, inputsR, INPUTS_BACK + R * COLUMN);
  v128.store(scratch, inputsS, INPUTS_BACK + S * COLUMN);
  v128.store(scratch, weightsN, WEIGHTS_BACK + N * COLUMN);
  v128.store(scratch, weightsK, WEIGHTS_BACK + K * COLUMN);
  v128.store(scratch, weightsP, WEIGHTS_BACK + P * COLUMN);
  v128.store(scratch, weightsQ, WEIGHTS_BACK + Q * COLUMN);
}
