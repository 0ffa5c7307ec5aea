import type { LocalEngine } from "../fidelity/engine.ts";
import { type AreaSource, area } from "../hardware/area.ts";
import { createHardware, type HardwareParameters } from "../hardware/hardware.ts";
import { createRng } from "../rng.ts";
import { formatMapping } from "../space/mapping.ts";
import { RawMapping } from "../space/raw-mapping.ts";
import { createMappingSampler } from "../space/sample.ts";
import type { Layer, LayerShape } from "../workload/layer.ts";

export const OBJECTIVES = ["edp", "latency", "energy"] as const;
/** What is minimised. */
export type Objective = (typeof OBJECTIVES)[number];

/** One hardware point of a sweep: which layers, how many random mappings of each. */
export interface SweepJob {
  readonly parameters: HardwareParameters;
  readonly layers: readonly Layer[];
  readonly mappings: number;
  readonly objective: Objective;
  readonly seed: number;
}

/** A layer with the mapping chosen for it; metrics are of one run. */
export interface MappedLayer {
  readonly name: string;
  readonly count: number;
  readonly shape: LayerShape;
  readonly mapping: string;
  readonly latencyCycles: number;
  readonly energyUj: number;
}

/** Sums over all layers, weighted by count. */
export interface Totals {
  readonly latencyCycles: number;
  readonly energyUj: number;
  /** Energy in J times latency in cycles. */
  readonly edpJCycles: number;
  readonly areaMm2: number;
  readonly areaSource: AreaSource;
}

export interface SweepPoint {
  readonly hardware: HardwareParameters;
  readonly totals: Totals;
  readonly layers: readonly MappedLayer[];
}

/**
 * The best of `mappings` random valid mappings for each layer.
 *
 * Each layer's mappings depend on the seed, its place in the workload and the hardware alone, so a point is the same whichever
 * thread or grid it is part of.
 */
export function evaluatePoint(engine: LocalEngine, job: SweepJob): SweepPoint {
  const hardware = createHardware(job.parameters);
  const { peDim, scratchpadKib, accumulatorKib } = job.parameters;
  const raw = new RawMapping();
  const layers = job.layers.map((layer, index): MappedLayer => {
    const rng = createRng(job.seed, peDim, scratchpadKib, accumulatorKib, index);
    const sample = createMappingSampler(layer.shape, hardware);
    const { batch } = engine;
    let least = Number.POSITIVE_INFINITY;
    let best: Omit<MappedLayer, "name" | "count" | "shape"> | undefined;
    for (let done = 0; done < job.mappings; ) {
      const count = Math.min(batch.capacity, job.mappings - done);
      for (let i = 0; i < count; i++) {
        sample(rng, raw);
        batch.writeRaw(i, raw);
      }
      engine.evaluateNow(layer.shape, hardware, count);
      for (let i = 0; i < count; i++) {
        const cost =
          job.objective === "edp"
            ? batch.edpJCycles(i)
            : job.objective === "latency"
              ? batch.latencyCycles(i)
              : batch.energyPj(i);
        if (cost >= least) continue;
        least = cost;
        best = {
          mapping: formatMapping(batch.read(i)),
          latencyCycles: batch.latencyCycles(i),
          energyUj: batch.energyPj(i) * 1e-6,
        };
      }
      done += count;
    }
    if (!best) throw new RangeError(`no valid mapping of ${layer.name} was found`);
    return { name: layer.name, count: layer.count, shape: layer.shape, ...best };
  });
  return { hardware: job.parameters, totals: totals(layers, area(hardware)), layers };
}

/** Network totals: latency and energy add up over layers and repeats, EDP is their product. */
export function totals(
  layers: readonly Pick<MappedLayer, "count" | "latencyCycles" | "energyUj">[],
  silicon: { readonly mm2: number; readonly source: AreaSource },
): Totals {
  let latencyCycles = 0;
  let energyUj = 0;
  for (const layer of layers) {
    latencyCycles += layer.count * layer.latencyCycles;
    energyUj += layer.count * layer.energyUj;
  }
  return {
    latencyCycles,
    energyUj,
    edpJCycles: energyUj * 1e-6 * latencyCycles,
    areaMm2: silicon.mm2,
    areaSource: silicon.source,
  };
}
