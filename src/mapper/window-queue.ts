import type { Kernels } from "../kernels/kernels.ts";
import type { Point } from "./hull.ts";
import { CONTEXT, FREE, PROBLEM } from "./problem.ts";
import { byRisingKey, MOST_KEYS } from "./window-order.ts";

/** What became of a window: the evidence that nothing in it is missing from the front. */
export interface WindowRecord {
  /** Number of the shape: 0 for the layer's own, then the padded ones. */
  readonly variant: number;
  /** Number of the window, or all windows of the shape that nothing was said of. */
  readonly window: number | "rest";
  /** Open: a limit ended the search before it. */
  readonly status: "searched" | "cut" | "over-capacity" | "open";
  /** No candidate of the window has less; Infinity if none fits. */
  readonly latencyAtLeast: number;
  readonly energyPjAtLeast: number;
}

/** Windows that are bounded and sorted at a time: memory stays bounded whatever the layer. */
export const SLICE = MOST_KEYS;
/** Windows that are bounded in the time in which one is searched, or less. */
const BOUNDED_FOR_ONE = 8;
const BOUND_BYTES = 16;
const LIST_BYTES = 8;
/** Bytes from FREE on that a queue needs for each window of a slice. */
export const QUEUE_BYTES_EACH = BOUND_BYTES + LIST_BYTES;

/**
 * The windows of one shape in the order in which they are searched: slice by slice, each bounded window by window, then sorted by the
 * product of the bounds.
 */
export class WindowQueue {
  readonly windows: number;
  private readonly kernels: Kernels;
  private readonly variant: number;
  private readonly list: number;
  /** Searched before all others. */
  private readonly first: number | undefined;
  private begun: boolean;
  /** The slice at hand: its first window, how many it has, how many of them are bounded. */
  private start = 0;
  private length = 0;
  private bounded = 0;
  /** Once all are bounded: offsets into the slice in the order of the search, and how many of them were searched. */
  private order = new Uint16Array(0);
  private searched = 0;

  /**
   * @param kernels in whose memory the shape's problem is written
   * @param variant number of the shape
   * @param first a window to search before any is sorted
   */
  constructor(kernels: Kernels, variant: number, first?: number) {
    this.kernels = kernels;
    this.windows = kernels.exports.windowCount(PROBLEM);
    this.variant = variant;
    this.list = FREE + Math.min(SLICE, this.windows) * BOUND_BYTES;
    this.first = first;
    this.begun = first === undefined;
  }

  get done(): boolean {
    return this.eachBounded && this.searched === this.order.length;
  }

  /** Whether every window has been bounded: those of the last slice are at hand, all others are searched. */
  get eachBounded(): boolean {
    return this.begun && this.bounded === this.length && this.start + this.length === this.windows;
  }

  /**
   * Searches some windows, or bounds some.
   *
   * @param most windows to search
   * @param front what is found is added to it
   * @returns how many searches that was worth
   */
  advance(most: number, front: number, onWindow?: (window: WindowRecord) => void): number {
    if (!this.begun) return this.begin(front, onWindow);
    return this.searched < this.order.length ? this.search(most, front, onWindow) : this.bound(most);
  }

  /** Windows of the slice at hand that are bounded and not searched. */
  open(): readonly WindowRecord[] {
    return Array.from({ length: this.order.length - this.searched }, (_, i) =>
      this.record(this.searched + i, "open"),
    );
  }

  /** The bounds of those of them in which something fits. */
  openBounds(): Point[] {
    const bounds = new Float64Array(this.kernels.memory.buffer, FREE, 2 * this.length);
    const points: Point[] = [];
    for (let place = this.searched; place < this.order.length; place++) {
      const i = this.order[place] as number;
      const latencyCycles = bounds[2 * i] as number;
      if (latencyCycles !== Number.POSITIVE_INFINITY)
        points.push({ latencyCycles, energyPj: bounds[2 * i + 1] as number });
    }
    return points;
  }

  private begin(front: number, onWindow?: (window: WindowRecord) => void): number {
    const { memory, exports } = this.kernels;
    this.start = this.first as number;
    exports.survey(CONTEXT, PROBLEM, this.start, 1, FREE);
    new Float64Array(memory.buffer, this.list, 1)[0] = this.start;
    this.order = Uint16Array.of(0);
    this.search(1, front, onWindow);
    this.start = 0;
    this.begun = true;
    return 1;
  }

  private search(most: number, front: number, onWindow?: (window: WindowRecord) => void): number {
    const count = Math.min(most, this.order.length - this.searched);
    const list = this.list + this.searched * LIST_BYTES;
    this.kernels.exports.explore(CONTEXT, PROBLEM, list, count, front);
    const from = this.searched;
    this.searched += count;
    if (onWindow) for (let place = from; place < this.searched; place++) onWindow(this.record(place));
    return count;
  }

  /** Bounds further windows of the slice at hand, or of the next one if it is searched; sorts the slice when it is whole. */
  private bound(most: number): number {
    if (this.bounded === this.length) {
      this.start += this.length;
      this.length = Math.min(SLICE, this.windows - this.start);
      this.bounded = 0;
      this.order = new Uint16Array(0);
      this.searched = 0;
    }
    const count = Math.min(BOUNDED_FOR_ONE * most, this.length - this.bounded);
    const to = FREE + this.bounded * BOUND_BYTES;
    this.kernels.exports.survey(CONTEXT, PROBLEM, this.start + this.bounded, count, to);
    this.bounded += count;
    if (this.bounded === this.length) this.sort();
    return Math.ceil(count / BOUNDED_FOR_ONE);
  }

  private sort(): void {
    const { buffer } = this.kernels.memory;
    const bounds = new Float64Array(buffer, FREE, 2 * this.length);
    const products = new Float64Array(this.length);
    for (let i = 0; i < this.length; i++)
      products[i] = (bounds[2 * i] as number) * (bounds[2 * i + 1] as number);
    const searchedFirst = this.first === undefined ? -1 : this.first - this.start;
    this.order = byRisingKey(products).filter((i) => i !== searchedFirst);
    const list = new Float64Array(buffer, this.list, this.order.length);
    for (const [place, i] of this.order.entries()) list[place] = this.start + i;
  }

  private record(place: number, open?: "open"): WindowRecord {
    const { buffer } = this.kernels.memory;
    const offset = this.order[place] as number;
    const bounds = new DataView(buffer, FREE + offset * BOUND_BYTES, BOUND_BYTES);
    const latencyAtLeast = bounds.getFloat64(0, true);
    // The kernel marks in the list what it cut.
    const cut = new DataView(buffer, this.list + place * LIST_BYTES, LIST_BYTES).getFloat64(0, true) < 0;
    return {
      variant: this.variant,
      window: this.start + offset,
      status:
        latencyAtLeast === Number.POSITIVE_INFINITY ? "over-capacity" : (open ?? (cut ? "cut" : "searched")),
      latencyAtLeast,
      energyPjAtLeast: bounds.getFloat64(8, true),
    };
  }
}
