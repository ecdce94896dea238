// Kernels that show what the shim (and a device) must do; the tests of the shim launch them.
#include "relata.cuh"

struct ScaleArgs {
  double factor;
  int shift;
  const void* x;
  void* y;
  long long n;
};

template <typename T>
DEVICE void scale(const ScaleArgs& a) {
  const T* x = static_cast<const T*>(a.x);
  T* y = static_cast<T*>(a.y);
  for (long long i = globalThread(); i < a.n; i += globalThreads()) {
    y[i] = x[i] * static_cast<T>(a.factor) + static_cast<T>(a.shift);
  }
}

KERNEL(probe_scale_f32, ScaleArgs) { scale<float>(a); }
KERNEL(probe_scale_f64, ScaleArgs) { scale<double>(a); }

struct SumArgs {
  const float* x;
  float* sums;
  int n;
};

// A sum per block by shuffles, static shared memory and a barrier.
KERNEL(probe_block_sum, SumArgs) {
  __shared__ float ofWarp[32];
  float sum = 0;
  for (long long i = globalThread(); i < a.n; i += globalThreads()) sum += a.x[i];
  sum = warpSum(sum);
  if (lane() == 0) ofWarp[warp()] = sum;
  __syncthreads();
  if (warp() == 0) {
    sum = warpSum(lane() < warpsOfBlock() ? ofWarp[lane()] : 0.0f);
    if (lane() == 0) a.sums[blockIdx.x] = sum;
  }
}

// Turns each block's stretch around through dynamic shared memory.
KERNEL(probe_reverse, SumArgs) {
  SHARED(float, tile);
  const long long i = globalThread();
  tile[threadIdx.x] = a.x[i];
  __syncthreads();
  a.sums[i] = tile[blockDim.x - 1 - threadIdx.x];
}

// Wrong on purpose: half of the threads miss the barrier.
KERNEL(probe_divergent, SumArgs) {
  if (threadIdx.x < blockDim.x / 2) __syncthreads();
}

// Wrong on purpose: reads what a neighbour wrote without waiting for it.
KERNEL(probe_race, SumArgs) {
  SHARED(float, tile);
  tile[threadIdx.x] = a.x[threadIdx.x];
  a.sums[threadIdx.x] = tile[(threadIdx.x + 1) % blockDim.x];
}

// Wrong on purpose: writes one element too far.
KERNEL(probe_overrun, SumArgs) {
  for (int i = threadIdx.x; i <= a.n; i += blockDim.x) a.sums[i] = 0;
}

struct HalfArgs {
  const float* x;
  float* half;
  float* bfloat;
  int n;
};

KERNEL(probe_half, HalfArgs) {
  for (int i = threadIdx.x; i < a.n; i += blockDim.x) {
    a.half[i] = toCompute(toStored<Half>(a.x[i]));
    a.bfloat[i] = toCompute(toStored<Bfloat>(a.x[i]));
  }
}

struct FillArgs {
  float value;
  float* y;
  long long n;
};

KERNEL(probe_fill, FillArgs) {
  for (long long i = globalThread(); i < a.n; i += globalThreads()) a.y[i] = a.value;
}
