// A value per edge (io.relata.spi.SddmmCall). Work is cut by slots, so no row is too long.
#include "edge_rows.cuh"

struct SddmmArgs {
  const int* columns;
  const int* edgeIds;   // null where slot and edge id are the same
  const int* slotRows;  // null where no operand needs the row
  const void* lhs;
  const void* rhs;
  void* out;
  // For plans that are no pattern: output o adds positions starts[o] to starts[o + 1].
  const int* starts;
  const int* lhsTable;
  const int* rhsTable;
  long long numEdges;
  int lhsTarget;
  int rhsTarget;
  int op;
  int lhsSize;
  int rhsSize;
  int outSize;
  int lhsInner;  // output j reads lhs[j / lhsInner]; 1: neighbours read neighbours
  int rhsInner;
  int outInner;  // output o adds this many positions
  int lanes;     // that share a dot product
  int rounds;    // of a warp
};

DEVICE Finder slotFinder(const SddmmArgs& a, int target) {
  if (target == TARGET_U) return {a.columns, 0, 0};
  if (target == TARGET_V) return {a.slotRows, 0, 0};
  return {a.edgeIds, 1, 0};
}

// Items (slot, part) in the order of slots, `parts` to a slot. A warp has a run of them; 64-bit
// division happens once.
struct Items {
  long long slot;
  int part;
  int parts;

  DEVICE Items(long long first, int parts)
      : slot(first / parts), part(static_cast<int>(first % parts)), parts(parts) {}

  DEVICE long long slotOf(int k) const { return slot + (parts == 1 ? k : (part + k) / parts); }
  DEVICE int partOf(int k) const { return parts == 1 ? 0 : (part + k) % parts; }
};

// Dot products: some lanes share an edge's head and add up in a fixed tree. With OP_COPY the sum of
// the left operand.
template <typename T, int VEC>
DEVICE void sddmmDot(const SddmmArgs& a) {
  using N = Number<T>;
  constexpr int U = EDGES_AT_ONCE;
  const T* lhs = static_cast<const T*>(a.lhs);
  const T* rhs = static_cast<const T*>(a.rhs);
  T* out = static_cast<T*>(a.out);
  const bool binary = a.op != OP_COPY;
  const int side = 32 / a.lanes;
  const int mine = lane() / a.lanes;
  const int at = (lane() & (a.lanes - 1)) * VEC;
  const Finder lhsRows = slotFinder(a, a.lhsTarget);
  const Finder rhsRows = slotFinder(a, a.rhsTarget);
  const Finder ids = slotFinder(a, TARGET_E);
  const Items items(globalWarp() * side * U * a.rounds, a.outSize);
  for (int round = 0; round < a.rounds; round++) {
    const T* l[U];
    const T* r[U];
    long long to[U];
    N sum[U];
#pragma unroll
    for (int k = 0; k < U; k++) {
      const int item = (round * U + k) * side + mine;
      const long long slot = items.slotOf(item);
      const int head = items.partOf(item);
      // Beyond the last edge lanes read it again and write nothing.
      const bool on = slot < a.numEdges;
      const int i = static_cast<int>(on ? slot : a.numEdges - 1);
      l[k] = lhs + static_cast<long long>(lhsRows.row(i)) * a.lhsSize + head * a.outInner;
      r[k] = binary
                 ? rhs + static_cast<long long>(rhsRows.row(i)) * a.rhsSize + head * a.outInner
                 : nullptr;
      to[k] = on ? static_cast<long long>(ids.row(i)) * a.outSize + head : -1;
      sum[k] = 0;
    }
    for (int c = at; c < a.outInner; c += a.lanes * VEC) {
      Pack<T, VEC> x[U];
      Pack<T, VEC> y[U];
#pragma unroll
      for (int k = 0; k < U; k++) x[k] = Pack<T, VEC>::load(l[k] + c);
      if (binary) {
#pragma unroll
        for (int k = 0; k < U; k++) y[k] = Pack<T, VEC>::load(r[k] + c);
#pragma unroll
        for (int k = 0; k < U; k++) {
#pragma unroll
          for (int e = 0; e < VEC; e++) {
            sum[k] = fma(toCompute(x[k].v[e]), toCompute(y[k].v[e]), sum[k]);
          }
        }
      } else {
#pragma unroll
        for (int k = 0; k < U; k++) {
#pragma unroll
          for (int e = 0; e < VEC; e++) sum[k] += toCompute(x[k].v[e]);
        }
      }
    }
#pragma unroll
    for (int k = 0; k < U; k++) {
      sum[k] = warpSum(sum[k], a.lanes);
      if (at == 0 && to[k] >= 0) out[to[k]] = toStored<T>(sum[k]);
    }
  }
}

constexpr int MAP_AT_ONCE = 2;

// Position by position: a thread has VEC neighbouring outputs of an edge, several times.
template <typename T, int VEC>
DEVICE void sddmmMap(const SddmmArgs& a) {
  using N = Number<T>;
  constexpr int U = MAP_AT_ONCE;
  const T* lhs = static_cast<const T*>(a.lhs);
  const T* rhs = static_cast<const T*>(a.rhs);
  T* out = static_cast<T*>(a.out);
  const bool binary = a.op != OP_COPY;
  const Finder lhsRows = slotFinder(a, a.lhsTarget);
  const Finder rhsRows = slotFinder(a, a.rhsTarget);
  const Finder ids = slotFinder(a, TARGET_E);
  const Items items(globalWarp() * 32 * U * a.rounds, a.outSize / VEC);
  for (int round = 0; round < a.rounds; round++) {
    Pack<T, VEC> x[U];
    Pack<T, VEC> y[U];
    long long to[U];
#pragma unroll
    for (int k = 0; k < U; k++) {
      const int item = (round * U + k) * 32 + lane();
      const long long slot = items.slotOf(item);
      const int j = items.partOf(item) * VEC;
      const bool on = slot < a.numEdges;
      const int i = static_cast<int>(on ? slot : a.numEdges - 1);
      const T* l = lhs + static_cast<long long>(lhsRows.row(i)) * a.lhsSize;
      x[k] = operandAt<T, VEC>(l + (a.lhsInner == 1 ? j : j / a.lhsInner), a.lhsInner > 1);
      if (binary) {
        const T* r = rhs + static_cast<long long>(rhsRows.row(i)) * a.rhsSize;
        y[k] = operandAt<T, VEC>(r + (a.rhsInner == 1 ? j : j / a.rhsInner), a.rhsInner > 1);
      } else {
        y[k] = x[k];
      }
      to[k] = on ? static_cast<long long>(ids.row(i)) * a.outSize + j : -1;
    }
#pragma unroll
    for (int k = 0; k < U; k++) {
      if (to[k] < 0) continue;
      Pack<T, VEC> m;
#pragma unroll
      for (int c = 0; c < VEC; c++) {
        m.v[c] = toStored<T>(combine<N>(a.op, toCompute(x[k].v[c]), toCompute(y[k].v[c])));
      }
      m.store(out + to[k]);
    }
  }
}

// Any plan: a thread has one output of an edge.
template <typename T>
DEVICE void sddmmGeneral(const SddmmArgs& a) {
  using N = Number<T>;
  const Finder lhsRows = slotFinder(a, a.lhsTarget);
  const Finder rhsRows = slotFinder(a, a.rhsTarget);
  const Finder ids = slotFinder(a, TARGET_E);
  for (long long p = globalThread(); p < a.numEdges * a.outSize; p += globalThreads()) {
    const int i = static_cast<int>(p / a.outSize);
    const int o = static_cast<int>(p % a.outSize);
    const int from = a.starts ? a.starts[o] : o * a.outInner;
    const int to = a.starts ? a.starts[o + 1] : from + a.outInner;
    const T* l = static_cast<const T*>(a.lhs) + static_cast<long long>(lhsRows.row(i)) * a.lhsSize;
    const T* r =
        a.op == OP_COPY
            ? l
            : static_cast<const T*>(a.rhs) + static_cast<long long>(rhsRows.row(i)) * a.rhsSize;
    N m = 0;
#pragma unroll 1
    for (int k = from; k < to; k++) {
      const N x = toCompute(l[a.lhsTable ? a.lhsTable[k] : k]);
      const N y = a.op == OP_COPY ? x : toCompute(r[a.rhsTable ? a.rhsTable[k] : k]);
      m += combine(a.op, x, y);
    }
    static_cast<T*>(a.out)[static_cast<long long>(ids.row(i)) * a.outSize + o] = toStored<T>(m);
  }
}

#define SDDMM(type, T)                                                                 \
  KERNEL_BOUNDS(sddmm_dot_w_##type, SddmmArgs, 256, 2) { sddmmDot<T, 16 / sizeof(T)>(a); } \
  KERNEL_BOUNDS(sddmm_dot_n_##type, SddmmArgs, 256, 2) { sddmmDot<T, 1>(a); }              \
  KERNEL_BOUNDS(sddmm_map_w_##type, SddmmArgs, 256, 2) { sddmmMap<T, 16 / sizeof(T)>(a); } \
  KERNEL_BOUNDS(sddmm_map_n_##type, SddmmArgs, 256, 2) { sddmmMap<T, 1>(a); }              \
  KERNEL(sddmm_general_##type, SddmmArgs) { sddmmGeneral<T>(a); }

FOR_STORED_TYPES(SDDMM)
