// How Starlight's integer network lies in linear memory; see `layout.ts` for the rules of such a file.
//
// Activations are whole numbers from 0 to 127, candidates in lanes: a panel is 8 candidates, and a step of a panel 32 bytes, two
// vectors of four candidates with some neighbouring units of each. A baseline step has 2 units of 16 bits, a relaxed one 4 of 8 bits.
//
//   panel ── step 0: [candidates 0-3][candidates 4-7]  step 1: ...
//
// A layer is dense or a row of equal dense groups (the nets of an ensemble). Its weights lie tile by tile, four units to a tile:
//
//   layer ─┬─ groups, tiles of a group, steps of a group   i32
//          └─ tiles ─┬─ start   what the accumulators of the four units begin with
//                    ├─ bias    i32, added at the end (relaxed; the baseline starts with it); of hidden units times 2^PAIR_SHIFT
//                    ├─ scale   f32, of the units of the last layer
//                    └─ weights 16 bytes a step

/** Candidates of a panel, and bytes of one of its steps. */
export const PANEL = 8;
export const PANEL_STEP = 32;
/** Units computed together. */
export const TILE_UNITS = 4;
/** Largest activation. */
export const ACTIVATION_MAX = 127;
/** A hidden unit is its sum shifted right by so much, then clamped to 0 ... ACTIVATION_MAX. */
export const ACTIVATION_SHIFT = 6;
/** Shift to the left that puts the same bits of a sum below 2^21 in size into the upper half of 32: units are kept in pairs. */
export const PAIR_SHIFT = 10;
/** A bias beyond so much, and more than any sum of a hidden layer is wide, holds the unit at an end of its range. */
export const BIAS_MAX = 1048576;

// Layer header, i32 fields.
export const LAYER_GROUPS = 0;
export const LAYER_TILES = 4;
export const LAYER_STEPS = 8;
export const LAYER_HEADER = 16;

// Tile.
export const TILE_START = 0;
export const TILE_BIAS = 16;
export const TILE_SCALE = 32;
export const TILE_WEIGHTS = 48;
/** Bytes of the weights of one step. */
export const WEIGHT_STEP = 16;
