// A shift register: `out` is `in` of CYCLES cycles ago; a wire for 0.

module delay #(
    parameter int unsigned WIDTH  = 8,
    parameter int unsigned CYCLES = 1
) (
    input  logic             clk,
    input  logic [WIDTH-1:0] in,
    output logic [WIDTH-1:0] out
);

  if (CYCLES == 0) begin : g_wire
    logic unused;
    assign unused = clk;
    assign out = in;
  end else if (CYCLES == 1) begin : g_register
    always_ff @(posedge clk) out <= in;
  end else begin : g_shift
    logic [WIDTH*CYCLES-1:0] stages;
    always_ff @(posedge clk) stages <= {stages[WIDTH*(CYCLES-1)-1:0], in};
    assign out = stages[WIDTH*CYCLES-1-:WIDTH];
  end

endmodule
