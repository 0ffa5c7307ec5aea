/**
 * A window is a choice of the tile extents of R, S, P, Q and N below DRAM. With it the sliding window of the inputs is
 * settled, and with that every DRAM loop order worth a look: an order class is then five coefficients, and what remains,
 * the tiles of K and C, enters as two factors. docs/mapper.md proves that no other order can do better.
 */
import {
  H_DILATION, H_STRIDE, N, P, Q, R, S, W_DILATION, W_STRIDE,
} from "../../src/kernels/layout";
import {
  CANDIDATE, CAPACITY_ACCUMULATOR, CAPACITY_SCRATCHPAD, CHOICE_VARIANT, CHOICE_WINDOW, CLASS_BYTES, CLASS_COUNT, CLASS_INPUTS_FIXED, CLASS_INPUTS_PER_K,
  CLASS_ORDER, CLASS_OUTPUTS_FIXED, CLASS_OUTPUTS_PER_C, CLASS_WEIGHTS, CLASSES, COVERED, DIVISOR_BYTES, DIVISOR_COUNT, DIVISORS, DRAM_C, DRAM_K,
  EXTENT, FILTER_STEPS, K_CORNER, ORDER_K, ORDER_KPR, ORDER_KQS, ORDER_KRP, ORDER_KSQ, ORDER_P, ORDER_PR, ORDER_Q,
  ORDER_QS, ORDER_R, ORDER_RP, ORDER_S, ORDER_SQ, OUTPUT_STEPS, PLANE, SPREADS_PART_C, SPREADS_PART_K, SPREADS_WHOLE_C,
  SPREADS_WHOLE_K, TILE_N, TILE_P, TILE_Q, TILE_R, TILE_S,
  VARIANT,
} from "../../src/kernels/mapper-layout";

export function divisorCount(problem: usize, dim: i32): i32 {
  return load<i32>(problem + (<usize>dim << 2), DIVISOR_COUNT);
}

// @ts-ignore: decorator
@inline
export function divisor(problem: usize, dim: i32, index: i32): f64 {
  return load<f64>(problem + <usize>dim * DIVISOR_BYTES + (<usize>index << 3), DIVISORS);
}

/** Number of windows of a layer. */
export function windowCount(problem: usize): f64 {
  return (
    <f64>divisorCount(problem, R) * <f64>divisorCount(problem, S) * <f64>divisorCount(problem, P) *
    <f64>divisorCount(problem, Q) * <f64>divisorCount(problem, N)
  );
}

/** Makes a window the open one: its tile extents and order classes. False if not even one channel of it fits. */
export function openWindow(context: usize, problem: usize, window: f64): bool {
  let rest = <u64>window;
  let digits = <u64>divisorCount(problem, N);
  const tN = divisor(problem, N, <i32>(rest % digits));
  rest /= digits;
  digits = <u64>divisorCount(problem, Q);
  const tQ = divisor(problem, Q, <i32>(rest % digits));
  rest /= digits;
  digits = <u64>divisorCount(problem, P);
  const tP = divisor(problem, P, <i32>(rest % digits));
  rest /= digits;
  digits = <u64>divisorCount(problem, S);
  const tS = divisor(problem, S, <i32>(rest % digits));
  const tR = divisor(problem, R, <i32>(rest / digits));
  const width = extent(tP, load<f32>(context, W_STRIDE), tR, load<f32>(context, W_DILATION));
  const height = extent(tQ, load<f32>(context, H_STRIDE), tS, load<f32>(context, H_DILATION));
  const plane = width * height * tN;
  store<f64>(problem + CANDIDATE, window, CHOICE_WINDOW);
  store<i32>(problem + CANDIDATE, load<i32>(problem, VARIANT), CHOICE_VARIANT);
  store<f64>(problem, tR, TILE_R);
  store<f64>(problem, tS, TILE_S);
  store<f64>(problem, tP, TILE_P);
  store<f64>(problem, tQ, TILE_Q);
  store<f64>(problem, tN, TILE_N);
  store<f64>(problem, plane, PLANE);
  writeClasses(context, problem, width, height);
  return tP * tQ * tN <= load<f64>(problem, CAPACITY_ACCUMULATOR) && tR * tS + plane <= load<f64>(problem, CAPACITY_SCRATCHPAD);
}

/** Adds the candidates of the open window to COVERED: tiles of C and K times spatial factors times order classes. */
export function countCandidates(problem: usize): void {
  // Whether a class exists depends on whether the tiles of C and K are the whole bounds.
  for (let whole = 0; whole < 4; whole++) {
    const wholeC = (whole & 1) != 0;
    const wholeK = (whole & 2) != 0;
    const spreads =
      load<f64>(problem + (wholeC ? SPREADS_WHOLE_C : SPREADS_PART_C)) *
      load<f64>(problem + (wholeK ? SPREADS_WHOLE_K : SPREADS_PART_K));
    store<f64>(problem, wholeC ? 1 : 2, DRAM_C);
    store<f64>(problem, wholeK ? 1 : 2, DRAM_K);
    for (let i = 0; i < load<i32>(problem, CLASS_COUNT); i++) {
      if (exists(problem, problem + CLASSES + <usize>i * CLASS_BYTES)) increase(problem, COVERED, spreads);
    }
  }
}

// @ts-ignore: decorator
@inline
export function extent(outputs: f64, stride: f32, taps: f64, dilation: f32): f64 {
  return (outputs - 1) * <f64>stride + (taps - 1) * <f64>dilation + 1;
}

// @ts-ignore: decorator
@inline
function bound(problem: usize, dim: i32, tile: f64): f64 {
  return load<f64>(problem + (<usize>dim << 3), EXTENT) / tile;
}

/** Writes the order classes. Every number is an integer and every division exact. */
function writeClasses(context: usize, problem: usize, width: f64, height: f64): void {
  const tN = load<f64>(problem, TILE_N);
  const bP = bound(problem, P, load<f64>(problem, TILE_P));
  const bQ = bound(problem, Q, load<f64>(problem, TILE_Q));
  const bR = bound(problem, R, load<f64>(problem, TILE_R));
  const bS = bound(problem, S, load<f64>(problem, TILE_S));
  const outputSteps = bP * bQ * bound(problem, N, tN);
  const filterSteps = bR * bS;
  const steps = outputSteps * filterSteps;
  const plane = load<f64>(problem, PLANE);
  store<f64>(problem, outputSteps, OUTPUT_STEPS);
  store<f64>(problem, filterSteps, FILTER_STEPS);
  store<i32>(problem, 0, CLASS_COUNT);
  store<f64>(problem, 0, K_CORNER);

  // Words that two neighbouring tiles share when the innermost loop is over P, Q, R or S.
  const shiftP = load<f64>(problem, TILE_P) * <f64>load<f32>(context, W_STRIDE);
  const shiftQ = load<f64>(problem, TILE_Q) * <f64>load<f32>(context, H_STRIDE);
  const shiftR = load<f64>(problem, TILE_R) * <f64>load<f32>(context, W_DILATION);
  const shiftS = load<f64>(problem, TILE_S) * <f64>load<f32>(context, H_DILATION);
  const sharedP = max(width - shiftP, 0) * height * tN;
  const sharedQ = max(height - shiftQ, 0) * width * tN;
  const sharedR = max(width - shiftR, 0) * height * tN;
  const sharedS = max(height - shiftS, 0) * width * tN;

  const overP = along(steps, bP, plane, sharedP);
  const overQ = along(steps, bQ, plane, sharedQ);
  const overR = along(steps, bR, plane, sharedR);
  const overS = along(steps, bS, plane, sharedS);
  addClass(problem, 1, 0, filterSteps, 0, min(overP, overQ), overP <= overQ ? ORDER_P : ORDER_Q);
  addClass(problem, outputSteps, 1, 0, 0, min(overR, overS), overR <= overS ? ORDER_R : ORDER_S);

  let leastK = steps * plane;
  let orderK = ORDER_K;
  if (bP > 1 && bR > 1) {
    if (shiftR == 2 * shiftP) {
      addClass(problem, outputSteps / bP, 0, filterSteps, 0, corner(steps, bP, bR, plane, sharedP), ORDER_PR);
    }
    if (shiftP == 2 * shiftR) {
      addClass(problem, outputSteps, 0, filterSteps / bR, 0, corner(steps, bR, bP, plane, sharedR), ORDER_RP);
    }
    if (shiftP == shiftR) {
      const inputs = steps * plane - (max(bP, bR) - 1) * (steps / (bP * bR)) * plane;
      if (inputs < leastK) {
        leastK = inputs;
        orderK = bR > bP ? ORDER_KPR : ORDER_KRP;
      }
    }
  }
  if (bQ > 1 && bS > 1) {
    if (shiftS == 2 * shiftQ) {
      addClass(problem, outputSteps / bQ, 0, filterSteps, 0, corner(steps, bQ, bS, plane, sharedQ), ORDER_QS);
    }
    if (shiftQ == 2 * shiftS) {
      addClass(problem, outputSteps, 0, filterSteps / bS, 0, corner(steps, bS, bQ, plane, sharedS), ORDER_SQ);
    }
    if (shiftQ == shiftS) {
      const inputs = steps * plane - (max(bQ, bS) - 1) * (steps / (bQ * bS)) * plane;
      if (inputs < leastK) {
        leastK = inputs;
        orderK = bS > bQ ? ORDER_KQS : ORDER_KSQ;
      }
    }
  }
  if (orderK != ORDER_K) store<f64>(problem, 1, K_CORNER);
  addClass(problem, outputSteps, 0, filterSteps, leastK, 0, orderK);
}

/** Input words for one channel when a loop of `bound` steps is innermost: only its first step fetches a whole tile. */
// @ts-ignore: decorator
@inline
function along(steps: f64, bound: f64, plane: f64, shared: f64): f64 {
  return (steps / bound) * (bound * plane - (bound - 1) * shared);
}

/** The same with a second loop around it whose steps equal the first one's, so that they fetch no whole tile either. */
// @ts-ignore: decorator
@inline
function corner(steps: f64, inner: f64, outer: f64, plane: f64, shared: f64): f64 {
  return along(steps, inner, plane, shared) - (outer - 1) * (steps / (inner * outer)) * shared;
}

function addClass(problem: usize, weights: f64, fixed: f64, perC: f64, inputs: f64, inputsPerK: f64, order: i32): void {
  const count = load<i32>(problem, CLASS_COUNT);
  const at = problem + CLASSES + <usize>count * CLASS_BYTES;
  store<f64>(at, weights, CLASS_WEIGHTS);
  store<f64>(at, fixed, CLASS_OUTPUTS_FIXED);
  store<f64>(at, perC, CLASS_OUTPUTS_PER_C);
  store<f64>(at, inputs, CLASS_INPUTS_FIXED);
  store<f64>(at, inputsPerK, CLASS_INPUTS_PER_K);
  store<i32>(at, order, CLASS_ORDER);
  store<i32>(problem, count + 1, CLASS_COUNT);
}

/**
 * Whether the loop that a class wants innermost is there, at the chosen DRAM_C and DRAM_K. Where it is not, another class is at
 * least as good as the formula of this one; but a corner that begins with K is no formula of anything then.
 */
export function exists(problem: usize, order: usize): bool {
  const which = load<i32>(order, CLASS_ORDER);
  const outputSteps = load<f64>(problem, OUTPUT_STEPS);
  const filterSteps = load<f64>(problem, FILTER_STEPS) * load<f64>(problem, DRAM_C);
  const stepsK = load<f64>(problem, DRAM_K);
  if (which == ORDER_P || which == ORDER_Q) return outputSteps > 1 || filterSteps * stepsK == 1;
  if (which == ORDER_R || which == ORDER_S) return filterSteps > 1;
  const startsWithK = which == ORDER_K || which >= ORDER_KPR;
  return !startsWithK || stepsK > 1;
}

/** Words of the tile's filter taps for one pair of channels, and of its outputs for one channel. */
// @ts-ignore: decorator
@inline
export function tapsOf(problem: usize): f64 {
  return load<f64>(problem, TILE_R) * load<f64>(problem, TILE_S);
}

// @ts-ignore: decorator
@inline
export function outputsOf(problem: usize): f64 {
  return load<f64>(problem, TILE_P) * load<f64>(problem, TILE_Q) * load<f64>(problem, TILE_N);
}

// @ts-ignore: decorator
@inline
export function increase(problem: usize, counter: usize, by: f64): void {
  store<f64>(problem + counter, load<f64>(problem + counter) + by);
}
