import type { Candidate, Evaluator, Outcome } from "../fidelity/evaluator.ts";

/** A candidate as the machine had it. */
export interface Measurement {
  readonly candidate: Candidate;
  readonly latencyCycles: number;
  readonly energyPj: number;
}

/** Measurements that the model's own scale is worth: how far a few are believed. */
const PRIOR = 4;
/** Normal deviations within which 90 % lie. */
export const NINETY = 1.6449;

/**
 * A model shifted to measurements: its latencies and its energies each times one factor, shrunk towards 1 while there are few of
 * them, and intervals at least as wide as the errors of latency that are left. What fine-tunes any model that has no trainer of its
 * own.
 */
export async function calibrate(model: Evaluator, measurements: readonly Measurement[]): Promise<Evaluator> {
  return corrected(model, await correctionOf(model, measurements));
}

/** What measurements say of a model's scale and width. */
export async function correctionOf(
  model: Evaluator,
  measurements: readonly Measurement[],
): Promise<Correction> {
  const outcomes = await model.evaluate(measurements.map(({ candidate }) => candidate));
  const latencies: number[] = [];
  const energies: number[] = [];
  for (const [i, outcome] of outcomes.entries()) {
    const measured = measurements[i] as Measurement;
    if (outcome.status !== "priced") continue;
    latencies.push(Math.log(measured.latencyCycles / outcome.latencyCycles));
    energies.push(Math.log(measured.energyPj / outcome.energyPj));
  }
  const shift = shrunkMean(latencies);
  const left = latencies.reduce((sum, error) => sum + (error - shift) ** 2, 0);
  return {
    latency: Math.exp(shift),
    energy: Math.exp(shrunkMean(energies)),
    spread: latencies.length === 0 ? 0 : NINETY * Math.sqrt(left / latencies.length),
  };
}

/** A model with its latencies and energies times a factor, and intervals no narrower than a spread. */
export function corrected(model: Evaluator, correction: Correction): Evaluator {
  return {
    ...model,
    evaluate: async (candidates, signal) =>
      (await model.evaluate(candidates, signal)).map((outcome) => correct(outcome, correction)),
  };
}

/** Factors, and a width. */
export interface Correction {
  readonly latency: number;
  readonly energy: number;
  /** Half the width of the interval that the errors left over need, in ln(latency). */
  readonly spread: number;
}

function shrunkMean(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / (values.length + PRIOR);
}

function correct(outcome: Outcome, { latency, energy, spread }: Correction): Outcome {
  if (outcome.status !== "priced") return outcome;
  const latencyCycles = outcome.latencyCycles * latency;
  const { low, high } = outcome.latencyInterval ?? {
    low: outcome.latencyCycles,
    high: outcome.latencyCycles,
  };
  return {
    ...outcome,
    latencyCycles,
    energyPj: outcome.energyPj * energy,
    latencyInterval: {
      low: Math.min(low * latency, latencyCycles * Math.exp(-spread)),
      high: Math.max(high * latency, latencyCycles * Math.exp(spread)),
    },
  };
}
