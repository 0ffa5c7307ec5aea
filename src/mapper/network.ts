import { cost, type Objective } from "./objective.ts";

/** What a mapping of one layer costs. */
export interface Point {
  readonly latencyCycles: number;
  readonly energyPj: number;
}

/** A layer of a network: how often it runs, and the lower-left convex hull of what its mappings cost, latency ascending. */
export interface LayerHull<P extends Point = Point> {
  readonly count: number;
  readonly hull: readonly P[];
}

export interface NetworkChoice {
  /** For each layer the place in its hull. */
  readonly picks: readonly number[];
  readonly latencyCycles: number;
  readonly energyPj: number;
  readonly cost: number;
}

/**
 * One mapping for each layer so that the objective of the sums is least.
 *
 * The objective is quasi-concave on positive pairs, so over the set of all sums its minimum lies at a vertex of the set's
 * lower-left convex hull. A vertex of a sum is a sum of vertices, and all of them are met by starting with every layer at its
 * least latency and taking the steps of all hulls in the order of their slopes (docs/mapper.md).
 *
 * @returns undefined if a layer has no mapping
 */
export function minimiseNetwork(
  layers: readonly LayerHull[],
  objective: Objective,
): NetworkChoice | undefined {
  const walk = openWalk(layers);
  if (!walk) return undefined;
  const { steps } = walk;
  let latency = walk.latencyCycles;
  let energy = walk.energyPj;
  let least = cost(objective, latency, energy);
  let taken = 0;
  for (const [index, step] of steps.entries()) {
    latency += step.latency;
    energy += step.energy;
    const now = cost(objective, latency, energy);
    if (now >= least) continue;
    least = now;
    taken = index + 1;
  }
  const picks = layers.map(() => 0);
  for (const { layer } of steps.slice(0, taken)) picks[layer] = (picks[layer] as number) + 1;
  return totalOf(layers, picks, objective);
}

/** Every vertex of the lower-left hull of the sums, latency rising; undefined if a layer has no mapping. */
export function networkHull(layers: readonly LayerHull[]): Point[] | undefined {
  const walk = openWalk(layers);
  if (!walk) return undefined;
  let { latencyCycles, energyPj } = walk;
  const hull: Point[] = [{ latencyCycles, energyPj }];
  for (const step of walk.steps) {
    latencyCycles += step.latency;
    energyPj += step.energy;
    hull.push({ latencyCycles, energyPj });
  }
  return hull;
}

/** The least-latency sum, and the steps of all hulls in the order of their slopes: the steepest saves most energy a cycle. */
function openWalk(
  layers: readonly LayerHull[],
):
  | (Point & { readonly steps: readonly { layer: number; latency: number; energy: number; slope: number }[] })
  | undefined {
  let latencyCycles = 0;
  let energyPj = 0;
  const steps: { layer: number; latency: number; energy: number; slope: number }[] = [];
  for (const [layer, { count, hull }] of layers.entries()) {
    const first = hull[0];
    if (!first) return undefined;
    latencyCycles += count * first.latencyCycles;
    energyPj += count * first.energyPj;
    for (let i = 1; i < hull.length; i++) {
      const [from, to] = [hull[i - 1] as Point, hull[i] as Point];
      const [longer, less] = [to.latencyCycles - from.latencyCycles, to.energyPj - from.energyPj];
      steps.push({ layer, latency: count * longer, energy: count * less, slope: less / longer });
    }
  }
  // The sort is stable: steps of one layer stay in their order even if rounding makes their slopes equal.
  steps.sort((a, b) => a.slope - b.slope);
  return { latencyCycles, energyPj, steps };
}

/** Sums of given picks, added up in the order of the layers. */
export function totalOf(
  layers: readonly LayerHull[],
  picks: readonly number[],
  objective: Objective,
): NetworkChoice {
  let latencyCycles = 0;
  let energyPj = 0;
  for (const [i, { count, hull }] of layers.entries()) {
    const point = hull[picks[i] as number] as Point;
    latencyCycles += count * point.latencyCycles;
    energyPj += count * point.energyPj;
  }
  return { picks, latencyCycles, energyPj, cost: cost(objective, latencyCycles, energyPj) };
}

/** The lower-left convex hull of a set of pairs: each vertex the least of latency ^ a x energy ^ b for some a and b. */
export function lowerLeftHull<P extends Point>(points: readonly P[]): P[] {
  const sorted = [...points].sort((a, b) => a.latencyCycles - b.latencyCycles || a.energyPj - b.energyPj);
  const hull: P[] = [];
  for (const point of sorted) {
    const last = hull.at(-1);
    if (last && point.energyPj >= last.energyPj) continue;
    while (hull.length > 1 && !isConvex(hull.at(-2) as P, hull.at(-1) as P, point)) hull.pop();
    hull.push(point);
  }
  return hull;
}

/** Whether b lies strictly below the line from a to c. */
function isConvex(a: Point, b: Point, c: Point): boolean {
  return (
    (c.latencyCycles - a.latencyCycles) * (b.energyPj - a.energyPj) <
    (c.energyPj - a.energyPj) * (b.latencyCycles - a.latencyCycles)
  );
}
