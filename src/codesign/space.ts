import { accumulatorArea, scratchpadArea, sumAreas } from "../hardware/area.ts";
import { createHardware } from "../hardware/hardware.ts";
import type { ArrayParameters, MemoryRange } from "../mapper/layer-archive.ts";

/** Hardware that a co-design chooses from: every array with every pair of memory sizes. */
export interface HardwareSpace {
  readonly arrays: readonly ArrayParameters[];
  /** Rising. */
  readonly scratchpadKib: readonly number[];
  /** Rising. */
  readonly accumulatorKib: readonly number[];
  readonly maxAreaMm2?: number;
}

/** Neighbouring memory sizes on one array, as index ranges into the space's lists, both ends included. */
export interface Box {
  readonly array: number;
  readonly scratchpad: readonly [number, number];
  readonly accumulator: readonly [number, number];
}

export function memoryRange({ scratchpadKib, accumulatorKib }: HardwareSpace): MemoryRange {
  return {
    leastScratchpadKib: scratchpadKib[0] ?? 1,
    mostScratchpadKib: scratchpadKib.at(-1) ?? 1,
    leastAccumulatorKib: accumulatorKib[0] ?? 1,
    mostAccumulatorKib: accumulatorKib.at(-1) ?? 1,
  };
}

/** The two halves of a box, cut at the geometric middle of the memory whose sizes differ by the larger factor. */
export function halves(space: HardwareSpace, box: Box): readonly [Box, Box] | undefined {
  const span = (values: readonly number[], [low, high]: readonly [number, number]): number =>
    (values[high] as number) / (values[low] as number);
  const bySize =
    span(space.scratchpadKib, box.scratchpad) >= span(space.accumulatorKib, box.accumulator)
      ? ("scratchpad" as const)
      : ("accumulator" as const);
  const [low, high] = box[bySize];
  if (low === high) return undefined;
  const values = bySize === "scratchpad" ? space.scratchpadKib : space.accumulatorKib;
  const middle = Math.sqrt((values[low] as number) * (values[high] as number));
  let cut = low;
  while (cut + 1 < high && (values[cut + 1] as number) <= middle) cut++;
  return [
    { ...box, [bySize]: [low, cut] },
    { ...box, [bySize]: [cut + 1, high] },
  ];
}

/** Areas of one array with every memory of a space. */
export interface ArrayAreas {
  of(scratchpad: number, accumulator: number): number;
  /** Smallest area in a box. It need not be that of the smallest memories: macro areas are no smooth function of size. */
  least(box: Box): number;
}

export function arrayAreas(space: HardwareSpace, array: ArrayParameters): ArrayAreas {
  const { peDim } = array;
  const scratchpads = space.scratchpadKib.map((scratchpadKib) => {
    const { scratchpadRows } = createHardware({ ...array, scratchpadKib, accumulatorKib: 1 });
    return scratchpadArea(peDim, scratchpadRows).mm2;
  });
  const banks = space.accumulatorKib.map((accumulatorKib) => {
    const { accumulatorRows } = createHardware({ ...array, scratchpadKib: 1, accumulatorKib });
    return accumulatorArea(accumulatorRows).mm2;
  });
  const least = (areas: readonly number[], [low, high]: readonly [number, number]): number => {
    let found = Number.POSITIVE_INFINITY;
    for (let i = low; i <= high; i++) found = Math.min(found, areas[i] as number);
    return found;
  };
  return {
    of: (scratchpad, accumulator) =>
      sumAreas(peDim, scratchpads[scratchpad] as number, banks[accumulator] as number),
    least: (box) => sumAreas(peDim, least(scratchpads, box.scratchpad), least(banks, box.accumulator)),
  };
}
