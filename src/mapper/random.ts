import type { LocalEngine } from "../fidelity/engine.ts";
import { createHardware, type HardwareParameters } from "../hardware/hardware.ts";
import { createRng } from "../rng.ts";
import { RawMapping } from "../space/raw-mapping.ts";
import { createMappingSampler } from "../space/sample.ts";
import type { Layer } from "../workload/layer.ts";
import type { Point } from "./hull.ts";
import { cost, type Objective } from "./objective.ts";

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
  const { batch } = engine;
  const raw = new RawMapping();
  let latencyCycles = 0;
  let energyPj = 0;
  for (const [index, { shape, count }] of layers.entries()) {
    const rng = createRng(seed, index);
    const sample = createMappingSampler(shape, hardware);
    let least = Number.POSITIVE_INFINITY;
    let best: Point = { latencyCycles: Infinity, energyPj: Infinity };
    for (let done = 0; done < samples; ) {
      const held = Math.min(batch.capacity, samples - done);
      for (let i = 0; i < held; i++) {
        sample(rng, raw);
        batch.writeRaw(i, raw);
      }
      engine.evaluateNow(shape, hardware, held);
      for (let i = 0; i < held; i++) {
        const value = cost(objective, batch.latencyCycles(i), batch.energyPj(i));
        if (value >= least) continue;
        least = value;
        best = { latencyCycles: batch.latencyCycles(i), energyPj: batch.energyPj(i) };
      }
      done += held;
    }
    latencyCycles += count * best.latencyCycles;
    energyPj += count * best.energyPj;
  }
  return { latencyCycles, energyPj };
}
