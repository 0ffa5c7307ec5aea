// Takes tile descriptors from the host, spends the processor's cycles on each, and shows them to the units when their queues
// have room. A tile has one number everywhere: how many came before it. Units say how many tiles they have done; everything
// that orders them (room in queues, regions in use, data ready) is a comparison of such counts.
//
//   host ---> ring ---> load, preload, compute, store: each reads the descriptor of its own tile when it gets there
//
// A read port gives the descriptor one cycle after `read` and holds it.

module sequencer (
    input  logic                clk,
    input  logic                rst,
    input  polaris_pkg::config_t cfg,
    // Host.
    input  logic                host_valid,
    input  polaris_pkg::tile_t  host_tile,
    output logic                host_ready,
    // The host has no more tiles than those it gave.
    input  logic                host_end,
    // Tiles that the units may work on, and what they have done.
    output polaris_pkg::count_t dispatched,
    output logic                all_dispatched,
    input  polaris_pkg::count_t loaded,
    input  polaris_pkg::count_t computed,
    input  polaris_pkg::count_t stored,
    output logic                finished,
    // Read ports.
    input  logic                load_read,
    input  polaris_pkg::slot_t  load_slot,
    output polaris_pkg::tile_t  load_tile,
    input  logic                preload_read,
    input  polaris_pkg::slot_t  preload_slot,
    output polaris_pkg::tile_t  preload_tile,
    input  logic                compute_read,
    input  polaris_pkg::slot_t  compute_slot,
    output polaris_pkg::tile_t  compute_tile,
    input  logic                store_read,
    input  polaris_pkg::slot_t  store_slot,
    output polaris_pkg::tile_t  store_tile
);

  polaris_pkg::count_t accepted;
  logic holding;
  logic [15:0] issue_left;
  logic room;

  // A tile is taken when the one before has been dispatched.
  assign host_ready = host_valid && !holding;
  assign room = dispatched - loaded < cfg.load_queue
             && dispatched - computed < cfg.execute_queue
             && dispatched - stored < cfg.store_queue;
  assign all_dispatched = host_end && !host_valid && dispatched == accepted;
  assign finished = all_dispatched && stored == dispatched;

  always_ff @(posedge clk) begin
    if (rst) begin
      accepted <= '0;
      dispatched <= '0;
      holding <= 1'b0;
    end else if (host_ready) begin
      accepted <= accepted + 1;
      holding <= 1'b1;
      issue_left <= cfg.tile_issue[15:0];
    end else if (holding) begin
      if (issue_left != 0) issue_left <= issue_left - 1;
      else if (room) begin
        dispatched <= dispatched + 1;
        holding <= 1'b0;
      end
    end
  end

  // One copy of the ring for each reader.
  logic [3:0] port_read;
  logic [4*polaris_pkg::SLOT_BITS-1:0] port_slot;
  logic [4*polaris_pkg::TILE_BITS-1:0] port_tile;
  assign port_read = {store_read, compute_read, preload_read, load_read};
  assign port_slot = {store_slot, compute_slot, preload_slot, load_slot};
  assign {store_tile, compute_tile, preload_tile, load_tile} = port_tile;

  for (genvar i = 0; i < 4; i++) begin : g_port
    sram #(.WIDTH(polaris_pkg::TILE_BITS), .DEPTH(polaris_pkg::RING)) u_ring (
        .clk,
        .read(port_read[i]),
        .read_row(port_slot[polaris_pkg::SLOT_BITS*i+:polaris_pkg::SLOT_BITS]),
        .read_data(port_tile[polaris_pkg::TILE_BITS*i+:polaris_pkg::TILE_BITS]),
        .write(host_ready),
        .write_row(accepted[polaris_pkg::SLOT_BITS-1:0]),
        .write_data(host_tile)
    );
  end

  logic unused;
  assign unused = &{1'b0, cfg};

endmodule
