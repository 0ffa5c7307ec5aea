import { type Totals, totals } from "../fidelity/totals.ts";
import { area } from "../hardware/area.ts";
import { createHardware, type HardwareParameters } from "../hardware/hardware.ts";
import { formatMapping } from "../space/mapping.ts";
import { type Layer, type LayerShape, shapeKey } from "../workload/layer.ts";
import type { ArchivePool } from "./archive-pool.ts";
import { layerGap } from "./choose.ts";
import type { Point } from "./hull.ts";
import {
  type ArchivePoint,
  type ArrayParameters,
  archiveBound,
  archiveHull,
  archiveMapping,
  archiveShape,
  type LayerArchive,
  type MemoryRange,
  type MemoryView,
  memoryView,
} from "./layer-archive.ts";
import { type LayerPoints, minimiseNetwork } from "./network.ts";
import type { Objective } from "./objective.ts";

/** A network on one PE array, ready for every size of the memories. */
export interface NetworkArchive {
  readonly layers: readonly Layer[];
  readonly array: ArrayParameters;
  /** In the order of the layers; layers of equal shape share one. */
  readonly archives: readonly LayerArchive[];
  /** Every mapping was looked at. */
  readonly complete: boolean;
}

/** A hardware config with the best mappings for it. */
export interface NetworkPoint {
  readonly hardware: HardwareParameters;
  readonly totals: Totals;
  /** For each layer the entry of its archive. */
  readonly picks: readonly number[];
}

/** A layer with the mapping chosen for it; metrics are of one run. */
export interface ArchivedLayer {
  readonly name: string;
  readonly count: number;
  /** The loop nest that is mapped and priced. */
  readonly shape: LayerShape;
  /** The layer's own loop nest, where it runs padded. */
  readonly paddedFrom?: LayerShape;
  readonly mapping: string;
  readonly latencyCycles: number;
  readonly energyUj: number;
  /** No mapping of the map space lies below the layer's hull of (latency, energy) on this hardware. */
  readonly optimal: boolean;
  /** By how much, at most, the layer's least objective may lie below the best one found; 0 if optimal. */
  readonly gap: number;
}

/** What a network is enumerated for. */
export interface NetworkJob {
  readonly layers: readonly Layer[];
  readonly array: ArrayParameters;
  readonly range: MemoryRange;
  /** Layers may run padded to a better bound. */
  readonly allowPadding?: boolean;
  /** Candidates priced for each distinct layer after which its archive is given as it stands. */
  readonly evaluations?: number;
}

/**
 * Enumerates every distinct layer of a network on an array.
 *
 * @param signal ends it soon; the archive is then not complete
 * @param onArchive called for each distinct layer
 */
export async function collectNetwork(
  pool: ArchivePool,
  { layers, ...job }: NetworkJob,
  { signal, onArchive }: { readonly signal?: AbortSignal; readonly onArchive?: () => void } = {},
): Promise<NetworkArchive> {
  const jobs = new Map<string, Promise<LayerArchive>>();
  for (const { shape } of layers) {
    const key = shapeKey(shape);
    if (jobs.has(key)) continue;
    const pending = pool.collectArchive({ ...job, shape }, signal).then((archive) => {
      onArchive?.();
      return archive;
    });
    jobs.set(key, pending);
  }
  const archives = await Promise.all(
    layers.map(({ shape }) => jobs.get(shapeKey(shape)) as Promise<LayerArchive>),
  );
  return { layers, array: job.array, archives, complete: archives.every(({ complete }) => complete) };
}

/** The hull of each layer on given memories. */
export function networkHulls(network: NetworkArchive, memories: MemoryView): LayerPoints<ArchivePoint>[] {
  return ofEachLayer(network, (archive) => archiveHull(archive, memories));
}

/** What no mapping of each layer lies below on given memories. */
export function networkBounds(network: NetworkArchive, memories: MemoryView): LayerPoints[] {
  return ofEachLayer(network, (archive) => archiveBound(archive, memories));
}

function ofEachLayer<P extends Point>(
  { layers, archives }: NetworkArchive,
  pointsOf: (archive: LayerArchive) => readonly P[],
): LayerPoints<P>[] {
  const known = new Map<LayerArchive, readonly P[]>();
  return layers.map(({ count }, i) => {
    const archive = archives[i] as LayerArchive;
    let points = known.get(archive);
    if (!points) {
      points = pointsOf(archive);
      known.set(archive, points);
    }
    return { count, points };
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
export function layersOf(
  network: NetworkArchive,
  point: NetworkPoint,
  objective: Objective,
): readonly ArchivedLayer[] {
  const memories = memoryView(point.hardware);
  const hulls = networkHulls(network, memories);
  return network.layers.map(({ name, count, shape }, i): ArchivedLayer => {
    const entry = point.picks[i] as number;
    const archive = network.archives[i] as LayerArchive;
    const points = hulls[i]?.points ?? [];
    const chosen = points.find((one) => one.entry === entry);
    if (!chosen) throw new RangeError(`entry ${entry} of ${name} is on no hull of these memories`);
    const mapped = archiveShape(archive, entry);
    return {
      name,
      count,
      shape: mapped,
      ...(shapeKey(mapped) === shapeKey(shape) ? {} : { paddedFrom: shape }),
      mapping: formatMapping(archiveMapping(archive, entry)),
      latencyCycles: chosen.latencyCycles,
      energyUj: chosen.energyPj * 1e-6,
      optimal: archive.complete,
      gap: archive.complete ? 0 : layerGap(objective, points, archiveBound(archive, memories)),
    };
  });
}
