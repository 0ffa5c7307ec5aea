import type { LocalEngine } from "../fidelity/engine.ts";
import { createHardware, type Hardware, type HardwareParameters } from "../hardware/hardware.ts";
import { createRng, type Rng } from "../rng.ts";
import { formatMapping, type Mapping } from "../space/mapping.ts";
import { RawMapping } from "../space/raw-mapping.ts";
import { createMappingSampler } from "../space/sample.ts";
import type { Layer, LayerShape } from "../workload/layer.ts";
import type { Point } from "./hull.ts";
import { cost, type Objective } from "./objective.ts";

/** A mapping of one layer with what it costs. */
export interface SampledMapping {
  readonly mapping: string;
  readonly latencyCycles: number;
  readonly energyPj: number;
}

/** Random valid mappings of one layer, priced. `visit` sees each with its place in the batch. */
export function sampleMappings(
  engine: LocalEngine,
  shape: LayerShape,
  hardware: Hardware,
  samples: number,
  rng: Rng,
  visit: (place: number, raw: () => Mapping) => void,
): void {
  const { batch } = engine;
  const raw = new RawMapping();
  const sample = createMappingSampler(shape, hardware);
  for (let done = 0; done < samples; ) {
    const held = Math.min(batch.capacity, samples - done);
    for (let i = 0; i < held; i++) {
      sample(rng, raw);
      batch.writeRaw(i, raw);
    }
    engine.evaluateNow(shape, hardware, held);
    for (let i = 0; i < held; i++) visit(i, () => batch.read(i));
    done += held;
  }
}

/** The best, by the layer's own objective, of so many random valid mappings: what Timeloop's random mapper does. */
export function bestOfSamples(
  engine: LocalEngine,
  shape: LayerShape,
  hardware: Hardware,
  objective: Objective,
  samples: number,
  rng: Rng,
): SampledMapping {
  let least = Number.POSITIVE_INFINITY;
  let best: SampledMapping | undefined;
  sampleMappings(engine, shape, hardware, samples, rng, (place, mapping) => {
    const [latencyCycles, energyPj] = [engine.batch.latencyCycles(place), engine.batch.energyPj(place)];
    const value = cost(objective, latencyCycles, energyPj);
    if (value >= least) return;
    least = value;
    best = { mapping: formatMapping(mapping()), latencyCycles, energyPj };
  });
  if (!best) throw new RangeError("the best of no samples");
  return best;
}

/**
 * The baseline of random search: for each layer the best, by its own objective, of `samples` random valid mappings; the sums,
 * weighted by count.
 */
export function bestOfRandom(
  engine: LocalEngine,
  layers: readonly Layer[],
  parameters: HardwareParameters,
  objective: Objective,
  samples: number,
  seed: number,
): Point {
  const hardware = createHardware(parameters);
  let latencyCycles = 0;
  let energyPj = 0;
  for (const [index, { shape, count }] of layers.entries()) {
    const best = bestOfSamples(engine, shape, hardware, objective, samples, createRng(seed, index));
    latencyCycles += count * best.latencyCycles;
    energyPj += count * best.energyPj;
  }
  return { latencyCycles, energyPj };
}
