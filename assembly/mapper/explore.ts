/** The exact mapper for one layer on one accelerator: windows in, the front of the best (latency, energy) pairs out. */
import { C, K } from "../../src/kernels/layout";
import {
  CANDIDATE, CAPACITY_ACCUMULATOR, CAPACITY_SCRATCHPAD, CHOICE_SPATIAL_C, CHOICE_SPATIAL_K, CLASS_BYTES, CLASS_COUNT, CLASS_LIVE, CLASSES,
  DRAM_C, DRAM_K, EXTENT, K_CORNER, PLANE, WIDEST_C, WIDEST_K, WIDEST_OF_C, WIDEST_OF_K, WINDOWS_CUT, WINDOWS_OVER_CAPACITY,
} from "../../src/kernels/mapper-layout";
import { chooseTileC, chooseTileK, count, energyPj, latencyCycles, leastCycles, narrower, tally, tileK } from "./candidate";
import { below, insert } from "./front";
import { countCandidates, divisor, divisorCount, exists, increase, openWindow, outputsOf, tapsOf } from "./window";

/**
 * Writes, for `windows` windows from `first` on, the least latency and the least energy that any candidate of the window can
 * have to `out` as pairs of f64; Infinity if no tile of the window fits.
 */
export function survey(context: usize, problem: usize, first: f64, windows: i32, out: usize): void {
  for (let i = 0; i < windows; i++, out += 16) {
    let latency: f64 = Infinity;
    let energy: f64 = Infinity;
    if (openWindow(context, problem, first + <f64>i)) {
      chooseLeastBounds(problem);
      for (let c = 0; c < load<i32>(problem, CLASS_COUNT); c++) {
        countLeast(context, problem, problem + CLASSES + <usize>c * CLASS_BYTES);
        latency = min(latency, leastLatency(context, problem));
        energy = min(energy, energyPj(context, problem));
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
export function explore(context: usize, problem: usize, list: usize, windows: i32, front: usize): void {
  for (let end = list + (<usize>windows << 3); list < end; list += 8) {
    const window = load<f64>(list);
    const fits = openWindow(context, problem, window);
    countCandidates(problem);
    if (!fits) {
      increase(problem, WINDOWS_OVER_CAPACITY, 1);
    } else if (markLive(context, problem, front)) {
      search(context, problem, front);
    } else {
      increase(problem, WINDOWS_CUT, 1);
      store<f64>(list, -1 - window);
    }
  }
}

/** Marks the classes of the open window whose bound lies below the front; false if none does. */
function markLive(context: usize, problem: usize, front: usize): bool {
  let live = false;
  chooseLeastBounds(problem);
  for (let c = 0; c < load<i32>(problem, CLASS_COUNT); c++) {
    const order = problem + CLASSES + <usize>c * CLASS_BYTES;
    countLeast(context, problem, order);
    const alive = below(front, leastLatency(context, problem), energyPj(context, problem));
    store<i32>(order, <i32>alive, CLASS_LIVE);
    live = live || alive;
  }
  return live;
}

/** Chooses the least DRAM bounds of C and K that the capacities allow in the open window. */
function chooseLeastBounds(problem: usize): void {
  store<f64>(problem, leastBound(problem, C), DRAM_C);
  store<f64>(problem, leastBound(problem, K), DRAM_K);
}

/** The DRAM bound of C or K beside its largest tile that fits, the other one's being 1; that of its smallest if none does. */
function leastBound(problem: usize, dim: i32): f64 {
  const room = load<f64>(problem, CAPACITY_SCRATCHPAD);
  const bank = load<f64>(problem, CAPACITY_ACCUMULATOR);
  const taps = tapsOf(problem);
  const plane = load<f64>(problem, PLANE);
  const outputs = outputsOf(problem);
  let i = divisorCount(problem, dim) - 1;
  for (; i > 0; i--) {
    const tile = divisor(problem, dim, i);
    const fits = dim == C
      ? (taps + plane) * tile <= room
      : taps * tile + plane <= room && outputs * tile <= bank * load<f64>(problem + WIDEST_OF_K + (<usize>i << 3));
    if (fits) break;
  }
  return load<f64>(problem + (<usize>dim << 3), EXTENT) / divisor(problem, dim, i);
}

/** Counts a class as if it had the least DRAM bounds, the widest spatial factors and the fewest register fills. */
function countLeast(context: usize, problem: usize, order: usize): void {
  count(context, problem, order, load<f64>(problem, WIDEST_K), load<f64>(problem, WIDEST_C), tapsOf(problem) == 1);
}

// @ts-ignore: decorator
@inline
function leastLatency(context: usize, problem: usize): f64 {
  return leastCycles(context, problem, load<f64>(problem, WIDEST_K));
}

/** Every tile of C and K of the open window that no other is sure to beat. */
function search(context: usize, problem: usize, front: usize): void {
  const room = load<f64>(problem, CAPACITY_SCRATCHPAD);
  const bank = load<f64>(problem, CAPACITY_ACCUMULATOR);
  const taps = tapsOf(problem);
  const plane = load<f64>(problem, PLANE);
  const outputs = outputsOf(problem);
  const everyK = load<f64>(problem, K_CORNER) != 0;
  for (let c = divisorCount(problem, C) - 1; c >= 0; c--) {
    const extentC = divisor(problem, C, c);
    if ((taps + plane) * extentC > room) continue;
    chooseTileC(problem, c);
    const spatialC = load<f64>(problem + WIDEST_OF_C + (<usize>c << 3));
    // Among tiles of K the larger one is better, unless the smaller one is spread wider or fills the array exactly.
    let widest: f64 = 0;
    for (let k = divisorCount(problem, K) - 1; k >= 0; k--) {
      const extentK = divisor(problem, K, k);
      if ((taps * extentK + plane) * extentC > room) continue;
      const spatialK = load<f64>(problem + WIDEST_OF_K + (<usize>k << 3));
      if (outputs * extentK > bank * spatialK) continue;
      const inArray = taps == 1 && extentC == spatialC && extentK == spatialK;
      if (spatialK <= widest && !inArray && !everyK) continue;
      chooseTileK(problem, k);
      if (!price(context, problem, spatialK, spatialC, front)) widest = max(widest, spatialK);
    }
  }
}

/**
 * Prices every live class at the chosen tiles, spread as wide as the array takes, and keeps what lies below the front.
 *
 * Spreading wider never costs energy, nor a cycle but the one that Timeloop's rounding may add. Where it did so, and that
 * cycle matters, narrower spatial factors are priced too and the answer is true: a smaller tile may then be the better one.
 */
function price(context: usize, problem: usize, spatialK: f64, spatialC: f64, front: usize): bool {
  let rounded = false;
  for (let i = 0; i < load<i32>(problem, CLASS_COUNT); i++) {
    const order = problem + CLASSES + <usize>i * CLASS_BYTES;
    if (load<i32>(order, CLASS_LIVE) == 0 || !exists(problem, order)) continue;
    if (!priceOne(context, problem, order, spatialK, spatialC, front)) continue;
    rounded = true;
    while (narrower(problem, <i32>spatialC)) priceNarrower(context, problem, order, front);
  }
  return rounded;
}

/** Prices one class at given spatial factors. True if rounding cost a cycle that keeps it from the front or may do so. */
function priceOne(context: usize, problem: usize, order: usize, spatialK: f64, spatialC: f64, front: usize): bool {
  tally(context, problem, order, spatialK, spatialC);
  const energy = energyPj(context, problem);
  const least = leastCycles(context, problem, spatialK);
  if (!below(front, least, energy)) return false;
  const latency = latencyCycles(context, problem, spatialK, spatialC);
  if (below(front, latency, energy)) insert(front, latency, energy, problem + CANDIDATE);
  return latency > least;
}

/** Prices one class at the candidate's spatial factors, if the banks take them. */
// @ts-ignore: decorator
@inline
function priceNarrower(context: usize, problem: usize, order: usize, front: usize): void {
  const spatialK = <f64>load<i32>(problem + CANDIDATE, CHOICE_SPATIAL_K);
  if (outputsOf(problem) * tileK(problem) > load<f64>(problem, CAPACITY_ACCUMULATOR) * spatialK) return;
  priceOne(context, problem, order, spatialK, <f64>load<i32>(problem + CANDIDATE, CHOICE_SPATIAL_C), front);
}
