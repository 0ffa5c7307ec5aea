// Four nested loops, the innermost numbered 3, and a linear function of their counters:
//
//   value = i0 stride0 + i1 stride1 + i2 stride2 + i3 stride3
//
// `start` sets all counters to 0 in the next cycle, `step` goes to the next iteration; after the last one comes the first again.
// Limits (at least 1) and strides are held while the nest is in use; limit3 alone may depend on the outer counters.
// No multiplier: each loop keeps the value at which its current iteration began.

module nest (
    input  logic        clk,
    input  logic        start,
    input  logic        step,
    input  logic [31:0] limit0,
    input  logic [31:0] limit1,
    input  logic [31:0] limit2,
    input  logic [31:0] limit3,
    input  logic [31:0] stride0,
    input  logic [31:0] stride1,
    input  logic [31:0] stride2,
    input  logic [31:0] stride3,
    output logic [31:0] i0,
    output logic [31:0] i1,
    output logic [31:0] i2,
    output logic [31:0] i3,
    output logic [31:0] value,
    // This is the last iteration of loop 3; of loops 2 and 3; ...
    output logic        last3,
    output logic        last2,
    output logic        last1,
    output logic        last
);

  logic [31:0] begin0, begin1, begin2;

  assign last3 = i3 + 1 == limit3;
  assign last2 = last3 && i2 + 1 == limit2;
  assign last1 = last2 && i1 + 1 == limit1;
  assign last  = last1 && i0 + 1 == limit0;

  always_ff @(posedge clk) begin
    if (start || (step && last)) begin
      {i0, i1, i2, i3} <= '0;
      {begin0, begin1, begin2, value} <= '0;
    end else if (step) begin
      if (!last3) begin
        i3 <= i3 + 1;
        value <= value + stride3;
      end else begin
        i3 <= 0;
        if (!last2) begin
          i2 <= i2 + 1;
          begin2 <= begin2 + stride2;
          value <= begin2 + stride2;
        end else begin
          i2 <= 0;
          if (!last1) begin
            i1 <= i1 + 1;
            begin1 <= begin1 + stride1;
            begin2 <= begin1 + stride1;
            value <= begin1 + stride1;
          end else begin
            i1 <= 0;
            i0 <= i0 + 1;
            begin0 <= begin0 + stride0;
            begin1 <= begin0 + stride0;
            begin2 <= begin0 + stride0;
            value <= begin0 + stride0;
          end
        end
      end
    end
  end

endmodule
