import { InputError, quote } from "../errors.ts";
import type { Hardware } from "../hardware/hardware.ts";
import { writeContext } from "../kernels/context.ts";
import { C, K } from "../kernels/layout.ts";
import * as at from "../kernels/mapper-layout.ts";
import { divisors } from "../space/divisors.ts";
import { DIMS, type Dim, type LayerShape } from "../workload/layer.ts";

/** Where a mapper's instance keeps its context and its problem; fronts, lists and archives lie from FREE on. */
export const CONTEXT = 64;
export const PROBLEM = 512;
export const FREE = 65_536;

/** The tile extents below DRAM that each dim may have, ascending, in the order of the dims. */
export type TileChoices = readonly (readonly number[])[];

/** Tile extents that are given: the search then ranges over the rest. */
export type FixedTiles = Readonly<Partial<Record<Dim, number>>>;

/**
 * All divisors of each bound, or the one that is given.
 *
 * @throws InputError if what is given divides no bound
 */
export function tileChoices(shape: LayerShape, fixed: FixedTiles = {}): TileChoices {
  for (const dim of Object.keys(fixed)) {
    if ((DIMS as readonly string[]).includes(dim)) continue;
    throw new InputError({ where: "tile", expected: `dims ${DIMS.join(" ")}`, found: quote(dim) });
  }
  return DIMS.map((dim) => {
    const tile = fixed[dim];
    if (tile === undefined) return divisors(shape[dim]);
    if (Number.isInteger(tile) && tile > 0 && shape[dim] % tile === 0) return [tile];
    throw new InputError({
      where: `tile ${dim}=${tile}`,
      expected: `a divisor of ${dim} = ${shape[dim]}`,
      found: quote(tile),
    });
  });
}

/** Writes what the mapper's kernels read of a layer and an accelerator, and sets their counters to 0. */
export function writeProblem(
  memory: WebAssembly.Memory,
  shape: LayerShape,
  hardware: Hardware,
  choices: TileChoices,
): void {
  writeContext(memory, CONTEXT, shape, hardware);
  const record = new DataView(memory.buffer, PROBLEM, at.PROBLEM_BYTES);
  const f64 = (offset: number, value: number): void => record.setFloat64(offset, value, true);
  for (const [dim, list] of choices.entries()) {
    f64(at.EXTENT + 8 * dim, shape[DIMS[dim] ?? "N"]);
    record.setInt32(at.DIVISOR_COUNT + 4 * dim, list.length, true);
    for (const [i, value] of list.entries()) f64(at.DIVISORS + dim * at.DIVISOR_BYTES + 8 * i, value);
  }
  writeSpreads(f64, choices[K] ?? [], shape.K, hardware.peDim, {
    widestOf: at.WIDEST_OF_K,
    widest: at.WIDEST_K,
    whole: at.SPREADS_WHOLE_K,
    part: at.SPREADS_PART_K,
  });
  writeSpreads(f64, choices[C] ?? [], shape.C, hardware.peDim, {
    widestOf: at.WIDEST_OF_C,
    widest: at.WIDEST_C,
    whole: at.SPREADS_WHOLE_C,
    part: at.SPREADS_PART_C,
  });
  f64(at.CAPACITY_SCRATCHPAD, hardware.scratchpadWords);
  f64(at.CAPACITY_ACCUMULATOR, hardware.accumulatorWords);
  for (const counter of [at.COVERED, at.EVALUATED, at.WINDOWS_CUT, at.WINDOWS_OVER_CAPACITY]) f64(counter, 0);
}

/** For each tile of K or C the widest factor of it that the array takes; the widest of all; and how many factors there are. */
function writeSpreads(
  f64: (offset: number, value: number) => void,
  tiles: readonly number[],
  bound: number,
  peDim: number,
  to: { readonly widestOf: number; readonly widest: number; readonly whole: number; readonly part: number },
): void {
  let widest = 1;
  let whole = 0;
  let part = 0;
  for (const [i, tile] of tiles.entries()) {
    const spatial = divisors(tile).filter((factor) => factor <= peDim);
    f64(to.widestOf + 8 * i, spatial.at(-1) ?? 1);
    widest = Math.max(widest, spatial.at(-1) ?? 1);
    if (tile === bound) whole += spatial.length;
    else part += spatial.length;
  }
  f64(to.widest, widest);
  f64(to.whole, whole);
  f64(to.part, part);
}
