// The accelerator: everything that is synthesised. DRAM and host are outside.
//
//   host --> sequencer --+-----------+--------------+-------------+
//                        |           |              |             |
//                    load_unit   preload_unit   compute_unit   store_unit
//                        |           |              |             |
//   DRAM --> dma_read ---+--> scratchpad ------> array --> accumulator --> DRAM
//
// ARRAY: 2 one `pe` module per multiplier, 1 the fast form of the same for simulation, 0 no datapath and no memories: cycles only.

module accelerator #(
    parameter int unsigned DIM              = 16,
    parameter int unsigned ARRAY            = 2,
    // Built depth of the memories; the host gives addresses below.
    parameter int unsigned SCRATCHPAD_ROWS  = 16384,
    parameter int unsigned ACCUMULATOR_ROWS = 1024,
    // Bits of a DRAM response: a whole request.
    parameter int unsigned LINE             = 32 * DIM > 512 ? 32 * DIM : 512
) (
    input  logic                 clk,
    input  logic                 rst,
    input  polaris_pkg::config_t cfg,
    // Host.
    input  logic                 host_valid,
    input  polaris_pkg::tile_t   host_tile,
    output logic                 host_ready,
    input  logic                 host_end,
    output logic                 finished,
    // DRAM reads: requests, and responses in their order.
    output logic                 read_request,
    input  logic                 read_ready,
    output logic [31:0]          read_address,
    output logic [9:0]           read_bytes,
    input  logic                 response,
    input  logic [LINE-1:0]      response_data,
    output logic                 response_taken,
    // DRAM writes: held until done.
    output logic                 write_request,
    input  logic                 write_done,
    output logic [31:0]          write_address,
    output logic [9:0]           write_bytes,
    output logic [32*DIM-1:0]    write_data,
    // Events for counters and traces.
    output logic                 load_begin,
    output logic                 load_end,
    output logic                 load_request,
    output polaris_pkg::operand_t load_operand,
    output logic                 load_stall_hazard,
    output logic                 load_stall_dram,
    output logic                 execute_begin,
    output logic                 execute_end,
    output logic                 execute_row,
    output logic                 execute_short_row,
    output logic                 execute_stall_preload,
    output logic                 execute_stall_weights,
    output logic                 execute_stall_inputs,
    output logic                 execute_stall_partials,
    output logic                 execute_stall_hazard,
    output logic                 execute_stall_issue,
    output logic                 execute_stall_store,
    output logic [15:0]          execute_macs,
    output logic                 weight_read,
    output logic                 weight_conflict,
    output logic                 weight_write,
    output logic [7:0]           weight_columns,
    output logic                 scratchpad_write,
    output logic                 scratchpad_zero,
    output logic                 accumulator_update,
    output logic                 accumulator_add,
    output logic                 accumulator_partial_write,
    output logic                 store_begin,
    output logic                 store_end,
    output logic                 store_row,
    output logic                 store_partial,
    output logic                 store_stall_execute,
    output logic                 store_stall_port,
    output logic                 store_stall_dram,
    output polaris_pkg::count_t  tiles_loaded,
    output polaris_pkg::count_t  tiles_computed,
    output polaris_pkg::count_t  tiles_stored
);

  localparam bit DATA = ARRAY != 0;

  // ---- Tiles ----
  polaris_pkg::count_t dispatched, written;
  logic all_dispatched, load_tile_read, preload_tile_read, compute_tile_read, store_tile_read;
  polaris_pkg::slot_t load_slot, preload_slot, compute_slot, store_slot;
  polaris_pkg::tile_t load_tile, preload_tile, compute_tile, store_tile;
  sequencer u_sequencer (
      .clk, .rst, .cfg, .host_valid, .host_tile, .host_ready, .host_end, .dispatched, .all_dispatched,
      .loaded(tiles_loaded), .computed(tiles_computed), .stored(tiles_stored), .finished,
      .load_read(load_tile_read), .load_slot, .load_tile,
      .preload_read(preload_tile_read), .preload_slot, .preload_tile,
      .compute_read(compute_tile_read), .compute_slot, .compute_tile,
      .store_read(store_tile_read), .store_slot, .store_tile
  );

  // ---- Loads ----
  polaris_pkg::count_t inputs_begun, weights_begun, partials_begun, inputs_done, weights_done, partials_done;
  polaris_pkg::count_t input_base_0, input_base_1, weight_base_0, weight_base_1, partial_base_0, partial_base_1;
  logic request, request_ready, request_zero;
  polaris_pkg::operand_t request_operand;
  logic [31:0] request_address;
  logic [9:0] request_bytes;
  polaris_pkg::row_t request_row, request_plane;
  load_unit #(.DIM(DIM)) u_load (
      .clk, .rst, .cfg, .dispatched, .tile_read(load_tile_read), .tile_slot(load_slot), .tile(load_tile),
      .tile_begin(load_begin), .tile_end(load_end), .loaded(tiles_loaded), .computed(tiles_computed), .stored(tiles_stored),
      .inputs_begun, .weights_begun, .partials_begun,
      .input_base_0, .input_base_1, .weight_base_0, .weight_base_1, .partial_base_0, .partial_base_1,
      .request, .request_ready, .request_operand, .request_zero, .request_address, .request_bytes, .request_row, .request_plane,
      .stall_hazard(load_stall_hazard), .stall_dram(load_stall_dram)
  );
  assign load_request = request && request_ready;
  assign load_operand = request_operand;

  polaris_pkg::row_t scratchpad_row, partial_row;
  logic [8*DIM-1:0] scratchpad_data;
  logic [32*DIM-1:0] partial_data;
  logic partial_write;
  dma_read #(.DIM(DIM), .DATA(DATA), .LINE(LINE)) u_dma (
      .clk, .rst, .cfg,
      .request, .request_ready, .request_operand, .request_zero, .request_address, .request_bytes, .request_row, .request_plane,
      .dram_request(read_request), .dram_ready(read_ready), .dram_address(read_address), .dram_bytes(read_bytes),
      .response, .response_data, .response_taken,
      .scratchpad_write, .scratchpad_zero, .scratchpad_row, .scratchpad_data,
      .accumulator_write(partial_write), .accumulator_grant(accumulator_partial_write), .accumulator_row(partial_row),
      .accumulator_data(partial_data),
      .inputs_done, .weights_done, .partials_done
  );

  // ---- Scratchpad and array ----
  logic preload_read;
  polaris_pkg::row_t compute_row, preload_row;
  logic [8*DIM-1:0] compute_data, preload_data;
  scratchpad #(.DIM(DIM), .ROWS(SCRATCHPAD_ROWS), .DATA(DATA)) u_scratchpad (
      .clk, .a_read(execute_row), .a_row(compute_row), .a_data(compute_data),
      .b_read(preload_read), .b_row(preload_row), .b_grant(weight_read), .b_data(preload_data),
      .write(scratchpad_write), .write_row(scratchpad_row), .write_data(scratchpad_data)
  );

  polaris_pkg::count_t preloaded, streamed;
  logic weight_bank, preload_waits;
  logic [7:0] weight_row;
  preload_unit #(.DIM(DIM)) u_preload (
      .clk, .rst, .dispatched, .tile_read(preload_tile_read), .tile_slot(preload_slot), .tile(preload_tile),
      .weights_begun, .weights_done, .weight_base_0, .weight_base_1, .preloaded, .streamed,
      .read(preload_read), .read_grant(weight_read), .read_row(preload_row),
      .weight_valid(weight_write), .weight_bank, .weight_row,
      .waits_for_weights(preload_waits), .conflict(weight_conflict), .columns(weight_columns)
  );

  polaris_pkg::row_t written_rows, stored_rows, update_row;
  logic in_valid, in_bank, out_valid, updated;
  compute_unit #(.DIM(DIM)) u_compute (
      .clk, .rst, .cfg, .dispatched, .all_dispatched,
      .tile_read(compute_tile_read), .tile_slot(compute_slot), .tile(compute_tile),
      .tile_begin(execute_begin), .tile_end(execute_end),
      .inputs_begun, .inputs_done, .input_base_0, .input_base_1,
      .partials_begun, .partials_done, .partial_base_0, .partial_base_1,
      .stored(tiles_stored), .stored_rows, .preloaded, .preload_waits, .streamed,
      .computed(tiles_computed), .written, .written_rows,
      .read(execute_row), .read_row(compute_row), .in_valid, .in_bank, .out_valid,
      .update(accumulator_update), .update_add(accumulator_add), .update_row, .updated,
      .short_row(execute_short_row), .stall_preload(execute_stall_preload), .stall_weights(execute_stall_weights),
      .stall_inputs(execute_stall_inputs), .stall_partials(execute_stall_partials), .stall_hazard(execute_stall_hazard),
      .stall_issue(execute_stall_issue), .stall_store(execute_stall_store), .macs(execute_macs)
  );

  logic [32*DIM-1:0] results;
  if (ARRAY == 2) begin : g_pe
    array_pe #(.DIM(DIM)) u_array (
        .clk, .rst, .weight_valid(weight_write), .weight_bank, .weight_row, .weight_data(preload_data),
        .in_valid, .in_bank, .in_data(compute_data), .out_valid, .out_data(results)
    );
  end else if (ARRAY == 1) begin : g_loop
    array_loop #(.DIM(DIM)) u_array (
        .clk, .rst, .weight_valid(weight_write), .weight_bank, .weight_row, .weight_data(preload_data),
        .in_valid, .in_bank, .in_data(compute_data), .out_valid, .out_data(results)
    );
  end else begin : g_none
    logic unused;
    assign unused = &{1'b0, weight_bank, weight_row, preload_data, in_valid, in_bank, compute_data, out_valid};
    assign results = '0;
  end

  // ---- Accumulator and stores ----
  logic store_read;
  polaris_pkg::row_t store_row_address;
  logic [32*DIM-1:0] store_data;
  accumulator #(.DIM(DIM), .ROWS(ACCUMULATOR_ROWS), .DATA(DATA)) u_accumulator (
      .clk, .rst, .update(accumulator_update), .update_add(accumulator_add), .update_row, .update_data(results), .updated,
      .read(store_read), .read_row(store_row_address), .read_grant(store_row), .read_data(store_data),
      .write(partial_write), .write_row(partial_row), .write_grant(accumulator_partial_write), .write_data(partial_data)
  );

  store_unit #(.DIM(DIM), .DATA(DATA)) u_store (
      .clk, .rst, .cfg, .dispatched, .tile_read(store_tile_read), .tile_slot(store_slot), .tile(store_tile),
      .tile_begin(store_begin), .tile_end(store_end), .written, .written_rows, .stored(tiles_stored), .stored_rows,
      .read(store_read), .read_grant(store_row), .read_row(store_row_address), .read_data(store_data),
      .dram_write(write_request), .dram_done(write_done), .dram_address(write_address), .dram_bytes(write_bytes),
      .dram_data(write_data), .partial(store_partial),
      .stall_execute(store_stall_execute), .stall_port(store_stall_port), .stall_dram(store_stall_dram)
  );

endmodule
