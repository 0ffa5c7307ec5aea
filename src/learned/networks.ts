import type { Watch } from "../mapper/limits.ts";
import type { Objective } from "../mapper/objective.ts";
import { type Layer, type LayerShape, shapeKey } from "../workload/layer.ts";
import type { Workload } from "../workload/workload.ts";
import type { LearnedSearch } from "./layer-search.ts";
import { type LearnedEntry, leastCost, solve } from "./solve.ts";

/** A network whose layers can be searched. */
export interface OpenNetwork {
  readonly layers: readonly Layer[];
  readonly entries: readonly LearnedEntry[];
  readonly searchOf: (shape: LayerShape) => LearnedSearch;
}

/** Networks with one search for each distinct layer of all of them. */
export function openNetworks(
  workloads: readonly Workload[],
  open: (shape: LayerShape) => LearnedSearch,
): { readonly searches: readonly LearnedSearch[]; readonly networks: readonly OpenNetwork[] } {
  const searches = new Map<string, LearnedSearch>();
  for (const { layers } of workloads) {
    for (const { shape } of layers) {
      const key = shapeKey(shape);
      if (!searches.has(key)) searches.set(key, open(shape));
    }
  }
  const searchOf = (shape: LayerShape): LearnedSearch => searches.get(shapeKey(shape)) as LearnedSearch;
  const networks = workloads.map(({ layers }): OpenNetwork => {
    const counts = new Map<LearnedSearch, number>();
    for (const { shape, count } of layers) {
      const search = searchOf(shape);
      counts.set(search, (counts.get(search) ?? 0) + count);
    }
    return { layers, searchOf, entries: [...counts].map(([search, count]) => ({ search, count })) };
  });
  return { searches: [...searches.values()], networks };
}

export interface NetworksSolution {
  /** The geometric mean of the networks' objectives is no less. */
  readonly bound: number;
  /** All that was in question is predicted. */
  readonly complete: boolean;
}

/** Takes a threshold from equals to what rounding could make of equals. */
const ABOVE = 1 + 1e-12;

/**
 * Predicts what may be part of a choice of mappings for all networks whose mean objective is at most `most`; if that is Infinity,
 * of the optimum of each.
 *
 * Of several networks each is solved for itself first. None of the others does better than its optimum, so that of this one is in
 * question what leaves the mean at most `most` beside those.
 *
 * @returns undefined if a layer has no mapping
 */
export async function solveNetworks(
  networks: readonly (readonly LearnedEntry[])[],
  request: { readonly objective: Objective; readonly most: number; readonly evaluations?: number },
  watch: Watch,
): Promise<NetworksSolution | undefined> {
  const { most, ...rest } = request;
  const bounds = networks.map((entries) => leastCost(entries, request.objective));
  if (mean(bounds) > most) return { bound: mean(bounds), complete: true };
  if (networks.length > 1 || most === Number.POSITIVE_INFINITY) {
    let complete = true;
    for (const [n, entries] of networks.entries()) {
      const solution = await solve(entries, rest, watch);
      if (!solution) return undefined;
      bounds[n] = solution.bound;
      complete &&= solution.complete;
    }
    if (most === Number.POSITIVE_INFINITY || mean(bounds) > most) return { bound: mean(bounds), complete };
    // What lies between the optima and `most` has not been asked for.
    if (watch.over()) return { bound: mean(bounds), complete: false };
  }
  let complete = true;
  for (const [n, entries] of networks.entries()) {
    const others = bounds.reduce((product, bound, m) => (m === n ? product : product * (bound / most)), 1);
    const own = networks.length === 1 ? most : (most / others) * ABOVE;
    const solution = await solve(entries, { ...rest, most: own }, watch);
    if (!solution) return undefined;
    bounds[n] = Math.max(bounds[n] as number, solution.bound);
    // Nothing of this network is good enough, whatever the others do.
    if (solution.bound > own) return { bound: mean(bounds), complete: true };
    complete &&= solution.complete;
  }
  return { bound: mean(bounds), complete };
}

/** The geometric mean. */
export function mean(values: readonly number[]): number {
  if (values.length === 1) return values[0] as number;
  return values.reduce((product, value) => product * value ** (1 / values.length), 1);
}
