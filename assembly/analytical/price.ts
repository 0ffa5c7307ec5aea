/** All stages of the analytical model in their order. */
import { energy } from "./energy";
import { latency } from "./latency";
import { reuse } from "./reuse";
import { traffic } from "./traffic";

/** Prices up to LANES candidates of one block; accesses stay in the scratch. */
export function price(context: usize, block: usize, lanes: i32, scratch: usize): void {
  reuse(context, block, lanes, scratch);
  traffic(context, block, lanes, scratch);
  latency(context, block, lanes, scratch);
  energy(context, block, lanes, scratch);
}
