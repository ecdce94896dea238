package io.relata.cpu.graph;

import static io.relata.cpu.Native.getInt;

import io.relata.DType;
import io.relata.cpu.Specialized;
import io.relata.spi.FeaturePlan.Layout;
import io.relata.spi.MessageOp;
import io.relata.spi.Target;
import java.lang.invoke.MethodHandles;

/**
 * Template of a value per edge without vectors, for every message, layout and floating type; rounds
 * as {@link PlainSpmm} does and allocates nothing.
 */
final class PlainSddmm implements RowLoop {
  private static final LoopSpec SPEC =
      Specialized.parameters(MethodHandles.lookup(), LoopSpec.class);
  private static final MessageOp OP = SPEC.op();
  private static final Target LHS = SPEC.lhs();
  private static final Target RHS = SPEC.rhs();
  private static final Layout LAYOUT = SPEC.layout();
  private static final boolean BINARY = OP != MessageOp.COPY;
  private static final DType TYPE = SPEC.dtype();
  private static final int BYTES = TYPE.bytes();
  private static final boolean COLUMN = SPEC.needsColumn();
  private static final boolean IDENTITY = SPEC.identity();

  @Override
  public void run(RowTask t, int column, int from, int to) {
    long lhsBytes = (long) t.lhsSize() * BYTES;
    long rhsBytes = (long) t.rhsSize() * BYTES;
    int size = t.outSize();
    for (int v = from; v < to; v++) {
      int end = getInt(t.offsets() + 4L * v + 4);
      for (int i = getInt(t.offsets() + 4L * v); i < end; i++) {
        int u = COLUMN ? getInt(t.columns() + 4L * i) : 0;
        int edge = IDENTITY ? i : getInt(t.edgeIds() + 4L * i);
        long l = EdgeAccess.row(LHS, t.lhs(), lhsBytes, v, u, edge);
        long r = BINARY ? EdgeAccess.row(RHS, t.rhs(), rhsBytes, v, u, edge) : 0;
        long out = t.out() + (long) edge * size * BYTES;
        for (int o = 0; o < size; o++) {
          PlainMessage.write(
              TYPE, out + (long) o * BYTES, PlainMessage.of(OP, LAYOUT, TYPE, t, l, r, o));
        }
      }
    }
  }
}
