import { createHardware, type HardwareParameters } from "../hardware/hardware.ts";
import type { ArchivePool } from "../mapper/archive-pool.ts";
import { memoryRange } from "../mapper/layer-archive.ts";
import { type Limits, Watch } from "../mapper/limits.ts";
import {
  type ArchivedLayer,
  bestOn,
  collectNetwork,
  layersOf,
  type NetworkArchive,
  type NetworkPoint,
} from "../mapper/network-archive.ts";
import { checkObjective, type Objective } from "../mapper/objective.ts";
import { checkLayers } from "../mapper/request.ts";
import { type Layer, shapeKey } from "../workload/layer.ts";
import { paretoFront } from "./pareto.ts";

/** A limit ends the sweep between two points; an array that is not enumerated by then is left out. */
export interface SweepRequest extends Limits {
  readonly layers: readonly Layer[];
  readonly grid: readonly HardwareParameters[];
  readonly objective: Objective;
  /** Layers may run padded to a better bound. */
  readonly allowPadding?: boolean;
  /** Points known from an earlier run, in the order of the grid; they are not computed again. */
  readonly known?: readonly SweepPoint[];
  /** Keep the layers' mappings of every point. */
  readonly withLayers?: boolean;
  /** No further array is enumerated once so many candidates have been priced. */
  readonly evaluations?: number;
  /** A new point, in the order of the grid. */
  readonly onPoint?: (point: SweepPoint, done: number) => void;
  /** Layers enumerated so far on a new array, of so many. */
  readonly onLayer?: (peDim: number, done: number, of: number) => void;
}

export interface SweepPoint extends Omit<NetworkPoint, "picks"> {
  readonly layers?: readonly ArchivedLayer[];
}

export interface SweepResult {
  /** In the order of the grid; fewer than the grid's when the sweep was stopped. */
  readonly points: readonly SweepPoint[];
  /** Indices into `points` that no other beats in latency, energy and area together. */
  readonly pareto: readonly number[];
  readonly complete: boolean;
  /** Candidates that the enumerations of this run covered, and those among them that were priced. */
  readonly covered: number;
  readonly evaluated: number;
}

/**
 * The best mappings on every hardware config of a grid, proven: each layer is enumerated once for each PE array, which
 * answers every size of the memories. The same result for any number of workers.
 *
 * @throws InputError if the request is wrong
 */
export async function sweep(pool: ArchivePool, request: SweepRequest): Promise<SweepResult> {
  const { layers, grid, objective, allowPadding = false } = request;
  const { evaluations = Number.POSITIVE_INFINITY } = request;
  checkLayers(layers);
  checkObjective(objective);
  for (const config of grid) createHardware(config);
  const range = memoryRange(grid);
  const shapes = new Set(layers.map(({ shape }) => shapeKey(shape))).size;
  const points: SweepPoint[] = [...(request.known ?? [])];
  const watch = new Watch(request);
  let covered = 0;
  let evaluated = 0;
  try {
    while (points.length < grid.length && evaluated < evaluations && !watch.over()) {
      const { peDim, bandwidth } = grid[points.length] as HardwareParameters;
      let done = 0;
      const network = await collectNetwork(
        pool,
        { layers, array: { peDim, ...(bandwidth && { bandwidth }) }, range, allowPadding },
        { signal: watch.signal, onArchive: () => request.onLayer?.(peDim, ++done, shapes) },
      );
      for (const archive of new Set(network.archives)) {
        covered += archive.covered;
        evaluated += archive.evaluated;
      }
      if (!network.complete) break;
      while (isOn(network, grid[points.length]) && !watch.over()) {
        const config = grid[points.length] as HardwareParameters;
        const point = evaluate(network, config, objective, request.withLayers);
        points.push(point);
        request.onPoint?.(point, points.length);
        if (watch.due) await watch.turn();
      }
    }
  } finally {
    watch.close();
  }
  const pareto = paretoFront(
    points.map(({ totals }) => [totals.latencyCycles, totals.energyUj, totals.areaMm2]),
  );
  return { points, pareto, complete: points.length === grid.length, covered, evaluated };
}

function evaluate(
  network: NetworkArchive,
  { scratchpadKib, accumulatorKib }: HardwareParameters,
  objective: Objective,
  withLayers = false,
): SweepPoint {
  const best = bestOn(network, scratchpadKib, accumulatorKib, objective);
  if (!best) throw new Error("a layer has no mapping though a single word of each operand fits");
  const { hardware, totals } = best;
  return { hardware, totals, ...(withLayers ? { layers: layersOf(network, best, objective) } : {}) };
}

function isOn({ array }: NetworkArchive, point: HardwareParameters | undefined): boolean {
  return point?.peDim === array.peDim && point.bandwidth === array.bandwidth;
}
