// Moves final sums from the accumulator to DRAM, in the order in which the compute unit completes them:
//
//   for each block of output channels, image n, output row q, output p     one row of up to DIM outputs
//
// A row is read when it is final, not when its tile is. It leaves scaled to 8 bits, or as 32-bit partial sums. One row a cycle at
// most, one write to DRAM a row. A tile is stored when its last write has been done.
//
//   cycle t: accumulator read     t + 1: scaled, into the write queue     from t + 2: at DRAM

module store_unit #(
    parameter int unsigned DIM  = 16,
    parameter bit          DATA = 1
) (
    input  logic                clk,
    input  logic                rst,
    input  polaris_pkg::config_t cfg,
    // Tiles.
    input  polaris_pkg::count_t dispatched,
    output logic                tile_read,
    output polaris_pkg::slot_t  tile_slot,
    input  polaris_pkg::tile_t  tile,
    output logic                tile_begin,
    output logic                tile_end,
    // Progress of results.
    input  polaris_pkg::count_t written,
    input  polaris_pkg::row_t   written_rows,
    // Tiles done, and rows read of the next one.
    output polaris_pkg::count_t stored,
    output polaris_pkg::row_t   stored_rows,
    // Accumulator.
    output logic                read,
    input  logic                read_grant,
    output polaris_pkg::row_t   read_row,
    input  logic [32*DIM-1:0]   read_data,
    // DRAM: the write at hand, until it is done.
    output logic                dram_write,
    input  logic                dram_done,
    output logic [31:0]         dram_address,
    output logic [9:0]          dram_bytes,
    output logic [32*DIM-1:0]   dram_data,
    // Events. `partial`: the tile stores partial sums.
    output logic                partial,
    output logic                stall_execute,
    output logic                stall_port,
    output logic                stall_dram
);

  localparam int unsigned ENTRIES = 4;

  typedef enum logic [1:0] {IDLE, BEGIN, RUN, DRAIN} state_t;
  state_t state;

  logic stores;
  assign stores = tile.flags[polaris_pkg::FLAG_STORE];
  assign partial = tile.flags[polaris_pkg::FLAG_STORE_PARTIALS];
  assign tile_slot = stored[polaris_pkg::SLOT_BITS-1:0];
  assign tile_read = state == IDLE && dispatched != stored;

  // The walk, in elements.
  logic [31:0] block, left, channels, i0, n, q, p, element;
  logic last_p, last_q, last_n, last, start, step;
  assign left = tile.k - block;
  assign channels = left < DIM ? left : DIM;
  nest u_outputs (
      .clk, .start, .step,
      .limit0(left <= DIM ? i0 + 1 : i0 + 2), .limit1(tile.n), .limit2(tile.q), .limit3(tile.p),
      .stride0(DIM), .stride1(cfg.output_image), .stride2(cfg.output_line), .stride3(cfg.output_pixel),
      .i0, .i1(n), .i2(q), .i3(p), .value(element),
      .last3(last_p), .last2(last_q), .last1(last_n), .last
  );

  // Write queue; `reading` is a row on its way into it.
  logic [31:0] address_queue [ENTRIES];
  logic [9:0] bytes_queue [ENTRIES];
  logic [1:0] head, tail;
  logic [2:0] count;
  logic reading, room;
  logic [31:0] reading_address, address;
  logic [9:0] reading_bytes;
  assign room = {1'b0, count} + {3'd0, reading} < 4'(ENTRIES);

  logic final_row;
  assign final_row = $signed(written - stored) > 0 || (written == stored && written_rows > stored_rows);
  assign read = state == RUN && room && final_row;
  assign read_row = 24'(tile.output_row) + stored_rows;
  assign step = read_grant;
  assign start = state == BEGIN;
  assign address = partial ? cfg.partial_address + ((tile.output_index + element) << 2)
                           : cfg.output_address + tile.output_index + element;

  logic drained;
  assign drained = count == 0 && !reading && (stores || $signed(written - stored) > 0);
  assign tile_begin = state == RUN && read_grant && stored_rows == 0;
  assign tile_end = state == DRAIN && drained && stores;

  assign stall_execute = state == RUN && !final_row;
  assign stall_dram = state == RUN && final_row && !room;
  assign stall_port = read && !read_grant;

  assign dram_write = count != 0;
  assign dram_address = address_queue[head];
  assign dram_bytes = bytes_queue[head];

  always_ff @(posedge clk) begin
    reading <= read_grant && !rst;
    if (read_grant) begin
      reading_address <= address;
      reading_bytes <= 10'(partial ? channels << 2 : channels);
    end
    if (reading) begin
      address_queue[tail] <= reading_address;
      bytes_queue[tail] <= reading_bytes;
    end
    if (rst) begin
      state <= IDLE;
      {head, tail, count} <= '0;
      stored <= '0;
      stored_rows <= '0;
    end else begin
      if (reading) tail <= tail + 1;
      if (dram_done) head <= head + 1;
      count <= count + 3'(reading) - 3'(dram_done);
      case (state)
        IDLE: if (tile_read) state <= BEGIN;
        BEGIN: begin
          block <= '0;
          state <= stores ? RUN : DRAIN;
        end
        RUN: if (read_grant) begin
          stored_rows <= stored_rows + 1;
          if (last_n) block <= block + DIM;
          if (last) state <= DRAIN;
        end
        default: if (drained) begin
          stored <= stored + 1;
          stored_rows <= '0;
          state <= IDLE;
        end
      endcase
    end
  end

  if (DATA) begin : g_data
    logic [32*DIM-1:0] data_queue [ENTRIES];
    logic [8*DIM-1:0] scaled;
    scale #(.LANES(DIM)) u_scale (.shift(cfg.shift[4:0]), .relu(cfg.relu[0]), .sums(read_data), .outputs(scaled));
    always_ff @(posedge clk) begin
      if (reading) data_queue[tail] <= partial ? read_data : {{(24*DIM){1'b0}}, scaled};
    end
    assign dram_data = data_queue[head];
  end else begin : g_none
    logic unused_data;
    assign unused_data = &{1'b0, read_data};
    assign dram_data = '0;
  end

  logic unused;
  assign unused = &{1'b0, cfg, tile, i0, n, q, p, last_p, last_q};

endmodule
