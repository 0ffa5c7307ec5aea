// Moves weights from scratchpad to array, one block of up to DIM x DIM at a time and one block ahead of the compute unit: while
// block b is computed, block b + 1 goes to the other weight registers. Blocks come in the order of the compute unit:
//
//   for each block of output channels, block of input channels, tap row s, tap r
//
// One weight row a cycle, unless its rows are not there yet, both weight registers are in use, or the scratchpad's bank is.

module preload_unit #(
    parameter int unsigned DIM = 16
) (
    input  logic                clk,
    input  logic                rst,
    // Tiles.
    input  polaris_pkg::count_t dispatched,
    output logic                tile_read,
    output polaris_pkg::slot_t  tile_slot,
    input  polaris_pkg::tile_t  tile,
    // Progress of the weights.
    input  polaris_pkg::count_t weights_begun,
    input  polaris_pkg::count_t weights_done,
    input  polaris_pkg::count_t weight_base_0,
    input  polaris_pkg::count_t weight_base_1,
    // Blocks that are in the array, and blocks whose last input row has entered it.
    output polaris_pkg::count_t preloaded,
    input  polaris_pkg::count_t streamed,
    // Scratchpad.
    output logic                read,
    input  logic                read_grant,
    output polaris_pkg::row_t   read_row,
    // Array: the row that is read now arrives in the next cycle.
    output logic                weight_valid,
    output logic                weight_bank,
    output logic [7:0]          weight_row,
    // Events.
    output logic                waits_for_weights,
    output logic                conflict,
    output logic [7:0]          columns
);

  localparam int unsigned GROUP = DIM >= polaris_pkg::REQUEST_BYTES ? 1 : polaris_pkg::REQUEST_BYTES / DIM;

  typedef enum logic [1:0] {IDLE, BEGIN, RUN} state_t;
  state_t state;
  polaris_pkg::count_t done;

  assign tile_slot = done[polaris_pkg::SLOT_BITS-1:0];
  assign tile_read = state == IDLE && dispatched != done;

  // Blocks, counted by their channels. `lag` is how many rows a block lies behind its place in the order of requests, which carry
  // GROUP blocks of output channels each.
  logic [31:0] block_k, block_c;
  logic [7:0] row, member;
  polaris_pkg::row_t plane_row, offset;
  logic [31:0] lag;
  logic [31:0] left_k, left_c, rows;
  assign left_k = tile.k - block_k;
  assign left_c = tile.c - block_c;
  assign rows = left_c < DIM ? left_c : DIM;

  logic last_row, last_tap, last_block, last;
  logic [31:0] s, r;
  assign last_row   = {24'd0, row} + 1 == rows;
  assign last_tap   = r + 1 == tile.r && s + 1 == tile.s;
  assign last_block = last_tap && left_c <= DIM;
  assign last       = last_block && left_k <= DIM;

  polaris_pkg::count_t base, needed;
  logic there, free;
  assign base   = tile.flags[polaris_pkg::FLAG_WEIGHT_REGION] ? weight_base_1 : weight_base_0;
  assign needed = {8'd0, plane_row + offset} - lag + 1;
  assign there  = $signed(weights_begun - done) > 0 && $signed(weights_done - base - needed) >= 0;
  assign free   = preloaded - streamed < 2;

  assign read = state == RUN && free && there;
  assign read_row = 24'(tile.weight_row) + plane_row + offset;
  assign waits_for_weights = state != RUN || !there;
  assign conflict = read && !read_grant;

  always_ff @(posedge clk) begin
    weight_valid <= read_grant && !rst;
    if (read_grant) begin
      weight_bank <= preloaded[0];
      weight_row  <= row;
      columns     <= 8'(left_k < DIM ? left_k : DIM);
    end
    if (rst) begin
      state <= IDLE;
      done <= '0;
      preloaded <= '0;
    end else begin
      case (state)
        IDLE: if (tile_read) state <= BEGIN;
        BEGIN: begin
          {block_k, block_c, s, r, lag} <= '0;
          {row, member} <= '0;
          {plane_row, offset} <= '0;
          state <= RUN;
        end
        default: if (read_grant) begin
          offset <= offset + 1;
          row <= last_row ? '0 : row + 1;
          if (last_row) begin
            preloaded <= preloaded + 1;
            r <= r + 1;
            if (r + 1 == tile.r) begin
              r <= '0;
              s <= s + 1;
            end
            if (last_tap) begin
              s <= '0;
              block_c <= block_c + DIM;
            end
            if (last_block) begin
              block_c <= '0;
              block_k <= block_k + DIM;
              offset <= '0;
              plane_row <= plane_row + 24'(tile.weight_plane);
              if (member == 8'(GROUP - 1)) member <= '0;
              else begin
                member <= member + 1;
                lag <= lag + tile.weight_plane;
              end
            end
            if (last) begin
              done <= done + 1;
              state <= IDLE;
            end
          end
        end
      endcase
    end
  end

  logic unused;
  assign unused = &{1'b0, tile};

endmodule
