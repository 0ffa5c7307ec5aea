import type { Hardware } from "../hardware/hardware.ts";
import { instantiateNow, type Kernels } from "../kernels/kernels.ts";
import * as at from "../kernels/mapper-layout.ts";
import type { Mapping } from "../space/mapping.ts";
import type { LayerShape } from "../workload/layer.ts";
import { readChoice } from "./choice.ts";
import { CONTEXT, type Divisors, FREE, PROBLEM, writeProblem } from "./problem.ts";

/** A mapping of one layer, and what it costs. */
export interface MappedPoint {
  readonly latencyCycles: number;
  readonly energyPj: number;
  readonly mapping: Mapping;
}

/** How a search went. Candidates are tilings times spatial factors times DRAM order classes (docs/mapper.md). */
export interface SearchStatistics {
  /** Candidates that the answer speaks for: priced, or proven to be no better. */
  readonly covered: number;
  /** Candidates priced. */
  readonly evaluated: number;
  readonly windows: number;
  /** Windows none of whose candidates was priced, since a bound on all of them lies above the front. */
  readonly windowsCut: number;
  readonly windowsOverCapacity: number;
}

/** Least latency and energy that anything not yet looked at could have. */
export interface Corner {
  readonly latencyCycles: number;
  readonly energyPj: number;
}

export interface LayerSearchOptions {
  /** Keep every non-dominated (latency, energy) pair, not only those on the lower-left convex hull. */
  readonly keepPareto?: boolean;
}

/** Windows that are bounded and sorted at a time: memory stays bounded whatever the layer. */
const SLICE = 65_536;
const SURVEYED = 16;
const LISTED = 8;

/**
 * The exact search for the best (latency, energy) pairs of one layer on one accelerator, in steps.
 *
 * Windows (tile extents of R, S, P, Q, N) are bounded first and searched the most promising first, so that the front is good
 * early and most windows are then cut by their bound. When `done`, no mapping of the map space lies below the front.
 */
export class LayerSearch {
  readonly windows: number;
  private readonly kernels: Kernels;
  private readonly shape: LayerShape;
  private readonly divisors: Divisors;
  private readonly front: number;
  private readonly list: number;
  /** First window after the slice at hand. */
  private next = 0;
  /** Least latency and energy by window of the slice, in the order of the search, and how many were searched. */
  private corners: readonly Corner[] = [];
  private searched = 0;

  constructor(
    module: WebAssembly.Module,
    shape: LayerShape,
    hardware: Hardware,
    options: LayerSearchOptions = {},
  ) {
    this.kernels = instantiateNow(module);
    this.shape = shape;
    const { memory, exports } = this.kernels;
    if (memory.buffer.byteLength < FREE) memory.grow(1);
    this.divisors = writeProblem(memory, shape, hardware);
    new DataView(memory.buffer).setInt32(PROBLEM + at.KEEP_PARETO, options.keepPareto ? 1 : 0, true);
    this.windows = exports.windowCount(PROBLEM);
    const slice = Math.min(this.windows, SLICE);
    this.list = FREE + slice * SURVEYED;
    this.front = this.list + slice * LISTED;
    const pages = Math.ceil((this.front + at.FRONT_ENTRIES) / 65_536) - memory.buffer.byteLength / 65_536;
    if (pages > 0) memory.grow(pages);
  }

  get done(): boolean {
    return this.searched === this.corners.length && this.next >= this.windows;
  }

  /** Searches up to `windows` further windows. */
  advance(windows: number): void {
    const { memory, exports } = this.kernels;
    for (let left = windows; left > 0 && !this.done; ) {
      if (this.searched === this.corners.length) this.survey();
      const count = Math.min(left, this.corners.length - this.searched);
      exports.explore(CONTEXT, PROBLEM, this.list + this.searched * LISTED, count, this.front);
      this.searched += count;
      left -= count;
    }
    void memory;
  }

  /** The best pairs so far, latency ascending; empty if no mapping was found. */
  points(): readonly MappedPoint[] {
    const { memory } = this.kernels;
    const view = new DataView(memory.buffer);
    const count = view.getInt32(this.front + at.FRONT_COUNT, true);
    return Array.from({ length: count }, (_, i) => {
      const entry = this.front + at.FRONT_ENTRIES + i * at.FRONT_ENTRY_BYTES;
      return {
        latencyCycles: view.getFloat64(entry + at.FRONT_LATENCY, true),
        energyPj: view.getFloat64(entry + at.FRONT_ENERGY, true),
        mapping: readChoice(memory, entry + at.FRONT_CHOICE, this.shape, this.divisors),
      };
    });
  }

  statistics(): SearchStatistics {
    const view = new DataView(this.kernels.memory.buffer);
    const counter = (field: number): number => view.getFloat64(PROBLEM + field, true);
    return {
      covered: 0,
      evaluated: counter(at.EVALUATED),
      windows: this.windows,
      windowsCut: counter(at.WINDOWS_CUT),
      windowsOverCapacity: counter(at.WINDOWS_OVER_CAPACITY),
    };
  }

  /** Bounds and sorts the next slice of windows. */
  private survey(): void {
    const { memory, exports } = this.kernels;
    const first = this.next;
    const count = Math.min(SLICE, this.windows - first);
    exports.survey(CONTEXT, PROBLEM, first, count, FREE);
    const bounds = new Float64Array(memory.buffer, FREE, 2 * count);
    const keys = new Float64Array(count);
    for (let i = 0; i < count; i++) keys[i] = (bounds[2 * i] as number) * (bounds[2 * i + 1] as number);
    const order = Array.from(keys.keys()).sort((a, b) => (keys[a] as number) - (keys[b] as number) || a - b);
    const list = new Float64Array(memory.buffer, this.list, count);
    this.corners = order.map((i) => ({
      latencyCycles: bounds[2 * i] as number,
      energyPj: bounds[2 * i + 1] as number,
    }));
    for (const [place, i] of order.entries()) list[place] = first + i;
    this.searched = 0;
    this.next = first + count;
  }
}
