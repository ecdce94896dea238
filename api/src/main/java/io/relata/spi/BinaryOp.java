package io.relata.spi;

/**
 * Elementwise functions of two arrays. Arithmetic ones give the operands' type; those for which
 * {@link #isComparison} holds give BOOL. The {@code *_GRAD} ones are gradients of activations, of
 * the gradient x with respect to the result and a second array y.
 */
public enum BinaryOp {
  /** x + y. */
  ADD,
  /** x - y. */
  SUB,
  /** x * y. */
  MUL,
  /** x / y; for integers truncating. */
  DIV,
  /** x^y. */
  POW,
  /** The larger; NaN propagates. */
  MAX,
  /** The smaller; NaN propagates. */
  MIN,
  /** x == y. */
  EQ,
  /** x != y. */
  NE,
  /** x &lt; y. */
  LT,
  /** x &lt;= y. */
  LE,
  /** x &gt; y. */
  GT,
  /** x &gt;= y. */
  GE,
  /** Both; BOOL operands. */
  AND,
  /** Either; BOOL operands. */
  OR,
  /** Exactly one; BOOL operands. */
  XOR,
  /** x where y &gt; 0, else 0; y is the result (or the input) of relu. */
  RELU_GRAD,
  /** x where y &gt; 0, else a * x; y is the input. */
  LEAKY_RELU_GRAD,
  /** x where y &gt; 0, else x * (y + a); y is the result of elu. */
  ELU_GRAD,
  /** x * y * (1 - y); y is the result of sigmoid. */
  SIGMOID_GRAD,
  /** x * (1 - y²); y is the result of tanh. */
  TANH_GRAD;

  /** True for the functions whose result is BOOL. */
  public boolean isComparison() {
    return compareTo(EQ) >= 0 && compareTo(XOR) <= 0;
  }
}
