// Attention in one pass over the edges of each row: the largest logit so far, the sum of
// exponentials and the weighted sum are kept together and scaled down when a larger logit comes
// (Milakov and Gimelshein, Online normalizer calculation for softmax, 2018).
#include "attention.cuh"

template <typename N, int VEC, int V>
struct Weighted {
  N largest;
  N sum;
  N x[V][VEC];
};

// begin < end.
template <typename T, int VEC, int V>
DEVICE void attend(const AttentionArgs& a, const Stretch& s, const HeadLane& h,
                   Weighted<T, VEC, V>& held) {
  constexpr int U = EDGES_AT_ONCE;
  const T* source = static_cast<const T*>(a.source);
  const T* edge = static_cast<const T*>(a.edge);
  const T* values = static_cast<const T*>(a.values) + static_cast<long long>(h.head) * a.width;
  const long long valuesSize = static_cast<long long>(a.heads) * a.width;
  const T mine =
      static_cast<const T*>(a.destination)[static_cast<long long>(s.row) * a.heads + h.head];
  const T slope = static_cast<T>(a.slope);
  const Finder ids = finderOf(a.rows, TARGET_E, 0);
  int next[U];
#pragma unroll
  for (int k = 0; k < U; k++) {
    next[k] = a.rows.columns[s.begin + k < s.end ? s.begin + k : s.end - 1];
  }
  for (int i = s.begin; i < s.end; i += U) {
    int from[U];
#pragma unroll
    for (int k = 0; k < U; k++) from[k] = next[k];
    if (s.end - i > U) {
#pragma unroll
      for (int k = 0; k < U; k++) {
        next[k] = a.rows.columns[s.end - i - U > k ? i + U + k : s.end - 1];
      }
    }
    T logit[U];
#pragma unroll
    for (int k = 0; k < U; k++) {
      logit[k] = source[static_cast<long long>(from[k]) * a.heads + h.head];
    }
    Pack<T, VEC> x[U][V];
#pragma unroll
    for (int k = 0; k < U; k++) {
#pragma unroll
      for (int w = 0; w < V; w++) {
        const int c = h.first + w * h.step;
        x[k][w] = Pack<T, VEC>::load(values + from[k] * valuesSize + (c < a.width ? c : 0));
      }
    }
#pragma unroll
    for (int k = 0; k < U; k++) logit[k] += mine;
    if (edge) {
#pragma unroll
      for (int k = 0; k < U; k++) {
        const int id = ids.row(s.end - i > k ? i + k : s.end - 1);
        logit[k] += edge[static_cast<long long>(id) * a.heads + h.head];
      }
    }
    T largest = held.largest;
#pragma unroll
    for (int k = 0; k < U; k++) {
      logit[k] = s.end - i > k ? leaky(logit[k], slope) : lowest<T>();
      // A NaN is passed over here and comes back with the exponential.
      largest = logit[k] > largest ? logit[k] : largest;
    }
    const T less = shift(largest);
    const T scale = exp(held.largest - less);
    held.largest = largest;
    held.sum *= scale;
#pragma unroll
    for (int w = 0; w < V; w++) {
#pragma unroll
      for (int c = 0; c < VEC; c++) held.x[w][c] *= scale;
    }
#pragma unroll
    for (int k = 0; k < U; k++) {
      // Beyond the end the last edge was read again; its numbers may be infinite.
      const bool on = s.end - i > k;
      const T weight = exp(logit[k] - less);
      if (on) held.sum += weight;
#pragma unroll
      for (int w = 0; w < V; w++) {
#pragma unroll
        for (int c = 0; c < VEC; c++) {
          if (on) held.x[w][c] = fma(weight, x[k][w].v[c], held.x[w][c]);
        }
      }
    }
  }
}

template <typename T, int VEC, int V>
DEVICE void attention(const AttentionArgs& a) {
  const Group g = groupOf(a.lanes * a.sideHeads, 1);
  const HeadLane h = headLane<VEC>(a, g.lane);
  const Share share = shareOf(a.rows, a.split, blockIdx.x, a.chunkBlocks, g.groups);
  for (long long base = share.from; base < share.until; base += share.step) {
    const long long at = base + g.mine;
    const Stretch s = stretchOf(a.rows, a.split, share, at);
    if (!s.works || !h.works) continue;
    Weighted<T, VEC, V> held;
    held.largest = lowest<T>();
    held.sum = 0;
#pragma unroll
    for (int w = 0; w < V; w++) {
#pragma unroll
      for (int c = 0; c < VEC; c++) held.x[w][c] = 0;
    }
    if (s.begin < s.end) attend<T, VEC, V>(a, s, h, held);
    const long long head = (share.chunks ? at : s.row) * a.heads + h.head;
    T* to = static_cast<T*>(share.chunks ? a.partial : a.out) + head * a.width;
    T* statistics = static_cast<T*>(share.chunks ? a.partialStatistics : a.statistics);
    if (!share.chunks) {
#pragma unroll
      for (int w = 0; w < V; w++) {
#pragma unroll
        for (int c = 0; c < VEC; c++) {
          held.x[w][c] = held.sum == 0 ? T(0) : held.x[w][c] / held.sum;
        }
      }
    }
#pragma unroll
    for (int w = 0; w < V; w++) {
      const int c = h.first + w * h.step;
      if (c < a.width) storeNumbers(to + c, held.x[w]);
    }
    if (statistics && h.first == 0) {
      statistics[2 * head] = share.chunks ? held.largest : shift(held.largest);
      statistics[2 * head + 1] = held.sum;
    }
  }
}

// Merges the chunks of long rows: eight warps of a block take successive parts of a row's chunks
// for 32 columns, and one puts the parts together. blockIdx.y: which columns.
template <typename T>
DEVICE void attentionMerge(const AttentionArgs& a) {
  constexpr int WARPS = 8;
  __shared__ T largestParts[WARPS][32];
  __shared__ T sumParts[WARPS][32];
  __shared__ T parts[WARPS][32];
  const int size = a.heads * a.width;
  const int column = static_cast<int>(blockIdx.y) * 32 + lane();
  const int head = column < size ? column / a.width : 0;
  for (int place = blockIdx.x; place < a.split.counts[0]; place += gridDim.x) {
    const int row = a.split.rows[place];
    const int chunks = chunksOf(a.split, a.rows.offsets[row + 1] - a.rows.offsets[row]);
    const int per = (chunks + WARPS - 1) / WARPS;
    const int begin = warp() * per;
    const int end = begin + per < chunks ? begin + per : chunks;
    const long long first = a.split.firsts[place];
    const T* statistics = static_cast<const T*>(a.partialStatistics) + 2 * (first * a.heads + head);
    const T* partial = static_cast<const T*>(a.partial) + first * size + column;
    T largest = lowest<T>();
    for (int k = begin; k < end; k++) {
      const T x = statistics[2ll * k * a.heads];
      largest = x > largest ? x : largest;
    }
    largestParts[warp()][lane()] = largest;
    __syncthreads();
    for (int w = 0; w < WARPS; w++) {
      const T x = largestParts[w][lane()];
      largest = x > largest ? x : largest;
    }
    const T less = shift(largest);
    T sum = 0;
    T total = 0;
    if (column < size) {
      for (int k = begin; k < end; k++) {
        const T scale = exp(shift(statistics[2ll * k * a.heads]) - less);
        const T part = statistics[2ll * k * a.heads + 1];
        // A chunk of only -inf has no largest to compare with.
        if (part == 0) continue;
        sum = fma(scale, part, sum);
        total = fma(scale, partial[static_cast<long long>(k) * size], total);
      }
    }
    sumParts[warp()][lane()] = sum;
    parts[warp()][lane()] = total;
    __syncthreads();
    if (warp() == 0 && column < size) {
      for (int w = 1; w < WARPS; w++) {
        sum += sumParts[w][lane()];
        total += parts[w][lane()];
      }
      static_cast<T*>(a.out)[static_cast<long long>(row) * size + column] =
          sum == 0 ? T(0) : total / sum;
      if (a.statistics && column % a.width == 0) {
        T* to = static_cast<T*>(a.statistics) + 2 * (static_cast<long long>(row) * a.heads + head);
        to[0] = less;
        to[1] = sum;
      }
    }
    __syncthreads();
  }
}

#define ATTENTION(type, T)                                                            \
  KERNEL_BOUNDS(attention_w_##type, AttentionArgs, 256, 2) {                          \
    attention<T, 16 / sizeof(T), 1>(a);                                               \
  }                                                                                   \
  KERNEL_BOUNDS(attention_ww_##type, AttentionArgs, 256, 2) {                         \
    attention<T, 16 / sizeof(T), 2>(a);                                               \
  }                                                                                   \
  KERNEL_BOUNDS(attention_n_##type, AttentionArgs, 256, 2) { attention<T, 1, 1>(a); } \
  KERNEL_BOUNDS(attention_nnnn_##type, AttentionArgs, 256, 2) { attention<T, 1, 4>(a); } \
  KERNEL(attention_merge_##type, AttentionArgs) { attentionMerge<T>(a); }

ATTENTION(f32, float)
ATTENTION(f64, double)
