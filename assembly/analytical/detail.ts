/** Every access count, roofline and energy component of one block, from what the pricing stages left in scratch. */
import {
  ACCUMULATOR_ACCESSES, ACCUMULATOR_ENERGY, ACCUMULATOR_OUTPUT_FILLS, ACCUMULATOR_OUTPUT_READS,
  ACCUMULATOR_OUTPUT_UPDATES, ACCUMULATOR_PJ, ACCUMULATOR_ROOF, ACCUMULATOR_SLOWDOWN, COMPUTE_CYCLES, COMPUTE_ROOF,
  DRAM_BURSTS, DRAM_ENERGY, DRAM_INPUT_READS, DRAM_OUTPUT_READS, DRAM_OUTPUT_WRITES, DRAM_PJ, DRAM_ROOF,
  DRAM_SLOWDOWN, DRAM_WEIGHT_READS, INPUT_FILLS, MAC_ENERGY, MAC_PJ, MACS, OUTPUT_WORDS, OUTPUT_WRITEBACKS,
  REGISTER_ENERGY, REGISTER_FILLS, REGISTER_PJ, REGISTER_WEIGHT_READS, REGISTER_WEIGHT_WRITES, SCRATCHPAD_ENERGY,
  SCRATCHPAD_INPUT_READS, SCRATCHPAD_INPUT_WRITES, SCRATCHPAD_PJ, SCRATCHPAD_ROOF, SCRATCHPAD_ROWS,
  SCRATCHPAD_SLOWDOWN, SCRATCHPAD_WEIGHT_READS, SCRATCHPAD_WEIGHT_WRITES, SPATIAL_C, SPATIAL_K, WEIGHT_FILLS,
} from "../../src/kernels/layout";
import { both, wide } from "../lanes";

/** Cycles that a level would need were it alone: below the compute cycles where it does not bind. */
// @ts-ignore: decorator
@inline
function roof(compute: v128, slowdown: v128): v128 {
  return f64x2.ceil(f64x2.div(compute, slowdown));
}

export function detail(context: usize, block: usize, lanes: i32, scratch: usize, out: usize): void {
  const macs = both(context, MACS);
  const outputWords = both(context, OUTPUT_WORDS);
  for (let end = block + (<usize>lanes << 2); block < end; block += 8, scratch += 16, out += 16) {
    const compute = v128.load(scratch, COMPUTE_CYCLES);
    const weights = v128.load(scratch, WEIGHT_FILLS);
    const registers = v128.load(scratch, REGISTER_FILLS);
    const inputs = v128.load(scratch, INPUT_FILLS);
    const writebacks = v128.load(scratch, OUTPUT_WRITEBACKS);
    const updates = f64x2.mul(compute, wide(block, SPATIAL_K));

    v128.store(out, weights, DRAM_WEIGHT_READS);
    v128.store(out, inputs, DRAM_INPUT_READS);
    v128.store(out, f64x2.sub(writebacks, outputWords), DRAM_OUTPUT_READS);
    v128.store(out, writebacks, DRAM_OUTPUT_WRITES);
    v128.store(out, registers, SCRATCHPAD_WEIGHT_READS);
    v128.store(out, weights, SCRATCHPAD_WEIGHT_WRITES);
    v128.store(out, f64x2.mul(compute, wide(block, SPATIAL_C)), SCRATCHPAD_INPUT_READS);
    v128.store(out, inputs, SCRATCHPAD_INPUT_WRITES);
    v128.store(out, f64x2.sub(updates, outputWords), ACCUMULATOR_OUTPUT_READS);
    v128.store(out, updates, ACCUMULATOR_OUTPUT_UPDATES);
    v128.store(out, writebacks, ACCUMULATOR_OUTPUT_FILLS);
    v128.store(out, macs, REGISTER_WEIGHT_READS);
    v128.store(out, registers, REGISTER_WEIGHT_WRITES);

    v128.store(out, compute, COMPUTE_ROOF);
    v128.store(out, roof(compute, v128.load(scratch, ACCUMULATOR_SLOWDOWN)), ACCUMULATOR_ROOF);
    v128.store(out, roof(compute, v128.load(scratch, SCRATCHPAD_SLOWDOWN)), SCRATCHPAD_ROOF);
    v128.store(out, roof(compute, v128.load(scratch, DRAM_SLOWDOWN)), DRAM_ROOF);

    v128.store(out, f64x2.mul(macs, both(context, MAC_ENERGY)), MAC_PJ);
    v128.store(out, f64x2.mul(f64x2.add(macs, registers), both(context, REGISTER_ENERGY)), REGISTER_PJ);
    v128.store(out, f64x2.mul(v128.load(scratch, ACCUMULATOR_ACCESSES), both(context, ACCUMULATOR_ENERGY)), ACCUMULATOR_PJ);
    v128.store(out, f64x2.mul(v128.load(scratch, SCRATCHPAD_ROWS), both(context, SCRATCHPAD_ENERGY)), SCRATCHPAD_PJ);
    v128.store(out, f64x2.mul(v128.load(scratch, DRAM_BURSTS), both(context, DRAM_ENERGY)), DRAM_PJ);
  }
}
