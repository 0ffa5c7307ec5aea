// Included before everything in the WebAssembly build: the threads that Verilator's runtime names and a single-threaded WASI has not.
#pragma once
#include <cstddef>
#include <cstdint>

namespace std {
struct mutex {
  void lock() {}
  bool try_lock() { return true; }
  void unlock() {}
};
struct recursive_mutex : mutex {};
struct thread {
  struct id {};
  static unsigned hardware_concurrency() { return 1; }
};
struct condition_variable_any {
  template <class... Arguments>
  void wait(Arguments&&...) {}
  void notify_one() {}
  void notify_all() {}
};
using condition_variable = condition_variable_any;
namespace this_thread {
inline thread::id get_id() { return {}; }
inline void yield() {}
}  // namespace this_thread
}  // namespace std
