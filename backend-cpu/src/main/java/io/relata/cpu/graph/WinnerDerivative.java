package io.relata.cpu.graph;

import io.relata.DType;
import io.relata.spi.MessageOp;
import io.relata.spi.Target;

/**
 * What a won position adds to its operand's gradient. As in {@link EdgeAccess}, the operation, the
 * side and the type are constants of the calling copy; each operation is rounded as vectors round.
 */
final class WinnerDerivative {
  private WinnerDerivative() {}

  /**
   * The gradient g times the derivative of the message of edge (u, v).
   *
   * @param i where the left operand's row is read
   * @param k where the right operand's row is read
   */
  static double of(
      MessageOp op,
      boolean left,
      Target lhs,
      Target rhs,
      DType type,
      WinnerTask t,
      double g,
      int v,
      int u,
      int edge,
      int i,
      int k) {
    if (op == MessageOp.COPY || op == MessageOp.ADD) {
      return g;
    }
    if (op == MessageOp.SUB) {
      return left ? g : -g;
    }
    int bytes = type.bytes();
    double y =
        op == MessageOp.DIV || left
            ? PlainMessage.read(
                type,
                EdgeAccess.row(rhs, t.rhs(), (long) t.rhsSize() * bytes, v, u, edge)
                    + (long) k * bytes)
            : 0;
    double x =
        left
            ? 0
            : PlainMessage.read(
                type,
                EdgeAccess.row(lhs, t.lhs(), (long) t.lhsSize() * bytes, v, u, edge)
                    + (long) i * bytes);
    if (op == MessageOp.MUL) {
      return PlainMessage.round(type, g * (left ? y : x));
    }
    return left
        ? PlainMessage.round(type, g / y)
        : PlainMessage.round(
            type, PlainMessage.round(type, -g * x) / PlainMessage.round(type, y * y));
  }
}
