// Softmax over the edges of each row, and its gradient. A group of lanes has a row: lane (s, h) the
// edges s, s + side and so on of head h. Short rows stay in registers, so that their edges are read
// once.
#include "edge_rows.cuh"

struct SoftmaxArgs {
  Rows rows;
  Split split;
  const void* x;         // logits, or the forward result
  const void* gradient;  // or null: forward
  void* out;
  void* partial;  // (chunks, heads, 2) in the computing type: largest and sum
  void* merged;   // (long rows, heads, 2)
  int heads;
  int headLanes;  // a power of two
  int lanes;      // of a row; headLanes <= lanes <= 32
  int chunkBlocks;
};

template <typename N>
struct Statistics {
  N largest;
  N sum;
};

constexpr int KEPT = 4;

template <typename T>
struct EdgeNumbers {
  const T* x;
  const T* gradient;
  T* out;
  Finder ids;
  int heads;
  int head;

  DEVICE long long at(int slot) const {
    return static_cast<long long>(ids.row(slot)) * heads + head;
  }
};

template <typename T, bool GRADIENT>
DEVICE void softmax(const SoftmaxArgs& a) {
  using N = Number<T>;
  const Group g = groupOf(a.lanes, 1);
  const int side = a.lanes / a.headLanes;
  const int mine = g.lane / a.headLanes;
  const int head = static_cast<int>(blockIdx.y) * 32 + (g.lane & (a.headLanes - 1));
  const EdgeNumbers<T> e = {static_cast<const T*>(a.x), static_cast<const T*>(a.gradient),
                            static_cast<T*>(a.out), finderOf(a.rows, TARGET_E, 0), a.heads, head};
  const Share share = shareOf(a.rows, a.split, blockIdx.x, a.chunkBlocks, g.groups);
  for (long long base = share.from; base < share.until; base += share.step) {
    const Stretch s = stretchOf(a.rows, a.split, share, base + g.mine);
    const bool works = s.works && head < a.heads;
    const int begin = works ? s.begin + mine : 0;
    const int end = works ? s.end : 0;
    const bool few = end - begin <= KEPT * side;
    long long at[KEPT];
    N kept[KEPT];   // x; then what is added
    N other[KEPT];  // gradients
    N largest = lowest<N>();
#pragma unroll
    for (int k = 0; k < KEPT; k++) {
      const int i = begin + k * side;
      at[k] = few && i < end ? e.at(i) : -1;
      kept[k] = at[k] < 0 ? lowest<N>() : toCompute(e.x[at[k]]);
      other[k] = GRADIENT && at[k] >= 0 ? toCompute(e.gradient[at[k]]) : N(0);
    }
    N sum = 0;
    if (!GRADIENT) {
      if (few) {
#pragma unroll
        for (int k = 0; k < KEPT; k++) largest = kept[k] > largest ? kept[k] : largest;
      } else {
#pragma unroll 2
        for (int i = begin; i < end; i += side) {
          // A NaN is passed over here and comes back with the exponential.
          const N x = toCompute(e.x[e.at(i)]);
          largest = x > largest ? x : largest;
        }
      }
      for (int d = a.headLanes; d < a.lanes; d *= 2) {
        const N y = __shfl_xor_sync(ALL_LANES, largest, d);
        largest = y > largest ? y : largest;
      }
    }
    const N least = shift(largest);
    if (few) {
#pragma unroll
      for (int k = 0; k < KEPT; k++) {
        if (at[k] >= 0) {
          if (!GRADIENT) kept[k] = exp(kept[k] - least);
          sum += GRADIENT ? kept[k] * other[k] : kept[k];
        }
      }
    } else {
#pragma unroll 2
      for (int i = begin; i < end; i += side) {
        const long long p = e.at(i);
        const N x = toCompute(e.x[p]);
        sum += GRADIENT ? x * toCompute(e.gradient[p]) : exp(x - least);
      }
    }
    for (int d = a.headLanes; d < a.lanes; d *= 2) sum += __shfl_xor_sync(ALL_LANES, sum, d);
    if (share.chunks) {
      if (works && mine == 0) {
        static_cast<Statistics<N>*>(a.partial)[(base + g.mine) * a.heads + head] = {largest, sum};
      }
    } else if (few) {
#pragma unroll
      for (int k = 0; k < KEPT; k++) {
        if (at[k] < 0) continue;
        e.out[at[k]] =
            toStored<T>(GRADIENT ? kept[k] * (other[k] - sum) : sum == 0 ? N(0) : kept[k] / sum);
      }
    } else {
#pragma unroll 2
      for (int i = begin; i < end; i += side) {
        const long long p = e.at(i);
        const N x = toCompute(e.x[p]);
        e.out[p] = toStored<T>(GRADIENT   ? x * (toCompute(e.gradient[p]) - sum)
                               : sum == 0 ? N(0)
                                          : exp(x - least) / sum);
      }
    }
  }
}

// A warp has a head of a long row.
template <typename N, bool GRADIENT>
DEVICE void softmaxMerge(const SoftmaxArgs& a) {
  const long long items = static_cast<long long>(a.split.counts[0]) * a.heads;
  for (long long p = globalWarp(); p < items; p += globalWarps()) {
    const int place = static_cast<int>(p / a.heads);
    const int head = static_cast<int>(p % a.heads);
    const int row = a.split.rows[place];
    const int chunks = chunksOf(a.split, a.rows.offsets[row + 1] - a.rows.offsets[row]);
    const Statistics<N>* parts = static_cast<const Statistics<N>*>(a.partial) +
                                 static_cast<long long>(a.split.firsts[place]) * a.heads + head;
    N largest = lowest<N>();
    if (!GRADIENT) {
      for (int k = lane(); k < chunks; k += 32) {
        const N x = parts[static_cast<long long>(k) * a.heads].largest;
        largest = x > largest ? x : largest;
      }
      largest = warpMax(largest);
    }
    N sum = 0;
    for (int k = lane(); k < chunks; k += 32) {
      const Statistics<N> part = parts[static_cast<long long>(k) * a.heads];
      // A chunk of only -inf has no largest to compare with.
      sum += GRADIENT         ? part.sum
             : part.sum == 0  ? N(0)
                              : part.sum * exp(shift(part.largest) - shift(largest));
    }
    sum = warpSum(sum);
    if (lane() == 0) static_cast<Statistics<N>*>(a.merged)[p] = {shift(largest), sum};
  }
}

// The results of the chunks, from their rows' statistics.
template <typename T, bool GRADIENT>
DEVICE void softmaxChunks(const SoftmaxArgs& a) {
  using N = Number<T>;
  const Finder ids = finderOf(a.rows, TARGET_E, 0);
  const T* x = static_cast<const T*>(a.x);
  const T* gradient = static_cast<const T*>(a.gradient);
  T* out = static_cast<T*>(a.out);
  const int chunks = a.split.counts[1];
  for (long long c = globalWarp(); c < chunks; c += globalWarps()) {
    const int place = a.split.chunkPlaces[c];
    const int begin = a.split.chunkBegins[c];
    const int rowEnd = a.rows.offsets[a.split.rows[place] + 1];
    const int edges = rowEnd - begin > a.split.chunk ? a.split.chunk : rowEnd - begin;
    const Statistics<N>* row =
        static_cast<const Statistics<N>*>(a.merged) + static_cast<long long>(place) * a.heads;
#pragma unroll 1
    for (long long p = lane(); p < static_cast<long long>(edges) * a.heads; p += 32) {
      const int slot = begin + static_cast<int>(p / a.heads);
      const int head = static_cast<int>(p % a.heads);
      const long long at = static_cast<long long>(ids.row(slot)) * a.heads + head;
      const Statistics<N> s = row[head];
      const N y = toCompute(x[at]);
      out[at] = toStored<T>(GRADIENT     ? y * (toCompute(gradient[at]) - s.sum)
                            : s.sum == 0 ? N(0)
                                         : exp(y - s.largest) / s.sum);
    }
  }
}

#define SOFTMAX(type, T)                                                                         \
  KERNEL_BOUNDS(softmax_##type, SoftmaxArgs, 256, 2) { softmax<T, false>(a); }                   \
  KERNEL(softmax_chunks_##type, SoftmaxArgs) { softmaxChunks<T, false>(a); }                     \
  KERNEL(softmax_merge_##type, SoftmaxArgs) { softmaxMerge<Number<T>, false>(a); }

// Gradients are never halves.
#define SOFTMAX_GRADIENT(type, T)                                                                \
  KERNEL_BOUNDS(softmax_grad_##type, SoftmaxArgs, 256, 2) { softmax<T, true>(a); }               \
  KERNEL(softmax_grad_chunks_##type, SoftmaxArgs) { softmaxChunks<T, true>(a); }                 \
  KERNEL(softmax_grad_merge_##type, SoftmaxArgs) { softmaxMerge<T, true>(a); }

FOR_STORED_TYPES(SOFTMAX)
SOFTMAX_GRADIENT(f32, float)
SOFTMAX_GRADIENT(f64, double)
