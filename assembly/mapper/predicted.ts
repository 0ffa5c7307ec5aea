/**
 * The map space under Starlight's latency, which depends on the tile and on the whole order of the DRAM loops and on nothing else;
 * spatial factors are the widest, since these cost the least energy and leave the latency alone (docs/mapper.md). For each pair of
 * tiles of C and K the rows that the array streams bound the latency, so a candidate is predicted only if its energy is at most
 * what the host says of the pair; the least energy of those that are not is kept, as a bound on them.
 */
import { price } from "../analytical/price";
import { predictBlock, describeBlock } from "../starlight/predict";
import { FORM, STREAMED } from "../../src/kernels/starlight-layout";
import {
  ACCUMULATOR, ACCUMULATOR_ACCESSES, C, COLUMN, DIMS, DRAM, DRAM_BURSTS, DRAM_ENERGY, ENERGY_PJ, INFEASIBLE_MASK, K, LANES,
  LATENCY_CYCLES, N, ORDER_DRAM, P, PE_DIM, Q, R, REGISTER, REGISTER_ENERGY, REGISTER_FILLS, S, SCRATCHPAD_ROWS, SPATIAL_C,
  SPATIAL_K, STATUS,
} from "../../src/kernels/layout";
import {
  JOB_ACCESSES, JOB_ARCHIVE, JOB_HELD, JOB_HELD_RECORDS, JOB_HOLDING, JOB_LOOPS, JOB_PAIRS, JOB_PHYSICS, JOB_PREDICTED, JOB_PRICED,
  JOB_SCRATCH, JOB_STAGED, JOB_STAGED_RECORDS, JOB_STAGING, ORDER_RANKS, PAIR_BYTES, PAIR_FROM, PAIR_LATENCY, PAIR_OPEN,
  PAIR_TO, RECORD_ACCUMULATOR_ACCESSES, RECORD_ACCUMULATOR_KIB, RECORD_BYTES, RECORD_DRAM_BURSTS, RECORD_PAIR,
  RECORD_REGISTER_FILLS, RECORD_SCRATCHPAD_KIB, RECORD_SCRATCHPAD_ROWS,
} from "../../src/kernels/learned-layout";
import {
  BANK_ROWS, BURSTS, CANDIDATE, CHOICE_BYTES, CHOICE_ORDER, CHOICE_SPATIAL_C, CHOICE_SPATIAL_K, CLASS_BYTES, CLASS_COUNT, CLASSES, DRAM_C,
  DRAM_K, EXTENT, MOST_ACCUMULATOR_KIB, MOST_SCRATCHPAD_KIB, PAD_ROWS, PLANE, REGISTERS, TILE_N,
  TILE_P, TILE_Q, TILE_R, TILE_S, WIDEST_OF_C, WIDEST_OF_K, WINDOWS_OVER_CAPACITY,
} from "../../src/kernels/mapper-layout";
import { keepCounts, kib } from "./archive";
import { chooseTileC, chooseTileK, count, energyPj, tileC, tileK, trips } from "./candidate";
import { countInOrder, leastCounted } from "./machine-counts";
import { divisor, divisorCount, exists, increase, openWindow, outputsOf, tapsOf, windowCount } from "./window";

/**
 * Predicts, of `windows` windows from `first` on, every candidate whose energy lies above the pair's PAIR_FROM and at or below its
 * PAIR_TO, and adds to the archive what no entry beats.
 */
export function collectPredicted(context: usize, problem: usize, job: usize, first: f64, windows: i32): void {
  for (let i = 0; i < windows; i++) {
    if (openWindow(context, problem, first + <f64>i)) enumerate(context, problem, job);
    else increase(problem, WINDOWS_OVER_CAPACITY, 1);
  }
  settle(context, problem, job);
  predict(context, problem, job);
}

/** Writes the rows streamed of every pair of tiles of C and K, in the window of the largest tiles. */
export function boundPredicted(context: usize, problem: usize, job: usize): void {
  openWindow(context, problem, windowCount(problem) - 1);
  const physics = <usize>load<i32>(job, JOB_PHYSICS);
  const block = <usize>load<i32>(job, JOB_STAGING);
  const scratch = <usize>load<i32>(job, JOB_SCRATCH);
  for (let c = 0; c < divisorCount(problem, C); c++) {
    chooseTileC(problem, c);
    const spatialC = load<f64>(problem + WIDEST_OF_C + (<usize>c << 3));
    for (let k = 0; k < divisorCount(problem, K); k++) {
      chooseTileK(problem, k);
      store<i32>(problem + CANDIDATE, <i32>load<f64>(problem + WIDEST_OF_K + (<usize>k << 3)), CHOICE_SPATIAL_K);
      store<i32>(problem + CANDIDATE, <i32>spatialC, CHOICE_SPATIAL_C);
      store<i32>(problem + CANDIDATE, 0x6543210, CHOICE_ORDER);
      writeTile(problem, block);
      describeBlock(physics, block, 8, scratch);
      store<f64>(pairAt(problem, job, c, k), <f64>load<f32>(scratch, STREAMED), PAIR_LATENCY);
    }
  }
}

// @ts-ignore: decorator
@inline
function pairAt(problem: usize, job: usize, c: i32, k: i32): usize {
  return job + JOB_PAIRS + <usize>(c * divisorCount(problem, K) + k) * PAIR_BYTES;
}

/** Every pair of tiles of C and K of the open window. */
function enumerate(context: usize, problem: usize, job: usize): void {
  const peDim = <f64>load<f32>(context, PE_DIM);
  const taps = tapsOf(problem);
  const plane = load<f64>(problem, PLANE);
  const outputs = outputsOf(problem);
  const machine = isMachine(job);
  for (let c = 0; c < divisorCount(problem, C); c++) {
    chooseTileC(problem, c);
    const spatialC = load<f64>(problem + WIDEST_OF_C + (<usize>c << 3));
    for (let k = 0; k < divisorCount(problem, K); k++) {
      const scratchpadKib = kib(ceil(((taps * divisor(problem, K, k) + plane) * tileC(problem)) / peDim), peDim);
      if (scratchpadKib > load<f64>(problem, MOST_SCRATCHPAD_KIB)) break;
      chooseTileK(problem, k);
      const spatialK = load<f64>(problem + WIDEST_OF_K + (<usize>k << 3));
      const accumulatorKib = kib(outputs * (tileK(problem) / spatialK), 4 * peDim);
      if (accumulatorKib > load<f64>(problem, MOST_ACCUMULATOR_KIB)) continue;
      const pair = pairAt(problem, job, c, k);
      const least = machine ? leastCounted(context, problem) : leastEnergy(context, problem, spatialK, spatialC);
      if (least > load<f64>(pair, PAIR_TO)) leaveOpen(pair, least);
      else takeOrders(context, problem, job, pair, spatialK, spatialC, scratchpadKib, accumulatorKib);
    }
  }
}

// @ts-ignore: decorator
@inline
function leaveOpen(pair: usize, energy: f64): void {
  store<f64>(pair, min(load<f64>(pair, PAIR_OPEN), energy), PAIR_OPEN);
}

/** Least energy of any order of the DRAM loops: one of the classes has it. */
function leastEnergy(context: usize, problem: usize, spatialK: f64, spatialC: f64): f64 {
  const inArray = tapsOf(problem) * tileC(problem) * tileK(problem) == spatialK * spatialC;
  let energy: f64 = Infinity;
  for (let i = 0; i < load<i32>(problem, CLASS_COUNT); i++) {
    const order = problem + CLASSES + <usize>i * CLASS_BYTES;
    if (!exists(problem, order)) continue;
    count(context, problem, order, spatialK, spatialC, inArray);
    energy = min(energy, energyPj(context, problem));
  }
  return energy;
}

// @ts-ignore: decorator
@inline
function put(lane: usize, level: usize, dim: i32, factor: f64): void {
  store<f32>(lane + level + <usize>dim * COLUMN, <f32>factor);
}

/** The choice at hand as a candidate: P and Q in the registers, everything else at the accumulator and in the array. */
function writeTile(problem: usize, lane: usize): void {
  const spatialK = <f64>load<i32>(problem + CANDIDATE, CHOICE_SPATIAL_K);
  const spatialC = <f64>load<i32>(problem + CANDIDATE, CHOICE_SPATIAL_C);
  for (let d = 0; d < DIMS; d++) put(lane, DRAM, d, trips(problem, d));
  put(lane, ACCUMULATOR, N, load<f64>(problem, TILE_N));
  put(lane, ACCUMULATOR, K, tileK(problem) / spatialK);
  put(lane, ACCUMULATOR, C, tileC(problem) / spatialC);
  put(lane, ACCUMULATOR, R, load<f64>(problem, TILE_R));
  put(lane, ACCUMULATOR, S, load<f64>(problem, TILE_S));
  put(lane, REGISTER, P, load<f64>(problem, TILE_P));
  put(lane, REGISTER, Q, load<f64>(problem, TILE_Q));
  store<f32>(lane, <f32>spatialK, SPATIAL_K);
  store<f32>(lane, <f32>spatialC, SPATIAL_C);
  store<u32>(lane, load<i32>(problem + CANDIDATE, CHOICE_ORDER) & ~ORDER_RANKS, ORDER_DRAM);
}

/** Takes the chosen tile with every order of its DRAM loops. */
function takeOrders(
  context: usize, problem: usize, job: usize, pair: usize, spatialK: f64, spatialC: f64, scratchpadKib: f64, accumulatorKib: f64,
): void {
  store<i32>(problem + CANDIDATE, <i32>spatialK, CHOICE_SPATIAL_K);
  store<i32>(problem + CANDIDATE, <i32>spatialC, CHOICE_SPATIAL_C);
  const machine = isMachine(job);
  const loops = job + JOB_LOOPS;
  // Loops of one trip are no loops: they take the ranks outside.
  let length: usize = 0;
  let outside: u32 = ORDER_RANKS;
  let rank: u32 = DIMS - 1;
  for (let d = 0; d < DIMS; d++) {
    if (trips(problem, d) > 1) store<u8>(loops + length++, <u8>d);
    else outside |= rank-- << (<u32>d << 2);
  }
  do {
    let order = outside;
    for (let i: usize = 0; i < length; i++) order |= <u32>i << (<u32>load<u8>(loops + i) << 2);
    store<i32>(problem + CANDIDATE, <i32>order, CHOICE_ORDER);
    if (machine) {
      countInOrder(context, problem, loops, length);
      const energy = energyPj(context, problem);
      if (energy > load<f64>(pair, PAIR_TO)) leaveOpen(pair, energy);
      else if (energy > load<f64>(pair, PAIR_FROM)) holdCounted(context, problem, job, pair, scratchpadKib, accumulatorKib);
    } else {
      stage(context, problem, job, pair, scratchpadKib, accumulatorKib);
    }
  } while (nextPermutation(loops, length));
}

/** Whether the physics is that of our own RTL, whose energy is of its own counts. */
// @ts-ignore: decorator
@inline
function isMachine(job: usize): bool {
  return load<i32>(<usize>load<i32>(job, JOB_PHYSICS), FORM) != 0;
}

/** Puts the choice at hand, and what its tile takes, in a record. */
function writeRecord(problem: usize, record: usize, pair: usize, scratchpadKib: f64, accumulatorKib: f64): void {
  memory.copy(record, problem + CANDIDATE, CHOICE_BYTES);
  store<i32>(record, <i32>pair, RECORD_PAIR);
  store<f64>(record, scratchpadKib, RECORD_SCRATCHPAD_KIB);
  store<f64>(record, accumulatorKib, RECORD_ACCUMULATOR_KIB);
}

/** Puts the choice at hand into the block that is to be priced. */
function stage(context: usize, problem: usize, job: usize, pair: usize, scratchpadKib: f64, accumulatorKib: f64): void {
  const staged = load<i32>(job, JOB_STAGED);
  writeTile(problem, <usize>load<i32>(job, JOB_STAGING) + (<usize>staged << 2));
  writeRecord(problem, job + JOB_STAGED_RECORDS + <usize>staged * RECORD_BYTES, pair, scratchpadKib, accumulatorKib);
  store<i32>(job, staged + 1, JOB_STAGED);
  if (staged + 1 == LANES) settle(context, problem, job);
}

/** Puts the choice at hand, which is counted, into the block that is to be predicted. */
function holdCounted(context: usize, problem: usize, job: usize, pair: usize, scratchpadKib: f64, accumulatorKib: f64): void {
  const held = load<i32>(job, JOB_HELD);
  const lane = <usize>load<i32>(job, JOB_HOLDING) + (<usize>held << 2);
  writeTile(problem, lane);
  store<u32>(lane, 0, STATUS);
  const record = job + JOB_HELD_RECORDS + <usize>held * RECORD_BYTES;
  writeRecord(problem, record, pair, scratchpadKib, accumulatorKib);
  store<f64>(record, load<f64>(problem, REGISTERS), RECORD_REGISTER_FILLS);
  store<f64>(record, load<f64>(problem, BURSTS), RECORD_DRAM_BURSTS);
  store<f64>(record, load<f64>(problem, BANK_ROWS), RECORD_ACCUMULATOR_ACCESSES);
  store<f64>(record, load<f64>(problem, PAD_ROWS), RECORD_SCRATCHPAD_ROWS);
  increase(job, JOB_PRICED, 1);
  store<i32>(job, held + 1, JOB_HELD);
  if (held + 1 == LANES) predict(context, problem, job);
}

/** Steps to the next permutation in lexical order; false after the last, with the first one in its place. */
function nextPermutation(items: usize, length: usize): bool {
  if (length < 2) return false;
  let i = length - 1;
  while (i > 0 && load<u8>(items + i - 1) > load<u8>(items + i)) i--;
  if (i > 0) {
    const pivot = load<u8>(items + i - 1);
    let j = length - 1;
    while (load<u8>(items + j) < pivot) j--;
    store<u8>(items + i - 1, load<u8>(items + j));
    store<u8>(items + j, pivot);
  }
  for (let a = i, b = length - 1; a < b; a++, b--) {
    const held = load<u8>(items + a);
    store<u8>(items + a, load<u8>(items + b));
    store<u8>(items + b, held);
  }
  return i > 0;
}

/** Prices what is staged, and holds what is to be predicted. */
function settle(context: usize, problem: usize, job: usize): void {
  const staged = load<i32>(job, JOB_STAGED);
  if (staged == 0) return;
  const block = <usize>load<i32>(job, JOB_STAGING);
  const holding = <usize>load<i32>(job, JOB_HOLDING);
  const scratch = <usize>load<i32>(job, JOB_ACCESSES);
  store<i32>(job, 0, JOB_STAGED);
  increase(job, JOB_PRICED, <f64>staged);
  price(context, block, (staged + 3) & ~3, scratch);
  for (let i = 0; i < staged; i++) {
    const record = job + JOB_STAGED_RECORDS + <usize>i * RECORD_BYTES;
    const pair = <usize>load<i32>(record, RECORD_PAIR);
    const lane = block + (<usize>i << 2);
    const wide = <usize>i << 3;
    const energy = load<f64>(block + wide, ENERGY_PJ);
    if (energy > load<f64>(pair, PAIR_TO)) {
      leaveOpen(pair, energy);
      continue;
    }
    if (energy <= load<f64>(pair, PAIR_FROM)) continue;
    const held = load<i32>(job, JOB_HELD);
    const to = holding + (<usize>held << 2);
    for (let d: usize = 0; d < <usize>DIMS; d++) {
      store<f32>(to + d * COLUMN, load<f32>(lane + d * COLUMN, DRAM), DRAM);
      store<f32>(to + d * COLUMN, load<f32>(lane + d * COLUMN, ACCUMULATOR), ACCUMULATOR);
    }
    store<f32>(to, load<f32>(lane, REGISTER + P * COLUMN), REGISTER + P * COLUMN);
    store<f32>(to, load<f32>(lane, REGISTER + Q * COLUMN), REGISTER + Q * COLUMN);
    store<f32>(to, load<f32>(lane, SPATIAL_K), SPATIAL_K);
    store<f32>(to, load<f32>(lane, SPATIAL_C), SPATIAL_C);
    store<u32>(to, load<u32>(lane, ORDER_DRAM), ORDER_DRAM);
    store<u32>(to, load<u32>(lane, STATUS), STATUS);
    store<f64>(holding + (<usize>held << 3), energy, ENERGY_PJ);
    const kept = job + JOB_HELD_RECORDS + <usize>held * RECORD_BYTES;
    memory.copy(kept, record, RECORD_REGISTER_FILLS);
    store<f64>(kept, load<f64>(scratch + wide, REGISTER_FILLS), RECORD_REGISTER_FILLS);
    store<f64>(kept, load<f64>(scratch + wide, DRAM_BURSTS), RECORD_DRAM_BURSTS);
    store<f64>(kept, load<f64>(scratch + wide, ACCUMULATOR_ACCESSES), RECORD_ACCUMULATOR_ACCESSES);
    store<f64>(kept, load<f64>(scratch + wide, SCRATCHPAD_ROWS), RECORD_SCRATCHPAD_ROWS);
    store<i32>(job, held + 1, JOB_HELD);
    if (held + 1 == LANES) predict(context, problem, job);
  }
}

/** Predicts what is held, and adds to the archive what no entry beats. */
function predict(context: usize, problem: usize, job: usize): void {
  const held = load<i32>(job, JOB_HELD);
  if (held == 0) return;
  const block = <usize>load<i32>(job, JOB_HOLDING);
  const archive = <usize>load<i32>(job, JOB_ARCHIVE);
  store<i32>(job, 0, JOB_HELD);
  increase(job, JOB_PREDICTED, <f64>held);
  predictBlock(<usize>load<i32>(job, JOB_PHYSICS), block, held, <usize>load<i32>(job, JOB_SCRATCH));
  for (let i = 0; i < held; i++) {
    if ((load<u32>(block + (<usize>i << 2), STATUS) & INFEASIBLE_MASK) != 0) continue;
    const record = job + JOB_HELD_RECORDS + <usize>i * RECORD_BYTES;
    keepCounts(
      context, problem, archive, load<f64>(block + (<usize>i << 3), LATENCY_CYCLES), load<f64>(record, RECORD_REGISTER_FILLS),
      load<f64>(record, RECORD_DRAM_BURSTS), load<f64>(record, RECORD_ACCUMULATOR_ACCESSES),
      load<f64>(record, RECORD_SCRATCHPAD_ROWS), load<f64>(record, RECORD_SCRATCHPAD_KIB), load<f64>(record, RECORD_ACCUMULATOR_KIB), record,
    );
  }
}
