package io.relata.cpu.graph;

import static io.relata.cpu.Native.getInt;

import io.relata.cpu.Specialized;
import io.relata.spi.FeaturePlan.Layout;
import io.relata.spi.MessageOp;
import io.relata.spi.Target;
import java.lang.invoke.MethodHandles;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorMask;

/**
 * Template of a value per edge with vectors, FLOAT32, for plans that do not sum; the same bits as
 * {@link PlainSddmm}. Allocates nothing.
 */
final class VectorSddmm implements RowLoop {
  private static final LoopSpec SPEC =
      Specialized.parameters(MethodHandles.lookup(), LoopSpec.class);
  private static final MessageOp OP = SPEC.op();
  private static final Target LHS = SPEC.lhs();
  private static final Target RHS = SPEC.rhs();
  private static final boolean BINARY = OP != MessageOp.COPY;
  private static final boolean LHS_GROUPED = SPEC.layout() == Layout.LHS_GROUPED;
  private static final boolean RHS_GROUPED = SPEC.layout() == Layout.RHS_GROUPED;
  private static final boolean COLUMN = SPEC.needsColumn();
  private static final boolean IDENTITY = SPEC.identity();
  private static final Lanes LANES = SPEC.lanes();
  private static final int N = LANES.vectors();
  private static final int STRIDE = LANES.stride();
  private static final int SHARE = LANES.share();
  private static final boolean MASK_LAST = LANES.tail() > 0;
  private static final boolean MASK_ALL = MASK_LAST && LANES.maskAll();
  private static final VectorMask<Float> MASK = VectorMessage.mask(LANES);

  @Override
  public void run(RowTask t, int column, int from, int to) {
    VectorMask<Float> mask = MASK;
    long lhsBytes = 4L * t.lhsSize();
    long rhsBytes = 4L * t.rhsSize();
    long outBytes = 4L * t.outSize();
    long lhs = t.lhs() + 4L * (LHS_GROUPED ? column / t.inner() : column);
    long rhs = t.rhs() + 4L * (RHS_GROUPED ? column / t.inner() : column);
    long columns = t.columns();
    long edgeIds = t.edgeIds();
    for (int v = from; v < to; v++) {
      int end = getInt(t.offsets() + 4L * v + 4);
      for (int i = getInt(t.offsets() + 4L * v); i < end; i++) {
        int u = COLUMN ? getInt(columns + 4L * i) : 0;
        int edge = IDENTITY ? i : getInt(edgeIds + 4L * i);
        long l = EdgeAccess.row(LHS, lhs, lhsBytes, v, u, edge);
        long r = BINARY ? EdgeAccess.row(RHS, rhs, rhsBytes, v, u, edge) : 0;
        FloatVector first = VectorMessage.first(LHS_GROUPED || RHS_GROUPED, LHS_GROUPED ? l : r);
        long out = t.out() + edge * outBytes + 4L * column;
        edge(first, mask, l, r, out, 0);
        if (N > 1) {
          edge(first, mask, l, r, out, 1);
        }
        if (N > 2) {
          edge(first, mask, l, r, out, 2);
        }
        if (N > 3) {
          edge(first, mask, l, r, out, 3);
        }
        if (N > 4) {
          edge(first, mask, l, r, out, 4);
        }
        if (N > 5) {
          edge(first, mask, l, r, out, 5);
        }
        if (N > 6) {
          edge(first, mask, l, r, out, 6);
        }
        if (N > 7) {
          edge(first, mask, l, r, out, 7);
        }
      }
    }
  }

  private static void edge(
      FloatVector first, VectorMask<Float> mask, long l, long r, long out, int k) {
    boolean masked = MASK_ALL || MASK_LAST && k == N - 1;
    FloatVector x = VectorMessage.operand(LHS_GROUPED, first, masked, STRIDE, SHARE, mask, l, k);
    if (BINARY) {
      FloatVector y = VectorMessage.operand(RHS_GROUPED, first, masked, STRIDE, SHARE, mask, r, k);
      x = VectorMessage.apply(OP, x, y);
    }
    VectorMessage.store(masked, mask, out + 4L * k * STRIDE, x);
  }
}
