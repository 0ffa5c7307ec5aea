/** What the binary exports. Pointers and counts in, nothing out but memory; see src/kernels/kernels.ts. */
import { BLOCK_BYTES, LANES, LATENCY_LOW } from "../src/kernels/layout";
import { detail } from "./analytical/detail";
import { price } from "./analytical/price";
import { describeBlock, inputsOfBlock, predictBlock } from "./starlight/predict";

export { describeEvents, simulateEvents } from "./event/simulate";
export { collect } from "./mapper/archive";
export { explore, survey } from "./mapper/explore";
export { boundPredicted, collectPredicted } from "./mapper/predicted";
export { windowCount } from "./mapper/window";
export { simulateMachine } from "./machine/simulate";
export { anneal } from "./search/anneal";
export { breed, found } from "./search/genetic";
export { scatter } from "./search/start";
export { hiddenLayer, lastLayer, STEP_INPUTS } from "./starlight/network";

/** Prices `count` candidates in consecutive blocks. Lanes beyond `count` may be written; what they hold does not matter. */
export function evaluate(context: usize, block: usize, count: i32, scratch: usize): void {
  while (count > 0) {
    if (count > LANES) fetch(block + BLOCK_BYTES, scratch);
    price(context, block, min(count, LANES), scratch);
    block += BLOCK_BYTES;
    count -= LANES;
  }
}

/**
 * Reads a block in the order of its addresses, results too, while the one before it is priced: its 37 columns, read side by side,
 * are too many for the hardware to foresee, and a batch larger than the cache is priced a third faster for it.
 */
function fetch(block: usize, scratch: usize): void {
  let seen: i64 = 0;
  for (let at = block, end = block + LATENCY_LOW; at < end; at += 64) seen |= load<i64>(at);
  store<i64>(scratch, seen);
}

/** Prices up to LANES candidates of one block and writes all that led to the result to `out`. */
export function explain(context: usize, block: usize, count: i32, scratch: usize, out: usize): void {
  price(context, block, count, scratch);
  detail(context, block, count, scratch, out);
}

/** Prices `count` candidates as `evaluate` does, with the latency that Starlight predicts for the profile of `physics`. */
export function starlight(context: usize, physics: usize, block: usize, count: i32, scratch: usize): void {
  while (count > 0) {
    const lanes = min(count, LANES);
    fetch(block, scratch);
    price(context, block, lanes, scratch);
    predictBlock(physics, block, lanes, scratch);
    block += BLOCK_BYTES;
    count -= LANES;
  }
}

/** What the closed form makes of up to LANES candidates of one block, in the columns of the scratch. */
export function closedForm(physics: usize, block: usize, count: i32, scratch: usize): void {
  describeBlock(physics, block, (count + 7) & ~7, scratch);
}

/** The same, with the logarithms that are the inputs of the network; the bound of the latency lies in the first column. */
export function networkInputs(physics: usize, block: usize, count: i32, scratch: usize): void {
  inputsOfBlock(physics, block, (count + 7) & ~7, scratch);
}
