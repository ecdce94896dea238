// A stand-in for libcublas.so.12 beside fake_driver.cpp, for tests of the host code that calls it: plain
// loops with cuBLAS's meaning of orders, strides and factors.
#include <cstdint>
#include <dlfcn.h>

#pragma GCC visibility push(default)
extern "C" {

int cublasCreate_v2(void** handle) {
  static int library;
  *handle = &library;
  return 0;
}
int cublasDestroy_v2(void*) { return 0; }
int cublasSetStream_v2(void*, void* stream) { return stream ? 0 : 7; }
}

namespace {

// Everything that was queued before comes first, as on a stream.
void drain() {
  void* driver = dlopen("libcuda.so.1", RTLD_LAZY | RTLD_NOLOAD);
  reinterpret_cast<long long (*)()>(dlsym(driver, "fake_drain"))();
}

// Column-major, as cuBLAS counts.
template <typename T>
int gemm(int ta, int tb, int m, int n, int k, const T* alpha, const T* a, int lda, long long sa,
         const T* b, int ldb, long long sb, const T* beta, T* c, int ldc, long long sc, int count) {
  if (lda < (ta ? k : m) || ldb < (tb ? n : k) || ldc < m) return 7;
  drain();
  for (int e = 0; e < count; e++) {
    for (int j = 0; j < n; j++) {
      for (int i = 0; i < m; i++) {
        T sum = 0;
        for (int l = 0; l < k; l++) {
          sum += a[e * sa + (ta ? l + 1ll * i * lda : i + 1ll * l * lda)] *
                 b[e * sb + (tb ? j + 1ll * l * ldb : l + 1ll * j * ldb)];
        }
        T& out = c[e * sc + i + 1ll * j * ldc];
        out = *beta == 0 ? *alpha * sum : *alpha * sum + *beta * out;
      }
    }
  }
  return 0;
}

}  // namespace

extern "C" {
#define GEMM(letter, T)                                                                          \
  int cublas##letter##gemm_v2(void*, int ta, int tb, int m, int n, int k, const T* alpha,        \
                              const T* a, int lda, const T* b, int ldb, const T* beta, T* c,     \
                              int ldc) {                                                         \
    return gemm<T>(ta, tb, m, n, k, alpha, a, lda, 0, b, ldb, 0, beta, c, ldc, 0, 1);            \
  }                                                                                              \
  int cublas##letter##gemmStridedBatched(                                                        \
      void*, int ta, int tb, int m, int n, int k, const T* alpha, const T* a, int lda,           \
      long long sa, const T* b, int ldb, long long sb, const T* beta, T* c, int ldc,             \
      long long sc, int count) {                                                                 \
    return gemm<T>(ta, tb, m, n, k, alpha, a, lda, sa, b, ldb, sb, beta, c, ldc, sc, count);     \
  }
GEMM(S, float)
GEMM(D, double)
}
