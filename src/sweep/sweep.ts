import type { HardwareParameters } from "../hardware/hardware.ts";
import { memoryRange } from "../mapper/layer-archive.ts";
import {
  type ArchivedLayer,
  type ArchivePool,
  bestOn,
  collectNetwork,
  layersOf,
  type NetworkArchive,
  type NetworkPoint,
} from "../mapper/network-archive.ts";
import type { Objective } from "../mapper/objective.ts";
import type { Layer } from "../workload/layer.ts";
import { paretoFront } from "./pareto.ts";

export interface SweepRequest {
  readonly layers: readonly Layer[];
  readonly grid: readonly HardwareParameters[];
  readonly objective: Objective;
  /** Points known from an earlier run, in the order of the grid; they are not computed again. */
  readonly known?: readonly SweepPoint[];
  /** Keep the layers' mappings of every point. */
  readonly withLayers?: boolean;
  /** No further array is enumerated once so many candidates have been priced. */
  readonly evaluations?: number;
  /** No further points are begun afterwards. */
  readonly signal?: AbortSignal;
  /** A new point, in the order of the grid. */
  readonly onPoint?: (point: SweepPoint, done: number) => void;
  /** Layers enumerated so far on a new array. */
  readonly onLayer?: (array: number, done: number) => void;
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

/** How often other tasks of the thread get their turn. */
const TURN_MS = 40;

/**
 * The best mappings on every hardware config of a grid, proven: each layer is enumerated once for each PE array, which
 * answers every size of the memories. The same result for any number of workers.
 */
export async function sweep(pool: ArchivePool, request: SweepRequest): Promise<SweepResult> {
  const { layers, grid, objective, signal, evaluations = Number.POSITIVE_INFINITY } = request;
  const points: SweepPoint[] = [...(request.known ?? [])];
  const range = memoryRange(grid);
  let covered = 0;
  let evaluated = 0;
  let turned = performance.now();
  while (points.length < grid.length && evaluated < evaluations && !signal?.aborted) {
    const array = grid[points.length] as HardwareParameters;
    let done = 0;
    const network = await unlessAborted(
      signal,
      collectNetwork(
        pool,
        layers,
        { peDim: array.peDim, ...(array.bandwidth && { bandwidth: array.bandwidth }) },
        range,
        () => request.onLayer?.(array.peDim, ++done),
      ),
    );
    if (!network) break;
    for (const archive of new Set(network.archives)) {
      covered += archive.covered;
      evaluated += archive.evaluated;
    }
    while (isOn(network, grid[points.length]) && !signal?.aborted) {
      const point = evaluate(
        network,
        grid[points.length] as HardwareParameters,
        objective,
        request.withLayers,
      );
      points.push(point);
      request.onPoint?.(point, points.length);
      if (performance.now() - turned < TURN_MS) continue;
      await new Promise((resolve) => setTimeout(resolve));
      turned = performance.now();
    }
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
  return { hardware, totals, ...(withLayers ? { layers: layersOf(network, best) } : {}) };
}

function isOn({ array }: NetworkArchive, point: HardwareParameters | undefined): boolean {
  return point?.peDim === array.peDim && point.bandwidth === array.bandwidth;
}

/** What a promise gives, or undefined as soon as the signal is aborted. */
function unlessAborted<T>(signal: AbortSignal | undefined, promise: Promise<T>): Promise<T | undefined> {
  if (!signal) return promise;
  return new Promise((resolve, reject) => {
    const stop = (): void => resolve(undefined);
    signal.addEventListener("abort", stop, { once: true });
    promise.then(resolve, reject).finally(() => signal.removeEventListener("abort", stop));
  });
}
