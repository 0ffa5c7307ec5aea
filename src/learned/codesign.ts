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
import { memoryRange } from "../mapper/layer-archive.ts";
import { type Limits, Watch } from "../mapper/limits.ts";
import { checkObjective, type Objective, TOLERANCE } from "../mapper/objective.ts";
import type { StarlightModel } from "../surrogate/model.ts";
import type { Workload } from "../workload/workload.ts";
import { LearnedSearch } from "./layer-search.ts";
import { checkLearnedLayers, distinctLayers, type LearnedMapping, mapLearnedNetwork } from "./map-network.ts";
import { leastCost, solve } from "./solve.ts";

export interface LearnedCodesignRequest extends Limits {
  readonly workload: Workload;
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
  /** The best config, with the best mappings on it. */
  readonly mapping: LearnedMapping;
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
  const { workload, objective, onProgress } = request;
  checkLearnedLayers(model, workload.layers);
  checkObjective(objective);
  const space = createHardwareSpace(request.space);
  const cap = space.maxAreaMm2 ?? Number.POSITIVE_INFINITY;
  const watch = new Watch(request);
  let [boxes, predicted, priced] = [0, 0, 0];
  let best = { cost: Number.POSITIVE_INFINITY, hardware: undefined as HardwareParameters | undefined };
  const open = (box: Box) => {
    const { array, range } = boxRange(space, box);
    return distinctLayers(
      workload.layers,
      (shape) => new LearnedSearch(module, model, { shape, array, range }),
    );
  };
  const queue = new PriorityQueue<{ readonly areas: ArrayAreas; readonly box: Box }>();
  const enter = (areas: ArrayAreas, box: Box, bound: number): void => {
    if (areas.least(box) <= cap && bound <= best.cost) queue.push(bound, { areas, box });
  };
  /** Looks at a box; whether nothing better than the best is left in it, and else what nothing in it costs less than. */
  const look = async (box: Box): Promise<{ readonly done: boolean; readonly bound: number }> => {
    const { entries, place } = open(box);
    const most = best.cost;
    const solution = await solve(
      entries,
      {
        objective,
        ...(most === Number.POSITIVE_INFINITY ? {} : { most }),
        ...(isConfig(box) ? {} : { evaluations: BOX_PREDICTIONS }),
      },
      watch,
    );
    boxes++;
    for (const { search } of entries) {
      predicted += search.predicted;
      priced += search.priced;
    }
    if (!solution) return { done: true, bound: Number.POSITIVE_INFINITY };
    const inner = innerSpace(space, box);
    const parameters = inner.arrays[0] as HardwareSpace["arrays"][number];
    const archives = workload.layers.map(({ shape }) => {
      const archive = solution.archives[place(shape)];
      return { ...(archive as NonNullable<typeof archive>), complete: true };
    });
    const network = { layers: workload.layers, array: parameters, archives, complete: true };
    const platform = { array: 0, areas: arrayAreas(inner, parameters), networks: [network], complete: true };
    const found = await branchAndBound(inner, [platform], objective, watch, undefined);
    if (found.best.cost < best.cost)
      best = { cost: found.best.cost, hardware: configAt(inner, found.box, 0) };
    // Without a best before, it was the box's own optimum that was in question, which is no config's. A bound above the best is as
    // good as done: such a box does not enter again.
    const asked = most < Number.POSITIVE_INFINITY || isConfig(box);
    return { done: solution.complete && asked, bound: solution.bound };
  };
  try {
    for (const [array, parameters] of space.arrays.entries()) {
      const areas = arrayAreas(space, parameters);
      const box = boxWithin(space, array, areas, cap);
      if (box) enter(areas, box, leastCost(open(box).entries, objective));
    }
    if (queue.size === 0) {
      throw new InputError({
        where: "maxAreaMm2",
        expected: "the area of some config",
        found: String(cap),
      });
    }
    while (queue.least <= best.cost && queue.size > 0 && !(best.hardware && watch.over())) {
      const bound = queue.least;
      onProgress?.({ boxes, predicted, gap: best.cost / bound - 1 });
      if (watch.due) await watch.turn();
      const { areas, box } = queue.pop() as { readonly areas: ArrayAreas; readonly box: Box };
      const first = best.hardware === undefined;
      const seen = await look(box);
      if (seen.done) continue;
      const left = Math.max(bound, seen.bound);
      // Now that there is a best, what may beat it is in question. As long as no config runs what was predicted, boxes get smaller.
      const whole = best.hardware !== undefined && (first || watch.over());
      const parts = whole ? undefined : halves(space, box);
      for (const part of parts ?? [box]) enter(areas, part, left);
    }
    const { hardware } = best;
    if (!hardware) throw new Error("no config found though one is within the area");
    const mapping = await mapLearnedNetwork(module, model, { layers: workload.layers, hardware, objective });
    const gap = Math.max(0, best.cost / Math.min(queue.least, best.cost) - 1);
    return {
      mapping,
      optimal: gap <= TOLERANCE,
      gap: gap <= TOLERANCE ? 0 : gap,
      boxes,
      configs: space.arrays.length * space.scratchpadKib.length * space.accumulatorKib.length,
      predicted,
      priced,
    };
  } finally {
    watch.close();
  }
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
