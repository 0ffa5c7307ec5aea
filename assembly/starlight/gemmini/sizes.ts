/** Stage 8: what the network is told of a mapping and its layer beside cycles (four candidates a step). */
import { C, COLUMN, K, N, P, Q, R, S } from "../../../src/kernels/layout";
import {
  ARRAY, ARRAY_SIZE, CHANNEL_SHARE, INPUT_FOOTPRINT, INPUT_H, INPUT_W, KERNEL_SHARE, OUTPUT_FOOTPRINT, RAGGED, STRIDE,
  STRIDE_W, TAPS, TILES, TILE_CHANNELS, TILE_COLUMNS, TILE_KERNELS, TRIPS, WEIGHT_FOOTPRINT,
} from "../../../src/kernels/starlight-layout";
import { all } from "../../lanes";
import { bound, div, mul } from "../arithmetic";

export function sizes(physics: usize, lanes: i32, scratch: usize): void {
  const boundN = bound(physics, N);
  const boundK = bound(physics, K);
  const boundC = bound(physics, C);
  const boundP = bound(physics, P);
  const boundQ = bound(physics, Q);
  const taps = mul(bound(physics, R), bound(physics, S));
  for (let end = scratch + (<usize>lanes << 2); scratch < end; scratch += 16) {
    const tileK = v128.load(scratch, TILES + K * COLUMN);
    const tileC = v128.load(scratch, TILES + C * COLUMN);
    const tileP = v128.load(scratch, TILES + P * COLUMN);
    // Extents if the last tiles were as large as the others.
    const padded = mul(
      mul(mul(v128.load(scratch, TRIPS + K * COLUMN), tileK), mul(v128.load(scratch, TRIPS + C * COLUMN), tileC)),
      mul(
        mul(v128.load(scratch, TRIPS + P * COLUMN), tileP),
        mul(v128.load(scratch, TRIPS + Q * COLUMN), v128.load(scratch, TILES + Q * COLUMN)),
      ),
    );
    v128.store(scratch, tileP, TILE_COLUMNS);
    v128.store(scratch, tileC, TILE_CHANNELS);
    v128.store(scratch, tileK, TILE_KERNELS);
    v128.store(scratch, div(tileC, boundC), CHANNEL_SHARE);
    v128.store(scratch, div(tileK, boundK), KERNEL_SHARE);
    v128.store(scratch, div(padded, mul(mul(boundK, boundC), mul(boundP, boundQ))), RAGGED);
    v128.store(scratch, mul(mul(all(physics, INPUT_W), all(physics, INPUT_H)), mul(boundC, boundN)), INPUT_FOOTPRINT);
    v128.store(scratch, mul(taps, mul(boundC, boundK)), WEIGHT_FOOTPRINT);
    v128.store(scratch, mul(mul(mul(boundN, boundQ), boundP), boundK), OUTPUT_FOOTPRINT);
    v128.store(scratch, all(physics, ARRAY), ARRAY_SIZE);
    v128.store(scratch, taps, TAPS);
    v128.store(scratch, all(physics, STRIDE_W), STRIDE);
  }
}
