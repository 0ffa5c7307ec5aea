import type { BoundBy, CandidateBatch } from "../kernels/batch.ts";
import * as at from "../kernels/layout.ts";

/** Words read and written by operand at one level, totals over all instances. */
export interface OperandAccesses {
  readonly reads: number;
  readonly writes: number;
}

/** Where the metrics of one mapping come from. */
export interface Explanation {
  readonly latencyCycles: number;
  readonly energyPj: number;
  readonly edpJCycles: number;
  readonly boundBy: BoundBy;
  /** Words, by level and operand. Accumulator writes are updates and fills. */
  readonly accesses: {
    readonly dram: Readonly<Record<"weights" | "inputs" | "outputs", OperandAccesses>>;
    readonly scratchpad: Readonly<Record<"weights" | "inputs", OperandAccesses>>;
    readonly accumulator: {
      readonly outputs: OperandAccesses & { readonly updates: number; readonly fills: number };
    };
    readonly register: { readonly weights: OperandAccesses };
  };
  /** Cycles that each resource would need alone; the largest is the latency. */
  readonly rooflineCycles: Readonly<Record<BoundBy, number>>;
  readonly energyByComponentPj: Readonly<
    Record<"mac" | "register" | "accumulator" | "scratchpad" | "dram", number>
  >;
}

/** Reads the record that the kernel's `explain` left at `address` for the one candidate of `batch`. */
export function readExplanation(
  batch: CandidateBatch,
  memory: WebAssembly.Memory,
  address: number,
): Explanation {
  const view = new DataView(memory.buffer, address, at.DETAIL_BYTES);
  const of = (column: number): number => view.getFloat64(column, true);
  const updates = of(at.ACCUMULATOR_OUTPUT_UPDATES);
  const fills = of(at.ACCUMULATOR_OUTPUT_FILLS);
  return {
    latencyCycles: batch.latencyCycles(0),
    energyPj: batch.energyPj(0),
    edpJCycles: batch.edpJCycles(0),
    boundBy: batch.boundBy(0),
    accesses: {
      dram: {
        weights: { reads: of(at.DRAM_WEIGHT_READS), writes: 0 },
        inputs: { reads: of(at.DRAM_INPUT_READS), writes: 0 },
        outputs: { reads: of(at.DRAM_OUTPUT_READS), writes: of(at.DRAM_OUTPUT_WRITES) },
      },
      scratchpad: {
        weights: { reads: of(at.SCRATCHPAD_WEIGHT_READS), writes: of(at.SCRATCHPAD_WEIGHT_WRITES) },
        inputs: { reads: of(at.SCRATCHPAD_INPUT_READS), writes: of(at.SCRATCHPAD_INPUT_WRITES) },
      },
      accumulator: {
        outputs: { reads: of(at.ACCUMULATOR_OUTPUT_READS), writes: updates + fills, updates, fills },
      },
      register: { weights: { reads: of(at.REGISTER_WEIGHT_READS), writes: of(at.REGISTER_WEIGHT_WRITES) } },
    },
    rooflineCycles: {
      compute: of(at.COMPUTE_ROOF),
      accumulator: of(at.ACCUMULATOR_ROOF),
      scratchpad: of(at.SCRATCHPAD_ROOF),
      dram: of(at.DRAM_ROOF),
    },
    energyByComponentPj: {
      mac: of(at.MAC_PJ),
      register: of(at.REGISTER_PJ),
      accumulator: of(at.ACCUMULATOR_PJ),
      scratchpad: of(at.SCRATCHPAD_PJ),
      dram: of(at.DRAM_PJ),
    },
  };
}
