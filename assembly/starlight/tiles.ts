/** Stage 1: tiles, as the RTL runs them, and how many trips each DRAM loop makes (four candidates a step). */
import {
  ACCUMULATOR, C, COLUMN, K, N, P, Q, R, REGISTER, S, SCRATCHPAD, SPATIAL_C, SPATIAL_K,
} from "../../src/kernels/layout";
import { ARRAY, BOUND, LASTS, TILE_UNIT, TILES, TRIPS } from "../../src/kernels/starlight-layout";
import { all } from "../lanes";
import { ceilDiv, div, max, min, mul, splat, sub } from "./arithmetic";

/** Extent of the tile of a dim, less the spatial factor. */
// @ts-ignore: decorator
@inline
function extent(block: usize, dim: i32): v128 {
  const column = <usize>dim * COLUMN;
  return mul(
    mul(v128.load(block + column, SCRATCHPAD), v128.load(block + column, ACCUMULATOR)),
    v128.load(block + column, REGISTER),
  );
}

// @ts-ignore: decorator
@inline
function keep(physics: usize, scratch: usize, dim: i32, tile: v128): void {
  const column = <usize>dim * COLUMN;
  const bound = all(physics + (<usize>dim << 2), BOUND);
  const size = min(tile, bound);
  const trips = ceilDiv(bound, size);
  v128.store(scratch + column, size, TILES);
  v128.store(scratch + column, trips, TRIPS);
  v128.store(scratch + column, sub(bound, mul(sub(trips, splat(1)), size)), LASTS);
}

/** Whole arrays of a tile that is counted in units. */
// @ts-ignore: decorator
@inline
function arrays(tile: v128, unit: v128, array: v128): v128 {
  return mul(max(splat(1), f32x4.floor(div(tile, unit))), array);
}

export function tiles(physics: usize, block: usize, lanes: i32, scratch: usize): void {
  const unit = load<f32>(physics, TILE_UNIT);
  const units = splat(unit);
  const array = all(physics, ARRAY);
  for (let end = block + (<usize>lanes << 2); block < end; block += 16, scratch += 16) {
    let tileK = mul(extent(block, K), v128.load(block, SPATIAL_K));
    let tileC = mul(extent(block, C), v128.load(block, SPATIAL_C));
    let tileP = extent(block, P);
    if (unit != 0) {
      tileK = arrays(tileK, units, array);
      tileC = arrays(tileC, units, array);
      tileP = arrays(tileP, units, array);
    }
    keep(physics, scratch, N, extent(block, N));
    keep(physics, scratch, K, tileK);
    keep(physics, scratch, C, tileC);
    keep(physics, scratch, P, tileP);
    keep(physics, scratch, Q, extent(block, Q));
    keep(physics, scratch, R, extent(block, R));
    keep(physics, scratch, S, extent(block, S));
  }
}
