/** Stage 3: cycles of an average load or store of each operand, as if it had DRAM for itself (four candidates a step). */
import { C, COLUMN, K, N, P, Q, R, S } from "../../../src/kernels/layout";
import { ARRAY, LASTS, STRIDE_H, STRIDE_W, TILES, TRIPS } from "../../../src/kernels/starlight-layout";
import {
  ALIKE_C, ALIKE_K, ALL_BLOCKS_K, BEAT_C, BEAT_CYCLES, BEAT_K, BUS_BYTES, DILATION_H, DILATION_W, INPUTS_BUSY,
  OUTPUTS_OF_TILE, PARTIALS_BUSY, PIXELS_OF_TILE, SUM_STEPS, TAP_ROWS_OF_TILE, TILE_FINALS, TILE_INPUTS, TILE_PARTIALS,
  TILE_SPILLS, TILE_WEIGHTS, WEIGHTS_BUSY,
} from "../../../src/kernels/starlight-machine-layout";
import { all } from "../../lanes";
import { add, bound, ceilDiv, div, max, min, mul, rowStep, splat, sub, sumTiles } from "../arithmetic";
import { meanBeats, readPeriod, rowBeats, rowCycles } from "./requests";

/** Extents of the inputs under all tiles along an axis, added up. */
// @ts-ignore: decorator
@inline
function windows(outputs: v128, tripsOut: v128, taps: v128, tripsTaps: v128, stride: v128, dilation: v128): v128 {
  return add(
    mul(tripsTaps, mul(sub(outputs, tripsOut), stride)),
    add(mul(tripsOut, mul(sub(taps, tripsTaps), dilation)), mul(tripsOut, tripsTaps)),
  );
}

/** Columns of outputs in the last block of a tile of K. */
// @ts-ignore: decorator
@inline
function lastColumns(tile: v128, array: v128): v128 {
  return sub(tile, mul(sub(ceilDiv(tile, array), splat(1)), array));
}

export function transfers(physics: usize, lanes: i32, scratch: usize): void {
  const one = splat(1);
  const four = splat(4);
  const array = all(physics, ARRAY);
  const bus = all(physics, BUS_BYTES);
  const beat = all(physics, BEAT_CYCLES);
  const alikeC = all(physics, ALIKE_C);
  const alikeK = all(physics, ALIKE_K);
  const boundP = bound(physics, P);
  const boundQ = bound(physics, Q);
  const boundN = bound(physics, N);
  const boundR = bound(physics, R);
  const boundS = bound(physics, S);
  const taps = mul(boundR, boundS);
  const outputs = mul(boundN, mul(boundP, boundQ));
  const strideW = all(physics, STRIDE_W);
  const strideH = all(physics, STRIDE_H);
  const dilationW = all(physics, DILATION_W);
  const dilationH = all(physics, DILATION_H);
  for (let end = scratch + (<usize>lanes << 2); scratch < end; scratch += 16) {
    const tripsN = v128.load(scratch, TRIPS + N * COLUMN);
    const tripsK = v128.load(scratch, TRIPS + K * COLUMN);
    const tripsC = v128.load(scratch, TRIPS + C * COLUMN);
    const tripsP = v128.load(scratch, TRIPS + P * COLUMN);
    const tripsQ = v128.load(scratch, TRIPS + Q * COLUMN);
    const tripsR = v128.load(scratch, TRIPS + R * COLUMN);
    const tripsS = v128.load(scratch, TRIPS + S * COLUMN);
    const tileK = v128.load(scratch, TILES + K * COLUMN);
    const tileC = v128.load(scratch, TILES + C * COLUMN);
    const lastK = v128.load(scratch, LASTS + K * COLUMN);
    const lastC = v128.load(scratch, LASTS + C * COLUMN);
    const stepC = rowStep(physics, tileC, tripsC, BEAT_C);
    const stepK = rowStep(physics, tileK, tripsK, BEAT_K);

    // Inputs and weights.
    const window = mul(
      boundN,
      mul(windows(boundP, tripsP, boundR, tripsR, strideW, dilationW), windows(boundQ, tripsQ, boundS, tripsS, strideH, dilationH)),
    );
    const pixels = div(window, mul(mul(tripsN, tripsC), mul(mul(tripsP, tripsQ), mul(tripsR, tripsS))));
    const tapRows = div(mul(taps, bound(physics, C)), mul(tripsK, v128.load(scratch, SUM_STEPS)));
    v128.store(scratch, pixels, PIXELS_OF_TILE);
    v128.store(scratch, tapRows, TAP_ROWS_OF_TILE);
    v128.store(
      scratch,
      mul(
        pixels,
        sumTiles(one, tripsC, rowCycles(tileC, stepC, array, alikeC, physics), rowCycles(lastC, stepC, array, alikeC, physics)),
      ),
      TILE_INPUTS,
    );
    v128.store(
      scratch, mul(mul(pixels, beat), sumTiles(one, tripsC, rowBeats(tileC, stepC, physics), rowBeats(lastC, stepC, physics))),
      INPUTS_BUSY,
    );
    v128.store(
      scratch,
      mul(
        tapRows,
        sumTiles(one, tripsK, rowCycles(tileK, stepK, array, alikeK, physics), rowCycles(lastK, stepK, array, alikeK, physics)),
      ),
      TILE_WEIGHTS,
    );
    v128.store(
      scratch, mul(mul(tapRows, beat), sumTiles(one, tripsK, rowBeats(tileK, stepK, physics), rowBeats(lastK, stepK, physics))),
      WEIGHTS_BUSY,
    );

    // Partial sums. Rows of outputs have as many columns as the array, those of the last block the rest.
    const stepSums = min(bus, mul(four, stepK));
    const columns = min(tileK, array);
    const columnsFull = lastColumns(tileK, array);
    const columnsLast = lastColumns(lastK, array);
    const beats = meanBeats(mul(four, columns), stepSums, bus);
    const beatsFull = meanBeats(mul(four, columnsFull), stepSums, bus);
    const beatsLast = meanBeats(mul(four, columnsLast), stepSums, bus);
    const others = sub(v128.load(scratch, ALL_BLOCKS_K), tripsK);
    const outputsOfTile = mul(outputs, div(one, mul(mul(tripsN, tripsK), mul(tripsP, tripsQ))));
    v128.store(scratch, outputsOfTile, OUTPUTS_OF_TILE);
    const period = readPeriod(beats, one, physics);
    const periods = sumTiles(one, tripsK, readPeriod(beatsFull, one, physics), readPeriod(beatsLast, one, physics));
    v128.store(scratch, mul(outputsOfTile, add(mul(others, period), periods)), TILE_PARTIALS);
    v128.store(
      scratch, mul(mul(outputsOfTile, beat), add(mul(others, beats), sumTiles(one, tripsK, beatsFull, beatsLast))), PARTIALS_BUSY,
    );

    // Stores: a row takes the store unit a cycle at least.
    const spills = sumTiles(one, tripsK, max(one, mul(beatsFull, beat)), max(one, mul(beatsLast, beat)));
    v128.store(scratch, mul(outputsOfTile, add(mul(others, max(one, mul(beats, beat))), spills)), TILE_SPILLS);
    const finals = sumTiles(
      one, tripsK,
      max(one, mul(meanBeats(columnsFull, stepK, bus), beat)),
      max(one, mul(meanBeats(columnsLast, stepK, bus), beat)),
    );
    const final = max(one, mul(meanBeats(columns, stepK, bus), beat));
    v128.store(scratch, mul(outputsOfTile, add(mul(others, final), finals)), TILE_FINALS);
  }
}
