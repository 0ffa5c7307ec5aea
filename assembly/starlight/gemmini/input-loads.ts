/** Stage 4: cycles of the loads of inputs over all tiles, and of the zeros in their place (four candidates a step). */
import { C, COLUMN, K, N, P, Q, R, S } from "../../../src/kernels/layout";
import {
  ALIGNMENT_C, ARRAY, BIAS_COMMAND, BIAS_ROW, BLOCKS_C, BLOCKS_K, BLOCKS_P, CONVOLUTION, INPUT_COMMAND, INPUT_COMMANDS,
  INPUT_H, INPUT_LINE, INPUT_MISS_CYCLES, INPUT_W, LASTS, LOAD_INPUTS, LOAD_MISSES, LOAD_PADDING, ONE, PADDING_H,
  PADDING_W, STRIDE_H, STRIDE_W, TILES, TRIPS, ZERO_COMMAND, ZERO_COMMANDS, ZERO_ROW,
} from "../../../src/kernels/starlight-layout";
import { all } from "../../lanes";
import { add, bound, max, mul, rowStep, splat, sub, sumTiles, where } from "../arithmetic";
import { blocksAlong, outside } from "./edges";
import { missLines, requestLines, requestsOf, rowCycles } from "./requests";

export function loadInputs(physics: usize, lanes: i32, scratch: usize): void {
  const one = all(physics, ONE);
  const zero = splat(0);
  const array = all(physics, ARRAY);
  const isConvolution = load<i32>(physics, CONVOLUTION) != 0;
  const boundN = bound(physics, N);
  const boundC = bound(physics, C);
  const boundP = bound(physics, P);
  const boundQ = bound(physics, Q);
  const boundR = bound(physics, R);
  const boundS = bound(physics, S);
  const strideW = all(physics, STRIDE_W);
  const strideH = all(physics, STRIDE_H);
  const paddingW = all(physics, PADDING_W);
  const paddingH = all(physics, PADDING_H);
  const inputW = all(physics, INPUT_W);
  // Padding behind the last input, and how many tiles from either end it can reach.
  const behindW = max(zero, sub(sub(add(mul(boundP, strideW), sub(boundR, one)), paddingW), inputW));
  const behindH = max(zero, sub(sub(add(mul(boundQ, strideH), sub(boundS, one)), paddingH), all(physics, INPUT_H)));
  const reachW = <i32>f32.max(load<f32>(physics, PADDING_W), f32x4.extract_lane(behindW, 0));
  const reachH = <i32>f32.max(load<f32>(physics, PADDING_H), f32x4.extract_lane(behindH, 0));

  for (let end = scratch + (<usize>lanes << 2); scratch < end; scratch += 16) {
    const tripsC = v128.load(scratch, TRIPS + C * COLUMN);
    const tileC = v128.load(scratch, TILES + C * COLUMN);
    const lastC = v128.load(scratch, LASTS + C * COLUMN);
    const blocksC = v128.load(scratch, BLOCKS_C);
    const blocksP = v128.load(scratch, BLOCKS_P);

    const step = rowStep(physics, tileC, tripsC, ALIGNMENT_C);
    const lines = requestLines(physics, tileC, step);
    const linesLast = requestLines(physics, lastC, step);
    const pixelCycles = sumTiles(
      one, tripsC,
      rowCycles(tileC, lines, array, physics, INPUT_LINE),
      rowCycles(lastC, linesLast, array, physics, INPUT_LINE),
    );
    const missed = sumTiles(one, tripsC, missLines(physics, tileC, boundC, lines), missLines(physics, lastC, boundC, linesLast));
    const requests = sumTiles(one, tripsC, requestsOf(physics, tileC), requestsOf(physics, lastC));

    let columns = boundP;
    let rows = boundQ;
    let usedColumns = boundP;
    let usedRows = boundQ;
    let columnBlocks = blocksP;
    let edges = zero;
    if (isConvolution) {
      const tripsP = v128.load(scratch, TRIPS + P * COLUMN);
      const tripsQ = v128.load(scratch, TRIPS + Q * COLUMN);
      const tripsR = v128.load(scratch, TRIPS + R * COLUMN);
      const tripsS = v128.load(scratch, TRIPS + S * COLUMN);
      const tileP = v128.load(scratch, TILES + P * COLUMN);
      const tileQ = v128.load(scratch, TILES + Q * COLUMN);
      const tileR = v128.load(scratch, TILES + R * COLUMN);
      const tileS = v128.load(scratch, TILES + S * COLUMN);
      const lastP = v128.load(scratch, LASTS + P * COLUMN);
      const lastQ = v128.load(scratch, LASTS + Q * COLUMN);
      const lastR = v128.load(scratch, LASTS + R * COLUMN);
      const lastS = v128.load(scratch, LASTS + S * COLUMN);
      columns = sub(add(mul(tripsR, mul(boundP, strideW)), mul(tripsP, boundR)), mul(tripsP, tripsR));
      rows = sub(add(mul(tripsS, mul(boundQ, strideH)), mul(tripsQ, boundS)), mul(tripsQ, tripsS));
      usedColumns = max(
        one, sub(columns, outside(physics, paddingW, behindW, tripsP, lastP, tileP, tripsR, lastR, tileR, strideW, reachW)),
      );
      usedRows = max(
        one, sub(rows, outside(physics, paddingH, behindH, tripsQ, lastQ, tileQ, tripsS, lastS, tileS, strideH, reachH)),
      );
      columnBlocks = mul(
        tripsR, blocksAlong(physics, paddingW, behindW, tripsP, tileP, lastP, tileR, strideW, inputW, array),
      );
      edges = add(where(f32x4.gt(paddingW, zero), one), where(f32x4.gt(behindW, zero), one));
    }
    const repeats = mul(boundN, v128.load(scratch, TRIPS + K * COLUMN));
    const pixels = mul(mul(usedColumns, usedRows), repeats);
    const commands = mul(mul(usedRows, columnBlocks), mul(requests, repeats));
    const misses = mul(mul(pixels, missed), v128.load(scratch, INPUT_MISS_CYCLES));

    // Zeros instead of inputs outside, and where sums begin.
    let padding = zero;
    let zeroCommands = zero;
    if (isConvolution) {
      const zeros = sub(mul(mul(columns, rows), repeats), pixels);
      const edgeCommands = mul(
        mul(add(mul(sub(rows, usedRows), columnBlocks), mul(usedRows, edges)), requests), repeats,
      );
      const outputLines = mul(mul(boundN, boundQ), v128.load(scratch, BLOCKS_K));
      const biasCommands = mul(outputLines, blocksP);
      padding = add(
        add(mul(mul(all(physics, ZERO_ROW), zeros), blocksC), mul(all(physics, ZERO_COMMAND), edgeCommands)),
        add(mul(all(physics, BIAS_ROW), mul(outputLines, boundP)), mul(all(physics, BIAS_COMMAND), biasCommands)),
      );
      zeroCommands = add(edgeCommands, biasCommands);
    }

    v128.store(scratch, add(add(mul(pixels, pixelCycles), mul(all(physics, INPUT_COMMAND), commands)), misses), LOAD_INPUTS);
    v128.store(scratch, misses, LOAD_MISSES);
    v128.store(scratch, padding, LOAD_PADDING);
    v128.store(scratch, commands, INPUT_COMMANDS);
    v128.store(scratch, zeroCommands, ZERO_COMMANDS);
  }
}
