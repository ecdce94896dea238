// Cross-entropy of each row of logits (rows, n) with its label, and the gradient, without an array of
// the logits' size in between. Rows are shared as in softmax.cu.
#include "row_threads.cuh"

// `weight`: what each row counts, forward; the gradient's factor of each row, backward. `sums`: of each
// row its largest number and 1 / the sum of e^(x - largest), which the gradient takes from forward.
struct CrossEntropyArgs {
  const void* x;
  const void* labels;
  const void* weight;
  void* sums;
  void* out;
  long long rows;
  long long n;
  int lanes;
  int wideLabels;
};

DEVICE long long labelOf(const CrossEntropyArgs& a, long long row) {
  return a.wideLabels ? static_cast<const long long*>(a.labels)[row]
                      : static_cast<const int*>(a.labels)[row];
}

template <typename T, typename Threads>
DEVICE void forward(const CrossEntropyArgs& a, long long row, const Threads& threads) {
  const bool mine = row < a.rows;
  const T* const x = static_cast<const T*>(a.x) + row * a.n;
  const Exponentials<T> e = exponentials(x, mine ? a.n : 0, threads);
  if (!mine || threads.at() != 0) return;
  T* const sums = static_cast<T*>(a.sums) + 2 * row;
  sums[0] = e.largest;
  sums[1] = T(1) / e.sum;
  // A row of only -inf has no shares to compare.
  const T loss = e.empty() ? -e.largest : log(e.sum) - (x[labelOf(a, row)] - e.largest);
  static_cast<T*>(a.out)[row] = loss * static_cast<const T*>(a.weight)[row];
}

template <typename T, typename Threads>
DEVICE void backward(const CrossEntropyArgs& a, long long row, const Threads& threads) {
  if (row >= a.rows) return;
  const T* const x = static_cast<const T*>(a.x) + row * a.n;
  T* const out = static_cast<T*>(a.out) + row * a.n;
  const T weight = static_cast<const T*>(a.weight)[row];
  const T largest = static_cast<const T*>(a.sums)[2 * row];
  const T factor = static_cast<const T*>(a.sums)[2 * row + 1];
  const bool empty = Exponentials<T>{largest, 0}.empty();
  const long long label = labelOf(a, row);
  for (long long i = threads.at(); i < a.n; i += threads.step()) {
    const T share = empty ? T(0) : exp(x[i] - largest) * factor;
    const T scaled = share * weight;
    out[i] = i == label ? scaled - weight : scaled;
  }
}

template <bool FORWARD, typename T, typename Threads>
DEVICE void work(const CrossEntropyArgs& a, long long row, const Threads& threads) {
  if (FORWARD) {
    forward<T>(a, row, threads);
  } else {
    backward<T>(a, row, threads);
  }
}

template <bool FORWARD, typename T>
DEVICE void shortRows(const CrossEntropyArgs& a) {
  const Lanes<T> threads = {a.lanes};
  const int rows = 32 / a.lanes;
  for (long long first = globalWarp() * rows; first < a.rows; first += globalWarps() * rows) {
    work<FORWARD, T>(a, first + lane() / a.lanes, threads);
  }
}

template <bool FORWARD, typename T>
DEVICE void longRows(const CrossEntropyArgs& a) {
  __shared__ T warps[BLOCK / 32];
  const Block<T> threads = {warps};
  for (long long row = blockIdx.x; row < a.rows; row += gridDim.x) work<FORWARD, T>(a, row, threads);
}

KERNEL(cross_entropy_short_f32, CrossEntropyArgs) { shortRows<true, float>(a); }
KERNEL(cross_entropy_short_f64, CrossEntropyArgs) { shortRows<true, double>(a); }
KERNEL(cross_entropy_long_f32, CrossEntropyArgs) { longRows<true, float>(a); }
KERNEL(cross_entropy_long_f64, CrossEntropyArgs) { longRows<true, double>(a); }
KERNEL(cross_entropy_grad_short_f32, CrossEntropyArgs) { shortRows<false, float>(a); }
KERNEL(cross_entropy_grad_short_f64, CrossEntropyArgs) { shortRows<false, double>(a); }
KERNEL(cross_entropy_grad_long_f32, CrossEntropyArgs) { longRows<false, float>(a); }
KERNEL(cross_entropy_grad_long_f64, CrossEntropyArgs) { longRows<false, double>(a); }
