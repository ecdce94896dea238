package io.relata.cpu.blas;

import io.relata.DType;

/**
 * One row-major matrix product on one thread: {@code out = op(x) op(y)}, or added to what is there.
 */
interface Gemm {
  /** One line for logs. */
  String name();

  /** FLOAT32 or FLOAT64; strides from row to row count elements; no size is 0. */
  void multiply(DType type, Piece piece, long x, long y, long out);

  /**
   * Sizes of one product.
   *
   * @param transposeX x is stored (k, m)
   * @param transposeY y is stored (n, k)
   * @param m rows of the result
   * @param n columns of the result
   * @param k length of the contracted axis
   * @param xRow row stride of x
   * @param yRow row stride of y
   * @param outRow row stride of the result
   * @param accumulate whether to add to the result
   */
  record Piece(
      boolean transposeX,
      boolean transposeY,
      int m,
      int n,
      int k,
      int xRow,
      int yRow,
      int outRow,
      boolean accumulate) {}
}
