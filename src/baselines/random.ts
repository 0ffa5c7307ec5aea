import type { LocalEngine } from "../fidelity/engine.ts";
import { createHardware, type HardwareParameters } from "../hardware/hardware.ts";
import { bestOfSamples } from "../mapper/random.ts";
import { createRng } from "../rng.ts";
import type { Sampler } from "../search/sampler.ts";
import type { TrialOutcome } from "../search/trial.ts";
import { distinctLayers, type WalkProblem } from "../walk/request.ts";
import { randomHardware } from "./dosa/start.ts";
import { designOf } from "./sampled-design.ts";

/** One random hardware config with the best of so many random mappings for each layer. */
export interface RandomTask {
  readonly hardware: HardwareParameters;
  readonly seed: number;
  readonly samples: number;
}

const IN_FLIGHT = 8;

/** Random search as in DOSA's comparison: random hardware, for each of its layers the best of 1,000 random valid mappings. */
export function createRandom(
  problem: WalkProblem,
  { samples = 1000 }: { readonly samples?: number } = {},
): Sampler<RandomTask, null> {
  return {
    name: "random",
    inFlight: IN_FLIGHT,
    ask: (rng) => ({
      hardware: randomHardware(problem, rng),
      seed: Math.floor(rng() * 2 ** 32),
      samples,
    }),
    tell: () => undefined,
  };
}

export function runRandom(
  engine: LocalEngine,
  problem: WalkProblem,
  { hardware, seed, samples }: RandomTask,
): TrialOutcome<null> {
  const built = createHardware(hardware);
  const layers = distinctLayers(problem.workloads);
  const best = layers.map(({ shape }, layer) =>
    bestOfSamples(engine, shape, built, problem.objective, samples, createRng(seed, layer)),
  );
  return designOf(problem, hardware, best, samples * layers.length);
}
