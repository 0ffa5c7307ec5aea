// Reads from DRAM to scratchpad and accumulator, strictly in the order of the requests.
//
//   load unit --request--> pending queue ----------------> row writer --> scratchpad, accumulator
//                  \--(not zeros)--> DRAM --response--/
//
// At most `max_inflight` requests are in DRAM. A response is written one row a cycle; a request of zeros needs no response, but its
// rows take their cycles too. `*_done` count requests that are entirely written, visible to readers of those rows in the next cycle.

module dma_read #(
    parameter int unsigned DIM   = 16,
    parameter bit          DATA  = 1,
    parameter int unsigned LINE  = 8 * polaris_pkg::REQUEST_BYTES
) (
    input  logic                  clk,
    input  logic                  rst,
    input  polaris_pkg::config_t  cfg,
    input  logic                  request,
    output logic                  request_ready,
    input  polaris_pkg::operand_t request_operand,
    input  logic                  request_zero,
    input  logic [31:0]           request_address,
    input  logic [9:0]            request_bytes,
    input  polaris_pkg::row_t     request_row,
    input  polaris_pkg::row_t     request_plane,
    // DRAM.
    output logic                  dram_request,
    input  logic                  dram_ready,
    output logic [31:0]           dram_address,
    output logic [9:0]            dram_bytes,
    input  logic                  response,
    input  logic [LINE-1:0]       response_data,
    output logic                  response_taken,
    // Scratchpad.
    output logic                  scratchpad_write,
    output logic                  scratchpad_zero,
    output polaris_pkg::row_t     scratchpad_row,
    output logic [8*DIM-1:0]      scratchpad_data,
    // Accumulator.
    output logic                  accumulator_write,
    input  logic                  accumulator_grant,
    output polaris_pkg::row_t     accumulator_row,
    output logic [32*DIM-1:0]     accumulator_data,
    // Requests done.
    output polaris_pkg::count_t   inputs_done,
    output polaris_pkg::count_t   weights_done,
    output polaris_pkg::count_t   partials_done
);

  localparam int unsigned INDEX = $clog2(polaris_pkg::PENDING);

  // Pending queue.
  typedef struct packed {
    logic [1:0]                       operand;
    logic                             zero;
    logic [9:0]                       bytes;
    logic [polaris_pkg::ROW_BITS-1:0] row;
    logic [polaris_pkg::ROW_BITS-1:0] plane;
  } pending_t;
  localparam int unsigned PENDING_BITS = 13 + 2 * polaris_pkg::ROW_BITS;

  logic [PENDING_BITS-1:0] queue [polaris_pkg::PENDING];
  logic [INDEX-1:0] head, tail;
  logic [INDEX:0] count, inflight;

  logic accept, pop;
  assign request_ready = !count[INDEX] && (request_zero || ({25'd0, inflight} < cfg.max_inflight && dram_ready));
  assign accept = request && request_ready;
  assign dram_request = accept && !request_zero;
  assign dram_address = request_address;
  assign dram_bytes = request_bytes;

  pending_t now;
  assign now = queue[head];

  // Row writer: how many bytes and rows of the head have been written.
  logic [9:0] written, left;
  polaris_pkg::row_t offset;
  logic there, write, partial;
  assign left = now.bytes - written;
  assign partial = now.operand == polaris_pkg::PARTIALS;
  assign there = count != 0 && (now.zero || response);
  assign scratchpad_write = there && !partial;
  assign scratchpad_zero = scratchpad_write && now.zero;
  assign scratchpad_row = now.row + offset;
  assign accumulator_write = there && partial;
  assign accumulator_row = now.row;
  assign write = scratchpad_write || accumulator_grant;
  assign pop = write && (partial || left <= 10'(DIM));
  assign response_taken = pop && !now.zero;

  if (DATA) begin : g_data
    assign scratchpad_data = now.zero ? '0 : response_data[($clog2(LINE))'({written, 3'b000})+:8*DIM];
    assign accumulator_data = response_data[32*DIM-1:0];
  end else begin : g_none
    logic unused;
    assign unused = &{1'b0, response_data};
    assign scratchpad_data = '0;
    assign accumulator_data = '0;
  end

  always_ff @(posedge clk) begin
    if (accept) queue[tail] <= {request_operand, request_zero, request_bytes, request_row, request_plane};
    if (rst) begin
      {head, tail, count, inflight} <= '0;
      {inputs_done, weights_done, partials_done} <= '0;
      {written, offset} <= '0;
    end else begin
      if (accept) tail <= tail + 1;
      if (pop) head <= head + 1;
      count <= count + (INDEX + 1)'(accept) - (INDEX + 1)'(pop);
      inflight <= inflight + (INDEX + 1)'(dram_request) - (INDEX + 1)'(response_taken);
      if (pop) begin
        {written, offset} <= '0;
        if (now.operand == polaris_pkg::INPUTS) inputs_done <= inputs_done + 1;
        if (now.operand == polaris_pkg::WEIGHTS) weights_done <= weights_done + 1;
        if (partial) partials_done <= partials_done + 1;
      end else if (write) begin
        written <= written + 10'(DIM);
        offset <= offset + now.plane;
      end
    end
  end

  logic unused_config;
  assign unused_config = &{1'b0, cfg};

endmodule
