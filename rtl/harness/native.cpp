// The machine as a program: runs one layer and prints what it counted.
//
//   machine <program> <image or -> <results or -> <max cycles> [<waves.vcd or -> [toggles]]
//
// <program>: 32-bit little-endian words: configuration, number of tiles, tiles (src/rtl/descriptor.ts). <image>: bytes of DRAM before
// the run; <results> takes them as they are after it; <toggles> how often each net changed (toggles.h), the state after reset being the
// first. Prints a line of JSON: { "status": 0 done, 1 cycle cap, 2 deadlock, "counters": [...] }.

#include <cinttypes>
#include <cstdio>
#include <string>
#include <vector>

#if VM_TRACE
#include "Vpolaris_sim.h"
#include "toggles.h"
#include "verilated.h"
#include "verilated_vcd_c.h"
// See waves.sv.
#define trace tracing
#endif
#include "machine.cpp"
#undef trace

namespace {

constexpr uint32_t kWatchdog = 1000000;

std::vector<uint8_t> read_file(const char* name) {
  std::vector<uint8_t> bytes;
  FILE* file = std::fopen(name, "rb");
  if (!file) {
    std::perror(name);
    std::exit(2);
  }
  uint8_t chunk[65536];
  while (const size_t count = std::fread(chunk, 1, sizeof chunk, file)) bytes.insert(bytes.end(), chunk, chunk + count);
  std::fclose(file);
  return bytes;
}

}  // namespace

int main(int argc, char** argv) {
  if (argc < 5) {
    std::fprintf(stderr, "machine <program> <image or -> <results or -> <max cycles> [<waves.vcd or -> [toggles]]\n");
    return 2;
  }
  const std::vector<uint8_t> bytes = read_file(argv[1]);
  const uint32_t* words = reinterpret_cast<const uint32_t*>(bytes.data());
  if (bytes.size() < 4 * (kConfigWords + 1) || bytes.size() != 4 * (kConfigWords + 1 + uint64_t(words[kConfigWords]) * kTileWords)) {
    std::fprintf(stderr, "%s: %zu bytes are no program\n", argv[1], bytes.size());
    return 2;
  }
  std::memcpy(polaris_config(), words, 4 * kConfigWords);
  const uint32_t total = words[kConfigWords];
  const uint32_t* tile_words = words + kConfigWords + 1;
  if (std::string(argv[2]) != "-") {
    const std::vector<uint8_t> memory = read_file(argv[2]);
    uint8_t* room = polaris_image(uint32_t(memory.size()));
    if (!room && !memory.empty()) return 2;
    std::memcpy(room, memory.data(), memory.size());
  }
  uint64_t left = std::strtoull(argv[4], nullptr, 10);

#if VM_TRACE
  const bool dumps = argc > 5;
  const bool writes = dumps && std::string(argv[5]) != "-";
  ToggleCounter counter;
  VerilatedVcdC waves(argc > 6 ? &counter : nullptr);
  if (dumps) {
    Verilated::traceEverOn(true);
    model = new Vpolaris_sim;
    model->trace(&waves, 99);
    waves.open(writes ? argv[5] : "");
  }
  uint64_t samples = 0;
#else
  const bool dumps = false;
#endif
  polaris_trace(0);
  polaris_reset();
#if VM_TRACE
  if (dumps) waves.dump(samples++);
#endif

  uint32_t given = 0;
  uint32_t fresh = 0;
  int status = 1;
  const auto give = [&] {
    fresh = total - given < kTileCapacity ? total - given : kTileCapacity;
    std::memcpy(polaris_tiles(), tile_words + uint64_t(given) * kTileWords, 4ull * fresh * kTileWords);
    given += fresh;
  };
  give();
  while (left > 0) {
    const uint32_t slice = dumps ? 1 : left < 65536 ? uint32_t(left) : 65536;
    const uint64_t before = polaris_counters()[0];
    const uint32_t why = polaris_run(fresh, given == total, slice, kWatchdog);
    left -= polaris_counters()[0] - before < left ? polaris_counters()[0] - before : left;
    fresh = 0;
#if VM_TRACE
    if (dumps) {
      // What a rising edge brought, and for a file the clock around it.
      model->clk = writes;
      waves.dump(samples++);
      model->clk = 0;
      if (writes) waves.dump(samples++);
    }
#endif
    if (why == 1) give();
    if (why == 2 || why == 3) {
      status = why == 2 ? 0 : 2;
      break;
    }
  }
#if VM_TRACE
  if (dumps) waves.close();
  if (argc > 6 && !counter.save(argv[6])) {
    std::perror(argv[6]);
    return 2;
  }
#endif
  if (std::string(argv[3]) != "-") {
    FILE* file = std::fopen(argv[3], "wb");
    if (!file || std::fwrite(image, 1, image_bytes, file) != image_bytes || std::fclose(file) != 0) {
      std::perror(argv[3]);
      return 2;
    }
  }
  std::printf("{\"status\":%d,\"counters\":[", status);
  for (uint32_t i = 0; i < kCounters; i++) std::printf("%s%" PRIu64, i ? "," : "", polaris_counters()[i]);
  std::printf("]}\n");
  return 0;
}
