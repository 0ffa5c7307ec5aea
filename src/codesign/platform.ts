import { InputError } from "../errors.ts";
import { accessEnergies } from "../hardware/energy.ts";
import { createHardware, type HardwareParameters } from "../hardware/hardware.ts";
import type { ArchivePool } from "../mapper/archive-pool.ts";
import type { MemoryView } from "../mapper/layer-archive.ts";
import { collectNetwork, type NetworkArchive } from "../mapper/network-archive.ts";
import { shapeKey } from "../workload/layer.ts";
import type { Workload } from "../workload/workload.ts";
import { type ArrayAreas, arrayAreas, type Box, type HardwareSpace } from "./space.ts";

/** One array of a space, of which some config is within the area, with the networks enumerated on it. */
export interface Platform {
  /** Place of the array in the space. */
  readonly array: number;
  readonly areas: ArrayAreas;
  /** In the order of the workloads. */
  readonly networks: readonly NetworkArchive[];
  /** Every mapping was looked at. */
  readonly complete: boolean;
}

export interface CollectRequest {
  readonly workloads: readonly Workload[];
  readonly space: HardwareSpace;
  /** Layers may run padded to a better bound. */
  readonly allowPadding?: boolean;
  /** Candidates priced, over all arrays and layers in equal shares, after which the archives are given as they stand. */
  readonly evaluations?: number;
  /** Ends the enumeration soon; the platforms are then not complete. */
  readonly signal?: AbortSignal;
  /** Layers enumerated, of so many. */
  readonly onLayer?: (done: number, of: number) => void;
}

/**
 * Enumerates every distinct layer on every array, for the memories that fit beside it: areas come first, so that nothing is
 * enumerated for hardware that exceeds the cap.
 *
 * @param space as `createHardwareSpace` gives it
 * @throws InputError if no config is within the area cap
 */
export async function collectPlatforms(
  pool: ArchivePool,
  { workloads, space, allowPadding = false, evaluations, signal, onLayer }: CollectRequest,
): Promise<readonly Platform[]> {
  const cap = space.maxAreaMm2 ?? Number.POSITIVE_INFINITY;
  const kept = space.arrays.flatMap((parameters, array) => {
    const areas = arrayAreas(space, parameters);
    const range = areas.within(cap);
    return range ? [{ array, parameters, areas, range }] : [];
  });
  if (kept.length === 0) throw noneWithin(space, cap);
  // What the workloads share is enumerated once.
  const layers = workloads.flatMap((workload) => workload.layers);
  const shapes = new Set(layers.map(({ shape }) => shapeKey(shape))).size;
  const jobs = kept.length * shapes;
  let done = 0;
  return Promise.all(
    kept.map(async ({ array, parameters, areas, range }): Promise<Platform> => {
      const share = evaluations === undefined ? {} : { evaluations: Math.ceil(evaluations / jobs) };
      const all = await collectNetwork(
        pool,
        { layers, array: parameters, range, allowPadding, ...share },
        { ...(signal ? { signal } : {}), onArchive: () => onLayer?.(++done, jobs) },
      );
      let next = 0;
      const networks = workloads.map((workload): NetworkArchive => {
        const first = next;
        next += workload.layers.length;
        return { ...all, layers: workload.layers, archives: all.archives.slice(first, next) };
      });
      return { array, areas, networks, complete: all.complete };
    }),
  );
}

function noneWithin(space: HardwareSpace, cap: number): InputError {
  const whole = wholeBox(space, 0);
  const least = space.arrays.map((array) => arrayAreas(space, array).least(whole));
  return new InputError({
    where: "maxAreaMm2",
    expected: `at least the smallest config's ${Math.min(...least)}`,
    found: String(cap),
  });
}

/** All memory sizes on one array. */
export function wholeBox(space: HardwareSpace, array: number): Box {
  return {
    array,
    scratchpad: [0, space.scratchpadKib.length - 1],
    accumulator: [0, space.accumulatorKib.length - 1],
  };
}

/** The config at the lower (0) or upper (1) end of a box. */
export function configAt(space: HardwareSpace, box: Box, end: 0 | 1): HardwareParameters {
  return {
    ...(space.arrays[box.array] as HardwareSpace["arrays"][number]),
    scratchpadKib: space.scratchpadKib[box.scratchpad[end]] as number,
    accumulatorKib: space.accumulatorKib[box.accumulator[end]] as number,
  };
}

/** Memories as large as a box's largest, as cheap as its smallest. */
export function optimisticMemories(space: HardwareSpace, box: Box): MemoryView {
  const { scratchpadKib, accumulatorKib } = configAt(space, box, 1);
  return { ...accessEnergies(createHardware(configAt(space, box, 0))), scratchpadKib, accumulatorKib };
}
