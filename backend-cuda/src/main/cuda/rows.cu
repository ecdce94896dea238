// Rows fetched by an index, and rows added to places that an index names. Additions go in ascending
// order of the index's positions without atomics: positions are sorted by target (a stable radix
// sort), then a group of lanes walks each target's run. A run of more than RUN positions is cut
// into pieces of RUN, whose sums are added in order.
#include "dense.cuh"

constexpr int BLOCK = 256;
constexpr int WARPS = BLOCK / 32;
constexpr int DIGITS = 256;
constexpr int ITEMS = 16;
constexpr int TILE = BLOCK * ITEMS;
constexpr int RUN = 256;
// Rows that a thread fetches at once.
constexpr int AT_ONCE = 4;

// ---- gather: `units` of a row are moved by `lanes` threads of a warp ----

struct GatherArgs {
  const void* table;
  const void* index;
  void* out;
  long long rows;
  long long units;
  int lanes;
  int longIndex;
};

DEVICE long long indexAt(const void* index, bool isLong, long long i) {
  return isLong ? static_cast<const long long*>(index)[i] : static_cast<const int*>(index)[i];
}

template <typename U>
DEVICE void gather(const GatherArgs& a) {
  const U* const table = static_cast<const U*>(a.table);
  U* const out = static_cast<U*>(a.out);
  const long long groups = globalThreads() / a.lanes;
  const int at = static_cast<int>(threadIdx.x) % a.lanes;
  for (long long i = globalThread() / a.lanes; i < a.rows; i += groups * AT_ONCE) {
    // All are fetched before the first is written: each waits for memory twice.
    const U* from[AT_ONCE];
    for (int k = 0; k < AT_ONCE; k++) {
      const long long row = i + k * groups;
      from[k] = table + (row < a.rows ? indexAt(a.index, a.longIndex, row) * a.units : 0);
    }
#pragma unroll 1
    for (long long u = at; u < a.units; u += a.lanes) {
      U units[AT_ONCE];
      for (int k = 0; k < AT_ONCE; k++) {
        if (i + k * groups < a.rows) units[k] = from[k][u];
      }
      for (int k = 0; k < AT_ONCE; k++) {
        if (i + k * groups < a.rows) out[(i + k * groups) * a.units + u] = units[k];
      }
    }
  }
}

KERNEL(gather_w1, GatherArgs) { gather<unsigned char>(a); }
KERNEL(gather_w2, GatherArgs) { gather<unsigned short>(a); }
KERNEL(gather_w4, GatherArgs) { gather<unsigned>(a); }
KERNEL(gather_w8, GatherArgs) { gather<unsigned long long>(a); }
KERNEL(gather_w16, GatherArgs) { gather<Quad<int>>(a); }

// ---- the first position whose element lies outside 0..limit-1, or is 0 ----

// A block's answer is out[block], n where it found none.
struct FindArgs {
  const void* x;
  long long* out;
  long long n;
  unsigned long long limit;
  int longs;
  int zero;
};

KERNEL(find_first, FindArgs) {
  __shared__ long long found[WARPS];
  long long first = a.n;
  for (long long i = globalThread(); i < a.n; i += globalThreads()) {
    const long long v = indexAt(a.x, a.longs, i);
    // One unsigned comparison refuses negative numbers as well.
    if (a.zero ? v == 0 : static_cast<unsigned long long>(v) >= a.limit) {
      first = i;
      break;
    }
  }
  first = warpMin(first);
  if (lane() == 0) found[warp()] = first;
  __syncthreads();
  if (threadIdx.x == 0) {
    for (int w = 1; w < warpsOfBlock(); w++) first = smallerOf(first, found[w]);
    a.out[blockIdx.x] = first;
  }
}

// ---- sort: one pass orders (target, position) pairs by eight bits of the target ----

// The first pass reads the index itself, of either type, and makes the positions. counts[d * blocks
// + b] is how many of tile b have digit d, then, after the scan, how many of the tiles before it;
// counts[256 * blocks + d] is how many there are in all.
struct SortArgs {
  const void* keys;
  const int* positions;
  int* sortedKeys;
  int* sortedPositions;
  int* counts;
  long long n;
  int blocks;
  int shift;
  int longKeys;
};

// The number of this warp's earlier elements with the same digit, for ITEMS elements of each lane;
// counts of the warp's digits are left in `counters`.
DEVICE void rankDigits(const SortArgs& a, int* counters, int* keys, int* ranks) {
  const long long first = static_cast<long long>(blockIdx.x) * TILE + warp() * 32 * ITEMS + lane();
  const unsigned before = (1u << lane()) - 1;
  for (int k = 0; k < ITEMS; k++) {
    const long long i = first + k * 32;
    // The same for all lanes: nothing is left for this warp.
    if (i - lane() >= a.n) break;
    const bool inside = i < a.n;
    keys[k] = inside ? static_cast<int>(indexAt(a.keys, a.longKeys, i)) : 0;
    const int digit = (keys[k] >> a.shift) & (DIGITS - 1);
    // The lanes that have the same digit.
    unsigned same = __ballot_sync(ALL_LANES, inside);
    for (int bit = 0; bit < 8; bit++) {
      const bool set = (digit >> bit) & 1;
      const unsigned with = __ballot_sync(ALL_LANES, set);
      same &= set ? with : ~with;
    }
    const int base = counters[digit];
    __syncwarp();
    if (inside && (same & before) == 0) counters[digit] = base + __popc(same);
    __syncwarp();
    ranks[k] = base + __popc(same & before);
  }
}

DEVICE void clearCounters(int* counters) {
  for (int i = threadIdx.x; i < WARPS * DIGITS; i += BLOCK) counters[i] = 0;
  __syncthreads();
}

KERNEL(sort_count, SortArgs) {
  __shared__ int counters[WARPS * DIGITS];
  clearCounters(counters);
  int keys[ITEMS];
  int ranks[ITEMS];
  rankDigits(a, counters + warp() * DIGITS, keys, ranks);
  __syncthreads();
  int sum = 0;
  for (int w = 0; w < WARPS; w++) sum += counters[w * DIGITS + threadIdx.x];
  a.counts[static_cast<long long>(threadIdx.x) * a.blocks + blockIdx.x] = sum;
}

// The sum of the numbers of all threads before this one in the block; `total` gets all.
DEVICE int scanBlock(int x, int* warps, int& total) {
  int sum = x;
  for (int d = 1; d < 32; d *= 2) {
    const int other = __shfl_up_sync(ALL_LANES, sum, d);
    if (lane() >= d) sum += other;
  }
  if (lane() == 31) warps[warp()] = sum;
  __syncthreads();
  int base = 0;
  total = 0;
  for (int w = 0; w < WARPS; w++) {
    base += w < warp() ? warps[w] : 0;
    total += warps[w];
  }
  __syncthreads();
  return base + sum - x;
}

// A block for each digit.
KERNEL(sort_scan, SortArgs) {
  __shared__ int warps[WARPS];
  int* const counts = a.counts + static_cast<long long>(blockIdx.x) * a.blocks;
  int carry = 0;
  for (int first = 0; first < a.blocks; first += BLOCK) {
    const int i = first + static_cast<int>(threadIdx.x);
    int total;
    const int before = scanBlock(i < a.blocks ? counts[i] : 0, warps, total);
    if (i < a.blocks) counts[i] = carry + before;
    carry += total;
  }
  if (threadIdx.x == 0) a.counts[static_cast<long long>(DIGITS) * a.blocks + blockIdx.x] = carry;
}

KERNEL(sort_place, SortArgs) {
  __shared__ int counters[WARPS * DIGITS];
  __shared__ int warps[WARPS];
  clearCounters(counters);
  int keys[ITEMS];
  int ranks[ITEMS];
  rankDigits(a, counters + warp() * DIGITS, keys, ranks);
  __syncthreads();
  // Thread d turns the counts of digit d into the places where each warp's elements begin.
  const int digit = static_cast<int>(threadIdx.x);
  const int* const totals = a.counts + static_cast<long long>(DIGITS) * a.blocks;
  int all;
  int place = scanBlock(totals[digit], warps, all);
  place += a.counts[static_cast<long long>(digit) * a.blocks + blockIdx.x];
  for (int w = 0; w < WARPS; w++) {
    const int count = counters[w * DIGITS + digit];
    counters[w * DIGITS + digit] = place;
    place += count;
  }
  __syncthreads();
  const long long first = static_cast<long long>(blockIdx.x) * TILE + warp() * 32 * ITEMS + lane();
  for (int k = 0; k < ITEMS; k++) {
    const long long i = first + k * 32;
    if (i < a.n) {
      const int to = counters[warp() * DIGITS + ((keys[k] >> a.shift) & (DIGITS - 1))] + ranks[k];
      a.sortedKeys[to] = keys[k];
      a.sortedPositions[to] = a.positions == nullptr ? static_cast<int>(i) : a.positions[i];
    }
  }
}

// ---- addition: row keys[s] of out gets row positions[s] of x, for all s in ascending order ----

// Columns are counted in groups of one or four elements. sums holds a row for each RUN sorted
// places: the sum of the piece of a run, other than its first, that begins there.
struct AddArgs {
  const void* x;
  void* out;
  void* sums;
  const int* keys;
  const int* positions;
  long long n;
  long long width;
  int lanes;
};

template <typename T>
DEVICE T added(T x, T y) {
  return x + y;
}
template <>
DEVICE int added(int x, int y) {
  return static_cast<int>(plus(x, y));
}
template <>
DEVICE long long added(long long x, long long y) {
  return plus(x, y);
}

template <typename T, int WIDTH>
struct alignas(sizeof(T) * WIDTH < 16 ? sizeof(T) * WIDTH : 16) Columns {
  T v[WIDTH];

  DEVICE void add(const Columns& other) {
    for (int k = 0; k < WIDTH; k++) v[k] = added(v[k], other.v[k]);
  }
};

// The first place of the run that place s belongs to.
DEVICE long long runStart(const int* keys, long long s) {
  const int key = keys[s];
  long long low = 0;
  long long high = s;
  while (low < high) {
    const long long middle = (low + high) / 2;
    if (keys[middle] < key) {
      low = middle + 1;
    } else {
      high = middle;
    }
  }
  return low;
}

template <typename T, int WIDTH>
DEVICE void add(const AddArgs& a) {
  using C = Columns<T, WIDTH>;
  const C* const x = static_cast<const C*>(a.x);
  const long long groups = globalThreads() / a.lanes;
  const int at = static_cast<int>(threadIdx.x) % a.lanes;
  for (long long s = globalThread() / a.lanes; s < a.n; s += groups) {
    const int key = a.keys[s];
    const bool first = s == 0 || a.keys[s - 1] != key;
    // Only runs longer than RUN have pieces that begin inside.
    if (!first) {
      if (s < RUN || a.keys[s - RUN] != key || (s - runStart(a.keys, s)) % RUN != 0) continue;
    }
    int count = 1;
    if (s + RUN <= a.n && a.keys[s + RUN - 1] == key) {
      count = RUN;
    } else {
      while (s + count < a.n && a.keys[s + count] == key) count++;
    }
    C* const to = first ? static_cast<C*>(a.out) + key * a.width
                        : static_cast<C*>(a.sums) + s / RUN * a.width;
    for (long long c = at; c < a.width; c += a.lanes) {
      C sum = {};
      if (first) sum = to[c];
#pragma unroll 4
      for (int k = 0; k < count; k++) sum.add(x[a.positions[s + k] * a.width + c]);
      to[c] = sum;
    }
  }
}

// The pieces of long runs, other than the first, which already is in out.
template <typename T, int WIDTH>
DEVICE void addPieces(const AddArgs& a) {
  using C = Columns<T, WIDTH>;
  const C* const sums = static_cast<const C*>(a.sums);
  const long long groups = globalThreads() / a.lanes;
  const int at = static_cast<int>(threadIdx.x) % a.lanes;
  for (long long s = globalThread() / a.lanes; s + RUN < a.n; s += groups) {
    const int key = a.keys[s];
    if (a.keys[s + RUN] != key || (s > 0 && a.keys[s - 1] == key)) continue;
    C* const to = static_cast<C*>(a.out) + key * a.width;
    for (long long c = at; c < a.width; c += a.lanes) {
      C sum = to[c];
      for (long long p = s + RUN; p < a.n && a.keys[p] == key; p += RUN) {
        sum.add(sums[p / RUN * a.width + c]);
      }
      to[c] = sum;
    }
  }
}

#define KERNELS(suffix, T)                                          \
  KERNEL(scatter_add_##suffix, AddArgs) { add<T, 1>(a); }           \
  KERNEL(scatter_add_wide_##suffix, AddArgs) { add<T, 4>(a); }      \
  KERNEL(scatter_pieces_##suffix, AddArgs) { addPieces<T, 1>(a); }  \
  KERNEL(scatter_pieces_wide_##suffix, AddArgs) { addPieces<T, 4>(a); }

KERNELS(f32, float)
KERNELS(f64, double)
KERNELS(i32, int)
KERNELS(i64, long long)
