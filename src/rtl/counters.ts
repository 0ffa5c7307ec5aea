/** What the RTL counts, in the order in which it hands the counts out; `rtl/polaris_pkg.sv` has the same list. */
export const COUNTERS = [
  /** From the first descriptor to the last byte stored. */
  "cycles",
  "tiles",
  // What the execute unit did, each cycle once: these nine add up to `cycles`.
  /** Streamed a row of inputs into the array. */
  "executeRows",
  /** Made up the least length of a command that had fewer rows. */
  "executeShortRows",
  /** Waited while weights moved from scratchpad to array. */
  "executeStallPreload",
  /** Waited for weights, inputs or partial sums on their way from DRAM. */
  "executeStallWeights",
  "executeStallInputs",
  "executeStallPartials",
  /** Waited for the store of what lay in its accumulator rows before. */
  "executeStallHazard",
  /** Had no tile: the processor had not issued one, or the queues were full. */
  "executeStallIssue",
  /** Had no tile left: the last results were on their way to DRAM. */
  "executeStallStore",
  // The load unit.
  "loadRequests",
  /** Waited for a region that an earlier tile still used, or for partial sums not yet stored. */
  "loadStallHazard",
  /** Waited for the DMA: requests under way at their limit, or its queue full. */
  "loadStallDram",
  // The store unit.
  "storeRows",
  /** Waited for results of the tile at hand. */
  "storeStallExecute",
  /** Lost the accumulator's port to the array. */
  "storeStallPort",
  /** Waited for the writes before to leave. */
  "storeStallDram",
  // DRAM: each beat moves up to `busBytes`.
  "readBeats",
  "writeBeats",
  /** Had a beat to move, but no bandwidth left. */
  "dramStallBandwidth",
  /** Had reads under way, none of them ready. */
  "dramStallLatency",
  // Traffic in bytes used, by operand, and rows of zeros that no DRAM was read for.
  "inputBytes",
  "weightBytes",
  "partialReadBytes",
  "partialWriteBytes",
  "outputBytes",
  "paddingRows",
  // Rows read and written, by memory.
  "scratchpadInputReads",
  "scratchpadWeightReads",
  "scratchpadWrites",
  /** Cycles in which a weight row waited because the inputs used its bank. */
  "scratchpadConflicts",
  /** Reads for read-modify-write. */
  "accumulatorReads",
  "accumulatorWrites",
  "accumulatorStoreReads",
  "accumulatorPartialWrites",
  // The array.
  /** Multiply-accumulates of the layer. */
  "macs",
  /** Multipliers that a streamed row passed without work: ragged blocks. */
  "paddingMacs",
  /** Weights written to PE registers. */
  "weightRegisterWrites",
] as const;
export type Counter = (typeof COUNTERS)[number];
export type Counters = Readonly<Record<Counter, number>>;

/** Counts from the machine's 64-bit words; exact below 2^53. */
export function readCounters(words: BigUint64Array): Counters {
  return Object.fromEntries(COUNTERS.map((name, i) => [name, Number(words[i])])) as Counters;
}
