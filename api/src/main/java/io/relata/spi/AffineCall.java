package io.relata.spi;

import java.util.List;

/**
 * The dense part of a layer: {@code out = activation(Σ x op(w) + Σ addends + bias)}, FLOAT32 or
 * FLOAT64; at least one product, one addend, or {@code accumulate}.
 *
 * @param products may be none
 * @param addends (N, C) each, may be none; none is {@code out}
 * @param accumulate whether what {@code out} holds is an addend too
 * @param bias (C,), or null
 * @param activation applied last, or null; a function that {@link BinaryOp} has the gradient of
 * @param a its parameter
 * @param out (N, C)
 */
public record AffineCall(
    List<Factors> products,
    List<Array> addends,
    boolean accumulate,
    Array bias,
    UnaryOp activation,
    double a,
    Array out) {

  /**
   * One product.
   *
   * @param x (N, K)
   * @param w (K, C), where {@code transposed} (C, K)
   * @param transposed whether w is transposed
   */
  public record Factors(Array x, Array w, boolean transposed) {}
}
