import { CandidateBatch } from "../kernels/batch.ts";
import * as at from "../kernels/event-layout.ts";
import { instantiateNow, type Kernels } from "../kernels/kernels.ts";
import { BLOCK_BYTES } from "../kernels/layout.ts";
import type { Mapping } from "../space/mapping.ts";
import { DIMS, type LayerShape } from "../workload/layer.ts";

/** What the event model says of one mapping, cycles. */
export interface Simulation {
  readonly latencyCycles: number;
  /** Cycles that each engine is busy; they overlap. */
  readonly loadCycles: number;
  readonly executeCycles: number;
  readonly storeCycles: number;
  /** Tiles, each a call of the loop unit. */
  readonly calls: number;
  /** Whether it is a matrix product, which has coefficients of its own. */
  readonly isMatmul: boolean;
  /** Array rows streamed: no mapping is faster, whatever the coefficients. */
  readonly rowsStreamed: number;
}

const PAGE = 65536;
const CONTEXT = 64;
const BLOCK = 4096;
const COEFFICIENTS = BLOCK + BLOCK_BYTES;
const WORKSPACE = COEFFICIENTS + 2 * at.COEFFICIENT_BYTES + 64;
const PROGRAMS = Math.ceil((WORKSPACE + at.WORKSPACE_BYTES) / 64) * 64;

/**
 * The event kernel and memory for the programs of `capacity` mappings. A program is what the RTL is told to do for a mapping; it
 * holds no coefficient, so that a calibration makes programs once and simulates them many times.
 */
export class Simulator {
  private readonly kernels: Kernels;
  private readonly batch: CandidateBatch;
  private readonly f64: Float64Array;
  private readonly i32: Int32Array;
  private readonly results: number;
  readonly capacity: number;

  constructor(module: WebAssembly.Module, capacity = 1) {
    this.capacity = capacity;
    this.kernels = instantiateNow(module);
    const { memory } = this.kernels;
    this.results = PROGRAMS + capacity * at.PROGRAM_BYTES;
    const bytes = this.results + capacity * at.RESULT_BYTES;
    memory.grow(Math.max(0, Math.ceil(bytes / PAGE) - memory.buffer.byteLength / PAGE));
    this.batch = new CandidateBatch(memory, BLOCK, 1);
    this.f64 = new Float64Array(memory.buffer);
    this.i32 = new Int32Array(memory.buffer);
  }

  /**
   * Makes the program of a mapping, in place of program `index`.
   *
   * @param peDim rows and columns of the array that the RTL has
   * @param cold nothing of the layer is in the caches at the start
   */
  describe(index: number, shape: LayerShape, mapping: Mapping, peDim: number, cold = false): void {
    const context = CONTEXT >> 3;
    for (const [d, dim] of DIMS.entries()) this.f64[context + (at.LAYER_BOUND >> 3) + d] = shape[dim];
    this.f64[context + (at.LAYER_STRIDE >> 3)] = shape.Wstride;
    this.f64[context + (at.ARRAY_DIM >> 3)] = peDim;
    this.batch.write(0, mapping);
    this.kernels.exports.describeEvents(CONTEXT, BLOCK, 0, PROGRAMS + index * at.PROGRAM_BYTES);
    this.i32[(PROGRAMS + index * at.PROGRAM_BYTES + at.COLD) >> 2] = cold ? 1 : 0;
  }

  /** Simulates the first `count` programs. */
  simulate(coefficients: Float64Array, count = 1): void {
    this.f64.set(coefficients, COEFFICIENTS >> 3);
    this.kernels.exports.simulateEvents(PROGRAMS, count, COEFFICIENTS, this.results, WORKSPACE);
  }

  /** Cycles of program `index`, as simulated last. */
  latencyCycles(index: number): number {
    return this.result(index, at.RESULT_CYCLES);
  }

  read(index: number): Simulation {
    return {
      latencyCycles: this.latencyCycles(index),
      loadCycles: this.result(index, at.RESULT_LOAD),
      executeCycles: this.result(index, at.RESULT_EXECUTE),
      storeCycles: this.result(index, at.RESULT_STORE),
      calls: this.program(index, at.CALLS),
      isMatmul: this.isMatmul(index),
      rowsStreamed: this.program(index, at.ROWS_STREAMED),
    };
  }

  /** Whether program `index` is a matrix product, which has coefficients of its own. */
  isMatmul(index: number): boolean {
    return this.program(index, at.MATMUL) !== 0;
  }

  private program(index: number, field: number): number {
    return this.f64[(PROGRAMS + index * at.PROGRAM_BYTES + field) >> 3] as number;
  }

  private result(index: number, field: number): number {
    return this.f64[(this.results + index * at.RESULT_BYTES + field) >> 3] as number;
  }
}
