import { InputError } from "../errors.ts";
import { type AccessEnergies, accessEnergies, accessEnergyPj } from "../hardware/energy.ts";
import { createHardware, type HardwareParameters, MAX_MEMORY_KIB } from "../hardware/hardware.ts";
import * as at from "../kernels/mapper-layout.ts";
import type { Mapping } from "../space/mapping.ts";
import type { LayerShape } from "../workload/layer.ts";
import { readChoice } from "./choice.ts";
import { addToHull, lowerLeftHull, type Point } from "./hull.ts";
import { leastPoint } from "./least.ts";
import type { Variant } from "./variants.ts";

/** What an archive does not depend on the memories for. */
export interface ArrayParameters {
  readonly peDim: number;
  readonly bandwidth?: NonNullable<HardwareParameters["bandwidth"]>;
}

/** Memory sizes that an archive answers for, in KiB. */
export interface MemoryRange {
  readonly leastScratchpadKib: number;
  readonly mostScratchpadKib: number;
  readonly leastAccumulatorKib: number;
  readonly mostAccumulatorKib: number;
}

/** The smallest range that holds given sizes, of which there is at least one. */
export function memoryRange(
  sizes: Iterable<Pick<HardwareParameters, "scratchpadKib" | "accumulatorKib">>,
): MemoryRange {
  let range: MemoryRange | undefined;
  for (const { scratchpadKib, accumulatorKib } of sizes) {
    range = {
      leastScratchpadKib: Math.min(range?.leastScratchpadKib ?? scratchpadKib, scratchpadKib),
      mostScratchpadKib: Math.max(range?.mostScratchpadKib ?? scratchpadKib, scratchpadKib),
      leastAccumulatorKib: Math.min(range?.leastAccumulatorKib ?? accumulatorKib, accumulatorKib),
      mostAccumulatorKib: Math.max(range?.mostAccumulatorKib ?? accumulatorKib, accumulatorKib),
    };
  }
  if (!range)
    throw new InputError({ where: "hardware", expected: "at least one size of the memories", found: "none" });
  return range;
}

export const EVERY_MEMORY: MemoryRange = {
  leastScratchpadKib: 1,
  mostScratchpadKib: MAX_MEMORY_KIB,
  leastAccumulatorKib: 1,
  mostAccumulatorKib: MAX_MEMORY_KIB,
};

/**
 * All mappings of one layer on one PE array that are the best for some size of the memories and some objective. Cycles and
 * access counts do not depend on the sizes; they gate by capacity and scale the energy of an access. Plain data, so that it
 * passes between threads.
 */
export interface LayerArchive {
  readonly shape: LayerShape;
  /** The layer's own shape with its tiles, then those that it may be padded to; entries tell which one they are of. */
  readonly variants: readonly Variant[];
  readonly array: ArrayParameters;
  readonly count: number;
  /** ARCHIVE_COLUMNS numbers per entry, entries by rising latency. */
  readonly columns: Float64Array;
  /** CHOICE_BYTES per entry. */
  readonly choices: Uint8Array;
  /** Every mapping was looked at; else these are the best of some of them. */
  readonly complete: boolean;
  /** Candidates of the windows that were dealt with, and those among them that were priced. */
  readonly covered: number;
  readonly evaluated: number;
}

/** A point of an archive on given memories. */
export interface ArchivePoint extends Point {
  readonly entry: number;
}

/** Numbers per entry: latency, register fills, DRAM bursts, accumulator and scratchpad accesses, KiB of scratchpad and accumulator, MACs. */
export const ARCHIVE_COLUMNS = 8;

/** Memories as an archive sees them: what fits, and what an access costs. They may be of different accelerators in a bound. */
export interface MemoryView extends AccessEnergies {
  readonly scratchpadKib: number;
  readonly accumulatorKib: number;
}

/** The memories of one accelerator. */
export function memoryView(parameters: HardwareParameters): MemoryView {
  const { scratchpadKib, accumulatorKib } = parameters;
  return { scratchpadKib, accumulatorKib, ...accessEnergies(createHardware(parameters)) };
}

/** The lower-left convex hull of an archive's mappings on given memories; energies as the engine computes them, to the bit. */
export function archiveHull(archive: LayerArchive, memories: MemoryView): ArchivePoint[] {
  const hull: ArchivePoint[] = [];
  eachFitting(archive, memories, (latencyCycles, energyPj, entry) => {
    if (energyPj >= (hull.at(-1)?.energyPj ?? Number.POSITIVE_INFINITY)) return;
    addToHull(hull, { latencyCycles, energyPj, entry });
  });
  return hull;
}

/** All of an archive's mappings that fit given memories, latency rising. */
export function archivePoints(archive: LayerArchive, memories: MemoryView): ArchivePoint[] {
  const points: ArchivePoint[] = [];
  eachFitting(archive, memories, (latencyCycles, energyPj, entry) => {
    points.push({ latencyCycles, energyPj, entry });
  });
  return points;
}

function eachFitting(
  { columns, count }: LayerArchive,
  memories: MemoryView,
  visit: (latencyCycles: number, energyPj: number, entry: number) => void,
): void {
  const { scratchpadKib, accumulatorKib } = memories;
  for (let entry = 0, i = 0; entry < count; entry++, i += ARCHIVE_COLUMNS) {
    if ((columns[i + 5] as number) > scratchpadKib || (columns[i + 6] as number) > accumulatorKib) continue;
    const energyPj = accessEnergyPj(
      memories,
      columns[i + 7] as number,
      columns[i + 1] as number,
      columns[i + 3] as number,
      columns[i + 4] as number,
      columns[i + 2] as number,
    );
    visit(columns[i] as number, energyPj, entry);
  }
}

/** What no mapping of the layer lies below on given memories: the hull, and more where the archive is not complete. */
export function archiveBound(archive: LayerArchive, memories: MemoryView): readonly Point[] {
  const hull = archiveHull(archive, memories);
  if (archive.complete) return hull;
  const hardware = createHardware({ ...archive.array, scratchpadKib: 1, accumulatorKib: 1 });
  // Of padded shapes too: more work, and of no dim fewer trips than the layer's own bound over the array has.
  return lowerLeftHull([leastPoint(archive.shape, hardware, memories), ...hull]);
}

/** The mapping of an entry, of the shape that `archiveShape` gives. */
export function archiveMapping(archive: LayerArchive, entry: number): Mapping {
  const { shape, tiles } = variantOf(archive, entry);
  return readChoice(choiceOf(archive, entry), shape, tiles);
}

/** The shape that an entry maps: the layer's own, or a padded one. */
export function archiveShape(archive: LayerArchive, entry: number): LayerShape {
  return variantOf(archive, entry).shape;
}

function variantOf(archive: LayerArchive, entry: number): Variant {
  return archive.variants[choiceOf(archive, entry).getInt32(at.CHOICE_VARIANT, true)] as Variant;
}

function choiceOf({ choices: { buffer, byteOffset } }: LayerArchive, entry: number): DataView {
  return new DataView(buffer, byteOffset + entry * at.CHOICE_BYTES, at.CHOICE_BYTES);
}
