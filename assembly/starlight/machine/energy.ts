/** Energy of our own RTL: what its counters would have counted (two candidates a step). */
import { ENERGY_PJ, INFEASIBLE_MASK, STATUS } from "../../../src/kernels/layout";
import { ENERGY, FIXED_PJ } from "../../../src/kernels/starlight-machine-layout";

/**
 * Puts the energies of the scratch in place of the analytical ones, if the record has prices; candidates that do not fit keep theirs,
 * which are infinite.
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
