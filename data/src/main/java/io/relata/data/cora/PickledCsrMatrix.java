package io.relata.data.cora;

import io.relata.data.CsrMatrix;
import java.util.Map;

/** A {@code scipy.sparse.csr_matrix} of float32. */
final class PickledCsrMatrix implements Pickled {
  private Map<?, ?> fields = Map.of();

  @Override
  public void setState(Object state) {
    fields = (Map<?, ?>) state;
  }

  /**
   * Returns the matrix.
   *
   * @throws IllegalArgumentException if its parts do not fit together
   */
  CsrMatrix toMatrix() {
    if (!(fields.get("_shape") instanceof Object[] shape
        && shape.length == 2
        && shape[0] instanceof Integer rows
        && shape[1] instanceof Integer columns)) {
      throw new IllegalArgumentException("a csr_matrix without a shape of two numbers");
    }
    return new CsrMatrix(
        rows,
        columns,
        array("indptr").toInts(),
        array("indices").toInts(),
        array("data").toFloats());
  }

  private PickledArray array(String field) {
    if (fields.get(field) instanceof PickledArray array) {
      return array;
    }
    throw new IllegalArgumentException("a csr_matrix without the array " + field);
  }
}
