// What Verilator's runtime references and a single-threaded WASI build never runs.

#include "verilated.h"
#include "verilated_threads.h"

extern "C" int __cxa_thread_atexit(void (*)(void*), void*, void*) { return 0; }

VlThreadPool::VlThreadPool(VerilatedContext*, unsigned) {}
VlThreadPool::~VlThreadPool() {}
