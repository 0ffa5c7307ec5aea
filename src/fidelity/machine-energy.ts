import { accessEnergies, DRAM_BURST_WORDS } from "../hardware/energy.ts";
import type { Hardware } from "../hardware/hardware.ts";
import type { Counters } from "../rtl/counters.ts";
import type { Explanation } from "./explanation.ts";

/** Components of the energy table, in the order of an explanation. */
export const COMPONENTS = ["mac", "register", "accumulator", "scratchpad", "dram"] as const;
export type Component = (typeof COMPONENTS)[number];

/** What the machine counts for the energy of a layer: the RTL's counters, or a model's of the same machine. */
export type EnergyCounters = Pick<
  Counters,
  | "macs"
  | "weightRegisterWrites"
  | "accumulatorReads"
  | "accumulatorWrites"
  | "accumulatorStoreReads"
  | "accumulatorPartialWrites"
  | "scratchpadInputReads"
  | "scratchpadWeightReads"
  | "scratchpadWrites"
  | "inputBytes"
  | "weightBytes"
  | "partialReadBytes"
  | "partialWriteBytes"
  | "outputBytes"
>;

/** What a run of the machine counted: all of the RTL's counters, or those that a model of it has. */
export type MachineCounters = EnergyCounters & Pick<Counters, "cycles"> & Partial<Counters>;

export interface MachineEnergy {
  readonly totalPj: number;
  readonly byComponentPj: Readonly<Record<Component, number>>;
}

/**
 * Energy of what the machine counted, in pJ, by the table of `accessEnergies`. A scratchpad access is a row; an accumulator row
 * is an access of every bank, used or not; DRAM is paid by the byte at the price of a full burst, as what moves is counted in bytes.
 * Multipliers that a row passes without work (`paddingMacs`) are gated and cost nothing.
 */
export function machineEnergy(counters: EnergyCounters, hardware: Hardware): MachineEnergy {
  const price = accessEnergies(hardware);
  const byComponentPj = {
    mac: counters.macs * price.macPj,
    register: (counters.macs + counters.weightRegisterWrites) * price.registerPj,
    accumulator: accumulatorRows(counters) * hardware.peDim * price.accumulatorPj,
    scratchpad: scratchpadRows(counters) * price.scratchpadPj,
    dram: (dramBytes(counters) / DRAM_BURST_WORDS) * price.dramPj,
  };
  const totalPj = COMPONENTS.reduce((sum, component) => sum + byComponentPj[component], 0);
  return { totalPj, byComponentPj };
}

/** How the machine's energy of one component differs from the analytical model's, and why. */
export interface EnergyDifference {
  readonly component: Component;
  readonly analyticalPj: number;
  readonly machinePj: number;
  /** What is counted, by both, in the same unit. */
  readonly counted: string;
  readonly analyticalCount: number;
  readonly machineCount: number;
  /** Empty where counts and energies agree within half a percent. */
  readonly why: string;
}

/** Components side by side with the analytical model. */
export function energyDifferences(
  counters: EnergyCounters,
  hardware: Hardware,
  { accesses, energyByComponentPj }: Explanation,
): readonly EnergyDifference[] {
  const { byComponentPj } = machineEnergy(counters, hardware);
  const { dram, scratchpad, accumulator, register } = accesses;
  const { peDim } = hardware;
  const outputs = accumulator.outputs;
  const row = (
    component: Component,
    counted: string,
    analyticalCount: number,
    machineCount: number,
    why: string,
    priced = "",
  ): EnergyDifference => ({
    component,
    analyticalPj: energyByComponentPj[component],
    machinePj: byComponentPj[component],
    counted,
    analyticalCount,
    machineCount,
    why: [
      ...(differ(machineCount, analyticalCount) ? [why] : []),
      ...(priced !== "" && differ(byComponentPj[component], energyByComponentPj[component]) ? [priced] : []),
    ].join("; "),
  });
  const words = (one: { readonly reads: number; readonly writes: number }): number => one.reads + one.writes;
  return [
    row("mac", "multiply-accumulates", register.weights.reads, counters.macs, "padding is computed"),
    row(
      "register",
      "weights written",
      register.weights.writes,
      counters.weightRegisterWrites,
      "inside a tile the RTL has a loop order of its own: a block of weights stays for all outputs of the tile",
    ),
    row(
      "accumulator",
      "words read and written",
      words(outputs),
      accumulatorRows(counters) * peDim,
      `the RTL moves rows of ${peDim} words, used or not, and writes the first products of a tile without reading`,
    ),
    row(
      "scratchpad",
      "rows read and written",
      (words(scratchpad.weights) + words(scratchpad.inputs)) / peDim,
      scratchpadRows(counters),
      "a row holds the channels of one pixel, full or not; the analytical model counts words",
    ),
    row(
      "dram",
      "bytes",
      words(dram.weights) + words(dram.inputs) + words(dram.outputs),
      dramBytes(counters),
      dramReason(counters),
      `analytically each operand is paid in whole bursts of ${DRAM_BURST_WORDS} bytes, what the RTL moves by the byte`,
    ),
  ];
}

/** By more than half a percent. */
function differ(machine: number, analytical: number): boolean {
  return Math.abs(machine - analytical) > 0.005 * analytical;
}

function dramReason({ partialReadBytes, partialWriteBytes }: EnergyCounters): string {
  const windows = "the RTL loads the whole window of each tile, the analytical model only what moves in";
  return partialReadBytes + partialWriteBytes > 0
    ? `${windows}; partial sums have 4 bytes, analytically 1`
    : windows;
}

function accumulatorRows(counters: EnergyCounters): number {
  return (
    counters.accumulatorReads +
    counters.accumulatorWrites +
    counters.accumulatorStoreReads +
    counters.accumulatorPartialWrites
  );
}

function scratchpadRows(counters: EnergyCounters): number {
  return counters.scratchpadInputReads + counters.scratchpadWeightReads + counters.scratchpadWrites;
}

function dramBytes(counters: EnergyCounters): number {
  const { inputBytes, weightBytes, partialReadBytes, partialWriteBytes, outputBytes } = counters;
  return inputBytes + weightBytes + partialReadBytes + partialWriteBytes + outputBytes;
}
