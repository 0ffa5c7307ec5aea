/** Stage 4: energy and EDP from access counts (two candidates a step); infeasible candidates cost Infinity. */
import {
  ACCUMULATOR_ACCESSES, ACCUMULATOR_ENERGY, COMPUTE_CYCLES, DRAM_BURST_GUARD, DRAM_BURST_INVERSE, DRAM_BURSTS,
  DRAM_ENERGY, EDP_J_CYCLES, ENERGY_PJ, INFEASIBLE_MASK, INPUT_FILLS, LATENCY_CYCLES, MAC_ENERGY, MACS,
  OUTPUT_WORDS, OUTPUT_WRITEBACKS, REGISTER_ENERGY, REGISTER_FILLS, SCRATCHPAD_ENERGY, SCRATCHPAD_ROW_GUARD,
  SCRATCHPAD_ROW_INVERSE, SCRATCHPAD_ROWS, SPATIAL_C, SPATIAL_K, STATUS, WEIGHT_FILLS,
} from "../../src/kernels/layout";
import { both, ceilDiv, wide } from "../lanes";

export function energy(context: usize, block: usize, lanes: i32, scratch: usize): void {
  const macs = both(context, MACS);
  const outputWords = both(context, OUTPUT_WORDS);
  const macEnergy = f64x2.mul(macs, both(context, MAC_ENERGY));
  const registerEnergy = both(context, REGISTER_ENERGY);
  const accumulatorEnergy = both(context, ACCUMULATOR_ENERGY);
  const scratchpadEnergy = both(context, SCRATCHPAD_ENERGY);
  const dramEnergy = both(context, DRAM_ENERGY);
  const row = both(context, SCRATCHPAD_ROW_INVERSE);
  const rowGuard = both(context, SCRATCHPAD_ROW_GUARD);
  const burst = both(context, DRAM_BURST_INVERSE);
  const burstGuard = both(context, DRAM_BURST_GUARD);
  const perJoule = f64x2.splat(1e-12);
  const infinity = f64x2.splat(Infinity);
  let out = block;
  for (let end = block + (<usize>lanes << 2); block < end; block += 8, scratch += 16, out += 16) {
    const compute = v128.load(scratch, COMPUTE_CYCLES);
    const weights = v128.load(scratch, WEIGHT_FILLS);
    const registers = v128.load(scratch, REGISTER_FILLS);
    const inputs = v128.load(scratch, INPUT_FILLS);
    const writebacks = v128.load(scratch, OUTPUT_WRITEBACKS);
    const updates = f64x2.mul(compute, wide(block, SPATIAL_K));
    const inputReads = f64x2.mul(compute, wide(block, SPATIAL_C));
    const outputReads = f64x2.sub(writebacks, outputWords);

    const accumulatorAccesses = f64x2.add(f64x2.add(f64x2.sub(updates, outputWords), updates), writebacks);
    const scratchpadRows = f64x2.add(
      f64x2.add(ceilDiv(registers, row, rowGuard), ceilDiv(inputReads, row, rowGuard)),
      f64x2.add(ceilDiv(weights, row, rowGuard), ceilDiv(inputs, row, rowGuard)),
    );
    const dramBursts = f64x2.add(
      f64x2.add(ceilDiv(weights, burst, burstGuard), ceilDiv(inputs, burst, burstGuard)),
      f64x2.add(ceilDiv(outputReads, burst, burstGuard), ceilDiv(writebacks, burst, burstGuard)),
    );
    v128.store(scratch, accumulatorAccesses, ACCUMULATOR_ACCESSES);
    v128.store(scratch, scratchpadRows, SCRATCHPAD_ROWS);
    v128.store(scratch, dramBursts, DRAM_BURSTS);

    let energy = f64x2.add(macEnergy, f64x2.mul(f64x2.add(macs, registers), registerEnergy));
    energy = f64x2.add(energy, f64x2.mul(accumulatorAccesses, accumulatorEnergy));
    energy = f64x2.add(energy, f64x2.mul(scratchpadRows, scratchpadEnergy));
    energy = f64x2.add(energy, f64x2.mul(dramBursts, dramEnergy));

    let cycles = v128.load(out, LATENCY_CYCLES);
    let edp = f64x2.mul(f64x2.mul(energy, perJoule), cycles);
    const status = v128.and(v128.load64_zero(block, STATUS), i32x4.splat(INFEASIBLE_MASK));
    if (v128.any_true(status)) {
      const feasible = i64x2.eq(i64x2.extend_low_i32x4_u(status), i64x2.splat(0));
      cycles = v128.bitselect(cycles, infinity, feasible);
      energy = v128.bitselect(energy, infinity, feasible);
      edp = v128.bitselect(edp, infinity, feasible);
      v128.store(out, cycles, LATENCY_CYCLES);
    }
    v128.store(out, energy, ENERGY_PJ);
    v128.store(out, edp, EDP_J_CYCLES);
  }
}
