import { divisors } from "../space/divisors.ts";
import { DIMS, type Dim, type LayerShape, macs } from "../workload/layer.ts";
import { isPriced, PADDED_DIMS, paddedBounds } from "./padding.ts";
import { type TileChoices, tileChoices } from "./problem.ts";

/** A shape that a layer may run as, and the tiles of it that are worth a look. */
export interface Variant {
  readonly shape: LayerShape;
  readonly tiles: TileChoices;
}

/** Up to so many MACs, times strides and dilations, no resource is busy for 2^38 cycles. */
const MOST_CERTAIN = 2 ** 36;

/**
 * The shapes of `paddedShapes` for an enumeration of all memory sizes, without the tiles that are never better than one of a smaller
 * bound, and without the shapes that have no other (docs/mapper.md, "Padding").
 */
export function paddedVariants(shape: LayerShape, peDim: number): readonly Variant[] {
  let variants: readonly Variant[] = [{ shape, tiles: tileChoices(shape) }];
  for (const dim of PADDED_DIMS) {
    const [own, ...grown] = paddedBounds(shape[dim], peDim);
    const options = grown.map((bound, i) => ({
      bound,
      tiles: worthALook(dim, bound, [own as number, ...grown.slice(0, i)], shape, peDim),
    }));
    variants = variants.flatMap((one) => [
      one,
      ...options
        .filter(({ tiles }) => tiles.length > 0)
        .map(({ bound, tiles }) => ({
          shape: { ...one.shape, [dim]: bound },
          tiles: one.tiles.map((list, i) => (DIMS[i] === dim ? tiles : list)),
        })),
    ]);
  }
  return variants.slice(1).filter((one) => isPriced(one.shape));
}

/** How a bound is made up: trips of the DRAM loop, of the loops inside, and PEs along the array. */
type Factors = readonly [dram: number, inside: number, spatial: number];

/** Tiles of a padded bound that no tile of a smaller bound equals or beats factor by factor. */
function worthALook(
  dim: Dim,
  bound: number,
  smaller: readonly number[],
  shape: LayerShape,
  peDim: number,
): readonly number[] {
  const tiles = divisors(bound);
  if (isHuge(shape)) return tiles;
  const spread = dim === "K" || dim === "C" ? peDim : 1;
  const others = smaller.flatMap((other) =>
    divisors(other).flatMap((tile) => factorings(other, tile, spread)),
  );
  return tiles.filter((tile) => {
    const widest = factorings(bound, tile, spread).at(-1) as Factors;
    return isCorner(dim, tile, bound, shape) || !others.some((other) => replaces(other, widest));
  });
}

function isHuge(shape: LayerShape): boolean {
  const { Wstride, Hstride, Wdilation, Hdilation } = shape;
  const growth = 1.5 ** PADDED_DIMS.length;
  return growth * macs(shape) * Wstride * Hstride * Wdilation * Hdilation > MOST_CERTAIN;
}

/** All ways to spread a tile over at most `spread` PEs, the widest last. */
function factorings(bound: number, tile: number, spread: number): readonly Factors[] {
  return divisors(tile)
    .filter((spatial) => spatial <= spread)
    .map((spatial) => [bound / tile, tile / spatial, spatial] as const);
}

/**
 * Whether factors of a smaller bound may stand in for those of a larger one. No DRAM loop is lost by that: bounds grow by a half at
 * most, so what one trip of the smaller covers, one trip of the larger does.
 */
function replaces(other: Factors, factors: Factors): boolean {
  return other.every((factor, i) => factor <= (factors[i] as number));
}

/** Whether the tile may make a corner of the sliding window with some tile of the filter. */
function isCorner(dim: Dim, tile: number, bound: number, shape: LayerShape): boolean {
  if ((dim !== "P" && dim !== "Q") || tile === bound) return false;
  const [taps, stride, dilation] =
    dim === "P" ? [shape.R, shape.Wstride, shape.Wdilation] : [shape.S, shape.Hstride, shape.Hdilation];
  const step = tile * stride;
  return divisors(taps).some((some) => some < taps && [0.5, 1, 2].includes(step / (some * dilation)));
}
