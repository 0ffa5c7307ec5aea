import { type Totals, totals } from "../fidelity/totals.ts";
import { area } from "../hardware/area.ts";
import { createHardware, type HardwareParameters } from "../hardware/hardware.ts";
import { formatMapping } from "../space/mapping.ts";
import { type Layer, type LayerShape, shapeKey } from "../workload/layer.ts";
import {
  type ArchivePoint,
  type ArrayParameters,
  archiveHull,
  archiveMapping,
  type LayerArchive,
  type MemoryRange,
  type MemoryView,
  memoryView,
} from "./layer-archive.ts";
import { type LayerPoints, minimiseNetwork } from "./network.ts";
import type { Objective } from "./objective.ts";

/** One enumeration: a layer on an array, for a range of memories. */
export interface ArchiveJob {
  readonly shape: LayerShape;
  readonly array: ArrayParameters;
  readonly range: MemoryRange;
}

/** Whatever enumerates layers, several at a time. */
export interface ArchivePool {
  collectArchive(job: ArchiveJob): Promise<LayerArchive>;
}

/** A network on one PE array, ready for every size of the memories. */
export interface NetworkArchive {
  readonly layers: readonly Layer[];
  readonly array: ArrayParameters;
  /** In the order of the layers; layers of equal shape share one. */
  readonly archives: readonly LayerArchive[];
}

/** A hardware config with the best mappings for it. */
export interface NetworkPoint {
  readonly hardware: HardwareParameters;
  readonly totals: Totals;
  /** For each layer the entry of its archive. */
  readonly picks: readonly number[];
}

/** A layer with the mapping chosen for it, which is proven to be part of the best choice; metrics are of one run. */
export interface ArchivedLayer {
  readonly name: string;
  readonly count: number;
  readonly shape: LayerShape;
  readonly mapping: string;
  readonly latencyCycles: number;
  readonly energyUj: number;
  readonly optimal: true;
  readonly gap: 0;
}

/** Enumerates every distinct layer of a network on an array. */
export async function collectNetwork(
  pool: ArchivePool,
  layers: readonly Layer[],
  array: ArrayParameters,
  range: MemoryRange,
  onArchive?: () => void,
): Promise<NetworkArchive> {
  const jobs = new Map<string, Promise<LayerArchive>>();
  for (const { shape } of layers) {
    const key = shapeKey(shape);
    if (jobs.has(key)) continue;
    const job = pool.collectArchive({ shape, array, range }).then((archive) => {
      onArchive?.();
      return archive;
    });
    jobs.set(key, job);
  }
  const archives = layers.map(({ shape }) => jobs.get(shapeKey(shape)) as Promise<LayerArchive>);
  return { layers, array, archives: await Promise.all(archives) };
}

/** The hull of each layer on given memories. */
export function networkHulls(network: NetworkArchive, memories: MemoryView): LayerPoints<ArchivePoint>[] {
  const hulls = new Map<LayerArchive, ArchivePoint[]>();
  return network.layers.map(({ count }, i) => {
    const archive = network.archives[i] as LayerArchive;
    let hull = hulls.get(archive);
    if (!hull) {
      hull = archiveHull(archive, memories);
      hulls.set(archive, hull);
    }
    return { count, points: hull };
  });
}

/** The best mappings on given memories; undefined if a layer has none that fits. */
export function bestOn(
  network: NetworkArchive,
  scratchpadKib: number,
  accumulatorKib: number,
  objective: Objective,
): NetworkPoint | undefined {
  const parameters = { ...network.array, scratchpadKib, accumulatorKib };
  const hardware = createHardware(parameters);
  const hulls = networkHulls(network, memoryView(parameters));
  const choice = minimiseNetwork(hulls, objective);
  if (!choice) return undefined;
  const points = hulls.map(({ points }, i) => points[choice.picks[i] as number] as ArchivePoint);
  return {
    hardware: parameters,
    totals: totals(
      points.map(({ latencyCycles, energyPj }, i) => ({
        count: (network.layers[i] as Layer).count,
        latencyCycles,
        energyUj: energyPj * 1e-6,
      })),
      area(hardware),
    ),
    picks: points.map(({ entry }) => entry),
  };
}

/** The layers of a point with their mappings. */
export function layersOf(network: NetworkArchive, point: NetworkPoint): readonly ArchivedLayer[] {
  const hulls = networkHulls(network, memoryView(point.hardware));
  return network.layers.map(({ name, count, shape }, i): ArchivedLayer => {
    const entry = point.picks[i] as number;
    const chosen = hulls[i]?.points.find((one) => one.entry === entry);
    if (!chosen) throw new RangeError(`entry ${entry} of ${name} is on no hull of these memories`);
    return {
      name,
      count,
      shape,
      mapping: formatMapping(archiveMapping(network.archives[i] as LayerArchive, entry)),
      latencyCycles: chosen.latencyCycles,
      energyUj: chosen.energyPj * 1e-6,
      optimal: true,
      gap: 0,
    };
  });
}
