/**
 * Stage 1: what loop orders and tile extents mean for reuse (four candidates a step).
 *
 * Every access count of the model is a constant times the loops that force a reload. A loop over a
 * dim that does not index an operand forces none while it lies inside the innermost relevant loop of
 * bound > 1 ("stationary"); this stage replaces the bounds of such loops by 1, so that the next
 * stage has only products to take. Source: shared formulas of Timeloop (Parashar et al., ISPASS
 * 2019) as DOSA's Gemmini uses them; see docs/model.md.
 */
import {
  ACCUMULATOR, ACCUMULATOR_WORDS, C, COLUMN, CORNER_BOUND, CORNER_K, CORNER_PARTNER, DIMS, DRAM, H_DILATION,
  H_STRIDE, INNER_BOUND, INPUT_NEW, INPUT_OVERLAP, K, N, ORDER_ACCUMULATOR, ORDER_DRAM, ORDER_SCRATCHPAD,
  OUTER_BOUNDS, OUTPUT_RELOADS, OVER_ACCUMULATOR, OVER_PE_COLUMNS, OVER_PE_ROWS, OVER_REGISTER, OVER_SCRATCHPAD,
  P, PE_DIM, Q, R, REGISTER, REGISTER_RELOADS, REGISTER_WORDS, S, SCRATCHPAD, SCRATCHPAD_WORDS, SPATIAL_C,
  SPATIAL_K, STATUS, W_DILATION, W_STRIDE, WEIGHT_RELOADS,
} from "../../src/kernels/layout";
import { all } from "../lanes";

/** Rank of a dim among the loops of a level; 15, outside all others, for a loop of bound 1. */
// @ts-ignore: decorator
@inline
function rank(order: v128, dim: i32, bound: v128, one: v128): v128 {
  return i32x4.shr_u(v128.or(i32x4.shl(order, 28 - 4 * dim), f32x4.eq(bound, one)), 28);
}

/** The bound of a loop, or 1 where it is stationary. */
// @ts-ignore: decorator
@inline
function unless(bound: v128, stationary: v128, one: v128): v128 {
  return f32x4.pmax(v128.andnot(bound, stationary), one);
}

// @ts-ignore: decorator
@inline
function min4(a: v128, b: v128, c: v128, d: v128): v128 {
  return i32x4.min_u(i32x4.min_u(a, b), i32x4.min_u(c, d));
}

/** Words along one axis of an input tile: `outputs` positions `stride` apart under `taps` taps `dilation` apart. */
// @ts-ignore: decorator
@inline
function extent(outputs: v128, stride: v128, taps: v128, dilation: v128, one: v128): v128 {
  return f32x4.add(
    f32x4.add(f32x4.mul(f32x4.sub(outputs, one), stride), f32x4.mul(f32x4.sub(taps, one), dilation)),
    one,
  );
}

/**
 * Bits of the capacities that a mapping exceeds. f32 is exact up to 2^24 words and monotonic above, and memories hold fewer, so no
 * comparison can go wrong.
 */
// @ts-ignore: decorator
@inline
function brokenRules(
  context: usize, scratchpadWords: v128, outputWords: v128, registerWords: v128, spatialC: v128, spatialK: v128,
): v128 {
  const peDim = all(context, PE_DIM);
  let status = v128.and(f32x4.gt(scratchpadWords, all(context, SCRATCHPAD_WORDS)), i32x4.splat(OVER_SCRATCHPAD));
  status = v128.or(status, v128.and(f32x4.gt(outputWords, all(context, ACCUMULATOR_WORDS)), i32x4.splat(OVER_ACCUMULATOR)));
  status = v128.or(status, v128.and(f32x4.gt(registerWords, all(context, REGISTER_WORDS)), i32x4.splat(OVER_REGISTER)));
  status = v128.or(status, v128.and(f32x4.gt(spatialC, peDim), i32x4.splat(OVER_PE_ROWS)));
  return v128.or(status, v128.and(f32x4.gt(spatialK, peDim), i32x4.splat(OVER_PE_COLUMNS)));
}

export function reuse(context: usize, block: usize, lanes: i32, scratch: usize): void {
  const one = f32x4.splat(1);
  for (let end = block + (<usize>lanes << 2); block < end; block += 16, scratch += 16) {
    // Loops at DRAM.
    const boundN = v128.load(block, DRAM + N * COLUMN);
    const boundK = v128.load(block, DRAM + K * COLUMN);
    const boundC = v128.load(block, DRAM + C * COLUMN);
    const boundP = v128.load(block, DRAM + P * COLUMN);
    const boundQ = v128.load(block, DRAM + Q * COLUMN);
    const boundR = v128.load(block, DRAM + R * COLUMN);
    const boundS = v128.load(block, DRAM + S * COLUMN);
    const order = v128.load(block, ORDER_DRAM);
    const rankN = rank(order, N, boundN, one);
    const rankK = rank(order, K, boundK, one);
    const rankC = rank(order, C, boundC, one);
    const rankP = rank(order, P, boundP, one);
    const rankQ = rank(order, Q, boundQ, one);
    const rankR = rank(order, R, boundR, one);
    const rankS = rank(order, S, boundS, one);

    // Weights: loops over P, Q, N inside the innermost of R, S, C, K.
    const firstWeight = min4(rankR, rankS, rankC, rankK);
    const stillP = i32x4.lt_s(rankP, firstWeight);
    const stillQ = i32x4.lt_s(rankQ, firstWeight);
    const stillN = i32x4.lt_s(rankN, firstWeight);
    v128.store(scratch, unless(boundP, stillP, one), WEIGHT_RELOADS);
    v128.store(scratch, unless(boundQ, stillQ, one), WEIGHT_RELOADS + COLUMN);
    v128.store(scratch, unless(boundN, stillN, one), WEIGHT_RELOADS + 2 * COLUMN);

    // Outputs: loops over R, S, C inside the innermost of P, Q, K, N.
    const firstOutput = min4(rankP, rankQ, rankK, rankN);
    let stillR = i32x4.lt_s(rankR, firstOutput);
    let stillS = i32x4.lt_s(rankS, firstOutput);
    let stillC = i32x4.lt_s(rankC, firstOutput);

    // Loops at the accumulator, as weights in the registers see them.
    const order1 = v128.load(block, ORDER_ACCUMULATOR);
    const midN = v128.load(block, ACCUMULATOR + N * COLUMN);
    const midK = v128.load(block, ACCUMULATOR + K * COLUMN);
    const midC = v128.load(block, ACCUMULATOR + C * COLUMN);
    const midP = v128.load(block, ACCUMULATOR + P * COLUMN);
    const midQ = v128.load(block, ACCUMULATOR + Q * COLUMN);
    const midR = v128.load(block, ACCUMULATOR + R * COLUMN);
    const midS = v128.load(block, ACCUMULATOR + S * COLUMN);
    const firstMid = min4(
      rank(order1, R, midR, one), rank(order1, S, midS, one), rank(order1, C, midC, one), rank(order1, K, midK, one),
    );
    let reloadN = unless(midN, i32x4.lt_s(rank(order1, N, midN, one), firstMid), one);
    let reloadP = unless(midP, i32x4.lt_s(rank(order1, P, midP, one), firstMid), one);
    let reloadQ = unless(midQ, i32x4.lt_s(rank(order1, Q, midQ, one), firstMid), one);
    /** All ones while no relevant loop has been met: outer loops can still be stationary. */
    const fifteen = i32x4.splat(15);
    let openWeight = i32x4.eq(firstMid, fifteen);

    // Tile extents below DRAM.
    const baseN = f32x4.mul(midN, v128.load(block, REGISTER + N * COLUMN));
    const baseK = f32x4.mul(midK, v128.load(block, REGISTER + K * COLUMN));
    const baseP = f32x4.mul(midP, v128.load(block, REGISTER + P * COLUMN));
    const baseQ = f32x4.mul(midQ, v128.load(block, REGISTER + Q * COLUMN));
    const spatialC = v128.load(block, SPATIAL_C);
    const spatialK = v128.load(block, SPATIAL_K);
    const registerWords = f32x4.mul(
      f32x4.mul(v128.load(block, REGISTER + R * COLUMN), v128.load(block, REGISTER + S * COLUMN)),
      f32x4.mul(v128.load(block, REGISTER + C * COLUMN), v128.load(block, REGISTER + K * COLUMN)),
    );
    const outputWords = f32x4.mul(f32x4.mul(baseP, baseQ), f32x4.mul(baseK, baseN));
    let tileN = baseN;
    let tileP = baseP;
    let tileQ = baseQ;
    let tileK = f32x4.mul(baseK, spatialK);
    let tileC = f32x4.mul(f32x4.mul(midC, v128.load(block, REGISTER + C * COLUMN)), spatialC);
    let tileR = f32x4.mul(midR, v128.load(block, REGISTER + R * COLUMN));
    let tileS = f32x4.mul(midS, v128.load(block, REGISTER + S * COLUMN));

    // Loops at the scratchpad: none in most map spaces, so they are paid for only where they occur.
    const padN = v128.load(block, SCRATCHPAD + N * COLUMN);
    const padK = v128.load(block, SCRATCHPAD + K * COLUMN);
    const padC = v128.load(block, SCRATCHPAD + C * COLUMN);
    const padP = v128.load(block, SCRATCHPAD + P * COLUMN);
    const padQ = v128.load(block, SCRATCHPAD + Q * COLUMN);
    const padR = v128.load(block, SCRATCHPAD + R * COLUMN);
    const padS = v128.load(block, SCRATCHPAD + S * COLUMN);
    let outR = one;
    let outS = one;
    let outC = one;
    const largest = f32x4.pmax(
      f32x4.pmax(f32x4.pmax(padN, padK), f32x4.pmax(padC, padP)), f32x4.pmax(f32x4.pmax(padQ, padR), padS),
    );
    if (v128.any_true(f32x4.gt(largest, one))) {
      const order2 = v128.load(block, ORDER_SCRATCHPAD);
      const padRankN = rank(order2, N, padN, one);
      const padRankK = rank(order2, K, padK, one);
      const padRankC = rank(order2, C, padC, one);
      const padRankP = rank(order2, P, padP, one);
      const padRankQ = rank(order2, Q, padQ, one);
      const padRankR = rank(order2, R, padR, one);
      const padRankS = rank(order2, S, padS, one);
      const firstPadWeight = min4(padRankR, padRankS, padRankC, padRankK);
      reloadN = f32x4.mul(reloadN, unless(padN, v128.and(openWeight, i32x4.lt_s(padRankN, firstPadWeight)), one));
      reloadP = f32x4.mul(reloadP, unless(padP, v128.and(openWeight, i32x4.lt_s(padRankP, firstPadWeight)), one));
      reloadQ = f32x4.mul(reloadQ, unless(padQ, v128.and(openWeight, i32x4.lt_s(padRankQ, firstPadWeight)), one));
      openWeight = v128.and(openWeight, i32x4.eq(firstPadWeight, fifteen));
      const firstPadOutput = min4(padRankP, padRankQ, padRankK, padRankN);
      outR = unless(padR, i32x4.lt_s(padRankR, firstPadOutput), one);
      outS = unless(padS, i32x4.lt_s(padRankS, firstPadOutput), one);
      outC = unless(padC, i32x4.lt_s(padRankC, firstPadOutput), one);
      const openOutput = i32x4.eq(firstPadOutput, fifteen);
      stillR = v128.and(stillR, openOutput);
      stillS = v128.and(stillS, openOutput);
      stillC = v128.and(stillC, openOutput);
      tileN = f32x4.mul(tileN, padN);
      tileK = f32x4.mul(tileK, padK);
      tileC = f32x4.mul(tileC, padC);
      tileP = f32x4.mul(tileP, padP);
      tileQ = f32x4.mul(tileQ, padQ);
      tileR = f32x4.mul(tileR, padR);
      tileS = f32x4.mul(tileS, padS);
    }
    v128.store(scratch, f32x4.mul(reloadP, unless(boundP, v128.and(openWeight, stillP), one)), REGISTER_RELOADS);
    v128.store(scratch, f32x4.mul(reloadQ, unless(boundQ, v128.and(openWeight, stillQ), one)), REGISTER_RELOADS + COLUMN);
    v128.store(scratch, f32x4.mul(reloadN, unless(boundN, v128.and(openWeight, stillN), one)), REGISTER_RELOADS + 2 * COLUMN);
    v128.store(scratch, f32x4.mul(outR, unless(boundR, stillR, one)), OUTPUT_RELOADS);
    v128.store(scratch, f32x4.mul(outS, unless(boundS, stillS, one)), OUTPUT_RELOADS + COLUMN);
    v128.store(scratch, f32x4.mul(outC, unless(boundC, stillC, one)), OUTPUT_RELOADS + 2 * COLUMN);

    // Innermost DRAM loop: only along it do consecutive input tiles overlap. Where there is none all dims match; the C among them
    // makes the overlap 0, and the bounds are all 1.
    const innermost = min4(i32x4.min_u(rankR, rankS), rankC, rankK, i32x4.min_u(firstOutput, rankN));
    const isN = i32x4.eq(rankN, innermost);
    const isK = i32x4.eq(rankK, innermost);
    const isC = i32x4.eq(rankC, innermost);
    const isP = i32x4.eq(rankP, innermost);
    const isQ = i32x4.eq(rankQ, innermost);
    const isR = i32x4.eq(rankR, innermost);
    const isS = i32x4.eq(rankS, innermost);
    v128.store(scratch, unless(boundN, isN, one), OUTER_BOUNDS);
    v128.store(scratch, unless(boundK, isK, one), OUTER_BOUNDS + COLUMN);
    v128.store(scratch, unless(boundC, isC, one), OUTER_BOUNDS + 2 * COLUMN);
    v128.store(scratch, unless(boundP, isP, one), OUTER_BOUNDS + 3 * COLUMN);
    v128.store(scratch, unless(boundQ, isQ, one), OUTER_BOUNDS + 4 * COLUMN);
    v128.store(scratch, unless(boundR, isR, one), OUTER_BOUNDS + 5 * COLUMN);
    v128.store(scratch, unless(boundS, isS, one), OUTER_BOUNDS + 6 * COLUMN);
    const inner = v128.or(
      v128.or(v128.or(v128.and(boundN, isN), v128.and(boundK, isK)), v128.or(v128.and(boundC, isC), v128.and(boundP, isP))),
      v128.or(v128.or(v128.and(boundQ, isQ), v128.and(boundR, isR)), v128.and(boundS, isS)),
    );
    v128.store(scratch, f32x4.pmax(inner, one), INNER_BOUND);

    // Input tile, and the part of it that the previous tile holds already.
    const wStride = all(context, W_STRIDE);
    const hStride = all(context, H_STRIDE);
    const wDilation = all(context, W_DILATION);
    const hDilation = all(context, H_DILATION);
    const width = extent(tileP, wStride, tileR, wDilation, one);
    const height = extent(tileQ, hStride, tileS, hDilation, one);
    const planes = f32x4.mul(tileC, tileN);
    const inputWords = f32x4.mul(f32x4.mul(width, height), planes);
    const shiftP = f32x4.mul(tileP, wStride);
    const shiftR = f32x4.mul(tileR, wDilation);
    const shiftQ = f32x4.mul(tileQ, hStride);
    const shiftS = f32x4.mul(tileS, hDilation);
    const zero = f32x4.splat(0);
    const overlapW = f32x4.pmax(f32x4.sub(width, v128.or(v128.and(shiftP, isP), v128.and(shiftR, isR))), zero);
    const overlapH = f32x4.pmax(f32x4.sub(height, v128.or(v128.and(shiftQ, isQ), v128.and(shiftS, isS))), zero);
    const overlap = v128.andnot(f32x4.mul(f32x4.mul(overlapW, overlapH), planes), v128.or(isC, isN));
    v128.store(scratch, overlap, INPUT_OVERLAP);
    v128.store(scratch, f32x4.sub(inputWords, overlap), INPUT_NEW);

    // Corner rule: the step of the second loop over the same axis can equal the step before it, and
    // then reuse goes on. With K innermost the step before is 0, without it the step is shift(x).
    const firstDepth = i32x4.min_u(rankN, rankC);
    const insideW = i32x4.min_u(rankP, rankR);
    const outsideW = i32x4.max_u(rankP, rankR);
    const insideH = i32x4.min_u(rankQ, rankS);
    const outsideH = i32x4.max_u(rankQ, rankS);
    const pairW = i32x4.lt_s(outsideW, i32x4.min_u(firstDepth, insideH));
    const pairH = i32x4.lt_s(outsideH, i32x4.min_u(firstDepth, insideW));
    const innerIsP = i32x4.lt_s(rankP, rankR);
    const innerIsQ = i32x4.lt_s(rankQ, rankS);
    const kFirst = i32x4.lt_s(rankK, i32x4.min_u(insideW, insideH));
    const stepW = v128.bitselect(shiftP, shiftR, innerIsP);
    const stepH = v128.bitselect(shiftQ, shiftS, innerIsQ);
    const nextW = v128.bitselect(shiftR, shiftP, innerIsP);
    const nextH = v128.bitselect(shiftS, shiftQ, innerIsQ);
    const cornerW = v128.and(pairW, f32x4.eq(nextW, f32x4.add(stepW, v128.andnot(stepW, kFirst))));
    const cornerH = v128.and(pairH, f32x4.eq(nextH, f32x4.add(stepH, v128.andnot(stepH, kFirst))));
    const corner = v128.or(cornerW, cornerH);
    v128.store(scratch, corner, CORNER_BOUND);
    if (v128.any_true(corner)) {
      const outer = v128.bitselect(v128.bitselect(boundR, boundP, innerIsP), v128.bitselect(boundS, boundQ, innerIsQ), cornerW);
      const partner = v128.bitselect(v128.bitselect(boundP, boundR, innerIsP), v128.bitselect(boundQ, boundS, innerIsQ), cornerW);
      const kInside = i32x4.lt_s(rankK, v128.bitselect(outsideW, outsideH, cornerW));
      v128.store(scratch, v128.bitselect(outer, one, corner), CORNER_BOUND);
      v128.store(scratch, v128.bitselect(partner, one, corner), CORNER_PARTNER);
      v128.store(scratch, v128.bitselect(boundK, one, v128.and(corner, kInside)), CORNER_K);
    }

    const weightWords = f32x4.mul(f32x4.mul(tileR, tileS), f32x4.mul(tileC, tileK));
    const scratchpadWords = f32x4.add(weightWords, inputWords);
    v128.store(block, brokenRules(context, scratchpadWords, outputWords, registerWords, spatialC, spatialK), STATUS);
  }
}
