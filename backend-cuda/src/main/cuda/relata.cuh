// What every kernel source of the CUDA backend includes. The same source compiles with nvcc for a
// GPU and with the host's C++ compiler for tests (see shim.h in the test tree), so it uses nothing
// but what stands here:
//
//   struct AxpyArgs { double a; const void* x; void* y; long long n; };   // natural alignment
//   template <typename T> DEVICE void axpy(const AxpyArgs& a) { ... }
//   KERNEL(axpy_f32, AxpyArgs) { axpy<float>(a); }                        // one struct, named a
//
// Blocks are one-dimensional and a multiple of 32 threads. All threads of a block reach a
// __syncthreads, all lanes of a warp a shuffle, ballot or __syncwarp, with the full mask. No
// floating-point atomics. nvcc runs with -fmad=false, so that a * b + c rounds twice on both sides;
// write fma(a, b, c) where once is wanted.
#pragma once

#ifdef __CUDACC__

#include <cuda_bf16.h>
#include <cuda_fp16.h>

#define DEVICE __device__ __forceinline__
// A kernel of one argument, a struct by value; __grid_constant__ lets its address be taken without
// a copy into local memory.
#define KERNEL(name, Args) \
  extern "C" __global__ void name(const __grid_constant__ Args a)
// The same with a promise: blocks of at most `threads`, so many of them on a multiprocessor.
#define KERNEL_BOUNDS(name, Args, threads, blocks) \
  extern "C" __global__ void __launch_bounds__(threads, blocks) name(const __grid_constant__ Args a)
// The launch's dynamic shared memory as an array of T, aligned to 16 bytes.
#define SHARED(T, name)                                        \
  extern __shared__ __align__(16) unsigned char relataShared[]; \
  T* const name = reinterpret_cast<T*>(relataShared)

#else
#include "shim.h"
#endif

// ---- where a thread stands ----

DEVICE long long globalThread() {
  return static_cast<long long>(blockIdx.x) * blockDim.x + threadIdx.x;
}

DEVICE long long globalThreads() {
  return static_cast<long long>(gridDim.x) * blockDim.x;
}

DEVICE int lane() { return static_cast<int>(threadIdx.x & 31); }

DEVICE int warp() { return static_cast<int>(threadIdx.x >> 5); }

DEVICE int warpsOfBlock() { return static_cast<int>(blockDim.x >> 5); }

DEVICE long long globalWarp() {
  return static_cast<long long>(blockIdx.x) * warpsOfBlock() + warp();
}

DEVICE long long globalWarps() {
  return static_cast<long long>(gridDim.x) * warpsOfBlock();
}

// ---- lanes of a warp; every lane takes part ----

constexpr unsigned ALL_LANES = 0xffffffffu;

// The sum over `width` lanes (a power of two) that stand side by side; all of them get it. The
// order is a fixed tree.
template <typename T>
DEVICE T warpSum(T x, int width = 32) {
  for (int d = width / 2; d > 0; d /= 2) x += __shfl_xor_sync(ALL_LANES, x, d);
  return x;
}

template <typename T>
DEVICE T warpMax(T x, int width = 32) {
  for (int d = width / 2; d > 0; d /= 2) {
    const T y = __shfl_xor_sync(ALL_LANES, x, d);
    x = y > x || y != y ? y : x;
  }
  return x;
}

template <typename T>
DEVICE T warpMin(T x, int width = 32) {
  for (int d = width / 2; d > 0; d /= 2) {
    const T y = __shfl_xor_sync(ALL_LANES, x, d);
    x = y < x || y != y ? y : x;
  }
  return x;
}

// ---- memory ----

// N elements that are read and written at once (16 bytes where sizeof(T) * N == 16). The address
// must be a multiple of the size.
template <typename T, int N>
struct alignas(sizeof(T) * N) Pack {
  T v[N];

  static DEVICE Pack load(const T* p) { return *reinterpret_cast<const Pack*>(p); }

  DEVICE void store(T* p) const { *reinterpret_cast<Pack*>(p) = *this; }
};

DEVICE bool isAligned(const void* p, unsigned bytes) {
  return (reinterpret_cast<unsigned long long>(p) & (bytes - 1)) == 0;
}

// ---- sixteen-bit storage; arithmetic is in float ----

// IEEE binary16.
struct Half {
  unsigned short bits;

#ifdef __CUDA_ARCH__
  DEVICE float number() const { return __half2float(__ushort_as_half(bits)); }
  static DEVICE Half of(float x) { return {__half_as_ushort(__float2half_rn(x))}; }
#else
  DEVICE float number() const {
    const unsigned sign = (bits & 0x8000u) << 16;
    const unsigned exponent = (bits >> 10) & 31u;
    const unsigned fraction = bits & 0x3ffu;
    if (exponent == 31) return __uint_as_float(sign | 0x7f800000u | (fraction << 13));
    if (exponent == 0) {
      const float small = static_cast<float>(fraction) * 5.9604644775390625e-8f;
      return sign ? -small : small;
    }
    return __uint_as_float(sign | ((exponent + 112) << 23) | (fraction << 13));
  }
  static DEVICE Half of(float x) {
    const unsigned u = __float_as_uint(x);
    const unsigned sign = (u >> 16) & 0x8000u;
    const unsigned size = u & 0x7fffffffu;
    // As the device: every NaN becomes the one with all bits but the sign.
    if (size > 0x7f800000u) return {static_cast<unsigned short>(0x7fff)};
    if (size >= 0x47800000u) return {static_cast<unsigned short>(sign | 0x7c00u)};
    unsigned kept;
    unsigned rest;
    unsigned half;
    if (size < 0x38800000u) {
      // Below 2^-14 the result is a multiple of 2^-24.
      const unsigned exponent = size >> 23;
      if (exponent < 102) return {static_cast<unsigned short>(sign)};
      const unsigned shift = 126 - exponent;
      const unsigned fraction = (size & 0x7fffffu) | 0x800000u;
      kept = fraction >> shift;
      rest = fraction & ((1u << shift) - 1);
      half = 1u << (shift - 1);
    } else {
      kept = (size - 0x38000000u) >> 13;
      rest = size & 0x1fffu;
      half = 0x1000u;
    }
    if (rest > half || (rest == half && (kept & 1))) kept++;
    return {static_cast<unsigned short>(sign | kept)};
  }
#endif
};

// The upper half of a float.
struct Bfloat {
  unsigned short bits;

  DEVICE float number() const { return __uint_as_float(static_cast<unsigned>(bits) << 16); }
  static DEVICE Bfloat of(float x) {
    const unsigned u = __float_as_uint(x);
    if (x != x) return {static_cast<unsigned short>(0x7fff)};
    return {static_cast<unsigned short>((u + 0x7fffu + ((u >> 16) & 1u)) >> 16)};
  }
};

// The type in which a stored type is computed, and the way there and back.
template <typename T>
struct Compute {
  using type = T;
};
template <>
struct Compute<Half> {
  using type = float;
};
template <>
struct Compute<Bfloat> {
  using type = float;
};

template <typename T>
DEVICE typename Compute<T>::type toCompute(T x) {
  return x;
}
template <>
DEVICE float toCompute<Half>(Half x) {
  return x.number();
}
template <>
DEVICE float toCompute<Bfloat>(Bfloat x) {
  return x.number();
}

template <typename T>
DEVICE T toStored(typename Compute<T>::type x) {
  return x;
}
template <>
DEVICE Half toStored<Half>(float x) {
  return Half::of(x);
}
template <>
DEVICE Bfloat toStored<Bfloat>(float x) {
  return Bfloat::of(x);
}
