import { lowerLeftHull, type NetworkChoice, type Point, totalOf } from "./network.ts";
import { cost, ENERGY, LATENCY, type Objective } from "./objective.ts";

/** Most that the network's sums may be. */
export interface Caps {
  readonly latencyCycles?: number;
  readonly energyPj?: number;
}

/** A layer with every non-dominated (latency, energy) pair of its mappings, latency ascending. */
export interface LayerFront<P extends Point = Point> {
  readonly count: number;
  readonly front: readonly P[];
}

export interface CappedChoice {
  /** Undefined if no choice that keeps the caps was found. */
  readonly best: NetworkChoice | undefined;
  /** No choice that keeps the caps costs less; Infinity if there is none. */
  readonly bound: number;
}

/** Nodes of the search tree after which the answer comes with a gap. */
const NODES = 200_000;
/** Takes from a number what rounding may have added to it. */
const BELOW = 1 - 1e-12;

/**
 * The least objective of the sums under caps on them, one mapping for each layer: a multiple-choice knapsack, where the optimum
 * need not lie on a hull. Depth first over the layers; the bound of a partial choice is the least objective on the convex
 * hull of what the other layers can add, cut off at the caps. An objective of latency or energy alone is followed by the
 * other one among equals.
 */
export function minimiseCapped(
  layers: readonly LayerFront[],
  objective: Objective,
  caps: Caps,
  nodes: number = NODES,
): CappedChoice {
  const first = search(layers, objective, caps, nodes);
  if (!first.best || (objective.latencyPower > 0 && objective.energyPower > 0)) return first;
  const { latencyCycles, energyPj } = first.best;
  const among = objective.energyPower === 0 ? { ...caps, latencyCycles } : { ...caps, energyPj };
  const second = search(layers, objective.energyPower === 0 ? ENERGY : LATENCY, among, nodes);
  return second.best ? { ...first, best: sumOf(layers, second.best.picks, objective) } : first;
}

/**
 * What no choice that keeps the caps goes below, by the layers' hulls alone: also where pairs above the hull are not known.
 * Infinity if the caps cannot be kept.
 */
export function boundCapped(layers: readonly LayerFront[], objective: Objective, caps: Caps): number {
  const hull = layers.reduce<readonly Point[]>(
    (sum, layer) => addHull(layer, sum),
    [{ latencyCycles: 0, energyPj: 0 }],
  );
  return boundOf(hull, 0, 0, limits(caps), objective);
}

function sumOf(layers: readonly LayerFront[], picks: readonly number[], objective: Objective): NetworkChoice {
  return totalOf(
    layers.map(({ count, front }) => ({ count, hull: front })),
    picks,
    objective,
  );
}

function limits(caps: Caps): Required<Caps> {
  return {
    latencyCycles: caps.latencyCycles ?? Number.POSITIVE_INFINITY,
    energyPj: caps.energyPj ?? Number.POSITIVE_INFINITY,
  };
}

function search(
  layers: readonly LayerFront[],
  objective: Objective,
  caps: Caps,
  nodes: number,
): CappedChoice {
  const most = limits(caps);
  // The layers that matter most come first, so that the bound is tight early.
  const order = layers
    .map((_, i) => i)
    .sort((a, b) => weight(layers[b] as LayerFront) - weight(layers[a] as LayerFront) || a - b);
  const rest: (readonly Point[])[] = [[{ latencyCycles: 0, energyPj: 0 }]];
  for (const i of [...order].reverse()) rest.unshift(addHull(layers[i] as LayerFront, rest[0] as Point[]));

  const picks = layers.map(() => 0);
  let best: NetworkChoice | undefined;
  let least = Number.POSITIVE_INFINITY;
  let open = Number.POSITIVE_INFINITY;
  let visited = 0;
  const consider = (choice: readonly number[]): void => {
    const sum = sumOf(layers, choice, objective);
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
    const { count, front } = layers[i] as LayerFront;
    const options = front
      .map((point, pick) => {
        const [l, e] = [latency + count * point.latencyCycles, energy + count * point.energyPj];
        return { pick, l, e, bound: boundOf(rest[depth + 1] as Point[], l, e, most, objective) };
      })
      .filter(({ bound }) => bound < least)
      .sort((a, b) => a.bound - b.bound || a.pick - b.pick);
    for (const { pick, l, e, bound } of options) {
      if (bound >= least) continue;
      if (visited++ >= nodes) {
        open = Math.min(open, bound);
        continue;
      }
      picks[i] = pick;
      visit(depth + 1, l, e);
    }
  };
  if (layers.every(({ front }) => front.length > 0)) {
    // With one cap one of these keeps it if anything does.
    consider(layers.map(() => 0));
    consider(layers.map(({ front }) => front.length - 1));
    visit(0, 0, 0);
  }
  return { best, bound: Math.min(open, least) };
}

function weight({ count, front }: LayerFront): number {
  return count * Math.max(0, ...front.map((point) => point.latencyCycles));
}

/** Vertices of the lower-left hull of a hull plus `count` times a layer's front. */
function addHull({ count, front }: LayerFront, hull: readonly Point[]): Point[] {
  const steps = [stepsOf(lowerLeftHull(front), count), stepsOf(hull, 1)]
    .flat()
    .sort((a, b) => a.slope - b.slope);
  const [first, start] = [front[0], hull[0]];
  if (!first || !start) return [];
  let at: Point = {
    latencyCycles: start.latencyCycles + count * first.latencyCycles,
    energyPj: start.energyPj + count * first.energyPj,
  };
  return [
    at,
    ...steps.map((step) => {
      at = { latencyCycles: at.latencyCycles + step.latency, energyPj: at.energyPj + step.energy };
      return at;
    }),
  ];
}

function stepsOf(
  hull: readonly Point[],
  count: number,
): { latency: number; energy: number; slope: number }[] {
  return hull.slice(1).map((to, i) => {
    const from = hull[i] as Point;
    const latency = count * (to.latencyCycles - from.latencyCycles);
    const energy = count * (to.energyPj - from.energyPj);
    return { latency, energy, slope: energy / latency };
  });
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
