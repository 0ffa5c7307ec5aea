/** Stage 6: cycles of the store engine over all tiles of outputs (four candidates a step). */
import { COLUMN, K, N, P, Q } from "../../../src/kernels/layout";
import {
  ALIGNMENT_K, ARRAY, BLOCKS_K, BLOCKS_P, CONVOLUTION, LASTS, ONE, OUTPUT_MISS_CYCLES, PER_LINE, STORE, STORES,
  STORE_BEAT, STORE_COMMAND, STORE_LINE, STORE_MISSES, STORE_ROW, STORE_START, STORE_WORDS, TILES, TRIPS,
} from "../../../src/kernels/starlight-layout";
import { all } from "../../lanes";
import { add, bound, ceilDiv, min, mul, rowStep, splat, sub, sumTiles } from "../arithmetic";
import { missLines, requestLines, requestsOf } from "./requests";

/** Bus beats that a row of outputs fills. */
// @ts-ignore: decorator
@inline
function beats(bytes: v128): v128 {
  return f32x4.ceil(mul(bytes, splat(1.0 / 16)));
}

/** Mean cache lines of a row of outputs that leaves in requests of one block of the array. */
// @ts-ignore: decorator
@inline
function blockLines(physics: usize, bytes: v128, array: v128, perBlock: v128): v128 {
  return add(mul(bytes, all(physics, PER_LINE)), mul(ceilDiv(bytes, array), perBlock));
}

export function storeOutputs(physics: usize, lanes: i32, scratch: usize): void {
  const one = all(physics, ONE);
  const array = all(physics, ARRAY);
  const isConvolution = load<i32>(physics, CONVOLUTION) != 0;
  const boundN = bound(physics, N);
  const boundK = bound(physics, K);
  const boundQ = bound(physics, Q);
  const outputs = mul(mul(boundN, boundQ), bound(physics, P));
  for (let end = scratch + (<usize>lanes << 2); scratch < end; scratch += 16) {
    const tripsK = v128.load(scratch, TRIPS + K * COLUMN);
    const tileK = v128.load(scratch, TILES + K * COLUMN);
    const lastK = v128.load(scratch, LASTS + K * COLUMN);
    const blocksK = v128.load(scratch, BLOCKS_K);
    const blocksP = v128.load(scratch, BLOCKS_P);

    // Convolutions store in requests of one block of the array, matrix products in those of the reads.
    const step = rowStep(physics, tileK, tripsK, ALIGNMENT_K);
    let commands: v128;
    let lines: v128;
    let linesLast: v128;
    if (isConvolution) {
      const perBlock = sub(one, mul(min(step, array), all(physics, PER_LINE)));
      commands = mul(mul(mul(boundN, boundQ), blocksP), blocksK);
      lines = blockLines(physics, tileK, array, perBlock);
      linesLast = blockLines(physics, lastK, array, perBlock);
    } else {
      commands = mul(mul(boundN, blocksP), sumTiles(one, tripsK, requestsOf(physics, tileK), requestsOf(physics, lastK)));
      lines = requestLines(physics, tileK, step);
      linesLast = requestLines(physics, lastK, step);
    }
    const missed = sumTiles(one, tripsK, missLines(physics, tileK, boundK, lines), missLines(physics, lastK, boundK, linesLast));
    const misses = mul(mul(outputs, missed), v128.load(scratch, OUTPUT_MISS_CYCLES));

    // The accumulator's rows, its wide words and the bus work side by side: their cycles add up as the sides of a box.
    const outputBlocks = mul(outputs, blocksK);
    const rows = mul(all(physics, STORE_ROW), outputBlocks);
    const words = mul(all(physics, STORE_WORDS), outputBlocks);
    const bus = mul(all(physics, STORE_BEAT), mul(outputs, sumTiles(one, tripsK, beats(tileK), beats(lastK))));
    const moved = f32x4.sqrt(add(add(mul(rows, rows), mul(words, words)), mul(bus, bus)));

    const stores = mul(
      mul(v128.load(scratch, TRIPS + P * COLUMN), v128.load(scratch, TRIPS + Q * COLUMN)),
      mul(tripsK, v128.load(scratch, TRIPS + N * COLUMN)),
    );
    const store = add(
      add(mul(all(physics, STORE_COMMAND), commands), moved),
      add(
        add(mul(mul(all(physics, STORE_LINE), outputs), sumTiles(one, tripsK, lines, linesLast)), misses),
        mul(all(physics, STORE_START), stores),
      ),
    );
    v128.store(scratch, store, STORE);
    v128.store(scratch, misses, STORE_MISSES);
    v128.store(scratch, stores, STORES);
  }
}
