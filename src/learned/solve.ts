import { lowerLeftHull, type Point } from "../mapper/hull.ts";
import { type ArchivePoint, archiveHull, type LayerArchive } from "../mapper/layer-archive.ts";
import type { Watch } from "../mapper/limits.ts";
import { minimiseNetwork, type NetworkChoice, networkHull } from "../mapper/network.ts";
import type { Objective } from "../mapper/objective.ts";
import type { LearnedSearch } from "./layer-search.ts";
import { energyWithin } from "./thresholds.ts";

/** A distinct layer, and how often it runs in all. */
export interface LearnedEntry {
  readonly search: LearnedSearch;
  readonly count: number;
}

export interface LearnedSolution {
  /** The best choice among what was predicted, on the searches' memories: picks are places in the hulls. */
  readonly best: NetworkChoice;
  readonly archives: readonly LayerArchive[];
  readonly hulls: readonly (readonly ArchivePoint[])[];
  /** No choice costs less. */
  readonly bound: number;
  /** All that was in question is predicted. */
  readonly complete: boolean;
}

export interface SolveRequest {
  readonly objective: Objective;
  /**
   * What is in question are choices of at most this cost; those that the search finds itself without it. For memories that are
   * optimistic, of which no choice is real.
   */
  readonly most?: number;
  /** Candidates predicted after which it ends. */
  readonly evaluations?: number;
  readonly onRound?: (progress: {
    readonly bound: number;
    readonly best: number;
    readonly predicted: number;
  }) => void;
}

/** By how much the energies asked for grow in the first rounds, as a part of the objective's line. */
const FIRST_STEP = 0.05;

/** A layer as far as it is known. */
interface Known {
  readonly entry: LearnedEntry;
  archive: LayerArchive;
  /** Of what was predicted; of that and of the bounds on what was not. */
  hull: readonly ArchivePoint[];
  bound: readonly Point[];
  step: number;
}

/**
 * The best choice of mappings for a network by Starlight.
 *
 * Round by round more is predicted. As long as the network's optimum moves, what could beat a layer's best by the objective's
 * tangent at the optimum; then, for the proof, all that could be part of a choice as good as the best one found, the other layers
 * being as good as their bounds. When nothing of that kind is left, the optimum is proven.
 */
export async function solve(
  entries: readonly LearnedEntry[],
  request: SolveRequest,
  watch: Watch,
): Promise<LearnedSolution | undefined> {
  const { objective } = request;
  const known = entries.map((entry): Known => {
    const archive = entry.search.archive();
    const hull = archiveHull(archive, entry.search.memories);
    return { entry, archive, hull, bound: boundOf(hull, entry), step: FIRST_STEP };
  });
  const sets = (of: (one: Known) => readonly Point[]) =>
    known.map((one) => ({ count: one.entry.count, points: of(one) }));
  const best = () =>
    minimiseNetwork(
      sets((one) => one.hull),
      objective,
    );
  const bound = () =>
    minimiseNetwork(
      sets((one) => one.bound),
      objective,
    );
  const predicted = (): number => known.reduce((sum, { entry }) => sum + entry.search.predicted, 0);
  const over = (): boolean =>
    watch.over() || predicted() >= (request.evaluations ?? Number.POSITIVE_INFINITY);
  /** Predicts what lies at or below the energies; false if nothing does, or a limit ended it. */
  const raise = (one: Known, energies: readonly number[]): boolean => {
    const { search } = one.entry;
    if (!search.unpredicted().some(({ pair, energyPj }) => energyPj <= (energies[pair] as number)))
      return false;
    // Every layer has a mapping before any limit is looked at.
    search.raise(energies, one.hull.length === 0 ? undefined : over);
    one.archive = search.archive();
    one.hull = archiveHull(one.archive, search.memories);
    one.bound = boundOf(one.hull, one.entry);
    return true;
  };
  if (known.some(({ bound: points }) => points.length === 0)) return undefined;
  let complete = false;
  for (let moved = true; moved && !(over() && known.every(({ hull }) => hull.length > 0)); ) {
    const found = best();
    const least = bound() as NetworkChoice;
    request.onRound?.({
      bound: least.cost,
      best: found?.cost ?? Number.POSITIVE_INFINITY,
      predicted: predicted(),
    });
    // No choice is as good as it has to be.
    if (least.cost > (request.most ?? Number.POSITIVE_INFINITY)) break;
    const at = request.most === undefined ? (found ?? least) : least;
    moved = false;
    for (const one of known) {
      if (over() && one.hull.length > 0) continue;
      if (raise(one, tangentEnergies(one, objective, at))) moved = true;
      if (watch.due) await watch.turn();
    }
    if (moved) continue;
    const most = request.most ?? (found as NetworkChoice).cost;
    for (const [i, one] of known.entries()) {
      const others = networkHull(sets((other) => other.bound).filter((_, j) => j !== i));
      const rest = known.length === 1 ? [{ latencyCycles: 0, energyPj: 0 }] : others;
      const energies = one.entry.search.latencies.map((latency) =>
        energyWithin(objective, most, rest, one.entry.count, latency),
      );
      if (raise(one, energies)) moved = true;
      if (watch.due) await watch.turn();
      if (over()) break;
    }
    complete = !moved && !over();
  }
  const choice = best();
  if (!choice) return undefined;
  return {
    best: choice,
    archives: known.map(({ archive }) => archive),
    hulls: known.map(({ hull }) => hull),
    bound: Math.min(bound()?.cost ?? Number.POSITIVE_INFINITY, choice.cost),
    complete,
  };
}

/** What no choice of mappings costs less than, before anything is predicted; Infinity if a layer has none. */
export function leastCost(entries: readonly LearnedEntry[], objective: Objective): number {
  const sets = entries.map((entry) => ({ count: entry.count, points: boundOf([], entry) }));
  return minimiseNetwork(sets, objective)?.cost ?? Number.POSITIVE_INFINITY;
}

function boundOf(hull: readonly Point[], { search }: LearnedEntry): readonly Point[] {
  return lowerLeftHull([...hull, ...search.unpredicted()]);
}

/**
 * The energies, pair by pair, of what could beat a layer's best by the tangent of the objective at some sums; at first of what lies within
 * a step, which doubles, of the best that could be.
 */
function tangentEnergies(one: Known, { latencyPower, energyPower }: Objective, at: Point): readonly number[] {
  const perCycle = latencyPower / at.latencyCycles;
  const perPj = energyPower / at.energyPj;
  const least = (points: readonly Point[]): number =>
    points.reduce(
      (value, { latencyCycles, energyPj }) => Math.min(value, perCycle * latencyCycles + perPj * energyPj),
      Number.POSITIVE_INFINITY,
    );
  const { search } = one.entry;
  const [found, open] = [least(one.hull), least(search.unpredicted())];
  const most = open < found ? Math.min(found, open * (1 + one.step)) : Number.NEGATIVE_INFINITY;
  if (open < found) one.step *= 2;
  return search.latencies.map((latency) => {
    const left = most - perCycle * latency;
    if (perPj > 0) return left / perPj;
    return left >= 0 ? Number.POSITIVE_INFINITY : Number.NEGATIVE_INFINITY;
  });
}
