// The end of a layer's dense part: out = f(sum + addends + bias), all in one pass. The sum is what out
// holds, or begins with the first addend. Products come before it, as kernels of their own.
#include "functions.cuh"

// `wide`: four elements at once. Addends are added in order; either may be missing, and so may bias.
struct AffineArgs {
  double a;
  const void* first;
  const void* second;
  const void* bias;
  void* out;
  long long n;
  long long columns;
  int activation;
  int started;
  int wide;
};

template <typename T>
DEVICE T activated(int op, T x, T a) {
  switch (op) {
    case RELU: return relu(x);
    case LEAKY_RELU: return leakyRelu(x, a);
    case ELU: return elu(x, a);
    case SIGMOID: return sigmoid(x);
    case TANH: return tanh(x);
    default: return x;
  }
}

template <typename T>
DEVICE void affine(const AffineArgs& args) {
  const T a = static_cast<T>(args.a);
  T* const out = static_cast<T*>(args.out);
  const T* const first = static_cast<const T*>(args.first);
  const T* const second = static_cast<const T*>(args.second);
  const T* const bias = static_cast<const T*>(args.bias);
  for (long long i = 4 * globalThread(); i < args.n; i += 4 * globalThreads()) {
    Quad<T> r = loadQuad(args.started ? out : first, i, args.n, args.wide);
    if (args.started && first) {
      const Quad<T> y = loadQuad(first, i, args.n, args.wide);
      for (int k = 0; k < 4; k++) r.v[k] += y.v[k];
    }
    if (second) {
      const Quad<T> y = loadQuad(second, i, args.n, args.wide);
      for (int k = 0; k < 4; k++) r.v[k] += y.v[k];
    }
    if (bias) {
      long long column = i - divide(i, args.columns) * args.columns;
      for (int k = 0; k < 4; k++) {
        r.v[k] += bias[column];
        column = column + 1 == args.columns ? 0 : column + 1;
      }
    }
    for (int k = 0; k < 4; k++) r.v[k] = activated(args.activation, r.v[k], a);
    storeQuad(out, i, args.n, args.wide, r);
  }
}

KERNEL(affine_f32, AffineArgs) { affine<float>(a); }
KERNEL(affine_f64, AffineArgs) { affine<double>(a); }
