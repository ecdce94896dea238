package io.relata.data;

import java.util.Arrays;

/**
 * A sparse float32 matrix in compressed rows, as feature matrices of bags of words come.
 *
 * <p>The arrays are not copied: whoever reads them must not write to them.
 *
 * @param rows number of rows, N
 * @param columns number of columns, F
 * @param rowOffsets where each row begins in the other two arrays, (N + 1)
 * @param columnIndices column of each stored value, (nnz)
 * @param values stored values, (nnz)
 */
public record CsrMatrix(
    int rows, int columns, int[] rowOffsets, int[] columnIndices, float[] values) {

  /**
   * Checks that the arrays fit together.
   *
   * @throws IllegalArgumentException if an array's length, an offset or a column is wrong
   */
  public CsrMatrix {
    if (rows < 0 || columns < 0) {
      throw new IllegalArgumentException(
          "CSR matrix: the shape (%d, %d) is negative".formatted(rows, columns));
    }
    if (rowOffsets.length != rows + 1 || rowOffsets[0] != 0) {
      throw new IllegalArgumentException(
          "CSR matrix: %d rows need %d row offsets from 0, found %d"
              .formatted(rows, rows + 1, rowOffsets.length));
    }
    if (columnIndices.length != values.length || rowOffsets[rows] != values.length) {
      throw new IllegalArgumentException(
          "CSR matrix: %d columns, %d values, but the last row offset is %d; all must be equal"
              .formatted(columnIndices.length, values.length, rowOffsets[rows]));
    }
    for (int row = 0; row < rows; row++) {
      if (rowOffsets[row] > rowOffsets[row + 1]) {
        throw new IllegalArgumentException(
            "CSR matrix: row %d begins at %d, after its end %d"
                .formatted(row, rowOffsets[row], rowOffsets[row + 1]));
      }
    }
    for (int i = 0; i < columnIndices.length; i++) {
      if (columnIndices[i] < 0 || columnIndices[i] >= columns) {
        throw new IllegalArgumentException(
            "CSR matrix: column %d at position %d is outside 0..%d"
                .formatted(columnIndices[i], i, columns - 1));
      }
    }
  }

  /** Returns the number of stored values. */
  public int nonZeros() {
    return values.length;
  }

  /**
   * Returns the matrix with each row divided by its sum; a row that sums to 0 becomes 0.
   *
   * <p>This is what DGL's {@code CoraGraphDataset} and PyG's {@code NormalizeFeatures} do.
   */
  public CsrMatrix normalizeRows() {
    float[] scaled = new float[values.length];
    for (int row = 0; row < rows; row++) {
      float sum = 0;
      for (int i = rowOffsets[row]; i < rowOffsets[row + 1]; i++) {
        sum += values[i];
      }
      float inverse = sum == 0 ? 0 : 1 / sum;
      for (int i = rowOffsets[row]; i < rowOffsets[row + 1]; i++) {
        scaled[i] = values[i] * inverse;
      }
    }
    return new CsrMatrix(rows, columns, rowOffsets, columnIndices, scaled);
  }

  /**
   * Returns the matrix with its rows in another order.
   *
   * @param order which row of this matrix becomes row i, (N')
   */
  public CsrMatrix selectRows(int[] order) {
    int[] offsets = new int[order.length + 1];
    for (int i = 0; i < order.length; i++) {
      offsets[i + 1] = offsets[i] + rowOffsets[order[i] + 1] - rowOffsets[order[i]];
    }
    int[] newColumns = new int[offsets[order.length]];
    float[] newValues = new float[offsets[order.length]];
    for (int i = 0; i < order.length; i++) {
      int length = offsets[i + 1] - offsets[i];
      System.arraycopy(columnIndices, rowOffsets[order[i]], newColumns, offsets[i], length);
      System.arraycopy(values, rowOffsets[order[i]], newValues, offsets[i], length);
    }
    return new CsrMatrix(order.length, columns, offsets, newColumns, newValues);
  }

  /**
   * Returns this matrix with the rows of another below it.
   *
   * @throws IllegalArgumentException if the other has another number of columns
   */
  public CsrMatrix stack(CsrMatrix below) {
    if (below.columns != columns) {
      throw new IllegalArgumentException(
          "CSR matrix: cannot put rows of %d columns below rows of %d"
              .formatted(below.columns, columns));
    }
    int[] offsets = Arrays.copyOf(rowOffsets, rows + below.rows + 1);
    for (int i = 1; i <= below.rows; i++) {
      offsets[rows + i] = rowOffsets[rows] + below.rowOffsets[i];
    }
    int[] newColumns = Arrays.copyOf(columnIndices, values.length + below.values.length);
    float[] newValues = Arrays.copyOf(values, values.length + below.values.length);
    System.arraycopy(below.columnIndices, 0, newColumns, values.length, below.values.length);
    System.arraycopy(below.values, 0, newValues, values.length, below.values.length);
    return new CsrMatrix(rows + below.rows, columns, offsets, newColumns, newValues);
  }

  /**
   * Returns all values, row after row, (N * F); values stored twice for one place add up.
   *
   * @throws ArithmeticException if N * F does not fit an array
   */
  public float[] toDense() {
    float[] dense = new float[Math.multiplyExact(rows, columns)];
    for (int row = 0; row < rows; row++) {
      for (int i = rowOffsets[row]; i < rowOffsets[row + 1]; i++) {
        dense[row * columns + columnIndices[i]] += values[i];
      }
    }
    return dense;
  }
}
