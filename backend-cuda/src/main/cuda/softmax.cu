// Softmax of each row of (rows, n), or its logarithm, and the gradients. A row is shared by `lanes`
// threads of a warp, or by a block where it is long; it is read three times, mostly from cache.
#include "dense.cuh"

constexpr int BLOCK = 256;

struct SoftmaxArgs {
  const void* x;
  const void* gradient;
  void* out;
  long long rows;
  long long n;
  int logarithm;
  int lanes;
};

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

// Threads whose row lies beyond the last take part with n = 0.
template <typename T, typename Threads>
DEVICE void forward(const T* x, long long n, bool logarithm, T* out, const Threads& threads) {
  const T none = static_cast<T>(-HUGE_VAL);
  T max = none;
  for (long long i = threads.at(); i < n; i += threads.step()) max = largerOf(max, x[i]);
  max = threads.largest(max);
  const bool empty = max == none;
  T sum = 0;
  for (long long i = threads.at(); !empty && i < n; i += threads.step()) sum += exp(x[i] - max);
  sum = threads.sum(sum);
  const T log_ = log(sum);
  const T factor = T(1) / sum;
  for (long long i = threads.at(); i < n; i += threads.step()) {
    const T d = x[i] - max;
    out[i] = empty ? (logarithm ? none : T(0)) : logarithm ? d - log_ : exp(d) * factor;
  }
}

template <typename T, typename Threads>
DEVICE void backward(
    const T* y, const T* gradient, long long n, bool logarithm, T* out, const Threads& threads) {
  T sum = 0;
  for (long long i = threads.at(); i < n; i += threads.step()) {
    sum = logarithm ? sum + gradient[i] : fma(gradient[i], y[i], sum);
  }
  sum = threads.sum(sum);
  for (long long i = threads.at(); i < n; i += threads.step()) {
    const T g = gradient[i];
    out[i] = logarithm ? g - exp(y[i]) * sum : y[i] * (g - sum);
  }
}

template <bool FORWARD, typename T>
DEVICE void shortRows(const SoftmaxArgs& a) {
  const Lanes<T> threads = {a.lanes};
  const int rows = 32 / a.lanes;
  for (long long first = globalWarp() * rows; first < a.rows; first += globalWarps() * rows) {
    const long long row = first + lane() / a.lanes;
    const long long n = row < a.rows ? a.n : 0;
    const long long at = row * a.n;
    const T* const x = static_cast<const T*>(a.x) + at;
    T* const out = static_cast<T*>(a.out) + at;
    if (FORWARD) {
      forward(x, n, a.logarithm, out, threads);
    } else {
      backward(x, static_cast<const T*>(a.gradient) + at, n, a.logarithm, out, threads);
    }
  }
}

template <bool FORWARD, typename T>
DEVICE void longRows(const SoftmaxArgs& a) {
  __shared__ T warps[BLOCK / 32];
  const Block<T> threads = {warps};
  for (long long row = blockIdx.x; row < a.rows; row += gridDim.x) {
    const long long at = row * a.n;
    const T* const x = static_cast<const T*>(a.x) + at;
    T* const out = static_cast<T*>(a.out) + at;
    if (FORWARD) {
      forward(x, a.n, a.logarithm, out, threads);
    } else {
      backward(x, static_cast<const T*>(a.gradient) + at, a.n, a.logarithm, out, threads);
    }
  }
}

KERNEL(softmax_short_f32, SoftmaxArgs) { shortRows<true, float>(a); }
KERNEL(softmax_short_f64, SoftmaxArgs) { shortRows<true, double>(a); }
KERNEL(softmax_long_f32, SoftmaxArgs) { longRows<true, float>(a); }
KERNEL(softmax_long_f64, SoftmaxArgs) { longRows<true, double>(a); }
KERNEL(softmax_grad_short_f32, SoftmaxArgs) { shortRows<false, float>(a); }
KERNEL(softmax_grad_short_f64, SoftmaxArgs) { shortRows<false, double>(a); }
KERNEL(softmax_grad_long_f32, SoftmaxArgs) { longRows<false, float>(a); }
KERNEL(softmax_grad_long_f64, SoftmaxArgs) { longRows<false, double>(a); }
