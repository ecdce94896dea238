package io.relata.nn.graph;

import static java.lang.ref.Reference.reachabilityFence;

import io.relata.Shape;
import io.relata.Tensor;
import io.relata.spi.Array;
import io.relata.spi.DenseKernels;
import io.relata.spi.RowsMatmulCall;

/**
 * Matrix products of some rows of a tensor, picked by number, null for all; without gradients. The
 * rows are copied only where the backend has no kernel that reads them where they lie.
 */
final class PickedRows {
  private PickedRows() {}

  private static DenseKernels dense(Tensor x) {
    return x.relata().backend().dense();
  }

  /** result[rows] += x op(w); the rows are all different. */
  static void add(Tensor x, Tensor w, boolean transposeW, Tensor result, Tensor rows) {
    DenseKernels dense = dense(x);
    if (rows == null) {
      dense.matmul(x.array(), false, w.array(), transposeW, true, result.array());
    } else if (!dense.matmulRows(
        new RowsMatmulCall(
            x.array(), null, false, w.array(), transposeW, true, result.array(), rows.array()))) {
      Tensor product = x.matmul(false, w, transposeW);
      dense.scatterAddRows(product.array(), rows.array(), result.array());
      reachabilityFence(product);
    }
    reachabilityFence(x);
    reachabilityFence(w);
  }

  /** x[rows] w. */
  static Tensor times(Tensor x, Tensor rows, Tensor w) {
    if (rows == null) {
      return x.matmul(w);
    }
    Tensor product = x.relata().empty(x.dtype(), Shape.of(rows.size(), w.dim(1)));
    boolean done =
        dense(x)
            .matmulRows(
                new RowsMatmulCall(
                    x.array(),
                    rows.array(),
                    false,
                    w.array(),
                    false,
                    false,
                    product.array(),
                    null));
    reachabilityFence(w);
    return done ? product : x.indexSelect(0, rows).matmul(w);
  }

  /** slot = x[rows]ᵀ y. */
  static void transposedTimes(Tensor x, Tensor rows, Tensor y, Array slot) {
    DenseKernels dense = dense(x);
    if (rows == null) {
      dense.matmul(x.array(), true, y.array(), false, false, slot);
    } else if (!dense.matmulRows(
        new RowsMatmulCall(x.array(), rows.array(), true, y.array(), false, false, slot, null))) {
      Tensor picked = x.indexSelect(0, rows);
      dense.matmul(picked.array(), true, y.array(), false, false, slot);
      reachabilityFence(picked);
    }
    reachabilityFence(y);
  }
}
