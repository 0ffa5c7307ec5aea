import type { LocalEngine } from "../../fidelity/engine.ts";
import { createHardware, type Hardware, type HardwareParameters } from "../../hardware/hardware.ts";
import { cost, type Objective } from "../../mapper/objective.ts";
import { type SampledMapping, sampleMappings } from "../../mapper/random.ts";
import { createRng, type Rng } from "../../rng.ts";
import { expectedImprovement } from "../../search/expected-improvement.ts";
import type { Sampler } from "../../search/sampler.ts";
import type { TrialOutcome } from "../../search/trial.ts";
import { formatMapping, LEVELS, type Mapping } from "../../space/mapping.ts";
import { distinctLayers, type WalkProblem } from "../../walk/request.ts";
import { DIMS, type LayerShape } from "../../workload/layer.ts";
import { randomHardware } from "../dosa/start.ts";
import { designOf } from "../sampled-design.ts";
import { fitGaussianProcess } from "./gaussian-process.ts";

/** One hardware config with the mappings that a regression over mappings picks. */
export interface BayesTask {
  readonly hardware: HardwareParameters;
  readonly seed: number;
  /** Random mappings a layer that the regression learns from. */
  readonly train: number;
  /** Random mappings a layer that it picks from, and how many of them are priced. */
  readonly pool: number;
  readonly picks: number;
}

/** Random hardware before the regression has a say, and configs that it chooses among. */
const FIRST = 20;
const POOL = 2000;
const IN_FLIGHT = 4;

/**
 * Bayesian optimisation on two levels (Spotlight's and DOSA's comparison): a Gaussian process over hardware proposes the config of
 * the largest expected improvement, and on it, for each layer, one over mappings picks from a pool what is priced.
 */
export function createBayes(problem: WalkProblem): Sampler<BayesTask, null> {
  const seen: { readonly point: readonly number[]; readonly value: number }[] = [];
  return {
    name: "bayes",
    inFlight: IN_FLIGHT,
    ask(rng) {
      const hardware = seen.length < FIRST ? randomHardware(problem, rng) : propose(problem, seen, rng);
      return { hardware, seed: Math.floor(rng() * 2 ** 32), train: 90, pool: 1000, picks: 10 };
    },
    tell({ job, cost }) {
      if (Number.isFinite(cost)) seen.push({ point: hardwarePoint(job.hardware), value: Math.log(cost) });
    },
  };
}

function propose(
  problem: WalkProblem,
  seen: readonly { readonly point: readonly number[]; readonly value: number }[],
  rng: Rng,
): HardwareParameters {
  const process = fitGaussianProcess(
    seen.map(({ point }) => point),
    seen.map(({ value }) => value),
  );
  const least = Math.min(...seen.map(({ value }) => value));
  let best = randomHardware(problem, rng);
  let most = Number.NEGATIVE_INFINITY;
  for (let i = 0; i < POOL; i++) {
    const hardware = randomHardware(problem, rng);
    const gain = expectedImprovement(process.predict(hardwarePoint(hardware)), least);
    if (gain <= most) continue;
    most = gain;
    best = hardware;
  }
  return best;
}

function hardwarePoint({ peDim, scratchpadKib, accumulatorKib }: HardwareParameters): readonly number[] {
  return [Math.log2(peDim), Math.log2(scratchpadKib), Math.log2(accumulatorKib)];
}

export function runBayes(engine: LocalEngine, problem: WalkProblem, task: BayesTask): TrialOutcome<null> {
  const hardware = createHardware(task.hardware);
  const layers = distinctLayers(problem.workloads);
  const chosen = layers.map(({ shape }, layer) =>
    mapLayer(engine, shape, hardware, problem.objective, task, createRng(task.seed, layer)),
  );
  return designOf(problem, task.hardware, chosen, layers.length * (task.train + task.picks));
}

/** The best of the mappings learnt from and of those picked. */
function mapLayer(
  engine: LocalEngine,
  shape: LayerShape,
  hardware: Hardware,
  objective: Objective,
  { train, pool, picks }: BayesTask,
  rng: Rng,
): SampledMapping {
  interface Sample extends SampledMapping {
    readonly point: readonly number[];
    readonly value: number;
  }
  const draw = (count: number): readonly Sample[] => {
    const samples: Sample[] = [];
    sampleMappings(engine, shape, hardware, count, rng, (place, read) => {
      const mapping = read();
      const [latencyCycles, energyPj] = [engine.batch.latencyCycles(place), engine.batch.energyPj(place)];
      samples.push({
        mapping: formatMapping(mapping),
        latencyCycles,
        energyPj,
        point: mappingPoint(mapping),
        value: Math.log(cost(objective, latencyCycles, energyPj)),
      });
    });
    return samples;
  };
  const better = (a: Sample, b: Sample): Sample => (b.value < a.value ? b : a);
  const learnt = draw(train);
  const process = fitGaussianProcess(
    learnt.map(({ point }) => point),
    learnt.map(({ value }) => value),
  );
  const best = learnt.reduce(better);
  const ranked = draw(pool)
    .map((sample) => ({ sample, gain: expectedImprovement(process.predict(sample.point), best.value) }))
    .sort((a, b) => b.gain - a.gain)
    .slice(0, picks);
  return ranked.reduce((found, { sample }) => better(found, sample), best);
}

/** Logarithms of all factors, and where each dim stands among the DRAM loops. */
function mappingPoint(mapping: Mapping): readonly number[] {
  const factors = LEVELS.flatMap((level) =>
    DIMS.map((dim) => Math.log2(mapping.loops[level].find((loop) => loop.dim === dim)?.bound ?? 1)),
  );
  const order = DIMS.map((dim) => mapping.loops.dram.findIndex((loop) => loop.dim === dim) + 1);
  return [...factors, Math.log2(mapping.spatialK), Math.log2(mapping.spatialC), ...order];
}
