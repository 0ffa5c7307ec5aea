import type { Point } from "./hull.ts";
import { cost, type Objective } from "./objective.ts";

/** A layer of a network: how often it runs, and what its mappings cost, latency ascending. */
export interface LayerPoints<P extends Point = Point> {
  readonly count: number;
  readonly points: readonly P[];
}

export interface NetworkChoice extends Point {
  /** For each layer the place among its points. */
  readonly picks: readonly number[];
  readonly cost: number;
}

/**
 * One mapping for each layer so that the objective of the sums is least.
 *
 * The objective is quasi-concave on positive pairs, so over the set of all sums its minimum lies at a vertex of the set's
 * lower-left convex hull. A vertex of a sum is a sum of vertices, and all of them are met by starting with every layer at its
 * least latency and taking the steps of all hulls in the order of their slopes (docs/mapper.md).
 *
 * @param layers with the vertices of their lower-left hulls as points
 * @returns undefined if a layer has no mapping
 */
export function minimiseNetwork(
  layers: readonly LayerPoints[],
  objective: Objective,
): NetworkChoice | undefined {
  const hull = networkHull(layers);
  if (hull.length === 0) return undefined;
  let best = 0;
  let least = Number.POSITIVE_INFINITY;
  for (const [place, { latencyCycles, energyPj }] of hull.entries()) {
    const value = cost(objective, latencyCycles, energyPj);
    if (value >= least) continue;
    least = value;
    best = place;
  }
  const picks = layers.map(() => 0);
  for (const { layer } of hull.slice(1, best + 1)) picks[layer] = (picks[layer] as number) + 1;
  return sumPicks(layers, picks, objective);
}

/** A vertex of a network's hull, and the layer whose step along its own hull leads there from the vertex before. */
export interface NetworkVertex extends Point {
  readonly layer: number;
}

/**
 * Every vertex of the lower-left hull of the sums, latency rising; none if a layer has no mapping.
 *
 * @param layers with the vertices of their lower-left hulls as points
 */
export function networkHull(layers: readonly LayerPoints[]): readonly NetworkVertex[] {
  let latencyCycles = 0;
  let energyPj = 0;
  const steps: { layer: number; latency: number; energy: number; slope: number }[] = [];
  for (const [layer, { count, points }] of layers.entries()) {
    const first = points[0];
    if (!first) return [];
    latencyCycles += count * first.latencyCycles;
    energyPj += count * first.energyPj;
    for (let i = 1; i < points.length; i++) {
      const [from, to] = [points[i - 1] as Point, points[i] as Point];
      const [longer, less] = [to.latencyCycles - from.latencyCycles, to.energyPj - from.energyPj];
      steps.push({ layer, latency: count * longer, energy: count * less, slope: less / longer });
    }
  }
  // The steepest step saves most energy a cycle. The sort is stable: steps of one layer stay in their order even if rounding
  // makes their slopes equal.
  steps.sort((a, b) => a.slope - b.slope);
  return [
    { latencyCycles, energyPj, layer: -1 },
    ...steps.map(({ layer, latency, energy }) => {
      latencyCycles += latency;
      energyPj += energy;
      return { latencyCycles, energyPj, layer };
    }),
  ];
}

/** Sums of given picks, added up in the order of the layers. */
export function sumPicks(
  layers: readonly LayerPoints[],
  picks: readonly number[],
  objective: Objective,
): NetworkChoice {
  let latencyCycles = 0;
  let energyPj = 0;
  for (const [i, { count, points }] of layers.entries()) {
    const point = points[picks[i] as number] as Point;
    latencyCycles += count * point.latencyCycles;
    energyPj += count * point.energyPj;
  }
  return { picks, latencyCycles, energyPj, cost: cost(objective, latencyCycles, energyPj) };
}
