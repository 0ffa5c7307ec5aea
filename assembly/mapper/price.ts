/**
 * What one candidate costs, from its traffic: the last two stages of assembly/analytical for a single candidate, with the
 * same operations in the same order, so that the numbers are the same to the last bit.
 */
import {
  ACCUMULATOR_ENERGY, ACCUMULATOR_READ_BANDWIDTH, ACCUMULATOR_SHARED_BANDWIDTH, ACCUMULATOR_WRITE_BANDWIDTH,
  DRAM_BANDWIDTH, DRAM_BURST_GUARD, DRAM_BURST_INVERSE, DRAM_ENERGY, MAC_ENERGY, MACS, OUTPUT_WORDS, REGISTER_ENERGY,
  SCRATCHPAD_ENERGY, SCRATCHPAD_READ_BANDWIDTH, SCRATCHPAD_ROW_GUARD, SCRATCHPAD_ROW_INVERSE,
  SCRATCHPAD_SHARED_BANDWIDTH, SCRATCHPAD_WRITE_BANDWIDTH,
} from "../../src/kernels/layout";

/** Scratchpad rows read and written. */
// @ts-ignore: decorator
@inline
export function scratchpadRows(context: usize, registers: f64, inputReads: f64, weights: f64, inputs: f64): f64 {
  return (rows(context, registers) + rows(context, inputReads)) + (rows(context, weights) + rows(context, inputs));
}

/** DRAM bursts read and written. */
// @ts-ignore: decorator
@inline
export function dramBursts(context: usize, weights: f64, inputs: f64, writebacks: f64): f64 {
  const outputReads = writebacks - load<f64>(context, OUTPUT_WORDS);
  return (bursts(context, weights) + bursts(context, inputs)) + (bursts(context, outputReads) + bursts(context, writebacks));
}

/** Accumulator rows read and written, given MACs / spatial C updates. */
// @ts-ignore: decorator
@inline
export function accumulatorAccesses(context: usize, updates: f64, writebacks: f64): f64 {
  return ((updates - load<f64>(context, OUTPUT_WORDS)) + updates) + writebacks;
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

// @ts-ignore: decorator
@inline
export function energyPj(context: usize, registers: f64, accumulator: f64, scratchpad: f64, dram: f64): f64 {
  const macs = load<f64>(context, MACS);
  let energy = macs * load<f64>(context, MAC_ENERGY) + (macs + registers) * load<f64>(context, REGISTER_ENERGY);
  energy += accumulator * load<f64>(context, ACCUMULATOR_ENERGY);
  energy += scratchpad * load<f64>(context, SCRATCHPAD_ENERGY);
  energy += dram * load<f64>(context, DRAM_ENERGY);
  return energy;
}

/** Latency as Timeloop rounds it: ceil(compute / slowdown). */
export function latencyCycles(
  context: usize, compute: f64, spatialK: f64, spatialC: f64, registers: f64, weights: f64, inputs: f64, writebacks: f64,
): f64 {
  const outputWords = load<f64>(context, OUTPUT_WORDS);
  const weightRate = weights / compute;
  const inputRate = inputs / compute;
  const dramReads = (weightRate + inputRate) + (writebacks - outputWords) / compute;
  const dram = load<f64>(context, DRAM_BANDWIDTH) / (writebacks / compute + dramReads);
  const scratchpadReads = registers / compute + spatialC;
  const scratchpadWrites = weightRate + inputRate;
  const accumulatorReads = (compute - outputWords / spatialK) / compute;
  const accumulatorWrites = (compute + writebacks / spatialK) / compute;
  const shared = load<f64>(context, SCRATCHPAD_SHARED_BANDWIDTH);
  let slowest = min(1.0, dram);
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

/**
 * Cycles of the busiest resource without any rounding on the way: a whole number of them is the least that `latencyCycles`
 * can give, which is sometimes one more. Right to a few parts in 2^53.
 */
// @ts-ignore: decorator
@inline
export function busiestCycles(
  context: usize, compute: f64, spatialK: f64, inputReads: f64, registers: f64, weights: f64, inputs: f64,
  updates: f64, writebacks: f64,
): f64 {
  const outputWords = load<f64>(context, OUTPUT_WORDS);
  const fills = weights + inputs;
  let cycles = max(compute, (fills + (writebacks - outputWords) + writebacks) / load<f64>(context, DRAM_BANDWIDTH));
  const shared = load<f64>(context, SCRATCHPAD_SHARED_BANDWIDTH);
  if (shared > 0) {
    cycles = max(cycles, (registers + inputReads + fills) / shared);
    return max(cycles, (updates - outputWords + updates + writebacks) / (load<f64>(context, ACCUMULATOR_SHARED_BANDWIDTH) * spatialK));
  }
  cycles = max(cycles, (registers + inputReads) / load<f64>(context, SCRATCHPAD_READ_BANDWIDTH));
  cycles = max(cycles, fills / load<f64>(context, SCRATCHPAD_WRITE_BANDWIDTH));
  cycles = max(cycles, (updates - outputWords) / (load<f64>(context, ACCUMULATOR_READ_BANDWIDTH) * spatialK));
  return max(cycles, (updates + writebacks) / (load<f64>(context, ACCUMULATOR_WRITE_BANDWIDTH) * spatialK));
}
