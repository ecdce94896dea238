package io.relata.cpu.graph;

import static io.relata.cpu.Native.getInt;

import io.relata.DType;
import io.relata.cpu.Specialized;
import io.relata.spi.MessageOp;
import io.relata.spi.Target;
import java.lang.invoke.MethodHandles;

/**
 * Template of the gradient of max and min with respect to an operand of the destinations or of the
 * edges: a row and its edges belong to nobody else, so each winner is added where it belongs. Sums
 * in the order of outputs; allocates nothing.
 */
final class WinnerGradient implements WinnerLoop {
  private static final WinnerSpec SPEC =
      Specialized.parameters(MethodHandles.lookup(), WinnerSpec.class);
  private static final MessageOp OP = SPEC.op();
  private static final Target LHS = SPEC.lhs();
  private static final Target RHS = SPEC.rhs();
  private static final boolean LEFT = SPEC.left();
  private static final boolean AT_EDGE = SPEC.own() == Target.E;
  private static final boolean SOURCE = SPEC.other() == Target.U;
  private static final boolean IDENTITY = SPEC.identity();
  private static final DType TYPE = SPEC.dtype();
  private static final int BYTES = TYPE.bytes();

  @Override
  public void run(WinnerTask t, int column, int from, int to) {
    PositionTable table = t.table();
    int ownSize = LEFT ? t.lhsSize() : t.rhsSize();
    int size = t.outSize();
    for (int v = from; v < to; v++) {
      clear(t, v, ownSize);
      for (int o = 0; o < size; o++) {
        long at = (long) v * size + o;
        int edge = getInt(t.winners() + at * 4);
        if (edge < 0) {
          continue;
        }
        double g = PlainMessage.read(TYPE, t.gradient() + at * BYTES);
        int u = SOURCE ? getInt(t.sources() + 4L * edge) : 0;
        long row = t.out() + (long) (AT_EDGE ? edge : v) * ownSize * BYTES;
        for (int p = table.starts()[o]; p < table.starts()[o + 1]; p++) {
          int i = table.lhs()[p];
          int k = table.rhs()[p];
          double d = WinnerDerivative.of(OP, LEFT, LHS, RHS, TYPE, t, g, v, u, edge, i, k);
          long target = row + (long) (LEFT ? i : k) * BYTES;
          PlainMessage.write(TYPE, target, PlainMessage.read(TYPE, target) + d);
        }
      }
    }
  }

  private static void clear(WinnerTask t, int v, int ownSize) {
    if (!AT_EDGE) {
      zero(t, v, ownSize);
      return;
    }
    int end = getInt(t.offsets() + 4L * v + 4);
    for (int i = getInt(t.offsets() + 4L * v); i < end; i++) {
      zero(t, IDENTITY ? i : getInt(t.edgeIds() + 4L * i), ownSize);
    }
  }

  private static void zero(WinnerTask t, int row, int ownSize) {
    long at = t.out() + (long) row * ownSize * BYTES;
    for (int c = 0; c < ownSize; c++) {
      PlainMessage.write(TYPE, at + (long) c * BYTES, 0);
    }
  }
}
