// Reductions of (outer, n, inner) along n. Every order of additions depends on the sizes alone:
// not on the device, nor on whether addresses are aligned. A thread adds up to 64 numbers in their
// own type, everything beyond that is added in doubles.
#include "dense.cuh"

// io.relata.spi.ReduceOp, in its order.
enum Reduce { SUM, PROD, MAX, MIN };

constexpr int BLOCK = 256;
constexpr int SHORT = 64;

template <typename T>
struct Extreme;
template <>
struct Extreme<float> {
  static DEVICE float largest() { return HUGE_VALF; }
  static DEVICE float smallest() { return -HUGE_VALF; }
};
template <>
struct Extreme<double> {
  static DEVICE double largest() { return HUGE_VAL; }
  static DEVICE double smallest() { return -HUGE_VAL; }
};
template <>
struct Extreme<long long> {
  static DEVICE long long largest() { return 0x7fffffffffffffffLL; }
  static DEVICE long long smallest() { return -0x7fffffffffffffffLL - 1; }
};

// Combines numbers with a fraction; one for each operation, so that loops have no branches.
template <int OP>
struct Real {
  template <typename T>
  DEVICE T start() const {
    return OP == SUM ? T(0)
           : OP == PROD ? T(1)
           : OP == MAX ? Extreme<T>::smallest()
                       : Extreme<T>::largest();
  }
  template <typename T>
  DEVICE T operator()(T x, T y) const {
    return OP == SUM ? x + y
           : OP == PROD ? x * y
           : OP == MAX ? largerOf(x, y)
                       : smallerOf(x, y);
  }
};

// Combines longs, whose sums wrap around; rarer, so one for all operations.
struct Whole {
  int op;

  template <typename T>
  DEVICE T start() const {
    return op == SUM ? T(0)
           : op == PROD ? T(1)
           : op == MAX ? Extreme<T>::smallest()
                       : Extreme<T>::largest();
  }
  DEVICE long long operator()(long long x, long long y) const {
    return op == SUM ? plus(x, y)
           : op == PROD ? times(x, y)
           : op == MAX ? largerOf(x, y)
                       : smallerOf(x, y);
  }
};

// What a thread adds elements in: floats and doubles as they are, all others as longs.
template <typename T>
struct Running {
  using type = typename Partial<T>::type;
};
template <>
struct Running<float> {
  using type = float;
};

// What results are written as: the type of the operand; partial results, which a later launch
// reduces further; or, from partial results, the four-byte type or BOOL of the first operand.
enum Target { OWN, PARTIAL, FOUR, ONE };

// `lanes`: threads that share a row, or columns that stand side by side in a block.
struct ReduceArgs {
  const void* x;
  void* out;
  long long outer;
  long long n;
  long long inner;
  long long piece;
  long long pieces;
  int op;
  int target;
  int lanes;
  int wide;
};

DEVICE void finishPartial(const ReduceArgs& a, long long i, double value) {
  if (a.target == FOUR) {
    static_cast<float*>(a.out)[i] = static_cast<float>(value);
  } else {
    static_cast<double*>(a.out)[i] = value;
  }
}

DEVICE void finishPartial(const ReduceArgs& a, long long i, long long value) {
  if (a.target == FOUR) {
    static_cast<int*>(a.out)[i] = static_cast<int>(value);
  } else if (a.target == ONE) {
    static_cast<Bool*>(a.out)[i] = value != 0;
  } else {
    static_cast<long long*>(a.out)[i] = value;
  }
}

template <typename T>
DEVICE void finish(const ReduceArgs& a, long long i, typename Partial<T>::type value) {
  if (a.target == OWN) {
    static_cast<T*>(a.out)[i] = fromPartial<T>(value);
  } else {
    finishPartial(a, i, value);
  }
}

// `count` elements from x, `step` apart, in order, by one thread.
template <typename T, typename F>
DEVICE typename Partial<T>::type walk(const T* x, long long step, long long count, const F& f) {
  using P = typename Partial<T>::type;
  using R = typename Running<T>::type;
  P total = f.template start<P>();
  for (long long i = 0; i < count; i += SHORT) {
    const int end = static_cast<int>(count - i < SHORT ? count - i : SHORT);
    R sum = f.template start<R>();
#pragma unroll 4
    for (int k = 0; k < end; k++) sum = f(sum, static_cast<R>(x[(i + k) * step]));
    total = f(total, static_cast<P>(sum));
  }
  return total;
}

// Over the block, in a fixed tree; the first thread gets it.
template <typename P, typename F>
DEVICE P reduceBlock(P value, P* warps, const F& f) {
  for (int d = 16; d > 0; d /= 2) {
    value = f(value, static_cast<P>(__shfl_xor_sync(ALL_LANES, value, d)));
  }
  if (lane() == 0) warps[warp()] = value;
  __syncthreads();
  for (int w = 1; threadIdx.x == 0 && w < warpsOfBlock(); w++) {
    value = f(value, warps[w]);
  }
  __syncthreads();
  return value;
}

// ---- inner = 1: short rows, `lanes` threads a row ----

template <typename T, typename F>
DEVICE void shortRows(const ReduceArgs& a, const F& f) {
  using P = typename Partial<T>::type;
  const T* const x = static_cast<const T*>(a.x);
  const int lanes = a.lanes;
  const int rows = 32 / lanes;
  const int at = lane() % lanes;
  for (long long first = globalWarp() * rows; first < a.outer; first += globalWarps() * rows) {
    const long long row = first + lane() / lanes;
    P value = f.template start<P>();
    if (row < a.outer && at < a.n) {
      value = walk(x + row * a.n + at, lanes, (a.n - at + lanes - 1) / lanes, f);
    }
    for (int d = lanes / 2; d > 0; d /= 2) {
      value = f(value, static_cast<P>(__shfl_xor_sync(ALL_LANES, value, d)));
    }
    if (row < a.outer && at == 0) finish<T>(a, row, value);
  }
}

// ---- inner = 1: a block for each piece of a row ----

template <typename T, typename F>
DEVICE void longRows(const ReduceArgs& a, const F& f) {
  using P = typename Partial<T>::type;
  using R = typename Running<T>::type;
  __shared__ P warps[BLOCK / 32];
  for (long long task = blockIdx.x; task < a.outer * a.pieces; task += gridDim.x) {
    const long long row = task / a.pieces;
    const long long start = task % a.pieces * a.piece;
    const long long rest = a.n - start;
    const long long n = rest < a.piece ? rest : a.piece;
    const T* const x = static_cast<const T*>(a.x) + row * a.n + start;
    R sums[4];
    for (int k = 0; k < 4; k++) sums[k] = f.template start<R>();
    for (long long i = 4 * threadIdx.x; i < n; i += 4 * BLOCK) {
      if (i + 4 <= n) {
        const Quad<T> q = loadQuad(x, i, n, a.wide);
        for (int k = 0; k < 4; k++) sums[k] = f(sums[k], static_cast<R>(q.v[k]));
      } else {
        for (int k = 0; k < 4; k++) {
          if (i + k < n) sums[k] = f(sums[k], static_cast<R>(x[i + k]));
        }
      }
    }
    const P mine = f(f(static_cast<P>(sums[0]), static_cast<P>(sums[1])),
                        f(static_cast<P>(sums[2]), static_cast<P>(sums[3])));
    const P value = reduceBlock(mine, warps, f);
    if (threadIdx.x == 0) finish<T>(a, task, value);
  }
}

// ---- inner > 1: a block for a piece of `lanes` neighbouring columns ----

template <typename T, typename F>
DEVICE void columns(const ReduceArgs& a, const F& f) {
  using P = typename Partial<T>::type;
  __shared__ P values[BLOCK];
  const int width = a.lanes;
  const int height = BLOCK / width;
  const int column = static_cast<int>(threadIdx.x) % width;
  const int row = static_cast<int>(threadIdx.x) / width;
  const long long strips = (a.inner + width - 1) / width;
  for (long long task = blockIdx.x; task < a.outer * a.pieces * strips; task += gridDim.x) {
    const long long j = task % strips * width + column;
    const long long piece = task / strips % a.pieces;
    const long long o = task / strips / a.pieces;
    const long long start = piece * a.piece;
    const long long rest = a.n - start;
    const long long n = rest < a.piece ? rest : a.piece;
    P value = f.template start<P>();
    if (j < a.inner && row < n) {
      const T* const x = static_cast<const T*>(a.x) + (o * a.n + start + row) * a.inner + j;
      value = walk(x, height * a.inner, (n - row + height - 1) / height, f);
    }
    values[threadIdx.x] = value;
    __syncthreads();
    for (int d = height / 2; d > 0; d /= 2) {
      if (row < d) {
        values[threadIdx.x] = f(values[threadIdx.x], values[threadIdx.x + d * width]);
      }
      __syncthreads();
    }
    if (row == 0 && j < a.inner) finish<T>(a, (o * a.pieces + piece) * a.inner + j, values[column]);
    __syncthreads();
  }
}

// ---- inner > 1, many results: a thread for each ----

template <typename T, typename F>
DEVICE void each(const ReduceArgs& a, const F& f) {
  for (long long i = globalThread(); i < a.outer * a.inner; i += globalThreads()) {
    const long long o = divide(i, a.inner);
    const T* const x = static_cast<const T*>(a.x) + o * a.n * a.inner + (i - o * a.inner);
    finish<T>(a, i, walk(x, a.inner, a.n, f));
  }
}

#define REALS(function, T)                           \
  switch (a.op) {                                    \
    case SUM: function<T>(a, Real<SUM>()); break;    \
    case PROD: function<T>(a, Real<PROD>()); break;  \
    case MAX: function<T>(a, Real<MAX>()); break;    \
    default: function<T>(a, Real<MIN>());            \
  }

#define WHOLES(function, T) function<T>(a, Whole{a.op});

#define KERNELS(suffix, T, OPS)                                        \
  KERNEL(reduce_short_rows_##suffix, ReduceArgs) { OPS(shortRows, T) } \
  KERNEL(reduce_long_rows_##suffix, ReduceArgs) { OPS(longRows, T) }   \
  KERNEL(reduce_columns_##suffix, ReduceArgs) { OPS(columns, T) }      \
  KERNEL(reduce_each_##suffix, ReduceArgs) { OPS(each, T) }

KERNELS(f32, float, REALS)
KERNELS(f64, double, REALS)
KERNELS(i32, int, WHOLES)
KERNELS(i64, long long, WHOLES)
KERNELS(b8, Bool, WHOLES)
