// The gradient of max and min (io.relata.spi.WinnerGradCall), without floating-point atomics: every
// element is added to by one thread, in a fixed order.
#include "edge_rows.cuh"

struct WinnerArgs {
  Rows rows;  // by source, for an operand of the sources; else only numRows, the destinations
  Split split;
  const int* sources;  // by edge id; null for an operand of the sources
  const void* lhs;
  const void* rhs;
  const int* winners;
  const void* gradient;
  void* out;
  unsigned* won;  // (edges, words): which outputs an edge won, a bit each
  void* partial;  // (chunks, ownSize)
  // The operand's element c takes part in positions starts[c] to starts[c + 1].
  const int* starts;
  const int* lhsOffsets;
  const int* rhsOffsets;
  const int* outOffsets;
  int lhsTarget;
  int rhsTarget;
  int op;
  int left;  // the gradient is the left operand's
  int lhsSize;
  int rhsSize;
  int outSize;
  int ownSize;
  int words;
  int lanes;
  int chunkBlocks;
};

// An edge and one of the plan's positions.
struct Position {
  int k;
  int u;
  int v;
  int e;

  DEVICE long long row(int target) const {
    return target == TARGET_U ? u : target == TARGET_V ? v : e;
  }
};

template <typename T>
DEVICE T leftNumber(const WinnerArgs& a, const Position& p) {
  return static_cast<const T*>(a.lhs)[p.row(a.lhsTarget) * a.lhsSize + a.lhsOffsets[p.k]];
}

template <typename T>
DEVICE T rightNumber(const WinnerArgs& a, const Position& p) {
  return static_cast<const T*>(a.rhs)[p.row(a.rhsTarget) * a.rhsSize + a.rhsOffsets[p.k]];
}

// What a won position adds.
template <typename T>
DEVICE T winnerShare(const WinnerArgs& a, const Position& p) {
  const long long at = static_cast<long long>(p.v) * a.outSize + a.outOffsets[p.k];
  const T g = static_cast<const T*>(a.gradient)[at];
  if (a.op == OP_COPY || a.op == OP_ADD) return g;
  if (a.op == OP_SUB) return a.left ? g : -g;
  if (a.op == OP_MUL) return g * (a.left ? rightNumber<T>(a, p) : leftNumber<T>(a, p));
  const T y = rightNumber<T>(a, p);
  return a.left ? g / y : -g * leftNumber<T>(a, p) / (y * y);
}

// An operand of the destinations or of the edges: a destination's elements, and those of its edges,
// which are 0 at first, are added to by its thread alone.
template <typename T, bool EDGE>
DEVICE void winnerRows(const WinnerArgs& a) {
  T* out = static_cast<T*>(a.out);
  for (long long p = globalThread(); p < a.rows.numRows * a.ownSize; p += globalThreads()) {
    const int v = static_cast<int>(p / a.ownSize);
    const int c = static_cast<int>(p % a.ownSize);
    T sum = 0;
    for (int k = a.starts[c]; k < a.starts[c + 1]; k++) {
      const int e = a.winners[static_cast<long long>(v) * a.outSize + a.outOffsets[k]];
      if (e < 0) continue;
      const T share = winnerShare<T>(a, {k, a.sources[e], v, e});
      if (EDGE) {
        out[static_cast<long long>(e) * a.ownSize + c] += share;
      } else {
        sum += share;
      }
    }
    if (!EDGE) out[p] = sum;
  }
}

// Marks what each edge won; which thread sets a bit first does not matter.
KERNEL(winner_mark, WinnerArgs) {
  for (long long p = globalThread(); p < a.rows.numRows * a.outSize; p += globalThreads()) {
    const int e = a.winners[p];
    if (e < 0) continue;
    const int o = static_cast<int>(p % a.outSize);
    atomicOr(a.won + static_cast<long long>(e) * a.words + o / 32, 1u << (o % 32));
  }
}

// An operand of the sources: a group of lanes goes through a source's edges and looks at the marks.
template <typename T>
DEVICE void winnerSources(const WinnerArgs& a) {
  constexpr int U = EDGES_AT_ONCE;
  const Group g = groupOf(a.lanes, 1);
  const int c = static_cast<int>(blockIdx.y) * a.lanes + g.lane;
  if (c >= a.ownSize) return;
  const Share share = shareOf(a.rows, a.split, blockIdx.x, a.chunkBlocks, g.groups);
  const int first = a.starts[c];
  const int last = a.starts[c + 1];
  for (long long base = share.from; base < share.until; base += share.step) {
    const long long at = base + g.mine;
    const Stretch s = stretchOf(a.rows, a.split, share, at);
    if (!s.works) continue;
    T sum = 0;
    for (int i = s.begin; i < s.end; i += U) {
      int v[U];
      int e[U];
#pragma unroll
      for (int k = 0; k < U; k++) {
        const int slot = i + k < s.end ? i + k : s.end - 1;
        v[k] = a.rows.columns[slot];
        e[k] = a.rows.edgeIds ? a.rows.edgeIds[slot] : slot;
      }
      for (int p = first; p < last; p++) {
        const int o = a.outOffsets[p];
        unsigned marks[U];
#pragma unroll
        for (int k = 0; k < U; k++) {
          marks[k] = a.won[static_cast<long long>(e[k]) * a.words + o / 32];
        }
#pragma unroll
        for (int k = 0; k < U; k++) {
          if (s.end - i > k && (marks[k] >> (o % 32) & 1)) {
            sum += winnerShare<T>(a, {p, s.row, v[k], e[k]});
          }
        }
      }
    }
    if (share.chunks) {
      static_cast<T*>(a.partial)[at * a.ownSize + c] = sum;
    } else {
      static_cast<T*>(a.out)[static_cast<long long>(s.row) * a.ownSize + c] = sum;
    }
  }
}

#define WINNER(type, T)                                                          \
  KERNEL(winner_destinations_##type, WinnerArgs) { winnerRows<T, false>(a); }    \
  KERNEL(winner_edges_##type, WinnerArgs) { winnerRows<T, true>(a); }            \
  KERNEL_BOUNDS(winner_sources_##type, WinnerArgs, 256, 2) { winnerSources<T>(a); }

// Gradients are never halves.
WINNER(f32, float)
WINNER(f64, double)
