// What is simulated: accelerator, DRAM, counters, trace. The host side (descriptors, data, trace buffer) is C++, in harness/.

module polaris_sim #(
    parameter int unsigned DIM              = 16,
    parameter int unsigned ARRAY            = 1,
    parameter int unsigned SCRATCHPAD_ROWS  = 8388608 / DIM,
    parameter int unsigned ACCUMULATOR_ROWS = 2097152 / DIM
) (
    input  logic                 clk,
    input  logic                 rst,
    input  polaris_pkg::config_t cfg,
    input  logic                 host_valid,
    input  polaris_pkg::tile_t   host_tile,
    output logic                 host_ready,
    input  logic                 host_end,
    output logic                 finished,
    // Cycles since anything moved: for a watchdog.
    output logic [31:0]          idle_cycles,
    // Tile begins and ends are reported while this is set.
    input  logic                 trace,
    // Counter to look at; the order is that of COUNTERS in src/rtl/counters.ts.
    input  logic [5:0]           counter,
    output logic [63:0]          counter_value
);

  import "DPI-C" function void polaris_trace_event(input int unsigned code, input int unsigned tile, input int unsigned cycle);

  localparam int unsigned LINE = 32 * DIM > 512 ? 32 * DIM : 512;

  logic read_request, read_ready, response, response_taken, write_request, write_done;
  logic [31:0] read_address, write_address;
  logic [9:0] read_bytes, write_bytes;
  logic [LINE-1:0] response_data;
  logic [32*DIM-1:0] write_data;
  logic load_begin, load_end, load_request, load_stall_hazard, load_stall_dram, execute_begin, execute_end,
      execute_row, execute_short_row, execute_stall_preload, execute_stall_weights, execute_stall_inputs,
      execute_stall_partials, execute_stall_hazard, execute_stall_issue, execute_stall_store, weight_read, weight_conflict,
      weight_write, scratchpad_write, scratchpad_zero, accumulator_update, accumulator_add, accumulator_partial_write,
      store_begin, store_end, store_row, store_partial, store_stall_execute, store_stall_port, store_stall_dram;
  polaris_pkg::operand_t load_operand;
  logic [15:0] execute_macs;
  logic [7:0] weight_columns;
  polaris_pkg::count_t tiles_loaded, tiles_computed, tiles_stored;
  logic read_beat, write_beat, stall_bandwidth, stall_latency;

  accelerator #(
      .DIM(DIM), .ARRAY(ARRAY), .SCRATCHPAD_ROWS(SCRATCHPAD_ROWS), .ACCUMULATOR_ROWS(ACCUMULATOR_ROWS), .LINE(LINE)
  ) u_accelerator (
      .clk, .rst, .cfg, .host_valid, .host_tile, .host_ready, .host_end, .finished, .read_request, .read_ready,
      .read_address, .read_bytes, .response, .response_data, .response_taken, .write_request, .write_done, .write_address,
      .write_bytes, .write_data, .load_begin, .load_end, .load_request, .load_operand, .load_stall_hazard,
      .load_stall_dram, .execute_begin, .execute_end, .execute_row, .execute_short_row, .execute_stall_preload,
      .execute_stall_weights, .execute_stall_inputs, .execute_stall_partials, .execute_stall_hazard, .execute_stall_issue,
      .execute_stall_store, .execute_macs, .weight_read, .weight_conflict, .weight_write, .weight_columns,
      .scratchpad_write, .scratchpad_zero, .accumulator_update, .accumulator_add, .accumulator_partial_write, .store_begin,
      .store_end, .store_row, .store_partial, .store_stall_execute, .store_stall_port, .store_stall_dram, .tiles_loaded,
      .tiles_computed, .tiles_stored
  );

  dram_model #(.DIM(DIM), .DATA(ARRAY != 0), .LINE(LINE)) u_dram (
      .clk, .rst, .cfg, .read_request, .read_ready, .read_address, .read_bytes, .response, .response_data, .response_taken,
      .write_request, .write_done, .write_address, .write_bytes, .write_data, .read_beat, .write_beat, .stall_bandwidth,
      .stall_latency
  );

  // Counters.
  logic [63:0] n_cycles, n_execute_rows, n_execute_short_rows, n_execute_stall_preload, n_execute_stall_weights,
      n_execute_stall_inputs, n_execute_stall_partials, n_execute_stall_hazard, n_execute_stall_issue, n_execute_stall_store,
      n_load_requests, n_load_stall_hazard, n_load_stall_dram, n_store_rows, n_store_stall_execute, n_store_stall_port, n_store_stall_dram,
      n_read_beats, n_write_beats, n_dram_stall_bandwidth, n_dram_stall_latency, n_input_bytes, n_weight_bytes, n_partial_read_bytes,
      n_partial_write_bytes, n_output_bytes, n_padding_rows, n_scratchpad_weight_reads, n_scratchpad_writes, n_scratchpad_conflicts,
      n_accumulator_reads, n_accumulator_writes, n_accumulator_partial_writes, n_macs, n_padding_macs, n_weight_register_writes;
  logic moved;
  assign moved = execute_row || execute_short_row || load_request || scratchpad_write || accumulator_partial_write || store_row
      || read_beat || write_beat || weight_read || accumulator_update || host_ready;

  always_ff @(posedge clk) begin
    if (rst) begin
      {n_cycles, n_execute_rows, n_execute_short_rows, n_execute_stall_preload, n_execute_stall_weights,
       n_execute_stall_inputs, n_execute_stall_partials, n_execute_stall_hazard, n_execute_stall_issue, n_execute_stall_store,
       n_load_requests, n_load_stall_hazard, n_load_stall_dram, n_store_rows, n_store_stall_execute, n_store_stall_port,
       n_store_stall_dram, n_read_beats, n_write_beats, n_dram_stall_bandwidth, n_dram_stall_latency, n_input_bytes, n_weight_bytes,
       n_partial_read_bytes, n_partial_write_bytes, n_output_bytes, n_padding_rows, n_scratchpad_weight_reads, n_scratchpad_writes,
       n_scratchpad_conflicts, n_accumulator_reads, n_accumulator_writes, n_accumulator_partial_writes, n_macs, n_padding_macs,
       n_weight_register_writes} <= '0;
      idle_cycles <= '0;
    end else if (!finished) begin
      idle_cycles <= moved ? '0 : idle_cycles + 1;
      n_cycles <= n_cycles + 1;
      if (execute_row) n_execute_rows <= n_execute_rows + 1;
      if (execute_short_row) n_execute_short_rows <= n_execute_short_rows + 1;
      if (execute_stall_preload) n_execute_stall_preload <= n_execute_stall_preload + 1;
      if (execute_stall_weights) n_execute_stall_weights <= n_execute_stall_weights + 1;
      if (execute_stall_inputs) n_execute_stall_inputs <= n_execute_stall_inputs + 1;
      if (execute_stall_partials) n_execute_stall_partials <= n_execute_stall_partials + 1;
      if (execute_stall_hazard) n_execute_stall_hazard <= n_execute_stall_hazard + 1;
      if (execute_stall_issue) n_execute_stall_issue <= n_execute_stall_issue + 1;
      if (execute_stall_store) n_execute_stall_store <= n_execute_stall_store + 1;
      if (load_request) n_load_requests <= n_load_requests + 1;
      if (load_stall_hazard) n_load_stall_hazard <= n_load_stall_hazard + 1;
      if (load_stall_dram) n_load_stall_dram <= n_load_stall_dram + 1;
      if (store_row) n_store_rows <= n_store_rows + 1;
      if (store_stall_execute) n_store_stall_execute <= n_store_stall_execute + 1;
      if (store_stall_port) n_store_stall_port <= n_store_stall_port + 1;
      if (store_stall_dram) n_store_stall_dram <= n_store_stall_dram + 1;
      if (read_beat) n_read_beats <= n_read_beats + 1;
      if (write_beat) n_write_beats <= n_write_beats + 1;
      if (stall_bandwidth) n_dram_stall_bandwidth <= n_dram_stall_bandwidth + 1;
      if (stall_latency) n_dram_stall_latency <= n_dram_stall_latency + 1;
      if (read_request && load_operand == polaris_pkg::INPUTS) n_input_bytes <= n_input_bytes + 64'(read_bytes);
      if (read_request && load_operand == polaris_pkg::WEIGHTS) n_weight_bytes <= n_weight_bytes + 64'(read_bytes);
      if (read_request && load_operand == polaris_pkg::PARTIALS) n_partial_read_bytes <= n_partial_read_bytes + 64'(read_bytes);
      if (write_done && store_partial) n_partial_write_bytes <= n_partial_write_bytes + 64'(write_bytes);
      if (write_done && !store_partial) n_output_bytes <= n_output_bytes + 64'(write_bytes);
      if (scratchpad_zero) n_padding_rows <= n_padding_rows + 1;
      if (weight_read) n_scratchpad_weight_reads <= n_scratchpad_weight_reads + 1;
      if (scratchpad_write) n_scratchpad_writes <= n_scratchpad_writes + 1;
      if (weight_conflict) n_scratchpad_conflicts <= n_scratchpad_conflicts + 1;
      if (accumulator_update && accumulator_add) n_accumulator_reads <= n_accumulator_reads + 1;
      if (accumulator_update) n_accumulator_writes <= n_accumulator_writes + 1;
      if (accumulator_partial_write) n_accumulator_partial_writes <= n_accumulator_partial_writes + 1;
      if (execute_row) n_macs <= n_macs + 64'(execute_macs);
      if (execute_row) n_padding_macs <= n_padding_macs + 64'(DIM * DIM) - 64'(execute_macs);
      if (weight_write) n_weight_register_writes <= n_weight_register_writes + 64'(weight_columns);
    end
  end

  always_comb begin
    case (counter)
      6'd0: counter_value = n_cycles;
      6'd1: counter_value = 64'(tiles_stored);
      6'd2: counter_value = n_execute_rows;
      6'd3: counter_value = n_execute_short_rows;
      6'd4: counter_value = n_execute_stall_preload;
      6'd5: counter_value = n_execute_stall_weights;
      6'd6: counter_value = n_execute_stall_inputs;
      6'd7: counter_value = n_execute_stall_partials;
      6'd8: counter_value = n_execute_stall_hazard;
      6'd9: counter_value = n_execute_stall_issue;
      6'd10: counter_value = n_execute_stall_store;
      6'd11: counter_value = n_load_requests;
      6'd12: counter_value = n_load_stall_hazard;
      6'd13: counter_value = n_load_stall_dram;
      6'd14: counter_value = n_store_rows;
      6'd15: counter_value = n_store_stall_execute;
      6'd16: counter_value = n_store_stall_port;
      6'd17: counter_value = n_store_stall_dram;
      6'd18: counter_value = n_read_beats;
      6'd19: counter_value = n_write_beats;
      6'd20: counter_value = n_dram_stall_bandwidth;
      6'd21: counter_value = n_dram_stall_latency;
      6'd22: counter_value = n_input_bytes;
      6'd23: counter_value = n_weight_bytes;
      6'd24: counter_value = n_partial_read_bytes;
      6'd25: counter_value = n_partial_write_bytes;
      6'd26: counter_value = n_output_bytes;
      6'd27: counter_value = n_padding_rows;
      6'd28: counter_value = n_execute_rows;
      6'd29: counter_value = n_scratchpad_weight_reads;
      6'd30: counter_value = n_scratchpad_writes;
      6'd31: counter_value = n_scratchpad_conflicts;
      6'd32: counter_value = n_accumulator_reads;
      6'd33: counter_value = n_accumulator_writes;
      6'd34: counter_value = n_store_rows;
      6'd35: counter_value = n_accumulator_partial_writes;
      6'd36: counter_value = n_macs;
      6'd37: counter_value = n_padding_macs;
      6'd38: counter_value = n_weight_register_writes;
      default: counter_value = '0;
    endcase
  end

  // Trace: unit x 2, + 1 at the end of a tile.
  always_ff @(posedge clk) begin
    if (trace && !rst) begin
      if (load_begin) polaris_trace_event(0, tiles_loaded, n_cycles[31:0]);
      if (load_end) polaris_trace_event(1, tiles_loaded, n_cycles[31:0]);
      if (execute_begin) polaris_trace_event(2, tiles_computed, n_cycles[31:0]);
      if (execute_end) polaris_trace_event(3, tiles_computed, n_cycles[31:0]);
      if (store_begin) polaris_trace_event(4, tiles_stored, n_cycles[31:0]);
      if (store_end) polaris_trace_event(5, tiles_stored, n_cycles[31:0]);
    end
  end

endmodule
