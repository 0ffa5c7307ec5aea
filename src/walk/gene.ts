import { C, K } from "../kernels/layout.ts";
import * as at from "../kernels/mapper-layout.ts";
import { GENE_ORDER } from "../kernels/walk-layout.ts";
import { readChoice, WINDOW_DIMS } from "../mapper/choice.ts";
import { tileChoices } from "../mapper/problem.ts";
import { divisors } from "../space/divisors.ts";
import type { Mapping } from "../space/mapping.ts";
import { DIMS, type LayerShape } from "../workload/layer.ts";

/** Tile extents of a gene, in the order of DIMS. */
export function readTiles(view: DataView, gene: number, shape: LayerShape): number[] {
  return tileChoices(shape).map((extents, dim) => extents[view.getUint16(gene + 2 * dim, true)] ?? 1);
}

/**
 * Writes the tile extents of a layer, as `readTiles` gives them and joined by spaces, to a gene.
 *
 * @throws RangeError if they are none of the layer's
 */
export function writeTiles(view: DataView, gene: number, shape: LayerShape, text: string): void {
  const tiles = text.split(" ").map(Number);
  for (const [dim, extents] of tileChoices(shape).entries()) {
    const index = extents.indexOf(tiles[dim] ?? 0);
    if (index < 0)
      throw new RangeError(`tiles ${text} are none of a layer with ${DIMS[dim]} = ${extents.at(-1)}`);
    view.setUint16(gene + 2 * dim, index, true);
  }
}

/** The mapping that a priced gene stands for on an array. */
export function geneMapping(view: DataView, gene: number, shape: LayerShape, peDim: number): Mapping {
  const choices = tileChoices(shape);
  const index = (dim: number): number => view.getUint16(gene + 2 * dim, true);
  const widest = (dim: number): number =>
    divisors(choices[dim]?.[index(dim)] ?? 1).findLast((factor) => factor <= peDim) ?? 1;
  const record = new DataView(new ArrayBuffer(at.CHOICE_BYTES));
  const window = WINDOW_DIMS.map((name) => DIMS.indexOf(name)).reduce(
    (sum, dim) => sum * (choices[dim]?.length ?? 1) + index(dim),
    0,
  );
  record.setFloat64(at.CHOICE_WINDOW, window, true);
  record.setInt32(at.CHOICE_K, index(K), true);
  record.setInt32(at.CHOICE_C, index(C), true);
  record.setInt32(at.CHOICE_SPATIAL_K, widest(K), true);
  record.setInt32(at.CHOICE_SPATIAL_C, widest(C), true);
  record.setInt32(at.CHOICE_ORDER, view.getUint16(gene + GENE_ORDER, true), true);
  return readChoice(record, shape, choices);
}
