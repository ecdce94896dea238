// Adam over all parameters of a model in one launch: a table in device memory says for each
// parameter where its arrays are and which blocks work on it.
#include "dense.cuh"

constexpr int BLOCK = 256;
// Elements of a parameter that one block steps.
constexpr int CHUNK = 4096;

// As in io.relata.cpu.dense.Loops.Adam.Step.
struct AdamJob {
  void* parameter;
  const void* gradient;
  void* m;
  void* v;
  long long n;
  long long firstBlock;
  double rate;
  double beta1;
  double beta2;
  double epsilon;
  double root;
  double decay;
  double shrink;
  long long wide;
};

struct AdamArgs {
  const AdamJob* jobs;
  int count;
};


// The operations of the CPU's vector kernel, in its order.
DEVICE void step(float& p, float gradient, float& m, float& v, const AdamJob& job) {
  const float g = fma(p, static_cast<float>(job.decay), gradient);
  m = fma(m, static_cast<float>(job.beta1), g * static_cast<float>(1 - job.beta1));
  v = fma(v, static_cast<float>(job.beta2), g * g * static_cast<float>(1 - job.beta2));
  const float below =
      fma(sqrt(v), static_cast<float>(job.root), static_cast<float>(job.epsilon));
  p = p * static_cast<float>(job.shrink) - m * static_cast<float>(job.rate) / below;
}

// The operations of its plain kernel.
DEVICE void step(double& p, double gradient, double& m, double& v, const AdamJob& job) {
  const double g = gradient + job.decay * p;
  m = job.beta1 * m + (1 - job.beta1) * g;
  v = job.beta2 * v + (1 - job.beta2) * g * g;
  p = p * job.shrink - job.rate * m / (sqrt(v) * job.root + job.epsilon);
}

template <typename T>
DEVICE void adam(const AdamArgs& a) {
  const AdamJob job = a.jobs[jobOf(a.jobs, a.count, blockIdx.x)];
  const long long first = (blockIdx.x - job.firstBlock) * CHUNK;
  const long long end = first + CHUNK < job.n ? first + CHUNK : job.n;
  T* const parameter = static_cast<T*>(job.parameter);
  T* const moment = static_cast<T*>(job.m);
  T* const square = static_cast<T*>(job.v);
  for (long long i = first + 4 * threadIdx.x; i < end; i += 4 * BLOCK) {
    Quad<T> p = loadQuad(parameter, i, end, job.wide);
    const Quad<T> g = loadQuad(static_cast<const T*>(job.gradient), i, end, job.wide);
    Quad<T> m = loadQuad(moment, i, end, job.wide);
    Quad<T> v = loadQuad(square, i, end, job.wide);
    for (int k = 0; k < 4; k++) step(p.v[k], g.v[k], m.v[k], v.v[k], job);
    storeQuad(parameter, i, end, job.wide, p);
    storeQuad(moment, i, end, job.wide, m);
    storeQuad(square, i, end, job.wide, v);
  }
}

KERNEL(adam_f32, AdamArgs) { adam<float>(a); }
KERNEL(adam_f64, AdamArgs) { adam<double>(a); }
