import { InputError, quote } from "../errors.ts";
import type { Interval } from "../fidelity/evaluator.ts";
import { type ModelFile, requireProfile, unseal } from "../fidelity/model-file.ts";
import { asRecord, rejectUnknownKeys } from "../workload/workload.ts";
import { type Coefficients, packCoefficients, parseCoefficients } from "./coefficients.ts";
import type { Simulation } from "./simulator.ts";

/** What decides the latency of a layer: the engine that is busy longest, or the processor that issues the calls. */
export const ENGINES = ["load", "execute", "store", "issue"] as const;
export type BoundingEngine = (typeof ENGINES)[number];

/** Natural logarithm of measured over predicted cycles, its quantiles at 5 and 95 %, for layers that the model has not seen. */
export type LogInterval = readonly [low: number, high: number];

/** The numbers of an event model, as its file holds them. */
export interface EventNumbers {
  readonly coefficients: Coefficients;
  readonly intervals: Readonly<Record<BoundingEngine, LogInterval>>;
}

/** A calibrated event model, ready for the kernel. */
export interface EventModel {
  readonly file: ModelFile<EventNumbers>;
  /** The coefficients as the kernel takes them. */
  readonly packed: Float64Array;
}

/**
 * The event model in a file.
 *
 * @param document parsed JSON
 * @throws InputError for a file that is none, is damaged, or speaks of other RTL than the model simulates
 */
export function parseEventModel(document: unknown, where: string): EventModel {
  const file = unseal(document, where, "event");
  requireProfile(file, "gemmini-firesim", where);
  const fields = asRecord(file.model, `${where}: model`, "coefficients and intervals");
  rejectUnknownKeys(fields, ["coefficients", "intervals"], `${where}: model`);
  const coefficients = parseCoefficients(fields["coefficients"], `${where}: model.coefficients`);
  const intervals = parseIntervals(fields["intervals"], `${where}: model.intervals`);
  return toEventModel({ ...file, model: { coefficients, intervals } });
}

function toEventModel(file: ModelFile<EventNumbers>): EventModel {
  return { file, packed: packCoefficients(file.model.coefficients) };
}

function parseIntervals(value: unknown, where: string): EventNumbers["intervals"] {
  const fields = asRecord(value, where, `quantiles for ${ENGINES.join(", ")}`);
  rejectUnknownKeys(fields, ENGINES, where);
  for (const engine of ENGINES) {
    const given: unknown = fields[engine];
    const numbers: readonly unknown[] = Array.isArray(given) ? given : [];
    const [low, high] = numbers;
    if (numbers.length === 2 && typeof low === "number" && typeof high === "number" && low <= high) continue;
    throw new InputError({
      where: `${where}.${engine}`,
      expected: "two numbers in ascending order",
      found: quote(given),
    });
  }
  return fields as EventNumbers["intervals"];
}

/** Cycles that the processor needs to issue the calls of a layer. */
export function issueCycles({ calls, isMatmul }: Simulation, { callWait, callIssue }: Coefficients): number {
  const of = (value: Coefficients[string] | undefined): number =>
    typeof value === "number" ? value : (value?.[isMatmul ? 1 : 0] ?? 0);
  return calls * (of(callWait) + of(callIssue));
}

/** What decides the latency of a simulated layer. */
export function boundingEngine(simulation: Simulation, coefficients: Coefficients): BoundingEngine {
  const { loadCycles, executeCycles, storeCycles } = simulation;
  const busy = [loadCycles, executeCycles, storeCycles, issueCycles(simulation, coefficients)];
  return ENGINES[busy.indexOf(Math.max(...busy))] as BoundingEngine;
}

/**
 * Where the measured latency of an unseen layer lies with a probability of 90 %: quantiles of the errors on layers held out in
 * calibration, among those that the same engine decides (split conformal prediction, Mondrian by engine: Vovk, Gammerman, Shafer,
 * 2005). Never below the rows streamed.
 */
export function latencyInterval(simulation: Simulation, { coefficients, intervals }: EventNumbers): Interval {
  const [low, high] = intervals[boundingEngine(simulation, coefficients)];
  const { latencyCycles, rowsStreamed } = simulation;
  const atLeast = Math.max(latencyCycles * Math.exp(low), rowsStreamed);
  return { low: atLeast, high: Math.max(latencyCycles * Math.exp(high), atLeast) };
}
