// What a C++ programmer would write by hand: accumulators in registers over a row's edges, software prefetch of a
// row to come, rows cut into blocks of equal edges. Rows are a whole number of vectors of 16 floats.
// Built by the benchmark: g++ -O3 -march=native -mprefer-vector-width=512 -fopenmp -shared -fPIC
#include <cmath>
#include <cstdint>
#include <cstring>
#if defined(__AVX512F__)
#include <immintrin.h>
#endif

typedef float v16 __attribute__((vector_size(64)));
typedef int32_t i16 __attribute__((vector_size(64)));

static const int AHEAD = 8;

// ---- the rows of a graph and how edges are named ----

struct Rows {
  const int32_t* offsets;
  const int32_t* columns;
  const int32_t* ids;     // null: slot i holds edge i
  const int32_t* blocks;  // block b owns rows blocks[b] to blocks[b + 1]
  int32_t num_blocks;
  int32_t threads;
  int32_t last() const { return offsets[blocks[num_blocks]]; }
  int64_t edge(int i) const { return ids ? ids[i] : i; }
};

static inline v16 load(const float* p) {
  v16 v;
  std::memcpy(&v, p, 64);
  return v;
}

static inline void store(float* p, v16 v) { std::memcpy(p, &v, 64); }

static inline v16 load_some(const float* p, int n, float other) {
#if defined(__AVX512F__)
  return (v16)_mm512_mask_loadu_ps(_mm512_set1_ps(other), (__mmask16)((1u << n) - 1), p);
#else
  v16 v = v16{} + other;
  for (int i = 0; i < n; ++i) v[i] = p[i];
  return v;
#endif
}

static inline void store_some(float* p, int n, v16 v) {
#if defined(__AVX512F__)
  _mm512_mask_storeu_ps(p, (__mmask16)((1u << n) - 1), (__m512)v);
#else
  for (int i = 0; i < n; ++i) p[i] = v[i];
#endif
}

static inline float total(v16 v) {
#if defined(__AVX512F__)
  return _mm512_reduce_add_ps((__m512)v);
#else
  float s = 0;
  for (int i = 0; i < 16; ++i) s += v[i];
  return s;
#endif
}

static inline v16 larger(v16 a, v16 b) { return a > b ? a : b; }

static inline void prefetch(const Rows& g, const float* x, int d, int c, int width, int i, int last) {
  int ahead = i + AHEAD < last ? g.columns[i + AHEAD] : g.columns[i];
  for (int k = 0; k < width; k += 16) __builtin_prefetch(x + (int64_t)ahead * d + c + k);
}

// Runs body(row range, first column, vectors) over all blocks and over passes of 8, 4 or 1 vectors.
#define PASSES(d, BODY)                                                   \
  _Pragma("omp parallel for schedule(dynamic, 1) num_threads(g.threads)") \
  for (int b = 0; b < g.num_blocks; ++b) {                                \
    int r0 = g.blocks[b], r1 = g.blocks[b + 1], c = 0;                    \
    for (; c + 128 <= d; c += 128) BODY(8);                               \
    for (; c + 64 <= d; c += 64) BODY(4);                                 \
    for (; c + 16 <= d; c += 16) BODY(1);                                 \
  }

// ---- reduced products ----

template <int V>
static inline void copy_sum(const Rows& g, const float* x, float* out, int d, int c, int r0, int r1) {
  int last = g.last();
  for (int r = r0; r < r1; ++r) {
    v16 acc[V] = {};
    for (int i = g.offsets[r]; i < g.offsets[r + 1]; ++i) {
      prefetch(g, x, d, c, 16 * V, i, last);
      const float* p = x + (int64_t)g.columns[i] * d + c;
      for (int k = 0; k < V; ++k) acc[k] += load(p + 16 * k);
    }
    for (int k = 0; k < V; ++k) store(out + (int64_t)r * d + c + 16 * k, acc[k]);
  }
}

template <int V>
static inline void copy_max(const Rows& g, const float* x, float* out, int d, int c, int r0, int r1) {
  int last = g.last();
  for (int r = r0; r < r1; ++r) {
    v16 acc[V];
    bool any = g.offsets[r] < g.offsets[r + 1];
    for (int k = 0; k < V; ++k) acc[k] = v16{} + (any ? -INFINITY : 0.0f);
    for (int i = g.offsets[r]; i < g.offsets[r + 1]; ++i) {
      prefetch(g, x, d, c, 16 * V, i, last);
      const float* p = x + (int64_t)g.columns[i] * d + c;
      for (int k = 0; k < V; ++k) acc[k] = larger(acc[k], load(p + 16 * k));
    }
    for (int k = 0; k < V; ++k) store(out + (int64_t)r * d + c + 16 * k, acc[k]);
  }
}

// One weight a head; an edge's weights (16 at most) are one vector, spread over the lanes by a shuffle.
template <int V>
static inline void weighted_sum(const Rows& g, const float* x, const float* w, int heads, float* out, int d,
                                int c, int r0, int r1) {
  int last = g.last();
  i16 lane[V];
  for (int k = 0; k < V; ++k)
    for (int l = 0; l < 16; ++l) lane[k][l] = (c + 16 * k + l) * heads / d;
  for (int r = r0; r < r1; ++r) {
    v16 acc[V] = {};
    for (int i = g.offsets[r]; i < g.offsets[r + 1]; ++i) {
      prefetch(g, x, d, c, 16 * V, i, last);
      const float* p = x + (int64_t)g.columns[i] * d + c;
      const float* q = w + g.edge(i) * heads;
      if (heads == 1) {
        v16 each = v16{} + *q;
        for (int k = 0; k < V; ++k) acc[k] += each * load(p + 16 * k);
      } else {
        v16 all = load_some(q, heads, 0);
        for (int k = 0; k < V; ++k) acc[k] += __builtin_shuffle(all, lane[k]) * load(p + 16 * k);
      }
    }
    for (int k = 0; k < V; ++k) store(out + (int64_t)r * d + c + 16 * k, acc[k]);
  }
}

// ---- a value per edge ----

template <int V>
static inline void dot(const Rows& g, const float* x, const float* y, float* out, int d, int r0, int r1) {
  int last = g.last();
  for (int r = r0; r < r1; ++r) {
    v16 own[V];
    for (int k = 0; k < V; ++k) own[k] = load(y + (int64_t)r * d + 16 * k);
    for (int i = g.offsets[r]; i < g.offsets[r + 1]; ++i) {
      prefetch(g, x, d, 0, 16 * V, i, last);
      const float* p = x + (int64_t)g.columns[i] * d;
      v16 sum = {};
      for (int k = 0; k < V; ++k) sum += own[k] * load(p + 16 * k);
      out[g.edge(i)] = total(sum);
    }
  }
}

static inline v16 exponential(v16 x) {  // Cephes' expf, good to 2 ulp
  x = larger(x, v16{} - 87.0f);
  v16 n = x * 1.44269504f + 12582912.0f;
  v16 k = n - 12582912.0f;
  v16 r = x - k * 0.693359375f + k * 2.12194440e-4f;
  v16 p = v16{} + 1.9875691500e-4f;
  p = p * r + 1.3981999507e-3f;
  p = p * r + 8.3334519073e-3f;
  p = p * r + 4.1665795894e-2f;
  p = p * r + 1.6666665459e-1f;
  p = p * r + 5.0000001201e-1f;
  p = p * r * r + r + 1.0f;
  i16 e = (__builtin_convertvector(k, i16) + 127) << 23;
  v16 scale;
  std::memcpy(&scale, &e, 64);
  return p * scale;
}

// A row of slots in the order of edge ids is one run of numbers; heads divide the lanes, so lanes fold by head.
static inline void softmax_row(const float* in, float* out, int n, int heads) {
  v16 most = v16{} - INFINITY;
  for (int i = 0; i < n; i += 16) most = larger(most, load_some(in + i, n - i < 16 ? n - i : 16, -INFINITY));
  for (int step = 8; step >= heads; step /= 2) {
    i16 turn;
    for (int l = 0; l < 16; ++l) turn[l] = l ^ step;
    most = larger(most, __builtin_shuffle(most, turn));
  }
  v16 sum = {};
  for (int i = 0; i < n; i += 16) {
    int m = n - i < 16 ? n - i : 16;
    v16 e = exponential(load_some(in + i, m, -INFINITY) - most);
    store_some(out + i, m, e);
    sum += m == 16 ? e : load_some(out + i, m, 0);
  }
  for (int step = 8; step >= heads; step /= 2) {
    i16 turn;
    for (int l = 0; l < 16; ++l) turn[l] = l ^ step;
    sum += __builtin_shuffle(sum, turn);
  }
  v16 scale = 1.0f / sum;
  for (int i = 0; i < n; i += 16) {
    int m = n - i < 16 ? n - i : 16;
    store_some(out + i, m, load_some(out + i, m, 0) * scale);
  }
}

static inline void softmax_scattered(const Rows& g, const float* in, float* out, int heads, int from, int to) {
  v16 most = v16{} - INFINITY, sum = {};
  for (int i = from; i < to; ++i) most = larger(most, load_some(in + g.edge(i) * heads, heads, -INFINITY));
  for (int i = from; i < to; ++i) {
    v16 e = exponential(load_some(in + g.edge(i) * heads, heads, -INFINITY) - most);
    store_some(out + g.edge(i) * heads, heads, e);
    sum += e;
  }
  v16 scale = 1.0f / sum;
  for (int i = from; i < to; ++i) {
    float* p = out + g.edge(i) * heads;
    store_some(p, heads, load_some(p, heads, 0) * scale);
  }
}

extern "C" {

void copy_u_sum(Rows* rows, const float* x, float* out, int32_t d) {
  const Rows& g = *rows;
#define BODY(V) copy_sum<V>(g, x, out, d, c, r0, r1)
  PASSES(d, BODY)
#undef BODY
}

void copy_u_max(Rows* rows, const float* x, float* out, int32_t d) {
  const Rows& g = *rows;
#define BODY(V) copy_max<V>(g, x, out, d, c, r0, r1)
  PASSES(d, BODY)
#undef BODY
}

void u_mul_e_sum(Rows* rows, const float* x, const float* w, float* out, int32_t heads, int32_t d) {
  const Rows& g = *rows;
#define BODY(V) weighted_sum<V>(g, x, w, heads, out, d, c, r0, r1)
  PASSES(d, BODY)
#undef BODY
}

void u_dot_v(Rows* g, const float* x, const float* y, float* out, int32_t d) {
#pragma omp parallel for schedule(dynamic, 1) num_threads(g->threads)
  for (int b = 0; b < g->num_blocks; ++b) {
    int r0 = g->blocks[b], r1 = g->blocks[b + 1];
    switch (d / 16) {
      case 1: dot<1>(*g, x, y, out, d, r0, r1); break;
      case 2: dot<2>(*g, x, y, out, d, r0, r1); break;
      case 4: dot<4>(*g, x, y, out, d, r0, r1); break;
      case 8: dot<8>(*g, x, y, out, d, r0, r1); break;
      case 16: dot<16>(*g, x, y, out, d, r0, r1); break;
    }
  }
}

void edge_softmax(Rows* g, const float* in, float* out, int32_t heads) {
#pragma omp parallel for schedule(dynamic, 1) num_threads(g->threads)
  for (int b = 0; b < g->num_blocks; ++b)
    for (int r = g->blocks[b]; r < g->blocks[b + 1]; ++r) {
      int from = g->offsets[r], to = g->offsets[r + 1];
      if (g->ids)
        softmax_scattered(*g, in, out, heads, from, to);
      else
        softmax_row(in + (int64_t)from * heads, out + (int64_t)from * heads, (to - from) * heads, heads);
    }
}

// ---- what the machine moves at best: rows in the order in which they are needed, and runs of memory ----

float gather(const int32_t* index, int64_t n, const float* x, int32_t d, int32_t threads) {
  float sink = 0;
  int64_t blocks = n / 4096 + 1;
#pragma omp parallel for schedule(dynamic, 4) num_threads(threads) reduction(+ : sink)
  for (int64_t b = 0; b < blocks; ++b) {
    int64_t end = (b + 1) * n / blocks;
    v16 acc[4] = {};
    for (int64_t i = b * n / blocks; i < end; ++i) {
      int64_t ahead = index[i + AHEAD < n ? i + AHEAD : i];
      for (int k = 0; k < d; k += 16) __builtin_prefetch(x + ahead * d + k);
      const float* p = x + (int64_t)index[i] * d;
      int k = 0;
      for (; k + 64 <= d; k += 64)
        for (int j = 0; j < 4; ++j) acc[j] += load(p + k + 16 * j);
      for (; k + 16 <= d; k += 16) acc[0] += load(p + k);
      for (; k < d; ++k) acc[1][0] += p[k];
    }
    sink += total(acc[0] + acc[1] + acc[2] + acc[3]);
  }
  return sink;
}

float read_run(const float* x, int64_t n, int32_t threads) {
  float sink = 0;
#pragma omp parallel for schedule(static) num_threads(threads) reduction(+ : sink)
  for (int64_t b = 0; b < n / 16384; ++b) {
    v16 acc[4] = {};
    for (int k = 0; k < 16384; k += 64)
      for (int j = 0; j < 4; ++j) acc[j] += load(x + b * 16384 + k + 16 * j);
    sink += total(acc[0] + acc[1] + acc[2] + acc[3]);
  }
  return sink;
}

void write_run(float* x, int64_t n, int32_t threads) {
#pragma omp parallel for schedule(static) num_threads(threads)
  for (int64_t b = 0; b < n / 16384; ++b)
    for (int k = 0; k < 16384; k += 16) store(x + b * 16384 + k, v16{} + 1.0f);
}
}
