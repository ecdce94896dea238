package io.relata.cpu.graph;

import static io.relata.cpu.Native.getInt;

import io.relata.DType;
import io.relata.cpu.Specialized;
import io.relata.spi.MessageOp;
import io.relata.spi.Target;
import java.lang.invoke.MethodHandles;

/**
 * Template of the gradient of max and min with respect to one operand. A task adds into the columns
 * it owns only, going through the rows in ascending order, so an element's sum does not depend on
 * how columns or rows are shared out.
 */
final class WinnerGradient implements WinnerLoop {
  private static final WinnerSpec SPEC =
      Specialized.parameters(MethodHandles.lookup(), WinnerSpec.class);
  private static final MessageOp OP = SPEC.op();
  private static final Target LHS = SPEC.lhs();
  private static final Target RHS = SPEC.rhs();
  private static final boolean LEFT = SPEC.left();
  private static final Target OWN = LEFT ? LHS : RHS;
  private static final boolean READS_LEFT =
      OP == MessageOp.MUL && !LEFT || OP == MessageOp.DIV && !LEFT;
  private static final boolean READS_RIGHT = OP == MessageOp.MUL && LEFT || OP == MessageOp.DIV;
  private static final DType TYPE = SPEC.dtype();
  private static final int BYTES = TYPE.bytes();

  @Override
  public void run(WinnerTask t, int[] positions, int from, int to) {
    long lhsBytes = (long) t.lhsSize() * BYTES;
    long rhsBytes = (long) t.rhsSize() * BYTES;
    int size = t.outSize();
    for (int row = from; row < to; row++) {
      for (int j : positions) {
        long at = (long) row * size + t.outOffsets()[j];
        int edge = getInt(t.winners() + at * 4);
        if (edge < 0) {
          continue;
        }
        double g = PlainMessage.read(TYPE, t.gradient() + at * BYTES);
        int u = LHS == Target.U || RHS == Target.U ? getInt(t.sources() + 4L * edge) : 0;
        long i = (long) t.lhsOffsets()[j] * BYTES;
        long k = (long) t.rhsOffsets()[j] * BYTES;
        double x =
            READS_LEFT
                ? PlainMessage.read(TYPE, EdgeAccess.row(LHS, t.lhs(), lhsBytes, row, u, edge) + i)
                : 0;
        double y =
            READS_RIGHT
                ? PlainMessage.read(TYPE, EdgeAccess.row(RHS, t.rhs(), rhsBytes, row, u, edge) + k)
                : 0;
        long target =
            EdgeAccess.row(OWN, t.out(), LEFT ? lhsBytes : rhsBytes, row, u, edge) + (LEFT ? i : k);
        PlainMessage.write(TYPE, target, PlainMessage.read(TYPE, target) + derivative(g, x, y));
      }
    }
  }

  private static double derivative(double g, double x, double y) {
    if (OP == MessageOp.MUL) {
      return LEFT ? g * y : g * x;
    }
    if (OP == MessageOp.DIV) {
      return LEFT ? g / y : -g * x / (y * y);
    }
    return OP == MessageOp.SUB && !LEFT ? -g : g;
  }
}
