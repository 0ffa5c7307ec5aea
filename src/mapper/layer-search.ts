import { accessEnergies } from "../hardware/energy.ts";
import type { Hardware } from "../hardware/hardware.ts";
import { instantiateNow, type Kernels } from "../kernels/kernels.ts";
import * as at from "../kernels/mapper-layout.ts";
import type { Mapping } from "../space/mapping.ts";
import { type LayerShape, macs } from "../workload/layer.ts";
import { readChoice } from "./choice.ts";
import type { Point } from "./hull.ts";
import {
  CONTEXT,
  type FixedTiles,
  FREE,
  PROBLEM,
  type TileChoices,
  tileChoices,
  writeProblem,
} from "./problem.ts";

/** A mapping of one layer, and what it costs. */
export interface MappedPoint extends Point {
  /** The loop nest that is mapped: the layer's own, or a padded one. */
  readonly shape: LayerShape;
  readonly mapping: Mapping;
}

/**
 * How a search went. A candidate is a choice of tile extents, spatial factors and DRAM order class; no mapping outside these
 * is ever better than one inside (docs/mapper.md).
 */
export interface SearchStatistics {
  /** Candidates of the windows dealt with: priced, over capacity, or proven to be no better. */
  readonly covered: number;
  /** Candidates priced. */
  readonly evaluated: number;
  readonly windows: number;
  /** Windows of which nothing was priced, since a bound on all of it lies above the front. */
  readonly windowsCut: number;
  /** Windows no tile of which fits. */
  readonly windowsOverCapacity: number;
}

export interface LayerSearchOptions {
  /** Keep every non-dominated (latency, energy) pair, not only those on the lower-left convex hull. */
  readonly keepPareto?: boolean;
  /** Tile extents below DRAM that are given; each must divide the bound. */
  readonly tiles?: FixedTiles;
  /** Padded shapes that may stand in for the layer's own; given tiles must divide their bounds too. */
  readonly padded?: readonly LayerShape[];
  /** Called with what became of each window. */
  readonly onWindow?: (window: WindowRecord) => void;
}

/** What became of a window: the evidence that nothing in it is missing from the front. */
export interface WindowRecord {
  readonly variant: number;
  readonly window: number;
  readonly status: "searched" | "cut" | "over-capacity";
  /** No candidate of the window has less. */
  readonly latencyAtLeast: number;
  readonly energyPjAtLeast: number;
}

/** Windows that are bounded and sorted at a time: memory stays bounded whatever the layer. */
const SLICE = 65_536;
const SURVEY_BYTES = 16;
const LIST_BYTES = 8;

/**
 * The exact search for the best (latency, energy) pairs of one layer on one accelerator, in steps.
 *
 * Windows (tile extents of R, S, P, Q, N) are bounded first and searched the most promising first, so that the front is good
 * early and most windows are then cut by their bound. When `done`, no mapping of the map space lies below the front.
 */
export class LayerSearch {
  private readonly kernels: Kernels;
  private readonly hardware: Hardware;
  private readonly options: LayerSearchOptions;
  private readonly shapes: readonly LayerShape[];
  private readonly choices: TileChoices[] = [];
  private readonly finished: SearchStatistics[] = [];
  private front = 0;
  private list = 0;
  private windows = 0;
  /** First window after the slice at hand. */
  private next = 0;
  /** The slice at hand: offsets in the order of the search, how many there are and how many were searched. */
  private order: readonly number[] = [];
  private searched = 0;
  private sliceStart = 0;

  /** @param module the compiled kernels; the search has an instance of its own */
  constructor(
    module: WebAssembly.Module,
    shape: LayerShape,
    hardware: Hardware,
    options: LayerSearchOptions = {},
  ) {
    this.kernels = instantiateNow(module);
    this.hardware = hardware;
    this.options = options;
    this.shapes = [shape, ...(options.padded ?? [])];
    this.open();
  }

  get done(): boolean {
    return (
      this.searched === this.order.length &&
      this.next >= this.windows &&
      this.variant === this.shapes.length - 1
    );
  }

  /** Searches up to `windows` further windows. */
  advance(windows: number): void {
    for (let left = windows; left > 0 && !this.done; ) {
      if (this.searched === this.order.length) {
        if (this.next >= this.windows) this.open();
        this.survey();
      }
      const count = Math.min(left, this.order.length - this.searched);
      const list = this.list + this.searched * LIST_BYTES;
      this.kernels.exports.explore(CONTEXT, PROBLEM, list, count, this.front);
      if (this.options.onWindow) this.report(this.searched, count, this.options.onWindow);
      this.searched += count;
      left -= count;
    }
  }

  /** The best pairs so far, latency ascending; empty if no mapping was found. */
  points(): readonly MappedPoint[] {
    const { buffer } = this.kernels.memory;
    const view = new DataView(buffer);
    const count = view.getInt32(this.front + at.FRONT_COUNT, true);
    return Array.from({ length: count }, (_, i) => {
      const entry = this.front + at.FRONT_ENTRIES + i * at.FRONT_ENTRY_BYTES;
      const record = new DataView(buffer, entry + at.FRONT_CHOICE, at.CHOICE_BYTES);
      const variant = record.getInt32(at.CHOICE_VARIANT, true);
      const shape = this.shapes[variant] as LayerShape;
      return {
        latencyCycles: view.getFloat64(entry + at.FRONT_LATENCY, true),
        energyPj: view.getFloat64(entry + at.FRONT_ENERGY, true),
        shape,
        mapping: readChoice(record, shape, this.choices[variant] as TileChoices),
      };
    });
  }

  /** Pairs that nothing not yet searched can lie below, together with the points: empty when done. */
  unsearched(): readonly Point[] {
    const corners: Point[] = [];
    const bounds = this.surveyed();
    for (let i = this.searched; i < this.order.length; i++) {
      const at = 2 * (this.order[i] as number);
      corners.push({ latencyCycles: bounds[at] as number, energyPj: bounds[at + 1] as number });
    }
    for (let variant = this.variant; variant < this.shapes.length; variant++) {
      if (variant > this.variant || this.next < this.windows) {
        corners.push(this.leastCost(this.shapes[variant] as LayerShape));
      }
    }
    return corners;
  }

  statistics(): SearchStatistics {
    const all = [...this.finished, this.variantStatistics()];
    const sum = (key: keyof SearchStatistics): number => all.reduce((total, one) => total + one[key], 0);
    return {
      covered: sum("covered"),
      evaluated: sum("evaluated"),
      windows: sum("windows"),
      windowsCut: sum("windowsCut"),
      windowsOverCapacity: sum("windowsOverCapacity"),
    };
  }

  private get variant(): number {
    return this.choices.length - 1;
  }

  /** Begins the next shape; the front stays. */
  private open(): void {
    const { memory, exports } = this.kernels;
    if (this.variant >= 0) this.finished.push(this.variantStatistics());
    const shape = this.shapes[this.variant + 1] as LayerShape;
    const choices = tileChoices(shape, this.options.tiles);
    this.choices.push(choices);
    if (memory.buffer.byteLength < FREE) memory.grow(1);
    writeProblem(memory, shape, this.hardware, choices);
    const view = new DataView(memory.buffer);
    view.setInt32(PROBLEM + at.VARIANT, this.variant, true);
    this.windows = exports.windowCount(PROBLEM);
    this.next = 0;
    this.order = [];
    this.searched = 0;
    if (this.front > 0) return;
    // The front lies last, so that it may grow.
    const most = this.shapes.length > 1 ? SLICE : Math.min(this.windows, SLICE);
    this.list = FREE + most * SURVEY_BYTES;
    this.front = this.list + most * LIST_BYTES;
    const pages = Math.ceil((this.front + at.FRONT_ENTRIES) / 65_536) - memory.buffer.byteLength / 65_536;
    if (pages > 0) memory.grow(pages);
    const keepPareto = this.options.keepPareto ? 1 : 0;
    new DataView(memory.buffer).setInt32(this.front + at.FRONT_KEEP_PARETO, keepPareto, true);
  }

  /** Bounds and sorts the next slice of windows. */
  private survey(): void {
    const { memory, exports } = this.kernels;
    const count = Math.min(SLICE, this.windows - this.next);
    this.sliceStart = this.next;
    exports.survey(CONTEXT, PROBLEM, this.next, count, FREE);
    this.next += count;
    this.searched = 0;
    this.order = Array.from({ length: count }, (_, i) => i);
    const bounds = this.surveyed();
    const edp = new Float64Array(count);
    for (let i = 0; i < count; i++) edp[i] = (bounds[2 * i] as number) * (bounds[2 * i + 1] as number);
    (this.order as number[]).sort((a, b) => {
      const [x, y] = [edp[a] as number, edp[b] as number];
      return x < y ? -1 : x > y ? 1 : a - b;
    });
    const list = new Float64Array(memory.buffer, this.list, count);
    for (const [place, i] of this.order.entries()) list[place] = this.sliceStart + i;
  }

  private surveyed(): Float64Array {
    return new Float64Array(this.kernels.memory.buffer, FREE, 2 * this.order.length);
  }

  private report(first: number, count: number, onWindow: (window: WindowRecord) => void): void {
    const list = new Float64Array(this.kernels.memory.buffer, this.list, this.order.length);
    const bounds = this.surveyed();
    for (let place = first; place < first + count; place++) {
      const i = this.order[place] as number;
      const latencyAtLeast = bounds[2 * i] as number;
      onWindow({
        variant: this.variant,
        window: this.sliceStart + i,
        status:
          latencyAtLeast === Number.POSITIVE_INFINITY
            ? "over-capacity"
            : (list[place] as number) < 0
              ? "cut"
              : "searched",
        latencyAtLeast,
        energyPjAtLeast: bounds[2 * i + 1] as number,
      });
    }
  }

  private variantStatistics(): SearchStatistics {
    const view = new DataView(this.kernels.memory.buffer);
    const counter = (field: number): number => view.getFloat64(PROBLEM + field, true);
    return {
      covered: counter(at.COVERED),
      evaluated: counter(at.EVALUATED),
      windows: this.windows,
      windowsCut: counter(at.WINDOWS_CUT),
      windowsOverCapacity: counter(at.WINDOWS_OVER_CAPACITY),
    };
  }

  /** What no mapping of a shape can go below: the whole array busy in every cycle, no energy but the MACs'. */
  private leastCost(shape: LayerShape): Point {
    const { peDim } = this.hardware;
    return {
      latencyCycles: macs(shape) / (Math.min(shape.K, peDim) * Math.min(shape.C, peDim)),
      energyPj: macs(shape) * accessEnergies(this.hardware).macPj,
    };
  }
}
