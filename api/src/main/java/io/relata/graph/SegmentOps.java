package io.relata.graph;

import static java.lang.ref.Reference.reachabilityFence;

import io.relata.ErrorId;
import io.relata.Relata;
import io.relata.RelataException;
import io.relata.Shape;
import io.relata.Tensor;
import io.relata.spi.Array;
import io.relata.spi.DenseKernels;
import io.relata.spi.Reducer;

/**
 * Reductions, softmax and products over consecutive runs of rows, differentiable (DGL: {@code
 * dgl.ops.segment_reduce}, {@code segment_softmax}, {@code segment_mm}, {@code gather_mm}). An
 * empty run gives 0 everywhere, also for mean, max and min, where DGL gives NaN or infinities.
 */
public final class SegmentOps {
  private SegmentOps() {}

  /**
   * Sum, mean, max or min of each run; the first of equal rows gets the gradient of max and min.
   *
   * @param x (numRows, …)
   * @return (segments, …)
   */
  public static Tensor segmentReduce(Segments segments, Reducer reducer, Tensor x) {
    requireRows("segmentReduce", segments, x);
    return GraphOps.copyReduce(segments.rows(), reducer, Arg.e(x));
  }

  /**
   * Softmax over the rows of each run, for every trailing position by itself.
   *
   * @param x (numRows, …)
   * @return the same shape
   */
  public static Tensor segmentSoftmax(Segments segments, Tensor x) {
    requireRows("segmentSoftmax", segments, x);
    return GraphOps.edgeSoftmax(segments.rows(), x);
  }

  /**
   * The row of each segment repeated for each of its rows (DGL: {@code broadcast_nodes}).
   *
   * @param x (segments, …)
   * @return (numRows, …)
   */
  public static Tensor segmentBroadcast(Segments segments, Tensor x) {
    if (x.shape().rank() == 0 || x.dim(0) != segments.count()) {
      throw RelataException.of(ErrorId.SHAPE, "Every segment needs a row")
          .where("segmentBroadcast")
          .expected(segments.count() + " rows")
          .found("shape " + x.shape())
          .build();
    }
    return x.indexSelect(0, segments.rows().dstIds());
  }

  /**
   * The rows of run i times matrix b[i].
   *
   * @param a (numRows, K)
   * @param b (segments, K, N)
   * @return (numRows, N)
   */
  public static Tensor segmentMatmul(Segments segments, Tensor a, Tensor b) {
    requireRows("segmentMatmul", segments, a);
    requireMatrices("segmentMatmul", segments.count(), a, b);
    long k = a.dim(1);
    long n = b.dim(2);
    Relata relata = a.relata();
    Tensor out = relata.empty(a.dtype(), Shape.of(segments.numRows(), n));
    // (rows, K) times (K, N), and for the gradients of a and b the two transposed products.
    multiply(segments, Kind.ROWS, a, b, false, out);
    boolean wantsA = a.requiresGrad();
    boolean wantsB = b.requiresGrad();
    return Tensor.record(
        "segmentMatmul",
        out,
        g -> {
          Tensor da = wantsA ? relata.empty(a.dtype(), Shape.of(segments.numRows(), k)) : null;
          Tensor db = wantsB ? relata.empty(b.dtype(), b.shape()) : null;
          if (wantsA) {
            multiply(segments, Kind.ROWS, g, b, true, da);
          }
          if (wantsB) {
            multiply(segments, Kind.MATRICES, a, g, false, db);
          }
          return new Tensor[] {da, db};
        },
        a,
        b);
  }

  /**
   * Row i of a times matrix b[index[i]].
   *
   * @param a (M, K)
   * @param b (R, K, N)
   * @param index (M,) INT32 or INT64, each in 0..R-1
   * @return (M, N)
   */
  public static Tensor gatherMatmul(Tensor a, Tensor b, Tensor index) {
    long matrices = b.shape().rank() == 3 ? b.dim(0) : 0;
    requireMatrices("gatherMatmul", matrices, a, b);
    if (index.shape().rank() != 1 || index.dim(0) != a.dim(0) || index.dtype().isFloating()) {
      throw RelataException.of(ErrorId.SHAPE, "Every row needs the number of its matrix")
          .where("gatherMatmul")
          .expected("INT32 or INT64 (" + a.dim(0) + ",)")
          .found(index.dtype() + " " + index.shape())
          .build();
    }
    int[] of = index.toIntArray();
    int[] lengths = new int[Math.toIntExact(matrices)];
    for (int i = 0; i < of.length; i++) {
      if (of[i] < 0 || of[i] >= matrices) {
        throw RelataException.of(ErrorId.INDEX, "There is no such matrix")
            .where("gatherMatmul, position " + i)
            .expected("0 to " + (matrices - 1))
            .found(Integer.toString(of[i]))
            .build();
      }
      lengths[of[i]]++;
    }
    int[] next = new int[lengths.length];
    for (int r = 1; r < next.length; r++) {
      next[r] = next[r - 1] + lengths[r - 1];
    }
    int[] sorted = new int[of.length];
    int[] back = new int[of.length];
    for (int i = 0; i < of.length; i++) {
      back[i] = next[of[i]]++;
      sorted[back[i]] = i;
    }
    Relata relata = a.relata();
    Tensor rows = a.indexSelect(0, relata.tensor(sorted));
    return segmentMatmul(Segments.of(relata, lengths), rows, b).indexSelect(0, relata.tensor(back));
  }

  // ---- products ----

  private enum Kind {
    /** Rows of x times matrices y, giving rows. */
    ROWS,
    /** Transposed rows of x times rows of y, giving matrices. */
    MATRICES
  }

  private static void multiply(
      Segments segments, Kind kind, Tensor x, Tensor y, boolean transposeY, Tensor out) {
    DenseKernels dense = x.relata().backend().dense();
    boolean rows = kind == Kind.ROWS;
    long at = 0;
    for (int s = 0; s < segments.count(); s++) {
      int length = segments.length(s);
      Array result = rows ? part(out, at, length) : matrix(out, s);
      if (result.size() > 0) {
        if ((rows ? x.dim(1) : length) == 0) {
          dense.fill(result, 0);
        } else {
          dense.matmul(
              part(x, at, length),
              !rows,
              rows ? matrix(y, s) : part(y, at, length),
              transposeY,
              false,
              result);
        }
      }
      at += length;
    }
    reachabilityFence(x);
    reachabilityFence(y);
    reachabilityFence(out);
  }

  /** Some rows of a matrix. */
  private static Array part(Tensor t, long from, long count) {
    Array a = t.array();
    long offset = a.offset() + from * t.dim(1) * a.dtype().bytes();
    return new Array(a.storage(), offset, a.dtype(), Shape.of(count, t.dim(1)));
  }

  /** One matrix of a batch. */
  private static Array matrix(Tensor t, long i) {
    Array a = t.array();
    Shape shape = t.shape().row();
    return new Array(
        a.storage(), a.offset() + i * shape.size() * a.dtype().bytes(), a.dtype(), shape);
  }

  // ---- checks ----

  private static void requireRows(String where, Segments segments, Tensor x) {
    if (segments.rows().relata() != x.relata()) {
      throw RelataException.of(ErrorId.LIFETIME, "Segments and rows belong to different runtimes")
          .where(where)
          .remedy("make the segments in the runtime of the tensors")
          .build();
    }
    if (x.shape().rank() == 0 || x.dim(0) != segments.numRows()) {
      throw RelataException.of(ErrorId.SHAPE, "The segments do not cover the rows")
          .where(where)
          .expected(segments.numRows() + " rows, the sum of all lengths")
          .found("shape " + x.shape())
          .build();
    }
  }

  private static void requireMatrices(String where, long count, Tensor a, Tensor b) {
    a.requireSameRuntime(where, b);
    boolean fits =
        a.shape().rank() == 2 && b.shape().rank() == 3 && b.dim(0) == count && b.dim(1) == a.dim(1);
    if (!fits) {
      throw RelataException.of(ErrorId.SHAPE, "The rows and the matrices do not fit")
          .where(where)
          .expected("rows (M, K) and matrices (R, K, N), one for each segment")
          .found(a.shape() + " and " + b.shape())
          .build();
    }
    if (a.dtype() != b.dtype() || !a.dtype().isFloating()) {
      throw RelataException.of(ErrorId.DTYPE, "The matrices need one floating-point type")
          .where(where)
          .expected("FLOAT32 or FLOAT64 on both sides")
          .found(a.dtype() + " and " + b.dtype())
          .remedy("convert with .to(DType." + (a.dtype().isFloating() ? a : b).dtype() + ")")
          .build();
    }
  }
}
