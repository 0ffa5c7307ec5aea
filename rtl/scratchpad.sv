// The scratchpad: inputs and weights, DIM bytes a row, in banks interleaved by row. Each bank reads one row and writes one row
// in a cycle.
//
// Port A (the inputs that stream through the array) always reads. Port B (weights for the array) reads unless A uses its bank:
// `b_grant` says whether it did, in the same cycle. Data follows a read by one cycle. DMA always writes.

module scratchpad #(
    parameter int unsigned DIM  = 16,
    parameter int unsigned ROWS = 1024,
    parameter bit          DATA = 1
) (
    input  logic               clk,
    input  logic               a_read,
    input  polaris_pkg::row_t  a_row,
    output logic [8*DIM-1:0]   a_data,
    input  logic               b_read,
    input  polaris_pkg::row_t  b_row,
    output logic               b_grant,
    output logic [8*DIM-1:0]   b_data,
    input  logic               write,
    input  polaris_pkg::row_t  write_row,
    input  logic [8*DIM-1:0]   write_data
);

  localparam int unsigned BANKS = polaris_pkg::SCRATCHPAD_BANKS;
  localparam int unsigned SELECT = $clog2(BANKS);
  localparam int unsigned DEPTH = ROWS / BANKS;
  localparam int unsigned ADDRESS = $clog2(DEPTH);

  assign b_grant = b_read && !(a_read && a_row[SELECT-1:0] == b_row[SELECT-1:0]);

  logic [8*DIM*BANKS-1:0] data;
  logic [SELECT-1:0] a_bank, b_bank;

  for (genvar i = 0; i < BANKS; i++) begin : g_bank
    logic a_here;
    logic b_here;
    assign a_here = a_read && a_row[SELECT-1:0] == SELECT'(i);
    assign b_here = b_grant && b_row[SELECT-1:0] == SELECT'(i);
    sram #(.WIDTH(8 * DIM), .DEPTH(DEPTH), .DATA(DATA)) u_sram (
        .clk,
        .read(a_here || b_here),
        .read_row(a_here ? a_row[SELECT+:ADDRESS] : b_row[SELECT+:ADDRESS]),
        .read_data(data[8*DIM*i+:8*DIM]),
        .write(write && write_row[SELECT-1:0] == SELECT'(i)),
        .write_row(write_row[SELECT+:ADDRESS]),
        .write_data
    );
  end

  always_ff @(posedge clk) begin
    if (a_read) a_bank <= a_row[SELECT-1:0];
    if (b_grant) b_bank <= b_row[SELECT-1:0];
  end
  assign a_data = data[8*DIM*a_bank+:8*DIM];
  assign b_data = data[8*DIM*b_bank+:8*DIM];

  // Rows beyond the built depth are the host's error.
  logic unused;
  assign unused = &{1'b0, a_row, b_row, write_row};

endmodule
