package io.relata.graph;

import io.relata.ErrorId;
import io.relata.RelataException;
import io.relata.Tensor;
import io.relata.spi.MessageOp;
import io.relata.spi.Target;
import java.util.Locale;
import java.util.Map;

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
    MessageOp op, Target left, String leftField, Target right, String rightField, String out)
    implements EdgeFunction {

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

  /** The message of each edge, for a reduce function that wants mailboxes. (edges, …) */
  @Override
  public Map<String, Tensor> apply(EdgeBatch edges) {
    Tensor l = field(edges, left, leftField);
    if (right == null) {
      return Map.of(out, l);
    }
    Tensor r = field(edges, right, rightField);
    int rank = Math.max(l.shape().rank(), r.shape().rank());
    l = alignRows(l, rank);
    r = alignRows(r, rank);
    return Map.of(
        out,
        switch (op) {
          case COPY -> throw new AssertionError("copy has one operand");
          case ADD -> l.add(r);
          case SUB -> l.sub(r);
          case MUL -> l.mul(r);
          case DIV -> l.div(r);
          case DOT -> rank == 1 ? l.mul(r) : l.mul(r).sum(-1, true);
        });
  }

  private static Tensor field(EdgeBatch edges, Target target, String name) {
    return switch (target) {
      case U -> edges.src(name);
      case V -> edges.dst(name);
      case E -> edges.data(name);
    };
  }

  /** Ones inserted right after the row axis, so that broadcasting compares feature axes only. */
  private static Tensor alignRows(Tensor t, int rank) {
    Tensor x = t;
    while (x.shape().rank() < rank) {
      x = x.unsqueeze(1);
    }
    return x;
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
