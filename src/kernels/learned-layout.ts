// How an enumeration under a learnt latency lies in linear memory; see `layout.ts` for the rules of such a file.
//
//   job ─┬─ header    addresses and counters
//        ├─ staged    records of the candidates in the block that is to be priced
//        ├─ held      records of those in the block that is to be predicted
//        └─ pairs     per pair of tiles of C and K: what was predicted so far, and what was left out

// Header. i32: addresses.
/** Physics record of Starlight. */
export const JOB_PHYSICS = 0;
/** Blocks of candidates that are priced and predicted, and the scratch of either model. */
export const JOB_STAGING = 4;
export const JOB_HOLDING = 8;
export const JOB_ACCESSES = 12;
export const JOB_SCRATCH = 16;
export const JOB_ARCHIVE = 20;
/** Candidates in either block. */
export const JOB_STAGED = 24;
export const JOB_HELD = 28;
/** f64: candidates that Starlight has predicted; orders of DRAM loops that were priced. */
export const JOB_PREDICTED = 32;
export const JOB_PRICED = 40;
/** Dims of the DRAM loops at hand, innermost first: bytes. */
export const JOB_LOOPS = 48;

/** Per lane of the staging block, then of the holding block. */
export const JOB_STAGED_RECORDS = 64;
export const JOB_HELD_RECORDS = 8256;
// A record: a choice (CHOICE_BYTES of `mapper-layout.ts`), then
/** i32: address of the pair. */
export const RECORD_PAIR = 32;
/** f64: KiB of the memories that the tile takes; counts that energy is made of. */
export const RECORD_SCRATCHPAD_KIB = 40;
export const RECORD_ACCUMULATOR_KIB = 48;
export const RECORD_REGISTER_FILLS = 56;
export const RECORD_DRAM_BURSTS = 64;
export const RECORD_ACCUMULATOR_ACCESSES = 72;
export const RECORD_SCRATCHPAD_ROWS = 80;
export const RECORD_BYTES = 128;

/** Pairs: those of the first tile of C with every tile of K, and so on. f64 fields. */
export const JOB_PAIRS = 16448;
/** Energy, pJ, up to which all candidates were predicted before, and up to which they are to be predicted. */
export const PAIR_FROM = 0;
export const PAIR_TO = 8;
/** Least energy of those that were left out. */
export const PAIR_OPEN = 16;
/** Rows that the array has to stream: no candidate of the pair has a lower latency. */
export const PAIR_LATENCY = 24;
export const PAIR_BYTES = 32;

/** An ORDER_* code with this bit has the ranks of all DRAM loops in the 28 lower ones, as ORDER_DRAM of `layout.ts` has. */
export const ORDER_RANKS = 268435456;
