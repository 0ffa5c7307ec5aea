import type { HardwareSpace } from "../codesign/space.ts";
import { accumulatorArea, scratchpadArea, sumAreas } from "../hardware/area.ts";
import { accessEnergies } from "../hardware/energy.ts";
import { createHardware, type Hardware } from "../hardware/hardware.ts";
import { writeContext } from "../kernels/context.ts";
import { C, CONTEXT_BYTES, K } from "../kernels/layout.ts";
import { PROBLEM_BYTES } from "../kernels/mapper-layout.ts";
import * as at from "../kernels/walk-layout.ts";
import type { ArrayParameters } from "../mapper/layer-archive.ts";
import { PROBLEM, tileChoices, writeProblem } from "../mapper/problem.ts";
import { divisors } from "../space/divisors.ts";
import type { LayerShape } from "../workload/layer.ts";
import { type DistinctLayer, distinctLayers, type WalkProblem } from "./request.ts";

const PAGE = 65_536;
/** Where the space lies. Below it `writeProblem` makes one problem at a time, which is copied from there. */
export const SPACE = 65_536;

/** Where the parts of a written space lie. */
export interface SpaceRecord {
  readonly layers: readonly DistinctLayer[];
  readonly designBytes: number;
  /** First free byte, a multiple of 16. */
  readonly free: number;
}

/**
 * Writes everything that walks through a problem's designs read, and grows the memory to hold it and `designs` designs.
 *
 * @throws RangeError if there are too many networks
 */
export function writeSpace(memory: WebAssembly.Memory, problem: WalkProblem, designs: number): SpaceRecord {
  const { workloads, space, objective } = problem;
  const { arrays, scratchpadKib, accumulatorKib } = space;
  if (workloads.length > at.MOST_NETWORKS) {
    throw new RangeError(`walks take at most ${at.MOST_NETWORKS} networks, not ${workloads.length}`);
  }
  const layers = distinctLayers(workloads);
  const designBytes = at.DESIGN_GENES + at.GENE_BYTES * layers.length;
  let free = SPACE;
  const take = (bytes: number): number => {
    const address = free;
    free = Math.ceil((free + bytes) / 16) * 16;
    return address;
  };
  take(at.SPACE_BYTES);
  const arrayTable = take(at.ARRAY_BYTES * arrays.length);
  const memories = arrays.map(() => ({
    scratchpads: take(at.MEMORY_BYTES * scratchpadKib.length),
    accumulators: take(at.MEMORY_BYTES * accumulatorKib.length),
  }));
  const layerTable = take(at.LAYER_BYTES * layers.length);
  const parts = layers.map(() => ({
    problem: take(PROBLEM_BYTES),
    contexts: take(CONTEXT_BYTES * arrays.length),
    spreads: take(at.SPREAD_BYTES * arrays.length),
  }));
  const bytes = free + designs * designBytes;
  memory.grow(Math.max(0, Math.ceil((bytes - memory.buffer.byteLength) / PAGE)));

  const { f64, i32 } = writers(memory);
  f64(SPACE + at.SPACE_MAX_MM2, space.maxAreaMm2 ?? Number.POSITIVE_INFINITY);
  f64(SPACE + at.SPACE_LATENCY_POWER, objective.latencyPower / workloads.length);
  f64(SPACE + at.SPACE_ENERGY_POWER, objective.energyPower / workloads.length);
  i32(SPACE + at.SPACE_ARRAYS, arrays.length);
  i32(SPACE + at.SPACE_SCRATCHPADS, scratchpadKib.length);
  i32(SPACE + at.SPACE_ACCUMULATORS, accumulatorKib.length);
  i32(SPACE + at.SPACE_LAYERS, layers.length);
  i32(SPACE + at.SPACE_NETWORKS, workloads.length);
  i32(SPACE + at.SPACE_ARRAY_TABLE, arrayTable);
  i32(SPACE + at.SPACE_LAYER_TABLE, layerTable);
  i32(SPACE + at.SPACE_DESIGN_BYTES, designBytes);
  for (const [a, array] of arrays.entries()) {
    writeArray(memory, arrayTable + a * at.ARRAY_BYTES, array, space, memories[a] as MemoryTables);
  }
  for (const [i, layer] of layers.entries()) {
    writeLayer(memory, layerTable + i * at.LAYER_BYTES, layer, arrays, parts[i] as LayerParts);
  }
  return { layers, designBytes, free };
}

/** Addresses of the tables of memory sizes that an array may have. */
interface MemoryTables {
  readonly scratchpads: number;
  readonly accumulators: number;
}

/** Addresses of what a layer's record points to; contexts and spreads have one entry for each array. */
interface LayerParts {
  readonly problem: number;
  readonly contexts: number;
  readonly spreads: number;
}

/** Setters of little-endian numbers at an address. */
function writers(
  memory: WebAssembly.Memory,
): Record<"f64" | "i32", (address: number, value: number) => void> {
  const view = new DataView(memory.buffer);
  return {
    f64: (address, value) => view.setFloat64(address, value, true),
    i32: (address, value) => view.setInt32(address, value, true),
  };
}

/** Writes the record of an array, and what each size of its memories holds, costs to access, and occupies. */
function writeArray(
  memory: WebAssembly.Memory,
  record: number,
  array: ArrayParameters,
  { scratchpadKib, accumulatorKib }: HardwareSpace,
  { scratchpads, accumulators }: MemoryTables,
): void {
  const { f64, i32 } = writers(memory);
  f64(record + at.ARRAY_PE_DIM, array.peDim);
  f64(record + at.ARRAY_MM2, sumAreas(array.peDim, 0, 0));
  i32(record + at.ARRAY_SCRATCHPADS, scratchpads);
  i32(record + at.ARRAY_ACCUMULATORS, accumulators);
  for (const [i, kib] of scratchpadKib.entries()) {
    const hardware = createHardware({ ...array, scratchpadKib: kib, accumulatorKib: 1 });
    const address = scratchpads + i * at.MEMORY_BYTES;
    f64(address + at.MEMORY_WORDS, hardware.scratchpadWords);
    f64(address + at.MEMORY_PJ, accessEnergies(hardware).scratchpadPj);
    f64(address + at.MEMORY_MM2, scratchpadArea(array.peDim, hardware.scratchpadRows).mm2);
  }
  for (const [i, kib] of accumulatorKib.entries()) {
    const hardware = createHardware({ ...array, scratchpadKib: 1, accumulatorKib: kib });
    const address = accumulators + i * at.MEMORY_BYTES;
    f64(address + at.MEMORY_WORDS, hardware.accumulatorWords);
    f64(address + at.MEMORY_PJ, accessEnergies(hardware).accumulatorPj);
    f64(address + at.MEMORY_MM2, array.peDim * accumulatorArea(hardware.accumulatorRows).mm2);
  }
}

/** Writes the record of a layer, its problem, and for each array a context (its memories are entered later) and the spreads. */
function writeLayer(
  memory: WebAssembly.Memory,
  record: number,
  { shape, count, network }: DistinctLayer,
  arrays: readonly ArrayParameters[],
  { problem, contexts, spreads }: LayerParts,
): void {
  const { f64, i32 } = writers(memory);
  f64(record + at.LAYER_COUNT, count);
  i32(record + at.LAYER_NETWORK, network);
  i32(record + at.LAYER_PROBLEM, problem);
  i32(record + at.LAYER_CONTEXTS, contexts);
  i32(record + at.LAYER_SPREADS, spreads);
  const someMemory = (array: ArrayParameters): Hardware =>
    createHardware({ ...array, scratchpadKib: 1, accumulatorKib: 1 });
  writeProblem(memory, shape, someMemory(arrays[0] as ArrayParameters), tileChoices(shape));
  new Uint8Array(memory.buffer).copyWithin(problem, PROBLEM, PROBLEM + PROBLEM_BYTES);
  for (const [a, array] of arrays.entries()) {
    writeContext(memory, contexts + a * CONTEXT_BYTES, shape, someMemory(array));
    writeSpreads(memory, spreads + a * at.SPREAD_BYTES, shape, array.peDim);
  }
}

/** For each tile of K, then of C, the widest factor of it that the array takes. */
function writeSpreads(memory: WebAssembly.Memory, address: number, shape: LayerShape, peDim: number): void {
  const bytes = new Uint8Array(memory.buffer, address, at.SPREAD_BYTES);
  const choices = tileChoices(shape);
  for (const [dim, offset] of [
    [K, 0],
    [C, at.SPREAD_C],
  ] as const) {
    for (const [i, tile] of (choices[dim] ?? []).entries()) {
      bytes[offset + i] = divisors(tile).findLast((factor) => factor <= peDim) ?? 1;
    }
  }
}
