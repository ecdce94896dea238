package io.relata.spi;

/** How an edge combines its operands. */
public enum MessageOp {
  /** The left operand as it is; there is no right one. */
  COPY,
  /** left + right. */
  ADD,
  /** left - right. */
  SUB,
  /** left * right. */
  MUL,
  /** left / right. */
  DIV,
  /** Sum over the last axis of left * right, kept with size 1. */
  DOT;

  /**
   * True where the derivative of a message reads an operand: of a product the other one, of a
   * quotient the divisor, and with respect to the divisor both. Everywhere else the derivative is 1
   * or -1, and the gradient passes on as it is or negated.
   */
  public boolean derivativeReadsOperands() {
    return switch (this) {
      case COPY, ADD, SUB -> false;
      case MUL, DIV, DOT -> true;
    };
  }
}
