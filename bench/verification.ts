// npm run study:verification [-- network...]: how many layers must be run until a design near the best is verified, at the area of
// DOSA's published designs. Designs are chosen by expected improvement under this project's models; by DOSA's predictor, the
// predicted best, its network trained anew on all runs so far before every choice; and at random. First among the same designs for
// all, those that the analytical model proposes; then each among designs of its own, re-ranked by its own prices. The event-driven
// model of the RTL stands for the machine; with POLARIS_STUDY_MACHINE=rtl the RTL itself, whose runs are kept under bench/results; with
// POLARIS_STUDY_MACHINE=slow the event-driven model of a machine that Starlight has not learnt: a quarter of the bandwidth, four times
// the latency of DRAM, three times as long to issue a tile. POLARIS_STUDY_LEAST_PE leaves
// out designs of smaller arrays: the RTL would run 464 billion cycles for U-Net, 12 of them on arrays of 16 or more.
import { join } from "node:path";
import { loadModule } from "#kernels";
import { loadTrainingModule } from "#training-kernels";
import { collectPlatforms } from "../src/codesign/platform.ts";
import { openRtlEvaluator } from "../src/evaluators/open.ts";
import { createAnalyticalEvaluator } from "../src/fidelity/analytical.ts";
import { createEngine } from "../src/fidelity/engine.ts";
import type { Evaluator, Outcome } from "../src/fidelity/evaluator.ts";
import { createMachineEvaluator } from "../src/fidelity/machine-evaluator.ts";
import { createJobPool } from "../src/jobs/pool.ts";
import { calibrate, type Measurement } from "../src/promotion/calibrate.ts";
import { LayerRuns } from "../src/promotion/layer-runs.ts";
import { learnWith } from "../src/promotion/learn.ts";
import { predictAll } from "../src/promotion/predict-all.ts";
import { candidatesOf, predictDesign } from "../src/promotion/predicted-design.ts";
import { createProposer } from "../src/promotion/propose.ts";
import { searchVerified } from "../src/promotion/verified-search.ts";
import { createRng } from "../src/rng.ts";
import type { Design } from "../src/search/trial.ts";
import { builtinStarlight } from "../src/surrogate/builtin.ts";
import { createStarlightEngine } from "../src/surrogate/engine.ts";
import { createStarlightEvaluator } from "../src/surrogate/evaluator.ts";
import { StarlightTuner } from "../src/tune/fine-tune.ts";
import type { WalkProblem } from "../src/walk/request.ts";
import { dosaPredictor } from "./dosa-predictor.ts";
import { NETWORKS, problemOf, RESULTS } from "./study-parts.ts";

/** A design this near to the best counts as found. */
const NEAR = 1.005;
/** Designs run between two trainings. */
const BATCH = 2;
const RANDOM_SEEDS = 25;
const DOSA_SEEDS = 5;
/** Runs where each proposes its own designs: the default of `--rtl-budget`. */
const BUDGET = 200;

const module = await loadModule();
const training = await loadTrainingModule();
const engine = await createEngine(module, 64);
const analytical = createAnalyticalEvaluator(engine);
const event = createMachineEvaluator(module);
const starlight = await builtinStarlight("polaris-rtl");
const starlightEvaluator = async (weights: typeof starlight): Promise<Evaluator> =>
  createStarlightEvaluator(await createStarlightEngine(module, weights, 64));
const stand = process.env["POLARIS_STUDY_MACHINE"] ?? "event";
const SLOW = { dramBytesPerCycle: 2, dramLatencyCycles: 160, tileIssueCycles: 600 };
const machine =
  stand === "rtl"
    ? await openRtlEvaluator(
        { kind: "embedded", workers: 1 },
        { engine, rng: createRng(0), cache: join(RESULTS, "rtl") },
      )
    : stand === "slow"
      ? createMachineEvaluator(module, { machine: SLOW })
      : event;
const pool = await createJobPool(1);

const leastPe = Number(process.env["POLARIS_STUDY_LEAST_PE"] ?? 0);
const affordable = (designs: readonly Design[]): readonly Design[] =>
  designs.filter(({ hardware }) => hardware.peDim >= leastPe);

type Refine = (model: Evaluator, measurements: readonly Measurement[]) => Promise<Evaluator>;
type Propose = (model: Evaluator) => Promise<readonly Design[]>;

/** The best verified cost after so many runs, as it falls. */
type Trace = readonly { readonly runs: number; readonly cost: number }[];

/** A way to choose what is run. */
interface Method {
  readonly name: string;
  readonly seeds: number;
  trace(problem: WalkProblem, propose: Propose, most: number, seed: number): Promise<Trace>;
}

/** As `polaris search --verify` does it. */
function byImprovement(name: string, model: Evaluator, createRefine: () => Refine): Method {
  return {
    name,
    seeds: 1,
    trace: async (problem, propose, most) => {
      const trace: { runs: number; cost: number }[] = [];
      await searchVerified({
        ...problem,
        model,
        verifier: machine,
        propose,
        refine: createRefine(),
        runs: most,
        batch: BATCH,
        onProgress: ({ runs, bestCost }) => {
          if (runs > 0) trace.push({ runs, cost: bestCost });
        },
      });
      return trace;
    },
  };
}

/** The predicted best, the predictor trained on all runs before each choice. */
const byDosa: Method = {
  name: "DOSA's predictor",
  seeds: DOSA_SEEDS,
  trace: async (problem, propose, most, seed) => {
    const runs = new LayerRuns();
    const tried = new Set<string>();
    const trace: { runs: number; cost: number }[] = [];
    for (;;) {
      const model = await dosaPredictor(analytical, training, runs.measurements, seed);
      const designs = (await propose(model)).filter((one) => !tried.has(JSON.stringify(one)));
      const predicted = await predictAll(problem, model, runs, designs, new AbortController().signal);
      const chosen = [...predicted].sort((a, b) => a.cost - b.cost).slice(0, BATCH);
      for (const { design } of chosen) {
        tried.add(JSON.stringify(design));
        if (runs.count + runs.missing(candidatesOf(problem.workloads, design)).size > most) return trace;
        trace.push(await verify(problem, runs, design, trace.at(-1)?.cost));
      }
      if (chosen.length === 0) return trace;
    }
  },
};

/** Designs that the analytical model proposes, in an order of chance. */
const atRandom: Method = {
  name: "at random",
  seeds: RANDOM_SEEDS,
  trace: async (problem, propose, most, seed) => {
    const rng = createRng(seed);
    const runs = new LayerRuns();
    const trace: { runs: number; cost: number }[] = [];
    const designs = await propose(analytical);
    for (const { design } of designs.map((one) => ({ at: rng(), design: one })).sort((a, b) => a.at - b.at)) {
      if (runs.count + runs.missing(candidatesOf(problem.workloads, design)).size > most) break;
      trace.push(await verify(problem, runs, design, trace.at(-1)?.cost));
    }
    return trace;
  },
};

async function verify(
  { workloads, objective }: WalkProblem,
  runs: LayerRuns,
  design: Design,
  best = Number.POSITIVE_INFINITY,
): Promise<Trace[number]> {
  const candidates = candidatesOf(workloads, design);
  const missing = [...runs.missing(candidates).values()];
  const outcomes = await machine.evaluate(missing);
  for (const [i, candidate] of missing.entries()) runs.add(candidate, outcomes[i] as Outcome);
  const measured = candidates.map((one) => runs.get(one) as Outcome);
  const truth = predictDesign(workloads, objective, design, measured);
  return { runs: runs.count, cost: Math.min(best, truth?.cost ?? best) };
}

const median = (values: readonly number[]): number =>
  [...values].sort((a, b) => a - b)[(values.length - 1) >> 1] as number;
const geometricMean = (values: readonly number[]): number =>
  Math.exp(values.reduce((sum, value) => sum + Math.log(value), 0) / values.length);
const bestOf = (trace: Trace): number => Math.min(...trace.map(({ cost }) => cost));
/** Runs until a cost was verified; Infinity if it never was. */
const runsTo = (trace: Trace, cost: number): number =>
  trace.find((one) => one.cost <= cost)?.runs ?? Number.POSITIVE_INFINITY;

const tuner = new StarlightTuner(module, training, starlight, { seed: 0 });
const shipped = await starlightEvaluator(starlight);
const tune = (measurements: readonly Measurement[]): Promise<Evaluator> =>
  starlightEvaluator(tuner.tune(measurements));
const METHODS: readonly Method[] = [
  atRandom,
  byDosa,
  byImprovement("Starlight as it comes", shipped, () => async (model) => model),
  byImprovement("Starlight, one factor learnt", shipped, () => calibrate),
  byImprovement("Starlight, fine-tuned", shipped, () => learnWith(tune)),
  ...(stand !== "event"
    ? [byImprovement("event-driven model, one factor learnt", event, () => calibrate)]
    : []),
  byImprovement("analytical model, one factor learnt", analytical, () => calibrate),
];

/** For each method and network the median of the runs to within `NEAR` of the best that any method verified. */
const needed = new Map<string, number[]>();
function judge(most: number, traces: ReadonlyMap<Method, readonly Trace[]>): void {
  const least = Math.min(...[...traces.values()].flat().map(bestOf));
  for (const [{ name }, all] of traces) {
    const runs = all.map((trace) => Math.min(runsTo(trace, least * NEAR), most));
    const costs = all.map((trace) => bestOf(trace) / least);
    const text = (count: number): string => (count === most ? `not in ${most}` : String(count));
    const spread =
      all.length === 1
        ? ""
        : ` (${text(Math.min(...runs))} to ${text(Math.max(...runs))}, ${all.length} seeds)`;
    console.log(
      `  ${name}: ${text(median(runs))}${spread} runs; best / best of all ${median(costs).toFixed(4)}, first design ${median(all.map(([first]) => (first?.cost ?? Number.NaN) / least)).toFixed(4)}`,
    );
    const known = needed.get(name) ?? [];
    known.push(median(runs));
    needed.set(name, known);
  }
  console.log();
}

const wanted = process.argv.slice(2);
for (const own of [false, true]) {
  needed.clear();
  const most = own ? BUDGET : 1e6;
  console.log(own ? `each among designs of its own, ${most} runs` : "the same designs for all");
  for (const network of NETWORKS.filter((one) => wanted.length === 0 || wanted.includes(one))) {
    const problem = problemOf("free", network);
    const proposer = createProposer({ ...problem, platforms: await collectPlatforms(pool, problem) });
    const designs = affordable(await proposer(analytical));
    const propose: Propose = own ? async (model) => affordable(await proposer(model)) : async () => designs;
    const traces = new Map<Method, readonly Trace[]>();
    for (const method of METHODS) {
      const found: Trace[] = [];
      for (let seed = 0; seed < method.seeds; seed++)
        found.push(await method.trace(problem, propose, most, seed));
      traces.set(method, found);
    }
    console.log(`${network}:`);
    judge(most, traces);
  }
  const fewer = (name: string, than: string): string => {
    const [ours = [], theirs = []] = [needed.get(name), needed.get(than)];
    return `${(100 * (1 - geometricMean(ours.map((runs, i) => runs / (theirs[i] as number))))).toFixed(0)} % fewer runs than ${than}`;
  };
  for (const { name } of METHODS.slice(2))
    console.log(`${name}: ${fewer(name, atRandom.name)}, ${fewer(name, byDosa.name)}`);
  console.log();
}
await pool.close();
await machine.close();
