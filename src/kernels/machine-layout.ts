// How the event-driven model of our RTL takes its machine, layer and candidates, and gives its answers; see `layout.ts` for the
// rules of such a file.

// Machine and layer: i32 fields, but for MACHINE_BANDWIDTH.
export const MACHINE_DIM = 0;
export const MACHINE_BUS_BYTES = 4;
export const MACHINE_LATENCY = 8;
export const MACHINE_INFLIGHT = 12;
export const MACHINE_ISSUE = 16;
export const MACHINE_LOAD_QUEUE = 20;
export const MACHINE_EXECUTE_QUEUE = 24;
export const MACHINE_STORE_QUEUE = 28;
export const MACHINE_MIN_ROWS = 32;
/** 1 where operands that the next tile shares stay in the scratchpad. */
export const MACHINE_REUSE = 36;
/** DRAM bytes per cycle, f64. */
export const MACHINE_BANDWIDTH = 40;
/** Bounds of the layer, in the order of the dims. */
export const MACHINE_BOUND = 48;
export const MACHINE_WIDTH_STRIDE = 76;
export const MACHINE_HEIGHT_STRIDE = 80;
export const MACHINE_WIDTH_DILATION = 84;
export const MACHINE_HEIGHT_DILATION = 88;
/** 1 where sums that are not complete when another tile of outputs comes leave for DRAM and come back. */
export const MACHINE_SPILL = 92;
export const MACHINE_BYTES = 96;

// A candidate: i32 fields. What of a mapping reaches the machine.
/** Extents of a full tile, in the order of the dims. */
export const TILING_EXTENT = 0;
/** Number of loops over tiles, and their dims from the outermost on. */
export const TILING_LOOPS = 28;
export const TILING_DIM = 32;
export const TILING_BYTES = 64;

// An answer: f64 fields. Cycles, and the counters that energy is made of (names as in src/rtl/counters.ts).
export const ANSWER_CYCLES = 0;
export const ANSWER_TILES = 8;
export const ANSWER_MACS = 16;
export const ANSWER_WEIGHT_REGISTER_WRITES = 24;
export const ANSWER_ACCUMULATOR_READS = 32;
export const ANSWER_ACCUMULATOR_WRITES = 40;
export const ANSWER_ACCUMULATOR_STORE_READS = 48;
export const ANSWER_ACCUMULATOR_PARTIAL_WRITES = 56;
export const ANSWER_SCRATCHPAD_INPUT_READS = 64;
export const ANSWER_SCRATCHPAD_WEIGHT_READS = 72;
export const ANSWER_SCRATCHPAD_WRITES = 80;
export const ANSWER_INPUT_BYTES = 88;
export const ANSWER_WEIGHT_BYTES = 96;
export const ANSWER_PARTIAL_READ_BYTES = 104;
export const ANSWER_PARTIAL_WRITE_BYTES = 112;
export const ANSWER_OUTPUT_BYTES = 120;
export const ANSWER_BYTES = 128;

/** Room that one thread needs beside machine, candidates and answers. */
export const MACHINE_SCRATCH_BYTES = 262144;
