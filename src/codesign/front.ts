import { type Totals, totals } from "../fidelity/totals.ts";
import { area } from "../hardware/area.ts";
import { createHardware, type HardwareParameters } from "../hardware/hardware.ts";
import type { ArchivePool } from "../mapper/archive-pool.ts";
import type { Point } from "../mapper/hull.ts";
import { type Limits, Watch } from "../mapper/limits.ts";
import { networkHull } from "../mapper/network.ts";
import { networkHulls } from "../mapper/network-archive.ts";
import { checkLayers } from "../mapper/request.ts";
import type { Workload } from "../workload/workload.ts";
import type { CodesignProgress } from "./codesign.ts";
import { collectPlatforms, configAt, optimisticMemories, type Platform, wholeBox } from "./platform.ts";
import { PriorityQueue } from "./queue.ts";
import { type Box, createHardwareSpace, type HardwareSpace, halves } from "./space.ts";

/** A point of the latency, energy, area front: a config, and what some choice of mappings on it costs. */
export interface FrontPoint {
  readonly hardware: HardwareParameters;
  readonly totals: Totals;
}

export interface FrontRequest extends Limits {
  readonly workload: Workload;
  /** Lists in any order. */
  readonly space: HardwareSpace;
  /** Layers may run padded to a better bound. */
  readonly allowPadding?: boolean;
  readonly onProgress?: (progress: CodesignProgress) => void;
}

export interface Front {
  /** Area rising. */
  readonly points: readonly FrontPoint[];
  /** All of the front is there; else that of the configs of less than `areaMm2`. */
  readonly complete: boolean;
  readonly areaMm2: number;
  readonly boxes: number;
}

/**
 * Every config of a space, and every choice of mappings at a vertex of the lower-left hull of its (latency, energy) pairs, that no
 * other such choice beats in latency, energy and area together: whatever is the best of some latency ^ a x energy ^ b under some area
 * is among them. Choices between two vertices are not.
 *
 * Boxes of memory sizes are taken by rising area, so that all that may beat a config has been seen when its turn comes. A box
 * none of whose optimistic pairs lies below the stairs of what has been seen is cut. A limit that ends the enumeration leaves no front.
 *
 * @throws InputError if the request is wrong, or no config is within the area cap
 */
export async function codesignFront(pool: ArchivePool, request: FrontRequest): Promise<Front> {
  const { workload, allowPadding = false, onProgress } = request;
  const space = createHardwareSpace(request.space);
  checkLayers(workload.layers);
  const watch = new Watch(request);
  try {
    const platforms = await collectPlatforms(pool, {
      workloads: [workload],
      space,
      allowPadding,
      signal: watch.signal,
      onLayer: (done, of) => onProgress?.({ phase: "enumerate", done, of }),
    });
    if (platforms.some(({ complete }) => !complete)) {
      return { points: [], complete: false, areaMm2: 0, boxes: 0 };
    }
    return await walk(space, platforms, watch, onProgress);
  } finally {
    watch.close();
  }
}

async function walk(
  space: HardwareSpace,
  platforms: readonly Platform[],
  watch: Watch,
  onProgress: FrontRequest["onProgress"],
): Promise<Front> {
  const cap = space.maxAreaMm2 ?? Number.POSITIVE_INFINITY;
  const queue = new PriorityQueue<{ readonly platform: Platform; readonly box: Box }>();
  const points: FrontPoint[] = [];
  const stairs = new Stairs();
  let boxes = 0;
  const enter = (platform: Platform, box: Box): void => {
    const least = platform.areas.least(box);
    if (least <= cap) queue.push(least, { platform, box });
  };
  for (const platform of platforms) enter(platform, wholeBox(space, platform.array));
  while (queue.size > 0 && !watch.over()) {
    if (watch.due) {
      onProgress?.({ phase: "front", boxes, points: points.length, areaMm2: queue.least });
      await watch.turn();
    }
    const { platform, box } = queue.pop() as { readonly platform: Platform; readonly box: Box };
    const [network] = platform.networks;
    boxes++;
    const hull = network ? networkHull(networkHulls(network, optimisticMemories(space, box))) : [];
    if (hull.length === 0 || stairs.cover(hull)) continue;
    const parts = halves(space, box);
    if (parts) {
      for (const part of parts) enter(platform, part);
      continue;
    }
    const hardware = configAt(space, box, 0);
    const silicon = area(createHardware(hardware));
    for (const { latencyCycles, energyPj } of hull) {
      if (!stairs.add({ latencyCycles, energyPj })) continue;
      points.push({
        hardware,
        totals: totals([{ count: 1, latencyCycles, energyUj: energyPj * 1e-6 }], silicon),
      });
    }
  }
  const complete = queue.size === 0;
  return { points: amongEqualAreas(points), complete, areaMm2: complete ? cap : queue.least, boxes };
}

/** Without the points that one of the same area, met later, beats. */
function amongEqualAreas(points: readonly FrontPoint[]): readonly FrontPoint[] {
  const kept: FrontPoint[] = [];
  for (let first = 0, last = 0; first < points.length; first = last) {
    const areaMm2 = points[first]?.totals.areaMm2;
    while (points[last]?.totals.areaMm2 === areaMm2 && last < points.length) last++;
    const run = points.slice(first, last).map(({ totals }) => totals);
    const beaten = (a: Totals): boolean =>
      run.some(
        (b) =>
          b.latencyCycles <= a.latencyCycles &&
          b.energyUj <= a.energyUj &&
          (b.latencyCycles < a.latencyCycles || b.energyUj < a.energyUj),
      );
    kept.push(...points.slice(first, last).filter(({ totals }) => !beaten(totals)));
  }
  return kept;
}

/** The non-dominated pairs seen so far, latency rising. */
class Stairs {
  private steps: Point[] = [];

  /** Whether every pair on or above a convex hull is dominated. */
  cover(hull: readonly Point[]): boolean {
    const { steps } = this;
    if (steps.length === 0) return false;
    // What the stairs leave open lies below and left of their inner corners; the hull must pass below none of them.
    let edge = 0;
    for (let i = 0; i <= steps.length; i++) {
      const latency = steps[i]?.latencyCycles ?? Number.POSITIVE_INFINITY;
      const energy = steps[i - 1]?.energyPj ?? Number.POSITIVE_INFINITY;
      while (edge + 1 < hull.length && (hull[edge + 1] as Point).latencyCycles < latency) edge++;
      const from = hull[edge] as Point;
      if (from.latencyCycles >= latency) continue;
      const to = hull[edge + 1];
      const least = to
        ? from.energyPj +
          ((latency - from.latencyCycles) / (to.latencyCycles - from.latencyCycles)) *
            (to.energyPj - from.energyPj)
        : from.energyPj;
      if (least * BELOW < energy) return false;
    }
    return true;
  }

  /** Adds a pair unless one as good is there. */
  add(point: Point): boolean {
    const { steps } = this;
    let first = 0;
    let high = steps.length;
    while (first < high) {
      const middle = (first + high) >> 1;
      if ((steps[middle] as Point).latencyCycles <= point.latencyCycles) first = middle + 1;
      else high = middle;
    }
    const left = steps[first - 1];
    if (left && left.energyPj <= point.energyPj) return false;
    if (left?.latencyCycles === point.latencyCycles) first--;
    let last = first;
    while (last < steps.length && (steps[last] as Point).energyPj >= point.energyPj) last++;
    steps.splice(first, last - first, point);
    return true;
  }
}

/** Takes from an interpolated energy what rounding may have added. */
const BELOW = 1 - 1e-12;
