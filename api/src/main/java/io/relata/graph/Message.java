package io.relata.graph;

import io.relata.ErrorId;
import io.relata.RelataException;
import io.relata.spi.MessageOp;
import io.relata.spi.Target;
import java.util.Locale;

/**
 * A built-in message function in field names; {@link Functions} makes all of them.
 *
 * @param op how an edge combines its operands
 * @param left where the left field lives
 * @param leftField field of the left operand
 * @param right where the right field lives; null for copy
 * @param rightField field of the right operand; null for copy
 * @param out field of the message
 */
public record Message(
    MessageOp op, Target left, String leftField, Target right, String rightField, String out) {

  /** Checks that operands and their fields come in pairs. */
  public Message {
    if ((op == MessageOp.COPY) != (right == null) || (right == null) != (rightField == null)) {
      throw RelataException.of(ErrorId.ARGUMENT, "Copy takes one operand, every other message two")
          .found(op + " of " + left + " and " + right)
          .build();
    }
    if (left == Target.V && op == MessageOp.COPY) {
      throw RelataException.of(ErrorId.ARGUMENT, "A message cannot be a copy of its destination")
          .remedy("use copyU or copyE")
          .build();
    }
  }

  /** DGL's name of the function, for instance {@code u_mul_e}. */
  public String functionName() {
    String l = left.name().toLowerCase(Locale.ROOT);
    String o = op.name().toLowerCase(Locale.ROOT);
    return right == null ? o + "_" + l : l + "_" + o + "_" + right.name().toLowerCase(Locale.ROOT);
  }

  @Override
  public String toString() {
    return functionName()
        + "('"
        + leftField
        + (rightField == null ? "" : "', '" + rightField)
        + "', '"
        + out
        + "')";
  }
}
