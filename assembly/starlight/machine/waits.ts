/**
 * Stage 4: how much of the array's work waits for the last of the data of a tile (four candidates a step). The first block of outputs
 * needs all inputs, and the weights of the first request for each; other weights come last. The array begins on the last inputs with
 * its first tap, which needs all of them but a corner of the window.
 */
import { C, COLUMN, K, P, R, S } from "../../../src/kernels/layout";
import { ARRAY, STRIDE_W, TILES, TRIPS } from "../../../src/kernels/starlight-layout";
import {
  ALIKE_K, BEAT_K, BLOCKS_C, BLOCK_WORK, COLUMN_WORK, DILATION_H, DILATION_W, FIRST_WEIGHTS, GROUP, LAST_WEIGHTS,
  LEFT_BEHIND_INPUTS, LEFT_BEHIND_WEIGHTS, PIXELS_OF_TILE, TAPS_OF_TILE, TILE_INPUTS, TILE_WEIGHTS, TILE_WORK,
} from "../../../src/kernels/starlight-machine-layout";
import { all } from "../../lanes";
import { add, bound, ceilDiv, div, max, min, mul, rowStep, splat, sub } from "../arithmetic";
import { rowCycles } from "./requests";

export function waits(physics: usize, lanes: i32, scratch: usize): void {
  const one = splat(1);
  const array = all(physics, ARRAY);
  const group = all(physics, GROUP);
  const alikeK = all(physics, ALIKE_K);
  const boundC = bound(physics, C);
  const boundR = bound(physics, R);
  const boundS = bound(physics, S);
  const strideW = all(physics, STRIDE_W);
  const dilationW = all(physics, DILATION_W);
  const dilationH = all(physics, DILATION_H);
  for (let end = scratch + (<usize>lanes << 2); scratch < end; scratch += 16) {
    const tileK = v128.load(scratch, TILES + K * COLUMN);
    const tileC = v128.load(scratch, TILES + C * COLUMN);
    const work = v128.load(scratch, TILE_WORK);
    const columnWork = v128.load(scratch, COLUMN_WORK);
    const blockWork = v128.load(scratch, BLOCK_WORK);
    const tapsOfTile = v128.load(scratch, TAPS_OF_TILE);
    const stepK = rowStep(physics, tileK, v128.load(scratch, TRIPS + K * COLUMN), BEAT_K);
    const firstColumns = mul(tapsOfTile, rowCycles(min(tileK, group), stepK, array, alikeK, physics));
    const groupBlocks = div(group, array);
    const groupsOfC = ceilDiv(tileC, group);
    const lastGroup = mul(sub(v128.load(scratch, BLOCKS_C), mul(sub(groupsOfC, one), groupBlocks)), tapsOfTile);

    const tapRows = div(boundS, v128.load(scratch, TRIPS + S * COLUMN));
    const tapColumns = div(boundR, v128.load(scratch, TRIPS + R * COLUMN));
    const tileP = v128.load(scratch, TILES + P * COLUMN);
    const width = add(mul(sub(tileP, one), strideW), add(mul(sub(tapColumns, one), dilationW), one));
    const corner = add(mul(mul(sub(tapRows, one), dilationH), width), mul(sub(tapColumns, one), dilationW));
    const cornerCycles = div(
      mul(corner, v128.load(scratch, TILE_INPUTS)), mul(v128.load(scratch, PIXELS_OF_TILE), groupsOfC),
    );
    const behind = add(sub(work, columnWork), mul(lastGroup, blockWork));
    const behindInputs = max(sub(behind, mul(tapsOfTile, blockWork)), sub(sub(behind, blockWork), cornerCycles));
    const laterGroups = sub(ceilDiv(tileK, group), one);
    const behindWeights = sub(sub(work, mul(laterGroups, mul(columnWork, groupBlocks))), sub(columnWork, blockWork));
    const lastWeights = sub(
      v128.load(scratch, TILE_WEIGHTS), mul(div(boundC, v128.load(scratch, TRIPS + C * COLUMN)), firstColumns),
    );
    v128.store(scratch, mul(min(tileC, group), firstColumns), FIRST_WEIGHTS);
    v128.store(scratch, max(splat(0), lastWeights), LAST_WEIGHTS);
    v128.store(scratch, behindInputs, LEFT_BEHIND_INPUTS);
    v128.store(scratch, max(blockWork, behindWeights), LEFT_BEHIND_WEIGHTS);
  }
}
