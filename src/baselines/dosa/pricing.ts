import type { HardwareSpace } from "../../codesign/space.ts";
import type { LocalEngine } from "../../fidelity/engine.ts";
import { area } from "../../hardware/area.ts";
import { createHardware, type HardwareParameters } from "../../hardware/hardware.ts";
import type { Objective } from "../../mapper/objective.ts";
import { designCost, type NetworkSums } from "../../search/trial.ts";
import { formatMapping, type Mapping } from "../../space/mapping.ts";
import type { DistinctLayer } from "../../walk/request.ts";
import { DATAFLOWS, type Dataflow } from "./relaxed-model.ts";
import { type Factors, needs, toDosaMapping } from "./tiling.ts";

/** What is designed, for the baselines: distinct layers, hardware to choose from, what is minimised. */
export interface DosaProblem {
  readonly layers: readonly DistinctLayer[];
  readonly networks: number;
  readonly space: HardwareSpace;
  readonly objective: Objective;
}

/** Rounded tilings of all layers with their hardware and loop orders, priced by the exact model. */
export interface PricedTilings {
  readonly factors: readonly Factors[];
  readonly hardware: HardwareParameters;
  readonly areaMm2: number;
  readonly dataflows: readonly Dataflow[];
  /** Mappings of the distinct layers, in DOSA's notation. */
  readonly mappings: readonly string[];
  readonly sums: readonly NetworkSums[];
  readonly cost: number;
}

/** The least hardware of a space that holds every layer; undefined if none does. */
function leastHardware(
  { layers, space }: DosaProblem,
  factors: readonly Factors[],
): HardwareParameters | undefined {
  let spread = 2;
  let scratchpadWords = 1;
  let bankWords = 1;
  for (const [i, { shape }] of layers.entries()) {
    const own = factors[i] as Factors;
    const need = needs(shape, own);
    spread = Math.max(spread, own.spatialC, own.spatialK);
    scratchpadWords = Math.max(scratchpadWords, need.scratchpadWords);
    bankWords = Math.max(bankWords, need.bankWords);
  }
  const array = [...space.arrays].sort((a, b) => a.peDim - b.peDim).find(({ peDim }) => peDim >= spread);
  if (!array) return undefined;
  const scratchpadKib = space.scratchpadKib.find(
    (kib) =>
      createHardware({ ...array, scratchpadKib: kib, accumulatorKib: 1 }).scratchpadWords >= scratchpadWords,
  );
  const accumulatorKib = space.accumulatorKib.find(
    (kib) =>
      createHardware({ ...array, scratchpadKib: 1, accumulatorKib: kib }).accumulatorWords >= bankWords,
  );
  return scratchpadKib === undefined || accumulatorKib === undefined
    ? undefined
    : { ...array, scratchpadKib, accumulatorKib };
}

/**
 * Prices tilings on the least hardware that holds them, each layer in the one of DOSA's loop orders that is best for the network:
 * one layer after another, the others as they are. Undefined if no hardware of the space holds them.
 */
export function priceTilings(
  engine: LocalEngine,
  problem: DosaProblem,
  factors: readonly Factors[],
): PricedTilings | undefined {
  const parameters = leastHardware(problem, factors);
  if (!parameters) return undefined;
  const hardware = createHardware(parameters);
  const choices = problem.layers.map(({ shape }, i) => {
    const mappings = DATAFLOWS.map((dataflow) => toDosaMapping(shape, factors[i] as Factors, dataflow));
    for (const [place, mapping] of mappings.entries()) engine.batch.write(place, mapping);
    engine.evaluateNow(shape, hardware, mappings.length);
    return mappings.map(
      (mapping, place): Priced => ({
        mapping,
        latency: engine.batch.latencyCycles(place),
        energy: engine.batch.energyPj(place),
      }),
    );
  });
  const picks = choices.map((own) => leastBy(own, ({ latency, energy }) => latency * energy));
  for (const layer of picks.keys()) {
    picks[layer] = leastBy(choices[layer] as readonly Priced[], (_, place) =>
      designCost(problem.objective, sumUp(problem, choices, picks.with(layer, place))),
    );
  }
  const sums = sumUp(problem, choices, picks);
  return {
    factors,
    hardware: parameters,
    areaMm2: area(hardware).mm2,
    dataflows: picks.map((pick) => DATAFLOWS[pick] as Dataflow),
    mappings: picks.map((pick, i) =>
      formatMapping(((choices[i] as readonly Priced[])[pick] as Priced).mapping),
    ),
    sums,
    cost: designCost(problem.objective, sums),
  };
}

interface Priced {
  readonly mapping: Mapping;
  readonly latency: number;
  readonly energy: number;
}

function sumUp(
  { layers, networks }: DosaProblem,
  choices: readonly (readonly Priced[])[],
  picks: readonly number[],
): readonly NetworkSums[] {
  const sums = Array.from({ length: networks }, () => ({ latencyCycles: 0, energyPj: 0 }));
  for (const [i, { network, count }] of layers.entries()) {
    const sum = sums[network] as (typeof sums)[number];
    const { latency, energy } = (choices[i] as readonly Priced[])[picks[i] as number] as Priced;
    sum.latencyCycles += count * latency;
    sum.energyPj += count * energy;
  }
  return sums;
}

function leastBy<T>(values: readonly T[], of: (value: T, place: number) => number): number {
  let best = 0;
  let least = Number.POSITIVE_INFINITY;
  for (const [place, value] of values.entries()) {
    const found = of(value, place);
    if (found >= least) continue;
    least = found;
    best = place;
  }
  return best;
}
