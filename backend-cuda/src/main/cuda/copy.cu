// Copies of boxes of elements between two strided layouts. Elements are only moved, so their width
// is all that counts; the host has merged axes and, where both sides allow it, made units of up to
// 16 bytes of neighbours.
#include "dense.cuh"

constexpr int AXES = 8;
constexpr int SIDE = 32;
constexpr int STEP = 8;

// Axes from the innermost outwards; n is the number of units.
struct CopyArgs {
  const void* x;
  void* out;
  long long n;
  long long rank;
  long long sizes[AXES];
  long long from[AXES];
  long long to[AXES];
};

template <typename U>
DEVICE void copy(const CopyArgs& a) {
  for (long long i = globalThread(); i < a.n; i += globalThreads()) {
    long long rest = i;
    long long from = 0;
    long long to = 0;
#pragma unroll 1
    for (int axis = 0; axis < a.rank - 1; axis++) {
      const long long outer = divide(rest, a.sizes[axis]);
      const long long at = rest - outer * a.sizes[axis];
      from += at * a.from[axis];
      to += at * a.to[axis];
      rest = outer;
    }
    from += rest * a.from[a.rank - 1];
    to += rest * a.to[a.rank - 1];
    static_cast<U*>(a.out)[to] = static_cast<const U*>(a.x)[from];
  }
}

KERNEL(copy_w1, CopyArgs) { copy<unsigned char>(a); }
KERNEL(copy_w2, CopyArgs) { copy<unsigned short>(a); }
KERNEL(copy_w4, CopyArgs) { copy<unsigned>(a); }
KERNEL(copy_w8, CopyArgs) { copy<unsigned long long>(a); }
KERNEL(copy_w16, CopyArgs) { copy<Quad<int>>(a); }

// Written along axis 0, read along axis 1, where neighbours are side by side: tiles of the two go
// through shared memory, so that both sides move whole lines. Blocks of 32 by 8 threads; n is the
// number of tiles.
template <typename U>
DEVICE void transpose(const CopyArgs& a) {
  // One more column than needed: a column's elements lie in different banks.
  __shared__ U tile[SIDE][SIDE + 1];
  const U* const x = static_cast<const U*>(a.x);
  U* const out = static_cast<U*>(a.out);
  const int column = static_cast<int>(threadIdx.x) % SIDE;
  const int row = static_cast<int>(threadIdx.x) / SIDE;
  const long long columns = (a.sizes[0] + SIDE - 1) / SIDE;
  const long long rows = (a.sizes[1] + SIDE - 1) / SIDE;
  for (long long task = blockIdx.x; task < a.n; task += gridDim.x) {
    const long long left = task % columns * SIDE;
    const long long top = task / columns % rows * SIDE;
    long long rest = task / columns / rows;
    long long from = 0;
    long long to = 0;
#pragma unroll 1
    for (int axis = 2; axis < a.rank; axis++) {
      const long long outer = rest / a.sizes[axis];
      from += (rest - outer * a.sizes[axis]) * a.from[axis];
      to += (rest - outer * a.sizes[axis]) * a.to[axis];
      rest = outer;
    }
    for (int k = row; k < SIDE; k += STEP) {
      if (top + column < a.sizes[1] && left + k < a.sizes[0]) {
        tile[k][column] = x[from + (left + k) * a.from[0] + (top + column) * a.from[1]];
      }
    }
    __syncthreads();
    for (int k = row; k < SIDE; k += STEP) {
      if (left + column < a.sizes[0] && top + k < a.sizes[1]) {
        out[to + (left + column) * a.to[0] + (top + k) * a.to[1]] = tile[column][k];
      }
    }
    __syncthreads();
  }
}

KERNEL(transpose_w1, CopyArgs) { transpose<unsigned char>(a); }
KERNEL(transpose_w2, CopyArgs) { transpose<unsigned short>(a); }
KERNEL(transpose_w4, CopyArgs) { transpose<unsigned>(a); }
KERNEL(transpose_w8, CopyArgs) { transpose<unsigned long long>(a); }
