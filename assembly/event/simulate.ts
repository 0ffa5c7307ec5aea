/** From a candidate to its cycles: the program that the harness makes of it, and the engines' run over its tiles. */
import { C, DIMS, K } from "../../src/kernels/layout";
import {
  BLOCKS, BOUND, CALLS, CALL_ISSUE, CALL_WAIT, CHANNELS, CHANNELS_BYTES, CHANNELS_K, COEFFICIENT_BYTES, COLD, DIM,
  DIM_RECORDS, DIM_RECORD_BYTES, ENGINES, ENGINE_EXECUTE, ENGINE_LOAD, ENGINE_STORE, ENGINE_TOTAL, MATMUL,
  PROGRAM_BYTES, RESULT_BYTES, RESULT_CYCLES, RESULT_EXECUTE, RESULT_LOAD, RESULT_STORE, ROWS_STREAMED, START, STRIP,
  STRIP_TILES, TILE_BYTES, TRIPS,
} from "../../src/kernels/event-layout";
import { describeChannels } from "./channels";
import { prepare, price } from "./costs";
import { run } from "./engines";
import { describe } from "./harness";
import { describeReuse } from "./reuse";
import { first, next } from "./tiles";

/** Writes the program of one candidate: lane `lane` of the block at `block`. */
export function describeEvents(context: usize, block: usize, lane: i32, program: usize): void {
  describe(context, block + (<usize>lane << 2), program);
  describeChannels(program);
  describeReuse(program);
  store<f64>(program, rowsStreamed(program), ROWS_STREAMED);
  store<i32>(program, 0, COLD);
}

/**
 * Simulates `count` programs in consecutive records and writes a result record for each.
 *
 * @param coefficients those of convolutions, then those of matrix products
 */
export function simulateEvents(programs: usize, count: i32, coefficients: usize, results: usize, workspace: usize): void {
  for (let i = 0; i < count; i++, programs += PROGRAM_BYTES, results += RESULT_BYTES) {
    simulateOne(programs, coefficients, results, workspace);
  }
}

function simulateOne(program: usize, coefficients: usize, result: usize, workspace: usize): void {
  const matmul = load<f64>(program, MATMUL) != 0;
  const dim = load<f64>(program, DIM);
  if (matmul) coefficients += COEFFICIENT_BYTES;
  const state = workspace + ENGINES;
  memory.fill(state, 0, STRIP - ENGINES);
  prepare(program, coefficients, workspace);
  first(program, workspace);
  let more = true;
  while (more) {
    let count = 0;
    while (more && count < STRIP_TILES) {
      price(program, coefficients, workspace, workspace + STRIP + <usize>count * TILE_BYTES);
      count++;
      more = next(program, workspace);
    }
    run(workspace + STRIP, count, coefficients, dim, matmul, state);
  }
  const cycles = max(load<f64>(state, ENGINE_TOTAL), leastCycles(program, coefficients, state)) + load<f64>(coefficients, START);
  store<f64>(result, max(cycles, load<f64>(program, ROWS_STREAMED)), RESULT_CYCLES);
  store<f64>(result, load<f64>(state, ENGINE_LOAD), RESULT_LOAD);
  store<f64>(result, load<f64>(state, ENGINE_EXECUTE), RESULT_EXECUTE);
  store<f64>(result, load<f64>(state, ENGINE_STORE), RESULT_STORE);
}

/**
 * Cycles from the first call on that no walk can fall short of: those of the engine that is busy longest, and those in which the
 * processor issues the calls. A walk over all tiles never does; one over a sample may, where a tile that waited long for the tiles
 * before it stands for many that would not.
 */
// @ts-ignore: decorator
@inline
function leastCycles(program: usize, coefficients: usize, state: usize): f64 {
  const issue = load<f64>(program, CALLS) * (load<f64>(coefficients, CALL_WAIT) + load<f64>(coefficients, CALL_ISSUE));
  const busy = max(load<f64>(state, ENGINE_LOAD), max(load<f64>(state, ENGINE_EXECUTE), load<f64>(state, ENGINE_STORE)));
  return max(issue, busy);
}

/** One cycle for each row of each weight block: no row passes the array faster. */
function rowsStreamed(program: usize): f64 {
  let pixels: f64 = 1;
  for (let d = 0; d < DIMS; d++) if (d != C && d != K) pixels *= bound(program, d);
  return pixels * blocks(program, C, CHANNELS) * blocks(program, K, CHANNELS + CHANNELS_K);
}

// @ts-ignore: decorator
@inline
function bound(program: usize, dim: i32): f64 {
  return load<f64>(program + DIM_RECORDS + <usize>dim * DIM_RECORD_BYTES, BOUND);
}

/** Blocks of the array over all tiles of a dim. */
// @ts-ignore: decorator
@inline
function blocks(program: usize, dim: i32, channels: usize): f64 {
  const trips = load<f64>(program + DIM_RECORDS + <usize>dim * DIM_RECORD_BYTES, TRIPS);
  const record = program + channels;
  return (trips - 1) * load<f64>(record, BLOCKS) + load<f64>(record + CHANNELS_BYTES, BLOCKS);
}
