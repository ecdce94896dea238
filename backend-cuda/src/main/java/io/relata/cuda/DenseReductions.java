package io.relata.cuda;

import static io.relata.cuda.Launcher.lanes;
import static io.relata.cuda.Launcher.suffix;

import io.relata.DType;
import io.relata.spi.Array;
import io.relata.spi.ReduceOp;

/**
 * Reductions along the middle axis of (outer, n, inner) and softmax of rows. Long sums are cut into
 * pieces whose places depend on the sizes alone; their results, doubles or longs, are reduced by
 * the next launch, until one is left.
 */
final class DenseReductions {
  /** Longest row that lanes of one warp share. */
  private static final long SHORT = 1024;

  /** Elements of a long row that one block takes. */
  private static final long PIECE = 8192;

  /** Longest column that one thread takes where there are threads enough without cutting. */
  private static final long COLUMN = 1024;

  /** Results from which on there are threads enough. */
  private static final long MANY = 32_768;

  /** Blocks that keep a device busy. */
  private static final long BLOCKS = 1024;

  // What results are written as; see reduce.cu.
  private static final int OWN = 0;
  private static final int PARTIAL = 1;
  private static final int FOUR = 2;
  private static final int ONE = 3;

  private final Launcher launcher;

  /** One launch, or the first of several. */
  private record Stage(
      ReduceOp op, DType type, long x, long outer, long n, long inner, long out, int target) {}

  DenseReductions(Launcher launcher) {
    this.launcher = launcher;
  }

  void reduce(ReduceOp op, Array x, long outer, long n, long inner, Array out) {
    if (outer * inner > 0) {
      reduce(new Stage(op, x.dtype(), x.address(), outer, n, inner, out.address(), OWN), x.dtype());
    }
  }

  private void reduce(Stage s, DType result) {
    if (s.inner == 1) {
      rows(s, result);
    } else if (s.n <= 16 || s.n <= COLUMN && s.outer * s.inner >= MANY) {
      launcher.threads(
          "reduce_each_" + suffix(s.type), s.outer * s.inner, arguments(s, s.n, 1, 1, s.target));
    } else {
      columns(s, result);
    }
  }

  private void rows(Stage s, DType result) {
    if (s.n <= SHORT) {
      int lanes = lanes(s.n);
      long warps = (s.outer * lanes + 31) / 32;
      launcher.threads(
          "reduce_short_rows_" + suffix(s.type), 32 * warps, arguments(s, s.n, 1, lanes, s.target));
    } else {
      long pieces = (s.n + PIECE - 1) / PIECE;
      pieces(s, result, "reduce_long_rows_", PIECE, pieces, 1, s.outer * pieces);
    }
  }

  private void columns(Stage s, DType result) {
    int width = lanes(s.inner);
    long height = Launcher.BLOCK / width;
    long strips = (s.inner + width - 1) / width;
    // Enough blocks, but at least four elements for each thread.
    long wanted = Math.clamp(BLOCKS / (s.outer * strips), 1, Math.ceilDiv(s.n, 4 * height));
    long piece = Math.ceilDiv(Math.ceilDiv(s.n, wanted), height) * height;
    long pieces = Math.ceilDiv(s.n, piece);
    pieces(s, result, "reduce_columns_", piece, pieces, width, s.outer * pieces * strips);
  }

  /** A launch over pieces, and the next over their results where there are several. */
  private void pieces(
      Stage s, DType result, String kernel, long piece, long pieces, int lanes, long tasks) {
    if (pieces == 1) {
      launcher.blocks(kernel + suffix(s.type), tasks, arguments(s, piece, 1, lanes, s.target));
      return;
    }
    try (Device.Temporary partial =
        launcher.device().temporary(s.outer * pieces * s.inner * Long.BYTES)) {
      Stage first = new Stage(s.op, s.type, s.x, s.outer, s.n, s.inner, partial.address(), PARTIAL);
      launcher.blocks(
          kernel + suffix(s.type), tasks, arguments(first, piece, pieces, lanes, PARTIAL));
      DType type = result.isFloating() ? DType.FLOAT64 : DType.INT64;
      int target = result == type ? OWN : result == DType.BOOL ? ONE : FOUR;
      reduce(
          new Stage(s.op, type, partial.address(), s.outer, pieces, s.inner, s.out, target),
          result);
    }
  }

  private static Arguments arguments(Stage s, long piece, long pieces, int lanes, int target) {
    boolean aligned =
        Launcher.aligned(s.x, s.type.bytes())
            && (s.outer == 1 || s.n % Launcher.QUAD == 0)
            && piece % Launcher.QUAD == 0;
    return new Arguments()
        .put(s.x)
        .put(s.out)
        .put(s.outer)
        .put(s.n)
        .put(s.inner)
        .put(piece)
        .put(pieces)
        .put(s.op.ordinal())
        .put(target)
        .put(lanes)
        .put(aligned ? 1 : 0);
  }

  void argReduce(boolean largest, Array x, long outer, long n, long inner, Array out) {
    boolean rows = inner == 1 && n <= SHORT;
    int lanes = rows ? lanes(n) : lanes(inner);
    Arguments arguments =
        new Arguments()
            .put(x)
            .put(out)
            .put(outer)
            .put(n)
            .put(inner)
            .put(largest ? 1 : 0)
            .put(lanes);
    if (rows) {
      launcher.threads(
          "extreme_rows_" + suffix(x.dtype()), (outer * lanes + 31) / 32 * 32, arguments);
    } else {
      launcher.blocks(
          "extreme_columns_" + suffix(x.dtype()), outer * Math.ceilDiv(inner, lanes), arguments);
    }
  }

  void softmax(Array x, long rows, long n, boolean logarithm, Array out) {
    softmax("softmax_", x, null, rows, n, logarithm, out);
  }

  void softmaxGrad(Array y, Array gradient, long rows, long n, boolean logarithm, Array out) {
    softmax("softmax_grad_", y, gradient, rows, n, logarithm, out);
  }

  void crossEntropy(Array logits, Array labels, Array share, Array sums, Array out) {
    crossEntropy("cross_entropy_", logits, labels, share, sums, out);
  }

  void crossEntropyGrad(Array logits, Array labels, Array sums, Array scale, Array out) {
    crossEntropy("cross_entropy_grad_", logits, labels, scale, sums, out);
  }

  private void crossEntropy(
      String kernel, Array logits, Array labels, Array weight, Array sums, Array out) {
    long rows = logits.shape().dim(0);
    long n = logits.shape().dim(1);
    int lanes = lanes(n);
    Arguments arguments =
        new Arguments()
            .put(logits)
            .put(labels)
            .put(weight)
            .put(sums)
            .put(out)
            .put(rows)
            .put(n)
            .put(lanes)
            .put(labels.dtype() == DType.INT64 ? 1 : 0);
    byRows(kernel, logits.dtype(), rows, n, arguments);
  }

  /** A kernel whose rows are shared by lanes of a warp, or by a block where they are long. */
  private void byRows(String kernel, DType type, long rows, long n, Arguments arguments) {
    if (n <= SHORT) {
      launcher.threads(
          kernel + "short_" + suffix(type), (rows * lanes(n) + 31) / 32 * 32, arguments);
    } else {
      launcher.blocks(kernel + "long_" + suffix(type), rows, arguments);
    }
  }

  private void softmax(
      String kernel, Array x, Array gradient, long rows, long n, boolean logarithm, Array out) {
    if (n == 0) {
      return;
    }
    int lanes = lanes(n);
    Arguments arguments =
        new Arguments()
            .put(x)
            .put(gradient)
            .put(out)
            .put(rows)
            .put(n)
            .put(logarithm ? 1 : 0)
            .put(lanes);
    byRows(kernel, x.dtype(), rows, n, arguments);
  }
}
