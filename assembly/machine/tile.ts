/**
 * One tile after another through the machine: when it is dispatched, loaded, computed and stored, from when the tiles before it
 * were. Each clock is a cycle number; each rule is one of the RTL's, in rtl/sequencer.sv, load_unit.sv, preload_unit.sv,
 * compute_unit.sv and store_unit.sv.
 *
 * A tile's store is settled with the load of the next tile, since the two share DRAM.
 */
import {
  BLOCK_ROWS, DELAY_FIRST, DELAY_OF_PARTIALS, DELAY_REST, FINAL_BUSY, FIRST_WAIT, LAST_LEFT, LAST_PERIOD, LAST_WAIT,
  LOAD_BUSY, LOAD_FIRST, LOAD_INPUTS, LOAD_OF_PARTIALS, LOAD_PARTIALS, LOAD_REST, LOAD_WEIGHTS, OUTPUT_ROWS,
  PARTIAL_BUSY, PHASES, PRELOAD, REQUESTS_FIRST, REQUESTS_OF_PARTIALS, REQUESTS_REST, WORK, WORK_AFTER_FIRST,
  WORK_LAST, WORK_TO_FINAL, WORST_LEFT, WORST_WAIT,
} from "./kind";
import { dim, executeQueue, inflight, issueCycles, loadQueue, storeQueue } from "./tiling";

// Clocks, f64.
const DISPATCHED: usize = 0;
/** All requests of the last tile are out. */
const ISSUED: usize = 8;
/** The rows of the last request are written. */
const ARRIVED: usize = 16;
/** The last row, and the last row of the last block but one, have entered the array. */
const COMPUTED: usize = 24;
const STREAMED: usize = 32;
/** The store that is not settled yet: its first row is final, its end if it had DRAM for itself. */
const PENDING_BEGUN: usize = 40;
const PENDING_STORED: usize = 48;
const STORED: usize = 56;
/** When the last tiles were through each unit, the latest first: up to eight, which queues may hold. */
const LOADED_TILES: usize = 64;
const COMPUTED_TILES: usize = 128;
const STORED_TILES: usize = 192;
/** When the last user of each region was done with it: the region in use, and the other one. */
const INPUT_REGION: usize = 256;
const WEIGHT_REGION: usize = 272;
const OUTPUT_REGION: usize = 288;
/** When its store began. */
const OUTPUT_BEGUN: usize = 304;
/** When DRAM could be done with all beats so far. */
const MOVED: usize = 320;
export const CLOCKS: i32 = 41;

// Cycles between events, as the registers between the units have them.
/** From a dispatch to the first request, from a tile's last request to the next tile's first, to the first input row. */
const DISPATCH_TO_REQUEST: f64 = 3;
const ISSUED_TO_REQUEST: f64 = 3;
const DISPATCH_TO_ROW: f64 = 3;
/** From a tile's last input row to the next tile's first. */
const ROW_TO_ROW: f64 = 2;
/** From a row of results at the accumulator to its write at DRAM, and from a tile's last write to the next tile's first row. */
const RESULT_TO_WRITE: f64 = 3;
const STORED_TO_ROW: f64 = 3;

let clocks: usize = 0;
/** Rows of the store that is not settled, and cycles that DRAM is busy with one of them. */
let pendingRows: f64 = 0;
let pendingBusy: f64 = 0;
let pending: bool = false;

// @ts-ignore: decorator
@inline
function at(clock: usize): f64 {
  return load<f64>(clocks + clock);
}

// @ts-ignore: decorator
@inline
function set(clock: usize, time: f64): void {
  store<f64>(clocks + clock, time);
}

/** Resets the machine. */
export function openClocks(scratch: usize): void {
  clocks = scratch;
  for (let clock = 0; clock < CLOCKS; clock++) store<f64>(clocks + (<usize>clock << 3), -1e9);
  set(DISPATCHED, 0);
  pending = false;
}

/** When everything that was begun is done. */
export function finish(): f64 {
  settle(0, 0, 0, 0);
  return at(STORED);
}

/** When the array was done with the last tile: what the other clocks are compared with. */
export function reference(): f64 {
  return at(COMPUTED);
}

/** Adds a time to every clock. */
export function advance(cycles: f64): void {
  for (let clock: usize = 0; clock < <usize>CLOCKS << 3; clock += 8) set(clock, at(clock) + cycles);
}

/** Before all that is still to come: a clock that is behind it bounds nothing any more, however far behind. */
// @ts-ignore: decorator
@inline
function past(): f64 {
  return min(at(DISPATCHED), at(PENDING_BEGUN));
}

/** Keeps the clocks, relative to the reference. */
export function keep(into: usize): void {
  const now = reference(), least = past();
  for (let clock: usize = 0; clock < <usize>CLOCKS << 3; clock += 8) {
    store<f64>(into + clock, max(at(clock), least) - now);
  }
}

/** Whether the clocks are as far apart as those that were kept. */
export function matches(kept: usize): bool {
  const now = reference(), least = past();
  for (let clock: usize = 0; clock < <usize>CLOCKS << 3; clock += 8) {
    if (abs(load<f64>(kept + clock) - max(at(clock), least) + now) > 0.01) return false;
  }
  return true;
}

/** Puts a time at the head of those of the last `length` tiles. */
function push(queue: usize, length: i32, time: f64): void {
  for (let place = <usize>(length - 1) << 3; place > 0; place -= 8) set(queue + place, at(queue + place - 8));
  set(queue, time);
}

/** The other region of an operand becomes the one in use. */
function turn(region: usize): void {
  const used = at(region);
  set(region, at(region + 8));
  set(region + 8, used);
}

/**
 * Runs a tile of a kind.
 *
 * @param loads LOAD_ bits
 * @param fresh whether the outputs are not those of the tile before
 * @param accumulate whether sums go on
 * @param stores whether outputs leave, and `final` whether as final ones
 */
export function run(kind: usize, loads: i32, fresh: bool, accumulate: bool, stores: bool, final: bool): void {
  if (storeQueue == 1) settle(0, 0, 0, 0);
  const storedPlace = <usize>(storeQueue - (pending ? 2 : 1)) << 3;
  const room = max(
    at(LOADED_TILES + (<usize>(loadQueue - 1) << 3)),
    max(at(COMPUTED_TILES + (<usize>(executeQueue - 1) << 3)), at(STORED_TILES + storedPlace)),
  );
  const dispatched = max(at(DISPATCHED) + issueCycles + 2, room + 1);
  set(DISPATCHED, dispatched);

  // Load.
  let issue = max(dispatched + DISPATCH_TO_REQUEST, at(ISSUED) + ISSUED_TO_REQUEST);
  let arrived = at(ARRIVED);
  let begun: f64 = 1e300;
  let partialsFrom: f64 = 0, partialsTo: f64 = 0, firstWeights: f64 = -1e9, base: f64 = 0;
  const underWay = min(inflight, 63) * load<f64>(kind, LAST_PERIOD);
  if (loads & LOAD_PARTIALS) {
    issue = max(issue, at(OUTPUT_REGION + 8) + 1);
    partialsFrom = max(issue + load<f64>(kind, DELAY_OF_PARTIALS), arrived);
    begun = partialsFrom;
    partialsTo = arrived = partialsFrom + load<f64>(kind, LOAD_OF_PARTIALS);
    issue = max(issue + load<f64>(kind, REQUESTS_OF_PARTIALS) + 2, arrived - underWay);
  }
  if (loads & LOAD_WEIGHTS) {
    turn(WEIGHT_REGION);
    issue = max(issue, at(WEIGHT_REGION) + 1);
  }
  if (load<f64>(kind, REQUESTS_FIRST) > 0) {
    base = max(issue + load<f64>(kind, DELAY_FIRST), arrived);
    begun = min(begun, base);
    const whole = load<f64>(kind, LOAD_FIRST);
    firstWeights = base + whole * load<f64>(kind, PRELOAD) / load<f64>(kind, REQUESTS_FIRST);
    arrived = base + whole;
    issue = max(issue + load<f64>(kind, REQUESTS_FIRST) + 2, arrived - underWay);
  }
  if (loads & LOAD_INPUTS) {
    turn(INPUT_REGION);
    issue = max(issue, at(INPUT_REGION) + 1);
  }
  base = max(issue + load<f64>(kind, DELAY_REST), arrived);
  if (load<f64>(kind, REQUESTS_REST) > 0) {
    begun = min(begun, base);
    arrived = base + load<f64>(kind, LOAD_REST);
    issue = max(issue + load<f64>(kind, REQUESTS_REST) + 2 * load<f64>(kind, PHASES), arrived - underWay);
  }

  // The store of the tile before shares DRAM with this load.
  const requests = load<f64>(kind, REQUESTS_OF_PARTIALS) + load<f64>(kind, REQUESTS_FIRST) + load<f64>(kind, REQUESTS_REST);
  const alone = arrived;
  if (requests > 0) arrived = settle(begun, alone, load<f64>(kind, LOAD_BUSY), requests);
  else settle(0, 0, 0, 0);
  const stretch = requests > 0 && alone > begun ? (arrived - begun) / (alone - begun) : 1.0;
  issue += arrived - alone;
  set(ARRIVED, arrived);
  set(ISSUED, issue);

  // Compute.
  const firstWait = load<f64>(kind, FIRST_WAIT);
  const rest = begun + (base - begun) * stretch;
  let start = max(at(COMPUTED) + ROW_TO_ROW, dispatched + DISPATCH_TO_ROW);
  start = max(start, max(dispatched + DISPATCH_TO_ROW, at(STREAMED) + 1) + load<f64>(kind, PRELOAD));
  start = max(start, firstWeights + 2);
  if (firstWait >= 0) start = max(start, rest + firstWait * stretch + 1);
  if (fresh) turn(OUTPUT_REGION), turn(OUTPUT_BEGUN);
  let end: f64 = 0;
  if (fresh && !accumulate) {
    start = max(start, at(OUTPUT_BEGUN) + 1);
    end = at(OUTPUT_REGION) + load<f64>(kind, WORK_AFTER_FIRST);
  }
  if (loads & LOAD_PARTIALS) {
    start = max(start, partialsFrom + 1);
    end = max(end, partialsTo + load<f64>(kind, WORK_AFTER_FIRST));
  }
  end = max(end, start + load<f64>(kind, WORK));
  if (firstWait >= 0) {
    end = max(end, rest + load<f64>(kind, WORST_WAIT) * stretch + load<f64>(kind, WORST_LEFT));
    end = max(end, rest + load<f64>(kind, LAST_WAIT) * stretch + load<f64>(kind, LAST_LEFT));
  }
  set(COMPUTED, end);
  set(STREAMED, end - load<f64>(kind, WORK_LAST));
  push(LOADED_TILES, loadQueue, issue);
  push(COMPUTED_TILES, executeQueue, end);
  set(INPUT_REGION, end);
  set(WEIGHT_REGION, end);

  // Store, as if it had DRAM for itself.
  pending = true;
  const written = end + 2 * <f64>dim + 1;
  pendingRows = stores ? load<f64>(kind, OUTPUT_ROWS) : 0;
  if (!stores) {
    set(PENDING_BEGUN, written);
    set(PENDING_STORED, written + 1);
    return;
  }
  pendingBusy = max(1.0, final ? load<f64>(kind, FINAL_BUSY) : load<f64>(kind, PARTIAL_BUSY));
  const firstFinal = written - load<f64>(kind, WORK) + load<f64>(kind, WORK_TO_FINAL);
  const lastBlock = written - load<f64>(kind, WORK_LAST) + load<f64>(kind, BLOCK_ROWS) * pendingBusy;
  set(PENDING_BEGUN, firstFinal);
  set(PENDING_STORED, max(max(written + pendingBusy, lastBlock), firstFinal + pendingRows * pendingBusy) + RESULT_TO_WRITE);
}

/**
 * Ends the store that is under way beside a load that has DRAM from `from` to `to` if it has it for itself, busy for `busy` of
 * these cycles with `requests` requests. Where both want more than there is, requests take turns: each gets as many as the other,
 * unless it wants fewer.
 *
 * @returns when the load ends
 */
function settle(from: f64, to: f64, busy: f64, requests: f64): f64 {
  if (!pending) {
    set(MOVED, max(at(MOVED), from) + busy);
    return to;
  }
  pending = false;
  const begun = max(at(PENDING_BEGUN), at(STORED) + STORED_TO_ROW);
  let stored = max(at(PENDING_STORED), at(STORED) + STORED_TO_ROW);
  if (pendingRows > 0) stored = max(stored, begun + pendingRows * pendingBusy + RESULT_TO_WRITE);
  const both = max(from, begun);
  if (pendingRows > 0 && min(to, stored) > both) {
    const reads = requests / (to - from), writes = pendingRows / (stored - begun);
    const readBusy = busy / requests;
    if (reads * readBusy + writes * pendingBusy > 1) {
      const turns = 1 / (readBusy + pendingBusy);
      let readShare = min(reads, turns), writeShare = min(writes, turns);
      if (writes <= turns) readShare = min(reads, (1 - writes * pendingBusy) / readBusy);
      else if (reads <= turns) writeShare = min(writes, (1 - reads * readBusy) / pendingBusy);
      const readSpeed = readShare / reads, writeSpeed = writeShare / writes;
      const readLeft = to - both, writeLeft = stored - both;
      if (readLeft / readSpeed < writeLeft / writeSpeed) {
        to = both + readLeft / readSpeed;
        stored = to + writeLeft - writeSpeed * readLeft / readSpeed;
      } else {
        stored = both + writeLeft / writeSpeed;
        to = stored + readLeft - readSpeed * writeLeft / writeSpeed;
      }
    }
  }
  // Whatever overlaps with what, beats move one after another.
  const moved = max(at(MOVED), requests > 0 ? min(from, begun) : begun) + busy + pendingRows * pendingBusy;
  set(MOVED, moved);
  if (requests > 0 && to >= stored) to = max(to, moved);
  else if (pendingRows > 0) stored = max(stored, moved);
  set(STORED, stored);
  push(STORED_TILES, storeQueue, stored);
  set(OUTPUT_REGION, stored);
  set(OUTPUT_BEGUN, begun);
  return to;
}
