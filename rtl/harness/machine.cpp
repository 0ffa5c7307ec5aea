// The machine behind a C interface: what the embedded WebAssembly exports, and what a native driver calls.
//
// A host writes configuration and tile descriptors into the arrays that `polaris_config` and `polaris_tiles` name, resets, and calls
// `polaris_run` until it says that the program is done. Everything is 32-bit words in the order of src/rtl/descriptor.ts.

#include <cstdint>
#include <cstdlib>
#include <cstring>

#include "Vpolaris_sim.h"
#include "verilated.h"

#ifndef POLARIS_DIM
#error "POLARIS_DIM: the DIM that the model was verilated with"
#endif
#ifndef POLARIS_ARRAY
#error "POLARIS_ARRAY: the ARRAY that the model was verilated with"
#endif
#ifdef __wasm__
#define EXPORT(name) __attribute__((export_name(#name)))
#else
#define EXPORT(name)
#endif

namespace {

constexpr uint32_t kConfigWords = sizeof(Vpolaris_sim::cfg) / 4;
constexpr uint32_t kTileWords = sizeof(Vpolaris_sim::host_tile) / 4;
constexpr uint32_t kTileCapacity = 1024;
constexpr uint32_t kCounters = 39;
constexpr uint32_t kTraceWords = 3;

Vpolaris_sim* model;
uint32_t config[kConfigWords];
uint32_t tiles[kTileCapacity * kTileWords];
uint64_t counters[kCounters];
/// Descriptors in `tiles`, and how many of them the machine has taken.
uint32_t tile_count;
uint32_t tile_next;

uint8_t* image;
uint64_t image_bytes;
uint64_t image_room;

uint32_t* trace;
uint32_t trace_capacity;
uint32_t trace_count;

void tick() {
  model->clk = 1;
  model->eval();
  model->clk = 0;
  model->eval();
}

void present() {
  model->host_valid = tile_next < tile_count;
  if (model->host_valid) std::memcpy(&model->host_tile, tiles + tile_next * kTileWords, 4 * kTileWords);
}

void collect() {
  for (uint32_t i = 0; i < kCounters; i++) {
    model->counter = i;
    model->eval();
    counters[i] = model->counter_value;
  }
}

}  // namespace

extern "C" {

/// DRAM beyond the image reads as zeros and takes no writes.
void polaris_dram_read(uint32_t address, uint32_t bytes, svBitVecVal* data) {
  std::memset(data, 0, sizeof(uint32_t) * (32 * POLARIS_DIM > 512 ? POLARIS_DIM : 16));
  if (uint64_t(address) + bytes <= image_bytes) std::memcpy(data, image + address, bytes);
}

void polaris_dram_write(uint32_t address, uint32_t bytes, const svBitVecVal* data) {
  if (uint64_t(address) + bytes <= image_bytes) std::memcpy(image + address, data, bytes);
}

void polaris_trace_event(uint32_t code, uint32_t tile, uint32_t cycle) {
  if (trace_count == trace_capacity) return;
  uint32_t* event = trace + kTraceWords * trace_count++;
  event[0] = code;
  event[1] = tile;
  event[2] = cycle;
  model->trace = trace_count < trace_capacity;
}

EXPORT(polaris_dim) uint32_t polaris_dim() { return POLARIS_DIM; }
EXPORT(polaris_full) uint32_t polaris_full() { return POLARIS_ARRAY != 0; }
/// Depth that the memories are built with.
EXPORT(polaris_scratchpad_rows) uint32_t polaris_scratchpad_rows() { return 8388608 / POLARIS_DIM; }
EXPORT(polaris_accumulator_rows) uint32_t polaris_accumulator_rows() { return 2097152 / POLARIS_DIM; }

EXPORT(polaris_config) uint32_t* polaris_config() { return config; }
EXPORT(polaris_tiles) uint32_t* polaris_tiles() { return tiles; }
EXPORT(polaris_tile_capacity) uint32_t polaris_tile_capacity() { return kTileCapacity; }
EXPORT(polaris_counters) uint64_t* polaris_counters() { return counters; }

/// Room for a DRAM image, zeroed; null if there is none.
EXPORT(polaris_image) uint8_t* polaris_image(uint32_t bytes) {
  if (bytes > image_room) {
    std::free(image);
    image = static_cast<uint8_t*>(std::malloc(bytes));
    image_room = image ? bytes : 0;
  }
  image_bytes = image ? bytes : 0;
  if (image) std::memset(image, 0, bytes);
  return image;
}

/// Room for trace events of the next run; the first ones are kept.
EXPORT(polaris_trace) uint32_t* polaris_trace(uint32_t events) {
  std::free(trace);
  trace = static_cast<uint32_t*>(std::malloc(4 * kTraceWords * (events + 1)));
  trace_capacity = trace ? events : 0;
  trace_count = 0;
  return trace;
}
EXPORT(polaris_trace_count) uint32_t polaris_trace_count() { return trace_count; }

/// Reset, with the configuration as it stands in `polaris_config`.
EXPORT(polaris_reset) void polaris_reset() {
  if (!model) model = new Vpolaris_sim;
  std::memcpy(&model->cfg, config, sizeof config);
  tile_count = tile_next = trace_count = 0;
  model->host_valid = 0;
  model->host_end = 0;
  model->trace = trace_capacity != 0;
  model->rst = 1;
  tick();
  tick();
  model->rst = 0;
  model->eval();
  collect();
}

/// Takes `count` fresh descriptors from `polaris_tiles`, if any (then all before are used up), the last of the program if `last`, and
/// runs up to `cycles` cycles. Returns 0 when those are over, 1 when it needs more descriptors, 2 when the program is done and 3 when
/// nothing has moved for `watchdog` cycles. Counters stand in `polaris_counters` afterwards.
EXPORT(polaris_run) uint32_t polaris_run(uint32_t count, uint32_t last, uint32_t cycles, uint32_t watchdog) {
  if (count) {
    tile_count = count;
    tile_next = 0;
    present();
    model->eval();
  }
  model->host_end = last;
  uint32_t why = 0;
  for (; cycles; cycles--) {
    if (tile_next == tile_count && !last) {
      why = 1;
      break;
    }
    if (model->finished) {
      why = 2;
      break;
    }
    const bool taken = model->host_ready;
    model->clk = 1;
    model->eval();
    model->clk = 0;
    if (taken) {
      tile_next++;
      present();
    }
    model->eval();
  }
  if (why == 0 && model->idle_cycles > watchdog) why = 3;
  collect();
  return why;
}

}  // extern "C"
