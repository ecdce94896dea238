package io.relata.cpu.graph;

import static io.relata.cpu.Native.getInt;

import io.relata.cpu.Native;
import io.relata.cpu.Specialized;
import io.relata.spi.FeaturePlan.Layout;
import io.relata.spi.MessageOp;
import io.relata.spi.Reducer;
import io.relata.spi.Target;
import java.lang.invoke.MethodHandles;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorMask;

/**
 * Template of the sparse product with sum or mean, FLOAT32: up to eight vectors of a row's columns
 * stay in registers over all its edges and are written once. Each column is summed in the order of
 * edge ids, a product rounded once with the sum, so the bits are those of {@link PlainSpmm}.
 * Allocates nothing.
 */
final class VectorSum implements RowLoop {
  private static final LoopSpec SPEC =
      Specialized.parameters(MethodHandles.lookup(), LoopSpec.class);
  private static final MessageOp OP = SPEC.op();
  private static final Target LHS = SPEC.lhs();
  private static final Target RHS = SPEC.rhs();
  private static final boolean BINARY = OP != MessageOp.COPY;
  private static final boolean LHS_GROUPED = SPEC.layout() == Layout.LHS_GROUPED;
  private static final boolean RHS_GROUPED = SPEC.layout() == Layout.RHS_GROUPED;
  private static final boolean MEAN = SPEC.reducer() == Reducer.MEAN;
  private static final boolean ACCUMULATE = SPEC.accumulate();
  private static final boolean COLUMN = SPEC.needsColumn();
  private static final boolean EDGE = SPEC.needsEdgeId();
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
      int begin = getInt(t.offsets() + 4L * v);
      int end = getInt(t.offsets() + 4L * v + 4);
      if (ACCUMULATE && begin == end) {
        continue;
      }
      FloatVector a0 = FloatVector.zero(VectorMessage.SPECIES);
      FloatVector a1 = a0;
      FloatVector a2 = a0;
      FloatVector a3 = a0;
      FloatVector a4 = a0;
      FloatVector a5 = a0;
      FloatVector a6 = a0;
      FloatVector a7 = a0;
      for (int i = begin; i < end; i++) {
        int u = COLUMN ? getInt(columns + 4L * i) : 0;
        int edge = EDGE ? IDENTITY ? i : getInt(edgeIds + 4L * i) : 0;
        long l = EdgeAccess.row(LHS, lhs, lhsBytes, v, u, edge);
        long r = BINARY ? EdgeAccess.row(RHS, rhs, rhsBytes, v, u, edge) : 0;
        FloatVector first = VectorMessage.first(LHS_GROUPED || RHS_GROUPED, LHS_GROUPED ? l : r);
        a0 = plus(a0, first, mask, l, r, 0);
        if (N > 1) {
          a1 = plus(a1, first, mask, l, r, 1);
        }
        if (N > 2) {
          a2 = plus(a2, first, mask, l, r, 2);
        }
        if (N > 3) {
          a3 = plus(a3, first, mask, l, r, 3);
        }
        if (N > 4) {
          a4 = plus(a4, first, mask, l, r, 4);
        }
        if (N > 5) {
          a5 = plus(a5, first, mask, l, r, 5);
        }
        if (N > 6) {
          a6 = plus(a6, first, mask, l, r, 6);
        }
        if (N > 7) {
          a7 = plus(a7, first, mask, l, r, 7);
        }
      }
      long out = t.out() + v * outBytes + 4L * column;
      if (MEAN && end - begin > 1) {
        float degree = end - begin;
        a0 = a0.div(degree);
        a1 = a1.div(degree);
        a2 = a2.div(degree);
        a3 = a3.div(degree);
        a4 = a4.div(degree);
        a5 = a5.div(degree);
        a6 = a6.div(degree);
        a7 = a7.div(degree);
      }
      store(N == 1, mask, out + 0L * STRIDE, a0);
      if (N > 1) {
        store(N == 2, mask, out + 4L * STRIDE, a1);
      }
      if (N > 2) {
        store(N == 3, mask, out + 8L * STRIDE, a2);
      }
      if (N > 3) {
        store(N == 4, mask, out + 12L * STRIDE, a3);
      }
      if (N > 4) {
        store(N == 5, mask, out + 16L * STRIDE, a4);
      }
      if (N > 5) {
        store(N == 6, mask, out + 20L * STRIDE, a5);
      }
      if (N > 6) {
        store(N == 7, mask, out + 24L * STRIDE, a6);
      }
      if (N > 7) {
        store(N == 8, mask, out + 28L * STRIDE, a7);
      }
    }
  }

  private static FloatVector plus(
      FloatVector sum, FloatVector first, VectorMask<Float> mask, long l, long r, int k) {
    boolean masked = MASK_ALL || MASK_LAST && k == N - 1;
    FloatVector x = VectorMessage.operand(LHS_GROUPED, first, masked, STRIDE, SHARE, mask, l, k);
    if (!BINARY) {
      return sum.add(x);
    }
    FloatVector y = VectorMessage.operand(RHS_GROUPED, first, masked, STRIDE, SHARE, mask, r, k);
    return OP == MessageOp.MUL ? x.fma(y, sum) : sum.add(VectorMessage.apply(OP, x, y));
  }

  private static void store(boolean last, VectorMask<Float> mask, long at, FloatVector sum) {
    if (MASK_ALL || MASK_LAST && last) {
      FloatVector x = ACCUMULATE ? VectorMessage.load(true, mask, at).add(sum) : sum;
      x.intoMemorySegment(Native.ALL, at, VectorMessage.ORDER, mask);
    } else {
      FloatVector x = ACCUMULATE ? VectorMessage.load(false, mask, at).add(sum) : sum;
      x.intoMemorySegment(Native.ALL, at, VectorMessage.ORDER);
    }
  }
}
