import { InputError } from "../errors.ts";
import { accessEnergies } from "../hardware/energy.ts";
import { createHardware, type HardwareParameters } from "../hardware/hardware.ts";
import type { MemoryView } from "../mapper/layer-archive.ts";
import { minimiseNetwork, type NetworkChoice } from "../mapper/network.ts";
import {
  type ArchivedLayer,
  type ArchivePool,
  bestOn,
  collectNetwork,
  layersOf,
  type NetworkArchive,
  type NetworkPoint,
  networkHulls,
} from "../mapper/network-archive.ts";
import type { Objective } from "../mapper/objective.ts";
import type { Workload } from "../workload/workload.ts";
import { PriorityQueue } from "./queue.ts";
import { type ArrayAreas, arrayAreas, type Box, type HardwareSpace, halves, memoryRange } from "./space.ts";

export interface CodesignRequest {
  /** Networks that the hardware is to serve; of several, the geometric mean of their objectives is minimised. */
  readonly workloads: readonly Workload[];
  readonly space: HardwareSpace;
  readonly objective: Objective;
  /** Time after which the best answer so far is given, with what it may be short of. */
  readonly budgetMs?: number;
  readonly signal?: AbortSignal;
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
  /** Proven: no hardware of the space with no choice of mappings has a smaller objective. */
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

/** How often other tasks of the thread get their turn. */
const TURN_MS = 40;

/** One array with the networks enumerated on it. */
export interface Platform {
  readonly networks: readonly NetworkArchive[];
  readonly areas: ArrayAreas;
}

/**
 * The best hardware of a space together with the best mappings for it.
 *
 * Branch and bound over boxes of memory sizes: no config of a box does better than one with the capacities of its largest and
 * the access energies of its smallest memories would. The most promising box is halved until it is a single config.
 *
 * @throws InputError if no config is within the area cap
 */
export async function codesign(pool: ArchivePool, request: CodesignRequest): Promise<CodesignResult> {
  const { space, objective, signal, budgetMs = Number.POSITIVE_INFINITY } = request;
  const started = performance.now();
  const platforms = await collectPlatforms(pool, request);
  const cap = space.maxAreaMm2 ?? Number.POSITIVE_INFINITY;

  const queue = new PriorityQueue<Box>();
  let boxes = 0;
  let best: (Bound & { readonly box: Box }) | undefined;
  let leastArea = Number.POSITIVE_INFINITY;
  const enter = (box: Box): void => {
    const platform = platforms[box.array] as Platform;
    const area = platform.areas.least(box);
    leastArea = Math.min(leastArea, area);
    if (area > cap) return;
    boxes++;
    const bound = boundOf(space, platform, box, objective);
    if (isLess(bound, best)) queue.push(bound.cost, box, bound.tie);
  };
  const tryConfig = (array: number, scratchpad: number, accumulator: number): void => {
    const platform = platforms[array] as Platform;
    if (platform.areas.of(scratchpad, accumulator) > cap) return;
    const box: Box = { array, scratchpad: [scratchpad, scratchpad], accumulator: [accumulator, accumulator] };
    const value = boundOf(space, platform, box, objective);
    if (isLess(value, best)) best = { box, ...value };
  };

  for (const array of space.arrays.keys()) {
    enter({
      array,
      scratchpad: [0, space.scratchpadKib.length - 1],
      accumulator: [0, space.accumulatorKib.length - 1],
    });
  }
  const steps: CodesignStep[] = [];
  const note = (): void => {
    const last = steps.at(-1);
    if (!best || (last && last.best === best.cost && boxes < 2 * last.work)) return;
    steps.push({ work: boxes, best: best.cost, bound: Math.min(best.cost, queue.least) });
  };
  let turned = performance.now();
  for (
    let next = queue.peek();
    next && isLess({ cost: next.key, tie: next.tie }, best);
    next = queue.peek()
  ) {
    const now = performance.now();
    if (best && (signal?.aborted || now - started >= budgetMs)) break;
    if (now - turned >= TURN_MS) {
      request.onProgress?.({ phase: "bound", boxes, gap: (best?.cost ?? Number.NaN) / queue.least - 1 });
      await new Promise((resolve) => setTimeout(resolve));
      turned = performance.now();
    }
    const box = queue.pop() as Box;
    // A config of the box, in hope of cutting others sooner; a box of one config is its own answer.
    tryConfig(box.array, box.scratchpad[1], box.accumulator[1]);
    const parts = halves(space, box);
    if (!parts) continue;
    tryConfig(box.array, box.scratchpad[0], box.accumulator[0]);
    for (const part of parts) enter(part);
    note();
  }
  if (!best) {
    throw new InputError({
      where: "--max-area-mm2",
      expected: `at least the smallest config's ${leastArea}`,
      found: String(cap),
    });
  }
  const platform = platforms[best.box.array] as Platform;
  const next = queue.peek();
  const optimal = !next || !isLess({ cost: next.key, tie: next.tie }, best);
  const gap = optimal ? 0 : best.cost / queue.least - 1;
  steps.push({ work: boxes, best: best.cost, bound: best.cost / (1 + gap) });
  const archives = platforms.flatMap(({ networks }) =>
    networks.flatMap((network) => [...new Set(network.archives)]),
  );
  const [scratchpadKib, accumulatorKib] = sizes(space, best.box, 0);
  return {
    hardware: {
      ...(space.arrays[best.box.array] as HardwareSpace["arrays"][number]),
      scratchpadKib,
      accumulatorKib,
    },
    networks: platform.networks.map((network, i) => {
      const point = bestOn(network, scratchpadKib, accumulatorKib, objective) as NetworkPoint;
      const { picks: _, ...rest } = point;
      return { workload: request.workloads[i]?.name ?? "", ...rest, layers: layersOf(network, point) };
    }),
    optimal,
    gap,
    steps,
    boxes,
    configs: space.arrays.length * space.scratchpadKib.length * space.accumulatorKib.length,
    covered: archives.reduce((sum, archive) => sum + archive.covered, 0),
    evaluated: archives.reduce((sum, archive) => sum + archive.evaluated, 0),
  };
}

export async function collectPlatforms(
  pool: ArchivePool,
  request: Pick<CodesignRequest, "workloads" | "space" | "onProgress">,
): Promise<readonly Platform[]> {
  const { workloads, space } = request;
  const range = memoryRange(space);
  let done = 0;
  let of = 0;
  const step = (): void => request.onProgress?.({ phase: "enumerate", done: ++done, of });
  const pending = space.arrays.map(async (array) => ({
    networks: await Promise.all(
      workloads.map(({ layers }) => {
        of += new Set(layers.map(({ shape }) => JSON.stringify(shape))).size;
        return collectNetwork(pool, layers, array, range, step);
      }),
    ),
    areas: arrayAreas(space, array),
  }));
  return Promise.all(pending);
}

/** KiB at the lower (0) or upper (1) end of a box. */
function sizes(
  space: HardwareSpace,
  box: Box,
  end: 0 | 1,
): readonly [scratchpad: number, accumulator: number] {
  return [
    space.scratchpadKib[box.scratchpad[end]] as number,
    space.accumulatorKib[box.accumulator[end]] as number,
  ];
}

/** An objective, and what decides among equals: for latency alone the energy, for energy alone the latency. */
interface Bound {
  readonly cost: number;
  readonly tie: number;
}

function isLess(a: Bound, b: Bound | undefined): boolean {
  return !b || a.cost < b.cost || (a.cost === b.cost && a.tie < b.tie);
}

/**
 * What no config of a box goes below: the objective with the capacities of the largest memories and the access energies of
 * the smallest; and, for configs that reach this objective, the tie. For a box of one config it is what the config has.
 */
function boundOf(space: HardwareSpace, { networks }: Platform, box: Box, objective: Objective): Bound {
  const memories = optimisticMemories(space, box);
  const mean = (values: readonly number[]): number =>
    values.length === 1
      ? (values[0] as number)
      : values.reduce((product, value) => product * value ** (1 / values.length), 1);
  const least = networks.map((network) => minimiseNetwork(networkHulls(network, memories), objective));
  const of = (value: (choice: NetworkChoice) => number): number =>
    mean(least.map((choice) => (choice ? value(choice) : Number.POSITIVE_INFINITY)));
  return {
    cost: of(({ cost }) => cost),
    tie:
      objective.energyPower === 0
        ? of(({ energyPj }) => energyPj)
        : objective.latencyPower === 0
          ? of(({ latencyCycles }) => latencyCycles)
          : 0,
  };
}

/** Memories as large as a box's largest, as cheap as its smallest. */
export function optimisticMemories(space: HardwareSpace, box: Box): MemoryView {
  const array = space.arrays[box.array] as HardwareSpace["arrays"][number];
  const [scratchpadKib, accumulatorKib] = sizes(space, box, 0);
  const [largestScratchpad, largestAccumulator] = sizes(space, box, 1);
  return {
    ...accessEnergies(createHardware({ ...array, scratchpadKib, accumulatorKib })),
    scratchpadKib: largestScratchpad,
    accumulatorKib: largestAccumulator,
  };
}
