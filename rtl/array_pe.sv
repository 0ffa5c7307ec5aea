// The DIM x DIM array as it is synthesised: one `pe` per multiplier, with the registers that skew rows on their way in and
// straighten results on their way out.
//
// Timing, with an input row presented in cycle t (array row i takes activation i):
//   t + i + j         activation i is multiplied in column j
//   t + 2 DIM - 2     `out_valid` says that it comes
//   t + 2 DIM - 1     the result row stands at `out_data`
// Weights are presented one array row per cycle and move along the columns at the same pace: those presented in cycle u serve
// input rows presented in cycle u + 1 or later, and may be presented from the cycle after the last input row that needs the
// weights they replace. So a block of weights loads behind the block that is computed, at no cost if that has DIM rows.
//
// `rst`, `in_valid` and `out_valid` are for array_loop: here every cycle moves everything.

module array_pe #(
    parameter int unsigned DIM = 16
) (
    input  logic              clk,
    input  logic              rst,
    input  logic              weight_valid,
    input  logic              weight_bank,
    input  logic [7:0]        weight_row,
    input  logic [8*DIM-1:0]  weight_data,
    input  logic              in_valid,
    input  logic              in_bank,
    input  logic [8*DIM-1:0]  in_data,
    input  logic              out_valid,
    output logic [32*DIM-1:0] out_data
);

  logic unused;
  assign unused = &{1'b0, rst, in_valid, out_valid};

  // Weights: column j sees what was presented j cycles ago.
  for (genvar j = 0; j < DIM; j++) begin : g_weight
    logic       valid;
    logic       bank;
    logic [7:0] row;
    logic [7:0] weight;
    delay #(.WIDTH(18), .CYCLES(j)) u_skew (
        .clk,
        .in({weight_valid, weight_bank, weight_row, weight_data[8*j+:8]}),
        .out({valid, bank, row, weight})
    );
  end

  for (genvar i = 0; i < DIM; i++) begin : g_row
    logic       bank;
    logic [7:0] activation;
    // Activations of row i enter i cycles late.
    delay #(.WIDTH(9), .CYCLES(i)) u_skew (
        .clk,
        .in({in_bank, in_data[8*i+:8]}),
        .out({bank, activation})
    );
    for (genvar j = 0; j < DIM; j++) begin : g_column
      logic        bank_west;
      logic [7:0]  activation_west;
      logic [31:0] psum_north, psum_south;
      // The last column's lead nowhere.
      /* verilator lint_off UNUSEDSIGNAL */
      logic        bank_east;
      logic [7:0]  activation_east;
      /* verilator lint_on UNUSEDSIGNAL */
      if (j == 0) begin : g_edge
        assign bank_west = g_row[i].bank;
        assign activation_west = g_row[i].activation;
      end else begin : g_inner
        assign bank_west = g_row[i].g_column[j-1].bank_east;
        assign activation_west = g_row[i].g_column[j-1].activation_east;
      end
      if (i == 0) begin : g_top
        assign psum_north = '0;
      end else begin : g_below
        assign psum_north = g_row[i-1].g_column[j].psum_south;
      end
      pe u_pe (
          .clk,
          .weight_write(g_weight[j].valid && g_weight[j].row == 8'(i)),
          .weight_bank(g_weight[j].bank),
          .weight(g_weight[j].weight),
          .bank_in(bank_west),
          .activation_in(activation_west),
          .psum_in(psum_north),
          .bank_out(bank_east),
          .activation_out(activation_east),
          .psum_out(psum_south)
      );
    end
  end

  // Column j is done j cycles later than column 0.
  for (genvar j = 0; j < DIM; j++) begin : g_result
    delay #(.WIDTH(32), .CYCLES(DIM-1-j)) u_straighten (
        .clk,
        .in(g_row[DIM-1].g_column[j].psum_south),
        .out(out_data[32*j+:32])
    );
  end

endmodule
