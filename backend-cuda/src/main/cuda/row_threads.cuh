// Threads that share a row of a matrix, for softmax and what is made of it: some lanes of a warp, or a
// whole block where the row is long.
#pragma once

#include "dense.cuh"

constexpr int BLOCK = 256;

// The threads that share a row: some lanes of a warp.
template <typename T>
struct Lanes {
  int width;

  DEVICE int at() const { return lane() % width; }
  DEVICE int step() const { return width; }
  DEVICE T sum(T x) const { return warpSum(x, width); }
  DEVICE T largest(T x) const {
    for (int d = width / 2; d > 0; d /= 2) {
      x = largerOf(x, static_cast<T>(__shfl_xor_sync(ALL_LANES, x, d)));
    }
    return x;
  }
};

// The same: a whole block.
template <typename T>
struct Block {
  T* warps;

  DEVICE int at() const { return static_cast<int>(threadIdx.x); }
  DEVICE int step() const { return BLOCK; }
  DEVICE T sum(T x) const {
    x = warpSum(x);
    share(x);
    T total = warps[0];
    for (int w = 1; w < BLOCK / 32; w++) total += warps[w];
    __syncthreads();
    return total;
  }
  DEVICE T largest(T x) const {
    x = Lanes<T>{32}.largest(x);
    share(x);
    T best = warps[0];
    for (int w = 1; w < BLOCK / 32; w++) best = largerOf(best, warps[w]);
    __syncthreads();
    return best;
  }

 private:
  DEVICE void share(T x) const {
    if (lane() == 0) warps[warp()] = x;
    __syncthreads();
  }
};

// Largest element of a row, and the sum of e^(x - largest); threads without a row have n = 0.
template <typename T>
struct Exponentials {
  T largest;
  T sum;

  // Nothing but -inf.
  DEVICE bool empty() const { return largest == static_cast<T>(-HUGE_VAL); }
};

template <typename T, typename Threads>
DEVICE Exponentials<T> exponentials(const T* x, long long n, const Threads& threads) {
  Exponentials<T> e = {static_cast<T>(-HUGE_VAL), 0};
  for (long long i = threads.at(); i < n; i += threads.step()) e.largest = largerOf(e.largest, x[i]);
  e.largest = threads.largest(e.largest);
  for (long long i = threads.at(); !e.empty() && i < n; i += threads.step()) {
    e.sum += exp(x[i] - e.largest);
  }
  e.sum = threads.sum(e.sum);
  return e;
}
