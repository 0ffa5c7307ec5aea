/**
 * The closed form of our own RTL: its stages in their order. What a tile costs is averaged over all tiles: a sum over the tiles of a
 * dim is (trips - 1) x a full tile + the last one, and sums over several dims are products. The rules are those of
 * assembly/machine/kind.ts; the order of the
 * loops, and what their tiles have to load, is the business of `walk`.
 */
import { arrayWork } from "./array";
import { counts } from "./counts";
import { transfers } from "./transfers";
import { waits } from "./waits";
import { walk } from "./walk";

/** Describes up to LANES candidates of one block, whose tiles are in the scratch. */
export function machineForm(physics: usize, block: usize, lanes: i32, scratch: usize): void {
  arrayWork(physics, lanes, scratch);
  transfers(physics, lanes, scratch);
  waits(physics, lanes, scratch);
  counts(physics, lanes, scratch);
  walk(physics, block, lanes, scratch);
}
