import type { Candidate, Interval, Outcome } from "../fidelity/evaluator.ts";
import { createHardware } from "../hardware/hardware.ts";
import type { Objective } from "../mapper/objective.ts";
import { type Design, designCost, type NetworkSums } from "../search/trial.ts";
import { parseMapping } from "../space/mapping.ts";
import type { Workload } from "../workload/workload.ts";

/** A design with what a model says of it. Costs are the objective, in cycles and pJ. */
export interface PredictedDesign {
  readonly design: Design;
  /** For each network. */
  readonly sums: readonly NetworkSums[];
  /** Cycles of every layer once: what a machine has to run. */
  readonly cyclesOnce: number;
  readonly cost: number;
  /**
   * Where the cost lies with a probability of 90 %, taking it that all layers err alike: the ends are the sums of the layers' ends.
   * Errors that are independent make it lie there more often.
   */
  readonly interval: Interval;
}

/** Every layer of a design as a candidate, network by network. */
export function candidatesOf(
  workloads: readonly Workload[],
  { hardware, mappings }: Design,
): readonly Candidate[] {
  const built = createHardware(hardware);
  return workloads.flatMap(({ layers }, network) =>
    layers.map(({ shape }, i) => ({
      shape,
      hardware: built,
      mapping: parseMapping(mappings[network]?.[i] ?? ""),
    })),
  );
}

/**
 * A design from the outcomes of its candidates; undefined if one of them has no price.
 *
 * @param outcomes in the order of `candidatesOf`
 */
export function predictDesign(
  workloads: readonly Workload[],
  objective: Objective,
  design: Design,
  outcomes: readonly Outcome[],
): PredictedDesign | undefined {
  let place = 0;
  let cyclesOnce = 0;
  const sums: NetworkSums[] = [];
  const low: NetworkSums[] = [];
  const high: NetworkSums[] = [];
  for (const { layers } of workloads) {
    const sum = { latencyCycles: 0, energyPj: 0 };
    const ends = { low: 0, high: 0 };
    for (const { count } of layers) {
      const outcome = outcomes[place++];
      if (outcome?.status !== "priced") return undefined;
      const { latencyCycles, energyPj, latencyInterval } = outcome;
      cyclesOnce += latencyCycles;
      sum.latencyCycles += count * latencyCycles;
      sum.energyPj += count * energyPj;
      ends.low += count * (latencyInterval?.low ?? latencyCycles);
      ends.high += count * (latencyInterval?.high ?? latencyCycles);
    }
    sums.push(sum);
    low.push({ ...sum, latencyCycles: ends.low });
    high.push({ ...sum, latencyCycles: ends.high });
  }
  return {
    design,
    sums,
    cyclesOnce,
    cost: designCost(objective, sums),
    interval: { low: designCost(objective, low), high: designCost(objective, high) },
  };
}
