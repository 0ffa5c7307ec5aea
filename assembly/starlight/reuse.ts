/**
 * Stage 2: what the order of the DRAM loops means for the caches (four candidates a step).
 *
 * From the innermost loop outwards: which share of the lines that tiles touch was last touched one trip of this loop ago, and how
 * many bytes were touched since. A share misses as a smooth step of those bytes against the size of the cache. This is
 * assembly/event/reuse.ts, loop by loop for four mappings whose loops differ.
 */
import { C, COLUMN, K, N, ORDER_DRAM, P, Q, R, S } from "../../src/kernels/layout";
import {
  ALIGNMENT_C, ALIGNMENT_K, BOUND, CACHE_LOG2, CACHE_SHARPNESS, COLD_SHARE, CONFLICT_C, CONFLICT_K, CONTIGUOUS_SAVING,
  CONVOLUTION, FAR_CACHE_LOG2, FAR_MISS, INPUT_H, INPUT_MISS_CYCLES, INPUT_W, K_INNERMOST, MISS,
  OUTPUT_CONTIGUOUS_SAVING, OUTPUT_FAR_MISS, OUTPUT_MISS, OUTPUT_MISS_CYCLES, RUN, STRIDE_H, STRIDE_W,
  SUM_INNERMOST, TILES, TRIPS, WEIGHT_MISS_CYCLES,
} from "../../src/kernels/starlight-layout";
import { all } from "../lanes";
import { add, div, exp2, least, log2, most, mul, number, sub, where } from "./arithmetic";

/** Place of a loop of one trip, and of one that is done. */
const NOWHERE = 99;

/** Loops that the mapping does not list, which ragged tiles make, run outside those that it does, K innermost among them. */
// @ts-ignore: decorator
@inline
function place(order: v128, dim: i32, factor: v128, trips: v128, outside: i32): v128 {
  const rank = v128.and(i32x4.shr_u(order, dim << 2), i32x4.splat(15));
  const listed = v128.bitselect(rank, i32x4.splat(outside), f32x4.gt(factor, number(1)));
  return v128.bitselect(listed, i32x4.splat(NOWHERE), f32x4.gt(trips, number(1)));
}

/** Lines of a row of `bytes` of `pitch` bytes, aligned to lines or not. */
// @ts-ignore: decorator
@inline
function rowLines(bytes: v128, pitch: v128, alignment: i32): v128 {
  const whole = mul(pitch, number(1.0 / 64));
  const part = mul(bytes, number(1.0 / 64));
  const lines = alignment == 64 ? f32x4.ceil(part) : least(add(part, number(1)), whole);
  const short = v128.or(f32x4.ge(bytes, pitch), f32x4.lt(pitch, number(64)));
  return v128.bitselect(whole, lines, short);
}

/** The same, where rows a power of two apart share the sets of the cache. */
// @ts-ignore: decorator
@inline
function conflictLines(lines: v128, bytes: v128, pitch: v128, conflict: v128): v128 {
  return v128.bitselect(lines, most(lines, conflict), f32x4.ge(bytes, pitch));
}

/** Share of the lines of a tile that the next tile along the channels touches too. */
// @ts-ignore: decorator
@inline
function sharedLines(bytes: v128, alignment: i32): v128 {
  const part = mul(bytes, number(1.0 / 64));
  const lines = alignment == 64 ? f32x4.ceil(part) : add(part, number(1));
  return most(number(0), sub(number(1), div(part, lines)));
}

/** Share of a tile's extent that the next tile along it touches too. */
// @ts-ignore: decorator
@inline
function halo(extent: v128, step: v128): v128 {
  return div(most(number(0), sub(extent, step)), extent);
}

/**
 * x for which 1 / (1 + x) of the lines are gone from the cache after `lines` others: (size of the cache / lines) to the power of
 * the sharpness, held below 2^40.
 */
// @ts-ignore: decorator
@inline
function kept(lines: v128, cache: v128, sharpness: v128): v128 {
  return exp2(least(number(40), mul(sharpness, sub(cache, log2(lines)))));
}

/** near / (1 + x) + far / (1 + y) in one division. */
// @ts-ignore: decorator
@inline
function missCycles(x: v128, ratio: v128, near: v128, far: v128): v128 {
  const one = number(1);
  const a = add(one, x);
  const b = add(one, mul(x, ratio));
  return div(add(mul(near, b), mul(far, a)), mul(a, b));
}

/** Cycles of a line at its first touch, which misses more often in a cold run. */
// @ts-ignore: decorator
@inline
function firstTouch(warm: v128, missed: v128, cold: v128): v128 {
  return add(warm, mul(cold, sub(missed, warm)));
}

export function reuse(physics: usize, block: usize, lanes: i32, scratch: usize): void {
  const one = number(1);
  const zero = number(0);
  const conv = all(physics, CONVOLUTION);
  const strideW = all(physics, STRIDE_W);
  const strideH = all(physics, STRIDE_H);
  const inputW = all(physics, INPUT_W);
  const inputH = all(physics, INPUT_H);
  const pitchC = all(physics + (C << 2), BOUND);
  const pitchK = all(physics + (K << 2), BOUND);
  const alignmentC = load<i32>(physics, ALIGNMENT_C);
  const alignmentK = load<i32>(physics, ALIGNMENT_K);
  const sharpness = all(physics, CACHE_SHARPNESS);
  // In lines.
  const cache = sub(all(physics, CACHE_LOG2), number(6));
  const ratio = exp2(mul(sharpness, sub(all(physics, FAR_CACHE_LOG2), all(physics, CACHE_LOG2))));
  // So few lines, an eighth of the cache, that hardly one in a thousand is gone.
  const few = exp2(sub(cache, number(3)));
  const nowhere = i32x4.splat(NOWHERE);
  for (let end = block + (<usize>lanes << 2); block < end; block += 16, scratch += 16) {
    const order = v128.load(block, ORDER_DRAM);
    const tripsN = v128.load(scratch, TRIPS + N * COLUMN);
    const tripsK = v128.load(scratch, TRIPS + K * COLUMN);
    const tripsC = v128.load(scratch, TRIPS + C * COLUMN);
    const tripsP = v128.load(scratch, TRIPS + P * COLUMN);
    const tripsQ = v128.load(scratch, TRIPS + Q * COLUMN);
    const tripsR = v128.load(scratch, TRIPS + R * COLUMN);
    const tripsS = v128.load(scratch, TRIPS + S * COLUMN);
    let placeN = place(order, N, v128.load(block, N * COLUMN), tripsN, 8);
    let placeK = place(order, K, v128.load(block, K * COLUMN), tripsK, 9);
    let placeC = place(order, C, v128.load(block, C * COLUMN), tripsC, 10);
    let placeQ = place(order, Q, v128.load(block, Q * COLUMN), tripsQ, 11);
    let placeP = place(order, P, v128.load(block, P * COLUMN), tripsP, 12);
    let placeS = place(order, S, v128.load(block, S * COLUMN), tripsS, 13);
    let placeR = place(order, R, v128.load(block, R * COLUMN), tripsR, 14);

    // Extents of what the loops inside touch.
    let n = v128.load(scratch, TILES + N * COLUMN);
    let k = v128.load(scratch, TILES + K * COLUMN);
    let c = v128.load(scratch, TILES + C * COLUMN);
    let p = v128.load(scratch, TILES + P * COLUMN);
    let q = v128.load(scratch, TILES + Q * COLUMN);
    let r = v128.load(scratch, TILES + R * COLUMN);
    let s = v128.load(scratch, TILES + S * COLUMN);
    const columns = add(mul(sub(p, one), strideW), r);
    const rows = add(mul(sub(q, one), strideH), s);
    const sameC = sharedLines(c, alignmentC);
    const sameK = sharedLines(k, alignmentK);
    const sameR = halo(columns, r);
    const sameS = halo(rows, s);
    const sameP = where(conv, halo(columns, mul(p, strideW)));
    const sameQ = where(conv, halo(rows, mul(q, strideH)));
    const nearI = mul(all(physics, MISS), sub(one, mul(all(physics, CONTIGUOUS_SAVING), div(c, pitchC))));
    const nearW = mul(all(physics, MISS), sub(one, mul(all(physics, CONTIGUOUS_SAVING), div(k, pitchK))));
    const nearO = mul(all(physics, OUTPUT_MISS), sub(one, mul(all(physics, OUTPUT_CONTIGUOUS_SAVING), div(k, pitchK))));
    const far = all(physics, FAR_MISS);
    const farO = all(physics, OUTPUT_FAR_MISS);
    let sums = mul(mul(tripsR, tripsS), tripsC);
    let leftI = one, leftW = one, leftO = one;
    let missI = zero, missW = zero, missO = zero;
    let run = one, firstSum = zero, sumInnermost = zero, kInnermost = zero, met = zero;

    for (;;) {
      // Every mapping's next loop outwards.
      const next = i32x4.min_u(
        i32x4.min_u(i32x4.min_u(placeN, placeK), i32x4.min_u(placeC, placeP)),
        i32x4.min_u(i32x4.min_u(placeQ, placeR), placeS),
      );
      const any = i32x4.ne(next, nowhere);
      const pixels = mul(n, v128.bitselect(
        mul(
          least(inputW, add(mul(sub(p, one), strideW), r)),
          least(inputH, add(mul(sub(q, one), strideH), s)),
        ),
        p, conv,
      ));
      const taps = mul(mul(r, s), c);
      const places = mul(mul(p, q), n);
      const linesC = rowLines(c, pitchC, alignmentC);
      const linesK = rowLines(k, pitchK, alignmentK);
      const crowdedC = conflictLines(linesC, c, pitchC, all(physics, CONFLICT_C));
      const crowdedK = conflictLines(linesK, k, pitchK, all(physics, CONFLICT_K));
      if (!v128.any_true(any)) {
        // What no loop brings back: its first touch, the whole layer ago.
        const x = kept(add(mul(pixels, crowdedC), mul(add(taps, places), crowdedK)), cache, sharpness);
        const cold = all(physics, COLD_SHARE);
        missI = add(missI, mul(leftI, firstTouch(missCycles(x, ratio, nearI, far), add(nearI, far), cold)));
        missW = add(missW, mul(leftW, firstTouch(missCycles(x, ratio, nearW, far), add(nearW, far), cold)));
        missO = add(missO, mul(leftO, firstTouch(missCycles(x, ratio, nearO, farO), add(nearO, farO), cold)));
        break;
      }

      const isN = v128.and(any, i32x4.eq(placeN, next));
      const isK = v128.and(any, i32x4.eq(placeK, next));
      const isC = v128.and(any, i32x4.eq(placeC, next));
      const isP = v128.and(any, i32x4.eq(placeP, next));
      const isQ = v128.and(any, i32x4.eq(placeQ, next));
      const isR = v128.and(any, i32x4.eq(placeR, next));
      const isS = v128.and(any, i32x4.eq(placeS, next));
      const isSum = v128.or(isC, v128.or(isR, isS));
      const isOutput = v128.or(v128.or(isN, isP), isQ);
      const trips = v128.or(
        v128.or(v128.or(where(isN, tripsN), where(isK, tripsK)), v128.or(where(isC, tripsC), where(isP, tripsP))),
        v128.or(v128.or(where(isQ, tripsQ), where(isR, tripsR)), v128.or(where(isS, tripsS), v128.andnot(one, any))),
      );
      const again = sub(one, div(one, trips));
      const sameI = v128.or(
        v128.or(v128.or(where(isK, one), where(isC, sameC)), v128.or(where(isR, sameR), where(isS, sameS))),
        v128.or(where(isP, sameP), where(isQ, sameQ)),
      );
      const sameW = v128.or(where(isOutput, one), where(isK, sameK));
      const shareI = mul(leftI, mul(again, sameI));
      const shareW = mul(leftW, mul(again, sameW));
      // Outputs leave once; between the steps of their sums they stay in the accumulator.
      const shareO = mul(leftO, mul(again, where(isK, sameK)));
      leftI = sub(leftI, shareI);
      leftW = sub(leftW, shareW);
      leftO = sub(leftO, shareO);
      // Outputs are in the way where they are written: inside all loops of their sums.
      const written = where(f32x4.le(sums, one), mul(places, linesK));
      const plainI = mul(pixels, linesC);
      const plainW = mul(taps, linesK);
      const linesI = where(f32x4.gt(shareI, zero), add(add(mul(pixels, crowdedC), plainW), written));
      if (v128.any_true(f32x4.gt(linesI, few))) {
        const x = kept(most(one, linesI), cache, sharpness);
        missI = add(missI, mul(shareI, missCycles(x, ratio, nearI, far)));
      }
      const linesW = where(f32x4.gt(shareW, zero), add(add(plainI, mul(taps, crowdedK)), written));
      if (v128.any_true(f32x4.gt(linesW, few))) {
        const x = kept(most(one, linesW), cache, sharpness);
        missW = add(missW, mul(shareW, missCycles(x, ratio, nearW, far)));
      }
      const linesO = where(f32x4.gt(shareO, zero), add(add(plainI, plainW), mul(places, crowdedK)));
      if (v128.any_true(f32x4.gt(linesO, few))) {
        const x = kept(most(one, linesO), cache, sharpness);
        missO = add(missO, mul(shareO, missCycles(x, ratio, nearO, farO)));
      }

      const innermost = v128.andnot(any, met);
      sumInnermost = v128.or(sumInnermost, v128.and(innermost, isSum));
      kInnermost = v128.or(kInnermost, v128.and(innermost, isK));
      met = v128.or(met, any);
      firstSum = v128.or(firstSum, isSum);
      run = v128.bitselect(run, mul(run, trips), firstSum);
      sums = v128.bitselect(div(sums, trips), sums, isSum);
      n = v128.bitselect(all(physics + (N << 2), BOUND), n, isN);
      k = v128.bitselect(pitchK, k, isK);
      c = v128.bitselect(pitchC, c, isC);
      p = v128.bitselect(all(physics + (P << 2), BOUND), p, isP);
      q = v128.bitselect(all(physics + (Q << 2), BOUND), q, isQ);
      r = v128.bitselect(all(physics + (R << 2), BOUND), r, isR);
      s = v128.bitselect(all(physics + (S << 2), BOUND), s, isS);
      placeN = v128.bitselect(nowhere, placeN, isN);
      placeK = v128.bitselect(nowhere, placeK, isK);
      placeC = v128.bitselect(nowhere, placeC, isC);
      placeP = v128.bitselect(nowhere, placeP, isP);
      placeQ = v128.bitselect(nowhere, placeQ, isQ);
      placeR = v128.bitselect(nowhere, placeR, isR);
      placeS = v128.bitselect(nowhere, placeS, isS);
    }
    v128.store(scratch, missI, INPUT_MISS_CYCLES);
    v128.store(scratch, missW, WEIGHT_MISS_CYCLES);
    v128.store(scratch, missO, OUTPUT_MISS_CYCLES);
    v128.store(scratch, run, RUN);
    v128.store(scratch, where(sumInnermost, one), SUM_INNERMOST);
    v128.store(scratch, where(kInnermost, one), K_INNERMOST);
  }
}
