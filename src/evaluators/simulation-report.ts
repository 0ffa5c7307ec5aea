import type { LocalEngine } from "../fidelity/engine.ts";
import type { Candidate } from "../fidelity/evaluator.ts";
import {
  type EnergyDifference,
  energyDifferences,
  type MachineEnergy,
  machineEnergy,
} from "../fidelity/machine-energy.ts";
import type { Counters } from "../rtl/counters.ts";

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
  readonly occupation: Occupation;
  /** Share of cycles in which a beat moves on the DRAM bus. */
  readonly dramBusy: number;
  readonly energy: MachineEnergy;
  /** Against the analytical model, by component. */
  readonly energyDifferences: readonly EnergyDifference[];
}

/** What the counters of a run come to. */
export function reportOf(
  { cycles, ...counters }: Counters,
  { shape, hardware, mapping }: Candidate,
  engine: LocalEngine,
): SimulationReport {
  const share = (...counts: readonly number[]): number => counts.reduce((a, b) => a + b, 0) / cycles;
  return {
    utilisation: counters.macs / (cycles * hardware.peDim ** 2),
    occupation: {
      rows: share(counters.executeRows, counters.executeShortRows),
      preload: share(counters.executeStallPreload),
      load: share(counters.executeStallWeights, counters.executeStallInputs, counters.executeStallPartials),
      hazard: share(counters.executeStallHazard),
      issue: share(counters.executeStallIssue),
      store: share(counters.executeStallStore),
    },
    dramBusy: share(counters.readBeats, counters.writeBeats),
    energy: machineEnergy(counters, hardware),
    energyDifferences: energyDifferences(counters, hardware, engine.explain(mapping, shape, hardware)),
  };
}
