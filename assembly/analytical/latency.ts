/**
 * Stage 3: roofline latency in cycles, and the resource that binds (two candidates a step).
 *
 * Timeloop takes, for each level, words per compute cycle, the slowdown that its bandwidth forces, and
 * ceil(compute / slowdown). The order of its roundings is kept, since a quotient taken in another order is one cycle off on
 * some 7 % of all mappings. ceil(compute / x) falls with x, so the smallest slowdown alone decides.
 */
import {
  ACCUMULATOR_READ_BANDWIDTH, ACCUMULATOR_SHARED_BANDWIDTH, ACCUMULATOR_SLOWDOWN, ACCUMULATOR_WRITE_BANDWIDTH,
  BOUND_BY_ACCUMULATOR, BOUND_BY_DRAM, BOUND_BY_SCRATCHPAD, COMPUTE_CYCLES, DRAM_BANDWIDTH, DRAM_SLOWDOWN,
  INPUT_FILLS, LATENCY_CYCLES, OUTPUT_WORDS, OUTPUT_WRITEBACKS, REGISTER_FILLS, SCRATCHPAD_READ_BANDWIDTH,
  SCRATCHPAD_SHARED_BANDWIDTH, SCRATCHPAD_SLOWDOWN, SCRATCHPAD_WRITE_BANDWIDTH, SPATIAL_C, SPATIAL_K, STATUS,
  WEIGHT_FILLS,
} from "../../src/kernels/layout";
import { both, wide } from "../lanes";

/** Slowdown of a level with one port for reads and writes, or with one for each. */
// @ts-ignore: decorator
@inline
function slowdown(reads: v128, writes: v128, context: usize, shared: usize, read: usize, write: usize, split: bool): v128 {
  return split
    ? f64x2.pmin(f64x2.div(both(context, read), reads), f64x2.div(both(context, write), writes))
    : f64x2.div(both(context, shared), f64x2.add(writes, reads));
}

// @ts-ignore: decorator
@inline
function run(context: usize, block: usize, lanes: i32, scratch: usize, split: bool): void {
  const outputWords = both(context, OUTPUT_WORDS);
  const dramBandwidth = both(context, DRAM_BANDWIDTH);
  const one = f64x2.splat(1);
  let out = block;
  for (let end = block + (<usize>lanes << 2); block < end; block += 8, scratch += 16, out += 16) {
    const compute = v128.load(scratch, COMPUTE_CYCLES);
    const spatialK = wide(block, SPATIAL_K);
    const writebacks = v128.load(scratch, OUTPUT_WRITEBACKS);

    const weights = f64x2.div(v128.load(scratch, WEIGHT_FILLS), compute);
    const inputs = f64x2.div(v128.load(scratch, INPUT_FILLS), compute);
    const dramReads = f64x2.add(f64x2.add(weights, inputs), f64x2.div(f64x2.sub(writebacks, outputWords), compute));
    const dram = f64x2.div(dramBandwidth, f64x2.add(f64x2.div(writebacks, compute), dramReads));

    const scratchpad = slowdown(
      f64x2.add(f64x2.div(v128.load(scratch, REGISTER_FILLS), compute), wide(block, SPATIAL_C)), f64x2.add(weights, inputs),
      context, SCRATCHPAD_SHARED_BANDWIDTH, SCRATCHPAD_READ_BANDWIDTH, SCRATCHPAD_WRITE_BANDWIDTH, split,
    );

    const outputsEach = f64x2.div(outputWords, spatialK);
    const writebacksEach = f64x2.div(writebacks, spatialK);
    const accumulator = slowdown(
      f64x2.div(f64x2.sub(compute, outputsEach), compute), f64x2.div(f64x2.add(compute, writebacksEach), compute),
      context, ACCUMULATOR_SHARED_BANDWIDTH, ACCUMULATOR_READ_BANDWIDTH, ACCUMULATOR_WRITE_BANDWIDTH, split,
    );

    v128.store(scratch, accumulator, ACCUMULATOR_SLOWDOWN);
    v128.store(scratch, scratchpad, SCRATCHPAD_SLOWDOWN);
    v128.store(scratch, dram, DRAM_SLOWDOWN);
    const slowest = f64x2.pmin(f64x2.pmin(one, accumulator), f64x2.pmin(scratchpad, dram));
    v128.store(out, f64x2.ceil(f64x2.div(compute, slowest)), LATENCY_CYCLES);

    // Ties go to the resource nearest the MACs.
    const boundByCompute = f64x2.eq(slowest, one);
    const boundByAccumulator = f64x2.eq(slowest, accumulator);
    const boundByScratchpad = f64x2.eq(slowest, scratchpad);
    const code = v128.andnot(
      v128.bitselect(
        i64x2.splat(BOUND_BY_ACCUMULATOR),
        v128.bitselect(i64x2.splat(BOUND_BY_SCRATCHPAD), i64x2.splat(BOUND_BY_DRAM), boundByScratchpad),
        boundByAccumulator,
      ),
      boundByCompute,
    );
    const narrow = v128.shuffle<i32>(code, code, 0, 2, 0, 2);
    v128.store64_lane(block + STATUS, v128.or(narrow, v128.load64_zero(block, STATUS)), 0);
  }
}

export function latency(context: usize, block: usize, lanes: i32, scratch: usize): void {
  if (load<f64>(context, SCRATCHPAD_SHARED_BANDWIDTH) > 0) run(context, block, lanes, scratch, false);
  else run(context, block, lanes, scratch, true);
}
