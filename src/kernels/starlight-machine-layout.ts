// What Starlight's closed form of our own RTL has in place of what it has for Gemmini; see `starlight-layout.ts`.

// Physics record, f32 unless said: the machine, where Gemmini's calibrated cycles lie.
export const DILATION_W = 80;
export const DILATION_H = 84;
/** Rows that a compute command takes at least. */
export const MIN_ROWS = 88;
/** i32: all ones where the width stride is odd, so that inputs use the banks of the scratchpad in turn; 0 elsewhere. */
export const ODD_STRIDE = 92;
/** Bytes of the largest request, a row of the array at least. */
export const GROUP = 96;
export const BUS_BYTES = 100;
/** Cycles from one beat to the next when DRAM is busy. */
export const BEAT_CYCLES = 104;
export const DRAM_LATENCY = 108;
export const REQUESTS_UNDER_WAY = 112;
/** Cycles from one dispatch to the next. */
export const DISPATCH = 116;
/** Tiles that may be under way at the same time. */
export const TILES_UNDER_WAY = 120;
/** i32: largest power of two, at most a beat, that divides the bytes of a pixel, and of a row of weights. */
export const BEAT_C = 124;
export const BEAT_K = 128;
/** i32: all ones where rows of pixels, and of weights, lie whole beats apart, so that they begin alike within a tile; else 0. */
export const ALIKE_C = 152;
export const ALIKE_K = 156;
/** pJ of what every mapping does, of a weight moved to the array, of a row of each memory, of a byte of DRAM. */
export const FIXED_PJ = 132;
export const REGISTER_PJ = 136;
export const ACCUMULATOR_PJ = 140;
export const SCRATCHPAD_PJ = 144;
export const DRAM_PJ = 148;

// Scratch columns, f32: what a tile takes on average, where the network has its activations later.
/** Cycles of the array. */
export const TILE_WORK = 17408;
/** Cycles of one load of a tile of inputs, of weights, of partial sums, with DRAM for itself. */
export const TILE_INPUTS = 17664;
export const TILE_WEIGHTS = 17920;
export const TILE_PARTIALS = 18176;
/** Cycles of one store of a tile of outputs: final ones, partial sums. */
export const TILE_FINALS = 18432;
export const TILE_SPILLS = 18688;
/** Cycles that DRAM is busy with each load; with a store it is busy all the time. */
export const INPUTS_BUSY = 18944;
export const WEIGHTS_BUSY = 19200;
export const PARTIALS_BUSY = 19456;
/** Cycles of a load of weights before the first inputs. */
export const FIRST_WEIGHTS = 19712;
/** Cycles of the array behind the last inputs, and behind the last weights. */
export const LEFT_BEHIND_INPUTS = 19968;
export const LEFT_BEHIND_WEIGHTS = 22528;
/** Cycles of a load of weights behind the last inputs. */
export const LAST_WEIGHTS = 22784;
/** Cycles of the array for the blocks of weights of one block of outputs, and for one of them. */
export const COLUMN_WORK = 23040;
export const BLOCK_WORK = 23296;
/** Blocks of the array along C and K, over all tiles. */
export const ALL_BLOCKS_C = 23552;
export const ALL_BLOCKS_K = 23808;
/** Filter taps of a tile. */
export const TAPS_OF_TILE = 24832;
/** Pixels of one load of inputs, taps x channels of one load of weights, outputs of one channel in a store. */
export const PIXELS_OF_TILE = 24064;
export const TAP_ROWS_OF_TILE = 24320;
export const OUTPUTS_OF_TILE = 24576;
/** Cycles of the array before its first final output. */
export const WORK_TO_FINAL = 20224;
/** Rows of scratchpad and accumulator, and bytes of DRAM, of one load or store. */
export const INPUT_ROWS = 20480;
export const WEIGHT_ROWS = 20736;
export const OUTPUT_ROWS = 20992;
export const INPUT_BYTES = 21248;
export const WEIGHT_BYTES = 21504;
export const OUTPUT_BYTES = 21760;
/** pJ that do not depend on the order of the loops. */
export const ORDERLESS_PJ = 22016;
/** pJ of the mapping. */
export const ENERGY = 22272;

// What the closed form finds, where it has COMPONENTS for Gemmini: cycles over all tiles.
/** Array rows that pass through the array: the exact lower bound of the latency. */
export const STREAMED = 6912;
export const WORK = 7168;
export const LOADS = 7424;
export const INPUTS = 7680;
export const WEIGHTS = 7936;
export const PARTIALS = 8192;
export const STORES = 8448;
export const SPILLS = 8704;
/** DRAM. */
export const BUSY = 8960;
export const DISPATCHES = 9216;
/** Chains of tiles that wait for each other. */
export const CHAINS = 9472;
/** Tile by tile, the slowest of array and load, of load and store. */
export const WORK_OR_LOAD = 9728;
export const LOAD_OR_STORE = 9984;
/** Tiles that the innermost loop makes. */
export const INNERMOST = 10240;
/** The slowest of all units over all tiles. */
export const SLOWEST = 10496;
/** Before and after the steady state. */
export const FILL = 10752;

// Sizes, where it has SIZES for Gemmini.
export const SUM_STEPS = 11008;
export const STORE_RUN = 11264;
export const TILES_RUN = 11520;
export const BLOCKS_K = 11776;
export const BLOCKS_C = 12032;
export const STREAM = 12288;
export const WORK_OF_TILE = 12544;
export const LOAD_OF_TILE = 12800;
export const STORE_OF_TILE = 13056;
export const TILE_COLUMNS = 13312;
export const TILE_CHANNELS = 13568;
export const TILE_KERNELS = 13824;
export const INPUT_VISITS = 14080;
export const WEIGHT_VISITS = 14336;
export const OUTPUT_VISITS = 14592;
export const ARRAY_SIZE = 14848;
export const TAPS = 15104;
export const STRIDE = 15360;
