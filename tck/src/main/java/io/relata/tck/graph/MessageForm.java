package io.relata.tck.graph;

import io.relata.Shape;
import io.relata.Tensor;
import io.relata.graph.Arg;
import io.relata.spi.MessageOp;
import io.relata.spi.Target;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/**
 * One of the 32 messages: an operation and where its operands live.
 *
 * @param right null for copy
 */
public record MessageForm(MessageOp op, Target left, Target right) {
  /** All 32: two copies, and five operations for every ordered pair of different operands. */
  public static List<MessageForm> all() {
    List<MessageForm> forms = new ArrayList<>();
    forms.add(new MessageForm(MessageOp.COPY, Target.U, null));
    forms.add(new MessageForm(MessageOp.COPY, Target.E, null));
    for (MessageOp op : MessageOp.values()) {
      for (Target l : Target.values()) {
        for (Target r : Target.values()) {
          if (op != MessageOp.COPY && l != r) {
            forms.add(new MessageForm(op, l, r));
          }
        }
      }
    }
    return forms;
  }

  /**
   * How the operands' rows meet; the first is for copy too.
   *
   * @param left row of the left operand
   * @param right row of the right one
   */
  public record Rows(Shape left, Shape right) {
    @Override
    public String toString() {
      return left + " with " + right;
    }
  }

  /** Row shapes to try: equal, per head, per row, both sides broadcast, numbers, odd widths. */
  public List<Rows> rows() {
    if (op == MessageOp.COPY) {
      return List.of(
          new Rows(Shape.of(), null), new Rows(Shape.of(3), null), new Rows(Shape.of(2, 3), null));
    }
    if (op == MessageOp.DOT) {
      return List.of(
          new Rows(Shape.of(), Shape.of()),
          new Rows(Shape.of(5), Shape.of(5)),
          new Rows(Shape.of(2, 3), Shape.of(2, 3)),
          new Rows(Shape.of(2, 3), Shape.of(3)),
          new Rows(Shape.of(1, 3), Shape.of(2, 3)),
          new Rows(Shape.of(1), Shape.of(1)));
    }
    return List.of(
        new Rows(Shape.of(), Shape.of()),
        new Rows(Shape.of(5), Shape.of(5)),
        new Rows(Shape.of(4), Shape.of(1)),
        new Rows(Shape.of(1), Shape.of(4)),
        new Rows(Shape.of(), Shape.of(3)),
        new Rows(Shape.of(3), Shape.of()),
        new Rows(Shape.of(2, 3), Shape.of(2, 1)),
        new Rows(Shape.of(2, 3), Shape.of(3)),
        new Rows(Shape.of(2, 1), Shape.of(1, 3)),
        new Rows(Shape.of(4, 1), Shape.of(1, 1)),
        new Rows(Shape.of(0), Shape.of(1)));
  }

  /** Rows that the operand at a target has. */
  public static int count(TestGraph g, Target target) {
    return switch (target) {
      case U -> g.numSrc();
      case V -> g.numDst();
      case E -> g.numEdges();
    };
  }

  /** The operand of some values. */
  public static Arg arg(Target target, Tensor value) {
    return target == null ? null : new Arg(target, value);
  }

  @Override
  public String toString() {
    String l = left.name().toLowerCase(Locale.ROOT);
    String o = op.name().toLowerCase(Locale.ROOT);
    return right == null ? o + "_" + l : l + "_" + o + "_" + right.name().toLowerCase(Locale.ROOT);
  }
}
