// The array for fast simulation: the same results in the same cycles as `array_pe`, without its registers in between. A row's
// dot products are computed when it enters and wait in a queue until the systolic array would be done with them.
//
// The host sees no difference as long as weights are written and used under the rules in array_pe.sv, which the execute unit
// keeps; test/rtl compares the two. The loops stay rolled so that the C++ compiler can make vectors of them.

module array_loop #(
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

  localparam int unsigned ENTRIES = 2 * DIM;

  int weights [2*DIM*DIM];
  int results [ENTRIES*DIM];
  int head, tail;

  int sums [DIM];
  int activation, row, write_at, bank_at;

  // In-place updates, which nothing outside this process sees.
  /* verilator lint_off BLKSEQ */
  always_ff @(posedge clk) begin
    if (weight_valid) begin
      write_at = (weight_bank ? DIM * DIM : 0) + int'(weight_row) * DIM;
      for (int j = 0; j < DIM; j++) weights[write_at+j] = int'($signed(weight_data[8*j+:8]));
    end
    if (in_valid) begin
      for (int j = 0; j < DIM; j++) sums[j] = 0;
      bank_at = in_bank ? DIM * DIM : 0;
      for (int i = 0; i < DIM; i++) begin
        activation = int'($signed(in_data[8*i+:8]));
        row = bank_at + i * DIM;
        for (int j = 0; j < DIM; j++) sums[j] = sums[j] + activation * weights[row+j];
      end
      for (int j = 0; j < DIM; j++) results[tail*DIM+j] = sums[j];
      tail = (tail == ENTRIES - 1) ? 0 : tail + 1;
    end
    if (out_valid) begin
      for (int j = 0; j < DIM; j++) out_data[32*j+:32] <= results[head*DIM+j];
      head = (head == ENTRIES - 1) ? 0 : head + 1;
    end
    if (rst) begin
      head = 0;
      tail = 0;
    end
  end
  /* verilator lint_on BLKSEQ */

endmodule
