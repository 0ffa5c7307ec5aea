import { DIMS } from "../workload/layer.ts";
import { LEVELS, type Loop, type Mapping } from "./mapping.ts";

/**
 * A mapping as numbers, the form in which it is sampled, searched and written to a batch.
 *
 * Dims count in the order of DIMS, levels in the order of LEVELS.
 */
export class RawMapping {
  /** Temporal factors: level * 7 + dim. */
  readonly factors: Int32Array = new Int32Array(LEVELS.length * DIMS.length).fill(1);
  /** Loop order of each level: nibble `dim` is the dim's rank, 0 the innermost. Ranks are distinct. */
  readonly orders: Int32Array = new Int32Array(LEVELS.length).fill(0x6543210);
  spatialK = 1;
  spatialC = 1;

  static from(mapping: Mapping): RawMapping {
    const raw = new RawMapping();
    raw.set(mapping);
    return raw;
  }

  /** Takes the place of another mapping; dims without a loop take the ranks outside all loops. */
  set(mapping: Mapping): void {
    this.factors.fill(1);
    this.spatialK = mapping.spatialK;
    this.spatialC = mapping.spatialC;
    for (let level = 0; level < LEVELS.length; level++) {
      const loops = mapping.loops[LEVELS[level] as (typeof LEVELS)[number]];
      let order = 0;
      let present = 0;
      for (let i = 0; i < loops.length; i++) {
        const { dim, bound } = loops[i] as Loop;
        const d = DIM_INDEX[dim] as number;
        this.factors[level * DIMS.length + d] = bound;
        order |= (loops.length - 1 - i) << (4 * d);
        present |= 1 << d;
      }
      let outside = loops.length;
      for (let d = 0; d < DIMS.length; d++) if (!(present & (1 << d))) order |= outside++ << (4 * d);
      this.orders[level] = order;
    }
  }

  toMapping(): Mapping {
    const loops = LEVELS.map((_, level): Loop[] => {
      const order = this.orders[level] as number;
      return DIMS.map((dim, d) => ({
        dim,
        bound: this.factors[level * DIMS.length + d] as number,
        rank: (order >>> (4 * d)) & 15,
      }))
        .filter(({ bound }) => bound > 1)
        .sort((a, b) => b.rank - a.rank)
        .map(({ dim, bound }) => ({ dim, bound }));
    });
    const [dram = [], scratchpad = [], accumulator = [], register = []] = loops;
    return {
      loops: { dram, scratchpad, accumulator, register },
      spatialK: this.spatialK,
      spatialC: this.spatialC,
    };
  }
}

const DIM_INDEX = Object.fromEntries(DIMS.map((dim, index) => [dim, index])) as Readonly<
  Record<string, number>
>;
