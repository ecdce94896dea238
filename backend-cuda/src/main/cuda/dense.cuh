// What the kernels on dense arrays share: four elements at a time, broadcast addresses, Java's
// rules for extremes and conversions, and reductions over a block.
#pragma once

#include "relata.cuh"

// Four elements in a thread's hands. 16 bytes are the widest access, so four doubles are two.
template <typename T>
struct alignas(sizeof(T) * 4 < 16 ? sizeof(T) * 4 : 16) Quad {
  T v[4];
};

// Elements i..i+3 of an array of n, at once where the caller says that the address allows it;
// what lies beyond the end is not read.
template <typename T>
DEVICE Quad<T> loadQuad(const T* p, long long i, long long n, bool wide) {
  if (wide && i + 4 <= n) return *reinterpret_cast<const Quad<T>*>(p + i);
  Quad<T> q = {};
  for (int k = 0; k < 4; k++) {
    if (i + k < n) q.v[k] = p[i + k];
  }
  return q;
}

template <typename T>
DEVICE void storeQuad(T* p, long long i, long long n, bool wide, const Quad<T>& q) {
  if (wide && i + 4 <= n) {
    *reinterpret_cast<Quad<T>*>(p + i) = q;
    return;
  }
  for (int k = 0; k < 4; k++) {
    if (i + k < n) p[i + k] = q.v[k];
  }
}

// A division of sizes: 64 bits only where they are needed, which costs three times as much.
DEVICE long long divide(long long i, long long by) {
  if (((i | by) >> 31) == 0) return static_cast<unsigned>(i) / static_cast<unsigned>(by);
  return i / by;
}

// ---- Java's rules ----

template <typename T>
DEVICE bool isNan(T x) {
  return x != x;
}

// Negative or -0.
DEVICE bool signOf(float x) { return signbit(x) != 0; }
DEVICE bool signOf(double x) { return signbit(x) != 0; }

// Math.max and Math.min: NaN propagates, -0 is below 0.
DEVICE float largerOf(float x, float y) {
  return x > y || isNan(x) || (x == y && !signOf(x)) ? x : y;
}
DEVICE double largerOf(double x, double y) {
  return x > y || isNan(x) || (x == y && !signOf(x)) ? x : y;
}
DEVICE int largerOf(int x, int y) { return x > y ? x : y; }
DEVICE long long largerOf(long long x, long long y) { return x > y ? x : y; }

DEVICE float smallerOf(float x, float y) {
  return x < y || isNan(x) || (x == y && signOf(x)) ? x : y;
}
DEVICE double smallerOf(double x, double y) {
  return x < y || isNan(x) || (x == y && signOf(x)) ? x : y;
}
DEVICE int smallerOf(int x, int y) { return x < y ? x : y; }
DEVICE long long smallerOf(long long x, long long y) { return x < y ? x : y; }

// (long) x and (int) x: towards zero, saturated, NaN to 0.
DEVICE long long toLong(double x) {
  if (isNan(x)) return 0;
  if (x >= 9223372036854775808.0) return 0x7fffffffffffffffLL;
  if (x <= -9223372036854775808.0) return -0x7fffffffffffffffLL - 1;
  return static_cast<long long>(x);
}

DEVICE int toInt(double x) {
  if (isNan(x)) return 0;
  if (x >= 2147483647.0) return 0x7fffffff;
  if (x <= -2147483648.0) return -0x7fffffff - 1;
  return static_cast<int>(x);
}

// Integer arithmetic wraps around, which C++ promises for unsigned numbers only.
DEVICE long long plus(long long x, long long y) {
  return static_cast<long long>(static_cast<unsigned long long>(x) +
                                static_cast<unsigned long long>(y));
}
DEVICE long long minus(long long x, long long y) {
  return static_cast<long long>(static_cast<unsigned long long>(x) -
                                static_cast<unsigned long long>(y));
}
DEVICE long long times(long long x, long long y) {
  return static_cast<long long>(static_cast<unsigned long long>(x) *
                                static_cast<unsigned long long>(y));
}

// Java's pow differs from C's where the result could be said to be 1 but is not known.
template <typename T>
DEVICE T power(T x, T y) {
  if (isNan(y) || (isNan(y - y) && fabs(x) == 1)) return y - y;
  return pow(x, y);
}

// ---- element types ----

// BOOL: one byte, 0 or 1.
using Bool = unsigned char;

// Conversion from a double or a long, as Java's: to BOOL is "not 0", to int32 from a long keeps
// the low bits.
template <typename T>
struct Into;
template <>
struct Into<float> {
  static DEVICE float real(double x) { return static_cast<float>(x); }
};
template <>
struct Into<double> {
  static DEVICE double real(double x) { return x; }
};
template <>
struct Into<int> {
  static DEVICE int real(double x) { return toInt(x); }
  static DEVICE int whole(long long x) { return static_cast<int>(x); }
};
template <>
struct Into<long long> {
  static DEVICE long long real(double x) { return toLong(x); }
  static DEVICE long long whole(long long x) { return x; }
};
template <>
struct Into<Bool> {
  static DEVICE Bool real(double x) { return x != 0; }
  static DEVICE Bool whole(long long x) { return x != 0; }
};

// Partial results of reductions: doubles for numbers with a fraction, longs for the others.
template <typename T>
struct Partial {
  using type = long long;
};
template <>
struct Partial<float> {
  using type = double;
};
template <>
struct Partial<double> {
  using type = double;
};

template <typename T>
DEVICE T fromPartial(double x) {
  return Into<T>::real(x);
}
template <typename T>
DEVICE T fromPartial(long long x) {
  return Into<T>::whole(x);
}

// ---- where in a table of jobs a block works ----

// The last of `count` jobs whose first block, ascending, is not after `block`.
template <typename Job>
DEVICE int jobOf(const Job* jobs, int count, long long block) {
  int low = 0;
  int high = count - 1;
  while (low < high) {
    const int middle = (low + high + 1) / 2;
    if (jobs[middle].firstBlock <= block) {
      low = middle;
    } else {
      high = middle - 1;
    }
  }
  return low;
}
