import { InputError } from "../errors.ts";
import type { Interval, Profile } from "../fidelity/evaluator.ts";
import { type Totals, totals } from "../fidelity/totals.ts";
import { area } from "../hardware/area.ts";
import { createHardware, type Hardware, type HardwareParameters } from "../hardware/hardware.ts";
import type { BoundBy } from "../kernels/batch.ts";
import { whyNot } from "../mapper/infeasible.ts";
import {
  type ArchivePoint,
  archiveMapping,
  type LayerArchive,
  memoryRange,
} from "../mapper/layer-archive.ts";
import { type Limits, Watch } from "../mapper/limits.ts";
import { checkObjective, type Objective, TOLERANCE } from "../mapper/objective.ts";
import { checkLayers } from "../mapper/request.ts";
import { formatMapping } from "../space/mapping.ts";
import { createStarlightEngine, type StarlightEngine } from "../surrogate/engine.ts";
import type { StarlightModel } from "../surrogate/model.ts";
import { rulesOf } from "../surrogate/profiles.ts";
import { type Layer, type LayerShape, shapeKey } from "../workload/layer.ts";
import { LearnedSearch } from "./layer-search.ts";
import { type LearnedEntry, solve } from "./solve.ts";

export interface LearnedMapRequest extends Limits {
  readonly layers: readonly Layer[];
  readonly hardware: HardwareParameters;
  readonly objective: Objective;
  /** Candidates predicted, in all, after which the best answer so far is given. */
  readonly evaluations?: number;
  readonly onProgress?: (progress: { readonly gap: number; readonly predicted: number }) => void;
}

/** A layer with the mapping chosen for it; metrics are of one run. */
export interface LearnedLayer {
  readonly name: string;
  readonly count: number;
  readonly shape: LayerShape;
  readonly mapping: string;
  /** As Starlight predicts it. */
  readonly latencyCycles: number;
  /** Where the latency of the RTL lies with a probability of 90 %. */
  readonly latencyInterval: Interval;
  readonly energyUj: number;
  /** The analytical model's word. */
  readonly boundBy: BoundBy;
  /** Those of the network: what a layer is worth depends on the others. */
  readonly optimal: boolean;
  readonly gap: number;
}

export interface LearnedMapping {
  readonly profile: Profile;
  readonly hardware: HardwareParameters;
  readonly totals: Totals;
  /** The total latency if all layers err alike: the sums of the ends of their intervals. */
  readonly latencyInterval: Interval;
  /** Proven, to `tolerance`: no choice of mappings has a smaller objective by Starlight. It says nothing of the RTL beyond the interval. */
  readonly optimal: boolean;
  /** The objective by Starlight is at most (1 + gap) times the least; 0 if optimal. */
  readonly gap: number;
  /** To what the optimum is proven: TOLERANCE, or what single precision makes of the energies. */
  readonly tolerance: number;
  readonly layers: readonly LearnedLayer[];
  /** Candidates that Starlight predicted, and orders of DRAM loops that were priced. */
  readonly statistics: { readonly predicted: number; readonly priced: number };
}

/**
 * The best mapping of each layer of a network on one accelerator, with Starlight's latency and the analytical energy.
 *
 * Exact unless a limit ends it first, over the whole map space (docs/mapper.md): rows streamed bound the latency, energy is known, and
 * only what could be part of a better choice is predicted.
 *
 * @param module the compiled kernels (`loadFastModule`)
 * @throws InputError if the request is wrong, a layer is none that the profile's RTL runs, or no mapping fits
 */
export async function mapLearnedNetwork(
  module: WebAssembly.Module,
  model: StarlightModel,
  request: LearnedMapRequest,
): Promise<LearnedMapping> {
  const { layers, objective } = request;
  checkLearnedLayers(model, layers);
  checkObjective(objective);
  const hardware = createHardware(request.hardware);
  for (const { name, shape } of layers) {
    const reason = whyNot(name, shape, hardware);
    if (reason) throw reason;
  }
  const watch = new Watch(request);
  try {
    const { scratchpadKib: _, accumulatorKib: __, ...array } = request.hardware;
    const range = memoryRange([request.hardware]);
    const { entries, place } = distinctLayers(
      layers,
      (shape) => new LearnedSearch(module, model, { shape, array, range }),
    );
    const solution = await solve(
      entries,
      {
        objective,
        ...(request.evaluations === undefined ? {} : { evaluations: request.evaluations }),
        onRound: ({ best, bound, predicted }) => request.onProgress?.({ gap: best / bound - 1, predicted }),
      },
      watch,
    );
    if (!solution) throw new Error("a layer has no mapping though its smallest tile fits");
    const found = solution.best.cost / solution.bound - 1;
    const sum = (of: "predicted" | "priced"): number =>
      entries.reduce((all, { search }) => all + search[of], 0);
    return toLearnedMapping(await createStarlightEngine(module, model), {
      layers,
      hardware: request.hardware,
      chosen: layers.map(({ shape }) => {
        const i = place(shape);
        return {
          archive: solution.archives[i] as LayerArchive,
          point: solution.hulls[i]?.[solution.best.picks[i] as number] as ArchivePoint,
        };
      }),
      gap: found <= TOLERANCE ? 0 : found,
      statistics: { predicted: sum("predicted"), priced: sum("priced") },
    });
  } finally {
    watch.close();
  }
}

/** A choice of mappings for a network on one accelerator, each held against the engine. */
export function toLearnedMapping(
  engine: StarlightEngine,
  {
    layers,
    hardware: parameters,
    chosen,
    gap,
    statistics,
  }: Pick<LearnedMapping, "hardware" | "gap" | "statistics"> & {
    readonly layers: readonly Layer[];
    /** For each layer. */
    readonly chosen: readonly { readonly archive: LayerArchive; readonly point: ArchivePoint }[];
  },
): LearnedMapping {
  const { profile } = engine;
  const hardware = createHardware(parameters);
  const mapped = layers.map(({ name, count, shape }, i): LearnedLayer => {
    const { archive, point } = chosen[i] as (typeof chosen)[number];
    return {
      name,
      count,
      shape,
      ...confirm(engine, archive, point, hardware),
      optimal: gap === 0,
      gap,
    };
  });
  const end = (of: keyof Interval): number =>
    mapped.reduce((sum, { count, latencyInterval }) => sum + count * latencyInterval[of], 0);
  return {
    profile,
    hardware: parameters,
    totals: totals(mapped, area(hardware)),
    latencyInterval: { low: end("low"), high: end("high") },
    optimal: gap === 0,
    gap,
    tolerance: Math.max(TOLERANCE, energyRounding(profile)),
    layers: mapped,
    statistics,
  };
}

/**
 * Refuses layers that make no network, or that the RTL of a profile does not run.
 *
 * @throws InputError
 */
export function checkLearnedLayers({ profile }: StarlightModel, layers: readonly Layer[]): void {
  checkLayers(layers);
  for (const { name, shape } of layers) {
    const reason = rulesOf(profile).unfit(shape);
    if (reason !== undefined)
      throw new InputError({
        where: name,
        expected: "a layer that Starlight predicts",
        found: reason,
        hint: "profile polaris-rtl runs all layers",
      });
  }
}

/** Distinct shapes with how often they run in all, and the place of a shape among them. */
export function distinctLayers(
  layers: readonly Layer[],
  open: (shape: LayerShape) => LearnedSearch,
): { readonly entries: readonly LearnedEntry[]; readonly place: (shape: LayerShape) => number } {
  const found = new Map<string, { readonly shape: LayerShape; count: number }>();
  for (const { shape, count } of layers) {
    const key = shapeKey(shape);
    const one = found.get(key);
    if (one) one.count += count;
    else found.set(key, { shape, count });
  }
  const places = new Map([...found.keys()].map((key, i) => [key, i]));
  return {
    entries: [...found.values()].map(({ shape, count }) => ({ count, search: open(shape) })),
    place: (shape) => places.get(shapeKey(shape)) as number,
  };
}

/**
 * A mapping as the engine has it, which has to find the metrics that the search found.
 *
 * @throws Error if it does not: one of the two is broken then
 */
function confirm(
  engine: StarlightEngine,
  archive: LayerArchive,
  { latencyCycles, energyPj, entry }: ArchivePoint,
  hardware: Hardware,
): Pick<LearnedLayer, "mapping" | "latencyCycles" | "latencyInterval" | "energyUj" | "boundBy"> {
  const { batch } = engine;
  const mapping = archiveMapping(archive, entry);
  batch.write(0, mapping);
  engine.evaluateNow(archive.shape, hardware, 1);
  const apart = Math.abs(batch.energyPj(0) / energyPj - 1);
  if (batch.latencyCycles(0) !== latencyCycles || apart > energyRounding(engine.profile)) {
    throw new Error(
      `search and engine differ on ${formatMapping(mapping)}: ${latencyCycles} cycles, ${energyPj} pJ against ${batch.latencyCycles(0)}, ${batch.energyPj(0)}`,
    );
  }
  return {
    mapping: formatMapping(mapping),
    latencyCycles,
    latencyInterval: { low: batch.latencyLow(0), high: batch.latencyHigh(0) },
    energyUj: batch.energyPj(0) * 1e-6,
    boundBy: batch.boundBy(0),
  };
}

/** By which part the engine's energies may differ from the exact ones: those of our own RTL are in single precision. */
function energyRounding(profile: Profile): number {
  return profile === "polaris-rtl" ? 1e-6 : 0;
}
