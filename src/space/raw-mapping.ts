import { DIMS } from "../workload/layer.ts";

/** Memory levels, outermost first: DRAM, scratchpad, accumulator, register. */
const LEVEL_COUNT = 4;
const DIM_COUNT = DIMS.length;

/**
 * A mapping as numbers, the form in which it is read, sampled, searched and written to a batch. Dims count in the order of
 * DIMS, levels from the outermost. `toMapping` and `fromMapping` go between this and the readable form.
 */
export class RawMapping {
  /** Temporal factors: level * 7 + dim. */
  readonly factors: Int32Array = new Int32Array(LEVEL_COUNT * DIM_COUNT).fill(1);
  /** Loop order of each level: nibble `dim` is the dim's rank, 0 the innermost. Ranks are distinct. */
  readonly orders: Int32Array = new Int32Array(LEVEL_COUNT).fill(UNORDERED);
  spatialK = 1;
  spatialC = 1;

  /** Loops pushed since the last level ended, outermost first. */
  private readonly dims = new Int32Array(DIM_COUNT);
  private readonly bounds = new Int32Array(DIM_COUNT);
  private pushed = 0;

  factor(level: number, dim: number): number {
    return this.factors[level * DIM_COUNT + dim] as number;
  }

  /** Product of all factors of a dim, spatial ones included: the bound of the problem that the mapping computes. */
  coveredBound(dim: number): number {
    const { factors } = this;
    const spread = dim === K ? this.spatialK : dim === C ? this.spatialC : 1;
    let product = spread;
    for (let at = dim; at < factors.length; at += DIM_COUNT) product *= factors[at] as number;
    return product;
  }

  /** Makes every factor 1. */
  clear(): void {
    this.factors.fill(1);
    this.spatialK = 1;
    this.spatialC = 1;
    this.pushed = 0;
  }

  /** Adds a loop inside those pushed before, to the level that `endLevel` names next. */
  push(dim: number, bound: number): void {
    this.dims[this.pushed] = dim;
    this.bounds[this.pushed++] = bound;
  }

  /** Makes the pushed loops those of a level; dims without a loop take the ranks outside, in any order. */
  endLevel(level: number): void {
    let order = 0;
    let present = 0;
    for (let i = 0; i < this.pushed; i++) {
      const dim = this.dims[i] as number;
      this.factors[level * DIM_COUNT + dim] = this.bounds[i] as number;
      order |= (this.pushed - 1 - i) << (4 * dim);
      present |= 1 << dim;
    }
    for (let dim = 0; dim < DIM_COUNT; dim++) {
      if (!(present & (1 << dim))) order |= this.pushed++ << (4 * dim);
    }
    this.orders[level] = order;
    this.pushed = 0;
  }
}

const K = DIMS.indexOf("K");
const C = DIMS.indexOf("C");
/** Every dim at the rank of its index. */
const UNORDERED = 0x6543210;
