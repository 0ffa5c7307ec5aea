// How a sum leaves the accumulator: divided by 2^shift and rounded half up, negative ones to 0 if `relu`, clipped to 8 bits.
// Combinational; LANES sums at a time.

module scale #(
    parameter int unsigned LANES = 16
) (
    input  logic [4:0]          shift,
    input  logic                relu,
    input  logic [32*LANES-1:0] sums,
    output logic [8*LANES-1:0]  outputs
);

  // Half of the divisor; none for a division by 1.
  logic signed [32:0] half;
  assign half = shift == 0 ? 33'sd0 : 33'sd1 <<< (shift - 1);

  always_comb begin
    for (int j = 0; j < LANES; j++) begin
      outputs[8*j+:8] = clip($signed(sums[32*j+:32]), half, shift, relu);
    end
  end

  function automatic logic [7:0] clip(input logic signed [31:0] sum, input logic signed [32:0] rounding,
                                      input logic [4:0] bits, input logic positive);
    logic signed [32:0] scaled;
    scaled = (33'(sum) + rounding) >>> bits;
    if (scaled > 127) clip = 8'd127;
    else if (scaled < 0 && positive) clip = 8'd0;
    else if (scaled < -128) clip = 8'h80;
    else clip = scaled[7:0];
  endfunction

endmodule
