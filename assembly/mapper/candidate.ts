/**
 * One candidate of the open window: an order class, tiles of C and K, spatial factors; and what it moves and costs. The sums are
 * the last two stages of assembly/analytical for a single candidate, with the same operations in the same order, so that the
 * numbers are the same to the last bit.
 */
import {
  ACCUMULATOR_ENERGY, ACCUMULATOR_READ_BANDWIDTH, ACCUMULATOR_SHARED_BANDWIDTH, ACCUMULATOR_WRITE_BANDWIDTH, C,
  DRAM_BANDWIDTH, DRAM_BURST_GUARD, DRAM_BURST_INVERSE, DRAM_ENERGY, K, MAC_ENERGY, MACS, OUTPUT_WORDS, P, Q, R,
  REGISTER_ENERGY, S,
  SCRATCHPAD_ENERGY, SCRATCHPAD_READ_BANDWIDTH, SCRATCHPAD_ROW_GUARD, SCRATCHPAD_ROW_INVERSE,
  SCRATCHPAD_SHARED_BANDWIDTH, SCRATCHPAD_WRITE_BANDWIDTH, WEIGHT_WORDS,
} from "../../src/kernels/layout";
import {
  BANK_ROWS, BURSTS, CANDIDATE, CHOICE_C, CHOICE_K, CHOICE_ORDER, CHOICE_SPATIAL_C, CHOICE_SPATIAL_K, CLASS_INPUTS_FIXED,
  CLASS_INPUTS_PER_K, CLASS_ORDER, CLASS_OUTPUTS_FIXED, CLASS_OUTPUTS_PER_C, CLASS_WEIGHTS, COMPUTE, DRAM_C, DRAM_K,
  EVALUATED, EXTENT, INPUT_READS, INPUTS, OUTPUT_STEPS, PAD_ROWS, REGISTERS, TILE_N, TILE_P, TILE_Q, TILE_R, TILE_S,
  UPDATES, WEIGHTS,
  WRITEBACKS,
} from "../../src/kernels/mapper-layout";
import { divisor, increase } from "./window";

/** Chooses the tile of C or K by the index of its extent. */
// @ts-ignore: decorator
@inline
export function chooseTileC(problem: usize, index: i32): void {
  store<i32>(problem + CANDIDATE, index, CHOICE_C);
  store<f64>(problem, load<f64>(problem, EXTENT + (C << 3)) / divisor(problem, C, index), DRAM_C);
}

// @ts-ignore: decorator
@inline
export function chooseTileK(problem: usize, index: i32): void {
  store<i32>(problem + CANDIDATE, index, CHOICE_K);
  store<f64>(problem, load<f64>(problem, EXTENT + (K << 3)) / divisor(problem, K, index), DRAM_K);
}

/** Extents of the chosen tiles. */
// @ts-ignore: decorator
@inline
export function tileC(problem: usize): f64 {
  return divisor(problem, C, load<i32>(problem + CANDIDATE, CHOICE_C));
}

// @ts-ignore: decorator
@inline
export function tileK(problem: usize): f64 {
  return divisor(problem, K, load<i32>(problem + CANDIDATE, CHOICE_K));
}

/** Trips of the DRAM loop over a dim, with the chosen tile. */
export function trips(problem: usize, dim: i32): f64 {
  if (dim == K) return load<f64>(problem, DRAM_K);
  if (dim == C) return load<f64>(problem, DRAM_C);
  let tile = load<f64>(problem, TILE_N);
  if (dim == P) tile = load<f64>(problem, TILE_P);
  else if (dim == Q) tile = load<f64>(problem, TILE_Q);
  else if (dim == R) tile = load<f64>(problem, TILE_R);
  else if (dim == S) tile = load<f64>(problem, TILE_S);
  return load<f64>(problem + (<usize>dim << 3), EXTENT) / tile;
}

/** Tallies a class at the chosen tiles with given spatial factors. */
export function tally(context: usize, problem: usize, order: usize, spatialK: f64, spatialC: f64): void {
  store<i32>(problem + CANDIDATE, <i32>spatialK, CHOICE_SPATIAL_K);
  store<i32>(problem + CANDIDATE, <i32>spatialC, CHOICE_SPATIAL_C);
  store<i32>(problem + CANDIDATE, load<i32>(order, CLASS_ORDER), CHOICE_ORDER);
  // With the whole tile of R, S, C and K in the array, only DRAM loops reload registers.
  const taps = load<f64>(problem, TILE_R) * load<f64>(problem, TILE_S);
  const inArray = taps * tileC(problem) * tileK(problem) == spatialK * spatialC;
  count(context, problem, order, spatialK, spatialC, inArray);
  increase(problem, EVALUATED, 1);
}

/** Everything that follows from a class, the bounds DRAM_C and DRAM_K, and the spatial factors. */
export function count(context: usize, problem: usize, order: usize, spatialK: f64, spatialC: f64, inArray: bool): void {
  const outputWords = load<f64>(context, OUTPUT_WORDS);
  const weightWords = load<f64>(context, WEIGHT_WORDS);
  const compute = load<f64>(context, MACS) / (spatialK * spatialC);
  const weights = weightWords * load<f64>(order, CLASS_WEIGHTS);
  const registers = inArray ? weights : weightWords * load<f64>(problem, OUTPUT_STEPS);
  const inputs =
    load<f64>(problem, EXTENT + (C << 3)) *
    (load<f64>(order, CLASS_INPUTS_FIXED) + load<f64>(order, CLASS_INPUTS_PER_K) * load<f64>(problem, DRAM_K));
  const writebacks =
    outputWords * (load<f64>(order, CLASS_OUTPUTS_FIXED) + load<f64>(order, CLASS_OUTPUTS_PER_C) * load<f64>(problem, DRAM_C));
  const updates = compute * spatialK;
  const inputReads = compute * spatialC;
  store<f64>(problem, compute, COMPUTE);
  store<f64>(problem, registers, REGISTERS);
  store<f64>(problem, weights, WEIGHTS);
  store<f64>(problem, inputs, INPUTS);
  store<f64>(problem, writebacks, WRITEBACKS);
  store<f64>(problem, updates, UPDATES);
  store<f64>(problem, inputReads, INPUT_READS);
  store<f64>(problem, ((updates - outputWords) + updates) + writebacks, BANK_ROWS);
  store<f64>(
    problem, (rows(context, registers) + rows(context, inputReads)) + (rows(context, weights) + rows(context, inputs)), PAD_ROWS,
  );
  store<f64>(
    problem,
    (bursts(context, weights) + bursts(context, inputs)) + (bursts(context, writebacks - outputWords) + bursts(context, writebacks)),
    BURSTS,
  );
}

// @ts-ignore: decorator
@inline
function rows(context: usize, words: f64): f64 {
  return ceil(words * load<f64>(context, SCRATCHPAD_ROW_INVERSE) - load<f64>(context, SCRATCHPAD_ROW_GUARD));
}

// @ts-ignore: decorator
@inline
function bursts(context: usize, words: f64): f64 {
  return ceil(words * load<f64>(context, DRAM_BURST_INVERSE) - load<f64>(context, DRAM_BURST_GUARD));
}

/** Energy of what was counted, in pJ. */
export function energyPj(context: usize, problem: usize): f64 {
  const macs = load<f64>(context, MACS);
  let energy =
    macs * load<f64>(context, MAC_ENERGY) + (macs + load<f64>(problem, REGISTERS)) * load<f64>(context, REGISTER_ENERGY);
  energy += load<f64>(problem, BANK_ROWS) * load<f64>(context, ACCUMULATOR_ENERGY);
  energy += load<f64>(problem, PAD_ROWS) * load<f64>(context, SCRATCHPAD_ENERGY);
  energy += load<f64>(problem, BURSTS) * load<f64>(context, DRAM_ENERGY);
  return energy;
}

/** Latency of what was counted, as Timeloop rounds it: ceil(compute / slowdown). */
export function latencyCycles(context: usize, problem: usize, spatialK: f64, spatialC: f64): f64 {
  const outputWords = load<f64>(context, OUTPUT_WORDS);
  const compute = load<f64>(problem, COMPUTE);
  const writebacks = load<f64>(problem, WRITEBACKS);
  const weightRate = load<f64>(problem, WEIGHTS) / compute;
  const inputRate = load<f64>(problem, INPUTS) / compute;
  const dramReads = (weightRate + inputRate) + (writebacks - outputWords) / compute;
  const scratchpadReads = load<f64>(problem, REGISTERS) / compute + spatialC;
  const scratchpadWrites = weightRate + inputRate;
  const accumulatorReads = (compute - outputWords / spatialK) / compute;
  const accumulatorWrites = (compute + writebacks / spatialK) / compute;
  const shared = load<f64>(context, SCRATCHPAD_SHARED_BANDWIDTH);
  let slowest = min(1.0, load<f64>(context, DRAM_BANDWIDTH) / (writebacks / compute + dramReads));
  if (shared > 0) {
    slowest = min(slowest, shared / (scratchpadWrites + scratchpadReads));
    slowest = min(slowest, load<f64>(context, ACCUMULATOR_SHARED_BANDWIDTH) / (accumulatorWrites + accumulatorReads));
  } else {
    slowest = min(slowest, load<f64>(context, SCRATCHPAD_READ_BANDWIDTH) / scratchpadReads);
    slowest = min(slowest, load<f64>(context, SCRATCHPAD_WRITE_BANDWIDTH) / scratchpadWrites);
    slowest = min(slowest, load<f64>(context, ACCUMULATOR_READ_BANDWIDTH) / accumulatorReads);
    slowest = min(slowest, load<f64>(context, ACCUMULATOR_WRITE_BANDWIDTH) / accumulatorWrites);
  }
  return ceil(compute / slowest);
}

/** Takes from a cycle count more than the roundings of `latencyCycles` can: nine of them, each of 2^-53 at most. */
const UNROUNDED: f64 = 1 - 4e-15;

/** Cycles of the busiest resource in one division each, right to a few parts in 2^53, whatever the number of cycles. */
function busiestCycles(context: usize, problem: usize, spatialK: f64): f64 {
  const outputWords = load<f64>(context, OUTPUT_WORDS);
  const writebacks = load<f64>(problem, WRITEBACKS);
  const updates = load<f64>(problem, UPDATES);
  const fills = load<f64>(problem, WEIGHTS) + load<f64>(problem, INPUTS);
  const reads = load<f64>(problem, REGISTERS) + load<f64>(problem, INPUT_READS);
  let cycles = max(
    load<f64>(problem, COMPUTE), (fills + (writebacks - outputWords) + writebacks) / load<f64>(context, DRAM_BANDWIDTH),
  );
  const shared = load<f64>(context, SCRATCHPAD_SHARED_BANDWIDTH);
  if (shared > 0) {
    cycles = max(cycles, (reads + fills) / shared);
    return max(cycles, load<f64>(problem, BANK_ROWS) / (load<f64>(context, ACCUMULATOR_SHARED_BANDWIDTH) * spatialK));
  }
  cycles = max(cycles, reads / load<f64>(context, SCRATCHPAD_READ_BANDWIDTH));
  cycles = max(cycles, fills / load<f64>(context, SCRATCHPAD_WRITE_BANDWIDTH));
  cycles = max(cycles, (updates - outputWords) / (load<f64>(context, ACCUMULATOR_READ_BANDWIDTH) * spatialK));
  return max(cycles, (updates + writebacks) / (load<f64>(context, ACCUMULATOR_WRITE_BANDWIDTH) * spatialK));
}

/**
 * The least that `latencyCycles` can give for these counts or any larger ones. Below some 2^39 cycles it is the next whole number of
 * the busiest resource's; from there on it may be less, and more is priced in doubt.
 */
// @ts-ignore: decorator
@inline
export function leastCycles(context: usize, problem: usize, spatialK: f64): f64 {
  return ceil(UNROUNDED * busiestCycles(context, problem, spatialK));
}

/**
 * Steps from the candidate's pair of spatial factors to the next narrower one: C down to 1, then the next smaller factor of K
 * with C at its widest again. False after the last.
 */
export function narrower(problem: usize, widestC: i32): bool {
  const extentK = <i32>tileK(problem);
  const extentC = <i32>tileC(problem);
  let spatialK = load<i32>(problem + CANDIDATE, CHOICE_SPATIAL_K);
  let spatialC = load<i32>(problem + CANDIDATE, CHOICE_SPATIAL_C);
  do spatialC--;
  while (spatialC > 0 && extentC % spatialC != 0);
  if (spatialC == 0) {
    spatialC = widestC;
    do spatialK--;
    while (spatialK > 0 && extentK % spatialK != 0);
  }
  store<i32>(problem + CANDIDATE, spatialK, CHOICE_SPATIAL_K);
  store<i32>(problem + CANDIDATE, spatialC, CHOICE_SPATIAL_C);
  return spatialK > 0;
}
