// How Starlight's records lie in linear memory; see `layout.ts` for the rules of such a file.
//
//   physics  what a layer, an array and the calibrated cycles of a profile contribute to every candidate
//   scratch  columns of f32 that one stage leaves for the next; a region of each thread's own

// Physics record, f32 fields. Bounds of the layer as the RTL runs it, in the order of the dims.
export const BOUND = 0;
export const STRIDE_W = 28;
export const STRIDE_H = 32;
/** Pixels of padding before the first input, and inputs along each axis. */
export const PADDING_W = 36;
export const PADDING_H = 40;
export const INPUT_W = 44;
export const INPUT_H = 48;
/** Rows and columns of the array, and 1 / DIM. */
export const ARRAY = 52;
/** Units that the tiles of P, C and K are counted in: each unit becomes one array. 0: tiles are what the mapping says. */
export const TILE_UNIT = 56;
/** All ones for a convolution, 0 for a matrix product. */
export const CONVOLUTION = 60;
/** i32: largest power of two, at most 64, that divides the bytes of a row of all C, or of all K. */
export const ALIGNMENT_C = 64;
export const ALIGNMENT_K = 68;
/** Lines that rows a power of two apart occupy at least: pitch in lines, its largest power of two, or 0. */
export const CONFLICT_C = 72;
export const CONFLICT_K = 76;

// Calibrated cycles; docs/event.md says what each is. Those that depend on the array or the layer have it worked in.
export const SHORT_ROW = 80;
export const LAST_BLOCK = 84;
export const COMPUTE_COMMAND = 88;
export const PRELOAD = 92;
export const EXECUTE_CALL = 96;
export const EXECUTE_START = 100;
export const IN_FLIGHT = 104;
export const INPUT_COMMAND = 108;
export const WEIGHT_COMMAND = 112;
/** Of a request of no bytes; for each byte up to 8, from there to 16, to 32, to 64; of a request of 64 bytes. */
export const REQUEST = 116;
export const REQUEST_TO_8 = 120;
export const REQUEST_TO_16 = 124;
export const REQUEST_TO_32 = 128;
export const REQUEST_TO_64 = 132;
export const REQUEST_64 = 136;
export const ROW = 140;
export const INPUT_LINE = 144;
export const WEIGHT_LINE = 148;
export const ZERO_ROW = 152;
export const ZERO_COMMAND = 156;
export const BIAS_ROW = 160;
export const BIAS_COMMAND = 164;
export const LOAD_START = 168;
export const MISS = 172;
export const FAR_MISS = 176;
export const CONTIGUOUS_SAVING = 180;
export const OUTPUT_MISS = 184;
export const OUTPUT_FAR_MISS = 188;
export const OUTPUT_CONTIGUOUS_SAVING = 192;
export const CACHE_LOG2 = 196;
export const FAR_CACHE_LOG2 = 200;
/** Times log2 e. */
export const CACHE_SHARPNESS = 204;
export const STORE_COMMAND = 208;
export const STORE_ROW = 212;
export const STORE_WORDS = 216;
export const STORE_BEAT = 220;
export const STORE_LINE = 224;
export const STORE_START = 228;
export const CALL_WAIT = 232;
export const CALL_ISSUE = 236;
export const LOAD_LATENCY = 240;
export const STORE_LATENCY = 244;
export const QUEUED_LOADS = 248;
export const QUEUED_COMPUTES = 252;
export const LAST_LOAD_SHARE = 256;
export const LOAD_WAIT_SHARE = 260;
export const STORE_OVERLAP = 264;
export const STORE_LOAD_SHARE = 268;
/** Of first touches that miss where nothing of the layer is in the caches; 0 for a warm run. */
export const COLD_SHARE = 272;
export const START = 276;

/**
 * What the interval is made of: ln of its half-width = SPREAD_FLOOR + SPREAD_SCALE x spread of the ensemble + SPREAD_LOAD, SPREAD_STORE x
 * share of loads, of stores, in the closed form.
 */
export const SPREAD_FLOOR = 280;
export const SPREAD_SCALE = 284;
/** i32: address of the network, 0 for none: then the closed form answers alone. */
export const NETWORK = 288;
/** i32: 0 for Gemmini's closed form, 1 for that of our own RTL, whose record has other fields (`starlight-machine-layout.ts`). */
export const FORM = 292;
export const SPREAD_LOAD = 296;
export const SPREAD_STORE = 300;

// Constants of the arithmetic that is done for every candidate many times over, the same in every record. An engine may make a vector
// of a constant anew at each use, in two or three instructions of the units that compute, and reads it in one of those that load.
export const ONE = 304;
/** i32: bits of the mantissa, and what the exponent is off by. */
export const MANTISSA = 308;
export const EXPONENT_BIAS = 312;
/** From the highest power to the lowest. */
export const LOG2_TERMS = 316;
export const EXP2_TERMS = 332;
export const LEAST_EXPONENT = 352;
export const LARGEST_EXPONENT = 356;
/** Least ratio that the network can tell from others. */
export const LEAST_RATIO = 360;
/** Largest activation, and 1.5 x 2^23, whose addition rounds and leaves the whole number in the low bits. */
export const LARGEST_ACTIVATION = 364;
export const ROUNDING = 368;
/** Bytes of a cache line, and their inverse. */
export const LINE = 372;
export const PER_LINE = 376;
/** i32: places of loops that no mapping lists, in the order of the dims, and of those of one trip. */
export const UNLISTED = 384;
export const NOWHERE = 412;
export const PHYSICS_BYTES = 416;

// Scratch columns, f32: tile extents, trips and extents of the last tile, in the order of the dims, times COLUMN.
export const TILES = 0;
export const TRIPS = 1792;
export const LASTS = 3584;

// Shares of the lines of an operand that miss the cache, and the far cache; times the cycles of a miss: cycles of a line.
export const INPUT_MISS_CYCLES = 5376;
export const WEIGHT_MISS_CYCLES = 5632;
export const OUTPUT_MISS_CYCLES = 5888;
/** Product of the trips of the loops inside the innermost one of R, S and C: stores follow each other in runs of so many. */
export const RUN = 6144;

// What the closed form finds, cycles over all tiles; inputs of the network as ratios to BASE.
export const COMPONENTS = 6912;
/** Array rows that pass through the array: the exact lower bound of the latency. */
export const STREAMED = 6912;
export const EXECUTE = 7168;
export const IN_FLIGHT_LIMIT = 7424;
export const LAST_BLOCKS = 7680;
export const LOAD = 7936;
export const LOAD_INPUTS = 8192;
export const LOAD_WEIGHTS = 8448;
export const LOAD_MISSES = 8704;
export const LOAD_PADDING = 8960;
export const STORE = 9216;
export const STORE_MISSES = 9472;
export const ISSUE = 9728;
export const SERIAL = 9984;
export const PAIRED = 10240;
export const FILL = 10496;
export const WEIGHT_MISSES = 10752;
export const COMPONENT_COUNT = 16;

// Sizes, inputs of the network as they are.
export const SIZES = 11008;
export const SUM_STEPS = 11008;
export const STORE_RUN = 11264;
export const CALLS = 11520;
export const PRELOADS_OF_CALL = 11776;
export const COMPUTES_OF_CALL = 12032;
export const COMMANDS_OF_CALL = 12288;
export const TILE_COLUMNS = 12544;
export const TILE_CHANNELS = 12800;
export const TILE_KERNELS = 13056;
export const CHANNEL_SHARE = 13312;
export const KERNEL_SHARE = 13568;
export const RAGGED = 13824;
export const INPUT_FOOTPRINT = 14080;
export const WEIGHT_FOOTPRINT = 14336;
export const OUTPUT_FOOTPRINT = 14592;
export const ARRAY_SIZE = 14848;
export const TAPS = 15104;
export const STRIDE = 15360;
export const SIZE_COUNT = 18;
// Flags, inputs as they are: 1 if the innermost loop is over R, S or C; 1 if it is over K.
export const SUM_INNERMOST = 15616;
export const K_INNERMOST = 15872;
/** Inputs of the network, from COMPONENTS on: ratios, sizes, flags. */
export const INPUT_COUNT = 36;

/** Latency of the closed form, cycles. */
export const BASE = 16128;
/** Units of the last layer of the network: ln of the factor, one net of the ensemble each. */
export const FACTORS = 16384;
/** Activations, the widest layer of the baseline form: 64 units of 64 candidates in 16 bits. */
export const ACTIVATIONS_A = 17408;
export const ACTIVATIONS_B = 25600;
// While the shares of misses are computed, columns in place of the activations. Loops in the order of the dims: places, and shares of
// the lines of inputs and of weights that come back at each.
export const PLACES = 17408;
export const INPUTS_BACK = 19200;
export const WEIGHTS_BACK = 20992;
/** Lines of a row of the tile, as it is and where rows share the sets of the cache. */
export const LINES_C = 22784;
export const LINES_K = 23040;
export const CROWDED_C = 23296;
export const CROWDED_K = 23552;
/** Place of the outermost loop over R, S or C; -1 if there is none. */
export const OUTERMOST_SUM = 23808;
/** Cycles of a miss of the cache that hits the far one. */
export const NEAR_INPUTS = 24064;
export const NEAR_WEIGHTS = 24320;
export const NEAR_OUTPUTS = 24576;
// While the engines are described, columns in place of the activations.
/** Blocks of the array along each dim, over all its tiles. */
export const BLOCKS_C = 24832;
export const BLOCKS_K = 25088;
export const BLOCKS_P = 25344;
/** Commands of the loads of inputs, and of the zeros in their place, over all tiles. */
export const INPUT_COMMANDS = 25600;
export const ZERO_COMMANDS = 25856;
/** Tiles of outputs: calls that store. */
export const STORES = 26112;
export const STARLIGHT_SCRATCH_BYTES = 33792;

// Network: i32 counts and addresses of layers, then the quantisation of the inputs.
export const NETWORK_INPUTS = 0;
/** Nets of the ensemble, 1 to 4. */
export const NETWORK_NETS = 4;
export const NETWORK_LAYER_1 = 8;
export const NETWORK_LAYER_2 = 12;
export const NETWORK_LAYER_3 = 16;
/** f32: activation = log2(input) x scale + offset, both lists in the order of the inputs. */
export const NETWORK_SCALES = 32;
export const NETWORK_OFFSETS = 176;
export const NETWORK_HEADER = 320;
