// Positions of the first largest or smallest element along the middle axis of (outer, n, inner). A
// NaN counts as more extreme than any number, and the smallest position wins among equals, so the
// order in which pairs are compared does not matter.
#include "dense.cuh"

constexpr int BLOCK = 256;

struct ExtremeArgs {
  const void* x;
  long long* out;
  long long outer;
  long long n;
  long long inner;
  int largest;
  int lanes;
};

// An element, as a double or a long, and where it stands.
template <typename P>
struct Found {
  P value;
  long long at;
};

template <bool LARGEST, typename P>
DEVICE Found<P> better(const Found<P>& x, const Found<P>& y) {
  const bool xNan = isNan(x.value);
  const bool yNan = isNan(y.value);
  // -1 stands for nothing found.
  if (x.at < 0) return y;
  if (y.at < 0) return x;
  if (xNan || yNan) return xNan && (!yNan || x.at < y.at) ? x : y;
  if (x.value == y.value) return x.at < y.at ? x : y;
  return (LARGEST ? x.value > y.value : x.value < y.value) ? x : y;
}

template <bool LARGEST, typename T>
DEVICE Found<typename Partial<T>::type> search(
    const T* x, long long inner, long long first, long long step, long long n) {
  using P = typename Partial<T>::type;
  Found<P> best = {0, -1};
  for (long long i = first; i < n; i += step) {
    const P v = static_cast<P>(x[i * inner]);
    // Ascending positions: an equal one never replaces an earlier one.
    if (best.at < 0 || (!isNan(best.value) && (isNan(v) || (LARGEST ? v > best.value
                                                                    : v < best.value)))) {
      best = {v, i};
    }
  }
  return best;
}

template <bool LARGEST, typename P>
DEVICE Found<P> overLanes(Found<P> best, int lanes) {
  for (int d = lanes / 2; d > 0; d /= 2) {
    const Found<P> other = {__shfl_xor_sync(ALL_LANES, best.value, d),
                            __shfl_xor_sync(ALL_LANES, best.at, d)};
    best = better<LARGEST>(best, other);
  }
  return best;
}

// inner = 1, `lanes` threads a row.
template <bool LARGEST, typename T>
DEVICE void shortRows(const ExtremeArgs& a) {
  using P = typename Partial<T>::type;
  const int rows = 32 / a.lanes;
  for (long long first = globalWarp() * rows; first < a.outer; first += globalWarps() * rows) {
    const long long row = first + lane() / a.lanes;
    Found<P> best = {0, -1};
    if (row < a.outer) {
      best = search<LARGEST>(static_cast<const T*>(a.x) + row * a.n, 1, lane() % a.lanes, a.lanes,
                             a.n);
    }
    best = overLanes<LARGEST>(best, a.lanes);
    if (row < a.outer && lane() % a.lanes == 0) a.out[row] = best.at;
  }
}

// A block for each `lanes` neighbouring columns; a row alone is one column.
template <bool LARGEST, typename T>
DEVICE void columns(const ExtremeArgs& a) {
  using P = typename Partial<T>::type;
  __shared__ P values[BLOCK];
  __shared__ long long places[BLOCK];
  const int width = a.lanes;
  const int height = BLOCK / width;
  const int column = static_cast<int>(threadIdx.x) % width;
  const int row = static_cast<int>(threadIdx.x) / width;
  const long long strips = (a.inner + width - 1) / width;
  for (long long task = blockIdx.x; task < a.outer * strips; task += gridDim.x) {
    const long long j = task % strips * width + column;
    const long long o = task / strips;
    Found<P> best = {0, -1};
    if (j < a.inner) {
      const T* const x = static_cast<const T*>(a.x) + o * a.n * a.inner + j;
      best = search<LARGEST>(x, a.inner, row, height, a.n);
    }
    values[threadIdx.x] = best.value;
    places[threadIdx.x] = best.at;
    __syncthreads();
    for (int d = height / 2; d > 0; d /= 2) {
      if (row < d) {
        const int other = static_cast<int>(threadIdx.x) + d * width;
        best = better<LARGEST>(best, Found<P>{values[other], places[other]});
        values[threadIdx.x] = best.value;
        places[threadIdx.x] = best.at;
      }
      __syncthreads();
    }
    if (row == 0 && j < a.inner) a.out[o * a.inner + j] = best.at;
    __syncthreads();
  }
}

#define KERNELS(suffix, T)                                   \
  KERNEL(extreme_rows_##suffix, ExtremeArgs) {               \
    if (a.largest) {                                         \
      shortRows<true, T>(a);                                 \
    } else {                                                 \
      shortRows<false, T>(a);                                \
    }                                                        \
  }                                                          \
  KERNEL(extreme_columns_##suffix, ExtremeArgs) {            \
    if (a.largest) {                                         \
      columns<true, T>(a);                                   \
    } else {                                                 \
      columns<false, T>(a);                                  \
    }                                                        \
  }

KERNELS(f32, float)
KERNELS(f64, double)
KERNELS(i32, int)
KERNELS(i64, long long)
KERNELS(b8, Bool)
