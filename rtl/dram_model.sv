// DRAM and the bus to it, for simulation only: latency, bandwidth, and a bus of beats.
//
// A read can start `dram_latency` cycles after its request. Whole beats of `bus_bytes` move, at most one a cycle, aligned to the
// bus: a request that straddles a boundary takes one more. A token bucket of `dram_bandwidth_q8` / 256 bytes a cycle pays for them;
// it holds one beat and one cycle's worth, so DRAM is never ahead of its bandwidth by more. Reads and writes share all of this and
// take turns, request by request. A read is handed over whole when its last beat has arrived, a write is done with its last beat.
//
// Data lie with the host (`polaris_dram_read`, `polaris_dram_write`); with DATA = 0 none move.

module dram_model #(
    parameter int unsigned DIM  = 16,
    parameter bit          DATA = 1,
    parameter int unsigned LINE = 512
) (
    input  logic                 clk,
    input  logic                 rst,
    input  polaris_pkg::config_t cfg,
    input  logic                 read_request,
    output logic                 read_ready,
    input  logic [31:0]          read_address,
    input  logic [9:0]           read_bytes,
    output logic                 response,
    output logic [LINE-1:0]      response_data,
    input  logic                 response_taken,
    input  logic                 write_request,
    output logic                 write_done,
    input  logic [31:0]          write_address,
    input  logic [9:0]           write_bytes,
    input  logic [32*DIM-1:0]    write_data,
    // Events.
    output logic                 read_beat,
    output logic                 write_beat,
    output logic                 stall_bandwidth,
    output logic                 stall_latency
);

  import "DPI-C" function void polaris_dram_read(input int unsigned address, input int unsigned bytes, output bit [LINE-1:0] data);
  import "DPI-C" function void polaris_dram_write(input int unsigned address, input int unsigned bytes, input bit [32*DIM-1:0] data);

  localparam int unsigned ENTRIES = polaris_pkg::PENDING;
  localparam int unsigned INDEX = $clog2(ENTRIES);

  // Requests for reads; between `served` and `head` those whose data have arrived and wait to be taken.
  logic [31:0] address_queue [ENTRIES];
  logic [9:0] bytes_queue [ENTRIES];
  logic [31:0] time_queue [ENTRIES];
  logic [INDEX-1:0] head, served, tail;
  logic [INDEX:0] waiting, arrived;
  logic [31:0] now;

  assign read_ready = waiting + arrived < (INDEX + 1)'(ENTRIES - 1);
  assign response = arrived != 0;

  // The transfer at hand, and the one that could start.
  logic busy, busy_write, turn_write;
  logic [9:0] beats_left;
  logic [31:0] tokens, beat_tokens, refilled;
  logic read_can, start, start_write, active, active_write, beat, last_beat;
  logic [9:0] start_beats;
  assign beat_tokens = cfg.bus_bytes << 8;
  assign read_can = waiting != 0 && $signed(now - time_queue[served]) >= 0;
  assign start = !busy && (read_can || write_request);
  assign start_write = write_request && (turn_write || !read_can);
  assign active = busy || start;
  assign active_write = busy ? busy_write : start_write;
  assign beat = active && tokens >= beat_tokens;
  assign start_beats = start_write ? beats(write_address, write_bytes) : beats(address_queue[served], bytes_queue[served]);
  assign last_beat = beat && (busy ? beats_left : start_beats) == 1;
  assign refilled = tokens + cfg.dram_bandwidth_q8 - (beat ? beat_tokens : 0);

  function automatic logic [9:0] beats(input logic [31:0] address, input logic [9:0] bytes);
    logic [31:0] padded;
    padded = (address & (cfg.bus_bytes - 1)) + 32'(bytes) + cfg.bus_bytes - 1;
    case (cfg.bus_bytes[6:0])
      7'd4:    beats = 10'(padded >> 2);
      7'd8:    beats = 10'(padded >> 3);
      7'd16:   beats = 10'(padded >> 4);
      7'd32:   beats = 10'(padded >> 5);
      default: beats = 10'(padded >> 6);
    endcase
  endfunction

  assign read_beat = beat && !active_write;
  assign write_beat = beat && active_write;
  assign write_done = last_beat && active_write;
  assign stall_bandwidth = active && !beat;
  assign stall_latency = !active && waiting != 0;

  always_ff @(posedge clk) begin
    now <= now + 1;
    if (read_request) begin
      address_queue[tail] <= read_address;
      bytes_queue[tail] <= read_bytes;
      time_queue[tail] <= now + cfg.dram_latency;
    end
    if (rst) begin
      now <= '0;
      {head, served, tail, waiting, arrived} <= '0;
      {busy, busy_write, turn_write} <= '0;
      tokens <= beat_tokens;
    end else begin
      tokens <= refilled > beat_tokens + cfg.dram_bandwidth_q8 ? beat_tokens + cfg.dram_bandwidth_q8 : refilled;
      if (active) begin
        busy <= !last_beat;
        busy_write <= active_write;
        beats_left <= (busy ? beats_left : start_beats) - 10'(beat);
      end
      if (start) turn_write <= !start_write;
      if (read_request) tail <= tail + 1;
      if (last_beat && !active_write) served <= served + 1;
      if (response_taken) head <= head + 1;
      waiting <= waiting + (INDEX + 1)'(read_request) - (INDEX + 1)'(last_beat && !active_write);
      arrived <= arrived + (INDEX + 1)'(last_beat && !active_write) - (INDEX + 1)'(response_taken);
    end
  end

  if (DATA) begin : g_data
    // Read when it arrives, after every write that was done before.
    bit [LINE-1:0] line;
    logic [LINE-1:0] data_queue [ENTRIES];
    always_ff @(posedge clk) begin
      if (!rst && last_beat && !active_write) begin
        polaris_dram_read(address_queue[served], {22'd0, bytes_queue[served]}, line);
        data_queue[served] <= line;
      end
      if (!rst && write_done) polaris_dram_write(write_address, {22'd0, write_bytes}, write_data);
    end
    assign response_data = data_queue[head];
  end else begin : g_none
    logic unused;
    assign unused = &{1'b0, write_data};
    assign response_data = '0;
  end

  logic unused_config;
  assign unused_config = &{1'b0, cfg};

endmodule
