// The gradient of attention, by source: a row's values stay in registers, each edge brings its
// destination's gradient once, which serves the dot product and the weighted sum.
#include "attention.cuh"


// Some lanes share a destination's head.
template <typename T>
DEVICE void attentionTable(const AttentionArgs& a, long long destinations) {
  const int side = 32 / a.lanes;
  const int mine = lane() / a.lanes;
  const int first = lane() & (a.lanes - 1);
  const T* out = static_cast<const T*>(a.out);
  const T* gradient = static_cast<const T*>(a.gradient);
  const T* statistics = static_cast<const T*>(a.statistics);
  for (long long base = globalWarp() * side; base < destinations * a.heads;
       base += globalWarps() * side) {
    const long long p = base + mine;
    const bool on = p < destinations * a.heads;
    T dot = 0;
    if (on) {
#pragma unroll 4
      for (int c = first; c < a.width; c += a.lanes) {
        dot = fma(out[p * a.width + c], gradient[p * a.width + c], dot);
      }
    }
    dot = warpSum(dot, a.lanes);
    if (on && first == 0) {
      Pack<T, 4> d;
      d.v[0] = static_cast<const T*>(a.destination)[p];
      d.v[1] = statistics[2 * p];
      d.v[2] = statistics[2 * p + 1];
      d.v[3] = dot;
      d.store(static_cast<T*>(a.table) + 4 * p);
    }
  }
}

template <typename T, int VEC, int V>
DEVICE void attentionGrad(const AttentionArgs& a) {
  constexpr int U = EDGES_AT_ONCE;
  const Group g = groupOf(a.lanes * a.sideHeads, 1);
  const HeadLane h = headLane<VEC>(a, g.lane);
  const long long size = static_cast<long long>(a.heads) * a.width;
  const int head = h.works ? h.head : 0;
  const T* gradient = static_cast<const T*>(a.gradient) + static_cast<long long>(head) * a.width;
  const T* table = static_cast<const T*>(a.table) + 4 * head;
  const T* edge = static_cast<const T*>(a.edge);
  T* dEdge = static_cast<T*>(a.dEdge);
  const T slope = static_cast<T>(a.slope);
  const Finder ids = finderOf(a.rows, TARGET_E, 0);
  const Share share = shareOf(a.rows, a.split, blockIdx.x, a.chunkBlocks, g.groups);
  for (long long base = share.from; base < share.until; base += share.step) {
    const long long at = base + g.mine;
    const Stretch s = stretchOf(a.rows, a.split, share, at);
    const bool works = s.works && h.works;
    const long long mine = static_cast<long long>(s.row) * a.heads + head;
    const T term = works ? static_cast<const T*>(a.source)[mine] : T(0);
    T values[V][VEC];
    T sums[V][VEC];
    T sum = 0;
    bool live[V];
#pragma unroll
    for (int w = 0; w < V; w++) {
      const int c = h.first + w * h.step;
      live[w] = works && c < a.width;
      Pack<T, VEC> x = {};
      if (live[w]) x = Pack<T, VEC>::load(static_cast<const T*>(a.values) + mine * a.width + c);
#pragma unroll
      for (int e = 0; e < VEC; e++) {
        values[w][e] = x.v[e];
        sums[w][e] = 0;
      }
    }
    // Lanes add up a dot product at every edge, so the rows of a warp go on until the longest ends.
    const int edges = works ? s.end - s.begin : 0;
    const int most = warpMax(edges);
    for (int i = 0; i < most; i += U) {
      Pack<T, VEC> x[U][V];
      Pack<T, 4> d[U];
      T terms[U];
      long long id[U];
      T dot[U];
#pragma unroll
      for (int k = 0; k < U; k++) {
        id[k] = -1;
        terms[k] = 0;
        d[k] = {};
#pragma unroll
        for (int w = 0; w < V; w++) x[k][w] = {};
        if (i + k < edges) {
          const int slot = s.begin + i + k;
          const long long v = a.rows.columns[slot];
          id[k] = static_cast<long long>(ids.row(slot)) * a.heads + head;
          d[k] = Pack<T, 4>::load(table + 4 * v * a.heads);
          if (edge) terms[k] = edge[id[k]];
#pragma unroll
          for (int w = 0; w < V; w++) {
            if (live[w]) x[k][w] = Pack<T, VEC>::load(gradient + v * size + h.first + w * h.step);
          }
        }
      }
#pragma unroll
      for (int k = 0; k < U; k++) {
        dot[k] = 0;
#pragma unroll
        for (int w = 0; w < V; w++) {
#pragma unroll
          for (int e = 0; e < VEC; e++) dot[k] = fma(x[k][w].v[e], values[w][e], dot[k]);
        }
      }
      for (int b = a.lanes / 2; b > 0; b /= 2) {
#pragma unroll
        for (int k = 0; k < U; k++) dot[k] += __shfl_xor_sync(ALL_LANES, dot[k], b);
      }
#pragma unroll
      for (int k = 0; k < U; k++) {
        if (id[k] < 0) continue;
        T logit = term + d[k].v[0];
        if (edge) logit += terms[k];
        const bool above = logit > 0;
        const T weight =
            d[k].v[2] == 0 ? T(0) : exp(leaky(logit, slope) - d[k].v[1]) / d[k].v[2];
        T change = weight * (dot[k] - d[k].v[3]);
        if (!above) change *= slope;
        if (h.first == 0) dEdge[id[k]] = change;
        sum += change;
#pragma unroll
        for (int w = 0; w < V; w++) {
#pragma unroll
          for (int e = 0; e < VEC; e++) sums[w][e] = fma(weight, x[k][w].v[e], sums[w][e]);
        }
      }
    }
    if (!works) continue;
    const long long to = (share.chunks ? at : s.row) * a.heads + head;
    T* dSource = static_cast<T*>(share.chunks ? a.partialStatistics : a.dSource);
    T* dValues = static_cast<T*>(share.chunks ? a.partial : a.dValues);
    if (h.first == 0) dSource[to] = sum;
#pragma unroll
    for (int w = 0; w < V; w++) {
      if (live[w]) storeNumbers(dValues + to * a.width + h.first + w * h.step, sums[w]);
    }
  }
}

struct AttentionTableArgs {
  AttentionArgs attention;
  long long destinations;
};

#define ATTENTION_GRAD(type, T, blocks)                              \
  KERNEL(attention_table_##type, AttentionTableArgs) {               \
    attentionTable<T>(a.attention, a.destinations);                  \
  }                                                                  \
  KERNEL_BOUNDS(attention_grad_w_##type, AttentionArgs, 256, blocks) { \
    attentionGrad<T, 16 / sizeof(T), 1>(a);                          \
  }                                                                  \
  KERNEL_BOUNDS(attention_grad_ww_##type, AttentionArgs, 256, blocks) { \
    attentionGrad<T, 16 / sizeof(T), 2>(a);                          \
  }                                                                  \
  KERNEL_BOUNDS(attention_grad_n_##type, AttentionArgs, 256, blocks) { \
    attentionGrad<T, 1, 1>(a);                                       \
  }                                                                  \
  KERNEL_BOUNDS(attention_grad_nnnn_##type, AttentionArgs, 256, blocks) { \
    attentionGrad<T, 1, 4>(a);                                       \
  }

ATTENTION_GRAD(f32, float, 2)
ATTENTION_GRAD(f64, double, 1)
