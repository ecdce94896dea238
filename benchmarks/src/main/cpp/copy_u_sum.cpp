// The peer of the copy_u sum benchmark: what a C++ programmer would write by hand. Register accumulators over a
// row's edges, software prefetch of a row to come, rows cut into blocks of equal edges.
// Built by the benchmark: g++ -O3 -march=native -fopenmp -shared -fPIC
#include <cstdint>

template <int B>
static inline void rows(const int32_t* offsets, const int32_t* columns, const float* x, float* out, int d,
                        int c, int r0, int r1, int last) {
  for (int r = r0; r < r1; ++r) {
    float acc[B] = {0};
    for (int i = offsets[r]; i < offsets[r + 1]; ++i) {
      int ahead = i + 8 < last ? columns[i + 8] : columns[i];
      for (int k = 0; k < B; k += 16) __builtin_prefetch(x + (int64_t)ahead * d + c + k);
      const float* p = x + (int64_t)columns[i] * d + c;
      for (int k = 0; k < B; ++k) acc[k] += p[k];
    }
    float* o = out + (int64_t)r * d + c;
    for (int k = 0; k < B; ++k) o[k] = acc[k];
  }
}

extern "C" void copy_u_sum(const int32_t* offsets, const int32_t* columns, const float* x, float* out,
                           int32_t d, const int32_t* blocks, int32_t num_blocks, int32_t threads) {
  int last = offsets[blocks[num_blocks]];
#pragma omp parallel for schedule(dynamic, 1) num_threads(threads)
  for (int b = 0; b < num_blocks; ++b) {
    int c = 0;
    for (; c + 128 <= d; c += 128) rows<128>(offsets, columns, x, out, d, c, blocks[b], blocks[b + 1], last);
    for (; c + 64 <= d; c += 64) rows<64>(offsets, columns, x, out, d, c, blocks[b], blocks[b + 1], last);
    for (; c + 16 <= d; c += 16) rows<16>(offsets, columns, x, out, d, c, blocks[b], blocks[b + 1], last);
    for (; c < d; ++c) rows<1>(offsets, columns, x, out, d, c, blocks[b], blocks[b + 1], last);
  }
}
