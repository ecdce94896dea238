package io.relata;

/** Element type of a {@link Tensor}. */
public enum DType {
  /** IEEE 754 single precision, the default for features and parameters. */
  FLOAT32(4),
  /** IEEE 754 double precision, for gradient checks and reference numbers. */
  FLOAT64(8),
  /**
   * IEEE 754 half precision. A type to store features in: messages read and write it and compute in
   * FLOAT32; other arithmetic wants {@code .to(DType.FLOAT32)}.
   */
  FLOAT16(2),
  /** The upper half of a FLOAT32 (bfloat16): its range, 8 bits of precision. Used as FLOAT16 is. */
  BFLOAT16(2),
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

  /** True for the types that arithmetic and parameters have: FLOAT32 and FLOAT64. */
  public boolean isFloating() {
    return this == FLOAT32 || this == FLOAT64;
  }

  /** True for FLOAT16 and BFLOAT16, which store features but do not compute. */
  public boolean isHalf() {
    return this == FLOAT16 || this == BFLOAT16;
  }

  /**
   * The type of the gradient with respect to a tensor of this type: its own, and FLOAT32 for
   * halves, whose sums would lose digits.
   */
  public DType ofGradient() {
    return isHalf() ? FLOAT32 : this;
  }
}
