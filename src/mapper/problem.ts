import type { Hardware } from "../hardware/hardware.ts";
import { writeContext } from "../kernels/context.ts";
import { C, K } from "../kernels/layout.ts";
import * as at from "../kernels/mapper-layout.ts";
import { divisors } from "../space/divisors.ts";
import { DIMS, type LayerShape } from "../workload/layer.ts";

/** Where a mapper's instance keeps its context and its problem; fronts, lists and archives lie above. */
export const CONTEXT = 64;
export const PROBLEM = 512;
export const FREE = 65_536;

/** The divisors of each bound of a layer, in the order of the dims: the tile extents that it may have. */
export type Divisors = readonly (readonly number[])[];

/** Writes what the mapper's kernels read of a layer and an accelerator. */
export function writeProblem(memory: WebAssembly.Memory, shape: LayerShape, hardware: Hardware): Divisors {
  writeContext(memory, CONTEXT, shape, hardware);
  const record = new DataView(memory.buffer, PROBLEM, at.PROBLEM_BYTES);
  const all = DIMS.map((dim) => divisors(shape[dim]));
  for (const [dim, list] of all.entries()) {
    record.setFloat64(at.EXTENT + 8 * dim, shape[DIMS[dim] ?? "N"], true);
    record.setInt32(at.DIVISOR_COUNT + 4 * dim, list.length, true);
    for (const [i, value] of list.entries()) {
      record.setFloat64(at.DIVISORS + dim * at.DIVISOR_BYTES + 8 * i, value, true);
    }
  }
  for (const [table, largest, dim] of [
    [at.WIDEST_OF_K, at.WIDEST_K, K],
    [at.WIDEST_OF_C, at.WIDEST_C, C],
  ] as const) {
    const spatial = (all[dim] ?? []).filter((value) => value <= hardware.peDim);
    for (const [i, value] of (all[dim] ?? []).entries()) {
      const widest = spatial.findLast((factor) => value % factor === 0) ?? 1;
      record.setFloat64(table + 8 * i, widest, true);
    }
    record.setFloat64(largest, spatial.at(-1) ?? 1, true);
  }
  record.setFloat64(at.CAPACITY_SCRATCHPAD, hardware.scratchpadWords, true);
  record.setFloat64(at.CAPACITY_ACCUMULATOR, hardware.accumulatorWords, true);
  for (const counter of [at.EVALUATED, at.WINDOWS_CUT, at.WINDOWS_OVER_CAPACITY]) {
    record.setFloat64(counter, 0, true);
  }
  return all;
}
