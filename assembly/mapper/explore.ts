/** The exact mapper for one layer on one accelerator: windows in, the front of the best (latency, energy) pairs out. */
import { C, K, MACS, OUTPUT_WORDS, WEIGHT_WORDS } from "../../src/kernels/layout";
import {
  CAPACITY_ACCUMULATOR, CAPACITY_SCRATCHPAD, CHOICE_C, CHOICE_K, CHOICE_ORDER, CHOICE_SPATIAL_C, CHOICE_SPATIAL_K,
  CHOICE_VARIANT, CHOICE_WINDOW, CLASS_BYTES, CLASS_COUNT, CLASS_INPUTS_FIXED, CLASS_INPUTS_PER_K, CLASS_LIVE, CLASS_ORDER,
  CLASS_OUTPUTS_FIXED, CLASS_OUTPUTS_PER_C, CLASS_WEIGHTS, CLASSES, EVALUATED, EXTENT, K_CORNER,
  KEEP_PARETO, OUTPUT_STEPS, PLANE, TILE_N, TILE_P, TILE_Q, TILE_R,
  TILE_S, VARIANT, WIDEST_C, WIDEST_K, WIDEST_OF_C, WIDEST_OF_K, WINDOWS_CUT, WINDOWS_OVER_CAPACITY,
} from "../../src/kernels/mapper-layout";
import { below, insert } from "./front";
import { accumulatorAccesses, busiestCycles, dramBursts, energyPj, latencyCycles, scratchpadRows } from "./price";
import { countCandidates, divisor, divisorCount, exists, openWindow } from "./window";

/** A latency computed without rounding steps, less every error that it may have: never above the true latency. */
const BELOW: f64 = 1 - 1e-13;

/**
 * Writes, for `count` windows from `first` on, the least latency and the least energy that any candidate of the window can
 * have to `out` as pairs of f64; Infinity if no tile of the window fits.
 */
export function survey(context: usize, problem: usize, first: f64, count: i32, out: usize): void {
  for (let i = 0; i < count; i++, out += 16) {
    let latency: f64 = Infinity;
    let energy: f64 = Infinity;
    const fits = openWindow(context, problem, first + <f64>i);
    countCandidates(problem);
    if (fits) {
      const perC = leastBound(problem, C, WIDEST_OF_C);
      const perK = leastBound(problem, K, WIDEST_OF_K);
      for (let c = 0; c < load<i32>(problem, CLASS_COUNT); c++) {
        const order = problem + CLASSES + <usize>c * CLASS_BYTES;
        boundClass(context, problem, order, perC, perK);
        latency = min(latency, boundLatency);
        energy = min(energy, boundEnergy);
      }
    }
    store<f64>(out, latency);
    store<f64>(out, energy, 8);
  }
}

/**
 * Searches the windows listed as f64 from `list` on and adds what lies below the front to it. A window that its bound cuts is
 * marked in the list as -1 - window.
 */
export function explore(context: usize, problem: usize, list: usize, count: i32, front: usize): void {
  const keepPareto = load<i32>(problem, KEEP_PARETO) != 0;
  for (let end = list + (<usize>count << 3); list < end; list += 8) {
    const window = load<f64>(list);
    if (!openWindow(context, problem, window)) {
      increase(problem, WINDOWS_OVER_CAPACITY, 1);
      continue;
    }
    if (mark(context, problem, front, keepPareto)) {
      search(context, problem, window, front, keepPareto);
    } else {
      increase(problem, WINDOWS_CUT, 1);
      store<f64>(list, -1 - window);
    }
  }
}

// @ts-ignore: decorator
@inline
export function increase(problem: usize, counter: usize, by: f64): void {
  store<f64>(problem + counter, load<f64>(problem + counter) + by);
}

/** Marks the classes of the open window whose bound lies below the front; false if none does. */
function mark(context: usize, problem: usize, front: usize, keepPareto: bool): bool {
  const perC = leastBound(problem, C, WIDEST_OF_C);
  const perK = leastBound(problem, K, WIDEST_OF_K);
  let live = false;
  for (let c = 0; c < load<i32>(problem, CLASS_COUNT); c++) {
    const order = problem + CLASSES + <usize>c * CLASS_BYTES;
    boundClass(context, problem, order, perC, perK);
    const alive = below(front, boundLatency, boundEnergy, keepPareto);
    store<i32>(order, <i32>alive, CLASS_LIVE);
    live = live || alive;
  }
  return live;
}

/** The least DRAM bound that C or K can have in the open window, by the capacities alone; that of its smallest tile if none fits. */
function leastBound(problem: usize, dim: i32, widest: usize): f64 {
  const room = load<f64>(problem, CAPACITY_SCRATCHPAD);
  const taps = load<f64>(problem, TILE_R) * load<f64>(problem, TILE_S);
  const plane = load<f64>(problem, PLANE);
  const outputs = load<f64>(problem, TILE_P) * load<f64>(problem, TILE_Q) * load<f64>(problem, TILE_N);
  const bank = load<f64>(problem, CAPACITY_ACCUMULATOR);
  for (let i = divisorCount(problem, dim) - 1; i > 0; i--) {
    const tile = divisor(problem, dim, i);
    const fits = dim == C
      ? (taps + plane) * tile <= room
      : taps * tile + plane <= room && outputs * tile <= bank * load<f64>(problem + widest + (<usize>i << 3));
    if (fits) return load<f64>(problem + (<usize>dim << 3), EXTENT) / tile;
  }
  return load<f64>(problem + (<usize>dim << 3), EXTENT) / divisor(problem, dim, 0);
}

let boundLatency: f64 = 0;
let boundEnergy: f64 = 0;

/** Least latency and energy of a class at DRAM bounds of at least `perC` and `perK`: every count at its least. */
function boundClass(context: usize, problem: usize, order: usize, perC: f64, perK: f64): void {
  const weightWords = load<f64>(context, WEIGHT_WORDS);
  const macs = load<f64>(context, MACS);
  const spatialK = load<f64>(problem, WIDEST_K);
  const spatialC = load<f64>(problem, WIDEST_C);
  const weights = weightWords * load<f64>(order, CLASS_WEIGHTS);
  const inputs = load<f64>(problem, EXTENT + (C << 3)) * (load<f64>(order, CLASS_INPUTS_FIXED) + load<f64>(order, CLASS_INPUTS_PER_K) * perK);
  const writebacks = load<f64>(context, OUTPUT_WORDS) * (load<f64>(order, CLASS_OUTPUTS_FIXED) + load<f64>(order, CLASS_OUTPUTS_PER_C) * perC);
  const onlyTap = load<f64>(problem, TILE_R) * load<f64>(problem, TILE_S) == 1;
  const registers = onlyTap ? weights : weightWords * load<f64>(problem, OUTPUT_STEPS);
  const updates = macs / spatialC;
  const inputReads = macs / spatialK;
  boundLatency = BELOW * busiestCycles(context, macs / (spatialK * spatialC), spatialK, inputReads, registers, weights, inputs, updates, writebacks);
  boundEnergy = BELOW * energyPj(
    context, registers, accumulatorAccesses(context, updates, writebacks),
    scratchpadRows(context, registers, inputReads, weights, inputs), dramBursts(context, weights, inputs, writebacks),
  );
}

/** Every tile of C and K of the open window that no other is sure to beat. */
function search(context: usize, problem: usize, window: f64, front: usize, keepPareto: bool): void {
  const room = load<f64>(problem, CAPACITY_SCRATCHPAD);
  const bank = load<f64>(problem, CAPACITY_ACCUMULATOR);
  const taps = load<f64>(problem, TILE_R) * load<f64>(problem, TILE_S);
  const plane = load<f64>(problem, PLANE);
  const outputs = load<f64>(problem, TILE_P) * load<f64>(problem, TILE_Q) * load<f64>(problem, TILE_N);
  const everyK = load<f64>(problem, K_CORNER) != 0;
  for (let c = divisorCount(problem, C) - 1; c >= 0; c--) {
    const tileC = divisor(problem, C, c);
    if ((taps + plane) * tileC > room) continue;
    const spatialC = load<f64>(problem + WIDEST_OF_C + (<usize>c << 3));
    // Among tiles of K the larger one is better, unless the smaller one is spread wider or fills the array exactly.
    let widest: f64 = 0;
    for (let k = divisorCount(problem, K) - 1; k >= 0; k--) {
      const tileK = divisor(problem, K, k);
      if ((taps * tileK + plane) * tileC > room) continue;
      const spatialK = load<f64>(problem + WIDEST_OF_K + (<usize>k << 3));
      if (outputs * tileK > bank * spatialK) continue;
      const exact = taps == 1 && tileC == spatialC && tileK == spatialK;
      if (spatialK <= widest && !exact && !everyK) continue;
      if (!price(context, problem, window, c, k, spatialC, spatialK, front, keepPareto)) widest = max(widest, spatialK);
    }
  }
}

/**
 * Prices every live class at one tile of C and K, spread as wide as the array takes, and keeps what lies below the front.
 *
 * Spreading wider never costs energy, nor a cycle but the one that Timeloop's rounding may add. Where it did so, and that
 * cycle matters, narrower spatial factors are priced too and the answer is true: a smaller tile may then be the better one.
 */
function price(
  context: usize, problem: usize, window: f64, c: i32, k: i32, spatialC: f64, spatialK: f64, front: usize, keepPareto: bool,
): bool {
  const perC = load<f64>(problem, EXTENT + (C << 3)) / divisor(problem, C, c);
  const perK = load<f64>(problem, EXTENT + (K << 3)) / divisor(problem, K, k);
  let rounded = false;
  let evaluated = 0;
  for (let i = 0; i < load<i32>(problem, CLASS_COUNT); i++) {
    const order = problem + CLASSES + <usize>i * CLASS_BYTES;
    if (load<i32>(order, CLASS_LIVE) == 0 || !exists(problem, load<i32>(order, CLASS_ORDER), perC, perK)) continue;
    evaluated++;
    if (!priceOne(context, problem, order, window, c, k, perC, perK, spatialC, spatialK, front, keepPareto)) continue;
    rounded = true;
    evaluated += narrower(context, problem, order, window, c, k, perC, perK, spatialC, spatialK, front, keepPareto);
  }
  increase(problem, EVALUATED, <f64>evaluated);
  return rounded;
}

/** Prices one class at given spatial factors. True if rounding cost a cycle that keeps it from the front or may do so. */
function priceOne(
  context: usize, problem: usize, order: usize, window: f64, c: i32, k: i32, perC: f64, perK: f64,
  spatialC: f64, spatialK: f64, front: usize, keepPareto: bool,
): bool {
  const weightWords = load<f64>(context, WEIGHT_WORDS);
  const macs = load<f64>(context, MACS);
  const compute = macs / (spatialK * spatialC);
  const weights = weightWords * load<f64>(order, CLASS_WEIGHTS);
  const inputs = load<f64>(problem, EXTENT + (C << 3)) * (load<f64>(order, CLASS_INPUTS_FIXED) + load<f64>(order, CLASS_INPUTS_PER_K) * perK);
  const writebacks = load<f64>(context, OUTPUT_WORDS) * (load<f64>(order, CLASS_OUTPUTS_FIXED) + load<f64>(order, CLASS_OUTPUTS_PER_C) * perC);
  const taps = load<f64>(problem, TILE_R) * load<f64>(problem, TILE_S);
  const inArray = taps * divisor(problem, C, c) * divisor(problem, K, k) == spatialK * spatialC;
  const registers = inArray ? weights : weightWords * load<f64>(problem, OUTPUT_STEPS);
  const updates = compute * spatialK;
  const inputReads = compute * spatialC;
  const energy = energyPj(
    context, registers, accumulatorAccesses(context, updates, writebacks),
    scratchpadRows(context, registers, inputReads, weights, inputs), dramBursts(context, weights, inputs, writebacks),
  );
  const busiest = busiestCycles(context, compute, spatialK, inputReads, registers, weights, inputs, updates, writebacks);
  if (!below(front, busiest * BELOW, energy, keepPareto)) return false;
  const latency = latencyCycles(context, compute, spatialK, spatialC, registers, weights, inputs, writebacks);
  const rounded = latency > ceil(busiest);
  if (below(front, latency, energy, keepPareto)) {
    const choice = insert(front, latency, energy, keepPareto);
    store<f64>(choice, window, CHOICE_WINDOW);
    store<i32>(choice, k, CHOICE_K);
    store<i32>(choice, c, CHOICE_C);
    store<i32>(choice, <i32>spatialK, CHOICE_SPATIAL_K);
    store<i32>(choice, <i32>spatialC, CHOICE_SPATIAL_C);
    store<i32>(choice, load<i32>(order, CLASS_ORDER), CHOICE_ORDER);
    store<i32>(choice, load<i32>(problem, VARIANT), CHOICE_VARIANT);
  }
  return rounded;
}

/** Prices one class at every pair of spatial factors but the widest; how many those were. */
function narrower(
  context: usize, problem: usize, order: usize, window: f64, c: i32, k: i32, perC: f64, perK: f64,
  widestC: f64, widestK: f64, front: usize, keepPareto: bool,
): i32 {
  const tileC = <i32>divisor(problem, C, c);
  const tileK = <i32>divisor(problem, K, k);
  const outputs = load<f64>(problem, TILE_P) * load<f64>(problem, TILE_Q) * load<f64>(problem, TILE_N) * <f64>tileK;
  let evaluated = 0;
  for (let spatialK = <i32>widestK; spatialK >= 1; spatialK--) {
    if (tileK % spatialK != 0 || outputs > load<f64>(problem, CAPACITY_ACCUMULATOR) * <f64>spatialK) continue;
    for (let spatialC = <i32>widestC; spatialC >= 1; spatialC--) {
      if (tileC % spatialC != 0 || (spatialC == <i32>widestC && spatialK == <i32>widestK)) continue;
      evaluated++;
      priceOne(context, problem, order, window, c, k, perC, perK, <f64>spatialC, <f64>spatialK, front, keepPareto);
    }
  }
  return evaluated;
}
