// The loops that DGL's CPU kernels consist of where libxsmm does not serve: weights and heads that broadcast, dot
// products, edge softmax. Written anew after dmlc/dgl (src/array/cpu/spmm.h and sddmm.h as of 1.1): rows in equal shares
// a thread, results added up in memory edge by edge, a broadcast operand's positions looked up in tables, dot products
// edge by edge from a list of edges. What DGL leaves to libxsmm or PyTorch is not here; the plain sum is, to compare.
// Built by the benchmark as DGL's packages are, for any x86-64: g++ -O3 -fopenmp -shared -fPIC
#include <algorithm>
#include <cmath>
#include <cstdint>
#include <cstring>
#include <limits>
#include <vector>

struct Rows {
  const int32_t* offsets;
  const int32_t* columns;
  const int32_t* ids;  // null: slot i holds edge i
  const int32_t* blocks;
  int32_t num_blocks;
  int32_t threads;
  int64_t count() const { return blocks[num_blocks]; }
  int64_t edge(int64_t i) const { return ids ? ids[i] : i; }
};

// Where output k finds its numbers in a row of x and of w; null where positions are the same.
struct Broadcast {
  std::vector<int64_t> x, w;

  // One weight for each of `heads` equal parts of a row.
  static Broadcast weights(int64_t d, int64_t heads) {
    Broadcast b;
    for (int64_t k = 0; k < d; ++k) {
      b.x.push_back(k);
      b.w.push_back(k * heads / d);
    }
    return b;
  }
};

// Runs body(i) for all of 0 to n - 1, an equal share a thread whatever its edges.
template <typename Body>
static void in_equal_shares(int64_t n, int threads, Body body) {
#pragma omp parallel for schedule(static) num_threads(threads)
  for (int64_t i = 0; i < n; ++i) body(i);
}

template <bool WEIGHTED>
static void sum(const Rows& g, const float* x, const float* w, float* out, int64_t d, int64_t w_width,
                const Broadcast* at) {
  in_equal_shares(g.count(), g.threads, [&](int64_t r) {
    float* row = out + r * d;
    std::memset(row, 0, d * sizeof(float));
    for (int64_t i = g.offsets[r]; i < g.offsets[r + 1]; ++i) {
      int64_t source = g.columns[i], edge = g.edge(i);
      for (int64_t k = 0; k < d; ++k) {
        int64_t kx = at ? at->x[k] : k, kw = at ? at->w[k] : k;
        float value = x[source * d + kx];
        row[k] += WEIGHTED ? value * w[edge * w_width + kw] : value;
      }
    }
  });
}

extern "C" {

void dgl_sum(Rows* g, const float* x, float* out, int32_t d) { sum<false>(*g, x, nullptr, out, d, d, nullptr); }

void dgl_weighted_sum(Rows* g, const float* x, const float* w, int32_t heads, float* out, int32_t d) {
  Broadcast at = Broadcast::weights(d, heads);
  sum<true>(*g, x, w, out, d, heads, &at);
}

// A number an edge and head: the dot product of that head's part of both ends' rows.
void dgl_dot(const int32_t* src, const int32_t* dst, int64_t edges, const float* x, const float* y, float* out,
             int32_t heads, int32_t d, int32_t threads) {
  int64_t part = d / heads;
  in_equal_shares(edges, threads, [&](int64_t e) {
    for (int64_t h = 0; h < heads; ++h) {
      const float* a = x + (int64_t)src[e] * d + h * part;
      const float* b = y + (int64_t)dst[e] * d + h * part;
      float s = 0;
      for (int64_t k = 0; k < part; ++k) s += a[k] * b[k];
      out[e * heads + h] = s;
    }
  });
}

// The sum of both ends' numbers.
void dgl_add(const int32_t* src, const int32_t* dst, int64_t edges, const float* x, const float* y, float* out,
             int32_t heads, int32_t threads) {
  in_equal_shares(edges, threads, [&](int64_t e) {
    for (int64_t h = 0; h < heads; ++h)
      out[e * heads + h] = x[(int64_t)src[e] * heads + h] + y[(int64_t)dst[e] * heads + h];
  });
}

void dgl_softmax(Rows* g, const float* in, float* out, int32_t heads) {
  in_equal_shares(g->count(), g->threads, [&](int64_t r) {
    int64_t from = g->offsets[r], n = g->offsets[r + 1] - from;
    std::vector<float> values(n);
    std::vector<int64_t> places(n);
    for (int64_t h = 0; h < heads; ++h) {
      float most = -std::numeric_limits<float>::infinity(), total = 0;
      for (int64_t i = 0; i < n; ++i) {
        places[i] = g->edge(from + i) * heads + h;
        values[i] = in[places[i]];
        most = std::max(most, values[i]);
      }
      for (float& v : values) total += v = std::exp(v - most);
      for (int64_t i = 0; i < n; ++i) out[places[i]] = values[i] / total;
    }
  });
}

void dgl_softmax_gradient(Rows* g, const float* y, const float* gradient, float* product, float* out, int32_t heads) {
  int64_t size = (int64_t)g->offsets[g->count()] * heads;
  in_equal_shares(size, g->threads, [&](int64_t i) { product[i] = y[i] * gradient[i]; });
  in_equal_shares(g->count(), g->threads, [&](int64_t r) {
    for (int64_t h = 0; h < heads; ++h) {
      float total = 0;
      for (int64_t i = g->offsets[r]; i < g->offsets[r + 1]; ++i) total += product[g->edge(i) * heads + h];
      for (int64_t i = g->offsets[r]; i < g->offsets[r + 1]; ++i) {
        int64_t at = g->edge(i) * heads + h;
        out[at] = product[at] - total * y[at];
      }
    }
  });
}
}
