// Sums and means of several relations in one launch: calls that add to one result form a sum, whose
// rows are made by one group of lanes in the order of the calls.
#include "spmm.cuh"

struct SpmmListArgs {
  const SpmmArgs* calls;
  const int* firsts;       // sum s has the calls firsts[s] to firsts[s + 1]
  const int* blocks;       // and the blocks blocks[s] to blocks[s + 1]
  const int* chunkBlocks;  // call c has these blocks in the launch of chunks
  const int* mergeBlocks;  // and these in that of merges
  int sums;
  int numCalls;
};

// Which of `count` has the block.
DEVICE int ownerOf(const int* starts, int count, int block) {
  int low = 0;
  int high = count;
  while (high - low > 1) {
    const int middle = (low + high) / 2;
    if (starts[middle] <= block) {
      low = middle;
    } else {
      high = middle;
    }
  }
  return low;
}

template <typename T, int VEC>
DEVICE void listChunks(const SpmmListArgs& list) {
  const int block = static_cast<int>(blockIdx.x);
  const int c = ownerOf(list.chunkBlocks, list.numCalls, block);
  const SpmmArgs& a = list.calls[c];
  const int first = list.chunkBlocks[c];
  spmm<T, VEC, 1, MODE_ANY, false>(a, block - first, list.chunkBlocks[c + 1] - first);
}

template <typename T>
DEVICE void listMerge(const SpmmListArgs& list) {
  const int block = static_cast<int>(blockIdx.x);
  const int c = ownerOf(list.mergeBlocks, list.numCalls, block);
  const int first = list.mergeBlocks[c];
  mergeChunks<T, false, true>(list.calls[c], block - first, list.mergeBlocks[c + 1] - first);
}

template <typename T, int VEC>
DEVICE void listRows(const SpmmListArgs& list) {
  using N = Number<T>;
  const int block = static_cast<int>(blockIdx.x);
  const int sum = ownerOf(list.blocks, list.sums, block);
  const int first = list.firsts[sum];
  const SpmmArgs& head = list.calls[first];
  const Group g = groupOf(head.lanes, head.pieces);
  const int column = (static_cast<int>(blockIdx.y) * head.lanes + g.lane) * VEC;
  const long long row = static_cast<long long>(block - list.blocks[sum]) * g.groups + g.mine;
  T* out = static_cast<T*>(head.out) + row * head.outSize + column;
  const bool writes = row < head.rows.numRows && column < head.outSize && g.piece == 0;
  N total[VEC];
  Pack<T, VEC> pack = {};
  if (writes && head.accumulate) pack = Pack<T, VEC>::load(out);
#pragma unroll
  for (int c = 0; c < VEC; c++) total[c] = toCompute(pack.v[c]);
  for (int k = first; k < list.firsts[sum + 1]; k++) {
    const SpmmArgs& a = list.calls[k];
    const Share share = {0, a.rows.numRows, 0, false};
    const Stretch s = stretchOf(a.rows, a.split, share, row);
    Held<N, VEC, 1, false> held;
    reduceStretch<T, VEC, 1, MODE_ANY, false>(a, s, g, column, held);
    if (!writes) continue;
    if (!s.works) {
      const long long place = a.places[row];
      const N* merged = static_cast<const N*>(a.merged) + place * a.outSize + column;
#pragma unroll
      for (int c = 0; c < VEC; c++) held.x[0][c] = merged[c];
    }
#pragma unroll
    for (int c = 0; c < VEC; c++) total[c] += finished(a.reducer, held.x[0][c], s.degree);
  }
  if (!writes) return;
#pragma unroll
  for (int c = 0; c < VEC; c++) pack.v[c] = toStored<T>(total[c]);
  pack.store(out);
}

#define SPMM_LIST(type, T)                                         \
  KERNEL_BOUNDS(spmm_list_w_##type, SpmmListArgs, 256, 2) {        \
    listRows<T, 16 / sizeof(T)>(a);                                \
  }                                                                \
  KERNEL_BOUNDS(spmm_list_n_##type, SpmmListArgs, 256, 2) {        \
    listRows<T, 1>(a);                                             \
  }                                                                \
  KERNEL_BOUNDS(spmm_list_chunks_w_##type, SpmmListArgs, 256, 2) { \
    listChunks<T, 16 / sizeof(T)>(a);                              \
  }                                                                \
  KERNEL_BOUNDS(spmm_list_chunks_n_##type, SpmmListArgs, 256, 2) { \
    listChunks<T, 1>(a);                                           \
  }                                                                \
  KERNEL(spmm_list_merge_##type, SpmmListArgs) { listMerge<T>(a); }

// Halves go one product after the other.
SPMM_LIST(f32, float)
SPMM_LIST(f64, double)
