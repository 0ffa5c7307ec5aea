import { InputError, quote } from "../errors.ts";
import type { Hardware } from "../hardware/hardware.ts";

/** What can be set on the RTL without building it again; `dim` alone is fixed when it is compiled. */
export interface Machine extends MachineOptions {
  /** PEs along one side of the array. */
  readonly dim: number;
  /** Rows of the scratchpad, `dim` bytes each. Two tiles that fit side by side are double-buffered. */
  readonly scratchpadRows: number;
  /** Rows of the accumulator, `dim` 32-bit words each. */
  readonly accumulatorRows: number;
}

/** The machine around the array and its memories. */
export interface MachineOptions {
  /** Bytes of a bus beat, a power of two from 4 to 64; at most one beat passes in a cycle. */
  readonly busBytes: number;
  /** DRAM bytes per cycle, reads and writes together, in steps of 1/256. */
  readonly dramBytesPerCycle: number;
  /** Cycles from a read request to its first beat when nothing is in the way, 1 to 65,535. */
  readonly dramLatencyCycles: number;
  /** Read requests under way at the same time, 1 to 64. */
  readonly maxInflight: number;
  /** Cycles that the processor needs to issue one tile; hidden while the queues hold other tiles. */
  readonly tileIssueCycles: number;
  /** Tiles that each unit may have before it, the one at hand included: 1 to 8. */
  readonly loadQueue: number;
  readonly executeQueue: number;
  readonly storeQueue: number;
  /** Cycles that a compute command takes at least; one command streams up to `dim` rows. 2 to 64. */
  readonly minRows: number;
}

/**
 * What Gemmini has (16-byte bus, two loops in flight, at least 4 rows per compute command) and what fits its latency on FireSim
 * best: 8 B/cycle of DRAM, some 200 cycles per tile.
 */
export const GEMMINI_LIKE: MachineOptions = Object.freeze({
  busBytes: 16,
  dramBytesPerCycle: 8,
  dramLatencyCycles: 40,
  maxInflight: 16,
  tileIssueCycles: 200,
  loadQueue: 2,
  executeQueue: 2,
  storeQueue: 2,
  minRows: 4,
});

/** Largest memory in rows: row addresses of the RTL have 24 bits. */
export const MAX_ROWS = 2 ** 24 - 1;

const RANGES: Readonly<Record<keyof Machine, readonly [number, number]>> = {
  dim: [2, 128],
  scratchpadRows: [1, MAX_ROWS],
  accumulatorRows: [1, MAX_ROWS],
  busBytes: [4, 64],
  dramBytesPerCycle: [1 / 256, 256],
  dramLatencyCycles: [1, 65_535],
  maxInflight: [1, 64],
  tileIssueCycles: [0, 65_535],
  loadQueue: [1, 8],
  executeQueue: [1, 8],
  storeQueue: [1, 8],
  minRows: [2, 64],
};

/**
 * The machine of an accelerator, with two buffers of the capacity that a mapping may fill in each memory, as in Gemmini: what
 * bounds a tile is the nominal capacity, and the next tile loads while one is computed. `options` left out are Gemmini-like.
 *
 * @throws InputError naming the option
 */
export function createMachine(hardware: Hardware, options: Partial<MachineOptions> = {}): Machine {
  return checkMachine({
    dim: hardware.peDim,
    scratchpadRows: 2 * hardware.scratchpadRows,
    accumulatorRows: 2 * hardware.accumulatorRows,
    ...GEMMINI_LIKE,
    ...options,
  });
}

/** @throws InputError naming a parameter that the RTL does not take */
export function checkMachine(machine: Machine): Machine {
  for (const [name, [least, most]] of Object.entries(RANGES) as [
    keyof Machine,
    readonly [number, number],
  ][]) {
    const value = machine[name];
    const whole = Number.isInteger(name === "dramBytesPerCycle" ? value * 256 : value);
    if (
      whole &&
      value >= least &&
      value <= most &&
      (name !== "busBytes" || Number.isInteger(Math.log2(value)))
    ) {
      continue;
    }
    const kind =
      name === "busBytes"
        ? "a power of two"
        : name === "dramBytesPerCycle"
          ? "a multiple of 1/256"
          : "an integer";
    throw new InputError({
      where: name,
      expected: `${kind} from ${least} to ${most}`,
      found: quote(value),
    });
  }
  return machine;
}
