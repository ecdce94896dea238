package io.relata.data.cora;

/** A Python object that a pickle makes empty first and then gives its state. */
sealed interface Pickled permits PickledArray, PickledCsrMatrix, PickledType {

  /** Takes what Python's {@code __setstate__} or {@code __dict__} would take. */
  void setState(Object state);
}
