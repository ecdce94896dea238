// Softmax of each row of (rows, n), or its logarithm, and the gradients. A row is shared by `lanes`
// threads of a warp, or by a block where it is long; it is read three times, mostly from cache.
#include "row_threads.cuh"

struct SoftmaxArgs {
  const void* x;
  const void* gradient;
  void* out;
  long long rows;
  long long n;
  int logarithm;
  int lanes;
};

// Threads whose row lies beyond the last take part with n = 0.
template <typename T, typename Threads>
DEVICE void forward(const T* x, long long n, bool logarithm, T* out, const Threads& threads) {
  const Exponentials<T> e = exponentials(x, n, threads);
  const T none = static_cast<T>(-HUGE_VAL);
  const T log_ = log(e.sum);
  const T factor = T(1) / e.sum;
  for (long long i = threads.at(); i < n; i += threads.step()) {
    const T d = x[i] - e.largest;
    out[i] = e.empty() ? (logarithm ? none : T(0)) : logarithm ? d - log_ : exp(d) * factor;
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
