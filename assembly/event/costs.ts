/**
 * Cycles that the load, execute and store engines need for the tile at hand. All but a few sizes are the same for every tile of
 * a kind, so `prepare` sums up what depends on the tiles of C, K and P alone, full and last.
 */
import { C, K, N, P, Q, R, S } from "../../src/kernels/layout";
import {
  ALIGNED_LINE, BIAS_COMMAND, BIAS_COMMAND_CYCLES, WIDE_BIAS_COMMAND, BIAS_ROW, BIAS_ROW_CYCLES, BLOCKS,
  BLOCK_CYCLES, CHANNELS, CHANNELS_BYTES, CHANNELS_K, COLUMNS, COLUMN_BLOCKS, COMMANDS, COMMAND_CYCLES,
  COMPUTE_COMMAND, COMPUTE_LIMIT, COST_C, COST_CK, COST_CK_BYTES, COST_C_BYTES, COST_K, COST_K_BYTES, COST_P,
  COST_P_BYTES, C_BLOCKS, DIM, DIM_RECORDS, DIM_RECORD_BYTES, EDGE_BLOCKS, EXECUTE_FIXED, EXECUTE_START,
  EXECUTE_START_DIM, INPUT_ALIGNED, INPUT_COMMAND, INPUT_MISS_CYCLES, IN_FLIGHT, IN_FLIGHT_DIM, IS_FIRST, IS_LAST,
  K_BLOCKS, LAST_BLOCK, LAST_TILE, LINES, LINE_HIT, LOAD_START, MATMUL, MISS_LINES, OUTPUT_BEATS, OUTPUT_COMMANDS,
  OUTPUT_CYCLES, OUTPUT_LINES, OUTPUT_MISS_CYCLES, OUTPUT_MISS_LINES, PIXEL_CYCLES, PRELOAD, P_BLOCKS, REQUEST,
  REQUESTS, REQUEST_16, REQUEST_32, REQUEST_64, REQUEST_8, ROW, ROWS, ROW_CYCLES, SHORT_ROW, STORE_BEAT,
  STORE_COMMAND, STORE_CYCLES, STORE_LINE, STORE_ROW, STORE_START, STORE_WORDS, TAP_COMMANDS, TAP_CYCLES, TILE,
  TILE_BLOCK_STEP, TILE_COMPUTE_STEP, TILE_EXECUTE, TILE_LEAVES, TILE_LOAD, TILE_LOAD_STEP, TILE_STORE,
  TILE_WEIGHT, USED_COLUMNS, USED_COLUMN_BLOCKS, USED_ROWS, WEIGHT_ALIGNED, WEIGHT_COMMAND, WEIGHT_MISS_CYCLES,
  WIDTH, ZERO_COMMAND, ZERO_COMMAND_CYCLES, ZERO_ROW, ZERO_ROW_CYCLES,
} from "../../src/kernels/event-layout";
import { misses } from "./cache";
import { atEnd, extent, weight } from "./tiles";
import { LINE } from "./transfers";

/** Rows that a block streams at the least, and up to which a short block costs more. */
const SHORTEST: f64 = 4;
const SHORT: f64 = 8;
/** Words of the accumulator that leave it in one cycle. */
const STORE_WIDTH: f64 = 8;
/** Largest array whose accumulator rows fit a line. */
const WIDE: f64 = 16;

/** Sums up what tiles of a kind have in common. */
export function prepare(program: usize, coefficients: usize, workspace: usize): void {
  const dim = load<f64>(program, DIM);
  misses(program, coefficients, workspace);
  const p = program + DIM_RECORDS + P * DIM_RECORD_BYTES;
  executeCosts(coefficients, dim, load<f64>(p, TILE), workspace + COST_P);
  executeCosts(coefficients, dim, load<f64>(p, LAST_TILE), workspace + COST_P + COST_P_BYTES);
  store<f64>(
    workspace, load<f64>(coefficients, EXECUTE_START) + load<f64>(coefficients, EXECUTE_START_DIM) * dim, EXECUTE_FIXED,
  );
  store<f64>(workspace, load<f64>(coefficients, IN_FLIGHT) + load<f64>(coefficients, IN_FLIGHT_DIM) * dim, COMPUTE_LIMIT);
  for (let last: usize = 0; last < 2; last++) {
    const inputs = program + CHANNELS + last * CHANNELS_BYTES;
    const weights = inputs + CHANNELS_K;
    inputCosts(program, coefficients, inputs, workspace, workspace + COST_C + last * COST_C_BYTES);
    storeCosts(coefficients, dim, weights, workspace, workspace + COST_K + last * COST_K_BYTES);
    const pair = workspace + COST_CK + last * COST_CK_BYTES;
    weightCosts(program, coefficients, program + CHANNELS, weights, workspace, pair);
    weightCosts(program, coefficients, program + CHANNELS + CHANNELS_BYTES, weights, workspace, pair + 2 * COST_CK_BYTES);
  }
}

/**
 * A weight block streams the pixels of one output row after another, in blocks of the array: a short block passes as one of
 * SHORTEST rows, and the last one of a weight block waits for the weights behind it to shift in, which takes as long as a full one.
 */
// @ts-ignore: decorator
@inline
function executeCosts(coefficients: usize, dim: f64, pixels: f64, record: usize): void {
  const rest = pixels - floor(pixels / dim) * dim;
  let rows = pixels;
  let wait: f64 = 0;
  if (rest > 0) {
    const padded = max(rest, SHORTEST);
    rows += padded - rest + load<f64>(coefficients, SHORT_ROW) * max(0.0, min(SHORT, dim) - padded);
    wait = max(0.0, dim - padded);
  }
  const count = ceil(pixels / dim);
  store<f64>(record, rows + load<f64>(coefficients, COMPUTE_COMMAND) * count, ROW_CYCLES);
  store<f64>(record, load<f64>(coefficients, LAST_BLOCK) * wait + load<f64>(coefficients, PRELOAD), BLOCK_CYCLES);
  store<f64>(record, count, P_BLOCKS);
}

/** Cycles of one request of `bytes` bytes: linear between sizes that the bus tells apart. */
function requestCycles(coefficients: usize, bytes: f64): f64 {
  if (bytes <= 8) return between(coefficients, REQUEST, REQUEST_8, bytes * (1.0 / 8));
  if (bytes <= 16) return between(coefficients, REQUEST_8, REQUEST_16, bytes * (1.0 / 8) - 1);
  if (bytes <= 32) return between(coefficients, REQUEST_16, REQUEST_32, bytes * (1.0 / 16) - 1);
  return between(coefficients, REQUEST_32, REQUEST_64, bytes * (1.0 / 32) - 1);
}

// @ts-ignore: decorator
@inline
function between(coefficients: usize, low: usize, high: usize, part: f64): f64 {
  return load<f64>(coefficients + low) * (1 - part) + load<f64>(coefficients + high) * part;
}

/** Cycles of one row of a tile: requests of LINE bytes and one of the rest, the lines they touch and those they miss. */
function rowCycles(coefficients: usize, channels: usize, aligned: f64, miss: f64): f64 {
  const width = load<f64>(channels, WIDTH);
  const whole = floor(width / LINE);
  const rest = width - whole * LINE;
  const line = load<f64>(coefficients, LINE_HIT) + aligned * load<f64>(coefficients, ALIGNED_LINE);
  let cycles = whole * load<f64>(coefficients, REQUEST_64);
  if (rest > 0) cycles += requestCycles(coefficients, rest);
  return cycles + load<f64>(coefficients, ROW) * load<f64>(channels, BLOCKS) + line * load<f64>(channels, LINES) +
    miss * load<f64>(channels, MISS_LINES);
}

// @ts-ignore: decorator
@inline
function inputCosts(program: usize, coefficients: usize, channels: usize, workspace: usize, record: usize): void {
  const requests = load<f64>(channels, REQUESTS);
  const blocks = load<f64>(channels, BLOCKS);
  store<f64>(
    record, rowCycles(coefficients, channels, load<f64>(program, INPUT_ALIGNED), load<f64>(workspace, INPUT_MISS_CYCLES)),
    PIXEL_CYCLES,
  );
  store<f64>(record, load<f64>(coefficients, INPUT_COMMAND) * requests, COMMAND_CYCLES);
  store<f64>(record, requests, COMMANDS);
  store<f64>(record, load<f64>(coefficients, ZERO_ROW) * blocks, ZERO_ROW_CYCLES);
  store<f64>(record, load<f64>(coefficients, ZERO_COMMAND) * requests, ZERO_COMMAND_CYCLES);
  store<f64>(record, blocks, C_BLOCKS);
}

// @ts-ignore: decorator
@inline
function weightCosts(
  program: usize, coefficients: usize, inputs: usize, weights: usize, workspace: usize, record: usize,
): void {
  const commands = load<f64>(inputs, BLOCKS) * load<f64>(weights, REQUESTS);
  const row = rowCycles(
    coefficients, weights, load<f64>(program, WEIGHT_ALIGNED), load<f64>(workspace, WEIGHT_MISS_CYCLES),
  );
  store<f64>(record, load<f64>(inputs, WIDTH) * row + load<f64>(coefficients, WEIGHT_COMMAND) * commands, TAP_CYCLES);
  store<f64>(record, commands, TAP_COMMANDS);
}

/** The accumulator's rows, its wide words and the bus work side by side: their cycles add up as the sides of a box. */
// @ts-ignore: decorator
@inline
function storeCosts(coefficients: usize, dim: f64, channels: usize, workspace: usize, record: usize): void {
  const blocks = load<f64>(channels, BLOCKS);
  const rows = load<f64>(coefficients, STORE_ROW) * blocks;
  const words = load<f64>(coefficients, STORE_WORDS) * blocks * ceil(dim / STORE_WIDTH);
  const bus = load<f64>(coefficients, STORE_BEAT) * load<f64>(channels, OUTPUT_BEATS);
  store<f64>(
    record,
    sqrt(rows * rows + words * words + bus * bus) + load<f64>(coefficients, STORE_LINE) * load<f64>(channels, OUTPUT_LINES) +
      load<f64>(workspace, OUTPUT_MISS_CYCLES) * load<f64>(channels, OUTPUT_MISS_LINES),
    OUTPUT_CYCLES,
  );
  store<f64>(record, load<f64>(coefficients, STORE_COMMAND) * load<f64>(channels, OUTPUT_COMMANDS), STORE_CYCLES);
  store<f64>(record, load<f64>(coefficients, BIAS_ROW) * blocks, BIAS_ROW_CYCLES);
  store<f64>(
    record, (load<f64>(coefficients, BIAS_COMMAND) + (dim > WIDE ? load<f64>(coefficients, WIDE_BIAS_COMMAND) : 0)) * blocks,
    BIAS_COMMAND_CYCLES,
  );
  store<f64>(record, blocks, K_BLOCKS);
}

/** Writes the costs of the tile at hand to `tile`. */
// @ts-ignore: decorator
@inline
export function price(program: usize, coefficients: usize, workspace: usize, tile: usize): void {
  const n = extent(workspace, N);
  const p = extent(workspace, P);
  const q = extent(workspace, Q);
  const taps = extent(workspace, R) * extent(workspace, S);
  const costP = workspace + COST_P + <usize>atEnd(workspace, P) * COST_P_BYTES;
  const costC = workspace + COST_C + <usize>atEnd(workspace, C) * COST_C_BYTES;
  const costK = workspace + COST_K + <usize>atEnd(workspace, K) * COST_K_BYTES;
  const costCK = workspace + COST_CK + <usize>(atEnd(workspace, C) * 2 + atEnd(workspace, K)) * COST_CK_BYTES;
  const pBlocks = load<f64>(costP, P_BLOCKS);

  const weightBlocks = taps * n * load<f64>(costC, C_BLOCKS) * load<f64>(costK, K_BLOCKS);
  const computes = weightBlocks * q * pBlocks;
  const execute = max(
    weightBlocks * (q * load<f64>(costP, ROW_CYCLES) + load<f64>(costP, BLOCK_CYCLES)) + load<f64>(workspace, EXECUTE_FIXED),
    computes * load<f64>(workspace, COMPUTE_LIMIT) + load<f64>(coefficients, EXECUTE_START),
  );

  const rows = load<f64>(workspace, ROWS);
  const usedRows = load<f64>(workspace, USED_ROWS);
  const columns = load<f64>(workspace, COLUMNS);
  const usedColumns = load<f64>(workspace, USED_COLUMNS);
  const usedCommands = usedRows * load<f64>(workspace, USED_COLUMN_BLOCKS);
  const zeroCommands = (rows - usedRows) * load<f64>(workspace, COLUMN_BLOCKS) + usedRows * load<f64>(workspace, EDGE_BLOCKS);
  let cycles = n * (
    usedRows * usedColumns * load<f64>(costC, PIXEL_CYCLES) + usedCommands * load<f64>(costC, COMMAND_CYCLES) +
    (rows * columns - usedRows * usedColumns) * load<f64>(costC, ZERO_ROW_CYCLES) +
    zeroCommands * load<f64>(costC, ZERO_COMMAND_CYCLES)
  ) + taps * load<f64>(costCK, TAP_CYCLES) + load<f64>(coefficients, LOAD_START);
  let commands = n * (usedCommands + zeroCommands) * load<f64>(costC, COMMANDS) + taps * load<f64>(costCK, TAP_COMMANDS);
  if (load<i32>(workspace, IS_FIRST) != 0 && load<f64>(program, MATMUL) == 0) {
    cycles += n * q * (p * load<f64>(costK, BIAS_ROW_CYCLES) + pBlocks * load<f64>(costK, BIAS_COMMAND_CYCLES));
    commands += n * q * pBlocks * load<f64>(costK, K_BLOCKS);
  }

  const leaves = load<i32>(workspace, IS_LAST) != 0;
  store<f64>(tile, cycles, TILE_LOAD);
  store<f64>(tile, execute, TILE_EXECUTE);
  store<f64>(
    tile,
    leaves
      ? n * q * (p * load<f64>(costK, OUTPUT_CYCLES) + pBlocks * load<f64>(costK, STORE_CYCLES)) +
        load<f64>(coefficients, STORE_START)
      : 0,
    TILE_STORE,
  );
  store<f64>(tile, cycles / max(commands, 1.0), TILE_LOAD_STEP);
  store<f64>(tile, execute / max(weightBlocks, 1.0), TILE_BLOCK_STEP);
  store<f64>(tile, execute / max(computes, 1.0), TILE_COMPUTE_STEP);
  store<f64>(tile, weight(program, workspace), TILE_WEIGHT);
  store<f64>(tile, leaves ? 1 : 0, TILE_LEAVES);
}
