/**
 * Every mapping of one layer on one PE array that is the best choice for some size of the memories. Cycles and access counts
 * do not depend on the sizes; they only gate by capacity and scale the energy of an access. So a mapping is beaten for every
 * size at once by one that needs no more cycles, energy elsewhere, accesses to either memory, or KiB of either.
 */
import { C, DRAM_ENERGY, K, PE_DIM, REGISTER_ENERGY } from "../../src/kernels/layout";
import {
  ARCHIVE_ACCUMULATOR_ACCESSES, ARCHIVE_CHOICE, ARCHIVE_COUNT, ARCHIVE_DRAM_BURSTS, ARCHIVE_ENTRIES, ARCHIVE_ENTRY_BYTES,
  ARCHIVE_FULL, ARCHIVE_LATENCY, ARCHIVE_REGISTER_FILLS, ARCHIVE_ROOM, ARCHIVE_SCRATCHPAD_KIB, BANK_ROWS, BURSTS, CANDIDATE,
  CHOICE_BYTES, CHOICE_SPATIAL_C, CHOICE_SPATIAL_K, CLASS_BYTES, CLASS_COUNT, CLASSES, LEAST_ACCUMULATOR_KIB,
  LEAST_SCRATCHPAD_KIB, MOST_ACCUMULATOR_KIB, MOST_SCRATCHPAD_KIB, PAD_ROWS, PADDING_PJ, PLANE, REGISTERS, WIDEST_OF_C, WIDEST_OF_K,
  WINDOWS_OVER_CAPACITY,
} from "../../src/kernels/mapper-layout";
import { chooseTileC, chooseTileK, latencyCycles, leastCycles, narrower, tally, tileC, tileK } from "./candidate";
import { reserve } from "./front";
import { countCandidates, divisor, divisorCount, exists, increase, openWindow, outputsOf, tapsOf } from "./window";

/** Adds every candidate of `windows` windows from `first` on that no entry beats, and takes out the entries it beats. */
export function collect(context: usize, problem: usize, first: f64, windows: i32, archive: usize): void {
  for (let i = 0; i < windows; i++) {
    const fits = openWindow(context, problem, first + <f64>i);
    countCandidates(problem);
    if (fits) enumerate(context, problem, archive);
    else increase(problem, WINDOWS_OVER_CAPACITY, 1);
  }
}

/** KiB of a memory of whole rows of `rowBytes` that holds `rows` of them. */
// @ts-ignore: decorator
@inline
export function kib(rows: f64, rowBytes: f64): f64 {
  return ceil((rows * rowBytes) / 1024);
}

/** Offers every tile of C and K of the open window, spread as wide as the array takes. */
function enumerate(context: usize, problem: usize, archive: usize): void {
  const peDim = <f64>load<f32>(context, PE_DIM);
  const taps = tapsOf(problem);
  const plane = load<f64>(problem, PLANE);
  for (let c = 0; c < divisorCount(problem, C); c++) {
    chooseTileC(problem, c);
    const spatialC = load<f64>(problem + WIDEST_OF_C + (<usize>c << 3));
    for (let k = 0; k < divisorCount(problem, K); k++) {
      const scratchpadKib = kib(ceil(((taps * divisor(problem, K, k) + plane) * tileC(problem)) / peDim), peDim);
      if (scratchpadKib > load<f64>(problem, MOST_SCRATCHPAD_KIB)) break;
      chooseTileK(problem, k);
      const spatialK = load<f64>(problem + WIDEST_OF_K + (<usize>k << 3));
      for (let i = 0; i < load<i32>(problem, CLASS_COUNT); i++) {
        const order = problem + CLASSES + <usize>i * CLASS_BYTES;
        if (!exists(problem, order)) continue;
        if (!offer(context, problem, order, spatialK, spatialC, scratchpadKib, archive)) continue;
        // The cycle that rounding cost may be had back with narrower spatial factors.
        while (narrower(problem, <i32>spatialC)) {
          const narrowK = <f64>load<i32>(problem + CANDIDATE, CHOICE_SPATIAL_K);
          const narrowC = <f64>load<i32>(problem + CANDIDATE, CHOICE_SPATIAL_C);
          offer(context, problem, order, narrowK, narrowC, scratchpadKib, archive);
        }
      }
    }
  }
}

/** Offers one candidate to the archive. True if rounding cost it a cycle without which it might have been kept. */
function offer(
  context: usize, problem: usize, order: usize, spatialK: f64, spatialC: f64, scratchpadKib: f64, archive: usize,
): bool {
  const accumulatorKib = kib(outputsOf(problem) * (tileK(problem) / spatialK), 4 * <f64>load<f32>(context, PE_DIM));
  if (accumulatorKib > load<f64>(problem, MOST_ACCUMULATOR_KIB)) return false;
  tally(context, problem, order, spatialK, spatialC);
  const registers = load<f64>(problem, REGISTERS);
  const bursts = load<f64>(problem, BURSTS);
  const fixed = (registers * load<f64>(context, REGISTER_ENERGY) + bursts * load<f64>(context, DRAM_ENERGY)) + load<f64>(problem, PADDING_PJ);
  const accesses = v128.load(problem, BANK_ROWS);
  const sizes = sizesOf(problem, scratchpadKib, accumulatorKib);
  const least = leastCycles(context, problem, spatialK);
  if (beaten(archive, pair(least, fixed), accesses, sizes)) return false;
  const latency = latencyCycles(context, problem, spatialK, spatialC);
  const rounded = latency > least;
  const costs = pair(latency, fixed);
  if (rounded && beaten(archive, costs, accesses, sizes)) return true;
  insert(archive, costs, registers, bursts, accesses, sizes, problem + CANDIDATE);
  return rounded;
}

/** Keeps a candidate of given latency and counts, unless an entry beats it. */
export function keepCounts(
  context: usize, problem: usize, archive: usize, latency: f64, registers: f64, bursts: f64, bankRows: f64, padRows: f64,
  scratchpadKib: f64, accumulatorKib: f64, choice: usize,
): void {
  const fixed = registers * load<f64>(context, REGISTER_ENERGY) + bursts * load<f64>(context, DRAM_ENERGY);
  const costs = pair(latency, fixed);
  const accesses = pair(bankRows, padRows);
  const sizes = sizesOf(problem, scratchpadKib, accumulatorKib);
  if (!beaten(archive, costs, accesses, sizes)) insert(archive, costs, registers, bursts, accesses, sizes, choice);
}

/** KiB that a tile takes, where sizes below the least in question are all alike. */
// @ts-ignore: decorator
@inline
function sizesOf(problem: usize, scratchpadKib: f64, accumulatorKib: f64): v128 {
  return pair(
    max(scratchpadKib, load<f64>(problem, LEAST_SCRATCHPAD_KIB)), max(accumulatorKib, load<f64>(problem, LEAST_ACCUMULATOR_KIB)),
  );
}

/** Adds what no entry beats, if there is room. */
function insert(archive: usize, costs: v128, registers: f64, bursts: f64, accesses: v128, sizes: v128, choice: usize): void {
  const entry = add(archive, costs, accesses, sizes);
  if (entry == 0) return;
  store<f64>(entry, registers, ARCHIVE_REGISTER_FILLS);
  store<f64>(entry, bursts, ARCHIVE_DRAM_BURSTS);
  memory.copy(entry + ARCHIVE_CHOICE, choice, CHOICE_BYTES);
}

// @ts-ignore: decorator
@inline
function entryAt(archive: usize, index: i32): usize {
  return archive + ARCHIVE_ENTRIES + <usize>index * ARCHIVE_ENTRY_BYTES;
}

// @ts-ignore: decorator
@inline
function pair(a: f64, b: f64): v128 {
  return f64x2.replace_lane(f64x2.splat(a), 1, b);
}

/** Whether an entry is at most as large in all six fields. A winner moves half way to the front, where it is met sooner. */
function beaten(archive: usize, costs: v128, accesses: v128, sizes: v128): bool {
  const end = entryAt(archive, load<i32>(archive, ARCHIVE_COUNT));
  for (let at = entryAt(archive, 0); at < end; at += ARCHIVE_ENTRY_BYTES) {
    const larger = v128.or(
      f64x2.gt(v128.load(at, ARCHIVE_LATENCY), costs),
      v128.or(
        f64x2.gt(v128.load(at, ARCHIVE_ACCUMULATOR_ACCESSES), accesses), f64x2.gt(v128.load(at, ARCHIVE_SCRATCHPAD_KIB), sizes),
      ),
    );
    if (v128.any_true(larger)) continue;
    const index = <i32>((at - entryAt(archive, 0)) / ARCHIVE_ENTRY_BYTES);
    if (index > 8) swap(at, entryAt(archive, index >> 1));
    return true;
  }
  return false;
}

/** Takes out the entries that a new one beats, and makes room for it at the end; 0, and a mark, if there is none. */
function add(archive: usize, costs: v128, accesses: v128, sizes: v128): usize {
  let count = load<i32>(archive, ARCHIVE_COUNT);
  for (let i = 0; i < count; ) {
    const at = entryAt(archive, i);
    const smaller = v128.or(
      f64x2.lt(v128.load(at, ARCHIVE_LATENCY), costs),
      v128.or(
        f64x2.lt(v128.load(at, ARCHIVE_ACCUMULATOR_ACCESSES), accesses), f64x2.lt(v128.load(at, ARCHIVE_SCRATCHPAD_KIB), sizes),
      ),
    );
    if (v128.any_true(smaller)) i++;
    else memory.copy(at, entryAt(archive, --count), ARCHIVE_ENTRY_BYTES);
  }
  store<i32>(archive, count, ARCHIVE_COUNT);
  if (count >= load<i32>(archive, ARCHIVE_ROOM) || !reserve(entryAt(archive, count + 1))) {
    store<i32>(archive, 1, ARCHIVE_FULL);
    return 0;
  }
  const at = entryAt(archive, count);
  v128.store(at, costs, ARCHIVE_LATENCY);
  v128.store(at, accesses, ARCHIVE_ACCUMULATOR_ACCESSES);
  v128.store(at, sizes, ARCHIVE_SCRATCHPAD_KIB);
  store<i32>(archive, count + 1, ARCHIVE_COUNT);
  return at;
}

function swap(a: usize, b: usize): void {
  for (let i: usize = 0; i < <usize>ARCHIVE_ENTRY_BYTES; i += 16) {
    const held = v128.load(a + i);
    v128.store(a + i, v128.load(b + i));
    v128.store(b + i, held);
  }
}
