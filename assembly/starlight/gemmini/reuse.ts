/**
 * Stage 2: what the order of the DRAM loops means for the caches (four candidates a step).
 *
 * For every loop: which share of the lines that tiles touch was last touched one trip of this loop ago, and how many lines were
 * touched since. A share misses as a smooth step of those lines against the size of the cache. assembly/event/reuse.ts has the same
 * equations and walks the loops outwards. Here every loop compares its place with the others' instead, so four mappings whose loops
 * differ share the work, loops that none of them has cost nothing, and what a loop cannot bring back is not computed.
 */
import { C, COLUMN, K, N, P, Q, R, S } from "../../../src/kernels/layout";
import {
  ALIGNMENT_C, ALIGNMENT_K, CACHE_LOG2, CACHE_SHARPNESS, COLD_SHARE, CONFLICT_C, CONFLICT_K, CONTIGUOUS_SAVING,
  CONVOLUTION, CROWDED_C, CROWDED_K, FAR_CACHE_LOG2, FAR_MISS, INPUTS_BACK, INPUT_H, INPUT_MISS_CYCLES, INPUT_W,
  LINES_C, LINES_K, MISS, NEAR_INPUTS, NEAR_OUTPUTS, NEAR_WEIGHTS, ONE, OUTERMOST_SUM, OUTPUT_CONTIGUOUS_SAVING,
  OUTPUT_FAR_MISS, OUTPUT_MISS, OUTPUT_MISS_CYCLES, PER_LINE, PLACES, STRIDE_H, STRIDE_W, TILES, TRIPS, WEIGHTS_BACK,
  WEIGHT_MISS_CYCLES,
} from "../../../src/kernels/starlight-layout";
import { all } from "../../lanes";
import { add, bound, div, exp2, max, min, mul, splat, sub, where } from "../arithmetic";
import { crowdedLines, firstTouch, kept, returning, rowLines } from "./cache";
import { inside, occurs, order, shares, window } from "./loops";

/** Extent that is touched along a dim: all of it if its loop lies inside. */
// @ts-ignore: decorator
@inline
function reach(isInside: v128, tile: v128, bound: v128): v128 {
  return max(tile, where(isInside, bound));
}

/** Share of the lines that a loop leaves to those outside it. */
// @ts-ignore: decorator
@inline
function left(physics: usize, isInside: v128, back: v128): v128 {
  return sub(all(physics, ONE), where(isInside, back));
}

/** Inputs under tiles of such extents; of a matrix product one for each output. */
// @ts-ignore: decorator
@inline
function inputPixels(physics: usize, n: v128, p: v128, q: v128, r: v128, s: v128): v128 {
  let pixels = mul(n, p);
  if (load<i32>(physics, CONVOLUTION) != 0) {
    const width = min(all(physics, INPUT_W), window(physics, p, all(physics, STRIDE_W), r));
    const height = min(all(physics, INPUT_H), window(physics, q, all(physics, STRIDE_H), s));
    pixels = mul(n, mul(width, height));
  }
  return pixels;
}

/** Lines that the whole layer touches. */
// @ts-ignore: decorator
@inline
function layerLines(physics: usize): v128 {
  const p = bound(physics, P);
  const q = bound(physics, Q);
  const r = bound(physics, R);
  const s = bound(physics, S);
  const n = bound(physics, N);
  const allC = mul(bound(physics, C), all(physics, PER_LINE));
  const allK = mul(bound(physics, K), all(physics, PER_LINE));
  const rows = add(mul(mul(r, s), bound(physics, C)), mul(mul(p, q), n));
  return add(mul(inputPixels(physics, n, p, q, r, s), allC), mul(rows, allK));
}

/** What comes back at the loop over `dim`: adds its misses to the columns. Inlined for each dim: a fifth faster than in a loop. */
// @ts-ignore: decorator
@inline
function loop(
  physics: usize, scratch: usize, dim: usize, few: v128, cache: v128, sharpness: v128, ratio: v128,
): void {
  if (!occurs(physics, v128.load(scratch + dim * COLUMN, TRIPS))) return;
  const here = v128.load(scratch + dim * COLUMN, PLACES);
  const inN = inside(v128.load(scratch, PLACES + N * COLUMN), here);
  const inK = inside(v128.load(scratch, PLACES + K * COLUMN), here);
  const inC = inside(v128.load(scratch, PLACES + C * COLUMN), here);
  const inP = inside(v128.load(scratch, PLACES + P * COLUMN), here);
  const inQ = inside(v128.load(scratch, PLACES + Q * COLUMN), here);
  const inR = inside(v128.load(scratch, PLACES + R * COLUMN), here);
  const inS = inside(v128.load(scratch, PLACES + S * COLUMN), here);
  const n = reach(inN, v128.load(scratch, TILES + N * COLUMN), bound(physics, N));
  const c = reach(inC, v128.load(scratch, TILES + C * COLUMN), bound(physics, C));
  const p = reach(inP, v128.load(scratch, TILES + P * COLUMN), bound(physics, P));
  const q = reach(inQ, v128.load(scratch, TILES + Q * COLUMN), bound(physics, Q));
  const r = reach(inR, v128.load(scratch, TILES + R * COLUMN), bound(physics, R));
  const s = reach(inS, v128.load(scratch, TILES + S * COLUMN), bound(physics, S));
  const allC = mul(bound(physics, C), all(physics, PER_LINE));
  const allK = mul(bound(physics, K), all(physics, PER_LINE));
  const pixels = inputPixels(physics, n, p, q, r, s);
  const taps = mul(mul(r, s), c);
  const places = mul(mul(p, q), n);
  const linesC = reach(inC, v128.load(scratch, LINES_C), allC);
  const linesK = reach(inK, v128.load(scratch, LINES_K), allK);
  const crowdedC = reach(inC, v128.load(scratch, CROWDED_C), allC);
  const crowdedK = reach(inK, v128.load(scratch, CROWDED_K), allK);
  // Outputs are in the way where they are written: inside all loops of their sums.
  const written = where(inside(v128.load(scratch, OUTERMOST_SUM), here), mul(places, linesK));
  const far = all(physics, FAR_MISS);

  if (dim != N) {
    const others = mul(
      mul(left(physics, inK, v128.load(scratch, INPUTS_BACK + K * COLUMN)), left(physics, inC, v128.load(scratch, INPUTS_BACK + C * COLUMN))),
      mul(
        mul(left(physics, inR, v128.load(scratch, INPUTS_BACK + R * COLUMN)), left(physics, inS, v128.load(scratch, INPUTS_BACK + S * COLUMN))),
        mul(left(physics, inP, v128.load(scratch, INPUTS_BACK + P * COLUMN)), left(physics, inQ, v128.load(scratch, INPUTS_BACK + Q * COLUMN))),
      ),
    );
    const share = mul(v128.load(scratch + dim * COLUMN, INPUTS_BACK), others);
    const lines = add(add(mul(pixels, crowdedC), mul(taps, linesK)), written);
    const cycles = returning(physics, share, lines, v128.load(scratch, NEAR_INPUTS), far, few, cache, sharpness, ratio);
    v128.store(scratch, add(v128.load(scratch, INPUT_MISS_CYCLES), cycles), INPUT_MISS_CYCLES);
  }
  if (dim == N || dim == K || dim == P || dim == Q) {
    const others = mul(
      mul(left(physics, inN, v128.load(scratch, WEIGHTS_BACK + N * COLUMN)), left(physics, inK, v128.load(scratch, WEIGHTS_BACK + K * COLUMN))),
      mul(left(physics, inP, v128.load(scratch, WEIGHTS_BACK + P * COLUMN)), left(physics, inQ, v128.load(scratch, WEIGHTS_BACK + Q * COLUMN))),
    );
    const share = mul(v128.load(scratch + dim * COLUMN, WEIGHTS_BACK), others);
    const lines = add(add(mul(pixels, linesC), mul(taps, crowdedK)), written);
    const cycles = returning(physics, share, lines, v128.load(scratch, NEAR_WEIGHTS), far, few, cache, sharpness, ratio);
    v128.store(scratch, add(v128.load(scratch, WEIGHT_MISS_CYCLES), cycles), WEIGHT_MISS_CYCLES);
  }
  if (dim == K) {
    // Outputs leave once: no loop but that over K brings any back, and as many lines as of weights.
    const share = v128.load(scratch, WEIGHTS_BACK + K * COLUMN);
    const lines = add(add(mul(pixels, linesC), mul(taps, linesK)), mul(places, crowdedK));
    const cycles = returning(
      physics, share, lines, v128.load(scratch, NEAR_OUTPUTS), all(physics, OUTPUT_FAR_MISS), few, cache, sharpness, ratio,
    );
    v128.store(scratch, add(v128.load(scratch, OUTPUT_MISS_CYCLES), cycles), OUTPUT_MISS_CYCLES);
  }
}

export function reuse(physics: usize, block: usize, lanes: i32, scratch: usize): void {
  const one = all(physics, ONE);
  const boundC = bound(physics, C);
  const boundK = bound(physics, K);
  const sharpness = all(physics, CACHE_SHARPNESS);
  // In lines.
  const cache = sub(all(physics, CACHE_LOG2), splat(6));
  const ratio = exp2(physics, mul(sharpness, sub(all(physics, FAR_CACHE_LOG2), all(physics, CACHE_LOG2))));
  // So few lines, an eighth of the cache, that hardly one in a thousand is gone.
  const few = exp2(physics, sub(cache, splat(3)));
  // What no loop brings back was touched the whole layer ago, the same for all.
  const x = kept(physics, layerLines(physics), cache, sharpness);
  const gone = div(one, add(one, x));
  const farGone = div(one, add(one, mul(x, ratio)));
  const cold = all(physics, COLD_SHARE);
  const far = all(physics, FAR_MISS);
  const farOutputs = all(physics, OUTPUT_FAR_MISS);
  const alignmentC = load<i32>(physics, ALIGNMENT_C);
  const alignmentK = load<i32>(physics, ALIGNMENT_K);
  for (let end = block + (<usize>lanes << 2); block < end; block += 16, scratch += 16) {
    order(physics, block, scratch);
    shares(physics, scratch);
    const c = v128.load(scratch, TILES + C * COLUMN);
    const k = v128.load(scratch, TILES + K * COLUMN);
    const linesC = rowLines(physics, c, boundC, alignmentC);
    const linesK = rowLines(physics, k, boundK, alignmentK);
    v128.store(scratch, linesC, LINES_C);
    v128.store(scratch, linesK, LINES_K);
    v128.store(scratch, crowdedLines(linesC, c, boundC, all(physics, CONFLICT_C)), CROWDED_C);
    v128.store(scratch, crowdedLines(linesK, k, boundK, all(physics, CONFLICT_K)), CROWDED_K);
    const shareK = div(k, boundK);
    const nearInputs = mul(all(physics, MISS), sub(one, mul(all(physics, CONTIGUOUS_SAVING), div(c, boundC))));
    const nearWeights = mul(all(physics, MISS), sub(one, mul(all(physics, CONTIGUOUS_SAVING), shareK)));
    const nearOutputs = mul(all(physics, OUTPUT_MISS), sub(one, mul(all(physics, OUTPUT_CONTIGUOUS_SAVING), shareK)));
    v128.store(scratch, nearInputs, NEAR_INPUTS);
    v128.store(scratch, nearWeights, NEAR_WEIGHTS);
    v128.store(scratch, nearOutputs, NEAR_OUTPUTS);

    const backK = v128.load(scratch, WEIGHTS_BACK + K * COLUMN);
    const leftOfWeights = mul(
      mul(sub(one, v128.load(scratch, WEIGHTS_BACK + N * COLUMN)), sub(one, backK)),
      mul(sub(one, v128.load(scratch, WEIGHTS_BACK + P * COLUMN)), sub(one, v128.load(scratch, WEIGHTS_BACK + Q * COLUMN))),
    );
    const leftOfInputs = mul(
      mul(sub(one, v128.load(scratch, INPUTS_BACK + K * COLUMN)), sub(one, v128.load(scratch, INPUTS_BACK + C * COLUMN))),
      mul(
        mul(sub(one, v128.load(scratch, INPUTS_BACK + R * COLUMN)), sub(one, v128.load(scratch, INPUTS_BACK + S * COLUMN))),
        mul(sub(one, v128.load(scratch, INPUTS_BACK + P * COLUMN)), sub(one, v128.load(scratch, INPUTS_BACK + Q * COLUMN))),
      ),
    );
    const warmInputs = add(mul(nearInputs, gone), mul(far, farGone));
    const warmWeights = add(mul(nearWeights, gone), mul(far, farGone));
    const warmOutputs = add(mul(nearOutputs, gone), mul(farOutputs, farGone));
    v128.store(scratch, mul(leftOfInputs, firstTouch(warmInputs, add(nearInputs, far), cold)), INPUT_MISS_CYCLES);
    v128.store(scratch, mul(leftOfWeights, firstTouch(warmWeights, add(nearWeights, far), cold)), WEIGHT_MISS_CYCLES);
    v128.store(scratch, mul(sub(one, backK), firstTouch(warmOutputs, add(nearOutputs, farOutputs), cold)), OUTPUT_MISS_CYCLES);

    loop(physics, scratch, N, few, cache, sharpness, ratio);
    loop(physics, scratch, K, few, cache, sharpness, ratio);
    loop(physics, scratch, C, few, cache, sharpness, ratio);
    loop(physics, scratch, P, few, cache, sharpness, ratio);
    loop(physics, scratch, Q, few, cache, sharpness, ratio);
    loop(physics, scratch, R, few, cache, sharpness, ratio);
    loop(physics, scratch, S, few, cache, sharpness, ratio);
  }
}
