/**
 * The loops over tiles, in the order of the mapping. The iterations of a loop but the first and the last are alike, so as soon as
 * one leaves all clocks as far apart as an earlier one did, what came between comes again and again: its time is added without
 * walking it. Cycles of any length are found (R. P. Brent, BIT 20, 1980): two regions of each operand often make it two.
 */
import { INPUTS, loopDim, loops, OUTPUTS, ragged, REDUCTION, reuse, spill, trips, WEIGHTS } from "./tiling";
import { kindOf, LOAD_INPUTS, LOAD_PARTIALS, LOAD_WEIGHTS } from "./kind";
import { advance, CLOCKS, keep, matches, reference, run } from "./tile";

/** Bytes of the clocks that each loop remembers. */
const SNAPSHOT_BYTES: usize = <usize>CLOCKS << 3;
/** Before the first loop, after the last one. */
const NONE: i32 = -1;

let snapshots: usize = 0;
/** Ragged dims whose last tile it is, as bits. */
let edges: i32 = 0;
/** Reduction loops that are past their first iteration, and that are not at their last. */
let begun: i32 = 0;
let unfinished: i32 = 0;

/** Walks all tiles. */
export function walk(scratch: usize): void {
  snapshots = scratch;
  edges = 0;
  begun = 0;
  unfinished = 0;
  // A dim without a loop has one tile, which is ragged by no measure.
  iterate(0, NONE, NONE);
}

/**
 * Walks the `l`-th loop and those inside it.
 *
 * @param before the loop that has just moved on, `after` the one that will when this one is through
 */
function iterate(l: i32, before: i32, after: i32): void {
  if (l == loops) return visit(before, after);
  const d = loopDim(l);
  const count = trips(d);
  const reduces = (REDUCTION >> d) & 1;
  const kept = snapshots + <usize>l * SNAPSHOT_BYTES;
  unfinished += reduces;
  let keptTime: f64 = 0, keptAt = 0;
  for (let i = 0; i < count; i++) {
    if (i == 1) begun += reduces;
    if (i == count - 1) {
      edges |= ragged & (1 << d);
      unfinished -= reduces;
    }
    iterate(l + 1, i == 0 ? before : l, i == count - 1 ? after : l);
    if (count < 4 || i == 0 || i >= count - 2) continue;
    if (keptAt > 0 && matches(kept)) {
      const again = (count - 2 - i) / (i - keptAt);
      advance((reference() - keptTime) * <f64>again);
      i += again * (i - keptAt);
      keptAt = 0;
    } else if ((i & (i - 1)) == 0) {
      keep(kept);
      keptTime = reference();
      keptAt = i;
    }
  }
  edges &= ~(1 << d);
  begun -= reduces;
}

/** Whether an operand indexed by `dims` changes when loop `l` moves on and those inside it begin anew. */
function changes(dims: i32, l: i32): bool {
  if (l == NONE) return true;
  for (; l < loops; l++) {
    if ((dims >> loopDim(l)) & 1) return true;
  }
  return false;
}

/** Runs the tile at hand. */
function visit(before: i32, after: i32): void {
  const fresh = changes(OUTPUTS, before);
  let loads = 0;
  if (!reuse || changes(INPUTS, before)) loads |= LOAD_INPUTS;
  if (!reuse || changes(WEIGHTS, before)) loads |= LOAD_WEIGHTS;
  if (spill && fresh && begun > 0) loads |= LOAD_PARTIALS;
  const final = unfinished == 0;
  run(kindOf(edges | loads), loads, fresh, begun > 0, changes(OUTPUTS, after) && (spill || final), final);
}
