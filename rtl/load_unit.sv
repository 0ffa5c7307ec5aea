// Turns tiles into DMA requests, in the order in which the array will need the data:
//
//   partial sums                          for each block of outputs, for each output
//   for each group of input channels:     (as many blocks as a request carries)
//     weights of the first output group   for each block, tap row, tap, channel
//     inputs                              for each image, line, pixel of the window
//   weights of the other output groups    for each group, block, tap row, tap, channel
//
// A request is one pixel or one weight row with the channels of up to GROUP blocks, which lie side by side in DRAM and go to rows
// one plane apart. Pixels outside the image become rows of zeros. One request a cycle at most, one cycle before each phase, three
// around each tile.
//
// Before it writes to a region it waits until the units after it are done with the last tile that used the region.

module load_unit #(
    parameter int unsigned DIM = 16
) (
    input  logic                  clk,
    input  logic                  rst,
    input  polaris_pkg::config_t  cfg,
    // Tiles.
    input  polaris_pkg::count_t   dispatched,
    output logic                  tile_read,
    output polaris_pkg::slot_t    tile_slot,
    input  polaris_pkg::tile_t    tile,
    output logic                  tile_begin,
    output logic                  tile_end,
    // Tiles whose requests are all out.
    output polaris_pkg::count_t   loaded,
    // Tiles whose inputs have been read, tiles stored.
    input  polaris_pkg::count_t   computed,
    input  polaris_pkg::count_t   stored,
    // Tiles for which the base below is set: the requests of an operand that were out when the contents of a region were begun.
    output polaris_pkg::count_t   inputs_begun,
    output polaris_pkg::count_t   weights_begun,
    output polaris_pkg::count_t   partials_begun,
    output polaris_pkg::count_t   input_base_0,
    output polaris_pkg::count_t   input_base_1,
    output polaris_pkg::count_t   weight_base_0,
    output polaris_pkg::count_t   weight_base_1,
    output polaris_pkg::count_t   partial_base_0,
    output polaris_pkg::count_t   partial_base_1,
    // Request: `bytes` from `address` to rows of DIM bytes (or sums) from `row` on, `plane` apart.
    output logic                  request,
    input  logic                  request_ready,
    output polaris_pkg::operand_t request_operand,
    output logic                  request_zero,
    output logic [31:0]           request_address,
    output logic [9:0]            request_bytes,
    output polaris_pkg::row_t     request_row,
    output polaris_pkg::row_t     request_plane,
    // Events.
    output logic                  stall_hazard,
    output logic                  stall_dram
);

  localparam int unsigned GROUP = DIM >= polaris_pkg::REQUEST_BYTES ? 1 : polaris_pkg::REQUEST_BYTES / DIM;
  localparam int unsigned GROUP_CHANNELS = GROUP * DIM;

  typedef enum logic [2:0] {IDLE, BEGIN, PARTIAL, WEIGHT, INPUT, REST, NEXT} state_t;
  state_t state;
  // The present phase is set up and sends requests.
  logic running;

  logic load_inputs, load_weights, load_partials, input_region, weight_region, output_region;
  assign load_inputs   = tile.flags[polaris_pkg::FLAG_LOAD_INPUTS];
  assign load_weights  = tile.flags[polaris_pkg::FLAG_LOAD_WEIGHTS];
  assign load_partials = tile.flags[polaris_pkg::FLAG_LOAD_PARTIALS];
  assign input_region  = tile.flags[polaris_pkg::FLAG_INPUT_REGION];
  assign weight_region = tile.flags[polaris_pkg::FLAG_WEIGHT_REGION];
  assign output_region = tile.flags[polaris_pkg::FLAG_OUTPUT_REGION];

  assign tile_slot  = loaded[polaris_pkg::SLOT_BITS-1:0];
  assign tile_read  = state == IDLE && dispatched != loaded;
  assign tile_begin = state == BEGIN;
  assign tile_end   = state == NEXT;

  // Hazards: tiles up to and including the last that used each region.
  polaris_pkg::count_t input_user_0, input_user_1, weight_user_0, weight_user_1, output_user_0, output_user_1;
  logic inputs_free, weights_free, outputs_free, phase_free;
  assign inputs_free  = $signed(computed - (input_region ? input_user_1 : input_user_0)) >= 0;
  assign weights_free = $signed(computed - (weight_region ? weight_user_1 : weight_user_0)) >= 0;
  assign outputs_free = $signed(stored - (output_region ? output_user_1 : output_user_0)) >= 0
                     && $signed(stored - tile.stored_before) >= 0;
  always_comb begin
    case (state)
      PARTIAL: phase_free = outputs_free;
      INPUT:   phase_free = inputs_free;
      default: phase_free = weights_free;
    endcase
  end

  // Where the walk is: first channel of the input and output groups, of the block within the phase, first rows and address of the
  // groups, rows of the present plane that requests have been sent for.
  logic [31:0] group_c, group_k, block, weight_group;
  polaris_pkg::row_t input_group_row, weight_group_row, input_offset, weight_offset, partial_offset;

  // Input channels of the phase: of one group at first, all of them for the rest of the weights.
  logic [31:0] left_c, left_k, phase_c, left_block, block_channels;
  assign left_c = tile.c - group_c;
  assign left_k = tile.k - group_k;
  assign phase_c = state == REST || left_c < GROUP_CHANNELS ? left_c : GROUP_CHANNELS;
  assign left_block = (state == PARTIAL ? tile.k : phase_c) - block;
  assign block_channels = left_block < DIM ? left_block : DIM;

  logic start, step;
  logic [31:0] limit0, limit1, limit2, limit3, stride0, stride1, stride2, stride3;
  logic [31:0] i0, i1, i2, i3, value;
  logic last3, last2, last1, last;

  always_comb begin
    case (state)
      PARTIAL: begin
        limit1  = tile.n;
        limit2  = tile.q;
        limit3  = tile.p;
        stride0 = 4 * DIM;
        stride1 = cfg.output_image << 2;
        stride2 = cfg.output_line << 2;
        stride3 = cfg.output_pixel << 2;
      end
      INPUT: begin
        limit1  = tile.n;
        limit2  = tile.window_height;
        limit3  = tile.window_width;
        stride0 = 0;
        stride1 = cfg.input_image;
        stride2 = cfg.input_line;
        stride3 = cfg.input_pixel;
      end
      default: begin
        limit1  = tile.s;
        limit2  = tile.r;
        limit3  = block_channels;
        stride0 = cfg.weight_channel * DIM;
        stride1 = cfg.weight_tap_line;
        stride2 = cfg.weight_tap;
        stride3 = cfg.weight_channel;
      end
    endcase
    // Blocks are counted by their channels, not by a division.
    limit0 = state == INPUT || left_block <= DIM ? i0 + 1 : i0 + 2;
  end

  nest u_nest (
      .clk, .start, .step,
      .limit0, .limit1, .limit2, .limit3, .stride0, .stride1, .stride2, .stride3,
      .i0, .i1, .i2, .i3, .value, .last3, .last2, .last1, .last
  );

  // The request.
  logic [31:0] y, x;
  assign y = tile.window_y + i2;
  assign x = tile.window_x + i3;
  assign request = running;
  assign request_zero = state == INPUT && (y >= cfg.image_height || x >= cfg.image_width);
  always_comb begin
    case (state)
      PARTIAL: begin
        request_operand = polaris_pkg::PARTIALS;
        request_address = cfg.partial_address + (tile.output_index << 2) + value;
        request_bytes   = 10'(block_channels << 2);
        request_row     = 24'(tile.output_row) + partial_offset;
        request_plane   = '0;
      end
      INPUT: begin
        request_operand = polaris_pkg::INPUTS;
        request_address = tile.input_address + group_c + value;
        request_bytes   = 10'(phase_c);
        request_row     = 24'(tile.input_row) + input_group_row + input_offset;
        request_plane   = 24'(tile.input_plane);
      end
      default: begin
        request_operand = polaris_pkg::WEIGHTS;
        request_address = tile.weight_address + group_k + weight_group + value;
        request_bytes   = 10'(left_k < GROUP_CHANNELS ? left_k : GROUP_CHANNELS);
        request_row     = 24'(tile.weight_row) + weight_group_row + weight_offset;
        request_plane   = 24'(tile.weight_plane);
      end
    endcase
  end
  assign step  = request && request_ready;
  assign start = state != IDLE && !running;

  assign stall_hazard = (state == PARTIAL || state == WEIGHT || state == INPUT || state == REST) && !running && !phase_free;
  assign stall_dram   = request && !request_ready;

  // Requests sent, by operand.
  polaris_pkg::count_t inputs_sent, weights_sent, partials_sent;

  // The phase after the weights of a group, and after its inputs.
  state_t after_weights, after_inputs, after_group;
  assign after_weights = load_inputs ? INPUT : after_inputs;
  assign after_inputs  = left_c > GROUP_CHANNELS ? (load_weights ? WEIGHT : INPUT) : after_group;
  assign after_group   = load_weights && tile.k > GROUP_CHANNELS ? REST : NEXT;

  always_ff @(posedge clk) begin
    if (rst) begin
      state <= IDLE;
      running <= 1'b0;
      loaded <= '0;
      {inputs_begun, weights_begun, partials_begun} <= '0;
      {inputs_sent, weights_sent, partials_sent} <= '0;
      {input_user_0, input_user_1, weight_user_0, weight_user_1, output_user_0, output_user_1} <= '0;
    end else begin
      case (state)
        IDLE: if (tile_read) state <= BEGIN;

        BEGIN: begin
          {group_c, group_k, block, weight_group} <= '0;
          {input_group_row, weight_group_row, input_offset, weight_offset, partial_offset} <= '0;
          if (!load_inputs) inputs_begun <= loaded + 1;
          if (!load_weights) weights_begun <= loaded + 1;
          if (!load_partials) partials_begun <= loaded + 1;
          state <= load_partials ? PARTIAL : load_weights ? WEIGHT : load_inputs ? INPUT : NEXT;
        end

        PARTIAL, WEIGHT, INPUT, REST: begin
          if (!running && phase_free) begin
            running <= 1'b1;
            if (state == PARTIAL) begin
              partials_begun <= loaded + 1;
              if (output_region) partial_base_1 <= partials_sent;
              else partial_base_0 <= partials_sent;
            end
            if (state == WEIGHT && group_c == 0) begin
              weights_begun <= loaded + 1;
              if (weight_region) weight_base_1 <= weights_sent;
              else weight_base_0 <= weights_sent;
            end
            if (state == INPUT && group_c == 0) begin
              inputs_begun <= loaded + 1;
              if (input_region) input_base_1 <= inputs_sent;
              else input_base_0 <= inputs_sent;
            end
          end
          if (step) begin
            if (last1 && state != INPUT) block <= last ? 0 : block + DIM;
            case (state)
              PARTIAL: begin
                partials_sent <= partials_sent + 1;
                partial_offset <= partial_offset + 1;
              end
              INPUT: begin
                inputs_sent <= inputs_sent + 1;
                input_offset <= input_offset + 1;
              end
              default: begin
                weights_sent <= weights_sent + 1;
                weight_offset <= weight_offset + 1;
              end
            endcase
            if (last) begin
              running <= 1'b0;
              case (state)
                PARTIAL: state <= load_weights ? WEIGHT : load_inputs ? INPUT : NEXT;
                WEIGHT:  state <= after_weights;
                INPUT:   state <= after_inputs;
                default: state <= left_k > GROUP_CHANNELS ? REST : NEXT;
              endcase
              // A group of input channels is complete with its inputs, or with its weights where the inputs are there.
              if (state == INPUT || (state == WEIGHT && !load_inputs)) begin
                input_offset <= '0;
                input_group_row <= input_group_row + 24'(tile.input_plane * GROUP);
                group_c <= group_c + GROUP_CHANNELS;
                weight_group <= weight_group + cfg.weight_channel * GROUP_CHANNELS;
              end
              if (state == REST || (state != PARTIAL && left_c <= GROUP_CHANNELS && (state == INPUT || !load_inputs))) begin
                group_c <= '0;
                weight_group <= '0;
                weight_offset <= '0;
                weight_group_row <= weight_group_row + 24'(tile.weight_plane * GROUP);
                group_k <= group_k + GROUP_CHANNELS;
              end
            end
          end
        end

        NEXT: begin
          loaded <= loaded + 1;
          if (input_region) input_user_1 <= loaded + 1;
          else input_user_0 <= loaded + 1;
          if (weight_region) weight_user_1 <= loaded + 1;
          else weight_user_0 <= loaded + 1;
          if (output_region) output_user_1 <= loaded + 1;
          else output_user_0 <= loaded + 1;
          state <= IDLE;
        end

        default: state <= IDLE;
      endcase
    end
  end

  logic unused;
  assign unused = &{1'b0, cfg, tile, i1, last3, last2};

endmodule
