import { candidateText } from "../fidelity/candidate-key.ts";
import type { Evaluator } from "../fidelity/evaluator.ts";
import type { Design } from "../search/trial.ts";
import type { LayerShape } from "../workload/layer.ts";
import type { Workload } from "../workload/workload.ts";
import type { Measurement } from "./calibrate.ts";
import { candidatesOf } from "./predicted-design.ts";

/** What one run of a layer costs. */
export interface LayerCost {
  readonly latencyCycles: number;
  readonly energyUj: number;
}

/** A layer of a design as a model has it and as it was measured, if it was. */
export interface PairedLayer {
  readonly name: string;
  readonly count: number;
  readonly shape: LayerShape;
  readonly mapping: string;
  readonly predicted?: LayerCost;
  readonly verified?: LayerCost;
}

export interface PairedNetwork {
  readonly workload: string;
  readonly layers: readonly PairedLayer[];
}

/** Every layer of a design by a model that has learnt nothing from the measurements, and by the measurements. */
export async function pairedLayers(
  model: Evaluator,
  workloads: readonly Workload[],
  design: Design,
  measurements: readonly Measurement[],
): Promise<readonly PairedNetwork[]> {
  const candidates = candidatesOf(workloads, design);
  const outcomes = await model.evaluate(candidates);
  const measured = new Map(measurements.map((one) => [candidateText(one.candidate), one]));
  let place = 0;
  return workloads.map(({ name: workload, layers }, network) => ({
    workload,
    layers: layers.map(({ name, count, shape }, i): PairedLayer => {
      const outcome = outcomes[place];
      const candidate = candidates[place++];
      const found = candidate && measured.get(candidateText(candidate));
      return {
        name,
        count,
        shape,
        mapping: design.mappings[network]?.[i] ?? "",
        ...(outcome?.status === "priced" ? { predicted: toCost(outcome) } : {}),
        ...(found ? { verified: toCost(found) } : {}),
      };
    }),
  }));
}

function toCost({
  latencyCycles,
  energyPj,
}: {
  readonly latencyCycles: number;
  readonly energyPj: number;
}): LayerCost {
  return { latencyCycles, energyUj: energyPj * 1e-6 };
}
