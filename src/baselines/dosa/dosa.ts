import type { LocalEngine } from "../../fidelity/engine.ts";
import { createHardware } from "../../hardware/hardware.ts";
import { createRng } from "../../rng.ts";
import type { Sampler } from "../../search/sampler.ts";
import type { TrialOutcome } from "../../search/trial.ts";
import { distinctLayers, spreadMappings, type WalkProblem } from "../../walk/request.ts";
import { Adam } from "./adam.ts";
import { fitArea } from "./fit-area.ts";
import { buildLoss } from "./loss.ts";
import { type DosaProblem, type PricedTilings, priceTilings } from "./pricing.ts";
import { type Dataflow, FACTORS } from "./relaxed-model.ts";
import { fillHardware, randomHardware } from "./start.ts";
import { Tape } from "./tape.ts";
import { type Factors, roundFactors } from "./tiling.ts";

/** One start point: 1,490 steps, rounded after every 500th and after the last, as DOSA does it. */
export interface DosaTask {
  readonly seed: number;
  readonly steps: number;
  readonly roundEvery: number;
  /** Step of Adam, in units of the natural logarithm of a factor. */
  readonly rate: number;
}

/** Random hardware drawn for a start; the best filled one is taken, for DOSA passes bad starts over too. */
const START_DRAWS = 3;
const STARTS = 7;
const IN_FLIGHT = 8;

/** DOSA's search (Hong et al., MICRO 2023) at its budget: seven start points of 1,490 steps. */
export function createDosa(
  options: Partial<Omit<DosaTask, "seed">> & { readonly starts?: number } = {},
): Sampler<DosaTask, null> {
  const { steps = 1490, roundEvery = 500, rate = 0.005, starts = STARTS } = options;
  let asked = 0;
  return {
    name: "dosa",
    inFlight: IN_FLIGHT,
    ask: (rng) =>
      asked++ < starts ? { seed: Math.floor(rng() * 2 ** 32), steps, roundEvery, rate } : undefined,
    tell: () => undefined,
  };
}

/**
 * Descends from one start point over the factors of all layers at once, with the least hardware that holds them; at each rounding
 * every layer takes the best of three DRAM loop orders, which the descent then keeps. The best rounded design is the outcome.
 */
export function descend(engine: LocalEngine, walk: WalkProblem, task: DosaTask): TrialOutcome<null> {
  const problem: DosaProblem = {
    layers: distinctLayers(walk.workloads),
    networks: walk.workloads.length,
    space: walk.space,
    objective: walk.objective,
  };
  const peDim = Math.max(...walk.space.arrays.map((array) => array.peDim));
  const start = startPoint(engine, problem, task.seed);
  const logs = new Float64Array(problem.layers.length * FACTORS.length);
  const gradient = new Float64Array(logs.length);
  const tape = new Tape();
  const adam = new Adam(logs.length, task.rate);
  let dataflows: readonly Dataflow[] = problem.layers.map(() => "WS");
  let best: PricedTilings | undefined;
  const take = (factors: readonly Factors[]): void => {
    for (const [layer, own] of factors.entries()) {
      for (const [i, name] of FACTORS.entries()) logs[layer * FACTORS.length + i] = Math.log(own[name]);
    }
    const priced = priceTilings(engine, problem, factors);
    if (priced) dataflows = priced.dataflows;
    const within = fitArea(engine, problem, factors);
    if (within && within.cost < (best?.cost ?? Number.POSITIVE_INFINITY)) best = within;
  };

  take(start);
  for (let step = 1; step <= task.steps; step++) {
    const { loss, inputs } = buildLoss(tape, problem, logs, dataflows);
    tape.gradient(loss, inputs, gradient);
    adam.step(logs, gradient);
    if (step % task.roundEvery !== 0 && step !== task.steps) continue;
    take(problem.layers.map(({ shape }, layer) => roundFactors(shape, factorsAt(logs, layer), peDim)));
  }
  // Each step prices every layer once, each rounding in three orders.
  const roundings = Math.ceil(task.steps / task.roundEvery) + 1;
  const evaluated = problem.layers.length * (task.steps + 3 * roundings);
  if (!best) return { status: "infeasible", reason: "no rounded design is within the area cap", evaluated };
  return {
    status: "found",
    design: { hardware: best.hardware, mappings: spreadMappings(walk.workloads, best.mappings) },
    sums: best.sums,
    evaluated,
    carry: null,
  };
}

function factorsAt(logs: Float64Array, layer: number): Factors {
  const entries = FACTORS.map((name, i) => [name, Math.exp(logs[layer * FACTORS.length + i] as number)]);
  return Object.fromEntries(entries) as Factors;
}

function startPoint(engine: LocalEngine, problem: DosaProblem, seed: number): readonly Factors[] {
  const rng = createRng(seed);
  let best: PricedTilings | undefined;
  let first: readonly Factors[] = [];
  for (let i = 0; i < START_DRAWS; i++) {
    const hardware = createHardware(randomHardware(problem, rng));
    const factors = problem.layers.map(({ shape }) => fillHardware(shape, hardware));
    if (i === 0) first = factors;
    const priced = priceTilings(engine, problem, factors);
    if (priced && priced.cost < (best?.cost ?? Number.POSITIVE_INFINITY)) best = priced;
  }
  return best?.factors ?? first;
}
