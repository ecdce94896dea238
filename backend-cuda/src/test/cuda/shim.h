// CUDA C++ as far as relata.cuh allows it, for the host's compiler: a test tool, never a backend.
//
// A block's threads run one after the other on one host thread. Each is a plain call until it
// meets a barrier; then its stack is put aside (a fibre) and the next thread runs on another. So a
// kernel without barriers costs what a loop costs. What a correct kernel may not rely on is varied
// or refused: every other launch runs blocks and threads in descending order, dynamic shared memory
// starts as NaNs, and a barrier that some thread never reaches, or that lanes of a warp reach in
// different calls, ends the launch with an error.
#pragma once

#include <cmath>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <math.h>
#include <sys/mman.h>
#ifndef __x86_64__
#include <ucontext.h>
#endif

#define __device__
#define __host__
#define __forceinline__ inline
#define __restrict__ __restrict
#define __shared__ static
#define __constant__ static const
#define __align__(n) alignas(n)
#define __launch_bounds__(...)
#define DEVICE inline
#define SHARED(T, name) T* const name = reinterpret_cast<T*>(shim::dynamicShared)
#define KERNEL_BOUNDS(name, Args, threads, blocks) KERNEL(name, Args)
#define KERNEL(name, Args)                                                                   \
  static void name##_body(const Args& a);                                                    \
  extern "C" __attribute__((visibility("default"))) long long relata_size_##name() {        \
    return sizeof(Args);                                                                     \
  }                                                                                          \
  extern "C" __attribute__((visibility("default"))) const char* relata_host_##name(          \
      const void* args, unsigned x, unsigned y, unsigned z, unsigned block, unsigned shared, \
      int descending) {                                                                      \
    Args copy;                                                                               \
    std::memcpy(&copy, args, sizeof(Args));                                                  \
    return shim::launch(                                                                     \
        [](const void* p) { name##_body(*static_cast<const Args*>(p)); }, &copy, x, y, z,    \
        block, shared, descending != 0);                                                     \
  }                                                                                          \
  static void name##_body(const Args& a)

struct uint3 {
  unsigned x, y, z;
};
using dim3 = uint3;

// Launches are serialised by the caller, so plain globals serve.
[[maybe_unused]] static uint3 threadIdx, blockIdx, blockDim, gridDim;

struct alignas(8) int2 {
  int x, y;
};
struct alignas(16) int4 {
  int x, y, z, w;
};
struct alignas(8) uint2 {
  unsigned x, y;
};
struct alignas(16) uint4 {
  unsigned x, y, z, w;
};
struct alignas(8) float2 {
  float x, y;
};
struct alignas(16) float4 {
  float x, y, z, w;
};
struct alignas(16) double2 {
  double x, y;
};
inline int2 make_int2(int x, int y) { return {x, y}; }
inline int4 make_int4(int x, int y, int z, int w) { return {x, y, z, w}; }
inline uint2 make_uint2(unsigned x, unsigned y) { return {x, y}; }
inline uint4 make_uint4(unsigned x, unsigned y, unsigned z, unsigned w) { return {x, y, z, w}; }
inline float2 make_float2(float x, float y) { return {x, y}; }
inline float4 make_float4(float x, float y, float z, float w) { return {x, y, z, w}; }
inline double2 make_double2(double x, double y) { return {x, y}; }

namespace shim {

constexpr unsigned MAX_BLOCK = 1024;
constexpr unsigned MAX_SHARED = 227 * 1024;
constexpr size_t STACK = 64 * 1024;

enum class Wait { NOTHING, BLOCK, WARP };

struct Fibre {
  unsigned char* stack;
#ifdef __x86_64__
  void* pointer;
#else
  ucontext_t context;
#endif
  unsigned thread;
  Wait wait;
  const char* what;
  Fibre* next;  // among the idle ones
};

alignas(16) static unsigned char dynamicShared[MAX_SHARED];
static Fibre* current;
static Fibre* idle;
static Fibre* ofThread[MAX_BLOCK];
static unsigned parity[MAX_BLOCK];
static unsigned long long exchange[2][MAX_BLOCK];
static unsigned started;
static bool reversed;
static void (*body)(const void*);
static const void* arguments;
static const char* failure;
static char message[256];

#ifdef __x86_64__
static void* scheduler;
extern "C" void relata_shim_switch(void** from, void* to);
// Keeps what a call must keep, changes the stack, and goes on there.
__asm__(
    ".text\n.type relata_shim_switch,@function\n.local relata_shim_switch\nrelata_shim_switch:\n"
    "pushq %rbp\npushq %rbx\npushq %r12\npushq %r13\npushq %r14\npushq %r15\n"
    "movq %rsp,(%rdi)\nmovq %rsi,%rsp\n"
    "popq %r15\npopq %r14\npopq %r13\npopq %r12\npopq %rbx\npopq %rbp\nret\n");
inline void toScheduler() { relata_shim_switch(&current->pointer, scheduler); }
inline void toFibre(Fibre* f) { relata_shim_switch(&scheduler, f->pointer); }
#else
static ucontext_t scheduler;
inline void toScheduler() { swapcontext(&current->context, &scheduler); }
inline void toFibre(Fibre* f) { swapcontext(&scheduler, &f->context); }
#endif

// A fibre runs threads until one of them waits, so that without barriers one fibre runs them all.
inline void run() {
  for (;;) {
    while (started < blockDim.x) {
      const unsigned t = reversed ? blockDim.x - 1 - started : started;
      started++;
      current->thread = t;
      ofThread[t] = current;
      threadIdx = {t, 0, 0};
      body(arguments);
      ofThread[current->thread] = nullptr;
    }
    current->next = idle;
    idle = current;
    toScheduler();
  }
}

inline void wind(Fibre* f) {
#ifdef __x86_64__
  // Six registers and the place to go to; a called function finds its stack 8 below a multiple
  // of 16.
  void** top = reinterpret_cast<void**>(f->stack + STACK) - 1;
  *--top = reinterpret_cast<void*>(&run);
  f->pointer = top - 6;
#else
  getcontext(&f->context);
  f->context.uc_stack.ss_sp = f->stack;
  f->context.uc_stack.ss_size = STACK;
  f->context.uc_link = nullptr;
  makecontext(&f->context, run, 0);
#endif
}

inline Fibre* fibre() {
  if (idle) {
    Fibre* f = idle;
    idle = f->next;
    return f;
  }
  Fibre* f = static_cast<Fibre*>(std::calloc(1, sizeof(Fibre)));
  void* stack = mmap(nullptr, STACK + 4096, PROT_READ | PROT_WRITE,
                     MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
  // A kernel that needs more stack than this must crash, not write over its neighbour.
  mprotect(stack, 4096, PROT_NONE);
  f->stack = static_cast<unsigned char*>(stack) + 4096;
  wind(f);
  return f;
}

inline void go(Fibre* f) {
  current = f;
  threadIdx = {f->thread, 0, 0};
  toFibre(f);
}

inline void wait(Wait on, const char* what) {
  // After a failure nothing waits for NOTHING: the thread is left where it stands.
  current->wait = failure ? Wait::NOTHING : on;
  current->what = what;
  Fibre* self = current;
  toScheduler();
  current = self;
}

// Whether all of [from, to) wait at the same kind of barrier, which lets them go on.
inline bool arrived(unsigned from, unsigned to, Wait on) {
  for (unsigned t = from; t < to; t++) {
    if (!ofThread[t] || ofThread[t]->wait != on) return false;
  }
  const char* what = ofThread[from]->what;
  for (unsigned t = from; t < to; t++) {
    if (std::strcmp(ofThread[t]->what, what) != 0) return false;
  }
  return true;
}

inline void resume(unsigned from, unsigned to) {
  for (unsigned t = from; t < to; t++) ofThread[t]->wait = Wait::NOTHING;
  for (unsigned i = 0; i < to - from; i++) {
    const unsigned t = reversed ? to - 1 - i : from + i;
    go(ofThread[t]);
  }
}

inline bool stuck() {
  unsigned waiting = 0;
  const char* what = "";
  for (unsigned t = 0; t < blockDim.x; t++) {
    if (ofThread[t]) {
      waiting++;
      what = ofThread[t]->what;
    }
  }
  if (waiting == 0) return false;
  std::snprintf(message, sizeof message,
                "%u of %u threads of block (%u, %u, %u) wait at %s that the others never reach",
                waiting, blockDim.x, blockIdx.x, blockIdx.y, blockIdx.z, what);
  failure = message;
  return true;
}

inline void runBlock() {
  const unsigned n = blockDim.x;
  for (unsigned t = 0; t < n; t++) {
    ofThread[t] = nullptr;
    parity[t] = 0;
  }
  started = 0;
  while (started < n) {
    Fibre* f = fibre();
    current = f;
    toFibre(f);
  }
  for (;;) {
    bool moved = false;
    for (unsigned w = 0; w < n; w += 32) {
      const unsigned end = w + 32 < n ? w + 32 : n;
      while (arrived(w, end, Wait::WARP)) {
        resume(w, end);
        moved = true;
      }
    }
    if (arrived(0, n, Wait::BLOCK)) {
      resume(0, n);
      moved = true;
    }
    if (failure) break;
    if (!moved) {
      stuck();
      break;
    }
  }
  if (failure) {
    // Their stacks hold half-run kernels; start anew on them.
    for (unsigned t = 0; t < n; t++) {
      if (ofThread[t]) {
        wind(ofThread[t]);
        ofThread[t]->next = idle;
        idle = ofThread[t];
      }
    }
  }
}

inline const char* launch(void (*kernel)(const void*), const void* args, unsigned x, unsigned y,
                          unsigned z, unsigned block, unsigned shared, bool descending) {
  body = kernel;
  arguments = args;
  failure = nullptr;
  reversed = descending;
  gridDim = {x, y, z};
  blockDim = {block, 1, 1};
  const unsigned long long blocks = 1ull * x * y * z;
  for (unsigned long long i = 0; i < blocks && !failure; i++) {
    const unsigned long long b = descending ? blocks - 1 - i : i;
    blockIdx = {static_cast<unsigned>(b % x), static_cast<unsigned>(b / x % y),
                static_cast<unsigned>(b / x / y)};
    std::memset(dynamicShared, 0xff, shared);
    runBlock();
  }
  return failure;
}

inline unsigned warpStart() { return threadIdx.x & ~31u; }

inline void requireAll(unsigned mask, const char* what) {
  if (mask != 0xffffffffu && !failure) {
    std::snprintf(message, sizeof message, "%s with the mask %08x instead of all lanes", what, mask);
    failure = message;
  }
}

// Shows a value to the warp and waits for it; the slots alternate, so that a lane may go on to
// the next exchange while others still read this one.
template <typename T>
inline const unsigned long long* show(T value, const char* what) {
  static_assert(sizeof(T) <= 8, "a shuffle moves at most 8 bytes");
  const unsigned t = threadIdx.x;
  unsigned long long bits = 0;
  std::memcpy(&bits, &value, sizeof(T));
  unsigned long long* slots = exchange[parity[t]++ & 1];
  slots[t] = bits;
  wait(Wait::WARP, what);
  return slots;
}

template <typename T>
inline T take(const unsigned long long* slots, unsigned thread) {
  T value;
  std::memcpy(&value, &slots[thread], sizeof(T));
  return value;
}

template <typename To, typename From>
inline To cast(From x) {
  static_assert(sizeof(To) == sizeof(From), "");
  To y;
  std::memcpy(&y, &x, sizeof y);
  return y;
}

}  // namespace shim

// ---- barriers ----

inline void __syncthreads() { shim::wait(shim::Wait::BLOCK, "__syncthreads"); }

inline void __syncwarp(unsigned mask = 0xffffffffu) {
  shim::requireAll(mask, "__syncwarp");
  shim::wait(shim::Wait::WARP, "__syncwarp");
}

template <typename T>
inline T __shfl_sync(unsigned mask, T value, int source, int width = 32) {
  shim::requireAll(mask, "__shfl_sync");
  const unsigned t = threadIdx.x;
  const unsigned l = t & 31;
  const auto* slots = shim::show(value, "__shfl_sync");
  return shim::take<T>(slots, (t & ~31u) + (l & ~(width - 1u)) + (source & (width - 1)));
}

template <typename T>
inline T __shfl_xor_sync(unsigned mask, T value, int bits, int width = 32) {
  shim::requireAll(mask, "__shfl_xor_sync");
  const unsigned t = threadIdx.x;
  const auto* slots = shim::show(value, "__shfl_xor_sync");
  const unsigned l = (t & 31) ^ bits;
  // Beyond the group a lane keeps its own value.
  return (l & ~(width - 1u)) > ((t & 31) & ~(width - 1u)) ? value
                                                            : shim::take<T>(slots, (t & ~31u) + l);
}

template <typename T>
inline T __shfl_down_sync(unsigned mask, T value, unsigned delta, int width = 32) {
  shim::requireAll(mask, "__shfl_down_sync");
  const unsigned t = threadIdx.x;
  const auto* slots = shim::show(value, "__shfl_down_sync");
  return (t & (width - 1u)) + delta >= static_cast<unsigned>(width)
             ? value
             : shim::take<T>(slots, t + delta);
}

template <typename T>
inline T __shfl_up_sync(unsigned mask, T value, unsigned delta, int width = 32) {
  shim::requireAll(mask, "__shfl_up_sync");
  const unsigned t = threadIdx.x;
  const auto* slots = shim::show(value, "__shfl_up_sync");
  return (t & (width - 1u)) < delta ? value : shim::take<T>(slots, t - delta);
}

inline unsigned __ballot_sync(unsigned mask, int predicate) {
  shim::requireAll(mask, "__ballot_sync");
  const unsigned start = shim::warpStart();
  const auto* slots = shim::show(predicate != 0 ? 1u : 0u, "__ballot_sync");
  unsigned bits = 0;
  for (unsigned l = 0; l < 32 && start + l < blockDim.x; l++) {
    bits |= shim::take<unsigned>(slots, start + l) << l;
  }
  return bits;
}

inline int __any_sync(unsigned mask, int predicate) { return __ballot_sync(mask, predicate) != 0; }

inline int __all_sync(unsigned mask, int predicate) { return __ballot_sync(mask, !predicate) == 0; }

inline void __threadfence() {}
inline void __threadfence_block() {}

// ---- atomics; threads never run at once ----

template <typename T, typename U>
inline T atomicAdd(T* p, U x) {
  static_assert(static_cast<T>(0.5) == static_cast<T>(0), "no floating-point atomics");
  const T old = *p;
  *p = old + static_cast<T>(x);
  return old;
}
template <typename T, typename U>
inline T atomicMax(T* p, U x) {
  const T old = *p;
  if (static_cast<T>(x) > old) *p = static_cast<T>(x);
  return old;
}
template <typename T, typename U>
inline T atomicMin(T* p, U x) {
  const T old = *p;
  if (static_cast<T>(x) < old) *p = static_cast<T>(x);
  return old;
}
template <typename T, typename U>
inline T atomicOr(T* p, U x) {
  const T old = *p;
  *p = old | static_cast<T>(x);
  return old;
}
template <typename T, typename U>
inline T atomicExch(T* p, U x) {
  const T old = *p;
  *p = static_cast<T>(x);
  return old;
}
template <typename T, typename U, typename V>
inline T atomicCAS(T* p, U expected, V x) {
  const T old = *p;
  if (old == static_cast<T>(expected)) *p = static_cast<T>(x);
  return old;
}

// ---- arithmetic that the device has by name ----

inline float rsqrtf(float x) { return 1.0f / std::sqrt(x); }
inline double rsqrt(double x) { return 1.0 / std::sqrt(x); }
inline float rsqrt(float x) { return rsqrtf(x); }
inline float __fadd_rn(float x, float y) { return x + y; }
inline float __fsub_rn(float x, float y) { return x - y; }
inline float __fmul_rn(float x, float y) { return x * y; }
inline float __fdiv_rn(float x, float y) { return x / y; }
inline float __fmaf_rn(float x, float y, float z) { return std::fma(x, y, z); }
inline double __dadd_rn(double x, double y) { return x + y; }
inline double __dsub_rn(double x, double y) { return x - y; }
inline double __dmul_rn(double x, double y) { return x * y; }
inline double __ddiv_rn(double x, double y) { return x / y; }
inline double __fma_rn(double x, double y, double z) { return std::fma(x, y, z); }
inline int __float_as_int(float x) { return shim::cast<int>(x); }
inline unsigned __float_as_uint(float x) { return shim::cast<unsigned>(x); }
inline float __int_as_float(int x) { return shim::cast<float>(x); }
inline float __uint_as_float(unsigned x) { return shim::cast<float>(x); }
inline long long __double_as_longlong(double x) { return shim::cast<long long>(x); }
inline double __longlong_as_double(long long x) { return shim::cast<double>(x); }
inline unsigned __umulhi(unsigned x, unsigned y) {
  return static_cast<unsigned>((1ull * x * y) >> 32);
}
inline unsigned long long __umul64hi(unsigned long long x, unsigned long long y) {
  return static_cast<unsigned long long>((static_cast<unsigned __int128>(x) * y) >> 64);
}
inline int __popc(unsigned x) { return __builtin_popcount(x); }
inline int __clz(int x) { return x == 0 ? 32 : __builtin_clz(static_cast<unsigned>(x)); }
inline int __clzll(long long x) {
  return x == 0 ? 64 : __builtin_clzll(static_cast<unsigned long long>(x));
}
inline int __ffs(int x) { return __builtin_ffs(x); }
template <typename T>
inline T __ldg(const T* p) {
  return *p;
}
template <typename T>
inline T min(T x, T y) {
  return y < x ? y : x;
}
template <typename T>
inline T max(T x, T y) {
  return x < y ? y : x;
}
inline float min(float x, float y) { return fminf(x, y); }
inline float max(float x, float y) { return fmaxf(x, y); }
inline double min(double x, double y) { return fmin(x, y); }
inline double max(double x, double y) { return fmax(x, y); }
