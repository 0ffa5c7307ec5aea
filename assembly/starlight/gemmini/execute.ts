/** Stage 3: cycles of the execute engine over all tiles (four candidates a step). */
import { C, COLUMN, K, N, P, Q, R, S } from "../../../src/kernels/layout";
import {
  ARRAY, BLOCKS_C, BLOCKS_K, BLOCKS_P, CALLS, COMPUTES_OF_CALL, COMPUTE_COMMAND, EXECUTE, EXECUTE_CALL, EXECUTE_START,
  IN_FLIGHT, IN_FLIGHT_LIMIT, LASTS, LAST_BLOCK, LAST_BLOCKS, ONE, PRELOAD, PRELOADS_OF_CALL, SHORT_ROW, STREAMED,
  SUM_STEPS, TILES, TRIPS,
} from "../../../src/kernels/starlight-layout";
import { all } from "../../lanes";
import { add, bound, ceilDiv, div, max, min, modulo, mul, splat, sub, sumTiles, where } from "../arithmetic";

/** Cycles of a pixel block shorter than the array, beyond its rows: at least 4, and SHORT_ROW for those missing to 8. */
// @ts-ignore: decorator
@inline
function shortBlock(rest: v128, array: v128, shortRow: v128): v128 {
  const four = max(splat(0), sub(splat(4), rest));
  const eight = max(splat(0), sub(min(splat(8), array), max(rest, splat(4))));
  return where(f32x4.gt(rest, splat(0)), add(four, mul(shortRow, eight)));
}

/** Weights leave the array behind the last pixel block, which therefore takes as long as a whole one. */
// @ts-ignore: decorator
@inline
function lastBlock(rest: v128, array: v128): v128 {
  return where(f32x4.gt(rest, splat(0)), sub(array, max(rest, splat(4))));
}

export function execute(physics: usize, lanes: i32, scratch: usize): void {
  const one = all(physics, ONE);
  const array = all(physics, ARRAY);
  const taps = mul(bound(physics, R), bound(physics, S));
  const shortRow = all(physics, SHORT_ROW);
  for (let end = scratch + (<usize>lanes << 2); scratch < end; scratch += 16) {
    const tripsN = v128.load(scratch, TRIPS + N * COLUMN);
    const tripsK = v128.load(scratch, TRIPS + K * COLUMN);
    const tripsC = v128.load(scratch, TRIPS + C * COLUMN);
    const tripsP = v128.load(scratch, TRIPS + P * COLUMN);
    const tripsQ = v128.load(scratch, TRIPS + Q * COLUMN);
    const tripsR = v128.load(scratch, TRIPS + R * COLUMN);
    const tripsS = v128.load(scratch, TRIPS + S * COLUMN);
    const tileP = v128.load(scratch, TILES + P * COLUMN);
    const lastP = v128.load(scratch, LASTS + P * COLUMN);

    const sumSteps = mul(mul(tripsR, tripsS), tripsC);
    const calls = mul(sumSteps, mul(mul(tripsP, tripsQ), mul(tripsK, tripsN)));
    const blocksC = sumTiles(
      one, tripsC, ceilDiv(v128.load(scratch, TILES + C * COLUMN), array), ceilDiv(v128.load(scratch, LASTS + C * COLUMN), array),
    );
    const blocksK = sumTiles(
      one, tripsK, ceilDiv(v128.load(scratch, TILES + K * COLUMN), array), ceilDiv(v128.load(scratch, LASTS + K * COLUMN), array),
    );
    const blocksP = sumTiles(one, tripsP, ceilDiv(tileP, array), ceilDiv(lastP, array));
    const weightBlocks = mul(mul(blocksC, blocksK), mul(taps, bound(physics, N)));
    const lines = mul(weightBlocks, bound(physics, Q));
    const streamed = mul(lines, bound(physics, P));
    const computes = mul(lines, blocksP);
    const preloads = mul(weightBlocks, mul(tripsP, tripsQ));

    const rest = modulo(tileP, array);
    const restLast = modulo(lastP, array);
    const short = mul(lines, sumTiles(one, tripsP, shortBlock(rest, array, shortRow), shortBlock(restLast, array, shortRow)));
    const lastBlocks = mul(
      mul(all(physics, LAST_BLOCK), mul(weightBlocks, tripsQ)),
      sumTiles(one, tripsP, lastBlock(rest, array), lastBlock(restLast, array)),
    );
    const issued = add(
      add(add(streamed, short), add(lastBlocks, mul(all(physics, COMPUTE_COMMAND), computes))),
      add(mul(all(physics, PRELOAD), preloads), mul(all(physics, EXECUTE_CALL), calls)),
    );
    const inFlight = add(mul(computes, all(physics, IN_FLIGHT)), mul(calls, all(physics, EXECUTE_START)));

    const perCall = div(one, calls);
    v128.store(scratch, blocksC, BLOCKS_C);
    v128.store(scratch, blocksK, BLOCKS_K);
    v128.store(scratch, blocksP, BLOCKS_P);
    v128.store(scratch, streamed, STREAMED);
    v128.store(scratch, max(issued, inFlight), EXECUTE);
    v128.store(scratch, inFlight, IN_FLIGHT_LIMIT);
    v128.store(scratch, lastBlocks, LAST_BLOCKS);
    v128.store(scratch, sumSteps, SUM_STEPS);
    v128.store(scratch, calls, CALLS);
    v128.store(scratch, max(one, mul(preloads, perCall)), PRELOADS_OF_CALL);
    v128.store(scratch, mul(computes, perCall), COMPUTES_OF_CALL);
  }
}
