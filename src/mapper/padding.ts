import { InputError } from "../errors.ts";
import { DIMS, type LayerShape, shapeKey, toLayerShape } from "../workload/layer.ts";
import type { FixedTiles } from "./problem.ts";

/** Most that a bound may grow, as a factor; below 2, which `paddedVariants` relies on. */
export const MOST_GROWTH = 1.5;

/** Bounds that padding may raise: filter taps of zeros would only add work. */
export const PADDED_DIMS = ["N", "K", "C", "P", "Q"] as const;

/**
 * Shapes that a layer may be padded to: each bound stays, or grows to its next multiple of a power of two up to 128 or of
 * `peDim`, by at most a half. Padded work is work: such a shape is priced as if it were the layer.
 *
 * @param tiles extents that are given: shapes whose bounds they do not divide are left out
 */
export function paddedShapes(
  shape: LayerShape,
  peDim: number,
  tiles: FixedTiles = {},
): readonly LayerShape[] {
  let shapes: LayerShape[] = [shape];
  for (const dim of PADDED_DIMS) {
    const bounds = paddedBounds(shape[dim], peDim);
    shapes = shapes.flatMap((one) => bounds.map((value) => ({ ...one, [dim]: value })));
  }
  const own = shapeKey(shape);
  return shapes.filter((one) => shapeKey(one) !== own && divides(tiles, one) && isPriced(one));
}

/** A bound, and what it may grow to. */
export function paddedBounds(bound: number, peDim: number): readonly number[] {
  const grown = [2, 4, 8, 16, 32, 64, 128, peDim].map((multiple) => Math.ceil(bound / multiple) * multiple);
  return [...new Set([bound, ...grown])].filter((value) => value <= MOST_GROWTH * bound);
}

function divides(tiles: FixedTiles, shape: LayerShape): boolean {
  return DIMS.every((dim) => shape[dim] % (tiles[dim] ?? 1) === 0);
}

/** A padded shape may exceed what the models take. */
export function isPriced(shape: LayerShape): boolean {
  try {
    toLayerShape(shape);
    return true;
  } catch (error) {
    if (error instanceof InputError) return false;
    throw error;
  }
}
