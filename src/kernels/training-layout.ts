// How a network under training lies in linear memory; see `layout.ts` for the rules of such a file.
//
// All numbers are f32. A batch keeps its rows in lanes: unit after unit, BATCH values each. Parameters lie layer by layer, the
// weights of a layer by unit and input, then its biases; gradients and both moments lie the same way.

// Record: i32 counts and addresses.
/** Layers of weights. */
export const LAYERS = 0;
/** Rows of a batch, a multiple of 8. */
export const BATCH = 4;
export const PARAMETERS = 8;
export const GRADIENTS = 12;
export const MOMENTS = 16;
export const SQUARED_MOMENTS = 20;
/** Inputs of all rows, row after row; their targets; the weight of each row in the loss. */
export const ROW_INPUTS = 24;
export const ROW_TARGETS = 28;
export const ROW_WEIGHTS = 32;
/** i32: the rows of the batch. */
export const BATCH_ROWS = 36;
/** Units of every layer, inputs first; then room for the derivatives of two layers, the widest twice. */
export const ACTIVATIONS = 40;
export const DELTAS = 44;
/** State of the noise generator, four i32, none of them 0. */
export const NOISE_STATE = 48;
// f32.
/** Standard deviation of the noise added to inputs. */
export const NOISE = 52;
/** Residual up to which the loss is square. */
export const HUBER_DELTA = 56;
/** i32: width of the inputs, then of each layer, multiples of four. */
export const WIDTHS = 60;
export const MOST_LAYERS = 12;
export const TRAINING_RECORD_BYTES = 128;
