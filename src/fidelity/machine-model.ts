import { instantiateNow } from "../kernels/kernels.ts";
import { DIMS as DIM_COUNT } from "../kernels/layout.ts";
import * as at from "../kernels/machine-layout.ts";
import type { Counters } from "../rtl/counters.ts";
import type { Machine } from "../rtl/machine.ts";
import type { Tiling } from "../rtl/tiling.ts";
import { DIMS, type LayerShape } from "../workload/layer.ts";

/** Counters that the model has, by their places in an answer. They are exact. */
const COUNTED = {
  tiles: at.ANSWER_TILES,
  macs: at.ANSWER_MACS,
  weightRegisterWrites: at.ANSWER_WEIGHT_REGISTER_WRITES,
  accumulatorReads: at.ANSWER_ACCUMULATOR_READS,
  accumulatorWrites: at.ANSWER_ACCUMULATOR_WRITES,
  accumulatorStoreReads: at.ANSWER_ACCUMULATOR_STORE_READS,
  accumulatorPartialWrites: at.ANSWER_ACCUMULATOR_PARTIAL_WRITES,
  scratchpadInputReads: at.ANSWER_SCRATCHPAD_INPUT_READS,
  scratchpadWeightReads: at.ANSWER_SCRATCHPAD_WEIGHT_READS,
  scratchpadWrites: at.ANSWER_SCRATCHPAD_WRITES,
  inputBytes: at.ANSWER_INPUT_BYTES,
  weightBytes: at.ANSWER_WEIGHT_BYTES,
  partialReadBytes: at.ANSWER_PARTIAL_READ_BYTES,
  partialWriteBytes: at.ANSWER_PARTIAL_WRITE_BYTES,
  outputBytes: at.ANSWER_OUTPUT_BYTES,
} as const;
export type CountedByModel = keyof typeof COUNTED;

/** How the host uses the machine. */
export interface HostOptions {
  /** Whether inputs and weights that the next tile shares stay in the scratchpad; default true. */
  readonly reuse?: boolean;
  /**
   * Whether sums that are not complete when another tile of outputs comes leave for DRAM and come back; default true. False is
   * what DOSA's harness makes of Gemmini: only complete sums leave, others are lost. Its results are wrong, its traffic is real.
   */
  readonly spill?: boolean;
}

const MACHINE = 64;
const TILINGS = 4096;
const PAGE = 65_536;

/**
 * The event-driven model of this project's RTL: tile by tile, what loads, computes and stores when. It knows the machine's own
 * rules and nothing that was fitted; what it leaves out is in docs/evaluators.md. Tiles are double-buffered, as `fitMachine` has it.
 *
 * Write tilings, call `simulate`, read answers; or `simulateOne`.
 */
export class MachineModel {
  readonly capacity: number;
  private readonly kernels;
  private readonly view: DataView;
  private readonly answers: number;
  private readonly scratch: number;

  /** @param capacity tilings that are simulated in one call */
  constructor(module: WebAssembly.Module, capacity = 64) {
    this.capacity = capacity;
    this.kernels = instantiateNow(module);
    const { memory } = this.kernels;
    this.answers = TILINGS + capacity * at.TILING_BYTES;
    this.scratch = this.answers + capacity * at.ANSWER_BYTES;
    const pages = Math.ceil((this.scratch + at.MACHINE_SCRATCH_BYTES) / PAGE);
    memory.grow(Math.max(0, pages - memory.buffer.byteLength / PAGE));
    this.view = new DataView(memory.buffer);
  }

  /** Chooses the machine and the layer; memory sizes do not matter. */
  open(machine: Machine, shape: LayerShape, { reuse = true, spill = true }: HostOptions = {}): void {
    const { view } = this;
    const put = (offset: number, value: number): void => view.setInt32(MACHINE + offset, value, true);
    put(at.MACHINE_DIM, machine.dim);
    put(at.MACHINE_BUS_BYTES, machine.busBytes);
    put(at.MACHINE_LATENCY, machine.dramLatencyCycles);
    put(at.MACHINE_INFLIGHT, machine.maxInflight);
    put(at.MACHINE_ISSUE, machine.tileIssueCycles);
    put(at.MACHINE_LOAD_QUEUE, machine.loadQueue);
    put(at.MACHINE_EXECUTE_QUEUE, machine.executeQueue);
    put(at.MACHINE_STORE_QUEUE, machine.storeQueue);
    put(at.MACHINE_MIN_ROWS, machine.minRows);
    put(at.MACHINE_REUSE, reuse ? 1 : 0);
    put(at.MACHINE_SPILL, spill ? 1 : 0);
    view.setFloat64(MACHINE + at.MACHINE_BANDWIDTH, machine.dramBytesPerCycle, true);
    for (let dim = 0; dim < DIM_COUNT; dim++)
      put(at.MACHINE_BOUND + 4 * dim, shape[DIMS[dim] as (typeof DIMS)[number]]);
    put(at.MACHINE_WIDTH_STRIDE, shape.Wstride);
    put(at.MACHINE_HEIGHT_STRIDE, shape.Hstride);
    put(at.MACHINE_WIDTH_DILATION, shape.Wdilation);
    put(at.MACHINE_HEIGHT_DILATION, shape.Hdilation);
  }

  /** Puts a tiling of the layer in place of candidate `index`. */
  write(index: number, { extents, loops }: Tiling): void {
    const base = TILINGS + index * at.TILING_BYTES;
    for (let dim = 0; dim < DIM_COUNT; dim++)
      this.view.setInt32(
        base + at.TILING_EXTENT + 4 * dim,
        extents[DIMS[dim] as (typeof DIMS)[number]],
        true,
      );
    let count = 0;
    for (const { dim, trips } of loops) {
      if (trips === 1) continue;
      this.view.setInt32(base + at.TILING_DIM + 4 * count++, DIMS.indexOf(dim), true);
    }
    this.view.setInt32(base + at.TILING_LOOPS, count, true);
  }

  /** Simulates the first `count` candidates. */
  simulate(count: number): void {
    this.kernels.exports.simulateMachine(MACHINE, TILINGS, count, this.answers, this.scratch);
  }

  cycles(index: number): number {
    return this.view.getFloat64(this.answers + index * at.ANSWER_BYTES + at.ANSWER_CYCLES, true);
  }

  /** What the RTL would count. */
  counters(index: number): Pick<Counters, "cycles" | CountedByModel> {
    const base = this.answers + index * at.ANSWER_BYTES;
    const counted = Object.fromEntries(
      Object.entries(COUNTED).map(([name, offset]) => [name, this.view.getFloat64(base + offset, true)]),
    ) as Pick<Counters, CountedByModel>;
    return { cycles: this.cycles(index), ...counted };
  }
}
