/** Energy of our own RTL: what its counters would have counted. */
import { ENERGY_PJ, INFEASIBLE_MASK, STATUS } from "../../../src/kernels/layout";
import {
  ACCUMULATOR_PJ, DRAM_PJ, ENERGY, FIXED_PJ, INPUT_BYTES, INPUT_ROWS, ORDERLESS_PJ, OUTPUT_BYTES, OUTPUT_ROWS,
  SCRATCHPAD_PJ, WEIGHT_BYTES, WEIGHT_ROWS,
} from "../../../src/kernels/starlight-machine-layout";
import { all } from "../../lanes";
import { add, mul, splat } from "../arithmetic";

/** pJ of four mappings, of which all loads and stores are counted. Partial sums have four bytes and go both ways. */
// @ts-ignore: decorator
@inline
export function energyPj(
  physics: usize, scratch: usize, inputLoads: v128, weightLoads: v128, finalStores: v128, partialStores: v128,
): v128 {
  const accumulatorRows = mul(v128.load(scratch, OUTPUT_ROWS), add(finalStores, mul(splat(2), partialStores)));
  const scratchpadRows = add(
    mul(inputLoads, v128.load(scratch, INPUT_ROWS)), mul(weightLoads, v128.load(scratch, WEIGHT_ROWS)),
  );
  const bytes = add(
    add(mul(inputLoads, v128.load(scratch, INPUT_BYTES)), mul(weightLoads, v128.load(scratch, WEIGHT_BYTES))),
    mul(v128.load(scratch, OUTPUT_BYTES), add(finalStores, mul(splat(8), partialStores))),
  );
  return add(
    add(v128.load(scratch, ORDERLESS_PJ), mul(all(physics, ACCUMULATOR_PJ), accumulatorRows)),
    add(mul(all(physics, SCRATCHPAD_PJ), scratchpadRows), mul(all(physics, DRAM_PJ), bytes)),
  );
}

/**
 * Puts the energies of the scratch in place of the analytical ones (two candidates a step), if the record has prices; candidates that
 * do not fit keep theirs, which are infinite.
 */
export function price(physics: usize, block: usize, lanes: i32, scratch: usize): void {
  if (load<f32>(physics, FIXED_PJ) == 0) return;
  let wideOut = block;
  for (let end = block + (<usize>lanes << 2); block < end; block += 8, scratch += 8, wideOut += 16) {
    const status = v128.and(v128.load64_zero(block, STATUS), i32x4.splat(INFEASIBLE_MASK));
    const broken = i64x2.extend_low_i32x4_s(i32x4.ne(status, i32x4.splat(0)));
    const energy = f64x2.promote_low_f32x4(v128.load64_zero(scratch + ENERGY));
    v128.store(wideOut, v128.bitselect(v128.load(wideOut, ENERGY_PJ), energy, broken), ENERGY_PJ);
  }
}
