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
  const listOf = (dim: Dim): readonly number[] => choices[DIMS.indexOf(dim)] ?? [1];
  const places: Record<Dim, number> = { N: 0, K: 0, C: 0, P: 0, Q: 0, R: 0, S: 0 };
  const extent = (dim: Dim): number => listOf(dim)[places[dim]] ?? 1;
  const fits = (k: number, c: number): boolean => {
    const width = inputExtent(extent("P"), shape.Wstride, extent("R"), shape.Wdilation);
    const height = inputExtent(extent("Q"), shape.Hstride, extent("S"), shape.Hdilation);
    const inputs = width * height * extent("N");
    const outputs = extent("P") * extent("Q") * extent("N");
    const columns = divisors(k).findLast((factor) => factor <= peDim) ?? 1;
    return (
      (extent("R") * extent("S") * k + inputs) * c <= scratchpadWords &&
      outputs * (k / columns) <= accumulatorWords
    );
  };
  const filling = (dim: Dim): number => listOf(dim).findLast((tile) => tile <= peDim) ?? listOf(dim)[0] ?? 1;
  const least = (dim: Dim): number => listOf(dim)[0] ?? 1;
  let [k, c] = [filling("K"), filling("C")];
  if (!fits(k, c)) [k, c] = [least("K"), least("C")];
  const grow = (dim: Dim): boolean => {
    if (places[dim] + 1 >= listOf(dim).length) return false;
    places[dim]++;
    if (fits(k, c)) return true;
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
  return WINDOW_DIMS.reduce((window, dim) => window * listOf(dim).length + places[dim], 0);
}
