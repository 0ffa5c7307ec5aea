import { fromMapping, type Mapping, toMapping } from "../space/mapping.ts";
import { RawMapping } from "../space/raw-mapping.ts";
import * as at from "./layout.ts";

/** The resource that decides the latency of a candidate. */
export const BOUNDS = ["compute", "accumulator", "scratchpad", "dram"] as const;
export type BoundBy = (typeof BOUNDS)[number];

/** A latency with its 90 % interval, cycles, and the EDP that it makes. */
export interface PredictedLatency {
  readonly cycles: number;
  readonly low: number;
  readonly high: number;
  readonly edpJCycles: number;
}

/** f32 elements from one column to the next. */
const COLUMN = at.COLUMN >> 2;
const FACTOR_COLUMNS = 28;

/** Bytes that a batch of `count` candidates takes: whole blocks. */
export function batchBytes(count: number): number {
  return Math.ceil(count / at.LANES) * at.BLOCK_BYTES;
}

/**
 * A batch of candidates in linear memory, written and read one candidate at a time.
 *
 * The views are made once: the memory must not grow while the batch is in use.
 */
export class CandidateBatch {
  readonly address: number;
  readonly capacity: number;
  private readonly f32: Float32Array;
  private readonly u32: Uint32Array;
  private readonly f64: Float64Array;
  private readonly raw = new RawMapping();

  constructor(memory: WebAssembly.Memory, address: number, capacity: number) {
    this.address = address;
    this.capacity = capacity;
    this.f32 = new Float32Array(memory.buffer);
    this.u32 = new Uint32Array(memory.buffer);
    this.f64 = new Float64Array(memory.buffer);
  }

  /** Puts `mapping` in place of candidate `index`. */
  write(index: number, mapping: Mapping): void {
    this.writeRaw(index, fromMapping(mapping, this.raw));
  }

  /** Puts a mapping in its numeric form in place of candidate `index`. */
  writeRaw(index: number, mapping: RawMapping): void {
    const lane = this.lane(index) >> 2;
    const { f32, u32 } = this;
    for (let i = 0; i < FACTOR_COLUMNS; i++) f32[lane + i * COLUMN] = mapping.factors[i] as number;
    f32[lane + (at.SPATIAL_K >> 2)] = mapping.spatialK;
    f32[lane + (at.SPATIAL_C >> 2)] = mapping.spatialC;
    u32[lane + (at.ORDER_DRAM >> 2)] = mapping.orders[0] as number;
    u32[lane + (at.ORDER_SCRATCHPAD >> 2)] = mapping.orders[1] as number;
    u32[lane + (at.ORDER_ACCUMULATOR >> 2)] = mapping.orders[2] as number;
  }

  /** Candidate `index` as a mapping. The order of register loops, which no metric depends on, is not kept. */
  read(index: number): Mapping {
    const lane = this.lane(index) >> 2;
    const { raw, f32, u32 } = this;
    for (let i = 0; i < FACTOR_COLUMNS; i++) raw.factors[i] = f32[lane + i * COLUMN] as number;
    raw.spatialK = f32[lane + (at.SPATIAL_K >> 2)] as number;
    raw.spatialC = f32[lane + (at.SPATIAL_C >> 2)] as number;
    raw.orders[0] = u32[lane + (at.ORDER_DRAM >> 2)] as number;
    raw.orders[1] = u32[lane + (at.ORDER_SCRATCHPAD >> 2)] as number;
    raw.orders[2] = u32[lane + (at.ORDER_ACCUMULATOR >> 2)] as number;
    raw.orders[3] = 0x6543210;
    return toMapping(raw);
  }

  latencyCycles(index: number): number {
    return this.wide(index, at.LATENCY_CYCLES);
  }

  energyPj(index: number): number {
    return this.wide(index, at.ENERGY_PJ);
  }

  /** Joule-cycles. */
  edpJCycles(index: number): number {
    return this.wide(index, at.EDP_J_CYCLES);
  }

  /** Ends of the 90 % interval of a latency that Starlight predicted. */
  latencyLow(index: number): number {
    return this.f32[(this.lane(index) + at.LATENCY_LOW) >> 2] as number;
  }

  latencyHigh(index: number): number {
    return this.f32[(this.lane(index) + at.LATENCY_HIGH) >> 2] as number;
  }

  /** The latency that Starlight predicted, whole. */
  latency(index: number): PredictedLatency {
    return {
      cycles: this.latencyCycles(index),
      low: this.latencyLow(index),
      high: this.latencyHigh(index),
      edpJCycles: this.edpJCycles(index),
    };
  }

  /** Puts a predicted latency in place of that of a candidate. */
  setLatency(index: number, { cycles, low, high, edpJCycles }: PredictedLatency): void {
    const block = this.address + Math.floor(index / at.LANES) * at.BLOCK_BYTES;
    const wide = (index % at.LANES) * 8;
    this.f64[(block + at.LATENCY_CYCLES + wide) >> 3] = cycles;
    this.f64[(block + at.EDP_J_CYCLES + wide) >> 3] = edpJCycles;
    this.f32[(this.lane(index) + at.LATENCY_LOW) >> 2] = low;
    this.f32[(this.lane(index) + at.LATENCY_HIGH) >> 2] = high;
  }

  boundBy(index: number): BoundBy {
    return BOUNDS[this.status(index) & at.BOUND_BY_MASK] as BoundBy;
  }

  /** False when a tile does not fit or a spatial factor exceeds the array; the metrics are then Infinity. */
  feasible(index: number): boolean {
    return (this.status(index) & at.INFEASIBLE_MASK) === 0;
  }

  /** The STATUS word of `layout.ts`. */
  status(index: number): number {
    return this.u32[(this.lane(index) + at.STATUS) >> 2] as number;
  }

  private wide(index: number, column: number): number {
    const block = this.address + Math.floor(index / at.LANES) * at.BLOCK_BYTES;
    return this.f64[(block + column + (index % at.LANES) * 8) >> 3] as number;
  }

  /** Address of a candidate in a column of four bytes, less the column's offset. */
  private lane(index: number): number {
    return this.address + Math.floor(index / at.LANES) * at.BLOCK_BYTES + (index % at.LANES) * 4;
  }
}
