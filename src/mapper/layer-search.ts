import { InputError } from "../errors.ts";
import { accessEnergies } from "../hardware/energy.ts";
import type { Hardware } from "../hardware/hardware.ts";
import { instantiateNow, type Kernels } from "../kernels/kernels.ts";
import * as at from "../kernels/mapper-layout.ts";
import type { Mapping } from "../space/mapping.ts";
import type { LayerShape } from "../workload/layer.ts";
import { readChoice } from "./choice.ts";
import { firstWindow } from "./first-window.ts";
import { lowerLeftHull, type Point } from "./hull.ts";
import { leastPoint } from "./least.ts";
import { MOST_GROWTH } from "./padding.ts";
import { type FixedTiles, FREE, PROBLEM, type TileChoices, tileChoices, writeProblem } from "./problem.ts";
import { type SearchStatistics, sumStatistics } from "./statistics.ts";
import { QUEUE_BYTES_EACH, SLICE, WindowQueue, type WindowRecord } from "./window-queue.ts";

/** A mapping of one layer, and what it costs. */
export interface MappedPoint extends Point {
  /** The loop nest that is mapped: the layer's own, or a padded one. */
  readonly shape: LayerShape;
  readonly mapping: Mapping;
}

export interface LayerSearchOptions {
  /** Keep every non-dominated (latency, energy) pair, not only those on the lower-left convex hull. */
  readonly keepPareto?: boolean;
  /** Tile extents below DRAM that are given; each must divide the bound. */
  readonly tiles?: FixedTiles;
  /** Padded shapes that may stand in for the layer's own; asked for when that one is done. Given tiles must divide their bounds too. */
  readonly padded?: () => readonly LayerShape[];
  /** Called with what became of each window. */
  readonly onWindow?: (window: WindowRecord) => void;
}

/** Pairs that a front holds at most: 48 MB. */
const MOST_PAIRS = 2 ** 20;

/**
 * The exact search for the best (latency, energy) pairs of one layer on one accelerator, in steps.
 *
 * A likely window (tile extents of R, S, P, Q, N) is searched first, so that there is a mapping at once. Then all are bounded and
 * searched, the most promising first, so that the front is good early and most windows are cut by their bound. When `done`, no
 * mapping of the map space lies below the front.
 */
export class LayerSearch {
  private readonly kernels: Kernels;
  private readonly hardware: Hardware;
  private readonly options: LayerSearchOptions;
  private readonly shape: LayerShape;
  private padded: readonly LayerShape[] | undefined;
  private readonly choices: TileChoices[] = [];
  private readonly finished: SearchStatistics[] = [];
  private readonly front: number;
  private queue: WindowQueue;

  /**
   * @param module the compiled kernels; the search has an instance of its own
   * @throws InputError if a given tile does not divide its bound
   */
  constructor(
    module: WebAssembly.Module,
    shape: LayerShape,
    hardware: Hardware,
    options: LayerSearchOptions = {},
  ) {
    const choices = tileChoices(shape, options.tiles);
    this.shape = shape;
    this.hardware = hardware;
    this.options = options;
    this.kernels = instantiateNow(module);
    this.queue = this.open(shape, choices, firstWindow(shape, hardware, choices));
    // The front lies last, so that it may grow.
    const most = options.padded ? SLICE : Math.min(this.queue.windows, SLICE);
    this.front = FREE + most * QUEUE_BYTES_EACH;
    const { memory } = this.kernels;
    const pages = Math.ceil((this.front + at.FRONT_ENTRIES) / 65_536) - memory.buffer.byteLength / 65_536;
    if (pages > 0) memory.grow(pages);
    const view = new DataView(memory.buffer);
    view.setInt32(this.front + at.FRONT_ROOM, MOST_PAIRS, true);
    view.setInt32(this.front + at.FRONT_KEEP_PARETO, options.keepPareto ? 1 : 0, true);
  }

  get done(): boolean {
    return this.queue.done && this.variant === this.paddedShapes().length;
  }

  /**
   * Searches up to `windows` further windows, or bounds some more of them.
   *
   * @throws InputError if the front does not fit the memory
   */
  advance(windows: number): void {
    for (let left = windows; left > 0 && !this.done; ) {
      if (this.queue.done) {
        const shape = this.shapeOf(this.variant + 1);
        this.finished.push(this.shapeStatistics());
        this.queue = this.open(shape, tileChoices(shape, this.options.tiles));
      }
      left -= this.queue.advance(left, this.front, this.options.onWindow);
      this.checkRoom();
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
      const shape = this.shapeOf(variant);
      return {
        latencyCycles: view.getFloat64(entry + at.FRONT_LATENCY, true),
        energyPj: view.getFloat64(entry + at.FRONT_ENERGY, true),
        shape,
        mapping: readChoice(record, shape, this.choices[variant] as TileChoices),
      };
    });
  }

  /** A convex hull that nothing not yet searched lies below; empty when done. */
  unsearched(): readonly Point[] {
    if (this.done) return [];
    const corners: Point[] = this.queue.eachBounded
      ? this.queue.openBounds()
      : [this.least(this.shapeOf(this.variant))];
    if (this.padded) corners.push(...this.padded.slice(this.variant).map((shape) => this.least(shape)));
    else if (this.options.padded) corners.push(this.least(this.shape, MOST_GROWTH));
    return lowerLeftHull(corners);
  }

  /** Tells `onWindow` what was not searched. */
  reportOpen(): void {
    const { onWindow } = this.options;
    if (this.done || !onWindow) return;
    if (this.queue.eachBounded) for (const record of this.queue.open()) onWindow(record);
    const first = this.queue.eachBounded ? this.variant + 1 : this.variant;
    for (let variant = first; variant <= this.paddedShapes().length; variant++) {
      const { latencyCycles: latencyAtLeast, energyPj: energyPjAtLeast } = this.least(this.shapeOf(variant));
      onWindow({ variant, window: "rest", status: "open", latencyAtLeast, energyPjAtLeast });
    }
  }

  statistics(): SearchStatistics {
    return sumStatistics([...this.finished, this.shapeStatistics()]);
  }

  /** Number of the shape at hand. */
  private get variant(): number {
    return this.choices.length - 1;
  }

  private paddedShapes(): readonly LayerShape[] {
    this.padded ??= this.options.padded?.() ?? [];
    return this.padded;
  }

  private shapeOf(variant: number): LayerShape {
    return variant === 0 ? this.shape : (this.paddedShapes()[variant - 1] as LayerShape);
  }

  private least(shape: LayerShape, growth = 1): Point {
    return leastPoint(shape, this.hardware, accessEnergies(this.hardware), growth);
  }

  /** Makes a shape the one at hand; the front stays. */
  private open(shape: LayerShape, choices: TileChoices, first?: number): WindowQueue {
    const { memory } = this.kernels;
    this.choices.push(choices);
    if (memory.buffer.byteLength < FREE) memory.grow(1);
    writeProblem(memory, shape, this.hardware, choices);
    new DataView(memory.buffer).setInt32(PROBLEM + at.VARIANT, this.variant, true);
    return new WindowQueue(this.kernels, this.variant, first);
  }

  private checkRoom(): void {
    const { buffer } = this.kernels.memory;
    if (new DataView(buffer).getInt32(this.front + at.FRONT_FULL, true) === 0) return;
    throw new InputError({
      where: "layer",
      expected: `at most ${MOST_PAIRS} pairs of latency and energy that none beats, and memory for them`,
      found: "more",
    });
  }

  private shapeStatistics(): SearchStatistics {
    const view = new DataView(this.kernels.memory.buffer);
    const counter = (field: number): number => view.getFloat64(PROBLEM + field, true);
    return {
      covered: counter(at.COVERED),
      evaluated: counter(at.EVALUATED),
      windows: this.queue.windows,
      windowsCut: counter(at.WINDOWS_CUT),
      windowsOverCapacity: counter(at.WINDOWS_OVER_CAPACITY),
    };
  }
}
