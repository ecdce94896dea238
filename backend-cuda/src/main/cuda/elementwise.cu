// Elementwise kernels: constants, progressions, conversions, functions of one and of two arrays,
// selection. They are bound by memory, so which function it is a switch decides for four elements
// at a time; costly functions have kernels of their own, for the registers they need.
#include "functions.cuh"

// ---- constants ----

// `pattern` repeats every 8 bytes of memory, from addresses that are multiples of 8.
struct FillArgs {
  long long pattern;
  void* out;
  long long bytes;
};

KERNEL(fill, FillArgs) {
  const unsigned long long start = reinterpret_cast<unsigned long long>(a.out);
  const unsigned long long end = start + a.bytes;
  const unsigned long long first = (start + 15) & ~15ull;
  const unsigned long long last = end & ~15ull;
  const Quad<int> block = {static_cast<int>(a.pattern), static_cast<int>(a.pattern >> 32),
                           static_cast<int>(a.pattern), static_cast<int>(a.pattern >> 32)};
  for (unsigned long long p = first + 16 * globalThread(); p < last; p += 16 * globalThreads()) {
    *reinterpret_cast<Quad<int>*>(p) = block;
  }
  // The ragged ends, byte by byte, by the first threads.
  if (globalThread() < 16) {
    const unsigned long long head = start + globalThread();
    if (head < first && head < end) {
      *reinterpret_cast<unsigned char*>(head) =
          static_cast<unsigned char>(a.pattern >> (head % 8 * 8));
    }
    const unsigned long long tail = last + globalThread();
    if (last >= first && tail < end) {
      *reinterpret_cast<unsigned char*>(tail) =
          static_cast<unsigned char>(a.pattern >> (tail % 8 * 8));
    }
  }
}

struct RangeArgs {
  double start;
  double step;
  void* out;
  long long n;
};

template <typename T>
DEVICE void range(const RangeArgs& a) {
  for (long long i = globalThread(); i < a.n; i += globalThreads()) {
    static_cast<T*>(a.out)[i] = Into<T>::real(a.start + i * a.step);
  }
}

KERNEL(range_f32, RangeArgs) { range<float>(a); }
KERNEL(range_f64, RangeArgs) { range<double>(a); }
KERNEL(range_i32, RangeArgs) { range<int>(a); }
KERNEL(range_i64, RangeArgs) { range<long long>(a); }
KERNEL(range_b8, RangeArgs) { range<Bool>(a); }

// ---- functions of one array ----

// `wide`: all addresses allow four elements at once.
struct UnaryArgs {
  double a;
  double b;
  const void* x;
  void* out;
  long long n;
  int op;
  int wide;
};

template <typename From, typename To>
struct Cast {
  static DEVICE To of(From x) { return Into<To>::real(static_cast<double>(x)); }
};
template <>
struct Cast<int, long long> {
  static DEVICE long long of(int x) { return x; }
};
template <>
struct Cast<long long, int> {
  static DEVICE int of(long long x) { return static_cast<int>(x); }
};
template <>
struct Cast<long long, Bool> {
  static DEVICE Bool of(long long x) { return x != 0; }
};
template <>
struct Cast<Bool, long long> {
  static DEVICE long long of(Bool x) { return x; }
};
// Exact or rounded once either way: no need for doubles, which many devices are slow at.
template <>
struct Cast<int, float> {
  static DEVICE float of(int x) { return static_cast<float>(x); }
};
template <>
struct Cast<int, Bool> {
  static DEVICE Bool of(int x) { return x != 0; }
};
template <>
struct Cast<Bool, int> {
  static DEVICE int of(Bool x) { return x; }
};
template <>
struct Cast<Bool, float> {
  static DEVICE float of(Bool x) { return x; }
};
template <>
struct Cast<float, Bool> {
  static DEVICE Bool of(float x) { return x != 0; }
};

template <typename From, typename To>
DEVICE void cast(const UnaryArgs& a) {
  for (long long i = 4 * globalThread(); i < a.n; i += 4 * globalThreads()) {
    const Quad<From> q = loadQuad(static_cast<const From*>(a.x), i, a.n, a.wide);
    Quad<To> r;
    for (int k = 0; k < 4; k++) r.v[k] = Cast<From, To>::of(q.v[k]);
    storeQuad(static_cast<To*>(a.out), i, a.n, a.wide, r);
  }
}

KERNEL(cast_f32_f64, UnaryArgs) { cast<float, double>(a); }
KERNEL(cast_f32_i32, UnaryArgs) { cast<float, int>(a); }
KERNEL(cast_f32_i64, UnaryArgs) { cast<float, long long>(a); }
KERNEL(cast_f32_b8, UnaryArgs) { cast<float, Bool>(a); }
KERNEL(cast_f64_f32, UnaryArgs) { cast<double, float>(a); }
KERNEL(cast_f64_i32, UnaryArgs) { cast<double, int>(a); }
KERNEL(cast_f64_i64, UnaryArgs) { cast<double, long long>(a); }
KERNEL(cast_f64_b8, UnaryArgs) { cast<double, Bool>(a); }
KERNEL(cast_i32_f32, UnaryArgs) { cast<int, float>(a); }
KERNEL(cast_i32_f64, UnaryArgs) { cast<int, double>(a); }
KERNEL(cast_i32_i64, UnaryArgs) { cast<int, long long>(a); }
KERNEL(cast_i32_b8, UnaryArgs) { cast<int, Bool>(a); }
KERNEL(cast_i64_f32, UnaryArgs) { cast<long long, float>(a); }
KERNEL(cast_i64_f64, UnaryArgs) { cast<long long, double>(a); }
KERNEL(cast_i64_i32, UnaryArgs) { cast<long long, int>(a); }
KERNEL(cast_i64_b8, UnaryArgs) { cast<long long, Bool>(a); }
KERNEL(cast_b8_f32, UnaryArgs) { cast<Bool, float>(a); }
KERNEL(cast_b8_f64, UnaryArgs) { cast<Bool, double>(a); }
KERNEL(cast_b8_i32, UnaryArgs) { cast<Bool, int>(a); }
KERNEL(cast_b8_i64, UnaryArgs) { cast<Bool, long long>(a); }

#define EACH(value)             \
  for (int k = 0; k < 4; k++) { \
    const T x = q.v[k];         \
    r.v[k] = (value);           \
  }                             \
  break

// a * x + b as the CPU's kernels have it: rounded once in float, twice in double.
DEVICE float affine(float a, float x, float b) { return fma(a, x, b); }
DEVICE double affine(double a, double x, double b) { return a * x + b; }

template <typename T>
DEVICE Quad<T> arithmetic(int op, const Quad<T>& q, T a, T b) {
  Quad<T> r = {};
  switch (op) {
    case NEG: EACH(-x);
    case ABS: EACH(fabs(x));
    case SIGN: EACH(x > 0 ? T(1) : x < 0 ? T(-1) : x);
    case SQUARE: EACH(x * x);
    case SQRT: EACH(sqrt(x));
    case RSQRT: EACH(T(1) / sqrt(x));
    case RECIPROCAL: EACH(T(1) / x);
    case RELU: EACH(relu(x));
    case LEAKY_RELU: EACH(leakyRelu(x, a));
    case FLOOR: EACH(floor(x));
    case CEIL: EACH(ceil(x));
    case ROUND: EACH(rint(x));
    case AFFINE: EACH(affine(a, x, b));
    case RDIV: EACH(a / x);
    case CLAMP: {
      for (int k = 0; k < 4; k++) {
        const T low = q.v[k] < a ? a : q.v[k];
        r.v[k] = low > b ? b : low;
      }
      break;
    }
  }
  return r;
}

template <typename T>
DEVICE T softplus(T x) {
  return (x < 0 ? T(0) : x) + log1p(exp(-fabs(x)));
}

template <typename T>
DEVICE Quad<T> function(int op, const Quad<T>& q, T a) {
  Quad<T> r = {};
  switch (op) {
    case EXP: EACH(exp(x));
    case EXPM1: EACH(expm1(x));
    case LOG: EACH(log(x));
    case LOG1P: EACH(log1p(x));
    case TANH: EACH(tanh(x));
    case SIGMOID: EACH(sigmoid(x));
    case SOFTPLUS: EACH(softplus(x));
    case ERF: EACH(erf(x));
    case ELU: EACH(elu(x, a));
  }
  return r;
}

// Sine, cosine and powers need many more registers than the rest.
template <typename T>
DEVICE Quad<T> costly(int op, const Quad<T>& q, T a) {
  Quad<T> r = {};
  switch (op) {
    case SIN: EACH(sin(x));
    case COS: EACH(cos(x));
    case POW: EACH(power(x, a));
    case RPOW: EACH(power(a, x));
  }
  return r;
}

DEVICE long long integer(int op, long long x, double a, double b, bool whole) {
  switch (op) {
    case NEG: return minus(0, x);
    case ABS: return x < 0 ? minus(0, x) : x;
    case SIGN: return (x > 0) - (x < 0);
    case SQUARE: return times(x, x);
    // Whole numbers stay exact beyond 2^53.
    case AFFINE: return whole ? plus(times(toLong(a), x), toLong(b)) : toLong(a * x + b);
    default: return smallerOf(largerOf(x, toLong(a)), toLong(b));
  }
}

template <typename T>
DEVICE void unaryArithmetic(const UnaryArgs& a) {
  for (long long i = 4 * globalThread(); i < a.n; i += 4 * globalThreads()) {
    const Quad<T> q = loadQuad(static_cast<const T*>(a.x), i, a.n, a.wide);
    storeQuad(static_cast<T*>(a.out), i, a.n, a.wide,
              arithmetic(a.op, q, static_cast<T>(a.a), static_cast<T>(a.b)));
  }
}

template <typename T>
DEVICE void unaryFunction(const UnaryArgs& a) {
  for (long long i = 4 * globalThread(); i < a.n; i += 4 * globalThreads()) {
    const Quad<T> q = loadQuad(static_cast<const T*>(a.x), i, a.n, a.wide);
    storeQuad(static_cast<T*>(a.out), i, a.n, a.wide, function(a.op, q, static_cast<T>(a.a)));
  }
}

template <typename T>
DEVICE void unaryCostly(const UnaryArgs& a) {
  for (long long i = 4 * globalThread(); i < a.n; i += 4 * globalThreads()) {
    const Quad<T> q = loadQuad(static_cast<const T*>(a.x), i, a.n, a.wide);
    storeQuad(static_cast<T*>(a.out), i, a.n, a.wide, costly(a.op, q, static_cast<T>(a.a)));
  }
}

template <typename T>
DEVICE void unaryInteger(const UnaryArgs& a) {
  const bool whole = a.a == rint(a.a) && a.b == rint(a.b);
  for (long long i = globalThread(); i < a.n; i += globalThreads()) {
    const long long x = static_cast<const T*>(a.x)[i];
    static_cast<T*>(a.out)[i] = Into<T>::whole(integer(a.op, x, a.a, a.b, whole));
  }
}

KERNEL(unary_arithmetic_f32, UnaryArgs) { unaryArithmetic<float>(a); }
KERNEL(unary_arithmetic_f64, UnaryArgs) { unaryArithmetic<double>(a); }
KERNEL(unary_function_f32, UnaryArgs) { unaryFunction<float>(a); }
KERNEL(unary_function_f64, UnaryArgs) { unaryFunction<double>(a); }
KERNEL(unary_costly_f32, UnaryArgs) { unaryCostly<float>(a); }
KERNEL(unary_costly_f64, UnaryArgs) { unaryCostly<double>(a); }
KERNEL(unary_i32, UnaryArgs) { unaryInteger<int>(a); }
KERNEL(unary_i64, UnaryArgs) { unaryInteger<long long>(a); }

// ---- y += a * x ----

struct AxpyArgs {
  double a;
  const void* x;
  void* y;
  long long n;
  int wide;
};

template <typename T>
DEVICE void axpy(const AxpyArgs& a) {
  const T factor = static_cast<T>(a.a);
  for (long long i = 4 * globalThread(); i < a.n; i += 4 * globalThreads()) {
    const Quad<T> x = loadQuad(static_cast<const T*>(a.x), i, a.n, a.wide);
    Quad<T> y = loadQuad(static_cast<const T*>(a.y), i, a.n, a.wide);
    for (int k = 0; k < 4; k++) y.v[k] = affine(factor, x.v[k], y.v[k]);
    storeQuad(static_cast<T*>(a.y), i, a.n, a.wide, y);
  }
}

template <typename T>
DEVICE void axpyInteger(const AxpyArgs& a) {
  const bool whole = a.a == rint(a.a);
  for (long long i = globalThread(); i < a.n; i += globalThreads()) {
    const long long x = static_cast<const T*>(a.x)[i];
    const long long product = whole ? times(toLong(a.a), x) : toLong(a.a * x);
    T* const y = static_cast<T*>(a.y) + i;
    *y = Into<T>::whole(plus(*y, product));
  }
}

KERNEL(axpy_f32, AxpyArgs) { axpy<float>(a); }
KERNEL(axpy_f64, AxpyArgs) { axpy<double>(a); }
KERNEL(axpy_i32, AxpyArgs) { axpyInteger<int>(a); }
KERNEL(axpy_i64, AxpyArgs) { axpyInteger<long long>(a); }
