package io.relata;

/** Element type of a {@link Tensor}. */
public enum DType {
  /** IEEE 754 single precision, the default for features and parameters. */
  FLOAT32(4),
  /** IEEE 754 double precision, for gradient checks and reference numbers. */
  FLOAT64(8),
  /** 32-bit signed integer, the type of node and edge ids. */
  INT32(4),
  /** 64-bit signed integer, the type of labels and of argmax. */
  INT64(8),
  /** One byte, 0 or 1. */
  BOOL(1);

  private final int bytes;

  DType(int bytes) {
    this.bytes = bytes;
  }

  /** Size of one element in bytes. */
  public int bytes() {
    return bytes;
  }

  /** True for the types that can carry gradients. */
  public boolean isFloating() {
    return this == FLOAT32 || this == FLOAT64;
  }
}
