// How a mapping problem and its answer lie in linear memory; see `layout.ts` for the rules of such a file.
//
//   problem ─┬─ header            extents, capacities, counters
//            ├─ divisors          per dim a list of f64, ascending: the tile extents that it may have below DRAM
//            ├─ widest spatial    per divisor of K and of C the largest factor of it that the array takes
//            ├─ window            what the kernel derives from one window (tile of R S P Q N)
//            └─ classes           the DRAM order classes of that window
//
// A window is an index in mixed radix over the divisors of R, S, P, Q, N, the R digit the slowest.

/** Bytes of a list of divisors: room for 512, and no number up to 2^24 has more than 504. */
export const DIVISOR_BYTES = 4096;

// Problem header. f64 fields.
/** Extents of the layer, in the order of the dims. */
export const EXTENT = 0;
export const CAPACITY_SCRATCHPAD = 56;
export const CAPACITY_ACCUMULATOR = 64;
/** Largest factors of K and C that the array takes. */
export const WIDEST_K = 72;
export const WIDEST_C = 80;
/** Counters, which the kernel adds to: candidates priced; windows cut by their bound, or because no tile of theirs fits. */
export const EVALUATED = 88;
export const WINDOWS_CUT = 96;
export const WINDOWS_OVER_CAPACITY = 104;
/** Least memory, in KiB, that an archive tells apart, and most that it takes. */
export const LEAST_SCRATCHPAD_KIB = 112;
export const LEAST_ACCUMULATOR_KIB = 120;
export const MOST_SCRATCHPAD_KIB = 128;
export const MOST_ACCUMULATOR_KIB = 136;
// i32 fields.
/** Number of divisors of each dim, in the order of the dims. */
export const DIVISOR_COUNT = 144;
/** Number of this shape among the padded variants of a layer; choices carry it. */
export const VARIANT = 176;

// f64 fields again.
/** Candidates that the windows surveyed or collected so far hold, whether or not they fit. */
export const COVERED = 184;
/** Ways to spread a tile that is the whole bound, and all smaller tiles together, over the array: K, then C. */
export const SPREADS_WHOLE_K = 192;
export const SPREADS_PART_K = 200;
export const SPREADS_WHOLE_C = 208;
export const SPREADS_PART_C = 216;

export const DIVISORS = 224;
/** Per divisor of K, then per divisor of C: the widest spatial factor. */
export const WIDEST_OF_K = 28896;
export const WIDEST_OF_C = 32992;

// Window record, f64 fields: tile extents, products of DRAM bounds, and input words per channel.
export const TILE_R = 37088;
export const TILE_S = 37096;
export const TILE_P = 37104;
export const TILE_Q = 37112;
export const TILE_N = 37120;
/** Input words of the tile for one channel. */
export const PLANE = 37128;
/** Product of the DRAM bounds of P, Q and N; of R and S. */
export const OUTPUT_STEPS = 37136;
export const FILTER_STEPS = 37144;
/** Not 0 if an order that begins with K saves a step of the sliding window: then a larger K tile may lose something. */
export const K_CORNER = 37152;
export const CLASS_COUNT = 37160;

// Order classes of a window: what traffic is at DRAM bounds bC and bK.
//   weight fills = weights * WEIGHTS, write-backs = outputs * (OUTPUTS_FIXED + OUTPUTS_PER_C * bC),
//   input fills = C * (INPUTS_FIXED + INPUTS_PER_K * bK)
export const CLASSES = 37168;
export const CLASS_BYTES = 48;
export const CLASS_WEIGHTS = 0;
export const CLASS_OUTPUTS_FIXED = 8;
export const CLASS_OUTPUTS_PER_C = 16;
export const CLASS_INPUTS_FIXED = 24;
export const CLASS_INPUTS_PER_K = 32;
/** i32: ORDER_* */
export const CLASS_ORDER = 40;
/** i32: whether the class may hold a point below the front, by its bound. */
export const CLASS_LIVE = 44;
// Room for the three plain classes and four corners.

// Candidate: the choice at hand (a CHOICE_* record), then, as f64, its DRAM bounds of C and K and what it moves and accesses.
export const CANDIDATE = 37504;
export const DRAM_C = 37536;
export const DRAM_K = 37544;
export const COMPUTE = 37552;
/** Words: register fills, weights and inputs from DRAM, outputs to DRAM; accumulator updates; inputs read by the PEs. */
export const REGISTERS = 37560;
export const WEIGHTS = 37568;
export const INPUTS = 37576;
export const WRITEBACKS = 37584;
export const UPDATES = 37592;
export const INPUT_READS = 37600;
/** Accesses in the units that energy is counted in. */
export const BANK_ROWS = 37608;
export const PAD_ROWS = 37616;
export const BURSTS = 37624;
/** pJ of the work that padding adds to the layer, of an archive for padded shapes too; 0 for the layer's own. */
export const PADDING_PJ = 37632;
export const PROBLEM_BYTES = 37640;

// DRAM loop orders, innermost first; dims not named lie outside in any order.
/** P Q N or Q P N: weights stay. */
export const ORDER_P = 0;
export const ORDER_Q = 1;
/** R S C or S R C: outputs stay. */
export const ORDER_R = 2;
export const ORDER_S = 3;
/** K: inputs stay. */
export const ORDER_K = 4;
/** Corners of the sliding window: the second loop steps as the first one did. */
export const ORDER_PR = 5;
export const ORDER_RP = 6;
export const ORDER_QS = 7;
export const ORDER_SQ = 8;
export const ORDER_KPR = 9;
export const ORDER_KRP = 10;
export const ORDER_KQS = 11;
export const ORDER_KSQ = 12;

// A choice: one point of the map space.
/** f64 window; i32 index of the K and C divisors below DRAM, spatial factors, order, variant. */
export const CHOICE_WINDOW = 0;
export const CHOICE_K = 8;
export const CHOICE_C = 12;
export const CHOICE_SPATIAL_K = 16;
export const CHOICE_SPATIAL_C = 20;
export const CHOICE_ORDER = 24;
export const CHOICE_VARIANT = 28;
export const CHOICE_BYTES = 32;

// Front: the best (latency, energy) pairs of one layer on one accelerator, latency ascending, energy descending.
/** i32 */
export const FRONT_COUNT = 0;
/** i32: not 0 to keep every non-dominated (latency, energy) pair, 0 to keep only those on the lower-left convex hull. */
export const FRONT_KEEP_PARETO = 4;
/** i32: entries that it may hold; not 0 once one found no room, which is then missing. */
export const FRONT_ROOM = 8;
export const FRONT_FULL = 12;
export const FRONT_ENTRIES = 16;
export const FRONT_LATENCY = 0;
export const FRONT_ENERGY = 8;
export const FRONT_CHOICE = 16;
export const FRONT_ENTRY_BYTES = 48;

// Archive: what one enumeration of a layer on a PE array leaves for every size of its memories. The first six fields, all f64,
// are to be small; an entry stays while no other is at most as large in all of them.
/** i32 */
export const ARCHIVE_COUNT = 0;
/** i32: entries that it may hold; not 0 once one found no room, which is then missing. */
export const ARCHIVE_ROOM = 4;
export const ARCHIVE_FULL = 8;
export const ARCHIVE_ENTRIES = 16;
export const ARCHIVE_LATENCY = 0;
/** pJ of register fills, DRAM bursts and added work: the part of the energy that depends on the mapping, not on the memory sizes. */
export const ARCHIVE_FIXED_PJ = 8;
export const ARCHIVE_ACCUMULATOR_ACCESSES = 16;
export const ARCHIVE_SCRATCHPAD_ROWS = 24;
export const ARCHIVE_SCRATCHPAD_KIB = 32;
export const ARCHIVE_ACCUMULATOR_KIB = 40;
export const ARCHIVE_REGISTER_FILLS = 48;
export const ARCHIVE_DRAM_BURSTS = 56;
export const ARCHIVE_CHOICE = 64;
export const ARCHIVE_ENTRY_BYTES = 96;
