// One memory bank with a read and a write port, both synchronous: `read_data` follows `read` by one cycle and keeps its value.
// A row that is read and written in the same cycle reads as it was. With DATA = 0 there is no storage, only the ports.

module sram #(
    parameter int unsigned WIDTH = 8,
    parameter int unsigned DEPTH = 16,
    parameter bit          DATA  = 1
) (
    input  logic                     clk,
    input  logic                     read,
    input  logic [$clog2(DEPTH)-1:0] read_row,
    output logic [WIDTH-1:0]         read_data,
    input  logic                     write,
    input  logic [$clog2(DEPTH)-1:0] write_row,
    input  logic [WIDTH-1:0]         write_data
);

  if (DATA) begin : g_data
    logic [WIDTH-1:0] rows [DEPTH];
    always_ff @(posedge clk) begin
      if (read) read_data <= rows[read_row];
      if (write) rows[write_row] <= write_data;
    end
  end else begin : g_none
    logic unused;
    assign unused = &{1'b0, clk, read, read_row, write, write_row, write_data};
    assign read_data = '0;
  end

endmodule
