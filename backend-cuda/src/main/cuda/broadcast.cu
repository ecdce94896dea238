// Elementwise kernels of several arrays with broadcasting: functions of two, comparisons,
// selection. The output has no gaps; what each operand's address is follows from axes that the
// host has merged, so arrays of one shape are one axis.
#include "dense.cuh"

constexpr int AXES = 8;

// Axes from the innermost outwards. `wide`: four neighbours along the innermost axis can be read
// and written at once, or are one element repeated.
struct BroadcastArgs {
  const void* x;
  const void* y;
  const void* z;
  void* out;
  double a;
  long long n;
  int op;
  int rank;
  int wide;
  int operands;
  long long sizes[AXES];
  long long xStrides[AXES];
  long long yStrides[AXES];
  long long zStrides[AXES];
};

// Positions of one output element in the operands.
struct Place {
  long long x;
  long long y;
  long long z;
};

template <int OPERANDS>
DEVICE Place placeOf(const BroadcastArgs& a, long long i) {
  Place p = {0, 0, 0};
#pragma unroll 1
  for (int axis = 0; axis < a.rank - 1; axis++) {
    const long long outer = divide(i, a.sizes[axis]);
    const long long at = i - outer * a.sizes[axis];
    p.x += at * a.xStrides[axis];
    p.y += at * a.yStrides[axis];
    if (OPERANDS == 3) p.z += at * a.zStrides[axis];
    i = outer;
  }
  p.x += i * a.xStrides[a.rank - 1];
  p.y += i * a.yStrides[a.rank - 1];
  if (OPERANDS == 3) p.z += i * a.zStrides[a.rank - 1];
  return p;
}

template <typename T>
DEVICE Quad<T> along(const T* p, long long step) {
  if (step == 1) return *reinterpret_cast<const Quad<T>*>(p);
  const T one = *p;
  return {{one, one, one, one}};
}

// The operands of elements i..i+3.
template <typename T>
DEVICE void operands(const BroadcastArgs& a, long long i, Quad<T>& x, Quad<T>& y) {
  const T* const left = static_cast<const T*>(a.x);
  const T* const right = static_cast<const T*>(a.y);
  if (a.wide && i + 4 <= a.n) {
    const Place p = placeOf<2>(a, i);
    x = along(left + p.x, a.xStrides[0]);
    y = along(right + p.y, a.yStrides[0]);
    return;
  }
  for (int k = 0; k < 4; k++) {
    x.v[k] = 0;
    // Not 0, by which integers are not divided.
    y.v[k] = 1;
    if (i + k < a.n) {
      const Place p = placeOf<2>(a, i + k);
      x.v[k] = left[p.x];
      y.v[k] = right[p.y];
    }
  }
}

// io.relata.spi.BinaryOp, in its order.
enum Binary {
  ADD, SUB, MUL, DIV, POW, MAX, MIN, EQ, NE, LT, LE, GT, GE, AND, OR, XOR, RELU_GRAD,
  LEAKY_RELU_GRAD, ELU_GRAD, SIGMOID_GRAD, TANH_GRAD
};

#define EACH(value)             \
  for (int k = 0; k < 4; k++) { \
    const T x = p.v[k];         \
    const T y = q.v[k];         \
    r.v[k] = (value);           \
  }                             \
  break

template <typename T>
DEVICE Quad<T> arithmetic(int op, const Quad<T>& p, const Quad<T>& q, T a) {
  Quad<T> r = {};
  switch (op) {
    case ADD: EACH(x + y);
    case SUB: EACH(x - y);
    case MUL: EACH(x * y);
    case DIV: EACH(x / y);
    case MAX: EACH(largerOf(x, y));
    case MIN: EACH(smallerOf(x, y));
    case RELU_GRAD: EACH(y > 0 ? x : T(0));
    case LEAKY_RELU_GRAD: EACH(y > 0 ? x : a * x);
    case ELU_GRAD: EACH(y > 0 ? x : x * (y + a));
    case SIGMOID_GRAD: EACH(x * y * (T(1) - y));
    case TANH_GRAD: EACH(x * (T(1) - y * y));
  }
  return r;
}

template <typename T>
DEVICE void binary(const BroadcastArgs& a) {
  for (long long i = 4 * globalThread(); i < a.n; i += 4 * globalThreads()) {
    Quad<T> x;
    Quad<T> y;
    operands(a, i, x, y);
    storeQuad(static_cast<T*>(a.out), i, a.n, a.wide,
              arithmetic(a.op, x, y, static_cast<T>(a.a)));
  }
}

template <typename T>
DEVICE void powers(const BroadcastArgs& a) {
  for (long long i = globalThread(); i < a.n; i += globalThreads()) {
    const Place p = placeOf<2>(a, i);
    static_cast<T*>(a.out)[i] =
        power(static_cast<const T*>(a.x)[p.x], static_cast<const T*>(a.y)[p.y]);
  }
}

KERNEL(binary_f32, BroadcastArgs) { binary<float>(a); }
KERNEL(binary_f64, BroadcastArgs) { binary<double>(a); }
KERNEL(power_f32, BroadcastArgs) { powers<float>(a); }
KERNEL(power_f64, BroadcastArgs) { powers<double>(a); }

// ---- integers ----

DEVICE long long powerOf(long long x, long long y) {
  if (y < 0) return x == 1 ? 1 : x == -1 ? ((y & 1) == 0 ? 1 : -1) : 0;
  long long result = 1;
  for (long long base = x; y != 0; y >>= 1, base = times(base, base)) {
    result = (y & 1) != 0 ? times(result, base) : result;
  }
  return result;
}

// Truncating, for 32 bits where these suffice; the host has refused divisors that are 0.
DEVICE long long quotient(long long x, long long y) {
  if (y == 0) return 0;
  if (y == -1) return minus(0, x);
  if (x == static_cast<int>(x) && y == static_cast<int>(y)) {
    return static_cast<int>(x) / static_cast<int>(y);
  }
  return x / y;
}

template <typename T>
DEVICE Quad<T> integers(int op, const Quad<T>& p, const Quad<T>& q) {
  Quad<T> r = {};
  switch (op) {
    case ADD: EACH(Into<T>::whole(plus(x, y)));
    case SUB: EACH(Into<T>::whole(minus(x, y)));
    case MUL: EACH(Into<T>::whole(times(x, y)));
    case DIV: EACH(Into<T>::whole(quotient(x, y)));
    case POW: EACH(Into<T>::whole(powerOf(x, y)));
    case MAX: EACH(largerOf(x, y));
    case MIN: EACH(smallerOf(x, y));
  }
  return r;
}

template <typename T>
DEVICE void binaryInteger(const BroadcastArgs& a) {
  for (long long i = 4 * globalThread(); i < a.n; i += 4 * globalThreads()) {
    Quad<T> x;
    Quad<T> y;
    operands(a, i, x, y);
    storeQuad(static_cast<T*>(a.out), i, a.n, a.wide, integers(a.op, x, y));
  }
}

KERNEL(binary_i32, BroadcastArgs) { binaryInteger<int>(a); }
KERNEL(binary_i64, BroadcastArgs) { binaryInteger<long long>(a); }

// ---- comparisons ----

template <typename T>
DEVICE Quad<Bool> compare(int op, const Quad<T>& p, const Quad<T>& q) {
  Quad<Bool> r = {};
  switch (op) {
    case EQ: EACH(x == y);
    case NE:
    case XOR: EACH(x != y);
    case LT: EACH(x < y);
    case LE: EACH(x <= y);
    case GT: EACH(x > y);
    case GE: EACH(x >= y);
    case AND: EACH(x != 0 && y != 0);
    case OR: EACH(x != 0 || y != 0);
  }
  return r;
}

template <typename T>
DEVICE void comparison(const BroadcastArgs& a) {
  for (long long i = 4 * globalThread(); i < a.n; i += 4 * globalThreads()) {
    Quad<T> x;
    Quad<T> y;
    operands(a, i, x, y);
    storeQuad(static_cast<Bool*>(a.out), i, a.n, a.wide, compare(a.op, x, y));
  }
}

KERNEL(compare_f32, BroadcastArgs) { comparison<float>(a); }
KERNEL(compare_f64, BroadcastArgs) { comparison<double>(a); }
KERNEL(compare_i32, BroadcastArgs) { comparison<int>(a); }
KERNEL(compare_i64, BroadcastArgs) { comparison<long long>(a); }
KERNEL(compare_b8, BroadcastArgs) { comparison<Bool>(a); }

// ---- selection: z is the condition; x and y are only moved, so all that counts is their width ---

template <typename T>
DEVICE void select(const BroadcastArgs& a) {
  const T* const left = static_cast<const T*>(a.x);
  const T* const right = static_cast<const T*>(a.y);
  const Bool* const condition = static_cast<const Bool*>(a.z);
  for (long long i = 4 * globalThread(); i < a.n; i += 4 * globalThreads()) {
    Quad<T> r = {};
    if (a.wide && i + 4 <= a.n) {
      const Place p = placeOf<3>(a, i);
      const Quad<T> x = along(left + p.x, a.xStrides[0]);
      const Quad<T> y = along(right + p.y, a.yStrides[0]);
      const Quad<Bool> c = along(condition + p.z, a.zStrides[0]);
      for (int k = 0; k < 4; k++) r.v[k] = c.v[k] ? x.v[k] : y.v[k];
    } else {
      for (int k = 0; k < 4 && i + k < a.n; k++) {
        const Place p = placeOf<3>(a, i + k);
        r.v[k] = condition[p.z] ? left[p.x] : right[p.y];
      }
    }
    storeQuad(static_cast<T*>(a.out), i, a.n, a.wide, r);
  }
}

KERNEL(where_w1, BroadcastArgs) { select<unsigned char>(a); }
KERNEL(where_w2, BroadcastArgs) { select<unsigned short>(a); }
KERNEL(where_w4, BroadcastArgs) { select<unsigned>(a); }
KERNEL(where_w8, BroadcastArgs) { select<unsigned long long>(a); }
