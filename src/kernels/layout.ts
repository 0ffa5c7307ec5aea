// How candidates lie in linear memory: the one place where both sides of the WebAssembly border agree.
// Compiled by tsc and by asc, so it holds untyped integer constants only and imports nothing.
//
// A batch is a run of blocks; a block holds LANES candidates, column after column (structure of
// arrays), so a column's offset is a constant and four neighbours load with one instruction.
//
//   block ─┬─ 28 factor columns   f32   temporal trip counts, level by level, outermost first
//          ├─ 2 spatial columns   f32   K across PE columns, C across PE rows
//          ├─ 3 order columns     u32   rank of each dim at DRAM, scratchpad, accumulator
//          └─ results             f64 latency, energy, EDP; u32 status; f32 interval of a predicted latency
//
// f32 holds integers exactly up to 2^24, the largest bound a layer may have.

/** Candidates in a block. 64 keeps a block and its scratch inside a 32 KiB L1 data cache. */
export const LANES = 64;
/** Bytes of a column of f32 or u32. */
export const COLUMN = 256;

// Problem dimensions.
export const N = 0;
export const K = 1;
export const C = 2;
export const P = 3;
export const Q = 4;
export const R = 5;
export const S = 6;
export const DIMS = 7;

// Memory levels, outermost first; times DIMS * COLUMN.
export const DRAM = 0;
export const SCRATCHPAD = 1792;
export const ACCUMULATOR = 3584;
export const REGISTER = 5376;

// Candidate columns: byte offsets in a block. A factor column lies at LEVEL + dim * COLUMN.
export const SPATIAL_K = 7168;
export const SPATIAL_C = 7424;
/** Loop order of a level: nibble `dim` holds the dim's rank, 0 the innermost. Ranks are distinct. */
export const ORDER_DRAM = 7680;
export const ORDER_SCRATCHPAD = 7936;
export const ORDER_ACCUMULATOR = 8192;

// Result columns.
export const LATENCY_CYCLES = 8448;
export const ENERGY_PJ = 8960;
export const EDP_J_CYCLES = 9472;
export const STATUS = 9984;
/** f32: the interval of a latency that Starlight predicts. */
export const LATENCY_LOW = 10240;
export const LATENCY_HIGH = 10496;
export const BLOCK_BYTES = 10752;

// STATUS: the binding resource in the two low bits, then one bit for each broken rule.
export const BOUND_BY_COMPUTE = 0;
export const BOUND_BY_ACCUMULATOR = 1;
export const BOUND_BY_SCRATCHPAD = 2;
export const BOUND_BY_DRAM = 3;
export const BOUND_BY_MASK = 3;
export const OVER_SCRATCHPAD = 4;
export const OVER_ACCUMULATOR = 8;
export const OVER_REGISTER = 16;
export const OVER_PE_ROWS = 32;
export const OVER_PE_COLUMNS = 64;
export const INFEASIBLE_MASK = 124;

// Context: what a layer and a hardware config contribute, f64 fields at byte offsets.
export const MACS = 0;
export const WEIGHT_WORDS = 8;
export const OUTPUT_WORDS = 16;
export const SCRATCHPAD_READ_BANDWIDTH = 24;
export const SCRATCHPAD_WRITE_BANDWIDTH = 32;
export const SCRATCHPAD_SHARED_BANDWIDTH = 40;
export const ACCUMULATOR_READ_BANDWIDTH = 48;
export const ACCUMULATOR_WRITE_BANDWIDTH = 56;
export const ACCUMULATOR_SHARED_BANDWIDTH = 64;
export const DRAM_BANDWIDTH = 72;
export const MAC_ENERGY = 80;
export const REGISTER_ENERGY = 88;
export const ACCUMULATOR_ENERGY = 96;
export const SCRATCHPAD_ENERGY = 104;
export const DRAM_ENERGY = 112;
/** 1 / words per scratchpad row, and half of it: the rounding guard of `ceilDiv`. */
export const SCRATCHPAD_ROW_INVERSE = 120;
export const SCRATCHPAD_ROW_GUARD = 128;
export const DRAM_BURST_INVERSE = 136;
export const DRAM_BURST_GUARD = 144;
// Context: f32 fields.
export const W_STRIDE = 152;
export const H_STRIDE = 156;
export const W_DILATION = 160;
export const H_DILATION = 164;
export const SCRATCHPAD_WORDS = 168;
export const ACCUMULATOR_WORDS = 172;
export const REGISTER_WORDS = 176;
export const PE_DIM = 180;
export const CONTEXT_BYTES = 192;

// Scratch: what one stage of the analytical kernel leaves for the next; a region of each thread's own.
// f32 columns, exact for every feasible candidate.
export const INPUT_OVERLAP = 0;
export const INPUT_NEW = 256;
export const INNER_BOUND = 512;
export const OUTER_BOUNDS = 768;
export const WEIGHT_RELOADS = 2560;
export const REGISTER_RELOADS = 3328;
export const OUTPUT_RELOADS = 4096;
export const CORNER_BOUND = 4864;
export const CORNER_PARTNER = 5120;
export const CORNER_K = 5376;
// f64 columns: words moved, totals over all instances.
export const COMPUTE_CYCLES = 5888;
export const WEIGHT_FILLS = 6400;
export const REGISTER_FILLS = 6912;
export const INPUT_FILLS = 7424;
export const OUTPUT_WRITEBACKS = 7936;
// f64 columns: largest throughput a memory level allows, as a fraction of the PE array's, above 1 where it does not bind.
export const ACCUMULATOR_SLOWDOWN = 8448;
export const SCRATCHPAD_SLOWDOWN = 8960;
export const DRAM_SLOWDOWN = 9472;
// f64 columns: accesses in the units that energy is counted in.
export const ACCUMULATOR_ACCESSES = 9984;
export const SCRATCHPAD_ROWS = 10496;
export const DRAM_BURSTS = 11008;
export const SCRATCH_BYTES = 11520;

// Detail of one block, f64 columns: words read and written, by level and operand, totals over all instances.
export const DRAM_WEIGHT_READS = 0;
export const DRAM_INPUT_READS = 512;
export const DRAM_OUTPUT_READS = 1024;
export const DRAM_OUTPUT_WRITES = 1536;
export const SCRATCHPAD_WEIGHT_READS = 2048;
export const SCRATCHPAD_WEIGHT_WRITES = 2560;
export const SCRATCHPAD_INPUT_READS = 3072;
export const SCRATCHPAD_INPUT_WRITES = 3584;
export const ACCUMULATOR_OUTPUT_READS = 4096;
export const ACCUMULATOR_OUTPUT_UPDATES = 4608;
export const ACCUMULATOR_OUTPUT_FILLS = 5120;
export const REGISTER_WEIGHT_READS = 5632;
export const REGISTER_WEIGHT_WRITES = 6144;
// Cycles that each resource would need alone; latency is the largest.
export const COMPUTE_ROOF = 6656;
export const ACCUMULATOR_ROOF = 7168;
export const SCRATCHPAD_ROOF = 7680;
export const DRAM_ROOF = 8192;
// Energy by component, pJ.
export const MAC_PJ = 8704;
export const REGISTER_PJ = 9216;
export const ACCUMULATOR_PJ = 9728;
export const SCRATCHPAD_PJ = 10240;
export const DRAM_PJ = 10752;
export const DETAIL_BYTES = 11264;
