// The words that the host hands to the RTL. `rtl/polaris_pkg.sv` lists the same fields; a test compares the two.

/** Configuration words, 32 bits each, constant while a layer runs. */
export const CONFIG_FIELDS = [
  // The machine.
  "bus_bytes",
  "dram_bandwidth_q8",
  "dram_latency",
  "max_inflight",
  "tile_issue",
  "load_queue",
  "execute_queue",
  "store_queue",
  "min_rows",
  // The layer. Strides of inputs and weights in DRAM are bytes, those of outputs elements.
  "width_stride",
  "width_dilation",
  "image_height",
  "image_width",
  "input_pixel",
  "input_line",
  "input_image",
  "weight_channel",
  "weight_tap",
  "weight_tap_line",
  "output_pixel",
  "output_line",
  "output_image",
  /** Byte address of the outputs (int8) and of the partial sums (int32). */
  "output_address",
  "partial_address",
  /** An accumulator leaves as clip(round(sum / 2^shift)) and, with `relu`, not below 0. */
  "shift",
  "relu",
] as const;
export type ConfigField = (typeof CONFIG_FIELDS)[number];

/** Words of one tile descriptor, 32 bits each. A tile is what one iteration of the DRAM loops works on. */
export const TILE_FIELDS = [
  "flags",
  // Extents; output rows q run along the height, columns p along the width, taps s and r likewise.
  "n",
  "q",
  "p",
  "k",
  "c",
  "s",
  "r",
  // The input window: its extents, and where its first pixel lies in the image (signed; outside is zero).
  "window_height",
  "window_width",
  "window_y",
  "window_x",
  // DRAM: byte addresses of the first input (may lie before the image) and weight, index of the first output.
  "input_address",
  "weight_address",
  "output_index",
  // First rows of the regions in scratchpad and accumulator.
  "input_row",
  "weight_row",
  "output_row",
  // Rows that one block of `dim` channels takes: n x height x width, c x s x r and n x q x p.
  "input_plane",
  "weight_plane",
  "output_plane",
  // Rows of the window from image to image, from output row to output row, from tap row to tap row.
  "window_image",
  "window_output_line",
  "window_tap_line",
  /** Tiles that must have been stored to the end before the partial sums of this one are read. */
  "stored_before",
] as const;
export type TileField = (typeof TILE_FIELDS)[number];

/** Bits of `flags`. */
export const FLAGS = {
  loadInputs: 1 << 0,
  loadWeights: 1 << 1,
  /** Partial sums come back from DRAM before the tile is computed. */
  loadPartials: 1 << 2,
  /** The first products are added to what the accumulator region holds; else they overwrite it. */
  accumulate: 1 << 3,
  store: 1 << 4,
  /** Stores 32-bit partial sums rather than scaled 8-bit outputs. */
  storePartials: 1 << 5,
  /** Which of its two regions each operand uses. */
  inputRegion: 1 << 6,
  weightRegion: 1 << 7,
  outputRegion: 1 << 8,
} as const;

export const TILE_WORDS = TILE_FIELDS.length;

/** Largest DMA request in bytes, as in Gemmini: it carries that many channels of a pixel or of a weight row. */
export const REQUEST_BYTES = 64;

/** Blocks of `dim` channels that one DMA request carries at most. */
export function blocksPerRequest(dim: number): number {
  return Math.max(1, Math.floor(REQUEST_BYTES / dim));
}
