// Rows of edges and how threads share them: what all graph kernels have in common.
#pragma once

#include "relata.cuh"

template <typename T>
using Number = typename Compute<T>::type;

// Edges grouped by one end (io.relata.spi.RowIndex).
struct Rows {
  const int* offsets;
  const int* columns;
  const int* edgeIds;  // null where slot and edge id are the same
  long long numRows;
};

// Rows of more than `threshold` edges ("long" ones) are cut into chunks, which work as rows of
// their own and are merged in order. Where a row stands in the lists differs from one making to the
// next; what its chunks are does not.
struct Split {
  const int* counts;  // long rows, chunks; null where no row can be long
  const int* rows;    // row of each long row
  const int* firsts;  // its first chunk
  const int* chunkPlaces;  // which long row each chunk is of
  const int* chunkBegins;
  int threshold;
  int chunk;
};

DEVICE int chunksOf(const Split& s, int edges) { return (edges + s.chunk - 1) / s.chunk; }

// Slots that a group of lanes reduces together: a row, or a chunk of one.
struct Stretch {
  int row;
  int begin;
  int end;
  int degree;  // of the whole row
  bool works;  // false: nothing to do, but the lanes are needed at shuffles
};

// A group's place: which lanes of the block work on one row, and as what.
struct Group {
  int groups;  // in the block
  int mine;
  int piece;
  int lane;
};

DEVICE Group groupOf(int lanes, int pieces) {
  const int t = static_cast<int>(threadIdx.x);
  const int size = lanes * pieces;
  return {static_cast<int>(blockDim.x) / size, t / size, (t / lanes) & (pieces - 1),
          t & (lanes - 1)};
}

// A block's share of a launch whose first `chunkBlocks` blocks do chunks, so that the longest work
// starts first, and whose others do whole rows.
struct Share {
  long long from;
  long long until;
  long long step;
  bool chunks;
};

DEVICE Share shareOf(const Rows& r, const Split& s, long long block, int chunkBlocks, int groups) {
  if (block < chunkBlocks) {
    return {block * groups, s.counts[1], static_cast<long long>(chunkBlocks) * groups, true};
  }
  return {(block - chunkBlocks) * groups, r.numRows, r.numRows, false};
}

DEVICE Stretch stretchOf(const Rows& r, const Split& s, const Share& share, long long at) {
  if (at >= share.until) return {0, 0, 0, 0, false};
  if (share.chunks) {
    const int row = s.rows[s.chunkPlaces[at]];
    const int end = r.offsets[row + 1];
    const int from = s.chunkBegins[at];
    return {row, from, end - from > s.chunk ? from + s.chunk : end, end - r.offsets[row], true};
  }
  const int row = static_cast<int>(at);
  const int begin = r.offsets[row];
  const int end = r.offsets[row + 1];
  return {row, begin, end, end - begin, s.counts == nullptr || end - begin <= s.threshold};
}

// Whose rows an operand has (io.relata.spi.Target).
constexpr int TARGET_U = 0;
constexpr int TARGET_V = 1;
constexpr int TARGET_E = 2;

// Where an operand's row for a slot is found, without a branch on the target at every edge.
struct Finder {
  const int* index;  // index[slot], or null:
  int times;         // slot * times + add
  int add;

  DEVICE int row(int slot) const { return index ? index[slot] : slot * times + add; }
};

DEVICE Finder finderOf(const Rows& r, int target, int row) {
  if (target == TARGET_U) return {r.columns, 0, 0};
  if (target == TARGET_V) return {nullptr, 0, row};
  return {r.edgeIds, 1, 0};
}

// Edges whose operands a lane loads before it uses the first.
constexpr int EDGES_AT_ONCE = 4;

// How an edge combines its operands (io.relata.spi.MessageOp; a dot product multiplies).
constexpr int OP_COPY = 0;
constexpr int OP_ADD = 1;
constexpr int OP_SUB = 2;
constexpr int OP_MUL = 3;
constexpr int OP_DIV = 4;

template <typename N>
DEVICE N combine(int op, N x, N y) {
  if (op == OP_DIV) return x / y;
  const N sum = x + (op == OP_SUB ? -y : y);
  return op == OP_COPY ? x : op == OP_MUL ? x * y : sum;
}

// io.relata.spi.Reducer.
constexpr int REDUCE_SUM = 0;
constexpr int REDUCE_MEAN = 1;
constexpr int REDUCE_MAX = 2;
constexpr int REDUCE_MIN = 3;

// A NaN beats every number and is beaten by nothing; of equal ones the first stays. Minima are
// maxima of the negated numbers, which is exact.
template <typename N>
DEVICE bool wins(N x, N best) {
  return !(x <= best) && best == best;
}

template <typename N>
DEVICE N lowest() {
  return -static_cast<N>(INFINITY);
}

// A row's largest logit as it is subtracted: a row of only -inf has nothing to subtract.
template <typename N>
DEVICE N shift(N largest) {
  return largest == lowest<N>() ? N(0) : largest;
}

// The operand's numbers at a lane's outputs.
template <typename T, int VEC>
DEVICE Pack<T, VEC> operandAt(const T* p, bool scalar) {
  Pack<T, VEC> x;
  if (VEC == 1 || !scalar) {
    x = Pack<T, VEC>::load(p);
  } else {
    const T one = *p;
    for (int c = 0; c < VEC; c++) x.v[c] = one;
  }
  return x;
}

// Numbers written 16 bytes at a time; VEC divides the row, so that the address is aligned.
template <typename N, int VEC>
DEVICE void storeNumbers(N* p, const N (&x)[VEC]) {
  constexpr int WIDE = VEC * sizeof(N) > 16 ? 16 / sizeof(N) : VEC;
  for (int c = 0; c < VEC; c += WIDE) {
    Pack<N, WIDE> pack;
    for (int k = 0; k < WIDE; k++) pack.v[k] = x[c + k];
    pack.store(p + c);
  }
}

// One kernel for each stored type.
#define FOR_STORED_TYPES(DO) \
  DO(f32, float)             \
  DO(f64, double)            \
  DO(f16, Half)              \
  DO(bf16, Bfloat)
