import { InputError } from "../errors.ts";
import { accessEnergies } from "../hardware/energy.ts";
import { createHardware } from "../hardware/hardware.ts";
import { instantiateNow, type Kernels } from "../kernels/kernels.ts";
import * as layout from "../kernels/layout.ts";
import * as job from "../kernels/learned-layout.ts";
import * as at from "../kernels/mapper-layout.ts";
import { networkBytes, networkForm, writeNetwork } from "../kernels/network.ts";
import { PHYSICS_BYTES, STARLIGHT_SCRATCH_BYTES } from "../kernels/starlight-layout.ts";
import { readArchive } from "../mapper/enumeration.ts";
import type { Point } from "../mapper/hull.ts";
import type { ArrayParameters, LayerArchive, MemoryRange, MemoryView } from "../mapper/layer-archive.ts";
import { CONTEXT, FREE, PROBLEM, type TileChoices, tileChoices, writeProblem } from "../mapper/problem.ts";
import type { StarlightModel } from "../surrogate/model.ts";
import { rulesOf } from "../surrogate/profiles.ts";
import type { LayerShape } from "../workload/layer.ts";

/** A layer on an array, for a range of memories, under Starlight's latency. */
export interface LearnedJob {
  readonly shape: LayerShape;
  readonly array: ArrayParameters;
  readonly range: MemoryRange;
}

/** Windows between two looks at the clock. */
const STEP = 32;
/** Entries that an archive holds at most. */
const MOST_ENTRIES = 2 ** 20;

/**
 * The candidates of one layer, priced by the analytical model and predicted by Starlight, as far as asked for.
 *
 * A candidate is a tile and an order of its DRAM loops. Its latency is at least the rows that the array streams, which depend on the
 * tiles of C and K alone; so all candidates are dealt with by one number for each *pair* of these tiles: the energy up to which
 * they were predicted. What was left out is bounded by the pair's rows and the least energy of those left out.
 */
export class LearnedSearch {
  /** Rows streamed of each pair. */
  readonly latencies: readonly number[];
  /** Capacities of the largest memories of the range with the access energies of the smallest: what energies are of. */
  readonly memories: MemoryView;
  private readonly kernels: Kernels;
  private readonly shape: LayerShape;
  private readonly array: ArrayParameters;
  private readonly windows: number;
  private readonly archiveAt: number;
  private open: readonly number[];
  private asked: Float64Array;

  /**
   * @param module the compiled kernels, baseline or relaxed; the search has an instance of its own
   * @param model of a profile that runs the layer (`rulesOf`)
   */
  constructor(module: WebAssembly.Module, model: StarlightModel, { shape, array, range }: LearnedJob) {
    this.kernels = instantiateNow(module);
    this.shape = shape;
    this.array = array;
    const { memory, exports } = this.kernels;
    const choices = tileChoices(shape);
    const pairs = countOf(choices, layout.C) * countOf(choices, layout.K);
    const rules = rulesOf(model.profile);
    const layer = rules.runLayer(shape);
    const kind = layer.matmul ? model.matmul : model.convolution;
    const form = networkForm(exports);
    let end = FREE;
    const place = (bytes: number): number => {
      const address = end;
      end = Math.ceil((end + bytes) / 64) * 64;
      return address;
    };
    place(job.JOB_PAIRS + pairs * job.PAIR_BYTES);
    const staging = place(layout.BLOCK_BYTES);
    const holding = place(layout.BLOCK_BYTES);
    const accesses = place(layout.SCRATCH_BYTES);
    const scratch = place(STARLIGHT_SCRATCH_BYTES);
    const physics = place(PHYSICS_BYTES);
    const network = place(networkBytes(kind.network, form));
    this.archiveAt = end;
    memory.grow(Math.ceil((end + at.ARCHIVE_ENTRIES) / 65_536) - memory.buffer.byteLength / 65_536);

    const most = createHardware({
      ...array,
      scratchpadKib: range.mostScratchpadKib,
      accumulatorKib: range.mostAccumulatorKib,
    });
    const least = createHardware({
      ...array,
      scratchpadKib: range.leastScratchpadKib,
      accumulatorKib: range.leastAccumulatorKib,
    });
    const energies = accessEnergies(least);
    this.memories = {
      ...energies,
      scratchpadKib: range.mostScratchpadKib,
      accumulatorKib: range.mostAccumulatorKib,
    };
    writeProblem(memory, shape, most, choices);
    const view = new DataView(memory.buffer);
    view.setFloat64(CONTEXT + layout.ACCUMULATOR_ENERGY, energies.accumulatorPj, true);
    view.setFloat64(CONTEXT + layout.SCRATCHPAD_ENERGY, energies.scratchpadPj, true);
    view.setFloat64(PROBLEM + at.LEAST_SCRATCHPAD_KIB, range.leastScratchpadKib, true);
    view.setFloat64(PROBLEM + at.MOST_SCRATCHPAD_KIB, range.mostScratchpadKib, true);
    view.setFloat64(PROBLEM + at.LEAST_ACCUMULATOR_KIB, range.leastAccumulatorKib, true);
    view.setFloat64(PROBLEM + at.MOST_ACCUMULATOR_KIB, range.mostAccumulatorKib, true);
    view.setInt32(FREE + job.JOB_PHYSICS, physics, true);
    view.setInt32(FREE + job.JOB_STAGING, staging, true);
    view.setInt32(FREE + job.JOB_HOLDING, holding, true);
    view.setInt32(FREE + job.JOB_ACCESSES, accesses, true);
    view.setInt32(FREE + job.JOB_SCRATCH, scratch, true);
    view.setInt32(FREE + job.JOB_ARCHIVE, this.archiveAt, true);
    view.setInt32(this.archiveAt + at.ARCHIVE_ROOM, MOST_ENTRIES, true);
    for (const block of [staging, holding]) {
      new Float32Array(memory.buffer, block, layout.SPATIAL_K >> 2).fill(1);
      // N innermost at the accumulator: the order in which weights are reloaded least.
      new Uint32Array(memory.buffer, block + layout.ORDER_ACCUMULATOR, layout.LANES).fill(0x6543210);
    }
    writeNetwork(memory, network, kind.network, kind.grid, form);
    const run = { layer, array: array.peDim, network, spread: kind.spread, cold: false };
    rules.writePhysics(memory, physics, run, kind.coefficients);

    this.windows = exports.windowCount(PROBLEM);
    exports.boundPredicted(CONTEXT, PROBLEM, FREE);
    this.latencies = Array.from({ length: pairs }, (_, pair) => this.pairField(pair, job.PAIR_LATENCY));
    this.open = [];
    this.asked = new Float64Array(pairs).fill(-1);
    // Nothing is predicted, all is left out: the bounds of all pairs.
    this.raise(this.asked);
  }

  /** Candidates predicted, and orders of DRAM loops priced. */
  get predicted(): number {
    return this.counter(job.JOB_PREDICTED);
  }

  get priced(): number {
    return this.counter(job.JOB_PRICED);
  }

  /**
   * Predicts every candidate whose energy is at most that of its pair.
   *
   * @param energies pJ on `memories`, for each pair; those below what was asked for before are as good as that
   * @param stop looked at now and then; what was found until it ends stays, and the bounds are those from before
   * @returns whether it came to the end
   * @throws InputError if the archive does not fit the memory
   */
  raise(energies: ArrayLike<number>, stop: () => boolean = () => false): boolean {
    const next = this.asked.map((asked, pair) => Math.max(asked, energies[pair] as number));
    for (let pair = 0; pair < next.length; pair++) {
      this.setPair(pair, job.PAIR_FROM, this.asked[pair] as number);
      this.setPair(pair, job.PAIR_TO, next[pair] as number);
      this.setPair(pair, job.PAIR_OPEN, Number.POSITIVE_INFINITY);
    }
    const { exports, memory } = this.kernels;
    for (let window = 0; window < this.windows; window += STEP) {
      if (stop()) return false;
      exports.collectPredicted(CONTEXT, PROBLEM, FREE, window, Math.min(STEP, this.windows - window));
    }
    if (new DataView(memory.buffer).getInt32(this.archiveAt + at.ARCHIVE_FULL, true) !== 0)
      throw new InputError({
        where: "layer",
        expected: `at most ${MOST_ENTRIES} mappings each of which is the best for some memories`,
        found: "more",
        hint: "fewer sizes of the memories need fewer mappings",
      });
    this.asked = next;
    this.open = Array.from(next, (_, pair) => this.pairField(pair, job.PAIR_OPEN));
    return true;
  }

  /** What no candidate that was left out lies below, one point for each pair that has any. */
  unpredicted(): readonly (Point & { readonly pair: number })[] {
    return this.open.flatMap((energyPj, pair) =>
      energyPj === Number.POSITIVE_INFINITY
        ? []
        : [{ pair, latencyCycles: this.latencies[pair] as number, energyPj }],
    );
  }

  /** What was predicted and nothing beats, for every size of the memories in the range. */
  archive(): LayerArchive {
    return {
      ...readArchive(this.kernels.memory.buffer, this.archiveAt, [
        { shape: this.shape, tiles: tileChoices(this.shape) },
      ]),
      shape: this.shape,
      array: this.array,
      complete: this.open.every((energy) => energy === Number.POSITIVE_INFINITY),
      covered: this.priced,
      evaluated: this.predicted,
    };
  }

  private counter(field: number): number {
    return new DataView(this.kernels.memory.buffer).getFloat64(FREE + field, true);
  }

  private pairField(pair: number, field: number): number {
    return new DataView(this.kernels.memory.buffer).getFloat64(this.pairAt(pair) + field, true);
  }

  private setPair(pair: number, field: number, value: number): void {
    new DataView(this.kernels.memory.buffer).setFloat64(this.pairAt(pair) + field, value, true);
  }

  private pairAt(pair: number): number {
    return FREE + job.JOB_PAIRS + pair * job.PAIR_BYTES;
  }
}

function countOf(choices: TileChoices, dim: number): number {
  return (choices[dim] as readonly number[]).length;
}
