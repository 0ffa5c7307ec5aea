// How a walk through the designs of a co-design lies in linear memory; see `layout.ts` for the rules of such a file.
//
//   space ──┬─ header             counts, objective, random state, addresses of what follows
//           ├─ arrays             per PE array its area and the tables of its memories
//           ├─ memories           per array and size: capacity, energy of an access, area
//           ├─ layers             per distinct layer of a network: where its problem, contexts and spreads lie
//           ├─ problems           of the mapper (see `mapper-layout.ts`), one for each layer
//           ├─ contexts           of the kernels (see `layout.ts`), one for each layer and array
//           └─ spreads            per layer and array: widest spatial factor of each tile of K and of C
//
// A design is a choice of hardware and, for each layer, a gene: the tile extents below DRAM.

// Space header. f64 fields.
/** Largest area that hardware may have, mm2; Infinity if it may have any. */
export const SPACE_MAX_MM2 = 0;
/** Powers of latency and energy in the objective, each divided by the number of networks. */
export const SPACE_LATENCY_POWER = 8;
export const SPACE_ENERGY_POWER = 16;
/** Mappings of layers priced so far, which the kernel adds to. */
export const SPACE_EVALUATED = 24;
// i32 fields.
export const SPACE_ARRAYS = 32;
/** Sizes that the scratchpad, the accumulator may have. */
export const SPACE_SCRATCHPADS = 36;
export const SPACE_ACCUMULATORS = 40;
export const SPACE_LAYERS = 44;
export const SPACE_NETWORKS = 48;
export const SPACE_ARRAY_TABLE = 52;
export const SPACE_LAYER_TABLE = 56;
/** Bytes of a design of this space. */
export const SPACE_DESIGN_BYTES = 60;
/** State of the random generator (sfc32), four u32. */
export const SPACE_RANDOM = 64;
export const SPACE_BYTES = 80;

// Array record.
/** f64: PEs along a side; area of all of them, mm2. */
export const ARRAY_PE_DIM = 0;
export const ARRAY_MM2 = 8;
/** i32: addresses of memory records, one for each size. */
export const ARRAY_SCRATCHPADS = 16;
export const ARRAY_ACCUMULATORS = 20;
export const ARRAY_BYTES = 24;

// Memory record, f64: words that fit (of an accumulator: in one bank), pJ of an access, mm2 (of all banks).
export const MEMORY_WORDS = 0;
export const MEMORY_PJ = 8;
export const MEMORY_MM2 = 16;
export const MEMORY_BYTES = 24;

// Layer record.
/** f64: runs in its network. */
export const LAYER_COUNT = 0;
/** i32 */
export const LAYER_NETWORK = 8;
export const LAYER_PROBLEM = 12;
export const LAYER_CONTEXTS = 16;
/** u8 tables, SPREAD_BYTES for each array: tiles of K, then of C. */
export const LAYER_SPREADS = 20;
export const LAYER_BYTES = 24;
export const SPREAD_BYTES = 1024;
/** Tiles of C lie behind those of K. */
export const SPREAD_C = 512;

// Design: hardware as i32 indices, its cost (natural logarithm of the objective) as f64, sums of each network, genes.
export const DESIGN_ARRAY = 0;
export const DESIGN_SCRATCHPAD = 4;
export const DESIGN_ACCUMULATOR = 8;
export const DESIGN_COST = 16;
/** Pairs of f64: cycles and pJ of each network. */
export const DESIGN_SUMS = 24;
export const MOST_NETWORKS = 16;
export const DESIGN_GENES = 280;

// Gene: per dim the index of its tile extent among the divisors (u16), the DRAM order (u16), then what it costs (f64).
export const GENE_ORDER = 14;
export const GENE_LATENCY = 16;
export const GENE_ENERGY = 24;
export const GENE_BYTES = 32;
