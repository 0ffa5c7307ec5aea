import type { Hardware } from "../hardware/hardware.ts";
import { divisors } from "../space/divisors.ts";
import { DIMS, type Dim, inputExtent, type LayerShape } from "../workload/layer.ts";
import { WINDOW_DIMS } from "./choice.ts";
import type { TileChoices } from "./problem.ts";

/** In this order the tile grows: the whole filter first, since that keeps outputs in place. */
const GROWTH: readonly (readonly Dim[])[] = [["R"], ["S"], ["P", "Q"], ["N"]];

/**
 * The index of a window that is likely to hold good mappings, in no time: the whole filter, and as many outputs, as square as may
 * be, as the memories take beside channels that fill the array. Wherever a window holds a mapping, this one does.
 */
export function firstWindow(shape: LayerShape, hardware: Hardware, choices: TileChoices): number {
  const { peDim, scratchpadWords, accumulatorWords } = hardware;
  const lists = Object.fromEntries(DIMS.map((dim, i) => [dim, choices[i] ?? [1]])) as Record<
    Dim,
    readonly number[]
  >;
  const places: Record<Dim, number> = { N: 0, K: 0, C: 0, P: 0, Q: 0, R: 0, S: 0 };
  const extent = (dim: Dim): number => lists[dim][places[dim]] ?? 1;
  /** Whether the window fits beside tiles of K and C, of which `rows` outputs are in each column. */
  const fits = (k: number, rows: number, c: number): boolean => {
    const width = inputExtent(extent("P"), shape.Wstride, extent("R"), shape.Wdilation);
    const height = inputExtent(extent("Q"), shape.Hstride, extent("S"), shape.Hdilation);
    const inputs = width * height * extent("N");
    const outputs = extent("P") * extent("Q") * extent("N");
    return (
      (extent("R") * extent("S") * k + inputs) * c <= scratchpadWords && outputs * rows <= accumulatorWords
    );
  };
  const filling = (dim: Dim): number => lists[dim].findLast((tile) => tile <= peDim) ?? lists[dim][0] ?? 1;
  const least = (dim: Dim): number => lists[dim][0] ?? 1;
  // A tile of K that fills the array at most lies in one row.
  let [k, c, rows] = [filling("K"), filling("C"), 1];
  if (k > peDim || !fits(k, rows, c)) {
    [k, c] = [least("K"), least("C")];
    rows = k / (divisors(k).findLast((factor) => factor <= peDim) ?? 1);
  }
  const grow = (dim: Dim): boolean => {
    if (places[dim] + 1 >= lists[dim].length) return false;
    places[dim]++;
    if (fits(k, rows, c)) return true;
    places[dim]--;
    return false;
  };
  for (const dims of GROWTH) {
    let open = [...dims];
    while (open.length > 0) {
      const next = open.reduce((a, b) => (extent(b) < extent(a) ? b : a));
      if (!grow(next)) open = open.filter((dim) => dim !== next);
    }
  }
  return WINDOW_DIMS.reduce((window, dim) => window * lists[dim].length + places[dim], 0);
}
