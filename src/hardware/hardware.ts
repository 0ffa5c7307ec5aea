import { InputError, quote } from "../errors.ts";
import { asRecord, rejectUnknownKeys } from "../workload/workload.ts";

/** Words per cycle of a memory with one port for both directions, or with one for each. */
export type Bandwidth =
  | { readonly kind: "shared"; readonly words: number }
  | { readonly kind: "split"; readonly readWords: number; readonly writeWords: number };

/**
 * One Gemmini-like accelerator: a square weight-stationary PE array of 8-bit MACs, a scratchpad for
 * weights and inputs (8-bit words, one row feeds the PE rows), one accumulator bank of 32-bit words
 * per PE column, one weight register per PE, DRAM.
 */
export interface Hardware {
  /** PEs along one side of the array. */
  readonly peDim: number;
  /** Capacity of the scratchpad in words, which weights and inputs share. */
  readonly scratchpadWords: number;
  /** Rows of the scratchpad, each `peDim` words wide; they set its energy and area. */
  readonly scratchpadRows: number;
  /** Capacity of one accumulator bank in words. */
  readonly accumulatorWords: number;
  /** Rows of one accumulator bank, each one word wide; they set its energy and area. */
  readonly accumulatorRows: number;
  readonly scratchpadBandwidth: Bandwidth;
  /** Per bank. */
  readonly accumulatorBandwidth: Bandwidth;
  /** DRAM words (bytes) per cycle, reads and writes together. */
  readonly dramBandwidthWords: number;
  /** Weights that one PE register holds. */
  readonly registerWords: number;
}

/** DRAM words per cycle of Gemmini in the DOSA set-up. */
export const DRAM_BANDWIDTH_WORDS = 8;
/** Largest memory, in words: a tile of one word more is still told apart in f32. */
export const MAX_MEMORY_WORDS = 2 ** 24 - 1;
export const MIN_PE_DIM = 2;
export const MAX_PE_DIM = 128;
export const MAX_MEMORY_KIB = 2048;

const HARDWARE_KEYS = ["peDim", "scratchpadKib", "accumulatorKib", "bandwidth"];

/** The three choices an architect makes; the rest of `Hardware` follows. */
export interface HardwareParameters {
  /** 2 to 128. */
  readonly peDim: number;
  /** Integer, 1 to 2048. */
  readonly scratchpadKib: number;
  /** Integer, 1 to 2048, all banks together. */
  readonly accumulatorKib: number;
  /**
   * `shared` (default): scratchpad 2 peDim and accumulator 2 words per cycle, reads and writes together, as in DOSA's Timeloop
   * data. `split`: scratchpad 16 and accumulator 1 words per cycle for each direction, as in its FireSim training data.
   */
  readonly bandwidth?: "shared" | "split";
}

/**
 * The accelerator of given parameters; a memory that is no whole number of rows is rounded down.
 *
 * @throws InputError naming the parameter
 */
export function createHardware(parameters: HardwareParameters): Hardware {
  const { peDim, scratchpadKib, accumulatorKib, bandwidth = "shared" } = parameters;
  inRange("peDim", peDim, MIN_PE_DIM, MAX_PE_DIM);
  inRange("scratchpadKib", scratchpadKib, 1, MAX_MEMORY_KIB);
  inRange("accumulatorKib", accumulatorKib, 1, MAX_MEMORY_KIB);
  if (bandwidth !== "shared" && bandwidth !== "split") {
    throw new InputError({ where: "bandwidth", expected: '"shared" or "split"', found: quote(bandwidth) });
  }
  const scratchpadRows = Math.floor((scratchpadKib * 1024) / peDim);
  const accumulatorRows = Math.floor((accumulatorKib * 1024) / (4 * peDim));
  return {
    peDim,
    scratchpadWords: scratchpadRows * peDim,
    scratchpadRows,
    accumulatorWords: accumulatorRows,
    accumulatorRows,
    scratchpadBandwidth:
      bandwidth === "shared"
        ? { kind: "shared", words: 2 * peDim }
        : { kind: "split", readWords: 16, writeWords: 16 },
    accumulatorBandwidth:
      bandwidth === "shared" ? { kind: "shared", words: 2 } : { kind: "split", readWords: 1, writeWords: 1 },
    dramBandwidthWords: DRAM_BANDWIDTH_WORDS,
    registerWords: 1,
  };
}

function inRange(where: string, value: unknown, least: number, most: number): void {
  if (typeof value === "number" && Number.isInteger(value) && value >= least && value <= most) return;
  throw new InputError({ where, expected: `an integer from ${least} to ${most}`, found: quote(value) });
}

/**
 * Hardware parameters from a parsed JSON or YAML document
 * `{ peDim, scratchpadKib, accumulatorKib, bandwidth? }`.
 *
 * @throws InputError
 */
export function parseHardware(document: unknown, where: string): HardwareParameters {
  const fields = asRecord(document, where, "a mapping with peDim, scratchpadKib, accumulatorKib");
  rejectUnknownKeys(fields, HARDWARE_KEYS, where);
  const parameters = fields as unknown as HardwareParameters;
  try {
    createHardware(parameters);
  } catch (error) {
    throw error instanceof InputError ? error.within(where) : error;
  }
  return parameters;
}
