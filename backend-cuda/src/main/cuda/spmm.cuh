// Sparse products (io.relata.spi.SpmmCall): what all their kernels share.
//
// A group of lanes has a row (or a chunk of one); a lane holds VEC neighbouring outputs, V times,
// in registers over all edges of the row and reads each operand VEC numbers at a time. Where rows
// are narrow, several pieces of the row's edges are summed side by side and merged in order.
#pragma once

#include "edge_rows.cuh"

struct SpmmArgs {
  Rows rows;
  Split split;
  const void* lhs;
  const void* rhs;
  void* out;
  int* winners;         // or null
  void* partial;        // (chunks, outSize) in the computing type
  int* partialWinners;  // (chunks, outSize) slots, or null
  void* merged;         // lists only: (long rows, outSize) in the computing type
  const int* places;    // lists only: place of each long row
  // For plans that are no pattern: output o adds positions starts[o] to starts[o + 1].
  const int* starts;
  const int* lhsTable;
  const int* rhsTable;
  int lhsTarget;
  int rhsTarget;
  int op;
  int reducer;
  int accumulate;
  int lhsSize;
  int rhsSize;
  int outSize;
  int lhsInner;  // output j reads lhs[j / lhsInner]; 1: neighbours read neighbours
  int rhsInner;
  int outInner;  // general kernel without tables: output o adds this many positions
  int lanes;     // lanes side by side along a row, a power of two
  int pieces;    // of a row's edges; lanes * pieces <= 32
  int chunkBlocks;
};

// What a message is made of.
constexpr int MODE_COPY = 0;   // the source's row
constexpr int MODE_SCALE = 1;  // the source's row times a number of the edge
constexpr int MODE_ANY = 2;    // decided when it runs

// Results of a lane.
template <typename N, int VEC, int V, bool BEST>
struct Held {
  N x[V][VEC];
  int won[BEST ? V : 1][BEST ? VEC : 1];  // slot, or -1

  DEVICE void start() {
    for (int k = 0; k < V; k++) {
      for (int c = 0; c < VEC; c++) {
        x[k][c] = BEST ? lowest<N>() : N(0);
        if (BEST) won[k][c] = -1;
      }
    }
  }
};

// Reduces slots [begin, end), begin < end, for the lane whose first output is `column`.
template <typename T, int VEC, int V, int MODE, bool BEST>
DEVICE void reduceEdges(const SpmmArgs& a, int row, int begin, int end, int column,
                        Held<Number<T>, VEC, V, BEST>& held) {
  using N = Number<T>;
  constexpr int U = EDGES_AT_ONCE;
  const T* lhs = static_cast<const T*>(a.lhs);
  const T* rhs = static_cast<const T*>(a.rhs);
  const bool binary = MODE == MODE_SCALE || (MODE == MODE_ANY && a.op != OP_COPY);
  const N sign = a.reducer == REDUCE_MIN ? N(-1) : N(1);
  int lhsAt[V];
  int rhsAt[V];
  bool live[V];
#pragma unroll
  for (int k = 0; k < V; k++) {
    const int j = column + k * a.lanes * VEC;
    live[k] = j < a.outSize;
    lhsAt[k] = !live[k] ? 0 : MODE == MODE_ANY ? j / a.lhsInner : j;
    rhsAt[k] = binary && live[k] ? j / a.rhsInner : 0;
  }
  if (BEST) {
    // Where all messages equal the start the first edge has won.
#pragma unroll
    for (int k = 0; k < V; k++) {
#pragma unroll
      for (int c = 0; c < VEC; c++) held.won[k][c] = begin;
    }
  }
  const Finder lhsRows = finderOf(a.rows, MODE == MODE_ANY ? a.lhsTarget : TARGET_U, row);
  const Finder rhsRows = finderOf(a.rows, MODE == MODE_ANY ? a.rhsTarget : TARGET_E, row);
  // The rows to read are known one round ahead, so that their loads do not wait for each other.
  int lhsNext[U];
  int rhsNext[U];
#pragma unroll
  for (int k = 0; k < U; k++) {
    const int slot = begin + k < end ? begin + k : end - 1;
    lhsNext[k] = lhsRows.row(slot);
    rhsNext[k] = binary ? rhsRows.row(slot) : 0;
  }
  for (int i = begin; i < end; i += U) {
    int lhsRow[U];
    int rhsRow[U];
#pragma unroll
    for (int k = 0; k < U; k++) {
      lhsRow[k] = lhsNext[k];
      rhsRow[k] = rhsNext[k];
    }
    if (end - i > U) {
#pragma unroll
      for (int k = 0; k < U; k++) {
        const int slot = end - i - U > k ? i + U + k : end - 1;
        lhsNext[k] = lhsRows.row(slot);
        if (binary) rhsNext[k] = rhsRows.row(slot);
      }
    }
    // Beyond the end these read the last edge again.
    Pack<T, VEC> x[U][V];
    Pack<T, MODE == MODE_SCALE ? 1 : VEC> y[MODE == MODE_COPY ? 1 : U][V];
#pragma unroll
    for (int k = 0; k < U; k++) {
#pragma unroll
      for (int w = 0; w < V; w++) {
        const T* l = lhs + static_cast<long long>(lhsRow[k]) * a.lhsSize + lhsAt[w];
        x[k][w] = operandAt<T, VEC>(l, MODE == MODE_ANY && a.lhsInner > 1);
      }
    }
    if constexpr (MODE != MODE_COPY) {
      if (binary) {
#pragma unroll
        for (int k = 0; k < U; k++) {
#pragma unroll
          for (int w = 0; w < V; w++) {
            const T* r = rhs + static_cast<long long>(rhsRow[k]) * a.rhsSize + rhsAt[w];
            y[k][w] = operandAt<T, MODE == MODE_SCALE ? 1 : VEC>(r, a.rhsInner > 1);
          }
        }
      } else {
#pragma unroll
        for (int k = 0; k < U; k++) {
#pragma unroll
          for (int w = 0; w < V; w++) y[k][w] = {};
        }
      }
    }
#pragma unroll
    for (int k = 0; k < U; k++) {
      const bool on = end - i > k;
#pragma unroll
      for (int w = 0; w < V; w++) {
#pragma unroll
        for (int c = 0; c < VEC; c++) {
          const N left = toCompute(x[k][w].v[c]);
          N m = left;
          if constexpr (MODE == MODE_SCALE) {
            const N right = toCompute(y[k][w].v[0]);
            if (!BEST) {
              if (on) held.x[w][c] = fma(left, right, held.x[w][c]);
              continue;
            }
            m = left * right;
          } else if constexpr (MODE == MODE_ANY) {
            m = combine(a.op, left, toCompute(y[k][w].v[c]));
          }
          if constexpr (BEST) {
            // The last edge, seen again, does not beat itself.
            m *= sign;
            if (wins(m, held.x[w][c])) {
              held.x[w][c] = m;
              held.won[w][c] = i + k;
            }
          } else {
            if (on) held.x[w][c] += m;
          }
        }
      }
    }
  }
}

// Merges the pieces of a row, which stand `lanes` lanes apart, in the order of their edges. All
// lanes of the warp take part; every piece gets the result.
template <typename N, int VEC, int V, bool BEST>
DEVICE void mergePieces(int lanes, int pieces, int piece, Held<N, VEC, V, BEST>& held) {
  for (int d = 1; d < pieces; d *= 2) {
    const bool second = (piece & d) != 0;
#pragma unroll
    for (int k = 0; k < V; k++) {
#pragma unroll
      for (int c = 0; c < VEC; c++) {
        const N other = __shfl_xor_sync(ALL_LANES, held.x[k][c], d * lanes);
        if constexpr (BEST) {
          const int won = __shfl_xor_sync(ALL_LANES, held.won[k][c], d * lanes);
          const N first = second ? other : held.x[k][c];
          const N last = second ? held.x[k][c] : other;
          const int firstWon = second ? won : held.won[k][c];
          const int lastWon = second ? held.won[k][c] : won;
          const bool later = lastWon >= 0 && (firstWon < 0 || wins(last, first));
          held.x[k][c] = later ? last : first;
          held.won[k][c] = later ? lastWon : firstWon;
        } else {
          held.x[k][c] += other;
        }
      }
    }
  }
}

template <typename N>
DEVICE N finished(int reducer, N x, int degree) {
  if (degree == 0) return N(0);
  if (reducer == REDUCE_MEAN) return x / static_cast<N>(degree);
  return reducer == REDUCE_MIN ? -x : x;
}

DEVICE int winnerId(const Rows& r, int slot) {
  return slot < 0 ? -1 : r.edgeIds ? r.edgeIds[slot] : slot;
}

// Writes a lane's outputs of a row.
template <typename T, int VEC, int V, bool BEST>
DEVICE void storeRow(const SpmmArgs& a, int row, int degree, int column,
                     const Held<Number<T>, VEC, V, BEST>& held) {
  T* out = static_cast<T*>(a.out) + static_cast<long long>(row) * a.outSize;
#pragma unroll
  for (int k = 0; k < V; k++) {
    const int j = column + k * a.lanes * VEC;
    if (j >= a.outSize) break;
    Pack<T, VEC> pack;
    if (!BEST && a.accumulate) {
      pack = Pack<T, VEC>::load(out + j);
#pragma unroll
      for (int c = 0; c < VEC; c++) {
        pack.v[c] = toStored<T>(toCompute(pack.v[c]) + finished(a.reducer, held.x[k][c], degree));
      }
    } else {
#pragma unroll
      for (int c = 0; c < VEC; c++) {
        pack.v[c] = toStored<T>(finished(a.reducer, held.x[k][c], degree));
      }
    }
    pack.store(out + j);
    if constexpr (BEST) {
      if (a.winners) {
        int ids[VEC];
#pragma unroll
        for (int c = 0; c < VEC; c++) ids[c] = winnerId(a.rows, held.won[k][c]);
        storeNumbers(a.winners + static_cast<long long>(row) * a.outSize + j, ids);
      }
    }
  }
}

// Writes a lane's outputs of a chunk.
template <typename T, int VEC, int V, bool BEST>
DEVICE void storeChunk(const SpmmArgs& a, long long chunk, int column,
                       const Held<Number<T>, VEC, V, BEST>& held) {
  const long long at = chunk * a.outSize;
#pragma unroll
  for (int k = 0; k < V; k++) {
    const int j = column + k * a.lanes * VEC;
    if (j >= a.outSize) break;
    storeNumbers(static_cast<Number<T>*>(a.partial) + at + j, held.x[k]);
    if constexpr (BEST) storeNumbers(a.partialWinners + at + j, held.won[k]);
  }
}

// The edges of a stretch that are a piece's.
DEVICE Stretch pieceOf(const Stretch& s, int pieces, int piece) {
  const int size = (s.end - s.begin + pieces - 1) / pieces;
  Stretch p = s;
  p.begin = s.end - s.begin < piece * size ? s.end : s.begin + piece * size;
  p.end = s.end - p.begin < size ? s.end : p.begin + size;
  return p;
}

template <typename T, int VEC, int V, int MODE, bool BEST>
DEVICE void reduceStretch(const SpmmArgs& a, const Stretch& s, const Group& g, int column,
                          Held<Number<T>, VEC, V, BEST>& held) {
  held.start();
  if (s.works && column < a.outSize) {
    const Stretch p = a.pieces == 1 ? s : pieceOf(s, a.pieces, g.piece);
    if (p.begin < p.end) {
      reduceEdges<T, VEC, V, MODE, BEST>(a, p.row, p.begin, p.end, column, held);
    }
  }
  mergePieces(a.lanes, a.pieces, g.piece, held);
}

// Chunks and rows of one product. blockIdx.y: which columns.
template <typename T, int VEC, int V, int MODE, bool BEST>
DEVICE void spmm(const SpmmArgs& a, long long block, int chunkBlocks) {
  const Group g = groupOf(a.lanes, a.pieces);
  const int column = (static_cast<int>(blockIdx.y) * a.lanes * V + g.lane) * VEC;
  const Share share = shareOf(a.rows, a.split, block, chunkBlocks, g.groups);
  for (long long base = share.from; base < share.until; base += share.step) {
    const Stretch s = stretchOf(a.rows, a.split, share, base + g.mine);
    Held<Number<T>, VEC, V, BEST> held;
    reduceStretch<T, VEC, V, MODE, BEST>(a, s, g, column, held);
    if (!s.works || g.piece != 0) continue;
    if (share.chunks) {
      storeChunk<T, VEC, V, BEST>(a, base + g.mine, column, held);
    } else {
      storeRow<T, VEC, V, BEST>(a, s.row, s.degree, column, held);
    }
  }
}

// Merges the chunks of long rows `from`, `from + step` and so on: eight warps of a block take
// successive parts of a row's chunks for 32 columns, and one puts the parts together. blockIdx.y:
// which columns.
template <typename T, bool BEST, bool LIST>
DEVICE void mergeChunks(const SpmmArgs& a, long long from, long long step) {
  using N = Number<T>;
  constexpr int WARPS = 8;
  __shared__ N parts[WARPS][32];
  __shared__ int wonParts[BEST ? WARPS : 1][32];
  const int count = a.split.counts[0];
  const int column = static_cast<int>(blockIdx.y) * 32 + lane();
  for (long long place = from; place < count; place += step) {
    const int row = a.split.rows[place];
    const int degree = a.rows.offsets[row + 1] - a.rows.offsets[row];
    const int chunks = chunksOf(a.split, degree);
    const int per = (chunks + WARPS - 1) / WARPS;
    const int begin = warp() * per;
    const int end = begin + per < chunks ? begin + per : chunks;
    Held<N, 1, 1, BEST> held;
    held.start();
    if (column < a.outSize) {
      const long long at = static_cast<long long>(a.split.firsts[place]) * a.outSize + column;
      const N* partial = static_cast<const N*>(a.partial) + at;
#pragma unroll 4
      for (int k = begin; k < end; k++) {
        const long long away = static_cast<long long>(k) * a.outSize;
        const N x = partial[away];
        if constexpr (BEST) {
          const int won = a.partialWinners[at + away];
          if (k == begin || wins(x, held.x[0][0])) {
            held.x[0][0] = x;
            held.won[0][0] = won;
          }
        } else {
          held.x[0][0] += x;
        }
      }
    }
    parts[warp()][lane()] = held.x[0][0];
    if constexpr (BEST) wonParts[warp()][lane()] = held.won[0][0];
    __syncthreads();
    if (warp() == 0 && column < a.outSize) {
      for (int w = 1; w < WARPS; w++) {
        const N x = parts[w][lane()];
        if constexpr (BEST) {
          const int won = wonParts[w][lane()];
          if (won >= 0 && wins(x, held.x[0][0])) {
            held.x[0][0] = x;
            held.won[0][0] = won;
          }
        } else {
          held.x[0][0] += x;
        }
      }
      if constexpr (LIST) {
        static_cast<N*>(a.merged)[place * a.outSize + column] = held.x[0][0];
      } else {
        storeRow<T, 1, 1, BEST>(a, row, degree, column, held);
      }
    }
    __syncthreads();
  }
}
