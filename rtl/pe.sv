// One processing element of the weight-stationary array.
//
//            weight, psum from above
//                 |
//   activation -> PE -> activation to the right
//                 |
//             psum to below
//
// Two weight registers: `bank` travels with each activation and says which one multiplies it, while the other is
// written. One cycle from inputs to outputs.

module pe (
    input  logic               clk,
    // Weight register write.
    input  logic               weight_write,
    input  logic               weight_bank,
    input  logic signed [7:0]  weight,
    // Activation and partial sum.
    input  logic               bank_in,
    input  logic signed [7:0]  activation_in,
    input  logic signed [31:0] psum_in,
    output logic               bank_out,
    output logic signed [7:0]  activation_out,
    output logic signed [31:0] psum_out
);

  logic signed [7:0] weights_0, weights_1, used;

  assign used = bank_in ? weights_1 : weights_0;

  always_ff @(posedge clk) begin
    if (weight_write && !weight_bank) weights_0 <= weight;
    if (weight_write && weight_bank) weights_1 <= weight;
    bank_out <= bank_in;
    activation_out <= activation_in;
    psum_out <= psum_in + 32'(activation_in) * 32'(used);
  end

endmodule
