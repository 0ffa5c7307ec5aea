import { InputError } from "../errors.ts";
import type { HardwareParameters } from "../hardware/hardware.ts";
import type { ArchivePool } from "../mapper/archive-pool.ts";
import type { MemoryView } from "../mapper/layer-archive.ts";
import { type Limits, Watch } from "../mapper/limits.ts";
import { type LayerPoints, minimiseNetwork, type NetworkChoice } from "../mapper/network.ts";
import {
  type ArchivedLayer,
  bestOn,
  layersOf,
  type NetworkArchive,
  type NetworkPoint,
  networkBounds,
  networkHulls,
} from "../mapper/network-archive.ts";
import { checkObjective, type Objective, TOLERANCE, tieCost } from "../mapper/objective.ts";
import { checkLayers } from "../mapper/request.ts";
import type { Workload } from "../workload/workload.ts";
import { collectPlatforms, configAt, optimisticMemories, type Platform, wholeBox } from "./platform.ts";
import { PriorityQueue } from "./queue.ts";
import { type Box, createHardwareSpace, type HardwareSpace, halves } from "./space.ts";

export interface CodesignRequest extends Limits {
  /** Networks that the hardware is to serve; of several, the geometric mean of their objectives is minimised. */
  readonly workloads: readonly Workload[];
  /** Lists in any order. */
  readonly space: HardwareSpace;
  readonly objective: Objective;
  /** Layers may run padded to a better bound. */
  readonly allowPadding?: boolean;
  /** Candidates priced, over all arrays and layers in equal shares, after which the best of those is given. */
  readonly evaluations?: number;
  readonly onProgress?: (progress: CodesignProgress) => void;
}

export type CodesignProgress =
  | { readonly phase: "enumerate"; readonly done: number; readonly of: number }
  | { readonly phase: "bound"; readonly boxes: number; readonly gap: number }
  | { readonly phase: "front"; readonly boxes: number; readonly points: number; readonly areaMm2: number };

export interface CodesignResult {
  readonly hardware: HardwareParameters;
  /** For each workload. */
  readonly networks: readonly CodesignedNetwork[];
  /**
   * Proven, to TOLERANCE: no hardware of the space with no choice of mappings has a smaller objective, nor, where the objective is
   * latency or energy alone, an equal one and less of the other.
   */
  readonly optimal: boolean;
  /** The objective is at most (1 + gap) times the least; 0 if optimal. */
  readonly gap: number;
  /** How the answer was come to: whenever a better config was found, and whenever the boxes had doubled. */
  readonly steps: readonly CodesignStep[];
  /** Boxes of memory sizes that were bounded, and configs in the space. */
  readonly boxes: number;
  readonly configs: number;
  /** Candidates that the enumerations covered, and those among them that were priced. */
  readonly covered: number;
  readonly evaluated: number;
}

/** What was known after some boxes; costs are the objective of cycles and pJ, of several networks their geometric mean. */
export interface CodesignStep {
  /** Boxes bounded. */
  readonly work: number;
  readonly best: number;
  /** No config costs less. */
  readonly bound: number;
}

export interface CodesignedNetwork extends Omit<NetworkPoint, "picks"> {
  readonly workload: string;
  readonly layers: readonly ArchivedLayer[];
}

/**
 * The best hardware of a space together with the best mappings for it.
 *
 * Branch and bound over boxes of memory sizes: no config of a box does better than one with the capacities of its largest and
 * the access energies of its smallest memories would. The most promising box is halved until it is a single config.
 *
 * A limit that ends the enumeration leaves the best design by the mappings found so far, and a gap to what no mapping goes below.
 *
 * @throws InputError if the request is wrong, or no config is within the area cap
 */
export async function codesign(pool: ArchivePool, request: CodesignRequest): Promise<CodesignResult> {
  const space = checkRequest(request);
  const { workloads, objective, allowPadding = false, evaluations, onProgress } = request;
  const watch = new Watch(request);
  try {
    const platforms = await collectPlatforms(pool, {
      workloads,
      space,
      allowPadding,
      ...(evaluations === undefined ? {} : { evaluations }),
      signal: watch.signal,
      onLayer: (done, of) => onProgress?.({ phase: "enumerate", done, of }),
    });
    const found = await branchAndBound(space, platforms, objective, watch, onProgress);
    return toResult(request, space, platforms, found);
  } finally {
    watch.close();
  }
}

function checkRequest({ workloads, space, objective }: CodesignRequest): HardwareSpace {
  checkObjective(objective);
  if (workloads.length === 0)
    throw new InputError({ where: "workloads", expected: "at least one", found: "none" });
  for (const { layers } of workloads) checkLayers(layers);
  return createHardwareSpace(space);
}

/** The best config by the mappings that were found, and what no config that was left open goes below. */
export interface Found {
  readonly box: Box;
  readonly best: Bound;
  readonly open: Bound | undefined;
  readonly steps: readonly CodesignStep[];
  readonly boxes: number;
}

/** The best config of some platforms' archives. */
export async function branchAndBound(
  space: HardwareSpace,
  platforms: readonly Platform[],
  objective: Objective,
  watch: Watch,
  onProgress: CodesignRequest["onProgress"],
): Promise<Found> {
  const cap = space.maxAreaMm2 ?? Number.POSITIVE_INFINITY;
  const queue = new PriorityQueue<{ readonly platform: Platform; readonly box: Box }>();
  let boxes = 0;
  let best: (Bound & { readonly box: Box }) | undefined;
  const boundOf = (platform: Platform, box: Box): Bound =>
    boundOn(platform, optimisticMemories(space, box), objective, networkHulls);
  const enter = (platform: Platform, box: Box): void => {
    if (platform.areas.least(box) > cap) return;
    boxes++;
    const bound = boundOf(platform, box);
    if (isLess(bound, best)) queue.push(bound.cost, { platform, box }, bound.tie);
  };
  const tryConfig = (platform: Platform, scratchpad: number, accumulator: number): void => {
    if (platform.areas.of(scratchpad, accumulator) > cap) return;
    const { array } = platform;
    const box: Box = { array, scratchpad: [scratchpad, scratchpad], accumulator: [accumulator, accumulator] };
    const value = boundOf(platform, box);
    if (isLess(value, best)) best = { box, ...value };
  };

  const unseen = unseenBound(space, platforms, objective);
  const steps: CodesignStep[] = [];
  const note = (): void => {
    const last = steps.at(-1);
    if (!best || (last && last.best === best.cost && boxes < 2 * last.work)) return;
    const bound = Math.min(best.cost, queue.least, unseen?.cost ?? Number.POSITIVE_INFINITY);
    steps.push({ work: boxes, best: best.cost, bound });
  };
  for (const platform of platforms) {
    for (const [scratchpad, accumulator] of platform.areas.largest(cap))
      tryConfig(platform, scratchpad, accumulator);
  }
  for (const platform of platforms) enter(platform, wholeBox(space, platform.array));
  let next = queue.peek();
  for (; next && isLess(toBound(next), best) && !(best && watch.over()); next = queue.peek()) {
    if (watch.due) {
      onProgress?.({ phase: "bound", boxes, gap: (best?.cost ?? Number.NaN) / queue.least - 1 });
      await watch.turn();
    }
    const { platform, box } = queue.pop() as { readonly platform: Platform; readonly box: Box };
    // A config of the box, in hope of cutting others sooner; a box of one config is its own answer.
    tryConfig(platform, box.scratchpad[1], box.accumulator[1]);
    const parts = halves(space, box);
    if (!parts) continue;
    tryConfig(platform, box.scratchpad[0], box.accumulator[0]);
    for (const part of parts) enter(platform, part);
    note();
  }
  if (!best) throw new Error("no config found though one is within the area");
  const open = lesser(unseen, next && toBound(next));
  return { box: best.box, best, open, steps, boxes };
}

/** What mappings that were not looked at may do; undefined if there are none. */
function unseenBound(
  space: HardwareSpace,
  platforms: readonly Platform[],
  objective: Objective,
): Bound | undefined {
  let least: Bound | undefined;
  for (const platform of platforms) {
    if (platform.complete) continue;
    const memories = optimisticMemories(space, wholeBox(space, platform.array));
    least = lesser(least, boundOn(platform, memories, objective, networkBounds));
  }
  return least;
}

function toResult(
  { workloads, objective }: CodesignRequest,
  space: HardwareSpace,
  platforms: readonly Platform[],
  { box, best, open, steps, boxes }: Found,
): CodesignResult {
  const hardware = configAt(space, box, 0);
  const platform = platforms.find(({ array }) => array === box.array) as Platform;
  const gap = open ? Math.max(0, best.cost / open.cost - 1) : 0;
  const archives = new Set(
    platforms.flatMap(({ networks }) => networks.flatMap((network) => network.archives)),
  );
  const sum = (of: "covered" | "evaluated"): number =>
    [...archives].reduce((total, archive) => total + archive[of], 0);
  return {
    hardware,
    networks: platform.networks.map((network, i) => {
      const point = bestOn(
        network,
        hardware.scratchpadKib,
        hardware.accumulatorKib,
        objective,
      ) as NetworkPoint;
      const { picks: _, ...rest } = point;
      return { workload: workloads[i]?.name ?? "", ...rest, layers: layersOf(network, point, objective) };
    }),
    optimal: !open || !isLess(open, best),
    gap: gap <= TOLERANCE ? 0 : gap,
    steps: [...steps, { work: boxes, best: best.cost, bound: best.cost / (1 + gap) }],
    boxes,
    configs: space.arrays.length * space.scratchpadKib.length * space.accumulatorKib.length,
    covered: sum("covered"),
    evaluated: sum("evaluated"),
  };
}

/** An objective, and what decides among equals: for latency alone the energy, for energy alone the latency. */
export interface Bound {
  readonly cost: number;
  readonly tie: number;
}

function isLess(a: Bound, b: Bound | undefined): boolean {
  return !b || a.cost < b.cost || (a.cost === b.cost && a.tie < b.tie);
}

function lesser(a: Bound | undefined, b: Bound | undefined): Bound | undefined {
  return b && isLess(b, a) ? b : a;
}

function toBound({ key, tie }: { readonly key: number; readonly tie: number }): Bound {
  return { cost: key, tie };
}

/**
 * The objective on given memories. On the optimistic memories of a box no config of it goes below that; and, of the configs that reach
 * this objective, none below the tie. For a box of one config it is what the config has.
 */
function boundOn(
  { networks }: Platform,
  memories: MemoryView,
  objective: Objective,
  pointsOf: (network: NetworkArchive, memories: MemoryView) => readonly LayerPoints[],
): Bound {
  const mean = (values: readonly number[]): number =>
    values.length === 1
      ? (values[0] as number)
      : values.reduce((product, value) => product * value ** (1 / values.length), 1);
  const least = networks.map((network) => minimiseNetwork(pointsOf(network, memories), objective));
  const of = (value: (choice: NetworkChoice) => number): number =>
    mean(least.map((choice) => (choice ? value(choice) : Number.POSITIVE_INFINITY)));
  return {
    cost: of(({ cost }) => cost),
    tie: of(({ latencyCycles, energyPj }) => tieCost(objective, latencyCycles, energyPj)),
  };
}
