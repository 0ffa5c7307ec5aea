import type { HardwareParameters } from "../hardware/hardware.ts";
import { cost, type Objective } from "../mapper/objective.ts";

/** Hardware with a mapping for every layer: for each workload, in the order of its layers, in DOSA's notation. */
export interface Design {
  readonly hardware: HardwareParameters;
  readonly mappings: readonly (readonly string[])[];
}

/** What one network costs on a design: sums over its layers and their runs. */
export interface NetworkSums {
  readonly latencyCycles: number;
  readonly energyPj: number;
}

/** What became of a trial. `Carry` is what its sampler wants to be told beside the design; plain JSON. */
export type TrialOutcome<Carry> =
  | {
      readonly status: "found";
      readonly design: Design;
      /** For each workload. */
      readonly sums: readonly NetworkSums[];
      /** Mappings of layers that were priced. */
      readonly evaluated: number;
      readonly carry: Carry;
    }
  | {
      readonly status: "infeasible";
      readonly reason: string;
      readonly evaluated: number;
      /** What was learnt nevertheless, if anything. */
      readonly carry?: Carry;
    };

/** One thing that a sampler asked for, and what came of it. */
export interface Trial<Job, Carry> {
  /** Trials count from 0 in the order in which they were asked for. */
  readonly number: number;
  readonly job: Job;
  readonly outcome: TrialOutcome<Carry>;
  /** The objective, of several networks the geometric mean; Infinity if nothing was found. Cycles and pJ. */
  readonly cost: number;
}

export function trialCost(objective: Objective, outcome: TrialOutcome<unknown>): number {
  return outcome.status === "found" ? designCost(objective, outcome.sums) : Number.POSITIVE_INFINITY;
}

/** The geometric mean of the networks' objectives. */
export function designCost(objective: Objective, sums: readonly NetworkSums[]): number {
  const costs = sums.map(({ latencyCycles, energyPj }) => cost(objective, latencyCycles, energyPj));
  return costs.length === 1
    ? (costs[0] as number)
    : costs.reduce((product, value) => product * value ** (1 / costs.length), 1);
}

/** A cost in cycles and J, as it is shown: EDP in J x cycles. */
export function inJoules({ energyPower }: Objective, cost: number): number {
  return cost * 1e-12 ** energyPower;
}
