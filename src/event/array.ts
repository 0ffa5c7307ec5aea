import type { Hardware } from "../hardware/hardware.ts";
import type { Mapping } from "../space/mapping.ts";

/**
 * Rows and columns of the array that DOSA's harness built for a mapping. Its training data declares one dummy accelerator of
 * 128 x 128 PEs for all rows, while each ran on the smallest power of two, at least 4, that holds the mapping's spatial factors
 * (no row does more multiply-accumulates per cycle than such an array can, and many come within 1 % of it). Elsewhere the
 * declared array is meant.
 */
export function arrayDim(hardware: Hardware, mapping: Mapping): number {
  if (!isTrainingDummy(hardware)) return hardware.peDim;
  let dim = 4;
  while (dim < Math.max(mapping.spatialC, mapping.spatialK)) dim *= 2;
  return dim;
}

/** Whether this is the accelerator that every row of the training data declares. */
export function isTrainingDummy({ peDim, scratchpadRows, accumulatorRows }: Hardware): boolean {
  return peDim === 128 && scratchpadRows === 8192 && accumulatorRows === 2048;
}
