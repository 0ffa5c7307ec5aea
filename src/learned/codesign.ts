import { branchAndBound } from "../codesign/codesign.ts";
import { configAt } from "../codesign/platform.ts";
import { PriorityQueue } from "../codesign/queue.ts";
import {
  type ArrayAreas,
  arrayAreas,
  type Box,
  createHardwareSpace,
  type HardwareSpace,
  halves,
} from "../codesign/space.ts";
import { InputError } from "../errors.ts";
import type { HardwareParameters } from "../hardware/hardware.ts";
import { type ArchivePoint, type LayerArchive, memoryRange, memoryView } from "../mapper/layer-archive.ts";
import { type Limits, Watch } from "../mapper/limits.ts";
import { minimiseNetwork, type NetworkChoice } from "../mapper/network.ts";
import { type NetworkArchive, networkHulls } from "../mapper/network-archive.ts";
import { checkObjective, type Objective, TOLERANCE } from "../mapper/objective.ts";
import { createStarlightEngine } from "../surrogate/engine.ts";
import type { StarlightModel } from "../surrogate/model.ts";
import type { Workload } from "../workload/workload.ts";
import { LearnedSearch } from "./layer-search.ts";
import { checkLearnedLayers, type LearnedMapping, toLearnedMapping } from "./map-network.ts";
import { mean, openNetworks, solveNetworks } from "./networks.ts";
import { leastCost } from "./solve.ts";

export interface LearnedCodesignRequest extends Limits {
  /** Networks that the hardware is to serve; of several, the geometric mean of their objectives is minimised. */
  readonly workloads: readonly Workload[];
  /** Lists in any order. */
  readonly space: HardwareSpace;
  readonly objective: Objective;
  readonly onProgress?: (progress: LearnedCodesignProgress) => void;
}

export interface LearnedCodesignProgress {
  readonly boxes: number;
  readonly predicted: number;
  readonly gap: number;
}

export interface LearnedCodesignResult {
  readonly hardware: HardwareParameters;
  /** The best mappings of each workload on the hardware. */
  readonly mappings: readonly LearnedMapping[];
  /** Proven, to TOLERANCE: no hardware of the space with any mappings has a smaller objective by Starlight. */
  readonly optimal: boolean;
  /** The objective by Starlight is at most (1 + gap) times the least; 0 if optimal. */
  readonly gap: number;
  /** Boxes of memory sizes that were looked at, and configs in the space. */
  readonly boxes: number;
  readonly configs: number;
  readonly predicted: number;
  readonly priced: number;
}

/** Candidates that are predicted for one box before it is halved. */
const BOX_PREDICTIONS = 400_000;

/** The best config so far, and all mappings that were predicted around it. */
interface Best {
  readonly cost: number;
  readonly hardware: HardwareParameters;
  readonly networks: readonly NetworkArchive[];
}

/**
 * The best hardware of a space together with the best mappings for it, with Starlight's latency and the analytical energy.
 *
 * Branch and bound over boxes of memory sizes. Latency does not depend on them and energy rises with them, so no config of a box does better
 * than one with the capacities of its largest and the access energies of its smallest memories would (docs/mapper.md). For a box that may
 * hold something better than the best config so far, all candidates that may be part of that are predicted; the best config by these
 * is then found exactly. If they are too many the box is halved.
 *
 * @param module the compiled kernels (`loadFastModule`)
 * @throws InputError if the request is wrong, a layer is none that the profile's RTL runs, or no config is within the area cap
 */
export async function codesignLearned(
  module: WebAssembly.Module,
  model: StarlightModel,
  request: LearnedCodesignRequest,
): Promise<LearnedCodesignResult> {
  const { workloads, objective, onProgress } = request;
  if (workloads.length === 0)
    throw new InputError({ where: "workloads", expected: "at least one", found: "none" });
  for (const { layers } of workloads) checkLearnedLayers(model, layers);
  checkObjective(objective);
  const space = createHardwareSpace(request.space);
  const cap = space.maxAreaMm2 ?? Number.POSITIVE_INFINITY;
  const watch = new Watch(request);
  let [boxes, predicted, priced] = [0, 0, 0];
  let best: Best | undefined;
  const bestCost = (): number => best?.cost ?? Number.POSITIVE_INFINITY;
  const queue = new PriorityQueue<{ readonly areas: ArrayAreas; readonly box: Box }>();
  const enter = (areas: ArrayAreas, box: Box, bound: number): void => {
    if (areas.least(box) <= cap && bound <= bestCost()) queue.push(bound, { areas, box });
  };
  const open = (box: Box) => {
    const { array, range } = boxRange(space, box);
    return openNetworks(workloads, (shape) => new LearnedSearch(module, model, { shape, array, range }));
  };
  /** Looks at a box; whether nothing better than the best is left in it, and else what nothing in it costs less than. */
  const look = async (box: Box): Promise<{ readonly done: boolean; readonly bound: number }> => {
    const { searches, networks } = open(box);
    const most = bestCost();
    const limit = isConfig(box) ? {} : { evaluations: BOX_PREDICTIONS };
    const solution = await solveNetworks(
      networks.map(({ entries }) => entries),
      { objective, most, ...limit },
      watch,
    );
    boxes++;
    for (const search of searches) {
      predicted += search.predicted;
      priced += search.priced;
    }
    if (!solution) return { done: true, bound: Number.POSITIVE_INFINITY };
    const inner = innerSpace(space, box);
    const array = inner.arrays[0] as HardwareSpace["arrays"][number];
    // What was left out cannot be part of anything that is looked for here.
    const archives = new Map(searches.map((search) => [search, { ...search.archive(), complete: true }]));
    const archived = networks.map(
      ({ layers, searchOf }): NetworkArchive => ({
        layers,
        array,
        archives: layers.map(({ shape }) => archives.get(searchOf(shape)) as LayerArchive),
        complete: true,
      }),
    );
    const platform = { array: 0, areas: arrayAreas(inner, array), networks: archived, complete: true };
    const found = await branchAndBound(inner, [platform], objective, watch, undefined);
    if (found.best.cost < most)
      best = { cost: found.best.cost, hardware: configAt(inner, found.box, 0), networks: archived };
    // Without a best before, it was the box's own optimum that was in question, which is no config's. A bound above the best is as
    // good as done: such a box does not enter again.
    const asked = most < Number.POSITIVE_INFINITY || isConfig(box);
    // A limit left configs of the box unlooked at.
    const cut = found.open !== undefined && found.open.cost < Math.min(found.best.cost, most);
    return { done: solution.complete && asked && !cut, bound: solution.bound };
  };
  try {
    for (const [array, parameters] of space.arrays.entries()) {
      const areas = arrayAreas(space, parameters);
      const box = boxWithin(space, array, areas, cap);
      if (box)
        enter(areas, box, mean(open(box).networks.map(({ entries }) => leastCost(entries, objective))));
      if (watch.due) await watch.turn();
    }
    if (queue.size === 0) {
      throw new InputError({
        where: "maxAreaMm2",
        expected: "the area of some config",
        found: String(cap),
      });
    }
    while (queue.least <= bestCost() && queue.size > 0 && !(best && watch.over())) {
      const bound = queue.least;
      onProgress?.({ boxes, predicted, gap: bestCost() / bound - 1 });
      if (watch.due) await watch.turn();
      const { areas, box } = queue.pop() as { readonly areas: ArrayAreas; readonly box: Box };
      const first = best === undefined;
      const seen = await look(box);
      if (seen.done) continue;
      const left = Math.max(bound, seen.bound);
      // Now that there is a best, what may beat it is in question. As long as no config runs what was predicted, boxes get smaller.
      const whole = best !== undefined && (first || watch.over());
      const parts = whole ? undefined : halves(space, box);
      for (const part of parts ?? [box]) enter(areas, part, left);
    }
    if (!best) throw new Error("no config found though the smallest memories hold the smallest tiles");
    const found = Math.max(0, best.cost / Math.min(queue.least, best.cost) - 1);
    const gap = found <= TOLERANCE ? 0 : found;
    return {
      hardware: best.hardware,
      mappings: await mappingsOf(module, model, best, objective, gap, { predicted, priced }),
      optimal: gap === 0,
      gap,
      boxes,
      configs: space.arrays.length * space.scratchpadKib.length * space.accumulatorKib.length,
      predicted,
      priced,
    };
  } finally {
    watch.close();
  }
}

/** The mappings that are the best on a config among all that were predicted. */
async function mappingsOf(
  module: WebAssembly.Module,
  model: StarlightModel,
  { hardware, networks }: Best,
  objective: Objective,
  gap: number,
  statistics: LearnedMapping["statistics"],
): Promise<readonly LearnedMapping[]> {
  const engine = await createStarlightEngine(module, model);
  // A network alone may be improved by as much as all of them together.
  const own = (1 + gap) ** networks.length - 1;
  return networks.map((network) => {
    const hulls = networkHulls(network, memoryView(hardware));
    const { picks } = minimiseNetwork(hulls, objective) as NetworkChoice;
    const chosen = hulls.map(({ points }, i) => ({
      archive: network.archives[i] as LayerArchive,
      point: points[picks[i] as number] as ArchivePoint,
    }));
    return toLearnedMapping(engine, { layers: network.layers, hardware, chosen, gap: own, statistics });
  });
}

function isConfig({ scratchpad, accumulator }: Box): boolean {
  return scratchpad[0] === scratchpad[1] && accumulator[0] === accumulator[1];
}

/** The array of a box and the range of its memories. */
function boxRange(space: HardwareSpace, box: Box) {
  const { scratchpadKib, accumulatorKib, ...array } = configAt(space, box, 0);
  return { array, range: memoryRange([{ scratchpadKib, accumulatorKib }, configAt(space, box, 1)]) };
}

/** A box as a space of its own. */
function innerSpace(space: HardwareSpace, { array, scratchpad, accumulator }: Box): HardwareSpace {
  return {
    ...space,
    arrays: [space.arrays[array] as HardwareSpace["arrays"][number]],
    scratchpadKib: space.scratchpadKib.slice(scratchpad[0], scratchpad[1] + 1),
    accumulatorKib: space.accumulatorKib.slice(accumulator[0], accumulator[1] + 1),
  };
}

/** The smallest box that holds all memories of an array within an area. */
function boxWithin(space: HardwareSpace, array: number, areas: ArrayAreas, mm2: number): Box | undefined {
  const range = areas.within(mm2);
  if (!range) return undefined;
  return {
    array,
    scratchpad: [
      space.scratchpadKib.indexOf(range.leastScratchpadKib),
      space.scratchpadKib.indexOf(range.mostScratchpadKib),
    ],
    accumulator: [
      space.accumulatorKib.indexOf(range.leastAccumulatorKib),
      space.accumulatorKib.indexOf(range.mostAccumulatorKib),
    ],
  };
}
