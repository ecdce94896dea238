// Matrix products out = op(x) op(y), a list of them in one launch. A block of 256 threads makes one
// ROWS x COLUMNS tile of one product, each thread a part of it in registers; operands go through
// two tiles in shared memory, one being filled while the other is used. Where a product has few
// tiles and long sums, the sums are cut into pieces, and a second kernel adds these in order. The
// cuts depend on sizes alone.
//
// Tensor cores: a tf32 kernel would take the place of `product` under another name, with the same
// jobs and the same second kernel.
#include "dense.cuh"

constexpr int BLOCK = 256;

enum Flags {
  TRANSPOSE_X = 1,
  TRANSPOSE_Y = 2,
  ACCUMULATE = 4,
  WIDE_X = 8,
  WIDE_Y = 16,
  WIDE_OUT = 32
};

// `batch` products of equal sizes that lie one behind the other. With `pieces` > 1 results go to
// `partial`, (batch, pieces, m, n). Blocks are numbered by batch, piece, row of tiles and column of
// tiles, the latter fastest, so that neighbours read the same rows of x.
struct ProductJob {
  const void* x;
  const void* y;
  void* out;
  void* partial;
  long long m;
  long long n;
  long long k;
  long long batch;
  long long piece;
  long long firstBlock;
  int pieces;
  int flags;
};

// One job in place, or a table of them in device memory.
struct ProductArgs {
  ProductJob job;
  const ProductJob* jobs;
  int count;
};

DEVICE const ProductJob& jobOfBlock(const ProductArgs& a) {
  return a.count == 1 ? a.job : a.jobs[jobOf(a.jobs, a.count, blockIdx.x)];
}

// What a block works on: a tile of a piece of a product. It waits in shared memory, for registers
// are scarce.
struct Part {
  long long row;
  long long column;
  long long piece;
  long long entry;
};

DEVICE Part partOf(const ProductJob& job, int rows, int columns) {
  const long long across = (job.n + columns - 1) / columns;
  const long long down = (job.m + rows - 1) / rows;
  const long long block = blockIdx.x - job.firstBlock;
  const long long above = block / across;
  return {above % down * rows, block % across * columns, above / down % job.pieces,
          above / down / job.pieces};
}

// A tile of an operand: LINES rows of x (or columns of y), DEPTH places of the sum. In shared
// memory it lies [depth][line], so that a thread reads neighbouring lines at once.
// ALIGNED: all quads are aligned, and either whole or out.
template <typename T, int LINES, int DEPTH, bool ALIGNED>
struct Tile {
  static constexpr int QUADS = LINES * DEPTH / 4;
  static constexpr int EACH = (QUADS + BLOCK - 1) / BLOCK;
  // Keeps four lines aligned, and stores along the depth mostly in different banks.
  static constexpr int PITCH = LINES + 4;
  // Lines, or places of the sum, from one quad of a thread to its next.
  static constexpr int LINE_STEP = BLOCK / (DEPTH / 4);
  static constexpr int DEPTH_STEP = BLOCK / (LINES / 4);
  Quad<T> quads[EACH];
  // The first quad's address, lines from its own to the last, and its place of the sum.
  const T* at;
  int lines;
  int depth;
  long long pitch;
  bool deep;
  bool wide;

  // Tiles of a matrix whose neighbours lie along the sum (`deep`) or along the lines, from `line`
  // of `all` and place `start` of the sum on. `wide`: this one's quads are as if ALIGNED.
  DEVICE Tile(const T* from, long long line, long long all, long long start, long long pitch,
              bool deep, bool wide)
      : pitch(pitch), deep(deep), wide(wide) {
    const int q = static_cast<int>(threadIdx.x);
    const int own = deep ? q / (DEPTH / 4) : q % (LINES / 4) * 4;
    depth = deep ? q % (DEPTH / 4) * 4 : q / (LINES / 4);
    at = from + (deep ? (line + own) * pitch + start + depth
                      : (start + depth) * pitch + line + own);
    lines = static_cast<int>(all - line < LINES ? all - line : LINES) - own;
    // Threads without a quad.
    if (QUADS < BLOCK && q >= QUADS) lines = 0;
  }

  // The next tile, of which `left` places of the sum exist; what lies beyond is 0.
  DEVICE void load(int left) {
    for (int e = 0; e < EACH; e++) {
      const int line = deep ? e * LINE_STEP : 0;
      const int place = depth + (deep ? 0 : e * DEPTH_STEP);
      quads[e] = {};
      if (line < lines && place < left) {
        const T* const p = at + (deep ? e * LINE_STEP : e * DEPTH_STEP) * pitch;
        quads[e] = ALIGNED ? *reinterpret_cast<const Quad<T>*>(p)
                           : loadQuad(p, 0, deep ? left - place : lines, wide);
      }
    }
    at += deep ? DEPTH : DEPTH * pitch;
  }

  DEVICE void store(T* to) const {
    const int q = static_cast<int>(threadIdx.x);
    if (QUADS < BLOCK && q >= QUADS) return;
    if (deep) {
      T* const own = to + depth * PITCH + q / (DEPTH / 4);
      for (int e = 0; e < EACH; e++) {
        for (int k = 0; k < 4; k++) own[e * LINE_STEP + k * PITCH] = quads[e].v[k];
      }
    } else {
      T* const own = to + depth * PITCH + q % (LINES / 4) * 4;
      for (int e = 0; e < EACH; e++) {
        *reinterpret_cast<Quad<T>*>(own + e * DEPTH_STEP * PITCH) = quads[e];
      }
    }
  }
};

// ACROSS threads stand side by side, each with WIDTH columns of its HEIGHT rows, in groups of four
// that are spread over the tile: neighbouring threads read neighbouring banks.
template <typename T, int ROWS, int COLUMNS, int DEPTH, int HEIGHT, int WIDTH, bool ALIGNED>
DEVICE void product(const ProductArgs& a) {
  using X = Tile<T, ROWS, DEPTH, ALIGNED>;
  using Y = Tile<T, COLUMNS, DEPTH, ALIGNED>;
  constexpr int ACROSS = COLUMNS / WIDTH;
  static_assert(ACROSS * (ROWS / HEIGHT) == BLOCK, "a thread for each part");
  __align__(16) __shared__ T xs[2][DEPTH * X::PITCH];
  __align__(16) __shared__ T ys[2][DEPTH * Y::PITCH];

  const ProductJob& job = jobOfBlock(a);
  __shared__ Part part;
  if (threadIdx.x == 0) part = partOf(job, ROWS, COLUMNS);
  __syncthreads();

  const bool deepX = (job.flags & TRANSPOSE_X) == 0;
  const bool deepY = (job.flags & TRANSPOSE_Y) != 0;
  const long long start = part.piece * job.piece;
  // At most 2^30, by the host's choice of pieces.
  int length = static_cast<int>(start + job.piece < job.k ? job.piece : job.k - start);
  X x(static_cast<const T*>(job.x) + part.entry * job.m * job.k, part.row, job.m, start,
      deepX ? job.k : job.m, deepX, (job.flags & WIDE_X) != 0);
  Y y(static_cast<const T*>(job.y) + part.entry * job.n * job.k, part.column, job.n, start,
      deepY ? job.k : job.n, deepY, (job.flags & WIDE_Y) != 0);

  const int left = static_cast<int>(threadIdx.x) % ACROSS * 4;
  const int top = static_cast<int>(threadIdx.x) / ACROSS * 4;
  T sums[HEIGHT][WIDTH];
  for (int i = 0; i < HEIGHT; i++) {
    for (int j = 0; j < WIDTH; j++) sums[i][j] = 0;
  }

  x.load(length);
  y.load(length);
  x.store(xs[0]);
  y.store(ys[0]);
  __syncthreads();
  int now = 0;
#pragma unroll 1
  for (; length > 0; length -= DEPTH) {
    const bool more = length > DEPTH;
    if (more) {
      x.load(length - DEPTH);
      y.load(length - DEPTH);
    }
#pragma unroll
    for (int d = 0; d < DEPTH; d++) {
      Quad<T> xPart[HEIGHT / 4];
      Quad<T> yPart[WIDTH / 4];
      for (int i = 0; i < HEIGHT / 4; i++) {
        xPart[i] = *reinterpret_cast<const Quad<T>*>(
            xs[now] + d * X::PITCH + top + i * (ROWS / (HEIGHT / 4)));
      }
      for (int j = 0; j < WIDTH / 4; j++) {
        yPart[j] = *reinterpret_cast<const Quad<T>*>(
            ys[now] + d * Y::PITCH + left + j * (COLUMNS / (WIDTH / 4)));
      }
      for (int i = 0; i < HEIGHT; i++) {
        for (int j = 0; j < WIDTH; j++) {
          sums[i][j] = fma(xPart[i / 4].v[i % 4], yPart[j / 4].v[j % 4], sums[i][j]);
        }
      }
    }
    if (more) {
      x.store(xs[1 - now]);
      y.store(ys[1 - now]);
    }
    __syncthreads();
    now = 1 - now;
  }

  const bool direct = job.pieces == 1;
  const bool add = direct && (job.flags & ACCUMULATE) != 0;
  const bool wideOut = (job.flags & WIDE_OUT) != 0;
  T* const out = direct ? static_cast<T*>(job.out) + part.entry * job.m * job.n
                        : static_cast<T*>(job.partial) +
                              (part.entry * job.pieces + part.piece) * job.m * job.n;
#pragma unroll
  for (int i = 0; i < HEIGHT; i++) {
    const long long r = part.row + top + i / 4 * (ROWS / (HEIGHT / 4)) + i % 4;
#pragma unroll
    for (int j = 0; j < WIDTH / 4; j++) {
      const long long c = part.column + left + j * (COLUMNS / (WIDTH / 4));
      if (r >= job.m || c >= job.n) continue;
      T* const line = out + r * job.n;
      Quad<T> q = {};
      if (add) q = loadQuad(line, c, job.n, wideOut);
      for (int k = 0; k < 4; k++) q.v[k] += sums[i][j * 4 + k];
      storeQuad(line, c, job.n, wideOut, q);
    }
  }
}

#define PRODUCT(name, ...) \
  KERNEL_BOUNDS(matmul_##name, ProductArgs, 256, 2) { product<__VA_ARGS__>(a); }

// The largest has no register left for operands that are not aligned.
PRODUCT(128x128_f32, float, 128, 128, 8, 8, 8, true)
PRODUCT(128x64_f32, float, 128, 64, 16, 8, 4, false)
PRODUCT(128x32_f32, float, 128, 32, 16, 4, 4, false)
PRODUCT(64x64_f32, float, 64, 64, 16, 4, 4, false)
PRODUCT(64x64_f64, double, 64, 64, 8, 4, 4, false)

// ---- the sum of the pieces: a fixed tree; a job's first block counts blocks of this launch ----

constexpr int MERGE = 32;
constexpr int LAYERS = BLOCK / MERGE;

template <typename T>
DEVICE void merge(const ProductArgs& a) {
  __shared__ T sums[BLOCK];
  const ProductJob& job = jobOfBlock(a);
  const long long size = job.m * job.n;
  const int column = static_cast<int>(threadIdx.x) % MERGE;
  const int layer = static_cast<int>(threadIdx.x) / MERGE;
  const long long i = (blockIdx.x - job.firstBlock) * MERGE + column;
  const bool inside = i < job.batch * size;
  T sum = 0;
  if (inside) {
    const long long entry = divide(i, size);
    const T* const partial =
        static_cast<const T*>(job.partial) + entry * job.pieces * size + (i - entry * size);
#pragma unroll 4
    for (int p = layer; p < job.pieces; p += LAYERS) sum += partial[p * size];
  }
  sums[threadIdx.x] = sum;
  __syncthreads();
  for (int d = LAYERS / 2; d > 0; d /= 2) {
    if (layer < d) sums[threadIdx.x] += sums[threadIdx.x + d * MERGE];
    __syncthreads();
  }
  if (layer == 0 && inside) {
    T* const out = static_cast<T*>(job.out) + i;
    *out = (job.flags & ACCUMULATE) != 0 ? *out + sums[column] : sums[column];
  }
}

KERNEL(matmul_merge_f32, ProductArgs) { merge<float>(a); }
KERNEL(matmul_merge_f64, ProductArgs) { merge<double>(a); }
