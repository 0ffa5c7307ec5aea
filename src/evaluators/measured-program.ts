import type { Profile } from "../fidelity/evaluator.ts";
import { factor, type Mapping } from "../space/mapping.ts";
import { tileExtent } from "../space/validity.ts";
import { isMatmul } from "../tune/cleaning.ts";
import { DIMS, type Dim, type LayerShape, shapeKey } from "../workload/layer.ts";

/** What a measurement is of, from the coarsest to the finest: two designs that agree in all of it ran the same program. */
export interface MeasuredProgram {
  readonly layer: string;
  /** Rows and columns of the array. */
  readonly array: string;
  readonly tiles: string;
  /** Loops over DRAM tiles, outermost first. */
  readonly order: string;
}

/**
 * What the RTL sees of a design: the layer, the array, the extents of a DRAM tile, and the order of the loops over tiles. How the
 * factors of a tile are spread over scratchpad, accumulator and registers, the loops inside it, and memory sizes never reach it.
 *
 * DOSA's FireSim harness gives a matrix product in units of whole arrays, of 16 rows whatever the array has: a sixteenth of the
 * tile, rounded down, at least one.
 */
export function measuredProgram(
  shape: LayerShape,
  mapping: Mapping,
  peDim: number,
  profile: Profile,
): MeasuredProgram {
  const blocks = profile === "gemmini-firesim" && isMatmul(shape);
  const tile = (dim: Dim): number => {
    const extent = tileExtent(mapping, "scratchpad", dim);
    return blocks && (dim === "P" || dim === "C" || dim === "K")
      ? Math.max(1, Math.floor(extent / 16))
      : extent;
  };
  return {
    layer: shapeKey(shape),
    array: String(peDim),
    tiles: DIMS.map((dim) => `${dim}${tile(dim)}`).join(" "),
    order: mapping.loops.dram
      .filter(({ dim }) => factor(mapping, "dram", dim) > 1)
      .map(({ dim }) => dim)
      .join(" "),
  };
}
