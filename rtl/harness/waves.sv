// `polaris_sim` with its port `trace` under another name: Verilator's classes that write waveforms have a method of that name.

module waves #(
    parameter int unsigned DIM   = 16,
    parameter int unsigned ARRAY = 1
) (
    input  logic                 clk,
    input  logic                 rst,
    input  polaris_pkg::config_t cfg,
    input  logic                 host_valid,
    input  polaris_pkg::tile_t   host_tile,
    output logic                 host_ready,
    input  logic                 host_end,
    output logic                 finished,
    output logic [31:0]          idle_cycles,
    input  logic                 tracing,
    input  logic [5:0]           counter,
    output logic [63:0]          counter_value
);

  polaris_sim #(.DIM(DIM), .ARRAY(ARRAY)) u_sim (.trace(tracing), .*);

endmodule
