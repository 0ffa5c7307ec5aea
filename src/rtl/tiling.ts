import { factor, type Mapping } from "../space/mapping.ts";
import { tileExtent } from "../space/validity.ts";
import { DIMS, type Dim, inputExtent } from "../workload/layer.ts";
import type { RtlLayer } from "./layer.ts";
import type { Machine } from "./machine.ts";
import { MAX_ROWS } from "./machine.ts";

/** Extents of one tile, by dim. */
export type Extents = Readonly<Record<Dim, number>>;

/** A DRAM loop as the host walks it. */
export interface TileLoop {
  readonly dim: Dim;
  readonly trips: number;
}

/** What of a mapping reaches the RTL: the extents of a full tile and the DRAM loops, outermost first. */
export interface Tiling {
  readonly extents: Extents;
  readonly loops: readonly TileLoop[];
}

/** Rows that a full tile takes, by operand. */
export interface TileRows {
  readonly inputs: number;
  readonly weights: number;
  readonly outputs: number;
}

/**
 * The tiling of a mapping. How a tile is cut further is the RTL's business: blocks of `dim` channels, weights stationary.
 * Factors may cover more than the shape (padding): tiles at the edge are then ragged, and those wholly outside are left out.
 */
export function toTiling(mapping: Mapping, layer: RtlLayer): Tiling {
  const extents = {} as Record<Dim, number>;
  for (const dim of DIMS) extents[dim] = Math.min(tileExtent(mapping, "scratchpad", dim), layer.shape[dim]);
  const loops = mapping.loops.dram.map(({ dim }) => ({
    dim,
    trips: Math.ceil(layer.shape[dim] / extents[dim]),
  }));
  return { extents, loops };
}

/** Width and height of the input window under a tile. */
export function windowExtent(
  { shape }: RtlLayer,
  { P, Q, R, S }: Extents,
): { readonly width: number; readonly height: number } {
  return {
    width: inputExtent(P, shape.Wstride, R, shape.Wdilation),
    height: inputExtent(Q, shape.Hstride, S, shape.Hdilation),
  };
}

/** Rows of each operand: one pixel, weight row or output a row for each block of `dim` channels. */
export function tileRows(layer: RtlLayer, extents: Extents, dim: number): TileRows {
  const { N, K, C, P, Q, R, S } = extents;
  const { width, height } = windowExtent(layer, extents);
  return {
    inputs: Math.ceil(C / dim) * N * height * width,
    weights: Math.ceil(K / dim) * C * S * R,
    outputs: Math.ceil(K / dim) * N * Q * P,
  };
}

/**
 * The machine with memories deep enough for a mapping that is valid by words. A row holds the channels of one pixel, so a tile
 * with fewer channels than PEs takes more rows than its words need; Timeloop and DOSA count words, and so do all our models.
 * The machine is given the rows that such a tile lacks, twice, so that it is double-buffered like any other.
 */
export function fitMachine(machine: Machine, layer: RtlLayer, mapping: Mapping): Machine {
  const rows = tileRows(layer, toTiling(mapping, layer).extents, machine.dim);
  return {
    ...machine,
    scratchpadRows: Math.max(machine.scratchpadRows, 2 * (rows.inputs + rows.weights)),
    accumulatorRows: Math.max(machine.accumulatorRows, 2 * rows.outputs),
  };
}

/** Why a machine cannot run a mapping; nothing if it can. */
export function tilingProblem(machine: Machine, layer: RtlLayer, mapping: Mapping): string | undefined {
  for (const dim of DIMS) {
    if (factor(mapping, "scratchpad", dim) > 1) {
      return `temporal ${dim} loop at the scratchpad: the RTL has none there`;
    }
  }
  const rows = tileRows(layer, toTiling(mapping, layer).extents, machine.dim);
  const needed = rows.inputs + rows.weights;
  if (needed > Math.min(machine.scratchpadRows, MAX_ROWS)) {
    return `scratchpad: a tile takes ${needed} rows, ${machine.scratchpadRows} are there`;
  }
  if (rows.outputs > Math.min(machine.accumulatorRows, MAX_ROWS)) {
    return `accumulator: a tile takes ${rows.outputs} rows, ${machine.accumulatorRows} are there`;
  }
  return undefined;
}
