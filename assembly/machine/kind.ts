/**
 * What a tile costs, apart from when. Tiles with the same extents and the same operands to load are of one kind; the constants of
 * a kind are worked out once for each candidate and kept in a table.
 *
 * Time within a load is counted in the cycles that its requests take alone. What the array waits for is kept as pairs: data that
 * arrive `wait` cycles into the load, before the last `left` cycles of the tile's work can begin. Both run on linearly between the
 * ends of a run of requests, so the ends are all that matters.
 */
import { C, K, N, P, Q, R, S } from "../../src/kernels/layout";
import { busyCycles, meanBeats, meanPeriod, pitchOf, readCycles, readPeriod, REQUEST_BYTES } from "./dram";
import {
  ceilDiv, dim, extent, heightDilation, heightStride, lastExtent, minRows, widthDilation, widthStride,
} from "./tiling";

/** What a tile loads, as bits of its kind above those of its ragged dims. */
export const LOAD_INPUTS: i32 = 1 << 7;
export const LOAD_WEIGHTS: i32 = 1 << 8;
export const LOAD_PARTIALS: i32 = 1 << 9;
export const KINDS: i32 = 1 << 10;

// Constants of a kind, f64.
/** Cycles of the array with nothing to wait for, from its first row to its last. */
export const WORK: usize = 0;
/** Of them from the first row to the first that is final. */
export const WORK_TO_FINAL: usize = 8;
/** Cycles of the last block of weights. */
export const WORK_LAST: usize = 16;
/** Cycles from the end of the first pass over the last block of outputs to the end. */
export const WORK_AFTER_FIRST: usize = 24;
/** Cycles to move the first block of weights to the array. */
export const PRELOAD: usize = 32;
/** Rows of outputs. */
export const OUTPUT_ROWS: usize = 40;
/** Rows of outputs in one block. */
export const BLOCK_ROWS: usize = 48;
/** Cycles that one output row is busy at DRAM: final ones, partial sums. */
export const FINAL_BUSY: usize = 56;
export const PARTIAL_BUSY: usize = 64;
/** Cycles of the load alone: partial sums, weights of the first group, the rest. */
export const LOAD_OF_PARTIALS: usize = 72;
export const LOAD_FIRST: usize = 80;
export const LOAD_REST: usize = 88;
/** Requests of each. */
export const REQUESTS_OF_PARTIALS: usize = 96;
export const REQUESTS_FIRST: usize = 104;
export const REQUESTS_REST: usize = 112;
/** Cycles that DRAM is busy with the load, and with one of its requests on average. */
export const LOAD_BUSY: usize = 120;
/** Period of the last requests, for what is still under way when all are out. */
export const LAST_PERIOD: usize = 128;
/** From the first request of each part to its rows written, less one period: arrivals are then multiples of the period. */
export const DELAY_OF_PARTIALS: usize = 136;
export const DELAY_FIRST: usize = 144;
export const DELAY_REST: usize = 152;
/** Data that the first row of the array waits for, into the rest of the load; negative if there are none. */
export const FIRST_WAIT: usize = 160;
/** The pair that matters most when the load has DRAM for itself, and that of the last data. */
export const WORST_WAIT: usize = 168;
export const WORST_LEFT: usize = 176;
export const LAST_WAIT: usize = 184;
export const LAST_LEFT: usize = 192;
/** Number of phases, each of which costs the load unit two cycles. */
export const PHASES: usize = 200;
/** Which candidate the constants are of. */
const STAMP: usize = 208;
const KIND_BYTES: usize = 216;
/** Bytes of the table. */
export const KIND_TABLE_BYTES: usize = <usize>KINDS * KIND_BYTES;

let table: usize = 0;
let stamp: f64 = 0;

/** Begins a candidate: what the table held is forgotten. */
export function openKinds(scratch: usize, candidate: f64): void {
  table = scratch;
  stamp = candidate;
}

/** The constants of a kind. */
export function kindOf(bits: i32): usize {
  const at = table + <usize>bits * KIND_BYTES;
  if (load<f64>(at, STAMP) != stamp) {
    store<f64>(at, stamp, STAMP);
    prepare(at, bits);
  }
  return at;
}

// @ts-ignore: decorator
@inline
function extentOf(bits: i32, d: i32): i32 {
  return bits & (1 << d) ? lastExtent(d) : extent(d);
}

/**
 * Cycles to move `rows` rows of weights to the array beside a stream of inputs. A row waits while the inputs use its bank, one of
 * four. Inputs that step by one bank are met once at most in each line of outputs and then keep their distance; those that step by
 * two are met by every fourth row, while there are inputs.
 */
function preload(rows: i32, stream: f64, lines: i32, inputs: i32): f64 {
  const step = widthStride & 3;
  const share = min(1.0, <f64>rows / stream);
  const met = step & 1 ? 0.25 * <f64>lines * share : min(0.25 * <f64>rows, <f64>inputs);
  return <f64>rows + met;
}

/** Mean over blocks that are alike but for the last. */
function meanOfBlocks(blocks: i32, full: f64, last: f64): f64 {
  return (<f64>(blocks - 1) * full + last) / <f64>blocks;
}

/** Cycles that a row of so many beats takes the store unit, which writes one in a cycle at most. */
function storeCycles(beats: f64): f64 {
  return max(1.0, busyCycles(beats));
}

let worst: f64 = 0;
let kind: usize = 0;

/** The array cannot begin the last `left` cycles of the tile before `wait` cycles into the rest of the load. */
function waits(wait: f64, left: f64): void {
  if (wait + left <= worst) return;
  worst = wait + left;
  store<f64>(kind, wait, WORST_WAIT);
  store<f64>(kind, left, WORST_LEFT);
}

function prepare(at: usize, bits: i32): void {
  kind = at;
  const k = extentOf(bits, K), c = extentOf(bits, C), r = extentOf(bits, R), s = extentOf(bits, S);
  const n = extentOf(bits, N), q = extentOf(bits, Q), p = extentOf(bits, P);
  const group = max(dim, REQUEST_BYTES);
  const blocksK = ceilDiv(k, dim), blocksC = ceilDiv(c, dim), taps = r * s;
  const lines = n * q, rows = lines * p;
  // A command is up to `dim` outputs of a line and takes at least `minRows` cycles.
  const short = p % dim;
  const line = (p / dim) * max(dim, minRows) + (short > 0 ? max(short, minRows) : 0);
  const stream = <f64>(lines * line);
  const firstRows = min(c, dim), lastRows = c - (blocksC - 1) * dim;
  // A block's weights move while the block before it streams.
  const perTap = <f64>(blocksC - 1) * max(stream, preload(dim, stream, lines, rows)) + max(stream, preload(lastRows, stream, lines, rows));
  const perK = <f64>taps * perTap;
  const work = <f64>blocksK * perK - max(stream, preload(firstRows, stream, lines, rows)) + stream;
  const block = perTap / <f64>blocksC;
  store<f64>(at, work, WORK);
  store<f64>(at, perK - block, WORK_TO_FINAL);
  store<f64>(at, stream, WORK_LAST);
  store<f64>(at, perK - block, WORK_AFTER_FIRST);
  store<f64>(at, <f64>firstRows, PRELOAD);
  store<f64>(at, <f64>(rows * blocksK), OUTPUT_ROWS);
  store<f64>(at, <f64>rows, BLOCK_ROWS);
  // Rows of outputs have `dim` columns, those of the last block the rest.
  const fullColumns = min(k, dim), lastColumns = k - (blocksK - 1) * dim;
  const fullFinal = meanBeats(fullColumns, pitchOf(K)), lastFinal = meanBeats(lastColumns, pitchOf(K));
  const fullPartial = meanBeats(4 * fullColumns, 4 * pitchOf(K)), lastPartial = meanBeats(4 * lastColumns, 4 * pitchOf(K));
  store<f64>(at, meanOfBlocks(blocksK, storeCycles(fullFinal), storeCycles(lastFinal)), FINAL_BUSY);
  store<f64>(at, meanOfBlocks(blocksK, storeCycles(fullPartial), storeCycles(lastPartial)), PARTIAL_BUSY);

  let busy: f64 = 0, phases: f64 = 0;
  store<f64>(at, 0, LOAD_OF_PARTIALS);
  store<f64>(at, 0, REQUESTS_OF_PARTIALS);
  if (bits & LOAD_PARTIALS) {
    const beats = meanOfBlocks(blocksK, fullPartial, lastPartial), requests = <f64>(rows * blocksK);
    const period = meanOfBlocks(blocksK, readPeriod(fullPartial, 1), readPeriod(lastPartial, 1));
    store<f64>(at, requests, REQUESTS_OF_PARTIALS);
    store<f64>(at, requests * period, LOAD_OF_PARTIALS);
    store<f64>(at, readCycles(beats, 1) - period, DELAY_OF_PARTIALS);
    store<f64>(at, period, LAST_PERIOD);
    busy += requests * busyCycles(beats);
    phases += 1;
  }

  // Weights of the first group of outputs, input group by input group, each followed by its inputs; then the other groups.
  const groupsC = ceilDiv(c, group), groupsK = ceilDiv(k, group);
  const width = (p - 1) * widthStride + (r - 1) * widthDilation + 1;
  const height = (q - 1) * heightStride + (s - 1) * heightDilation + 1;
  const window = <f64>(n * height * width);
  const weightColumns = min(k, group);
  const weightBeats = meanBeats(weightColumns, pitchOf(K)), weightRows = <f64>ceilDiv(weightColumns, dim);
  const weightPeriod = meanPeriod(weightColumns, K, weightRows);
  const inputs = (bits & LOAD_INPUTS) != 0, weights = (bits & LOAD_WEIGHTS) != 0;
  worst = -1;
  store<f64>(at, 0, LOAD_FIRST);
  store<f64>(at, 0, REQUESTS_FIRST);
  store<f64>(at, 0, WORST_WAIT);
  store<f64>(at, 0, WORST_LEFT);
  store<f64>(at, -1, FIRST_WAIT);
  let time: f64 = 0, requests: f64 = 0;
  let after = <f64>blocksK * perK;
  let lastLeft: f64 = 0;
  for (let g = 0; g < groupsC; g++) {
    const channels = min(c - g * group, group);
    const groupBlocks = <f64>(ceilDiv(channels, dim) * taps);
    const begun = time;
    if (weights) {
      const count = <f64>(channels * taps);
      busy += count * busyCycles(weightBeats);
      phases += 1;
      if (g == 0 && inputs) {
        store<f64>(at, count * weightPeriod, LOAD_FIRST);
        store<f64>(at, count, REQUESTS_FIRST);
        store<f64>(at, readCycles(weightBeats, weightRows) - weightPeriod, DELAY_FIRST);
      } else {
        time += count * weightPeriod;
        requests += count;
        if (g == 0) store<f64>(at, readCycles(weightBeats, weightRows) - weightPeriod, DELAY_REST);
      }
      store<f64>(at, weightPeriod, LAST_PERIOD);
      if (!inputs) {
        const first = begun + <f64>min(channels, dim) * weightPeriod;
        if (g == 0) store<f64>(at, first, FIRST_WAIT);
        waits(first, after);
        lastLeft = after - (groupBlocks - 1) * block;
        waits(time, lastLeft);
      }
    }
    if (inputs) {
      const beats = meanBeats(channels, pitchOf(C)), inputRows = <f64>ceilDiv(channels, dim);
      const period = meanPeriod(channels, C, inputRows);
      const first = time + period;
      if (g == 0) {
        store<f64>(at, first, FIRST_WAIT);
        store<f64>(at, readCycles(beats, inputRows) - period, DELAY_REST);
      }
      time += window * period;
      requests += window;
      busy += window * busyCycles(beats);
      phases += 1;
      store<f64>(at, period, LAST_PERIOD);
      waits(first, after);
      // Each tap of the group's first block of channels reads up to a row of its own; the corners of the filter are the extremes.
      for (let corner = 0; corner < 4; corner++) {
        const y = corner & 1 ? s - 1 : 0, x = corner & 2 ? r - 1 : 0;
        const unread = <f64>((s - 1 - y) * heightDilation * width + (r - 1 - x) * widthDilation);
        waits(time - unread * period, after - <f64>(y * r + x + 1) * block + 1);
      }
      lastLeft = after - <f64>taps * block + 1;
    }
    after -= groupBlocks * block;
  }
  if (weights) {
    const perGroup = <f64>(group / dim) * perK;
    let left = <f64>blocksK * perK;
    for (let g = 1; g < groupsK; g++) {
      left -= perGroup;
      const columnsOf = min(k - g * group, group);
      const beats = meanBeats(columnsOf, pitchOf(K)), rowsOf = <f64>ceilDiv(columnsOf, dim);
      const period = meanPeriod(columnsOf, K, rowsOf), count = <f64>(c * taps);
      waits(time + <f64>firstRows * period, left);
      time += count * period;
      requests += count;
      busy += count * busyCycles(beats);
      phases += 1;
      store<f64>(at, period, LAST_PERIOD);
      lastLeft = left - perK + block;
      waits(time, lastLeft);
    }
  }
  store<f64>(at, time, LOAD_REST);
  store<f64>(at, requests, REQUESTS_REST);
  store<f64>(at, busy, LOAD_BUSY);
  store<f64>(at, phases, PHASES);
  store<f64>(at, time, LAST_WAIT);
  store<f64>(at, lastLeft, LAST_LEFT);
}
