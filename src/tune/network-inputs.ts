import { CandidateBatch } from "../kernels/batch.ts";
import { instantiateNow, type Kernels } from "../kernels/kernels.ts";
import { BLOCK_BYTES, COLUMN, LANES } from "../kernels/layout.ts";
import { NO_SPREAD, type RunLayer } from "../kernels/physics.ts";
import * as at from "../kernels/starlight-layout.ts";
import type { RawMapping } from "../space/raw-mapping.ts";
import type { ProfileRules } from "../surrogate/profiles.ts";

/** What the closed form says of mappings: the inputs of the network, and what the network corrects. */
export interface DescribedRows {
  /** INPUT_COUNT values for each mapping. */
  readonly inputs: Float32Array;
  /** Latency of the closed form, cycles. */
  readonly base: Float32Array;
  /** Array rows streamed: the exact lower bound of the latency, cycles. */
  readonly bound: Float32Array;
}

const PAGE = 65536;
const PHYSICS = 1024;
const SCRATCH = PHYSICS + 1024;
const BLOCK = SCRATCH + at.STARLIGHT_SCRATCH_BYTES;

/** Describes mappings as Starlight's kernel sees them. */
export class NetworkInputs {
  private readonly kernels: Kernels;
  private readonly batch: CandidateBatch;
  private readonly rules: ProfileRules;

  constructor(module: WebAssembly.Module, rules: ProfileRules) {
    this.rules = rules;
    this.kernels = instantiateNow(module);
    const { memory } = this.kernels;
    memory.grow(Math.max(0, Math.ceil((BLOCK + BLOCK_BYTES - memory.buffer.byteLength) / PAGE)));
    this.batch = new CandidateBatch(memory, BLOCK, LANES);
  }

  /**
   * Mappings of one layer on one array.
   *
   * @param coefficients of the closed form for this kind of layer
   * @param cold nothing of the layer is in the caches at the start
   */
  describe(
    layer: RunLayer,
    array: number,
    coefficients: Float64Array,
    mappings: readonly RawMapping[],
    cold = false,
  ): DescribedRows {
    const { exports, memory } = this.kernels;
    const count = mappings.length;
    const inputs = new Float32Array(count * at.INPUT_COUNT);
    const base = new Float32Array(count);
    const bound = new Float32Array(count);
    const run = { layer, array, network: 0, spread: NO_SPREAD, cold };
    this.rules.writePhysics(memory, PHYSICS, run, coefficients);
    const column = (offset: number): Float32Array => new Float32Array(memory.buffer, SCRATCH + offset, LANES);
    for (let first = 0; first < count; first += LANES) {
      const lanes = Math.min(LANES, count - first);
      for (let i = 0; i < lanes; i++) this.batch.writeRaw(i, mappings[first + i] as RawMapping);
      exports.networkInputs(PHYSICS, BLOCK, lanes, SCRATCH);
      for (let input = 0; input < at.INPUT_COUNT; input++) {
        const values = column(at.COMPONENTS + input * COLUMN);
        for (let i = 0; i < lanes; i++) inputs[(first + i) * at.INPUT_COUNT + input] = values[i] as number;
      }
      base.set(column(at.BASE).subarray(0, lanes), first);
      bound.set(column(at.TILES).subarray(0, lanes), first);
    }
    return { inputs, base, bound };
  }
}
