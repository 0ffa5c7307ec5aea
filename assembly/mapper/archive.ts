/**
 * Every mapping of one layer on one PE array that is the best choice for some size of the memories. Cycles and access counts
 * do not depend on the sizes; they only gate by capacity and scale the energy of an access. So a mapping is beaten for every
 * size at once by one that needs no more cycles, energy elsewhere, accesses to either memory, or KiB of either.
 */
import { C, DRAM_ENERGY, K, MACS, OUTPUT_WORDS, PE_DIM, REGISTER_ENERGY, WEIGHT_WORDS } from "../../src/kernels/layout";
import {
  ARCHIVE_ACCUMULATOR_ACCESSES, ARCHIVE_ACCUMULATOR_KIB, ARCHIVE_CHOICE, ARCHIVE_COUNT, ARCHIVE_DRAM_BURSTS,
  ARCHIVE_ENTRIES, ARCHIVE_ENTRY_BYTES, ARCHIVE_FIXED_PJ, ARCHIVE_LATENCY, ARCHIVE_REGISTER_FILLS,
  ARCHIVE_SCRATCHPAD_KIB, ARCHIVE_SCRATCHPAD_ROWS, CHOICE_C, CHOICE_K, CHOICE_ORDER, CHOICE_SPATIAL_C,
  CHOICE_SPATIAL_K, CHOICE_WINDOW, CLASS_BYTES, CLASS_COUNT, CLASS_INPUTS_FIXED, CLASS_INPUTS_PER_K, CLASS_ORDER,
  CLASS_OUTPUTS_FIXED, CLASS_OUTPUTS_PER_C, CLASS_WEIGHTS, CLASSES, EVALUATED, EXTENT, LEAST_ACCUMULATOR_KIB,
  LEAST_SCRATCHPAD_KIB, MOST_ACCUMULATOR_KIB, MOST_SCRATCHPAD_KIB, OUTPUT_STEPS, PLANE, TILE_N, TILE_P, TILE_Q, TILE_R,
  TILE_S, WIDEST_OF_C, WIDEST_OF_K, WINDOWS_OVER_CAPACITY,
} from "../../src/kernels/mapper-layout";
import { increase } from "./explore";
import { reserve } from "./front";
import { accumulatorAccesses, busiestCycles, dramBursts, latencyCycles, scratchpadRows } from "./price";
import { countCandidates, divisor, divisorCount, exists, openWindow } from "./window";

const BELOW: f64 = 1 - 1e-13;

/** Adds every candidate of `count` windows from `first` on that no entry beats, and takes out the entries it beats. */
export function collect(context: usize, problem: usize, first: f64, count: i32, archive: usize): void {
  for (let i = 0; i < count; i++) {
    const fits = openWindow(context, problem, first + <f64>i);
    countCandidates(problem);
    if (fits) enumerate(context, problem, first + <f64>i, archive);
    else increase(problem, WINDOWS_OVER_CAPACITY, 1);
  }
}

/** KiB of a memory of whole rows of `rowBytes` that holds `rows` of them. */
// @ts-ignore: decorator
@inline
function kib(rows: f64, rowBytes: f64): f64 {
  return ceil((rows * rowBytes) / 1024);
}

function enumerate(context: usize, problem: usize, window: f64, archive: usize): void {
  const peDim = <f64>load<f32>(context, PE_DIM);
  const taps = load<f64>(problem, TILE_R) * load<f64>(problem, TILE_S);
  const plane = load<f64>(problem, PLANE);
  const outputs = load<f64>(problem, TILE_P) * load<f64>(problem, TILE_Q) * load<f64>(problem, TILE_N);
  let evaluated = 0;
  for (let c = 0; c < divisorCount(problem, C); c++) {
    const tileC = divisor(problem, C, c);
    const spatialC = load<f64>(problem + WIDEST_OF_C + (<usize>c << 3));
    const perC = load<f64>(problem, EXTENT + (C << 3)) / tileC;
    for (let k = 0; k < divisorCount(problem, K); k++) {
      const tileK = divisor(problem, K, k);
      const scratchpad = kib(ceil(((taps * tileK + plane) * tileC) / peDim), peDim);
      if (scratchpad > load<f64>(problem, MOST_SCRATCHPAD_KIB)) break;
      const spatialK = load<f64>(problem + WIDEST_OF_K + (<usize>k << 3));
      const accumulator = kib(outputs * (tileK / spatialK), 4 * peDim);
      if (accumulator > load<f64>(problem, MOST_ACCUMULATOR_KIB)) continue;
      const perK = load<f64>(problem, EXTENT + (K << 3)) / tileK;
      for (let i = 0; i < load<i32>(problem, CLASS_COUNT); i++) {
        const order = problem + CLASSES + <usize>i * CLASS_BYTES;
        if (!exists(problem, load<i32>(order, CLASS_ORDER), perC, perK)) continue;
        evaluated++;
        if (!offer(context, problem, order, window, c, k, perC, perK, spatialC, spatialK, scratchpad, archive)) continue;
        // The cycle that rounding cost may be had back with narrower spatial factors.
        for (let narrowK = <i32>spatialK; narrowK >= 1; narrowK--) {
          if (<i32>tileK % narrowK != 0) continue;
          for (let narrowC = <i32>spatialC; narrowC >= 1; narrowC--) {
            if (<i32>tileC % narrowC != 0 || (narrowC == <i32>spatialC && narrowK == <i32>spatialK)) continue;
            evaluated++;
            offer(context, problem, order, window, c, k, perC, perK, <f64>narrowC, <f64>narrowK, scratchpad, archive);
          }
        }
      }
    }
  }
  increase(problem, EVALUATED, <f64>evaluated);
}

/** Offers one candidate to the archive. True if rounding cost it a cycle without which it might have been kept. */
function offer(
  context: usize, problem: usize, order: usize, window: f64, c: i32, k: i32, perC: f64, perK: f64,
  spatialC: f64, spatialK: f64, scratchpadKib: f64, archive: usize,
): bool {
  const peDim = <f64>load<f32>(context, PE_DIM);
  const tileK = divisor(problem, K, k);
  const outputs = load<f64>(problem, TILE_P) * load<f64>(problem, TILE_Q) * load<f64>(problem, TILE_N);
  const accumulatorKib = kib(outputs * (tileK / spatialK), 4 * peDim);
  if (accumulatorKib > load<f64>(problem, MOST_ACCUMULATOR_KIB)) return false;
  const weightWords = load<f64>(context, WEIGHT_WORDS);
  const compute = load<f64>(context, MACS) / (spatialK * spatialC);
  const weights = weightWords * load<f64>(order, CLASS_WEIGHTS);
  const inputs = load<f64>(problem, EXTENT + (C << 3)) * (load<f64>(order, CLASS_INPUTS_FIXED) + load<f64>(order, CLASS_INPUTS_PER_K) * perK);
  const writebacks = load<f64>(context, OUTPUT_WORDS) * (load<f64>(order, CLASS_OUTPUTS_FIXED) + load<f64>(order, CLASS_OUTPUTS_PER_C) * perC);
  const taps = load<f64>(problem, TILE_R) * load<f64>(problem, TILE_S);
  const inArray = taps * divisor(problem, C, c) * tileK == spatialK * spatialC;
  const registers = inArray ? weights : weightWords * load<f64>(problem, OUTPUT_STEPS);
  const updates = compute * spatialK;
  const inputReads = compute * spatialC;
  const rows = scratchpadRows(context, registers, inputReads, weights, inputs);
  const bursts = dramBursts(context, weights, inputs, writebacks);
  const accesses = accumulatorAccesses(context, updates, writebacks);
  const fixed = registers * load<f64>(context, REGISTER_ENERGY) + bursts * load<f64>(context, DRAM_ENERGY);
  scratchpadKib = max(scratchpadKib, load<f64>(problem, LEAST_SCRATCHPAD_KIB));
  const bankKib = max(accumulatorKib, load<f64>(problem, LEAST_ACCUMULATOR_KIB));

  const busiest = busiestCycles(context, compute, spatialK, inputReads, registers, weights, inputs, updates, writebacks);
  if (beaten(archive, busiest * BELOW, fixed, accesses, rows, scratchpadKib, bankKib)) return false;
  const latency = latencyCycles(context, compute, spatialK, spatialC, registers, weights, inputs, writebacks);
  const rounded = latency > ceil(busiest);
  if (beaten(archive, latency, fixed, accesses, rows, scratchpadKib, bankKib)) return rounded;

  const entry = add(archive, latency, fixed, accesses, rows, scratchpadKib, bankKib);
  store<f64>(entry, registers, ARCHIVE_REGISTER_FILLS);
  store<f64>(entry, bursts, ARCHIVE_DRAM_BURSTS);
  store<f64>(entry + ARCHIVE_CHOICE, window, CHOICE_WINDOW);
  store<i32>(entry + ARCHIVE_CHOICE, k, CHOICE_K);
  store<i32>(entry + ARCHIVE_CHOICE, c, CHOICE_C);
  store<i32>(entry + ARCHIVE_CHOICE, <i32>spatialK, CHOICE_SPATIAL_K);
  store<i32>(entry + ARCHIVE_CHOICE, <i32>spatialC, CHOICE_SPATIAL_C);
  store<i32>(entry + ARCHIVE_CHOICE, load<i32>(order, CLASS_ORDER), CHOICE_ORDER);
  return rounded;
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

/** Whether an entry is at most as large in all six. A winner moves half way to the front, where it is met sooner. */
function beaten(archive: usize, latency: f64, fixed: f64, accesses: f64, rows: f64, scratchpad: f64, accumulator: f64): bool {
  const a = pair(latency, fixed);
  const b = pair(accesses, rows);
  const c = pair(scratchpad, accumulator);
  const end = entryAt(archive, load<i32>(archive, ARCHIVE_COUNT));
  for (let at = entryAt(archive, 0); at < end; at += ARCHIVE_ENTRY_BYTES) {
    const larger = v128.or(
      f64x2.gt(v128.load(at, ARCHIVE_LATENCY), a),
      v128.or(
        f64x2.gt(v128.load(at, ARCHIVE_ACCUMULATOR_ACCESSES), b), f64x2.gt(v128.load(at, ARCHIVE_SCRATCHPAD_KIB), c),
      ),
    );
    if (v128.any_true(larger)) continue;
    const index = <i32>((at - entryAt(archive, 0)) / ARCHIVE_ENTRY_BYTES);
    if (index > 8) swap(at, entryAt(archive, index >> 1));
    return true;
  }
  return false;
}

/** Takes out the entries that a new one beats, and makes room for it at the end. */
function add(archive: usize, latency: f64, fixed: f64, accesses: f64, rows: f64, scratchpad: f64, accumulator: f64): usize {
  const a = pair(latency, fixed);
  const b = pair(accesses, rows);
  const c = pair(scratchpad, accumulator);
  let count = load<i32>(archive, ARCHIVE_COUNT);
  for (let i = 0; i < count; ) {
    const at = entryAt(archive, i);
    const smaller = v128.or(
      f64x2.lt(v128.load(at, ARCHIVE_LATENCY), a),
      v128.or(
        f64x2.lt(v128.load(at, ARCHIVE_ACCUMULATOR_ACCESSES), b), f64x2.lt(v128.load(at, ARCHIVE_SCRATCHPAD_KIB), c),
      ),
    );
    if (v128.any_true(smaller)) i++;
    else memory.copy(at, entryAt(archive, --count), ARCHIVE_ENTRY_BYTES);
  }
  reserve(entryAt(archive, count + 1));
  const at = entryAt(archive, count);
  v128.store(at, a, ARCHIVE_LATENCY);
  v128.store(at, b, ARCHIVE_ACCUMULATOR_ACCESSES);
  v128.store(at, c, ARCHIVE_SCRATCHPAD_KIB);
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
