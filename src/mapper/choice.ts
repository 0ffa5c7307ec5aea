import { ORDER_RANKS } from "../kernels/learned-layout.ts";
import * as at from "../kernels/mapper-layout.ts";
import type { Loop, Mapping } from "../space/mapping.ts";
import { DIMS, type Dim, type LayerShape } from "../workload/layer.ts";
import type { TileChoices } from "./problem.ts";

/** DRAM loops of each ORDER_* code, innermost first; what is not named lies outside. */
const ORDERS: readonly (readonly Dim[])[] = [
  ["P", "Q", "N"],
  ["Q", "P", "N"],
  ["R", "S", "C"],
  ["S", "R", "C"],
  ["K"],
  ["P", "R"],
  ["R", "P"],
  ["Q", "S"],
  ["S", "Q"],
  ["K", "P", "R"],
  ["K", "R", "P"],
  ["K", "Q", "S"],
  ["K", "S", "Q"],
];

/** Dims of a window, the slowest digit first. */
export const WINDOW_DIMS = ["R", "S", "P", "Q", "N"] as const;

/** Tile extents below DRAM of the window with an index. */
export function windowTiles(
  choices: TileChoices,
  window: number,
): Record<(typeof WINDOW_DIMS)[number], number> {
  const tiles = { R: 1, S: 1, P: 1, Q: 1, N: 1 };
  let rest = window;
  for (const dim of [...WINDOW_DIMS].reverse()) {
    const list = choices[DIMS.indexOf(dim)] ?? [1];
    tiles[dim] = list[rest % list.length] ?? 1;
    rest = Math.floor(rest / list.length);
  }
  return tiles;
}

/** The mapping that a choice record (CHOICE_BYTES of `mapper-layout.ts`) stands for. */
export function readChoice(record: DataView, shape: LayerShape, choices: TileChoices): Mapping {
  const tile: Record<Dim, number> = {
    ...windowTiles(choices, record.getFloat64(at.CHOICE_WINDOW, true)),
    K: choices[DIMS.indexOf("K")]?.[record.getInt32(at.CHOICE_K, true)] ?? 1,
    C: choices[DIMS.indexOf("C")]?.[record.getInt32(at.CHOICE_C, true)] ?? 1,
  };
  const spatialK = record.getInt32(at.CHOICE_SPATIAL_K, true);
  const spatialC = record.getInt32(at.CHOICE_SPATIAL_C, true);
  const innermostFirst = dramOrder(record.getInt32(at.CHOICE_ORDER, true));
  return {
    loops: {
      dram: loops(innermostFirst.reverse(), (dim) => shape[dim] / tile[dim]),
      scratchpad: [],
      // P and Q lie in the registers and N innermost, so that weights stay while outputs advance.
      accumulator: loops(
        ["K", "C", "R", "S", "N"],
        (dim) => tile[dim] / (dim === "K" ? spatialK : dim === "C" ? spatialC : 1),
      ),
      register: loops(["P", "Q"], (dim) => tile[dim]),
    },
    spatialK,
    spatialC,
  };
}

/** All dims in the order of their DRAM loops, innermost first. */
function dramOrder(code: number): Dim[] {
  if (code < ORDER_RANKS) {
    const first = ORDERS[code] ?? [];
    return [...first, ...DIMS.filter((dim) => !first.includes(dim))];
  }
  const rank = (dim: Dim): number => (code >> (4 * DIMS.indexOf(dim))) & 15;
  return [...DIMS].sort((a, b) => rank(a) - rank(b));
}

function loops(dims: readonly Dim[], bound: (dim: Dim) => number): Loop[] {
  return dims.map((dim) => ({ dim, bound: bound(dim) })).filter((loop) => loop.bound > 1);
}
