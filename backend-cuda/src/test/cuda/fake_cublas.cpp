// A stand-in for libcublas.so.12 beside fake_driver.cpp, for tests of the host code that calls it: plain
// loops with cuBLAS's meaning of orders, strides and factors.
#include <cstdint>
#include <dlfcn.h>
#include <vector>

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
  std::vector<T> sums(m);
  for (int e = 0; e < count; e++) {
    const T* x = a + e * sa;
    const T* y = b + e * sb;
    for (int j = 0; j < n; j++) {
      sums.assign(m, 0);
      // The next element of x in memory is the next of a sum, or of the next sum.
      if (ta) {
        for (int i = 0; i < m; i++) {
          for (int l = 0; l < k; l++) {
            sums[i] += x[l + 1ll * i * lda] * y[tb ? j + 1ll * l * ldb : l + 1ll * j * ldb];
          }
        }
      } else {
        for (int l = 0; l < k; l++) {
          const T factor = y[tb ? j + 1ll * l * ldb : l + 1ll * j * ldb];
          for (int i = 0; i < m; i++) sums[i] += x[i + 1ll * l * lda] * factor;
        }
      }
      for (int i = 0; i < m; i++) {
        T& out = c[e * sc + i + 1ll * j * ldc];
        out = *beta == 0 ? *alpha * sums[i] : *alpha * sums[i] + *beta * out;
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
