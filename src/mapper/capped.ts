import { lowerLeftHull, type Point } from "./hull.ts";
import { type LayerPoints, type NetworkChoice, networkHull, sumPicks } from "./network.ts";
import { cost, type Objective, tieBreak } from "./objective.ts";

/** Most that the network's sums may be. */
export interface Caps {
  readonly latencyCycles?: number;
  readonly energyPj?: number;
}

export interface CappedChoice {
  /** Undefined if no choice that keeps the caps was found. */
  readonly best: NetworkChoice | undefined;
  /** No choice that keeps the caps costs less; Infinity if there is none. */
  readonly bound: number;
  /** Whether no other choice of this cost is better in what decides among equals. */
  readonly tieProven: boolean;
}

/** What ends the search of a capped optimum; the answer then comes with a gap. */
export interface CappedLimits {
  /** Nodes of the search tree. */
  readonly nodes?: number;
  /** Looked at now and then. */
  readonly over?: () => boolean;
}

const NODES = 200_000;
/** Nodes between two looks at `over`. */
const LOOK = 64;
/** Takes from a number what rounding may have added to it. */
const BELOW = 1 - 1e-12;

/**
 * The least objective of the sums under caps on them, one mapping for each layer: a multiple-choice knapsack, where the optimum
 * need not lie on a hull, so the layers' points are their whole Pareto sets. Depth first over the layers; the bound of a partial choice is the least objective on the convex
 * hull of what the other layers can add, cut off at the caps. An objective of latency or energy alone is followed by the
 * other one among equals.
 */
export function minimiseCapped(
  layers: readonly LayerPoints[],
  objective: Objective,
  caps: Caps,
  limits: CappedLimits = {},
): CappedChoice {
  const { best, bound } = search(layers, objective, caps, limits);
  const tie = tieBreak(objective);
  if (!best || !tie) return { best, bound, tieProven: true };
  const { latencyCycles, energyPj } = best;
  const among = objective.energyPower === 0 ? { ...caps, latencyCycles } : { ...caps, energyPj };
  const second = search(layers, tie, among, limits);
  if (!second.best) return { best, bound, tieProven: false };
  return {
    best: sumPicks(layers, second.best.picks, objective),
    bound,
    tieProven: second.bound >= second.best.cost,
  };
}

/**
 * What no choice that keeps the caps goes below, by the layers' hulls alone: also where pairs above the hull are not known.
 * Infinity if the caps cannot be kept.
 *
 * @param layers with the vertices of their lower-left hulls as points
 */
export function boundCapped(layers: readonly LayerPoints[], objective: Objective, caps: Caps): number {
  return boundOf(networkHull(layers), 0, 0, infinite(caps), objective);
}

function infinite(caps: Caps): Required<Caps> {
  return {
    latencyCycles: caps.latencyCycles ?? Number.POSITIVE_INFINITY,
    energyPj: caps.energyPj ?? Number.POSITIVE_INFINITY,
  };
}

function search(
  layers: readonly LayerPoints[],
  objective: Objective,
  caps: Caps,
  { nodes = NODES, over = () => false }: CappedLimits,
): Pick<CappedChoice, "best" | "bound"> {
  const most = infinite(caps);
  // The layers that matter most come first, so that the bound is tight early.
  const order = layers
    .map((_, i) => i)
    .sort((a, b) => weight(layers[b] as LayerPoints) - weight(layers[a] as LayerPoints) || a - b);
  // What the layers after each place can add.
  const hulls = order.map((i) => {
    const { count, points } = layers[i] as LayerPoints;
    return { count, points: lowerLeftHull(points) };
  });
  const rest = [...order.keys(), order.length].map((depth) => networkHull(hulls.slice(depth)));

  const picks = layers.map(() => 0);
  let best: NetworkChoice | undefined;
  let least = Number.POSITIVE_INFINITY;
  let open = Number.POSITIVE_INFINITY;
  let visited = 0;
  let left = nodes;
  const consider = (choice: readonly number[]): void => {
    const sum = sumPicks(layers, choice, objective);
    if (sum.latencyCycles > most.latencyCycles || sum.energyPj > most.energyPj || sum.cost >= least) return;
    least = sum.cost;
    best = { ...sum, picks: [...choice] };
  };
  const visit = (depth: number, latency: number, energy: number): void => {
    if (depth === order.length) {
      consider(picks);
      return;
    }
    const i = order[depth] as number;
    const { count, points } = layers[i] as LayerPoints;
    const options = points
      .map((point, pick) => {
        const [l, e] = [latency + count * point.latencyCycles, energy + count * point.energyPj];
        return { pick, l, e, bound: boundOf(rest[depth + 1] as readonly Point[], l, e, most, objective) };
      })
      .filter(({ bound }) => bound < least)
      .sort((a, b) => a.bound - b.bound || a.pick - b.pick);
    for (const { pick, l, e, bound } of options) {
      if (bound >= least) continue;
      if (visited++ % LOOK === LOOK - 1 && over()) left = 0;
      if (visited > left) {
        open = Math.min(open, bound);
        continue;
      }
      picks[i] = pick;
      visit(depth + 1, l, e);
    }
  };
  if (layers.every(({ points }) => points.length > 0)) {
    // With one cap one of these keeps it if anything does.
    consider(layers.map(() => 0));
    consider(layers.map(({ points }) => points.length - 1));
    visit(0, 0, 0);
  }
  return { best, bound: Math.min(open, least) };
}

function weight({ count, points }: LayerPoints): number {
  return count * (points.at(-1)?.latencyCycles ?? 0);
}

/** Least objective on a hull shifted by (latency, energy), within the caps; Infinity where nothing of it lies within. */
function boundOf(
  hull: readonly Point[],
  latency: number,
  energy: number,
  most: Required<Caps>,
  objective: Objective,
): number {
  let least = Number.POSITIVE_INFINITY;
  const consider = (l: number, e: number): void => {
    if (l * BELOW <= most.latencyCycles && e * BELOW <= most.energyPj)
      least = Math.min(least, cost(objective, l, e));
  };
  for (const [i, point] of hull.entries()) {
    const [l, e] = [latency + point.latencyCycles, energy + point.energyPj];
    consider(l, e);
    const next = hull[i + 1];
    if (!next) continue;
    const [nextL, nextE] = [latency + next.latencyCycles, energy + next.energyPj];
    if (l < most.latencyCycles && nextL > most.latencyCycles) {
      consider(most.latencyCycles, e + ((most.latencyCycles - l) / (nextL - l)) * (nextE - e));
    }
    if (e > most.energyPj && nextE < most.energyPj) {
      consider(l + ((e - most.energyPj) / (e - nextE)) * (nextL - l), most.energyPj);
    }
  }
  return least * BELOW;
}
