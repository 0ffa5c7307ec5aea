import { InputError, quote } from "../errors.ts";
import { accumulatorArea, scratchpadArea, sumAreas } from "../hardware/area.ts";
import { createHardware } from "../hardware/hardware.ts";
import type { ArrayParameters, MemoryRange } from "../mapper/layer-archive.ts";

/** Hardware that a co-design chooses from: every array with every pair of memory sizes, within an area. */
export interface HardwareSpace {
  readonly arrays: readonly ArrayParameters[];
  readonly scratchpadKib: readonly number[];
  readonly accumulatorKib: readonly number[];
  readonly maxAreaMm2?: number;
}

/**
 * The same space with every list rising and without repeats, which boxes and bounds rely on.
 *
 * @throws InputError if a value is none that hardware may have, or a list is empty
 */
export function createHardwareSpace(space: HardwareSpace): HardwareSpace {
  const { maxAreaMm2 = Number.POSITIVE_INFINITY } = space;
  if (!(maxAreaMm2 > 0)) {
    throw new InputError({ where: "maxAreaMm2", expected: "a number above 0", found: quote(maxAreaMm2) });
  }
  const arrays = new Map<string, ArrayParameters>();
  for (const { peDim, bandwidth = "shared" } of some("arrays", space.arrays)) {
    createHardware({ peDim, bandwidth, scratchpadKib: 1, accumulatorKib: 1 });
    arrays.set(`${peDim} ${bandwidth}`, bandwidth === "shared" ? { peDim } : { peDim, bandwidth });
  }
  for (const scratchpadKib of some("scratchpadKib", space.scratchpadKib))
    createHardware({ peDim: 2, scratchpadKib, accumulatorKib: 1 });
  for (const accumulatorKib of some("accumulatorKib", space.accumulatorKib))
    createHardware({ peDim: 2, scratchpadKib: 1, accumulatorKib });
  return {
    arrays: [...arrays.values()].sort((a, b) => a.peDim - b.peDim),
    scratchpadKib: rising(space.scratchpadKib),
    accumulatorKib: rising(space.accumulatorKib),
    ...(space.maxAreaMm2 === undefined ? {} : { maxAreaMm2 }),
  };
}

function some<T>(where: string, values: readonly T[]): readonly T[] {
  if (values.length > 0) return values;
  throw new InputError({ where, expected: "at least one value", found: "none" });
}

function rising(values: readonly number[]): readonly number[] {
  return [...new Set(values)].sort((a, b) => a - b);
}

/** Neighbouring memory sizes on one array, as index ranges into the space's lists, both ends included. */
export interface Box {
  readonly array: number;
  readonly scratchpad: readonly [number, number];
  readonly accumulator: readonly [number, number];
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
  /** The memories that some config within an area has; undefined if there is none. */
  within(mm2: number): MemoryRange | undefined;
  /** Places of some memories that fill an area: for accumulators of rising size the largest scratchpad beside each. */
  largest(mm2: number): readonly (readonly [scratchpad: number, accumulator: number])[];
}

export function arrayAreas(
  { scratchpadKib, accumulatorKib }: HardwareSpace,
  array: ArrayParameters,
): ArrayAreas {
  const { peDim } = array;
  const scratchpads = scratchpadKib.map((kib) => {
    const { scratchpadRows } = createHardware({ ...array, scratchpadKib: kib, accumulatorKib: 1 });
    return scratchpadArea(peDim, scratchpadRows).mm2;
  });
  const banks = accumulatorKib.map((kib) => {
    const { accumulatorRows } = createHardware({ ...array, scratchpadKib: 1, accumulatorKib: kib });
    return accumulatorArea(accumulatorRows).mm2;
  });
  const least = (areas: readonly number[], [low, high]: readonly [number, number]): number => {
    let found = Number.POSITIVE_INFINITY;
    for (let i = low; i <= high; i++) found = Math.min(found, areas[i] as number);
    return found;
  };
  const leastScratchpad = least(scratchpads, [0, scratchpads.length - 1]);
  const leastBank = least(banks, [0, banks.length - 1]);
  return {
    of: (scratchpad, accumulator) =>
      sumAreas(peDim, scratchpads[scratchpad] as number, banks[accumulator] as number),
    least: (box) => sumAreas(peDim, least(scratchpads, box.scratchpad), least(banks, box.accumulator)),
    largest: (mm2) =>
      geometricPlaces(banks.length).flatMap((accumulator) => {
        const scratchpad = scratchpads.findLastIndex(
          (pad) => sumAreas(peDim, pad, banks[accumulator] as number) <= mm2,
        );
        return scratchpad < 0 ? [] : [[scratchpad, accumulator] as const];
      }),
    within: (mm2) => {
      const pads = scratchpadKib.filter(
        (_, i) => sumAreas(peDim, scratchpads[i] as number, leastBank) <= mm2,
      );
      const accumulators = accumulatorKib.filter(
        (_, i) => sumAreas(peDim, leastScratchpad, banks[i] as number) <= mm2,
      );
      const [leastScratchpadKib, mostScratchpadKib] = [pads[0], pads.at(-1)];
      const [leastAccumulatorKib, mostAccumulatorKib] = [accumulators[0], accumulators.at(-1)];
      return leastScratchpadKib === undefined ||
        mostScratchpadKib === undefined ||
        leastAccumulatorKib === undefined ||
        mostAccumulatorKib === undefined
        ? undefined
        : { leastScratchpadKib, mostScratchpadKib, leastAccumulatorKib, mostAccumulatorKib };
    },
  };
}

/** Places in a list, each about twice the one before. */
function geometricPlaces(length: number): readonly number[] {
  const places: number[] = [];
  for (let place = 1; place <= length; place *= 2) places.push(place - 1);
  return places;
}
