/** Stage 5: rows and bytes of an average tile, energy that no order changes, sizes for the network (four candidates a step). */
import { C, COLUMN, K, N, P, Q, R, S } from "../../../src/kernels/layout";
import { ARRAY, STRIDE_W, TILES, TRIPS } from "../../../src/kernels/starlight-layout";
import {
  ACCUMULATOR_PJ, ALL_BLOCKS_C, ALL_BLOCKS_K, ARRAY_SIZE, FIXED_PJ, INPUT_BYTES, INPUT_ROWS, ORDERLESS_PJ,
  OUTPUTS_OF_TILE, OUTPUT_BYTES, OUTPUT_ROWS, PIXELS_OF_TILE, REGISTER_PJ, SCRATCHPAD_PJ, STREAMED, STRIDE, SUM_STEPS,
  TAPS, TAP_ROWS_OF_TILE, TILES_RUN, TILE_CHANNELS, TILE_COLUMNS, TILE_KERNELS, WEIGHT_BYTES, WEIGHT_ROWS,
} from "../../../src/kernels/starlight-machine-layout";
import { all } from "../../lanes";
import { add, bound, div, mul, splat, sub } from "../arithmetic";

export function counts(physics: usize, lanes: i32, scratch: usize): void {
  const boundK = bound(physics, K);
  const boundC = bound(physics, C);
  const taps = mul(bound(physics, R), bound(physics, S));
  const outputs = mul(bound(physics, N), mul(bound(physics, P), bound(physics, Q)));
  for (let end = scratch + (<usize>lanes << 2); scratch < end; scratch += 16) {
    const blocksC = v128.load(scratch, ALL_BLOCKS_C);
    const blocksK = v128.load(scratch, ALL_BLOCKS_K);
    const streamed = v128.load(scratch, STREAMED);
    const pixels = v128.load(scratch, PIXELS_OF_TILE);
    const outputsOfTile = v128.load(scratch, OUTPUTS_OF_TILE);
    const weightTiles = mul(v128.load(scratch, TRIPS + K * COLUMN), v128.load(scratch, SUM_STEPS));
    const weightMoves = div(v128.load(scratch, TILES_RUN), weightTiles);
    const weightRows = mul(mul(taps, boundC), blocksK);
    const scratchpadRows = add(streamed, mul(weightMoves, weightRows));
    const accumulatorRows = sub(mul(splat(2), streamed), mul(blocksK, outputs));
    v128.store(scratch, mul(pixels, blocksC), INPUT_ROWS);
    v128.store(scratch, div(weightRows, weightTiles), WEIGHT_ROWS);
    v128.store(scratch, mul(outputsOfTile, blocksK), OUTPUT_ROWS);
    v128.store(scratch, mul(pixels, boundC), INPUT_BYTES);
    v128.store(scratch, mul(v128.load(scratch, TAP_ROWS_OF_TILE), boundK), WEIGHT_BYTES);
    v128.store(scratch, mul(outputsOfTile, boundK), OUTPUT_BYTES);
    v128.store(
      scratch,
      add(
        add(all(physics, FIXED_PJ), mul(all(physics, REGISTER_PJ), mul(weightMoves, mul(taps, mul(boundC, boundK))))),
        add(mul(all(physics, ACCUMULATOR_PJ), accumulatorRows), mul(all(physics, SCRATCHPAD_PJ), scratchpadRows)),
      ),
      ORDERLESS_PJ,
    );

    v128.store(scratch, v128.load(scratch, TILES + P * COLUMN), TILE_COLUMNS);
    v128.store(scratch, v128.load(scratch, TILES + C * COLUMN), TILE_CHANNELS);
    v128.store(scratch, v128.load(scratch, TILES + K * COLUMN), TILE_KERNELS);
    v128.store(scratch, all(physics, ARRAY), ARRAY_SIZE);
    v128.store(scratch, taps, TAPS);
    v128.store(scratch, all(physics, STRIDE_W), STRIDE);
  }
}
