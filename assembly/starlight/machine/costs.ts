/**
 * What tiles of our own RTL cost on average, in closed form (four candidates a step): cycles of the array, of loads and of stores,
 * each as if it had the machine for itself. A sum over the tiles of a dim is (trips - 1) x a full tile + the last one, and sums over
 * several dims are products. The rules are those of assembly/machine/kind.ts.
 */
import { C, COLUMN, K, N, P, Q, R, S } from "../../../src/kernels/layout";
import { ARRAY, BOUND, LASTS, STRIDE_H, STRIDE_W, TILES, TRIPS } from "../../../src/kernels/starlight-layout";
import {
  ACCUMULATOR_PJ, ALIKE_C, ALIKE_K, ARRAY_SIZE, BEAT_C, BEAT_CYCLES, BEAT_K, BLOCKS_C, BLOCKS_K, BUS_BYTES,
  DILATION_H, DILATION_W, FIRST_WEIGHTS, FIXED_PJ, GROUP, INPUTS_BUSY, INPUT_BYTES, INPUT_ROWS, LAST_WEIGHTS,
  LEFT_BEHIND_INPUTS, LEFT_BEHIND_WEIGHTS, MIN_ROWS, ODD_STRIDE, ORDERLESS_PJ, OUTPUT_BYTES, OUTPUT_ROWS,
  PARTIALS_BUSY, REGISTER_PJ, SCRATCHPAD_PJ, STREAM, STREAMED, STRIDE, SUM_STEPS, TAPS, TILES_RUN, TILE_CHANNELS,
  TILE_COLUMNS, TILE_FINALS, TILE_INPUTS, TILE_KERNELS, TILE_PARTIALS, TILE_SPILLS, TILE_WEIGHTS, TILE_WORK,
  WEIGHTS_BUSY, WEIGHT_BYTES, WEIGHT_ROWS, WORK_OF_TILE, WORK_TO_FINAL,
} from "../../../src/kernels/starlight-machine-layout";
import { all } from "../../lanes";
import { add, ceilDiv, div, least, most, mul, number, powerOfTwoIn, sub, where } from "../arithmetic";
import { meanBeats, readPeriod, rowBeats, rowCycles } from "./requests";

/** Cycles from a tile's last input row to the next tile's first. */
const ROW_TO_ROW: f32 = 2;

/** Sum over the tiles of a dim. */
// @ts-ignore: decorator
@inline
function over(trips: v128, full: v128, last: v128): v128 {
  return add(mul(sub(trips, number(1)), full), last);
}

/** Cycles to stream one line of outputs: commands of up to `array` of them. */
// @ts-ignore: decorator
@inline
function lineCycles(outputs: v128, array: v128, minRows: v128): v128 {
  const whole = f32x4.floor(div(outputs, array));
  const short = sub(outputs, mul(whole, array));
  return add(mul(whole, most(array, minRows)), where(f32x4.gt(short, number(0)), most(short, minRows)));
}

/** Cycles to move `rows` rows of weights to the array beside a stream of inputs, whose banks they wait for. */
// @ts-ignore: decorator
@inline
function moveCycles(rows: v128, stream: v128, lines: v128, inputs: v128, odd: v128): v128 {
  const quarter = number(0.25);
  const each = mul(quarter, mul(lines, least(number(1), div(rows, stream))));
  return add(rows, v128.bitselect(each, least(mul(quarter, rows), inputs), odd));
}

/** Cycles of the blocks of weights along C, over all tiles of C, while each streams lines of `outputs` outputs, `line` cycles each. */
// @ts-ignore: decorator
@inline
function blockCycles(
  lines: v128, line: v128, outputs: v128, tripsC: v128, blocksFull: v128, blocksLast: v128, restFull: v128, restLast: v128,
  array: v128, odd: v128,
): v128 {
  const one = number(1);
  const stream = mul(lines, line);
  const inputs = mul(lines, outputs);
  const whole = most(stream, moveCycles(array, stream, lines, inputs, odd));
  const full = most(stream, moveCycles(restFull, stream, lines, inputs, odd));
  const last = most(stream, moveCycles(restLast, stream, lines, inputs, odd));
  return over(tripsC, add(mul(sub(blocksFull, one), whole), full), add(mul(sub(blocksLast, one), whole), last));
}

/** Extents of the inputs under all tiles along an axis, added up. */
// @ts-ignore: decorator
@inline
function windows(outputs: v128, tripsOut: v128, taps: v128, tripsTaps: v128, stride: v128, dilation: v128): v128 {
  return add(
    mul(tripsTaps, mul(sub(outputs, tripsOut), stride)),
    add(mul(tripsOut, mul(sub(taps, tripsTaps), dilation)), mul(tripsOut, tripsTaps)),
  );
}

export function costs(physics: usize, lanes: i32, scratch: usize): void {
  const one = number(1);
  const array = all(physics, ARRAY);
  const minRows = all(physics, MIN_ROWS);
  const odd = all(physics, ODD_STRIDE);
  const bus = all(physics, BUS_BYTES);
  const beat = all(physics, BEAT_CYCLES);
  const group = all(physics, GROUP);
  const beatC = i32x4.splat(load<i32>(physics, BEAT_C));
  const beatK = i32x4.splat(load<i32>(physics, BEAT_K));
  const alikeC = all(physics, ALIKE_C);
  const alikeK = all(physics, ALIKE_K);
  const boundC = all(physics + (C << 2), BOUND);
  const boundK = all(physics + (K << 2), BOUND);
  const boundP = all(physics + (P << 2), BOUND);
  const boundQ = all(physics + (Q << 2), BOUND);
  const boundN = all(physics + (N << 2), BOUND);
  const boundR = all(physics + (R << 2), BOUND);
  const boundS = all(physics + (S << 2), BOUND);
  const taps = mul(boundR, boundS);
  const pixels = mul(boundN, mul(boundP, boundQ));
  const strideW = all(physics, STRIDE_W);
  const strideH = all(physics, STRIDE_H);
  const dilationW = all(physics, DILATION_W);
  const dilationH = all(physics, DILATION_H);

  for (let end = scratch + (<usize>lanes << 2); scratch < end; scratch += 16) {
    const nN = v128.load(scratch, TRIPS + N * COLUMN);
    const nK = v128.load(scratch, TRIPS + K * COLUMN);
    const nC = v128.load(scratch, TRIPS + C * COLUMN);
    const nP = v128.load(scratch, TRIPS + P * COLUMN);
    const nQ = v128.load(scratch, TRIPS + Q * COLUMN);
    const nR = v128.load(scratch, TRIPS + R * COLUMN);
    const nS = v128.load(scratch, TRIPS + S * COLUMN);
    const tN = v128.load(scratch, TILES + N * COLUMN);
    const tK = v128.load(scratch, TILES + K * COLUMN);
    const tC = v128.load(scratch, TILES + C * COLUMN);
    const tP = v128.load(scratch, TILES + P * COLUMN);
    const tQ = v128.load(scratch, TILES + Q * COLUMN);
    const eK = v128.load(scratch, LASTS + K * COLUMN);
    const eC = v128.load(scratch, LASTS + C * COLUMN);
    const eP = v128.load(scratch, LASTS + P * COLUMN);
    const eQ = v128.load(scratch, LASTS + Q * COLUMN);
    const sumSteps = mul(nC, mul(nR, nS));
    const outputTiles = mul(mul(nN, nK), mul(nP, nQ));
    const perOutput = div(one, outputTiles);
    const tiles = mul(sumSteps, outputTiles);
    const perTile = div(one, tiles);

    // The array: blocks of weights, each for as long as its inputs stream or the next weights move.
    const fullC = ceilDiv(tC, array);
    const lastC = ceilDiv(eC, array);
    const fullK = ceilDiv(tK, array);
    const lastK = ceilDiv(eK, array);
    const blocksC = over(nC, fullC, lastC);
    const blocksK = over(nK, fullK, lastK);
    const restFull = sub(tC, mul(sub(fullC, one), array));
    const restLast = sub(eC, mul(sub(lastC, one), array));
    const lineFull = lineCycles(tP, array, minRows);
    const lineLast = lineCycles(eP, array, minRows);
    const linesFull = mul(tN, tQ);
    const linesLast = mul(tN, eQ);
    const rowsP = add(
      mul(sub(nP, one), blockCycles(linesFull, lineFull, tP, nC, fullC, lastC, restFull, restLast, array, odd)),
      blockCycles(linesFull, lineLast, eP, nC, fullC, lastC, restFull, restLast, array, odd),
    );
    const lastRowsP = add(
      mul(sub(nP, one), blockCycles(linesLast, lineFull, tP, nC, fullC, lastC, restFull, restLast, array, odd)),
      blockCycles(linesLast, lineLast, eP, nC, fullC, lastC, restFull, restLast, array, odd),
    );
    const cycles = mul(over(nQ, rowsP, lastRowsP), mul(mul(blocksK, taps), div(boundN, tN)));
    const work = add(mul(cycles, perTile), number(ROW_TO_ROW));
    const blocksOfC = mul(blocksC, div(one, nC));
    const blocksOfK = mul(blocksK, div(one, nK));
    const tapsOfTile = div(taps, mul(nR, nS));
    const perK = div(work, blocksOfK);
    const block = div(perK, mul(blocksOfC, tapsOfTile));

    // Loads.
    const stepC = v128.bitselect(powerOfTwoIn(physics, tC, beatC), f32x4.convert_i32x4_s(beatC), f32x4.gt(nC, one));
    const stepK = v128.bitselect(powerOfTwoIn(physics, tK, beatK), f32x4.convert_i32x4_s(beatK), f32x4.gt(nK, one));
    const stepSums = least(bus, mul(number(4), stepK));
    const window = mul(
      boundN,
      mul(windows(boundP, nP, boundR, nR, strideW, dilationW), windows(boundQ, nQ, boundS, nS, strideH, dilationH)),
    );
    const inputTiles = mul(mul(nN, nC), mul(mul(nP, nQ), mul(nR, nS)));
    const perInput = div(window, inputTiles);
    const inputs = mul(perInput, over(nC, rowCycles(tC, stepC, array, alikeC, physics), rowCycles(eC, stepC, array, alikeC, physics)));
    const inputsBusy = mul(mul(perInput, beat), over(nC, rowBeats(tC, stepC, physics), rowBeats(eC, stepC, physics)));
    const perWeight = div(mul(taps, boundC), mul(nK, sumSteps));
    const weights = mul(perWeight, over(nK, rowCycles(tK, stepK, array, alikeK, physics), rowCycles(eK, stepK, array, alikeK, physics)));
    const weightsBusy = mul(mul(perWeight, beat), over(nK, rowBeats(tK, stepK, physics), rowBeats(eK, stepK, physics)));
    // Rows of outputs have as many columns as the array, those of the last block the rest.
    const columns = least(tK, array);
    const columnsFull = sub(tK, mul(sub(fullK, one), array));
    const columnsLast = sub(eK, mul(sub(lastK, one), array));
    const four = number(4);
    const beats = meanBeats(mul(four, columns), stepSums, bus);
    const beatsFull = meanBeats(mul(four, columnsFull), stepSums, bus);
    const beatsLast = meanBeats(mul(four, columnsLast), stepSums, bus);
    const others = sub(blocksK, nK);
    const perSum = mul(pixels, perOutput);
    const period = readPeriod(beats, one, physics);
    const periods = over(nK, readPeriod(beatsFull, one, physics), readPeriod(beatsLast, one, physics));
    const partials = mul(perSum, add(mul(others, period), periods));
    const partialsBusy = mul(mul(perSum, beat), add(mul(others, beats), over(nK, beatsFull, beatsLast)));

    // Stores: a row takes the store unit a cycle at least.
    const spill = over(nK, most(one, mul(beatsFull, beat)), most(one, mul(beatsLast, beat)));
    const spills = mul(perSum, add(mul(others, most(one, mul(beats, beat))), spill));
    const finalFull = most(one, mul(meanBeats(columnsFull, stepK, bus), beat));
    const finalLast = most(one, mul(meanBeats(columnsLast, stepK, bus), beat));
    const final = most(one, mul(meanBeats(columns, stepK, bus), beat));
    const finals = mul(perSum, add(mul(others, final), over(nK, finalFull, finalLast)));

    v128.store(scratch, work, TILE_WORK);
    v128.store(scratch, inputs, TILE_INPUTS);
    v128.store(scratch, weights, TILE_WEIGHTS);
    v128.store(scratch, partials, TILE_PARTIALS);
    v128.store(scratch, finals, TILE_FINALS);
    v128.store(scratch, spills, TILE_SPILLS);
    v128.store(scratch, inputsBusy, INPUTS_BUSY);
    v128.store(scratch, weightsBusy, WEIGHTS_BUSY);
    v128.store(scratch, partialsBusy, PARTIALS_BUSY);

    // The first block of outputs needs all inputs, and the weights of the first request for each; other weights come last. The array
    // begins on the last inputs with its first tap, which needs all of them but a corner of the window.
    const firstColumns = mul(tapsOfTile, rowCycles(least(tK, group), stepK, array, alikeK, physics));
    const groupBlocks = div(group, array);
    const groupsOfC = ceilDiv(tC, group);
    const lastGroup = mul(sub(blocksOfC, mul(sub(groupsOfC, one), groupBlocks)), tapsOfTile);
    const tapRows = div(boundS, nS);
    const tapColumns = div(boundR, nR);
    const width = add(mul(sub(tP, one), strideW), add(mul(sub(tapColumns, one), dilationW), one));
    const corner = add(mul(mul(sub(tapRows, one), dilationH), width), mul(sub(tapColumns, one), dilationW));
    const cornerCycles = div(mul(corner, inputs), mul(perInput, groupsOfC));
    const behind = add(sub(work, perK), mul(lastGroup, block));
    const behindInputs = most(sub(behind, mul(tapsOfTile, block)), sub(sub(behind, block), cornerCycles));
    const laterGroups = sub(ceilDiv(tK, group), one);
    const behindWeights = sub(sub(work, mul(laterGroups, mul(perK, groupBlocks))), sub(perK, block));
    v128.store(scratch, mul(least(tC, group), firstColumns), FIRST_WEIGHTS);
    v128.store(scratch, most(number(0), sub(weights, mul(div(boundC, nC), firstColumns))), LAST_WEIGHTS);
    v128.store(scratch, behindInputs, LEFT_BEHIND_INPUTS);
    v128.store(scratch, most(block, behindWeights), LEFT_BEHIND_WEIGHTS);
    v128.store(scratch, sub(perK, block), WORK_TO_FINAL);

    // Counts for the energy.
    const streamed = mul(mul(blocksK, blocksC), mul(taps, pixels));
    const weightMoves = div(tiles, mul(nK, sumSteps));
    const weightRows = mul(mul(taps, boundC), blocksK);
    const scratchpadRows = add(streamed, mul(weightMoves, weightRows));
    const accumulatorRows = sub(mul(number(2), streamed), mul(blocksK, pixels));
    v128.store(scratch, mul(perInput, blocksC), INPUT_ROWS);
    v128.store(scratch, div(weightRows, mul(nK, sumSteps)), WEIGHT_ROWS);
    v128.store(scratch, mul(perSum, blocksK), OUTPUT_ROWS);
    v128.store(scratch, mul(perInput, boundC), INPUT_BYTES);
    v128.store(scratch, mul(perWeight, boundK), WEIGHT_BYTES);
    v128.store(scratch, mul(perSum, boundK), OUTPUT_BYTES);
    v128.store(
      scratch,
      add(
        add(all(physics, FIXED_PJ), mul(all(physics, REGISTER_PJ), mul(weightMoves, mul(taps, mul(boundC, boundK))))),
        add(mul(all(physics, ACCUMULATOR_PJ), accumulatorRows), mul(all(physics, SCRATCHPAD_PJ), scratchpadRows)),
      ),
      ORDERLESS_PJ,
    );

    v128.store(scratch, streamed, STREAMED);
    v128.store(scratch, sumSteps, SUM_STEPS);
    v128.store(scratch, tiles, TILES_RUN);
    v128.store(scratch, blocksOfK, BLOCKS_K);
    v128.store(scratch, blocksOfC, BLOCKS_C);
    v128.store(scratch, mul(linesFull, lineFull), STREAM);
    v128.store(scratch, work, WORK_OF_TILE);
    v128.store(scratch, tP, TILE_COLUMNS);
    v128.store(scratch, tC, TILE_CHANNELS);
    v128.store(scratch, tK, TILE_KERNELS);
    v128.store(scratch, array, ARRAY_SIZE);
    v128.store(scratch, taps, TAPS);
    v128.store(scratch, strideW, STRIDE);
  }
}
