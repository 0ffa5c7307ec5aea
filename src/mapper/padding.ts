import { InputError } from "../errors.ts";
import { DIMS, type LayerShape, shapeKey, toLayerShape } from "../workload/layer.ts";
import type { FixedTiles } from "./problem.ts";

/** Most that a bound may grow, as a factor. */
export const MOST_GROWTH = 1.5;

/** Bounds that padding may raise: filter taps of zeros would only add work. */
const PADDED_DIMS = ["N", "K", "C", "P", "Q"] as const;

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
  const multiples = [2, 4, 8, 16, 32, 64, 128, peDim];
  let shapes: LayerShape[] = [shape];
  for (const dim of PADDED_DIMS) {
    const bound = shape[dim];
    const grown = multiples.map((multiple) => Math.ceil(bound / multiple) * multiple);
    const bounds = [...new Set([bound, ...grown])].filter((value) => value <= MOST_GROWTH * bound);
    shapes = shapes.flatMap((one) => bounds.map((value) => ({ ...one, [dim]: value })));
  }
  const own = shapeKey(shape);
  return shapes.filter((one) => shapeKey(one) !== own && divides(tiles, one) && isPriced(one));
}

function divides(tiles: FixedTiles, shape: LayerShape): boolean {
  return DIMS.every((dim) => shape[dim] % (tiles[dim] ?? 1) === 0);
}

/** A padded shape may exceed what the models take. */
function isPriced(shape: LayerShape): boolean {
  try {
    toLayerShape(shape);
    return true;
  } catch (error) {
    if (error instanceof InputError) return false;
    throw error;
  }
}
