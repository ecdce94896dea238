// One sparse product; a source for each type, so that a device compiles those in use.
#pragma once

#include "spmm.cuh"

// Any plan: a thread has one output of a row and adds all its positions. With chunkBlocks the
// launch does chunks, else rows.
template <typename T, bool BEST>
DEVICE void spmmGeneral(const SpmmArgs& a) {
  const bool chunks = a.chunkBlocks > 0;
  using N = Number<T>;
  const T* lhs = static_cast<const T*>(a.lhs);
  const T* rhs = static_cast<const T*>(a.rhs);
  const Share share = {0, chunks ? a.split.counts[1] : a.rows.numRows, 0, chunks};
  const N sign = a.reducer == REDUCE_MIN ? N(-1) : N(1);
  for (long long p = globalThread(); p < share.until * a.outSize; p += globalThreads()) {
    const long long at = p / a.outSize;
    const int o = static_cast<int>(p % a.outSize);
    const Stretch s = stretchOf(a.rows, a.split, share, at);
    if (!s.works) continue;
    const int from = a.starts ? a.starts[o] : o * a.outInner;
    const int to = a.starts ? a.starts[o + 1] : from + a.outInner;
    const Finder lhsRows = finderOf(a.rows, a.lhsTarget, s.row);
    const Finder rhsRows = finderOf(a.rows, a.rhsTarget, s.row);
    Held<N, 1, 1, BEST> held;
    held.start();
#pragma unroll 1
    for (int i = s.begin; i < s.end; i++) {
      const T* l = lhs + static_cast<long long>(lhsRows.row(i)) * a.lhsSize;
      const T* r =
          a.op == OP_COPY ? l : rhs + static_cast<long long>(rhsRows.row(i)) * a.rhsSize;
      N m = 0;
#pragma unroll 1
      for (int k = from; k < to; k++) {
        const N x = toCompute(l[a.lhsTable ? a.lhsTable[k] : k]);
        const N y = a.op == OP_COPY ? x : toCompute(r[a.rhsTable ? a.rhsTable[k] : k]);
        m += combine(a.op, x, y);
      }
      if constexpr (BEST) {
        m *= sign;
        if (i == s.begin || wins(m, held.x[0][0])) {
          held.x[0][0] = m;
          held.won[0][0] = i;
        }
      } else {
        held.x[0][0] += m;
      }
    }
    if (chunks) {
      storeChunk<T, 1, 1, BEST>(a, at, o, held);
    } else {
      storeRow<T, 1, 1, BEST>(a, s.row, s.degree, o, held);
    }
  }
}

// Kernels by how many outputs a lane holds: w = 16 bytes, ww = twice that, n = one, nnnn = four
// times one.
#define SPMM(kind, type, T, VEC, V, mode, MODE)                                         \
  KERNEL_BOUNDS(spmm_##mode##_sum_##kind##_##type, SpmmArgs, 256, 2) {                  \
    spmm<T, VEC, V, MODE, false>(a, blockIdx.x, a.chunkBlocks);                         \
  }                                                                                     \
  KERNEL_BOUNDS(spmm_##mode##_best_##kind##_##type, SpmmArgs, 256, 2) {                 \
    spmm<T, VEC, V, MODE, true>(a, blockIdx.x, a.chunkBlocks);                          \
  }

#define SPMM_TYPE(type, T)                                                             \
  SPMM(w, type, T, 16 / sizeof(T), 1, copy, MODE_COPY)                                 \
  SPMM(w, type, T, 16 / sizeof(T), 1, scale, MODE_SCALE)                               \
  SPMM(w, type, T, 16 / sizeof(T), 1, any, MODE_ANY)                                   \
  SPMM(n, type, T, 1, 1, any, MODE_ANY)                                                \
  KERNEL(spmm_general_sum_##type, SpmmArgs) { spmmGeneral<T, false>(a); }              \
  KERNEL(spmm_general_best_##type, SpmmArgs) { spmmGeneral<T, true>(a); }              \
  KERNEL(spmm_merge_sum_##type, SpmmArgs) {                                            \
    mergeChunks<T, false, false>(a, blockIdx.x, gridDim.x);                            \
  }                                                                                    \
  KERNEL(spmm_merge_best_##type, SpmmArgs) {                                           \
    mergeChunks<T, true, false>(a, blockIdx.x, gridDim.x);                             \
  }
