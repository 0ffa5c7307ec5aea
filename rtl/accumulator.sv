// The accumulator: DIM 32-bit sums a row, in two banks interleaved by row. Each bank reads one row and writes one row in a cycle.
//
// Update, the array's results: `update` in cycle t, the row of results at `update_data` in t + 1, the sum in memory from t + 2
// on. The same row must not be updated in two consecutive cycles; commands of at least two cycles see to that.
// Read, for the store unit: `read_grant` in the same cycle unless an update reads the same bank; data follows by one cycle.
// Write, of partial sums from DRAM: `write_grant` unless an update writes the same bank.

module accumulator #(
    parameter int unsigned DIM  = 16,
    parameter int unsigned ROWS = 1024,
    parameter bit          DATA = 1
) (
    input  logic              clk,
    input  logic              rst,
    input  logic              update,
    // Adds to what is there, or overwrites it.
    input  logic              update_add,
    input  polaris_pkg::row_t update_row,
    input  logic [32*DIM-1:0] update_data,
    // An update is being written, now.
    output logic              updated,
    input  logic              read,
    input  polaris_pkg::row_t read_row,
    output logic              read_grant,
    output logic [32*DIM-1:0] read_data,
    input  logic              write,
    input  polaris_pkg::row_t write_row,
    output logic              write_grant,
    input  logic [32*DIM-1:0] write_data
);

  localparam int unsigned DEPTH = ROWS / 2;
  localparam int unsigned ADDRESS = $clog2(DEPTH);

  // Second stage of the update.
  logic add;
  polaris_pkg::row_t row;

  assign read_grant  = read && !(update && update_add && update_row[0] == read_row[0]);
  assign write_grant = write && !(updated && row[0] == write_row[0]);

  always_ff @(posedge clk) begin
    updated <= update && !rst;
    if (update) begin
      add <= update_add;
      row <= update_row;
    end
  end

  logic [32*DIM-1:0] data_0, data_1, sum;
  logic read_bank;

  if (DATA) begin : g_sum
    always_comb begin
      for (int j = 0; j < DIM; j++) begin
        sum[32*j+:32] = update_data[32*j+:32] + (add ? (row[0] ? data_1[32*j+:32] : data_0[32*j+:32]) : 32'd0);
      end
    end
  end else begin : g_none
    assign sum = '0;
  end

  logic [1:0] updates, reads, writes;
  for (genvar i = 0; i < 2; i++) begin : g_port
    assign updates[i] = update && update_add && update_row[0] == i;
    assign reads[i]   = read_grant && read_row[0] == i;
    assign writes[i]  = updated && row[0] == i;
  end

  sram #(.WIDTH(32 * DIM), .DEPTH(DEPTH), .DATA(DATA)) u_bank_0 (
      .clk,
      .read(updates[0] || reads[0]),
      .read_row(updates[0] ? update_row[1+:ADDRESS] : read_row[1+:ADDRESS]),
      .read_data(data_0),
      .write(writes[0] || (write_grant && !write_row[0])),
      .write_row(writes[0] ? row[1+:ADDRESS] : write_row[1+:ADDRESS]),
      .write_data(writes[0] ? sum : write_data)
  );
  sram #(.WIDTH(32 * DIM), .DEPTH(DEPTH), .DATA(DATA)) u_bank_1 (
      .clk,
      .read(updates[1] || reads[1]),
      .read_row(updates[1] ? update_row[1+:ADDRESS] : read_row[1+:ADDRESS]),
      .read_data(data_1),
      .write(writes[1] || (write_grant && write_row[0])),
      .write_row(writes[1] ? row[1+:ADDRESS] : write_row[1+:ADDRESS]),
      .write_data(writes[1] ? sum : write_data)
  );

  always_ff @(posedge clk) if (read_grant) read_bank <= read_row[0];
  assign read_data = read_bank ? data_1 : data_0;

  // Rows beyond the built depth are the host's error.
  logic unused;
  assign unused = &{1'b0, update_row, read_row, write_row, row, update_data, data_0, data_1, add};

endmodule
