/** Stage 2: cycles of the array for an average tile, and in what portions its work comes (four candidates a step). */
import { C, COLUMN, K, N, P, Q, R, S } from "../../../src/kernels/layout";
import { ARRAY, LASTS, TILES, TRIPS } from "../../../src/kernels/starlight-layout";
import {
  ALL_BLOCKS_C, ALL_BLOCKS_K, BLOCKS_C, BLOCKS_K, BLOCK_WORK, COLUMN_WORK, MIN_ROWS, ODD_STRIDE, STREAM, STREAMED,
  SUM_STEPS, TAPS_OF_TILE, TILES_RUN, TILE_WORK, WORK_OF_TILE, WORK_TO_FINAL,
} from "../../../src/kernels/starlight-machine-layout";
import { all } from "../../lanes";
import { add, bound, ceilDiv, div, max, min, mul, splat, sub, sumTiles, where } from "../arithmetic";

/** Cycles from a tile's last input row to the next tile's first. */
const ROW_TO_ROW: f32 = 2;

/** Cycles to stream one line of outputs: commands of up to `array` of them. */
// @ts-ignore: decorator
@inline
function lineCycles(outputs: v128, array: v128, minRows: v128): v128 {
  const whole = f32x4.floor(div(outputs, array));
  const short = sub(outputs, mul(whole, array));
  return add(mul(whole, max(array, minRows)), where(f32x4.gt(short, splat(0)), max(short, minRows)));
}

/** Cycles to move `rows` rows of weights to the array beside a stream of inputs, whose banks they wait for. */
// @ts-ignore: decorator
@inline
function moveCycles(rows: v128, stream: v128, lines: v128, inputs: v128, odd: v128): v128 {
  const quarter = splat(0.25);
  const each = mul(quarter, mul(lines, min(splat(1), div(rows, stream))));
  return add(rows, v128.bitselect(each, min(mul(quarter, rows), inputs), odd));
}

/** Cycles of the blocks of weights along C, over all tiles of C. Each streams `lines` lines of `outputs` outputs, `line` cycles each. */
// @ts-ignore: decorator
@inline
function blockCycles(
  lines: v128, line: v128, outputs: v128, tripsC: v128, blocksFull: v128, blocksLast: v128, restFull: v128, restLast: v128,
  array: v128, odd: v128,
): v128 {
  const one = splat(1);
  const stream = mul(lines, line);
  const inputs = mul(lines, outputs);
  const whole = max(stream, moveCycles(array, stream, lines, inputs, odd));
  const full = max(stream, moveCycles(restFull, stream, lines, inputs, odd));
  const last = max(stream, moveCycles(restLast, stream, lines, inputs, odd));
  return sumTiles(one, tripsC, add(mul(sub(blocksFull, one), whole), full), add(mul(sub(blocksLast, one), whole), last));
}

export function arrayWork(physics: usize, lanes: i32, scratch: usize): void {
  const one = splat(1);
  const array = all(physics, ARRAY);
  const minRows = all(physics, MIN_ROWS);
  const odd = all(physics, ODD_STRIDE);
  const boundN = bound(physics, N);
  const taps = mul(bound(physics, R), bound(physics, S));
  const pixels = mul(boundN, mul(bound(physics, P), bound(physics, Q)));
  for (let end = scratch + (<usize>lanes << 2); scratch < end; scratch += 16) {
    const tripsK = v128.load(scratch, TRIPS + K * COLUMN);
    const tripsC = v128.load(scratch, TRIPS + C * COLUMN);
    const tripsP = v128.load(scratch, TRIPS + P * COLUMN);
    const tripsQ = v128.load(scratch, TRIPS + Q * COLUMN);
    const tripsTaps = mul(v128.load(scratch, TRIPS + R * COLUMN), v128.load(scratch, TRIPS + S * COLUMN));
    const tileN = v128.load(scratch, TILES + N * COLUMN);
    const tileK = v128.load(scratch, TILES + K * COLUMN);
    const tileC = v128.load(scratch, TILES + C * COLUMN);
    const tileP = v128.load(scratch, TILES + P * COLUMN);
    const lastK = v128.load(scratch, LASTS + K * COLUMN);
    const lastC = v128.load(scratch, LASTS + C * COLUMN);
    const lastP = v128.load(scratch, LASTS + P * COLUMN);
    const sumSteps = mul(tripsC, tripsTaps);
    const tiles = mul(sumSteps, mul(mul(v128.load(scratch, TRIPS + N * COLUMN), tripsK), mul(tripsP, tripsQ)));

    // Blocks of weights, each for as long as its inputs stream or the next weights move.
    const fullC = ceilDiv(tileC, array);
    const endC = ceilDiv(lastC, array);
    const blocksC = sumTiles(one, tripsC, fullC, endC);
    const blocksK = sumTiles(one, tripsK, ceilDiv(tileK, array), ceilDiv(lastK, array));
    const restFull = sub(tileC, mul(sub(fullC, one), array));
    const restLast = sub(lastC, mul(sub(endC, one), array));
    const lineFull = lineCycles(tileP, array, minRows);
    const lineLast = lineCycles(lastP, array, minRows);
    const linesFull = mul(tileN, v128.load(scratch, TILES + Q * COLUMN));
    const linesLast = mul(tileN, v128.load(scratch, LASTS + Q * COLUMN));
    const rowsFull = sumTiles(
      one, tripsP,
      blockCycles(linesFull, lineFull, tileP, tripsC, fullC, endC, restFull, restLast, array, odd),
      blockCycles(linesFull, lineLast, lastP, tripsC, fullC, endC, restFull, restLast, array, odd),
    );
    const rowsLast = sumTiles(
      one, tripsP,
      blockCycles(linesLast, lineFull, tileP, tripsC, fullC, endC, restFull, restLast, array, odd),
      blockCycles(linesLast, lineLast, lastP, tripsC, fullC, endC, restFull, restLast, array, odd),
    );
    const cycles = mul(sumTiles(one, tripsQ, rowsFull, rowsLast), mul(mul(blocksK, taps), div(boundN, tileN)));
    const work = add(mul(cycles, div(one, tiles)), splat(ROW_TO_ROW));
    const blocksOfC = mul(blocksC, div(one, tripsC));
    const blocksOfK = mul(blocksK, div(one, tripsK));
    const columnWork = div(work, blocksOfK);
    const tapsOfTile = div(taps, tripsTaps);
    const blockWork = div(columnWork, mul(blocksOfC, tapsOfTile));

    v128.store(scratch, work, TILE_WORK);
    v128.store(scratch, columnWork, COLUMN_WORK);
    v128.store(scratch, blockWork, BLOCK_WORK);
    v128.store(scratch, sub(columnWork, blockWork), WORK_TO_FINAL);
    v128.store(scratch, tapsOfTile, TAPS_OF_TILE);
    v128.store(scratch, blocksC, ALL_BLOCKS_C);
    v128.store(scratch, blocksK, ALL_BLOCKS_K);

    v128.store(scratch, mul(mul(blocksK, blocksC), mul(taps, pixels)), STREAMED);
    v128.store(scratch, sumSteps, SUM_STEPS);
    v128.store(scratch, tiles, TILES_RUN);
    v128.store(scratch, blocksOfK, BLOCKS_K);
    v128.store(scratch, blocksOfC, BLOCKS_C);
    v128.store(scratch, mul(linesFull, lineFull), STREAM);
    v128.store(scratch, work, WORK_OF_TILE);
  }
}
