import { InputError } from "../errors.ts";
import type { Layer } from "../workload/layer.ts";
import { boundCapped, type Caps, minimiseCapped } from "./capped.ts";
import { lowerLeftHull, type Point } from "./hull.ts";
import type { Watch } from "./limits.ts";
import { minimiseNetwork, type NetworkChoice } from "./network.ts";
import { cost, type Objective, TOLERANCE, tieBreak } from "./objective.ts";

/** One mapping for each layer, and what the choice may be short of. */
export interface ProvenChoice extends NetworkChoice {
  readonly optimal: boolean;
  readonly gap: number;
}

/**
 * Chooses one mapping for each layer from what the searches found.
 *
 * @param fronts the layers' hulls, or with caps their Pareto sets
 * @param unsearched of each layer a hull that no other mapping lies below; empty if there is no other
 * @throws InputError if none was found within the caps
 */
export function choose(
  request: { readonly layers: readonly Layer[]; readonly objective: Objective; readonly caps?: Caps },
  fronts: readonly (readonly Point[])[],
  unsearched: readonly (readonly Point[])[],
  watch: Pick<Watch, "over">,
): ProvenChoice {
  const { layers, objective, caps } = request;
  const counted = (sets: readonly (readonly Point[])[]) =>
    sets.map((points, i) => ({ count: (layers[i] as Layer).count, points }));
  const done = unsearched.every((points) => points.length === 0);
  /** Whatever is possible lies on or above these. */
  const possible = () =>
    counted(fronts.map((points, i) => lowerLeftHull([...points, ...(unsearched[i] ?? [])])));
  if (caps === undefined) {
    const best = minimiseNetwork(counted(fronts), objective);
    if (!best) throw new Error("a layer has no mapping though its smallest tile fits");
    if (done) return { ...best, optimal: true, gap: 0 };
    const gap = gapOf(best.cost, minimiseNetwork(possible(), objective)?.cost ?? 0);
    return { ...best, optimal: gap === 0 && !tieBreak(objective), gap };
  }
  const { best, bound, tieProven } = minimiseCapped(counted(fronts), objective, caps, { over: watch.over });
  if (!best) throw unreachableCaps(layers, caps, fronts, done && bound === Number.POSITIVE_INFINITY);
  const least = done ? bound : Math.min(bound, boundCapped(possible(), objective, caps));
  const gap = gapOf(best.cost, least);
  return { ...best, optimal: gap === 0 && (!tieBreak(objective) || (done && tieProven)), gap };
}

/** By how much, at most, the least objective of one layer may lie below the best that was found. */
export function layerGap(
  objective: Objective,
  points: readonly Point[],
  unsearched: readonly Point[],
): number {
  const least = (set: readonly Point[]): number =>
    set.reduce(
      (low, { latencyCycles, energyPj }) => Math.min(low, cost(objective, latencyCycles, energyPj)),
      Infinity,
    );
  const found = least(points);
  return gapOf(found, Math.min(found, least(unsearched)));
}

function gapOf(found: number, least: number): number {
  const gap = least > 0 ? found / least - 1 : Number.POSITIVE_INFINITY;
  return gap <= TOLERANCE ? 0 : gap;
}

/** Says how far the caps are out of reach. */
function unreachableCaps(
  layers: readonly Layer[],
  { latencyCycles, energyPj }: Caps,
  fronts: readonly (readonly Point[])[],
  proven: boolean,
): InputError {
  // A front begins with the quickest of its points and ends with the thriftiest.
  let cycles = 0;
  let pj = 0;
  for (const [i, { count }] of layers.entries()) {
    cycles += count * (fronts[i]?.at(0)?.latencyCycles ?? Number.NaN);
    pj += count * (fronts[i]?.at(-1)?.energyPj ?? Number.NaN);
  }
  const least = proven ? "least possible" : "least found";
  const found = [
    ...(latencyCycles === undefined ? [] : [`at most ${latencyCycles} cycles (${least} ${cycles})`]),
    ...(energyPj === undefined ? [] : [`at most ${energyPj * 1e-6} uJ (${least} ${pj * 1e-6})`]),
  ].join(" and ");
  return new InputError({
    where: "caps on latency and energy",
    expected: "caps that some choice of mappings keeps",
    found,
    ...(proven ? {} : { hint: "none was found in time; that there is none is not proven" }),
  });
}
