// Uniform and normal numbers and dropout masks from Philox 4x32-10, the same numbers bit for bit
// as the CPU's (io.relata.cpu.dense.Philox, RandomNumbers and BoxMuller): all arithmetic is plain
// IEEE doubles in the same order, and nothing is contracted (nvcc -fmad=false).
#include "dense.cuh"

struct Words {
  unsigned w[4];
};

// Block `number` of a stream.
DEVICE Words philox(unsigned long long seed, unsigned long long stream, unsigned long long number) {
  unsigned c0 = static_cast<unsigned>(number);
  unsigned c1 = static_cast<unsigned>(number >> 32);
  unsigned c2 = static_cast<unsigned>(stream);
  unsigned c3 = static_cast<unsigned>(stream >> 32);
  unsigned k0 = static_cast<unsigned>(seed);
  unsigned k1 = static_cast<unsigned>(seed >> 32);
  for (int round = 0; round < 10; round++) {
    const unsigned long long p0 = 0xD2511F53ull * c0;
    const unsigned long long p1 = 0xCD9E8D57ull * c2;
    c0 = static_cast<unsigned>(p1 >> 32) ^ c1 ^ k0;
    c1 = static_cast<unsigned>(p1);
    c2 = static_cast<unsigned>(p0 >> 32) ^ c3 ^ k1;
    c3 = static_cast<unsigned>(p0);
    k0 += 0x9E3779B9u;
    k1 += 0xBB67AE85u;
  }
  return {{c0, c1, c2, c3}};
}

struct UniformArgs {
  unsigned long long seed;
  unsigned long long stream;
  double low;
  double span;
  double last;
  void* out;
  long long n;
  int wide;
};

DEVICE double unit(unsigned word, float) { return (word >> 8) * 5.9604644775390625e-8; }
DEVICE double unit(unsigned word, double) { return word * 2.3283064365386962890625e-10; }

template <typename T>
DEVICE void uniform(const UniformArgs& a) {
  for (long long i = 4 * globalThread(); i < a.n; i += 4 * globalThreads()) {
    const Words words = philox(a.seed, a.stream, i / 4);
    Quad<T> q;
    for (int k = 0; k < 4; k++) {
      const double u = a.low + unit(words.w[k], T()) * a.span;
      q.v[k] = static_cast<T>(smallerOf(u, a.last));
    }
    storeQuad(static_cast<T*>(a.out), i, a.n, a.wide, q);
  }
}

KERNEL(uniform_f32, UniformArgs) { uniform<float>(a); }
KERNEL(uniform_f64, UniformArgs) { uniform<double>(a); }

// ---- normal numbers ----

struct NormalArgs {
  unsigned long long seed;
  unsigned long long stream;
  double mean;
  double deviation;
  void* out;
  long long n;
  int wide;
};

// Natural logarithm of a number from 2^-32 to 1; see BoxMuller.log.
DEVICE double logOfUnit(double x) {
  long long bits = __double_as_longlong(x);
  // Split into 2^e m with m from sqrt(1/2) to sqrt(2).
  const long long shifted = bits - 0x3fe6a09e667f3bcdLL;
  const long long e = shifted >> 52;
  bits -= e * 0x10000000000000LL;
  const double f = __longlong_as_double(bits) - 1.0;
  const double s = f / (2.0 + f);
  const double z = s * s;
  const double w = z * z;
  const double t1 =
      w * (3.999999999940941908e-01 +
           w * (2.222219843214978396e-01 + w * 1.531383769920937332e-01));
  const double t2 =
      z * (6.666666666666735130e-01 +
           w * (2.857142874366239149e-01 +
                w * (1.818357216161805012e-01 + w * 1.479819860511658591e-01)));
  const double r = t2 + t1;
  const double half = 0.5 * f * f;
  const double k = static_cast<double>(e);
  return k * 6.93147180369123816490e-01 -
         ((half - (s * (half + r) + k * 1.90821492927058770002e-10)) - f);
}

// Sine of an angle up to pi / 4; see BoxMuller.
DEVICE double sineNear0(double x) {
  const double z = x * x;
  const double r =
      8.33333333332248946124e-03 +
      z * (-1.98412698298579493134e-04 +
           z * (2.75573137070700676789e-06 +
                z * (-2.50507602534068634195e-08 + z * 1.58969099521155010221e-10)));
  return x + z * x * (-1.66666666666666324348e-01 + z * r);
}

DEVICE double cosineNear0(double x) {
  const double z = x * x;
  const double r =
      z * (4.16666666666666019037e-02 +
           z * (-1.38888888888741095749e-03 +
                z * (2.48015872894767294178e-05 +
                     z * (-2.75573143513906633035e-07 +
                          z * (2.08757232129817482790e-09 + z * -1.13596475577881948265e-11)))));
  const double half = 0.5 * z;
  const double w = 1.0 - half;
  return w + (((1.0 - w) - half) + z * r);
}

// Two normal numbers: the first word gives the radius, the second the angle, in parts of a circle.
DEVICE void boxMuller(unsigned first, unsigned second, double mean, double deviation, double* out) {
  const double u = (static_cast<double>(first) + 1.0) * 2.3283064365386962890625e-10;
  const double radius = deviation * sqrt(-2.0 * logOfUnit(u));
  // The nearest quarter of the circle, and the angle from there.
  const unsigned quarter = (second + 0x20000000u) >> 30;
  const int rest = static_cast<int>(second - (quarter << 30));
  const double angle = rest * 1.4629180792671596e-09;
  const double sine = sineNear0(angle);
  const double cosine = cosineNear0(angle);
  const double x = (quarter & 1) == 0 ? cosine : sine;
  const double y = (quarter & 1) == 0 ? sine : cosine;
  out[0] = mean + radius * (quarter == 1 || quarter == 2 ? -x : x);
  out[1] = mean + radius * (quarter >= 2 ? -y : y);
}

template <typename T>
DEVICE void normal(const NormalArgs& a) {
  for (long long i = 4 * globalThread(); i < a.n; i += 4 * globalThreads()) {
    const Words words = philox(a.seed, a.stream, i / 4);
    double numbers[4];
    boxMuller(words.w[0], words.w[1], a.mean, a.deviation, numbers);
    boxMuller(words.w[2], words.w[3], a.mean, a.deviation, numbers + 2);
    Quad<T> q;
    for (int k = 0; k < 4; k++) q.v[k] = static_cast<T>(numbers[k]);
    storeQuad(static_cast<T*>(a.out), i, a.n, a.wide, q);
  }
}

KERNEL(normal_f32, NormalArgs) { normal<float>(a); }
KERNEL(normal_f64, NormalArgs) { normal<double>(a); }

// ---- dropout ----

// Kept is where the word's upper 24 bits, or all 32 for doubles, are at least `least`.
struct DropoutArgs {
  unsigned long long seed;
  unsigned long long stream;
  double scale;
  long long least;
  const void* x;
  void* out;
  long long n;
  int wide;
};

DEVICE long long grid(unsigned word, float) { return word >> 8; }
DEVICE long long grid(unsigned word, double) { return word; }

template <typename T>
DEVICE void dropout(const DropoutArgs& a) {
  const T scale = static_cast<T>(a.scale);
  for (long long i = 4 * globalThread(); i < a.n; i += 4 * globalThreads()) {
    const Words words = philox(a.seed, a.stream, i / 4);
    Quad<T> q = loadQuad(static_cast<const T*>(a.x), i, a.n, a.wide);
    for (int k = 0; k < 4; k++) {
      q.v[k] = grid(words.w[k], T()) >= a.least ? q.v[k] * scale : T(0);
    }
    storeQuad(static_cast<T*>(a.out), i, a.n, a.wide, q);
  }
}

KERNEL(dropout_f32, DropoutArgs) { dropout<float>(a); }
KERNEL(dropout_f64, DropoutArgs) { dropout<double>(a); }
