package io.relata.nn;

import io.relata.DType;
import io.relata.ErrorId;
import io.relata.Relata;
import io.relata.RelataException;
import io.relata.Tensor;
import io.relata.graph.Adjacency;
import io.relata.graph.Arg;
import io.relata.graph.GraphOps;
import io.relata.spi.MessageOp;
import io.relata.spi.Reducer;
import java.util.Arrays;

/**
 * Input features of which most are 0, such as bags of words, in compressed rows: a first layer
 * multiplies with a weight in the time of the numbers that are not 0 (PyTorch: {@code
 * torch.sparse.mm}). Rows are nodes; the values are constants, gradients flow to the weight.
 */
public final class SparseFeatures {
  /** An edge for each stored number, from its column to its row. */
  private final Adjacency entries;

  private final Tensor values;

  private SparseFeatures(Adjacency entries, Tensor values) {
    this.entries = entries;
    this.values = values;
  }

  /**
   * The numbers of a dense matrix that are not 0.
   *
   * @param dense (N, F), FLOAT32 or FLOAT64
   * @throws RelataException SHAPE or DTYPE for anything else
   */
  public static SparseFeatures of(Tensor dense) {
    if (dense.shape().rank() != 2) {
      throw RelataException.of(ErrorId.SHAPE, "Features are a matrix")
          .where("SparseFeatures")
          .expected("shape (N, F)")
          .found("shape " + dense.shape())
          .build();
    }
    requireFloating(dense.dtype());
    int rows = Math.toIntExact(dense.dim(0));
    int columns = Math.toIntExact(dense.dim(1));
    double[] all = dense.toDoubleArray();
    int count = 0;
    for (double v : all) {
      count += v != 0 ? 1 : 0;
    }
    int[] offsets = new int[rows + 1];
    int[] indices = new int[count];
    double[] values = new double[count];
    int at = 0;
    for (int r = 0; r < rows; r++) {
      for (int c = 0; c < columns; c++) {
        double v = all[r * columns + c];
        if (v != 0) {
          indices[at] = c;
          values[at++] = v;
        }
      }
      offsets[r + 1] = at;
    }
    return of(dense.relata(), dense.dtype(), columns, offsets, indices, values);
  }

  /**
   * From compressed rows.
   *
   * @param columns number of columns, F
   * @param rowOffsets (N + 1) where each row begins in the other two arrays
   * @param columnIndices column of each number
   * @param values the numbers, FLOAT32
   * @throws RelataException ARGUMENT where the arrays do not fit together, NODE_ID for a column
   *     outside 0 to F - 1
   */
  public static SparseFeatures of(
      Relata relata, int columns, int[] rowOffsets, int[] columnIndices, float[] values) {
    double[] exact = new double[values.length];
    for (int i = 0; i < exact.length; i++) {
      exact[i] = values[i];
    }
    return of(relata, DType.FLOAT32, columns, rowOffsets, columnIndices, exact);
  }

  private static SparseFeatures of(
      Relata relata, DType dtype, int columns, int[] offsets, int[] indices, double[] values) {
    int rows = offsets.length - 1;
    boolean fits = rows >= 0 && offsets[0] == 0 && indices.length == values.length;
    for (int r = 0; r < rows && fits; r++) {
      fits = offsets[r] <= offsets[r + 1];
    }
    if (!fits || offsets[rows] != values.length) {
      throw RelataException.of(
              ErrorId.ARGUMENT, "The arrays of compressed rows do not fit together")
          .where("SparseFeatures")
          .expected("offsets that ascend from 0 to the number of values, a column for every value")
          .found(
              offsets.length
                  + " offsets, "
                  + indices.length
                  + " columns, "
                  + values.length
                  + " values")
          .build();
    }
    int[] row = new int[indices.length];
    for (int r = 0; r < rows; r++) {
      Arrays.fill(row, offsets[r], offsets[r + 1], r);
    }
    Adjacency entries =
        Adjacency.of(relata, "SparseFeatures (columns to rows)", columns, rows, indices, row);
    Tensor[] made = new Tensor[1];
    relata.unscoped(() -> made[0] = relata.tensor(values, values.length).to(dtype));
    return new SparseFeatures(entries, made[0]);
  }

  private static void requireFloating(DType dtype) {
    if (!dtype.isFloating()) {
      throw RelataException.of(ErrorId.DTYPE, "Features are floating-point numbers")
          .where("SparseFeatures")
          .expected("FLOAT32 or FLOAT64")
          .found(dtype.toString())
          .build();
    }
  }

  /** Number of rows, N. */
  public int rows() {
    return entries.numDst();
  }

  /** Number of columns, F. */
  public int columns() {
    return entries.numSrc();
  }

  /** How many numbers are stored. */
  public int nonZeros() {
    return entries.numEdges();
  }

  /**
   * The product with a matrix, differentiable in it.
   *
   * @param weight (F, out) of the features' type
   * @return (N, out)
   * @throws RelataException SHAPE or DTYPE for a matrix that does not fit
   */
  public Tensor matmul(Tensor weight) {
    if (weight.shape().rank() != 2 || weight.dim(0) != columns()) {
      throw RelataException.of(ErrorId.SHAPE, "The matrices do not fit")
          .where("SparseFeatures.matmul")
          .expected("shape (" + columns() + ", …)")
          .found("shape " + weight.shape())
          .build();
    }
    Arg value = Arg.e(values.reshape(nonZeros(), 1));
    return GraphOps.gspmm(entries, MessageOp.MUL, Reducer.SUM, Arg.u(weight), value);
  }

  @Override
  public String toString() {
    return "SparseFeatures(" + rows() + ", " + columns() + "), " + nonZeros() + " not 0";
  }
}
