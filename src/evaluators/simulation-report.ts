import type { LocalEngine } from "../fidelity/engine.ts";
import type { Candidate } from "../fidelity/evaluator.ts";
import {
  type EnergyDifference,
  energyDifferences,
  type MachineCounters,
  type MachineEnergy,
  machineEnergy,
} from "../fidelity/machine-energy.ts";
import { COUNTERS, type Counters } from "../rtl/counters.ts";

/** Where the cycles of the array went, in shares that add up to 1. */
export interface Occupation {
  /** Streaming rows, short ones filled up included. */
  readonly rows: number;
  /** Weights on their way from scratchpad to array. */
  readonly preload: number;
  /** Operands on their way from DRAM. */
  readonly load: number;
  /** Accumulator rows still to be stored. */
  readonly hazard: number;
  /** No tile issued yet. */
  readonly issue: number;
  /** The last results on their way to DRAM. */
  readonly store: number;
}

/** A priced simulation in the measures of an architect. */
export interface SimulationReport {
  /** Multiply-accumulates per PE and cycle. */
  readonly utilisation: number;
  /** Of the RTL; models do not count stalls. */
  readonly occupation?: Occupation;
  /** Share of cycles in which a beat moves on the DRAM bus; of the RTL. */
  readonly dramBusy?: number;
  readonly energy: MachineEnergy;
  /** Against the analytical model, by component. */
  readonly energyDifferences: readonly EnergyDifference[];
}

/** What the counters of a run come to. */
export function reportOf(
  counters: MachineCounters,
  { shape, hardware, mapping }: Candidate,
  engine: LocalEngine,
): SimulationReport {
  return {
    utilisation: counters.macs / (counters.cycles * hardware.peDim ** 2),
    ...(isComplete(counters) ? sharesOf(counters) : {}),
    energy: machineEnergy(counters, hardware),
    energyDifferences: energyDifferences(counters, hardware, engine.explain(mapping, shape, hardware)),
  };
}

function isComplete(counters: MachineCounters): counters is Counters {
  return COUNTERS.every((name) => counters[name] !== undefined);
}

function sharesOf(counters: Counters): Required<Pick<SimulationReport, "occupation" | "dramBusy">> {
  const share = (...counts: readonly number[]): number => counts.reduce((a, b) => a + b, 0) / counters.cycles;
  return {
    occupation: {
      rows: share(counters.executeRows, counters.executeShortRows),
      preload: share(counters.executeStallPreload),
      load: share(counters.executeStallWeights, counters.executeStallInputs, counters.executeStallPartials),
      hazard: share(counters.executeStallHazard),
      issue: share(counters.executeStallIssue),
      store: share(counters.executeStallStore),
    },
    dramBusy: share(counters.readBeats, counters.writeBeats),
  };
}

/**
 * What most cycles of a run went to: `execute` (the array streamed rows or took weights), `load` (it waited for operands), `store` (for
 * room in the accumulator, or for the last results to leave), or `issue` (for a tile). Models, which count no stalls, say nothing.
 */
export function boundingUnit(counters: MachineCounters): "execute" | "load" | "store" | "issue" | undefined {
  if (!isComplete(counters)) return undefined;
  const { rows, preload, load, hazard, store, issue } = sharesOf(counters).occupation;
  const shares = { execute: rows + preload, load, store: hazard + store, issue };
  const names = Object.keys(shares) as (keyof typeof shares)[];
  return names.reduce((most, name) => (shares[name] > shares[most] ? name : most));
}
