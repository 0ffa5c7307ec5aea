import type { HardwareParameters } from "../hardware/hardware.ts";
import type { Workload } from "../workload/workload.ts";
import { paretoFront } from "./pareto.ts";
import type { Objective, SweepJob, SweepPoint } from "./point.ts";

/** Whatever evaluates hardware points, several at a time. */
export interface PointPool {
  readonly workers: number;
  sweepPoint(job: SweepJob): Promise<SweepPoint>;
}

export interface SweepRequest {
  readonly workload: Workload;
  readonly grid: readonly HardwareParameters[];
  readonly objective: Objective;
  /** Random mappings of each layer at each point. */
  readonly mappings: number;
  readonly seed: number;
  /** No further points are begun afterwards; what is under way is finished. */
  readonly signal?: AbortSignal;
  readonly onPoint?: (point: SweepPoint, done: number) => void;
}

export interface SweepResult {
  /** In the order of the grid; fewer than the grid's when the sweep was stopped. */
  readonly points: readonly SweepPoint[];
  /** Indices into `points` that no other beats in latency, energy and area together. */
  readonly pareto: readonly number[];
  readonly complete: boolean;
}

/** Evaluates every hardware point of a grid on worker threads; the same result for any number of them. */
export async function sweep(pool: PointPool, request: SweepRequest): Promise<SweepResult> {
  const { workload, grid, objective, mappings, seed, signal } = request;
  const points: (SweepPoint | undefined)[] = new Array(grid.length).fill(undefined);
  let next = 0;
  let done = 0;
  const lane = async (): Promise<void> => {
    while (next < grid.length && !signal?.aborted) {
      const index = next++;
      const parameters = grid[index] as HardwareParameters;
      const point = await pool.sweepPoint({ parameters, layers: workload.layers, mappings, objective, seed });
      points[index] = point;
      request.onPoint?.(point, ++done);
    }
  };
  // Two jobs a worker, so that none waits for the next.
  await Promise.all(Array.from({ length: 2 * pool.workers }, lane));
  const finished = points.filter((point) => point !== undefined);
  const front = paretoFront(
    finished.map(({ totals }) => [totals.latencyCycles, totals.energyUj, totals.areaMm2]),
  );
  return { points: finished, pareto: front, complete: finished.length === grid.length };
}
