package io.relata.cpu.graph;

import static io.relata.cpu.Native.getInt;
import static io.relata.cpu.Native.getLong;

import io.relata.DType;
import io.relata.cpu.Specialized;
import io.relata.spi.MessageOp;
import io.relata.spi.Target;
import java.lang.invoke.MethodHandles;

/**
 * Template of the gradient of max and min with respect to an operand of the sources: goes through a
 * source's edges and adds up what they won, looking at the winners of two outputs at a time. Sums
 * in the order of edge ids, then of outputs; allocates nothing.
 */
final class WinnerSources implements WinnerLoop {
  private static final WinnerSpec SPEC =
      Specialized.parameters(MethodHandles.lookup(), WinnerSpec.class);
  private static final MessageOp OP = SPEC.op();
  private static final Target LHS = SPEC.lhs();
  private static final Target RHS = SPEC.rhs();
  private static final boolean LEFT = SPEC.left();
  private static final boolean IDENTITY = SPEC.identity();
  private static final DType TYPE = SPEC.dtype();
  private static final int BYTES = TYPE.bytes();

  /** 1 in both halves, and the highest bit of both. */
  private static final long ONES = 0x0000_0001_0000_0001L;

  private static final long HIGHEST = ONES << 31;

  @Override
  public void run(WinnerTask t, int column, int from, int to) {
    int ownSize = LEFT ? t.lhsSize() : t.rhsSize();
    int size = t.outSize();
    for (int u = from; u < to; u++) {
      long row = t.out() + (long) u * ownSize * BYTES;
      for (int c = 0; c < ownSize; c++) {
        PlainMessage.write(TYPE, row + (long) c * BYTES, 0);
      }
      int end = getInt(t.offsets() + 4L * u + 4);
      for (int i = getInt(t.offsets() + 4L * u); i < end; i++) {
        int edge = IDENTITY ? i : getInt(t.edgeIds() + 4L * i);
        int v = getInt(t.columns() + 4L * i);
        long winners = t.winners() + 4L * v * size;
        long both = edge * ONES;
        int o = 0;
        for (; o + 2 <= size; o += 2) {
          long pair = getLong(winners + 4L * o) ^ both;
          // A half that is 0 borrows; what borrows by mistake is sorted out below.
          if ((pair - ONES & ~pair & HIGHEST) != 0) {
            addIfWon(t, u, v, edge, o, row);
            addIfWon(t, u, v, edge, o + 1, row);
          }
        }
        if (o < size) {
          addIfWon(t, u, v, edge, o, row);
        }
      }
    }
  }

  private static void addIfWon(WinnerTask t, int u, int v, int edge, int o, long row) {
    long from = (long) v * t.outSize() + o;
    if (getInt(t.winners() + 4 * from) != edge) {
      return;
    }
    PositionTable table = t.table();
    double g = PlainMessage.read(TYPE, t.gradient() + from * BYTES);
    for (int p = table.starts()[o]; p < table.starts()[o + 1]; p++) {
      int i = table.lhs()[p];
      int k = table.rhs()[p];
      double d = WinnerDerivative.of(OP, LEFT, LHS, RHS, TYPE, t, g, v, u, edge, i, k);
      long at = row + (long) (LEFT ? i : k) * BYTES;
      PlainMessage.write(TYPE, at, PlainMessage.read(TYPE, at) + d);
    }
  }
}
