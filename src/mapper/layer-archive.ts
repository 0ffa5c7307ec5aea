import { type AccessEnergies, accessEnergies } from "../hardware/energy.ts";
import { createHardware, type HardwareParameters, MAX_MEMORY_KIB } from "../hardware/hardware.ts";
import { instantiateNow } from "../kernels/kernels.ts";
import * as at from "../kernels/mapper-layout.ts";
import type { Mapping } from "../space/mapping.ts";
import { type LayerShape, macs } from "../workload/layer.ts";
import { readChoice } from "./choice.ts";
import { addToHull, type Point } from "./hull.ts";
import { CONTEXT, FREE, PROBLEM, tileChoices, writeProblem } from "./problem.ts";

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
  if (!range) throw new RangeError("a range of memories needs at least one size");
  return range;
}

const EVERY_MEMORY: MemoryRange = {
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
  readonly array: ArrayParameters;
  readonly count: number;
  /** ARCHIVE_COLUMNS numbers per entry, entries by rising latency. */
  readonly columns: Float64Array;
  /** CHOICE_BYTES per entry. */
  readonly choices: Uint8Array;
  readonly covered: number;
  readonly evaluated: number;
}

const ARCHIVE_COLUMNS = 7;
/** Windows that are enumerated between two looks at the clock. */
const STEP = 256;

/** A point of an archive on given memories. */
export interface ArchivePoint extends Point {
  readonly entry: number;
}

/**
 * Enumerates every mapping of a layer on an array.
 *
 * @param module the compiled kernels
 */
export function collectArchive(
  module: WebAssembly.Module,
  shape: LayerShape,
  array: ArrayParameters,
  range: MemoryRange = EVERY_MEMORY,
): LayerArchive {
  const { memory, exports } = instantiateNow(module);
  memory.grow(2 - Math.min(2, memory.buffer.byteLength / 65_536));
  const hardware = createHardware({
    ...array,
    scratchpadKib: range.mostScratchpadKib,
    accumulatorKib: range.mostAccumulatorKib,
  });
  writeProblem(memory, shape, hardware, tileChoices(shape));
  const problem = new DataView(memory.buffer, PROBLEM, at.PROBLEM_BYTES);
  problem.setFloat64(at.LEAST_SCRATCHPAD_KIB, range.leastScratchpadKib, true);
  problem.setFloat64(at.MOST_SCRATCHPAD_KIB, range.mostScratchpadKib, true);
  problem.setFloat64(at.LEAST_ACCUMULATOR_KIB, range.leastAccumulatorKib, true);
  problem.setFloat64(at.MOST_ACCUMULATOR_KIB, range.mostAccumulatorKib, true);
  const windows = exports.windowCount(PROBLEM);
  for (let first = 0; first < windows; first += STEP) {
    exports.collect(CONTEXT, PROBLEM, first, Math.min(STEP, windows - first), FREE);
  }

  const { buffer } = memory;
  const view = new DataView(buffer);
  const count = view.getInt32(FREE + at.ARCHIVE_COUNT, true);
  const entry = (i: number): number => FREE + at.ARCHIVE_ENTRIES + i * at.ARCHIVE_ENTRY_BYTES;
  const field = (i: number, offset: number): number => view.getFloat64(entry(i) + offset, true);
  const fields = [
    at.ARCHIVE_LATENCY,
    at.ARCHIVE_REGISTER_FILLS,
    at.ARCHIVE_DRAM_BURSTS,
    at.ARCHIVE_ACCUMULATOR_ACCESSES,
    at.ARCHIVE_SCRATCHPAD_ROWS,
    at.ARCHIVE_SCRATCHPAD_KIB,
    at.ARCHIVE_ACCUMULATOR_KIB,
  ];
  // In an order that does not depend on how the entries were met.
  const order = Array.from({ length: count }, (_, i) => i).sort((a, b) => {
    for (const offset of fields) {
      const difference = field(a, offset) - field(b, offset);
      if (difference !== 0) return difference;
    }
    return a - b;
  });
  const columns = new Float64Array(count * ARCHIVE_COLUMNS);
  const choices = new Uint8Array(count * at.CHOICE_BYTES);
  for (const [place, i] of order.entries()) {
    for (const [column, offset] of fields.entries())
      columns[place * ARCHIVE_COLUMNS + column] = field(i, offset);
    const choice = new Uint8Array(buffer, entry(i) + at.ARCHIVE_CHOICE, at.CHOICE_BYTES);
    choices.set(choice, place * at.CHOICE_BYTES);
  }
  return {
    shape,
    array,
    count,
    columns,
    choices,
    covered: view.getFloat64(PROBLEM + at.COVERED, true),
    evaluated: view.getFloat64(PROBLEM + at.EVALUATED, true),
  };
}

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
  const { columns, count } = archive;
  const { scratchpadKib, accumulatorKib, registerPj, accumulatorPj, scratchpadPj, dramPj } = memories;
  const work = macs(archive.shape);
  const macEnergy = work * memories.macPj;
  const hull: ArchivePoint[] = [];
  for (let entry = 0, i = 0; entry < count; entry++, i += ARCHIVE_COLUMNS) {
    if ((columns[i + 5] as number) > scratchpadKib || (columns[i + 6] as number) > accumulatorKib) continue;
    let energyPj = macEnergy + (work + (columns[i + 1] as number)) * registerPj;
    energyPj += (columns[i + 3] as number) * accumulatorPj;
    energyPj += (columns[i + 4] as number) * scratchpadPj;
    energyPj += (columns[i + 2] as number) * dramPj;
    if (energyPj >= (hull.at(-1)?.energyPj ?? Number.POSITIVE_INFINITY)) continue;
    addToHull(hull, { latencyCycles: columns[i] as number, energyPj, entry });
  }
  return hull;
}

/** The mapping of an entry. */
export function archiveMapping(archive: LayerArchive, entry: number): Mapping {
  const { buffer, byteOffset } = archive.choices;
  const record = new DataView(buffer, byteOffset + entry * at.CHOICE_BYTES, at.CHOICE_BYTES);
  return readChoice(record, archive.shape, tileChoices(archive.shape));
}
