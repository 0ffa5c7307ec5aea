// How the event model's records lie in linear memory; see `layout.ts` for the rules of such a file.
//
//   context        the layer and the array
//   program        what the RTL is told to do for one mapping: tiles, order of loops, transfers; no coefficient in it
//   coefficients   the calibrated cycles, one record for convolutions, one for matrix products
//   workspace      of one run: the tile at hand, costs of tile classes, the strip of tiles for the engines, their state

// Context, f64 fields.
/** Bounds of the layer in the order of the dims. */
export const LAYER_BOUND = 0;
export const LAYER_STRIDE = 56;
/** Rows and columns of the array. */
export const ARRAY_DIM = 64;

// Program, f64 fields.
export const DIM = 0;
/** 1 for a matrix product. */
export const MATMUL = 8;
export const STRIDE = 16;
export const PADDING = 24;
export const INPUT_COLUMNS = 32;
export const INPUT_ROWS = 40;
/** Tiles, each a call of the loop unit. */
export const CALLS = 48;
/** Array rows that pass through the array: a lower bound of the cycles. */
export const ROWS_STREAMED = 56;
/** Shares of the row of all channels that a tile covers, of inputs and of weights. */
export const INPUT_CONTIGUITY = 64;
export const WEIGHT_CONTIGUITY = 72;
/** 1 where rows of inputs, or of weights, lie a multiple of 256 bytes apart; 0 elsewhere. */
export const INPUT_ALIGNED = 80;
export const WEIGHT_ALIGNED = 88;
// i32 fields.
export const LOOP_COUNT = 96;
export const REUSE_COUNT = 100;
/** 1 if the walk visits a sample of the tiles. */
export const SAMPLED = 104;
/** 1 if nothing of the layer is in the caches at the start; the host may set it. */
export const COLD = 108;

/** One record a dim: what the walk of the tiles needs. f64 fields. */
export const DIM_RECORDS = 112;
export const DIM_RECORD_BYTES = 32;
export const BOUND = 0;
export const TILE = 8;
export const LAST_TILE = 16;
export const TRIPS = 24;

/** One record a loop with more than one trip, outermost first. */
export const LOOPS = 336;
export const LOOP_BYTES = 88;
/** i32: dim, number of trips visited, and for a sampled loop which; then the weight of each. */
export const LOOP_DIM = 0;
export const LOOP_VISITS = 4;
export const LOOP_SAMPLED = 8;
export const LOOP_TRIPS = 12;
export const LOOP_WEIGHTS = 40;

/** Transfers of a full and of the last tile of C, and of K: what moves for one pixel, tap or output. f64 fields. */
export const CHANNELS = 952;
export const CHANNELS_BYTES = 80;
/** C full, C last, K full, K last. */
export const CHANNELS_K = 160;
export const WIDTH = 0;
/** Blocks of the array. */
export const BLOCKS = 8;
/** DMA requests of at most 64 bytes; the cache lines they touch; those fetched when they miss. */
export const REQUESTS = 16;
export const LINES = 24;
export const MISS_LINES = 32;
// Of K alone: outputs.
export const OUTPUT_COMMANDS = 40;
export const OUTPUT_LINES = 48;
export const OUTPUT_MISS_LINES = 56;
export const OUTPUT_BEATS = 64;

/** One record a loop, innermost first, and one for the first touch: shares of lines last used there, and log2 bytes used since. */
export const REUSE = 1272;
export const REUSE_BYTES = 48;
export const INPUT_SHARE = 0;
export const WEIGHT_SHARE = 8;
export const OUTPUT_SHARE = 16;
export const INPUT_DISTANCE = 24;
export const WEIGHT_DISTANCE = 32;
export const OUTPUT_DISTANCE = 40;
export const PROGRAM_BYTES = 1664;

/** Calls up to which every tile is visited. */
export const EXACT_CALLS = 700;

// Coefficients of one kind of layer, f64; docs/event.md and src/event/coefficients.ts say what each is.
export const SHORT_ROW = 0;
export const LAST_BLOCK = 8;
export const COMPUTE_COMMAND = 16;
export const PRELOAD = 24;
export const EXECUTE_START = 32;
export const EXECUTE_START_DIM = 40;
export const IN_FLIGHT = 48;
export const IN_FLIGHT_DIM = 56;
export const INPUT_COMMAND = 64;
export const WEIGHT_COMMAND = 72;
export const REQUEST = 80;
export const REQUEST_8 = 88;
export const REQUEST_16 = 96;
export const REQUEST_32 = 104;
export const REQUEST_64 = 112;
export const ROW = 120;
export const LINE_HIT = 128;
export const ALIGNED_LINE = 136;
export const ZERO_ROW = 144;
export const ZERO_COMMAND = 152;
export const BIAS_ROW = 160;
export const BIAS_COMMAND = 168;
export const WIDE_BIAS_COMMAND = 176;
export const LOAD_START = 184;
export const MISS = 192;
export const FAR_MISS = 200;
export const CONTIGUOUS_SAVING = 208;
export const OUTPUT_MISS = 216;
export const OUTPUT_FAR_MISS = 224;
export const OUTPUT_CONTIGUOUS_SAVING = 232;
export const CACHE_LOG2 = 240;
export const FAR_CACHE_LOG2 = 248;
export const CACHE_SHARPNESS = 256;
export const COLD_SHARE = 264;
export const STORE_COMMAND = 272;
export const STORE_ROW = 280;
export const STORE_WORDS = 288;
export const STORE_BEAT = 296;
export const STORE_LINE = 304;
export const STORE_START = 312;
export const CALL_WAIT = 320;
export const CALL_ISSUE = 328;
export const LOAD_LATENCY = 336;
export const COMPUTE_LATENCY = 344;
export const COMPUTE_LATENCY_DIM = 352;
export const STORE_LATENCY = 360;
export const QUEUED_LOADS = 368;
export const QUEUED_COMPUTES = 376;
export const LAST_LOAD_SHARE = 384;
export const LOAD_WAIT_SHARE = 392;
export const LOAD_WAIT_SHARE_DIM = 400;
export const STORE_OVERLAP = 408;
export const STORE_LOAD_SHARE = 416;
export const START = 424;
export const COEFFICIENT_BYTES = 432;

// Workspace.
/** The tile at hand, f64 fields: extents and offsets in the order of the dims, then what the walk derives from them. */
export const EXTENT = 0;
export const OFFSET = 56;
/** Inputs under the tile along the width and the height, those of them outside the padding, and blocks of the array. */
export const COLUMNS = 112;
export const USED_COLUMNS = 120;
export const COLUMN_BLOCKS = 128;
export const USED_COLUMN_BLOCKS = 136;
/** Blocks of padding left and right. */
export const EDGE_BLOCKS = 144;
export const ROWS = 152;
export const USED_ROWS = 160;
// i32 fields.
/** 1 where the tile is the first, or the last, of its sums. */
export const IS_FIRST = 168;
export const IS_LAST = 172;
/** 1 where the tile of a dim is the last along it, in the order of the dims. */
export const AT_END = 176;
/** Visit of each loop, outermost first. */
export const VISIT = 204;
/** Trips that the visits of a loop and of those outside it stand for, outermost first, after 1 for no loop; f64. */
export const WEIGHTS = 232;

/** Costs of tile classes, f64 fields. P full and last: */
export const COST_P = 296;
export const COST_P_BYTES = 24;
export const ROW_CYCLES = 0;
export const BLOCK_CYCLES = 8;
export const P_BLOCKS = 16;
/** C full and last: */
export const COST_C = 344;
export const COST_C_BYTES = 48;
export const PIXEL_CYCLES = 0;
export const COMMAND_CYCLES = 8;
export const COMMANDS = 16;
export const ZERO_ROW_CYCLES = 24;
export const ZERO_COMMAND_CYCLES = 32;
export const C_BLOCKS = 40;
/** K full and last: */
export const COST_K = 440;
export const COST_K_BYTES = 56;
export const OUTPUT_CYCLES = 0;
export const STORE_CYCLES = 8;
export const BIAS_ROW_CYCLES = 16;
export const BIAS_COMMAND_CYCLES = 24;
export const K_BLOCKS = 40;
/** C and K, K the inner index: cycles of the weights of one tap, and commands. */
export const COST_CK = 552;
export const COST_CK_BYTES = 16;
export const TAP_CYCLES = 0;
export const TAP_COMMANDS = 8;
export const EXECUTE_FIXED = 616;
export const COMPUTE_LIMIT = 624;

/** Cycles that a line of each operand costs beyond a hit, on average over the lines. */
export const INPUT_MISS_CYCLES = 632;
export const WEIGHT_MISS_CYCLES = 640;
export const OUTPUT_MISS_CYCLES = 648;

/** What the engines remember from one strip to the next, f64 fields. */
export const ENGINES = 656;
export const ENGINE_ISSUED = 0;
export const ENGINE_FREE = 8;
export const ENGINE_FREE_BEFORE = 16;
export const ENGINE_LOADED = 24;
export const ENGINE_EXECUTED = 32;
export const ENGINE_STORED = 40;
export const ENGINE_EXECUTE_BEFORE = 48;
export const ENGINE_FRONT = 56;
export const ENGINE_TOTAL = 64;
/** Cycles that each engine is busy. */
export const ENGINE_LOAD = 72;
export const ENGINE_EXECUTE = 80;
export const ENGINE_STORE = 88;

/** A strip of tiles, one record each, f64 fields. */
export const STRIP = 768;
export const STRIP_TILES = 64;
export const TILE_BYTES = 64;
export const TILE_LOAD = 0;
export const TILE_EXECUTE = 8;
export const TILE_STORE = 16;
/** Load cycles of one command. */
export const TILE_LOAD_STEP = 24;
/** Execute cycles of one weight block, and of one compute command. */
export const TILE_BLOCK_STEP = 32;
export const TILE_COMPUTE_STEP = 40;
export const TILE_WEIGHT = 48;
/** 1 where the outputs are complete and leave. */
export const TILE_LEAVES = 56;
export const WORKSPACE_BYTES = 4864;

// Result, f64 fields.
export const RESULT_CYCLES = 0;
export const RESULT_LOAD = 8;
export const RESULT_EXECUTE = 16;
export const RESULT_STORE = 24;
export const RESULT_BYTES = 32;
