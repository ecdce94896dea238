package io.relata.cpu.blas;

import io.relata.DType;
import io.relata.cpu.Native;
import io.relata.cpu.Workers;
import io.relata.spi.MatmulCall;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Matrix products on all threads. A product is cut into pieces whose places depend on its sizes
 * alone, over rows and columns of the result, or along the contracted axis where the result is
 * small; those are then added in ascending order. So the bits do not depend on the number of
 * threads.
 */
public final class MatrixProduct {
  private static final Logger LOG = LoggerFactory.getLogger(MatrixProduct.class);

  /** Multiplications below which a product is not worth sharing. */
  static final long SHARED_FROM = 400_000;

  /** Numbers of a result that is added to again and again: what the nearest cache holds. */
  private static final long NEAR = 8_192;

  /**
   * Rows or columns of the smallest piece: packing the other operand must stay cheap beside them.
   */
  private static final long SIDE = 128;

  private static final long MOST_PIECES = 32;

  /** Shortest piece of the contracted axis. */
  private static final long DEPTH = 2_048;

  private final Workers workers;
  private final boolean vector;
  private final ThinProduct thin;
  private volatile Gemm chosen;

  /**
   * What is multiplied.
   *
   * @param transposeX x is stored (k, m)
   * @param transposeY y is stored (n, k)
   * @param m rows of the result
   * @param n columns of the result
   * @param k length of the contracted axis
   * @param accumulate whether to add to the result
   */
  public record Form(
      boolean transposeX, boolean transposeY, long m, long n, long k, boolean accumulate) {}

  /** One of several products into one result: addresses of operands without gaps. */
  public record Factors(Form form, long x, long y) {}

  /** One of several products into results of their own. */
  public record Target(Form form, long x, long y, long out) {
    /** What a call asks for; the call is to be kept reachable. */
    public static Target of(MatmulCall c) {
      long m = c.out().shape().dim(0);
      long n = c.out().shape().dim(1);
      long k = c.x().shape().dim(c.transposeX() ? 0 : 1);
      Form f = new Form(c.transposeX(), c.transposeY(), m, n, k, c.accumulate());
      return new Target(f, c.x().address(), c.y().address(), c.out().address());
    }
  }

  /** Work on rows from (inclusive) to (exclusive) of a result. */
  public interface Rows {
    /** Does it. */
    void run(long from, long to);
  }

  /** Products on these threads; nothing native is loaded before the first one. */
  public MatrixProduct(Workers workers, boolean vector) {
    this.workers = workers;
    this.vector = vector;
    this.thin = vector ? new ThinProduct(workers) : null;
  }

  /** Products by a given kernel. */
  MatrixProduct(Workers workers, Gemm gemm) {
    this(workers, false);
    this.chosen = gemm;
  }

  private Gemm gemm() {
    Gemm g = chosen;
    if (g == null) {
      synchronized (this) {
        g = chosen;
        if (g == null) {
          g = choose();
          chosen = g;
        }
      }
    }
    return g;
  }

  private Gemm choose() {
    long start = System.nanoTime();
    try {
      Gemm g = OpenBlas.load();
      LOG.info(
          "Matrix products: {}, loaded in {} ms",
          g.name(),
          (System.nanoTime() - start) / 1_000_000);
      return g;
    } catch (Throwable e) {
      Gemm g = vector ? new VectorGemm() : new PlainGemm();
      LOG.warn(
          "Matrix products: {}, because OpenBLAS does not load ({}); faster with the artifact"
              + " org.bytedeco:openblas and this machine's classifier on the class path",
          g.name(),
          e.toString());
      LOG.debug("Loading OpenBLAS", e);
      return g;
    }
  }

  /** One product; operands without gaps. */
  public void multiply(DType type, Form f, long x, long y, long out) {
    if (f.m() == 0 || f.n() == 0) {
      return;
    }
    if (f.k() == 0) {
      clear(type, f, 1, out);
      return;
    }
    if (thin != null && type == DType.FLOAT32 && ThinProduct.covers(f)) {
      thin.multiply(f, x, 0, y, out, 0);
      return;
    }
    Gemm gemm = gemm();
    if (f.m() * f.n() * f.k() < SHARED_FROM) {
      piece(gemm, type, f, 0, f.m(), 0, f.n(), 0, f.k(), x, y, out, f.n(), f.accumulate());
      return;
    }
    long down = Math.clamp(f.m() / SIDE, 1, MOST_PIECES);
    long across = Math.clamp(f.n() / SIDE, 1, MOST_PIECES / down);
    if (down * across < 8 && f.k() >= 2 * DEPTH && f.m() * f.n() <= f.k() * SIDE) {
      alongContracted(gemm, type, f, x, y, out);
      return;
    }
    workers.forEach(
        (int) (down * across),
        t -> {
          long i = t / across;
          long j = t % across;
          piece(
              gemm,
              type,
              f,
              f.m() * i / down,
              f.m() * (i + 1) / down,
              f.n() * j / across,
              f.n() * (j + 1) / across,
              0,
              f.k(),
              x,
              y,
              out,
              f.n(),
              f.accumulate());
        });
  }

  /**
   * The sum of several products, of equal (m, n), which do not transpose x. The first one's form
   * says whether to add to the result, those of the others say so.
   *
   * @param bias address of what is added to every row, 0 for nothing
   * @param finish runs over all rows of the result, on any thread, some at a time; may be null
   * @return false where {@code bias} and {@code finish} are left to the caller
   */
  public boolean sum(DType type, List<Factors> factors, long bias, long out, Rows finish) {
    if (thin != null
        && type == DType.FLOAT32
        && factors.stream().allMatch(f -> ThinProduct.covers(f.form()))) {
      thin.sum(factors, bias, 0, out, 0, finish);
      return true;
    }
    factors.forEach(f -> multiply(type, f.form(), f.x(), f.y(), out));
    return false;
  }

  /** Whether {@link #alongRows} takes a product; its result has to stay near all the time. */
  public boolean goesAlongRows(DType type, Form f) {
    return thin != null
        && type == DType.FLOAT32
        && f.transposeX()
        && f.m() * f.n() <= NEAR
        && ThinProduct.covers(f);
  }

  /**
   * Several products that {@linkplain #goesAlongRows go along} the same rows, FLOAT32.
   *
   * @param unit rows of one call of {@code start}
   * @param start runs once for each unit of rows, on any thread, before a product reads them
   */
  public void alongRows(List<Target> products, long unit, Rows start) {
    thin.alongRows(products, 0, unit, start);
  }

  /**
   * One product with rows of x and of the result picked by int32 numbers; FLOAT32.
   *
   * @param xIndex address of the rows of x, 0 for all in order
   * @param outIndex address of the rows of the result, all different, 0 for all in order; not where
   *     x is transposed
   * @return false, with nothing done, where the kernel that can do this does not run here or the
   *     matrix is too large for it
   */
  public boolean multiplyRows(Form f, long x, long xIndex, long y, long out, long outIndex) {
    if (thin == null || f.m() == 0 || f.n() == 0 || f.k() == 0 || !ThinProduct.fits(f)) {
      return false;
    }
    thin.multiply(f, x, xIndex, y, out, outIndex);
    return true;
  }

  /** The same for every entry of a batch. */
  public void multiplyBatch(DType type, Form f, long batch, long x, long y, long out) {
    if (f.m() == 0 || f.n() == 0 || batch == 0) {
      return;
    }
    if (f.k() == 0) {
      clear(type, f, batch, out);
      return;
    }
    Gemm gemm = gemm();
    long one = f.m() * f.n() * f.k();
    long xBytes = f.m() * f.k() * type.bytes();
    long yBytes = f.k() * f.n() * type.bytes();
    long outBytes = f.m() * f.n() * type.bytes();
    if (one >= SHARED_FROM && batch < MOST_PIECES) {
      for (long b = 0; b < batch; b++) {
        multiply(type, f, x + b * xBytes, y + b * yBytes, out + b * outBytes);
      }
      return;
    }
    long each = Math.max(1, SHARED_FROM / one);
    workers.forEach(
        Math.toIntExact((batch + each - 1) / each),
        t -> {
          for (long b = t * each; b < Math.min(batch, (t + 1) * each); b++) {
            piece(
                gemm,
                type,
                f,
                0,
                f.m(),
                0,
                f.n(),
                0,
                f.k(),
                x + b * xBytes,
                y + b * yBytes,
                out + b * outBytes,
                f.n(),
                f.accumulate());
          }
        });
  }

  private static void clear(DType type, Form f, long batch, long out) {
    if (!f.accumulate()) {
      Native.ALL.asSlice(out, batch * f.m() * f.n() * type.bytes()).fill((byte) 0);
    }
  }

  /** Pieces of the contracted axis give partial results, which are added in ascending order. */
  private void alongContracted(Gemm gemm, DType type, Form f, long x, long y, long out) {
    int pieces = (int) Math.clamp(f.k() / DEPTH, 1, MOST_PIECES);
    long size = f.m() * f.n();
    // Other threads write there, but through the address, which confinement does not guard.
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment block = arena.allocate(pieces * size * type.bytes(), 64);
      long partial = block.address();
      workers.forEach(
          pieces,
          p ->
              piece(
                  gemm,
                  type,
                  f,
                  0,
                  f.m(),
                  0,
                  f.n(),
                  f.k() * p / pieces,
                  f.k() * (p + 1) / pieces,
                  x,
                  y,
                  partial + p * size * type.bytes(),
                  f.n(),
                  false));
      add(type, partial, pieces, size, f.accumulate(), out);
    }
  }

  private static void add(
      DType type, long partial, int pieces, long size, boolean accumulate, long out) {
    boolean single = type == DType.FLOAT32;
    for (long i = 0; i < size; i++) {
      double sum = accumulate ? get(single, out, i) : 0;
      for (int p = 0; p < pieces; p++) {
        sum += get(single, partial, p * size + i);
      }
      if (single) {
        Native.putFloat(out + 4 * i, (float) sum);
      } else {
        Native.putDouble(out + 8 * i, sum);
      }
    }
  }

  private static double get(boolean single, long base, long i) {
    return single ? Native.getFloat(base + 4 * i) : Native.getDouble(base + 8 * i);
  }

  private static void piece(
      Gemm gemm,
      DType type,
      Form f,
      long top,
      long bottom,
      long left,
      long right,
      long from,
      long to,
      long x,
      long y,
      long out,
      long outRow,
      boolean accumulate) {
    long xRow = f.transposeX() ? f.m() : f.k();
    long yRow = f.transposeY() ? f.k() : f.n();
    int bytes = type.bytes();
    gemm.multiply(
        type,
        new Gemm.Piece(
            f.transposeX(),
            f.transposeY(),
            Math.toIntExact(bottom - top),
            Math.toIntExact(right - left),
            Math.toIntExact(to - from),
            Math.toIntExact(xRow),
            Math.toIntExact(yRow),
            Math.toIntExact(outRow),
            accumulate),
        x + (f.transposeX() ? from * xRow + top : top * xRow + from) * bytes,
        y + (f.transposeY() ? left * yRow + from : from * yRow + left) * bytes,
        out + (top * outRow + left) * bytes);
  }
}
