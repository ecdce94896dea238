// Conversions from and to the sixteen-bit types, by way of float.
#include "dense.cuh"

// Members as those of the other casts.
struct HalfCastArgs {
  double a;
  double b;
  const void* x;
  void* out;
  long long n;
  int op;
  int wide;
};

DEVICE float single(float x) { return x; }
DEVICE float single(double x) { return static_cast<float>(x); }
DEVICE float single(int x) { return static_cast<float>(x); }
DEVICE float single(long long x) { return static_cast<float>(static_cast<double>(x)); }
DEVICE float single(Bool x) { return static_cast<float>(x); }
DEVICE float single(Half x) { return x.number(); }
DEVICE float single(Bfloat x) { return x.number(); }

template <typename To>
struct FromSingle {
  static DEVICE To of(float x) { return Into<To>::real(x); }
};
template <>
struct FromSingle<Half> {
  static DEVICE Half of(float x) { return Half::of(x); }
};
template <>
struct FromSingle<Bfloat> {
  static DEVICE Bfloat of(float x) { return Bfloat::of(x); }
};

template <typename From, typename To>
DEVICE void castHalf(const HalfCastArgs& a) {
  for (long long i = 4 * globalThread(); i < a.n; i += 4 * globalThreads()) {
    const Quad<From> q = loadQuad(static_cast<const From*>(a.x), i, a.n, a.wide);
    Quad<To> r;
    for (int k = 0; k < 4; k++) r.v[k] = FromSingle<To>::of(single(q.v[k]));
    storeQuad(static_cast<To*>(a.out), i, a.n, a.wide, r);
  }
}

#define BOTH_WAYS(half, type, Half, Type)                                   \
  KERNEL(cast_##half##_##type, HalfCastArgs) { castHalf<Half, Type>(a); }   \
  KERNEL(cast_##type##_##half, HalfCastArgs) { castHalf<Type, Half>(a); }

BOTH_WAYS(f16, f32, Half, float)
BOTH_WAYS(f16, f64, Half, double)
BOTH_WAYS(f16, i32, Half, int)
BOTH_WAYS(f16, i64, Half, long long)
BOTH_WAYS(f16, b8, Half, Bool)
BOTH_WAYS(bf16, f32, Bfloat, float)
BOTH_WAYS(bf16, f64, Bfloat, double)
BOTH_WAYS(bf16, i32, Bfloat, int)
BOTH_WAYS(bf16, i64, Bfloat, long long)
BOTH_WAYS(bf16, b8, Bfloat, Bool)
BOTH_WAYS(f16, bf16, Half, Bfloat)
