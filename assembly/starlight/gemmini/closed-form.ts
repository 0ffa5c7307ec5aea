/**
 * Gemmini's closed form: its stages in their order.
 *
 * Totals are sums over the tile walk in closed form: a sum over the tiles of a dim is (trips - 1) x that of a full tile + that of the
 * last one, and sums over several dims are products.
 */
import { calls } from "./calls";
import { execute } from "./execute";
import { loadInputs } from "./input-loads";
import { reuse } from "./reuse";
import { sizes } from "./sizes";
import { storeOutputs } from "./stores";
import { loadWeights } from "./weight-loads";

/** Describes up to LANES candidates of one block, whose tiles are in the scratch. */
export function gemminiForm(physics: usize, block: usize, lanes: i32, scratch: usize): void {
  reuse(physics, block, lanes, scratch);
  execute(physics, lanes, scratch);
  loadInputs(physics, lanes, scratch);
  loadWeights(physics, lanes, scratch);
  storeOutputs(physics, lanes, scratch);
  calls(physics, lanes, scratch);
  sizes(physics, lanes, scratch);
}
