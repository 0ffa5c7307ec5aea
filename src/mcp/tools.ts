import { availableParallelism } from "node:os";
import { codesign } from "../codesign/codesign.ts";
import { designFields, proofFields } from "../codesign/document.ts";
import { evaluateDesign, type NetworkDesign, parseDesign, pricedAs } from "../designs/design.ts";
import { priceDesign } from "../designs/priced-design.ts";
import { InputError } from "../errors.ts";
import { createEmbeddedPool } from "../evaluators/embedded-pool.ts";
import { createRtlEvaluator } from "../evaluators/rtl-evaluator.ts";
import { createHardware, parseHardware } from "../hardware/hardware.ts";
import { createJobPool } from "../jobs/pool.ts";
import { mappingFields } from "../mapper/document.ts";
import { mapNetwork } from "../mapper/map-network.ts";
import { EDP, type Objective, parseObjective } from "../mapper/objective.ts";
import { createStarlightEvaluator, loadEngine, loadModule, loadStarlight } from "../starlight.ts";
import { BUILTIN_WORKLOADS } from "../workload/builtin.ts";
import { macs } from "../workload/layer.ts";
import { loadDocument, loadWorkload, loadWorkloads } from "../workload/load.ts";
import { parseWorkload } from "../workload/workload.ts";
import type { EvaluateArguments, MapArguments, SearchArguments, SimulateArguments } from "./arguments.ts";

/** Documents are those of the commands under --json, without the command line that made them. */
const HEAD = { version: 1, fidelity: "analytical" } as const;
const SEARCH_SECONDS = 120;
const MAX_CYCLES = 1e9;

/** The built-in networks. */
export function listWorkloads(): object {
  const workloads = [...BUILTIN_WORKLOADS.values()].map(({ name, note, layers }) => ({
    name,
    layers: layers.length,
    macs: layers.reduce((sum, { shape, count }) => sum + count * macs(shape), 0),
    ...(note === undefined ? {} : { note }),
  }));
  return { version: 1, workloads };
}

/** Metrics of a design, layer by layer; of Starlight with the interval in which the RTL lies that is asked for, or else the design's. */
export async function evaluate(
  { design, fidelity = "analytical", profile: asked }: EvaluateArguments,
  signal: AbortSignal,
): Promise<object> {
  if (fidelity === "analytical" && asked !== undefined)
    throw new InputError({ where: "profile", expected: "fidelity starlight", found: fidelity });
  const parsed = await readDesign(design);
  if (fidelity === "analytical") return evaluateDesign(await loadEngine(64), parsed);
  const profile = pricedAs(asked, parsed);
  const starlight = await loadStarlight({ capacity: 64, ...(profile === undefined ? {} : { profile }) });
  return priceDesign(createStarlightEvaluator(starlight), parsed, { signal });
}

/** Cycles and counters of a design on the RTL, layer by layer; a layer that the RTL cannot run says why. */
export async function simulate(
  { design, maxCycles = MAX_CYCLES }: SimulateArguments,
  signal: AbortSignal,
): Promise<object> {
  const parsed = await readDesign(design);
  const evaluator = createRtlEvaluator(createEmbeddedPool(availableParallelism(), { maxCycles }));
  try {
    return await priceDesign(evaluator, parsed, { signal });
  } finally {
    await evaluator.close();
  }
}

async function readDesign(design: string | object): Promise<NetworkDesign> {
  const given = unquoted(design, "design");
  const document = typeof given === "string" ? await loadDocument(given) : given;
  const where = typeof given === "string" ? given : "design";
  return parseDesign(document, where, (name) => loadWorkload(name));
}

/** The best mapping of each layer on one hardware config, proven. */
export async function map(given: MapArguments, signal: AbortSignal): Promise<object> {
  const { maxLatencyCycles, maxEnergyUj, budgetSeconds } = given;
  const one = unquoted(given.workload, "workload");
  const workload =
    typeof one === "string" ? await loadWorkload(one, given.dims) : parseWorkload(one, "workload");
  const objective = readObjective(given.objective);
  const hardware = parseHardware(
    given.hardware ?? { peDim: 16, scratchpadKib: 128, accumulatorKib: 32 },
    "hardware",
  );
  const caps = {
    ...(maxLatencyCycles === undefined ? {} : { latencyCycles: maxLatencyCycles }),
    ...(maxEnergyUj === undefined ? {} : { energyPj: maxEnergyUj * 1e6 }),
  };
  const mapping = await mapNetwork(await loadModule(), {
    layers: workload.layers,
    hardware,
    objective,
    allowPadding: given.allowPadding ?? false,
    ...(Object.keys(caps).length === 0 ? {} : { caps }),
    ...(budgetSeconds === undefined ? {} : { budgetMs: budgetSeconds * 1000 }),
    signal,
  });
  return {
    ...HEAD,
    workload: workload.name,
    ...(workload.note === undefined ? {} : { note: workload.note }),
    ...mappingFields(objective, mapping),
  };
}

/** The best hardware and mappings together, proven. */
export async function search(given: SearchArguments, signal: AbortSignal): Promise<object> {
  const workloads = await loadWorkloads(
    given.workloads.map((one) => unquoted(one, "workload")),
    given.dims,
  );
  const objective = readObjective(given.objective);
  const sizes = (values: readonly number[] | undefined): readonly number[] =>
    values ? [...new Set(values)].sort((a, b) => a - b) : Array.from({ length: 2048 }, (_, i) => i + 1);
  const peDims = given.peDims ?? [2, 4, 8, 16, 32, 64, 128];
  for (const peDim of peDims) createHardware({ peDim, scratchpadKib: 1, accumulatorKib: 1 });
  const pool = await createJobPool(availableParallelism());
  try {
    const result = await codesign(pool, {
      workloads,
      space: {
        arrays: [...new Set(peDims)].map((peDim) => ({ peDim })),
        scratchpadKib: sizes(given.scratchpadKib),
        accumulatorKib: sizes(given.accumulatorKib),
        ...(given.maxAreaMm2 === undefined ? {} : { maxAreaMm2: given.maxAreaMm2 }),
      },
      objective,
      allowPadding: given.allowPadding ?? false,
      budgetMs: (given.budgetSeconds ?? SEARCH_SECONDS) * 1000,
      signal,
    });
    const proof = proofFields(objective, given.maxAreaMm2, result);
    return { ...HEAD, ...designFields(result.hardware, result.networks, proof) };
  } finally {
    await pool.close();
  }
}

/** Some clients send a document as the text of one. */
function unquoted(given: string | object, where: string): string | object {
  if (typeof given !== "string" || !given.trimStart().startsWith("{")) return given;
  try {
    return JSON.parse(given) as object;
  } catch (error) {
    const found = error instanceof Error ? error.message : String(error);
    throw new InputError({ where, expected: "a name, a path or JSON", found });
  }
}

function readObjective(given: string | undefined): Objective {
  return given === undefined ? EDP : parseObjective(given, "objective");
}
