import { InputError, quote } from "../errors.ts";
import * as at from "../kernels/event-layout.ts";
import { asRecord, rejectUnknownKeys } from "../workload/workload.ts";

/** One calibrated number of the event model. */
export interface Coefficient {
  readonly name: string;
  /** Offset in a coefficient record of the kernel. */
  readonly offset: number;
  readonly unit: "cycles" | "share" | "log2 bytes" | "1";
  readonly meaning: string;
  /** Where a calibration starts, and what it believes before it has seen a measurement. */
  readonly prior: number;
  readonly low: number;
  readonly high: number;
  /** Which layers it is for: one value each for both kinds, one that both share, or one for a kind that alone has it. */
  readonly layers: "each" | "shared" | "convolution" | "matmul";
}

/** Values by name: a number, or where each kind of layer has its own, that of convolutions and that of matrix products. */
export type Coefficients = Readonly<Record<string, number | readonly [number, number]>>;

/** Bounds where nothing better is known: from a 150th of a cycle to some 400. */
const ANY = [0.0067, 403] as const;
/** A share; never 0, since coefficients are fitted as logarithms. */
const SHARE = [0.01, 1] as const;

type Row = readonly [
  name: string,
  offset: number,
  unit: Coefficient["unit"],
  prior: number,
  bounds: readonly [number, number],
  meaning: string,
];

/** What the program of a layer decides: convolutions and matrix products have one each. */
// biome-ignore format: a table, one coefficient a line
const EACH: readonly Row[] = [
  // Execute.
  ["shortRow", at.SHORT_ROW, "cycles", 0.3, ANY, "for each row that a block has less than 8"],
  ["lastBlock", at.LAST_BLOCK, "1", 0.7, ANY, "for each row that the last block of a weight block has less than the array"],
  ["computeCommand", at.COMPUTE_COMMAND, "cycles", 0.3, ANY, "for each compute command"],
  ["preload", at.PRELOAD, "cycles", 1, ANY, "for each weight block"],
  ["executeStart", at.EXECUTE_START, "cycles", 10, ANY, "of execution for each tile"],
  ["executeStartDim", at.EXECUTE_START_DIM, "cycles", 1.5, ANY, "the same for each row of the array"],
  // Load.
  ["inputCommand", at.INPUT_COMMAND, "cycles", 2, ANY, "for each load command of inputs"],
  ["weightCommand", at.WEIGHT_COMMAND, "cycles", 2, ANY, "for each load command of weights"],
  ["request", at.REQUEST, "cycles", 0.7, ANY, "for a request of no bytes, to which small ones tend"],
  ["request8", at.REQUEST_8, "cycles", 1.3, ANY, "for a request of 8 bytes"],
  ["request16", at.REQUEST_16, "cycles", 2, ANY, "for a request of 16 bytes"],
  ["request32", at.REQUEST_32, "cycles", 3.1, ANY, "for a request of 32 bytes"],
  ["request64", at.REQUEST_64, "cycles", 5.3, ANY, "for a request of 64 bytes, the largest"],
  ["row", at.ROW, "cycles", 0.3, ANY, "for each scratchpad row written"],
  ["lineHit", at.LINE_HIT, "cycles", 0.3, ANY, "for each cache line touched"],
  ["loadStart", at.LOAD_START, "cycles", 10, ANY, "of loading for each tile"],
  // Caches.
  ["miss", at.MISS, "cycles", 5, [0.0067, 40], "for each line of inputs or weights that misses the near cache"],
  ["farMiss", at.FAR_MISS, "cycles", 4, [0.0067, 25], "further, for each that misses the far cache too"],
  ["outputMiss", at.OUTPUT_MISS, "cycles", 5, [0.0067, 40], "for each line of outputs that misses the near cache"],
  ["outputFarMiss", at.OUTPUT_FAR_MISS, "cycles", 4, [0.0067, 25], "further, for each that misses the far cache too"],
  ["coldShare", at.COLD_SHARE, "share", 0.3, [0.001, 1], "of first touches that miss in a cold run though warm ones would hit"],
  // Store.
  ["storeCommand", at.STORE_COMMAND, "cycles", 4, ANY, "for each store command"],
  ["storeRow", at.STORE_ROW, "cycles", 1, ANY, "for each accumulator row read"],
  ["storeWords", at.STORE_WORDS, "cycles", 0.5, ANY, "for each 8 words of such a row"],
  ["storeBeat", at.STORE_BEAT, "cycles", 0.5, ANY, "for each bus beat of 16 bytes"],
  ["storeLine", at.STORE_LINE, "cycles", 0.3, ANY, "for each cache line touched"],
  ["storeStart", at.STORE_START, "cycles", 10, ANY, "of storing for each tile whose sums are complete"],
  // The processor, and how the engines wait for each other.
  ["callWait", at.CALL_WAIT, "cycles", 220, [20, 300], "between two calls, which a full queue hides"],
  ["callIssue", at.CALL_ISSUE, "cycles", 30, [5, 300], "from a free place in the queue to the first load"],
  ["loadLatency", at.LOAD_LATENCY, "cycles", 40, ANY, "from a load to the computation on it"],
  ["computeLatency", at.COMPUTE_LATENCY, "cycles", 20, ANY, "from the last computation to its store"],
  ["computeLatencyDim", at.COMPUTE_LATENCY_DIM, "cycles", 1, ANY, "the same for each row of the array"],
  ["storeLatency", at.STORE_LATENCY, "cycles", 10, ANY, "by which a call's place is free before its store ends"],
  ["queuedLoads", at.QUEUED_LOADS, "1", 2, ANY, "load commands by which computation runs ahead of, or waits for, the loads"],
  ["queuedComputes", at.QUEUED_COMPUTES, "1", 2, ANY, "compute commands in the queue when a call's place is free"],
  ["lastLoadShare", at.LAST_LOAD_SHARE, "share", 0.7, [0.05, 1], "of a weight block's computation left after the last load"],
  ["loadWaitShare", at.LOAD_WAIT_SHARE, "share", 0.2, SHARE, "of a tile's computation that the next tile's loads wait for"],
  ["loadWaitShareDim", at.LOAD_WAIT_SHARE_DIM, "share", 0.001, [1e-5, 0.006], "the same for each row of the array"],
  ["storeLoadShare", at.STORE_LOAD_SHARE, "share", 0.2, SHARE, "of a store's cycles that the next loads wait for"],
  ["start", at.START, "cycles", 300, [10, 800], "once for a layer"],
];

/** What convolutions alone do: pad, and set their sums to zero. */
// biome-ignore format: a table, one coefficient a line
const OF_CONVOLUTIONS: readonly Row[] = [
  ["zeroRow", at.ZERO_ROW, "cycles", 0.7, ANY, "for each scratchpad row of padding"],
  ["zeroCommand", at.ZERO_COMMAND, "cycles", 2, ANY, "for each load command of padding"],
  ["biasRow", at.BIAS_ROW, "cycles", 0.7, ANY, "for each accumulator row set to zero"],
  ["biasCommand", at.BIAS_COMMAND, "cycles", 3, ANY, "for each command that does so"],
  ["wideBiasCommand", at.WIDE_BIAS_COMMAND, "cycles", 5, ANY, "further, on arrays whose accumulator rows are longer than a line"],
];

/** What matrix products alone do: store while they compute. */
// biome-ignore format: a table, one coefficient a line
const OF_MATMULS: readonly Row[] = [
  ["storeOverlap", at.STORE_OVERLAP, "share", 0.5, SHARE, "of a matrix product's stores that overlap its computation"],
];

/** What the memory or the array decides: both kinds of layer share it. */
// biome-ignore format: a table, one coefficient a line
const SHARED: readonly Row[] = [
  ["inFlight", at.IN_FLIGHT, "cycles", 1, ANY, "least for each compute command, few of which are in flight"],
  ["inFlightDim", at.IN_FLIGHT_DIM, "cycles", 0.3, ANY, "the same for each row of the array"],
  ["alignedLine", at.ALIGNED_LINE, "cycles", 0.1, ANY, "further, for a line of rows that lie a multiple of 256 bytes apart"],
  ["contiguousSaving", at.CONTIGUOUS_SAVING, "share", 0.4, [0.01, 0.95], "of a near miss saved where a tile has whole rows of channels"],
  ["outputContiguousSaving", at.OUTPUT_CONTIGUOUS_SAVING, "share", 0.4, [0.01, 0.95], "the same for outputs"],
  ["cacheLog2", at.CACHE_LOG2, "log2 bytes", 19, [18, 20.5], "capacity of the near cache"],
  ["farCacheLog2", at.FAR_CACHE_LOG2, "log2 bytes", 22.5, [21.5, 22.8], "capacity of the far cache"],
  ["cacheSharpness", at.CACHE_SHARPNESS, "1", 3, [1, 8], "of the rise of misses around the capacity"],
];

/** Every coefficient, with its bounds and meaning; docs/event.md says where each comes from. */
export const COEFFICIENTS: readonly Coefficient[] = [
  ...EACH.map((row) => toCoefficient(row, "each")),
  ...OF_CONVOLUTIONS.map((row) => toCoefficient(row, "convolution")),
  ...OF_MATMULS.map((row) => toCoefficient(row, "matmul")),
  ...SHARED.map((row) => toCoefficient(row, "shared")),
];

function toCoefficient(
  [name, offset, unit, prior, [low, high], meaning]: Row,
  layers: Coefficient["layers"],
): Coefficient {
  return { name, offset, unit, meaning, prior, low, high, layers };
}

/** f64 elements of one coefficient record. */
const RECORD = at.COEFFICIENT_BYTES >> 3;

/** The priors, as a calibration that has seen nothing leaves them. */
export function priorCoefficients(): Coefficients {
  return Object.fromEntries(
    COEFFICIENTS.map(({ name, prior, layers }) => [
      name,
      layers === "each" ? ([prior, prior] as const) : prior,
    ]),
  );
}

/** The kernel's two records: convolutions, then matrix products. */
export function packCoefficients(values: Coefficients): Float64Array {
  const packed = new Float64Array(2 * RECORD);
  for (const { name, offset } of COEFFICIENTS) {
    const value = values[name];
    const [convolution, matmul] = typeof value === "number" ? [value, value] : (value ?? [NaN, NaN]);
    packed[offset >> 3] = convolution;
    packed[RECORD + (offset >> 3)] = matmul;
  }
  return packed;
}

/**
 * Coefficients from a parsed document: every name once, within its bounds.
 *
 * @throws InputError naming the coefficient
 */
export function parseCoefficients(document: unknown, where: string): Coefficients {
  const fields = asRecord(document, where, "coefficients by name");
  rejectUnknownKeys(
    fields,
    COEFFICIENTS.map(({ name }) => name),
    where,
  );
  for (const { name, low, high, layers } of COEFFICIENTS) {
    const value = fields[name];
    const pair = layers === "each";
    const numbers: readonly unknown[] = !pair ? [value] : Array.isArray(value) ? value : [];
    // What a fit leaves at a bound may be rounded beyond it.
    const inside = (number: unknown): boolean =>
      typeof number === "number" && number >= low * (1 - 1e-9) && number <= high * (1 + 1e-9);
    if (numbers.length === (pair ? 2 : 1) && numbers.every(inside)) continue;
    throw new InputError({
      where: `${where}: ${name}`,
      expected: `${pair ? "two numbers" : "a number"} from ${low} to ${high}`,
      found: quote(value),
    });
  }
  return fields as Coefficients;
}
