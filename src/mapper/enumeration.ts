import { InputError } from "../errors.ts";
import { accessEnergies } from "../hardware/energy.ts";
import { createHardware, type Hardware, type HardwareParameters } from "../hardware/hardware.ts";
import { instantiateNow, type Kernels } from "../kernels/kernels.ts";
import * as at from "../kernels/mapper-layout.ts";
import { type LayerShape, macs } from "../workload/layer.ts";
import { firstWindow } from "./first-window.ts";
import {
  ARCHIVE_COLUMNS,
  type ArrayParameters,
  EVERY_MEMORY,
  type LayerArchive,
  type MemoryRange,
} from "./layer-archive.ts";
import { CONTEXT, FREE, PROBLEM, tileChoices, writeProblem } from "./problem.ts";
import { paddedVariants, type Variant } from "./variants.ts";

/** One enumeration: a layer on an array, for a range of memories. */
export interface ArchiveJob {
  readonly shape: LayerShape;
  readonly array: ArrayParameters;
  readonly range: MemoryRange;
  /** The layer may run padded to a better bound. */
  readonly allowPadding?: boolean;
  /** Candidates priced after which the archive is given as it stands. */
  readonly evaluations?: number;
}

/** Entries that an archive holds at most: 100 MB. The largest layers seen have some ten thousand. */
const MOST_ENTRIES = 2 ** 20;

/** Enumerates every mapping of one layer on one array, in steps. What it has found may be asked for after the first one. */
export class Enumeration {
  private readonly kernels: Kernels;
  private readonly job: ArchiveJob;
  private readonly hardware: Hardware;
  private readonly variants: readonly Variant[];
  /** Place of the shape at hand, and what was counted of those before it. */
  private place = 0;
  private counted = { covered: 0, evaluated: 0 };
  private windows = 0;
  /** Windows come in strides, so that the first ones are of all sizes: most of what comes later is then beaten at once. */
  private stride = 1;
  private window = 0;
  private begun = false;
  private dealtWith = 0;
  /** Windows that come before all others: the smallest tiles, which fit whatever there is, and likely ones for some memories. */
  private readonly first = new Set([0]);

  /** @param module the compiled kernels; the enumeration has an instance of its own */
  constructor(module: WebAssembly.Module, job: ArchiveJob) {
    this.job = job;
    this.kernels = instantiateNow(module);
    const { memory } = this.kernels;
    const { shape, array, range } = job;
    memory.grow(2 - Math.min(2, memory.buffer.byteLength / 65_536));
    this.hardware = createHardware({
      ...array,
      scratchpadKib: range.mostScratchpadKib,
      accumulatorKib: range.mostAccumulatorKib,
    });
    const own: Variant = { shape, tiles: tileChoices(shape) };
    this.variants = job.allowPadding ? [own, ...paddedVariants(shape, array.peDim)] : [own];
    for (const memories of spread(range))
      this.first.add(firstWindow(shape, createHardware({ ...array, ...memories }), own.tiles));
    const view = new DataView(memory.buffer);
    view.setFloat64(PROBLEM + at.LEAST_SCRATCHPAD_KIB, range.leastScratchpadKib, true);
    view.setFloat64(PROBLEM + at.MOST_SCRATCHPAD_KIB, range.mostScratchpadKib, true);
    view.setFloat64(PROBLEM + at.LEAST_ACCUMULATOR_KIB, range.leastAccumulatorKib, true);
    view.setFloat64(PROBLEM + at.MOST_ACCUMULATOR_KIB, range.mostAccumulatorKib, true);
    view.setInt32(FREE + at.ARCHIVE_ROOM, MOST_ENTRIES, true);
    this.open(own);
  }

  /** Nothing is left to enumerate, or as many candidates were priced as were asked for. */
  get done(): boolean {
    const { evaluations } = this.job;
    return this.complete || (evaluations !== undefined && this.count().evaluated >= evaluations);
  }

  private get complete(): boolean {
    return this.place === this.variants.length - 1 && this.dealtWith >= this.windows;
  }

  /**
   * Enumerates the windows that come first, or one further window.
   *
   * @throws InputError if the archive does not fit the memory
   */
  advance(): void {
    if (!this.begun) {
      for (const window of this.first) this.collect(window);
      this.begun = true;
      return;
    }
    if (this.dealtWith >= this.windows) {
      this.counted = this.count();
      this.first.clear();
      this.open(this.variants[++this.place] as Variant);
    }
    while (this.first.has(this.window)) this.window = (this.window + this.stride) % this.windows;
    this.collect(this.window);
    this.window = (this.window + this.stride) % this.windows;
  }

  /** Makes a shape the one at hand; the archive stays. */
  private open({ shape, tiles }: Variant): void {
    const { memory, exports } = this.kernels;
    writeProblem(memory, shape, this.hardware, tiles);
    const { macPj, registerPj } = accessEnergies(this.hardware);
    const view = new DataView(memory.buffer);
    view.setInt32(PROBLEM + at.VARIANT, this.place, true);
    view.setFloat64(
      PROBLEM + at.PADDING_PJ,
      (macs(shape) - macs(this.job.shape)) * (macPj + registerPj),
      true,
    );
    this.windows = exports.windowCount(PROBLEM);
    this.stride = strideOf(this.windows);
    this.window = 0;
    this.dealtWith = 0;
  }

  private collect(window: number): void {
    this.kernels.exports.collect(CONTEXT, PROBLEM, window, 1, FREE);
    this.dealtWith++;
    if (new DataView(this.kernels.memory.buffer).getInt32(FREE + at.ARCHIVE_FULL, true) === 0) return;
    throw new InputError({
      where: "layer",
      expected: `at most ${MOST_ENTRIES} mappings each of which is the best for some memories, and memory for them`,
      found: "more",
      hint: "fewer sizes of the memories need fewer mappings",
    });
  }

  /** What was found, in an order that does not depend on how it was met. */
  archive(): LayerArchive {
    return {
      ...readArchive(this.kernels.memory.buffer, FREE, this.variants),
      shape: this.job.shape,
      array: this.job.array,
      complete: this.complete,
      ...this.count(),
    };
  }

  private count(): { readonly covered: number; readonly evaluated: number } {
    const view = new DataView(this.kernels.memory.buffer, PROBLEM);
    return {
      covered: this.counted.covered + view.getFloat64(at.COVERED, true),
      evaluated: this.counted.evaluated + view.getFloat64(at.EVALUATED, true),
    };
  }
}

/** The entries of an archive in memory as plain data, by rising latency, then by the other columns. */
export function readArchive(
  buffer: ArrayBuffer,
  address: number,
  variants: readonly Variant[],
): Pick<LayerArchive, "count" | "columns" | "choices" | "variants"> {
  const view = new DataView(buffer);
  const count = view.getInt32(address + at.ARCHIVE_COUNT, true);
  const entry = (i: number): number => address + at.ARCHIVE_ENTRIES + i * at.ARCHIVE_ENTRY_BYTES;
  const field = (i: number, offset: number): number => view.getFloat64(entry(i) + offset, true);
  const order = Array.from({ length: count }, (_, i) => i).sort((a, b) => {
    for (const offset of FIELDS) {
      const difference = field(a, offset) - field(b, offset);
      if (difference !== 0) return difference;
    }
    return a - b;
  });
  const columns = new Float64Array(count * ARCHIVE_COLUMNS);
  const choices = new Uint8Array(count * at.CHOICE_BYTES);
  const work = variants.map(({ shape }) => macs(shape));
  for (const [place, i] of order.entries()) {
    for (const [column, offset] of FIELDS.entries())
      columns[place * ARCHIVE_COLUMNS + column] = field(i, offset);
    const choice = entry(i) + at.ARCHIVE_CHOICE;
    const variant = view.getInt32(choice + at.CHOICE_VARIANT, true);
    columns[place * ARCHIVE_COLUMNS + FIELDS.length] = work[variant] as number;
    choices.set(new Uint8Array(buffer, choice, at.CHOICE_BYTES), place * at.CHOICE_BYTES);
  }
  return { count, columns, choices, variants };
}

/** Fields of an entry in the order of an archive's columns; one more column is the MACs. */
const FIELDS = [
  at.ARCHIVE_LATENCY,
  at.ARCHIVE_REGISTER_FILLS,
  at.ARCHIVE_DRAM_BURSTS,
  at.ARCHIVE_ACCUMULATOR_ACCESSES,
  at.ARCHIVE_SCRATCHPAD_ROWS,
  at.ARCHIVE_SCRATCHPAD_KIB,
  at.ARCHIVE_ACCUMULATOR_KIB,
];

/**
 * Enumerates a layer on an array without a break.
 *
 * @param module the compiled kernels
 * @param stop looked at after each window; the archive is not complete if it ends the enumeration
 */
export function collectArchive(
  module: WebAssembly.Module,
  shape: LayerShape,
  array: ArrayParameters,
  range: MemoryRange = EVERY_MEMORY,
  {
    stop = () => false,
    ...options
  }: Pick<ArchiveJob, "allowPadding" | "evaluations"> & { readonly stop?: () => boolean } = {},
): LayerArchive {
  const job = { shape, array, range, ...options };
  const enumeration = new Enumeration(module, job);
  do enumeration.advance();
  while (!enumeration.done && !stop());
  return enumeration.archive();
}

/** Near the golden section of `windows`, with no factor in common with it: every window comes once. */
function strideOf(windows: number): number {
  const gcd = (a: number, b: number): number => (b === 0 ? a : gcd(b, a % b));
  let stride = Math.max(1, Math.round(0.618 * windows));
  while (gcd(stride, windows) > 1) stride++;
  return stride;
}

/** Some sizes of the memories of a range, from the least to the most of both. */
function spread(range: MemoryRange): readonly Pick<HardwareParameters, "scratchpadKib" | "accumulatorKib">[] {
  const between = (least: number, most: number, share: number): number =>
    Math.round(least * (most / least) ** share);
  return [0, 0.25, 0.5, 0.75, 1].map((share) => ({
    scratchpadKib: between(range.leastScratchpadKib, range.mostScratchpadKib, share),
    accumulatorKib: between(range.leastAccumulatorKib, range.mostAccumulatorKib, share),
  }));
}
