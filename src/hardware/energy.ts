import type { Hardware } from "./hardware.ts";

/** Energy of one access to each component, in pJ. */
export interface AccessEnergies {
  readonly macPj: number;
  readonly registerPj: number;
  /** One 32-bit row of a bank. */
  readonly accumulatorPj: number;
  /** One row of `peDim` words. */
  readonly scratchpadPj: number;
  /** One 64-byte burst. */
  readonly dramPj: number;
}

/** Bytes of a DRAM burst: the unit in which DRAM energy is counted. */
export const DRAM_BURST_WORDS = 64;

/**
 * Energy of one access to a row of an SRAM, in pJ: a straight line through 1 pJ per 16 bits at 0.5 KiB and 6 pJ at 100 KiB
 * (the energy table of DOSA's Accelergy set-up, 40 nm).
 */
export function sramAccessPj(widthBits: number, rows: number): number {
  return (widthBits / 16) * (1 + (5 / 99.5) * ((widthBits * rows) / 8192 - 0.5));
}

/** Access energies of an accelerator (Accelergy, 40 nm, as used by DOSA; analytical model, energy table). */
export function accessEnergies(hardware: Hardware): AccessEnergies {
  return {
    // A 32-bit Aladdin multiplier scaled quadratically to 8 bits, its adder linearly.
    macPj: 8.63 / 16 + 0.0857 / 4,
    registerPj: sramAccessPj(8, 1),
    accumulatorPj: sramAccessPj(32, hardware.accumulatorRows),
    scratchpadPj: sramAccessPj(8 * hardware.peDim, hardware.scratchpadRows),
    // 12.5 pJ per bit.
    dramPj: 12.5 * 8 * DRAM_BURST_WORDS,
  };
}

/**
 * Energy of one run of a layer in pJ from what it accesses: MACs (each reads a register), words that fill registers, rows of the
 * accumulator and of the scratchpad, DRAM bursts. Added up in the kernels' order, so that the last bit is theirs.
 */
export function accessEnergyPj(
  energies: AccessEnergies,
  macs: number,
  registerFills: number,
  accumulatorRows: number,
  scratchpadRows: number,
  dramBursts: number,
): number {
  let energy = macs * energies.macPj + (macs + registerFills) * energies.registerPj;
  energy += accumulatorRows * energies.accumulatorPj;
  energy += scratchpadRows * energies.scratchpadPj;
  energy += dramBursts * energies.dramPj;
  return energy;
}
