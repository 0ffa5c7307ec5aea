// Types and constants that every module of the accelerator shares.
//
// Structs are packed and list their fields last word first, so that word 0 is the first field of the lists in
// src/rtl/descriptor.ts (test/rtl/layout.test.ts compares them).

package polaris_pkg;

  // Row addresses of scratchpad and accumulator.
  localparam int unsigned ROW_BITS = 24;
  // Largest DMA request.
  localparam int unsigned REQUEST_BYTES = 64;
  // Entries of the tile ring, twice the longest queue.
  localparam int unsigned RING = 16;
  localparam int unsigned SLOT_BITS = 4;
  // Most read requests that can wait for their data; `max_inflight` bounds those in DRAM.
  localparam int unsigned PENDING = 64;
  // Scratchpad and accumulator banks, interleaved by row.
  localparam int unsigned SCRATCHPAD_BANKS = 4;

  typedef logic [ROW_BITS-1:0] row_t;
  typedef logic [SLOT_BITS-1:0] slot_t;
  // Counts of tiles and requests. They wrap; only differences are looked at.
  typedef logic [31:0] count_t;

  // Constant while a layer runs.
  typedef struct packed {
    logic [31:0] relu;
    logic [31:0] shift;
    logic [31:0] partial_address;
    logic [31:0] output_address;
    logic [31:0] output_image;
    logic [31:0] output_line;
    logic [31:0] output_pixel;
    logic [31:0] weight_tap_line;
    logic [31:0] weight_tap;
    logic [31:0] weight_channel;
    logic [31:0] input_image;
    logic [31:0] input_line;
    logic [31:0] input_pixel;
    logic [31:0] image_width;
    logic [31:0] image_height;
    logic [31:0] width_dilation;
    logic [31:0] width_stride;
    logic [31:0] min_rows;
    logic [31:0] store_queue;
    logic [31:0] execute_queue;
    logic [31:0] load_queue;
    logic [31:0] tile_issue;
    logic [31:0] max_inflight;
    logic [31:0] dram_latency;
    logic [31:0] dram_bandwidth_q8;
    logic [31:0] bus_bytes;
  } config_t;

  // One tile. `flags` bit by bit: see FLAG_*.
  typedef struct packed {
    logic [31:0] stored_before;
    logic [31:0] window_tap_line;
    logic [31:0] window_output_line;
    logic [31:0] window_image;
    logic [31:0] output_plane;
    logic [31:0] weight_plane;
    logic [31:0] input_plane;
    logic [31:0] output_row;
    logic [31:0] weight_row;
    logic [31:0] input_row;
    logic [31:0] output_index;
    logic [31:0] weight_address;
    logic [31:0] input_address;
    logic [31:0] window_x;
    logic [31:0] window_y;
    logic [31:0] window_width;
    logic [31:0] window_height;
    logic [31:0] r;
    logic [31:0] s;
    logic [31:0] c;
    logic [31:0] k;
    logic [31:0] p;
    logic [31:0] q;
    logic [31:0] n;
    logic [31:0] flags;
  } tile_t;

  localparam int unsigned TILE_BITS = 800;

  localparam int unsigned FLAG_LOAD_INPUTS    = 0;
  localparam int unsigned FLAG_LOAD_WEIGHTS   = 1;
  localparam int unsigned FLAG_LOAD_PARTIALS  = 2;
  localparam int unsigned FLAG_ACCUMULATE     = 3;
  localparam int unsigned FLAG_STORE          = 4;
  localparam int unsigned FLAG_STORE_PARTIALS = 5;
  localparam int unsigned FLAG_INPUT_REGION   = 6;
  localparam int unsigned FLAG_WEIGHT_REGION  = 7;
  localparam int unsigned FLAG_OUTPUT_REGION  = 8;

  // What a DMA request fetches.
  typedef logic [1:0] operand_t;
  localparam logic [1:0] WEIGHTS  = 2'd0;
  localparam logic [1:0] INPUTS   = 2'd1;
  localparam logic [1:0] PARTIALS = 2'd2;

endpackage
