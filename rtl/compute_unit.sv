// Streams input rows from the scratchpad through the array and says where each result goes. The walk of a tile:
//
//   for each block of output channels, block of input channels, tap row s, tap r     one block of weights
//     for each image n, output row q, output p                                       one input row a cycle
//
// A command is up to DIM outputs of one output row; it takes at least `min_rows` cycles. Blocks follow each other without a gap if
// their weights are there. A row is read when it has been loaded, not when its tile has: compute starts with the first rows.
//
// The first block of an output channel block overwrites the accumulator (or adds to it, if the tile continues sums); it waits until
// the store unit has read what was in the row before.
//
//   cycle  t       scratchpad read             t + 1   row enters the array
//          t + 2 DIM - 1   `update`            t + 2 DIM   results at the accumulator

module compute_unit #(
    parameter int unsigned DIM = 16
) (
    input  logic                clk,
    input  logic                rst,
    input  polaris_pkg::config_t cfg,
    // Tiles.
    input  polaris_pkg::count_t dispatched,
    input  logic                all_dispatched,
    output logic                tile_read,
    output polaris_pkg::slot_t  tile_slot,
    input  polaris_pkg::tile_t  tile,
    output logic                tile_begin,
    output logic                tile_end,
    // Progress of loads.
    input  polaris_pkg::count_t inputs_begun,
    input  polaris_pkg::count_t inputs_done,
    input  polaris_pkg::count_t input_base_0,
    input  polaris_pkg::count_t input_base_1,
    input  polaris_pkg::count_t partials_begun,
    input  polaris_pkg::count_t partials_done,
    input  polaris_pkg::count_t partial_base_0,
    input  polaris_pkg::count_t partial_base_1,
    // Progress of stores: tiles, and rows read of the next one.
    input  polaris_pkg::count_t stored,
    input  polaris_pkg::row_t   stored_rows,
    // Blocks of weights in the array, and blocks whose last row has been read.
    input  polaris_pkg::count_t preloaded,
    input  logic                preload_waits,
    output polaris_pkg::count_t streamed,
    // Tiles whose inputs have all been read; tiles whose results have all been written; rows of the next one that are final.
    output polaris_pkg::count_t computed,
    output polaris_pkg::count_t written,
    output polaris_pkg::row_t   written_rows,
    // Scratchpad and array.
    output logic                read,
    output polaris_pkg::row_t   read_row,
    output logic                in_valid,
    output logic                in_bank,
    output logic                out_valid,
    // Accumulator.
    output logic                update,
    output logic                update_add,
    output polaris_pkg::row_t   update_row,
    input  logic                updated,
    // Events: what this cycle went to. `macs` with a read.
    output logic                short_row,
    output logic                stall_preload,
    output logic                stall_weights,
    output logic                stall_inputs,
    output logic                stall_partials,
    output logic                stall_hazard,
    output logic                stall_issue,
    output logic                stall_store,
    output logic [15:0]         macs
);

  localparam int unsigned GROUP = DIM >= polaris_pkg::REQUEST_BYTES ? 1 : polaris_pkg::REQUEST_BYTES / DIM;

  typedef enum logic [1:0] {IDLE, BEGIN, RUN} state_t;
  state_t state;

  assign tile_slot  = computed[polaris_pkg::SLOT_BITS-1:0];
  assign tile_read  = state == IDLE && dispatched != computed;
  assign tile_begin = state == BEGIN;

  logic input_region, output_region, load_partials, accumulate;
  assign input_region  = tile.flags[polaris_pkg::FLAG_INPUT_REGION];
  assign output_region = tile.flags[polaris_pkg::FLAG_OUTPUT_REGION];
  assign load_partials = tile.flags[polaris_pkg::FLAG_LOAD_PARTIALS];
  assign accumulate    = tile.flags[polaris_pkg::FLAG_ACCUMULATE];

  // ---- The walk ----

  // Outputs of a block, and the row of the window that each reads first.
  logic [31:0] n, q0, p0, i0, pixel;
  logic last_p, last_q, last_n, last_pixel, step, start;
  nest u_outputs (
      .clk, .start, .step,
      .limit0(32'd1), .limit1(tile.n), .limit2(tile.q), .limit3(tile.p),
      .stride0(32'd0), .stride1(tile.window_image), .stride2(tile.window_output_line), .stride3(cfg.width_stride),
      .i0, .i1(n), .i2(q0), .i3(p0), .value(pixel),
      .last3(last_p), .last2(last_q), .last1(last_n), .last(last_pixel)
  );

  // Blocks. `plane_row` is the first row of the block of input channels, `lag` how far that lies behind its place in the order of
  // requests, which carry GROUP blocks each; `tap` the place of tap (s, r) in the window.
  logic [31:0] block_k, block_c, s, r, left_k, left_c, tap, tap_line, lag;
  logic [7:0] member, block_rows, block_columns;
  polaris_pkg::row_t plane_row, output_plane_row, output_offset;
  logic last_tap, last_c, last, first;
  assign left_k = tile.k - block_k;
  assign left_c = tile.c - block_c;
  assign block_rows = 8'(left_c < DIM ? left_c : DIM);
  assign block_columns = 8'(left_k < DIM ? left_k : DIM);
  assign last_tap = r + 1 == tile.r && s + 1 == tile.s;
  assign last_c = last_tap && left_c <= DIM;
  assign last = last_c && left_k <= DIM;
  assign first = block_c == 0 && s == 0 && r == 0;

  // Rows of the present command, and cycles by which the last one was too short.
  logic [7:0] command_rows, short_left;
  logic command_end;
  assign command_end = last_p || command_rows + 1 == 8'(DIM);

  // ---- Conditions ----

  logic weights_ready, inputs_ready, partials_ready, accumulator_free;
  logic [31:0] window_row, needed;
  polaris_pkg::row_t output_row, result_row;
  polaris_pkg::count_t output_user_0, output_user_1, output_user;

  assign weights_ready = preloaded != streamed;
  assign window_row = {8'd0, plane_row} + tap + pixel;
  assign needed = window_row - lag + 1;
  assign inputs_ready = $signed(inputs_begun - computed) > 0
      && $signed(inputs_done - (input_region ? input_base_1 : input_base_0) - needed) >= 0;
  assign output_row = output_plane_row + output_offset;
  assign result_row = 24'(tile.output_row) + output_row;
  assign partials_ready = !load_partials || !first || ($signed(partials_begun - computed) > 0
      && $signed(partials_done - (output_region ? partial_base_1 : partial_base_0) - {8'd0, output_row}) > 0);
  assign output_user = output_region ? output_user_1 : output_user_0;
  assign accumulator_free = accumulate || !first || $signed(stored - output_user) >= 0
      || (stored + 1 == output_user && stored_rows > output_row);

  logic ready;
  assign ready = state == RUN && short_left == 0;
  assign read = ready && weights_ready && inputs_ready && partials_ready && accumulator_free;
  assign read_row = 24'(tile.input_row) + 24'(window_row);
  assign step = read;
  assign start = state == BEGIN;
  assign tile_end = read && last_pixel && last;

  // ---- Events ----

  assign macs = block_rows * block_columns;
  assign short_row = state == RUN && short_left != 0;
  assign stall_weights = ready && !weights_ready && preload_waits;
  assign stall_preload = ready && !weights_ready && !preload_waits;
  assign stall_inputs = ready && weights_ready && !inputs_ready;
  assign stall_partials = ready && weights_ready && inputs_ready && !partials_ready;
  assign stall_hazard = ready && weights_ready && inputs_ready && partials_ready && !accumulator_free;
  assign stall_store = state == IDLE && all_dispatched && !tile_read;
  assign stall_issue = state != RUN && !stall_store;

  // ---- Results on their way ----

  // What is known of a result when its row is read, kept until it comes out.
  typedef struct packed {
    logic                             add;
    // No block adds to this row any more; it is the last of its tile.
    logic                             complete;
    logic                             ends_tile;
    logic [polaris_pkg::ROW_BITS-1:0] row;
  } result_t;
  localparam int unsigned RESULT_BITS = 3 + polaris_pkg::ROW_BITS;
  localparam int unsigned STAGES = 2 * DIM - 1;

  logic [RESULT_BITS-1:0] results [2*DIM];
  logic [$clog2(2*DIM)-1:0] head, tail;
  logic [STAGES-1:0] flying;
  result_t result;
  logic complete, ends_tile;

  assign result = results[head];
  assign out_valid = flying[STAGES-1];
  assign update = out_valid;
  assign update_add = result.add;
  assign update_row = result.row;

  always_ff @(posedge clk) begin
    in_valid <= read && !rst;
    if (read) begin
      in_bank <= streamed[0];
      results[tail] <= {!first || accumulate, last_c, last && last_pixel, result_row};
    end
    if (update) begin
      complete <= result.complete;
      ends_tile <= result.ends_tile;
    end
    if (rst) begin
      state <= IDLE;
      flying <= '0;
      {head, tail} <= '0;
      {computed, written, streamed} <= '0;
      {output_user_0, output_user_1} <= '0;
      written_rows <= '0;
      short_left <= '0;
    end else begin
      flying <= {flying[STAGES-2:0], read};
      if (read) tail <= tail == ($clog2(2 * DIM))'(2 * DIM - 1) ? '0 : tail + 1;
      if (update) head <= head == ($clog2(2 * DIM))'(2 * DIM - 1) ? '0 : head + 1;
      if (updated) begin
        if (ends_tile) begin
          written <= written + 1;
          written_rows <= '0;
        end else if (complete) written_rows <= written_rows + 1;
      end

      case (state)
        IDLE: if (tile_read) state <= BEGIN;
        BEGIN: begin
          {block_k, block_c, s, r, tap, tap_line, lag} <= '0;
          {member, command_rows} <= '0;
          {plane_row, output_plane_row, output_offset} <= '0;
          state <= RUN;
        end
        default: begin
          if (short_left != 0) short_left <= short_left - 1;
          if (read) begin
            output_offset <= last_pixel ? '0 : output_offset + 1;
            command_rows <= command_end ? '0 : command_rows + 1;
            if (command_end && {24'd0, command_rows} + 1 < cfg.min_rows) begin
              short_left <= 8'(cfg.min_rows) - 1 - command_rows;
            end
            if (last_pixel) begin
              streamed <= streamed + 1;
              r <= r + 1;
              tap <= tap + cfg.width_dilation;
              if (r + 1 == tile.r) begin
                r <= '0;
                s <= s + 1;
                tap <= tap_line + tile.window_tap_line;
                tap_line <= tap_line + tile.window_tap_line;
              end
              if (last_tap) begin
                s <= '0;
                {tap, tap_line} <= '0;
                block_c <= block_c + DIM;
                plane_row <= plane_row + 24'(tile.input_plane);
                if (member == 8'(GROUP - 1)) member <= '0;
                else begin
                  member <= member + 1;
                  lag <= lag + tile.input_plane;
                end
              end
              if (last_c) begin
                block_c <= '0;
                {plane_row, lag, member} <= '0;
                block_k <= block_k + DIM;
                output_plane_row <= output_plane_row + 24'(tile.output_plane);
              end
            end
            if (tile_end) begin
              computed <= computed + 1;
              if (output_region) output_user_1 <= computed + 1;
              else output_user_0 <= computed + 1;
              state <= IDLE;
            end
          end
        end
      endcase
    end
  end

  logic unused;
  assign unused = &{1'b0, cfg, tile, i0, n, q0, p0, last_q, last_n};

endmodule
