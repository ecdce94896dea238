package io.relata.cpu.graph;

import static io.relata.cpu.Native.getFloat;
import static io.relata.cpu.Native.getInt;
import static io.relata.cpu.Native.putFloat;
import static io.relata.cpu.Native.putInt;

import io.relata.cpu.Specialized;
import io.relata.spi.MessageOp;
import io.relata.spi.Reducer;
import io.relata.spi.Target;
import java.lang.invoke.MethodHandles;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorMask;

/**
 * Template of messages that sum over groups of columns, dot products above all, FLOAT32: all groups
 * of an edge, or one group a pass reduced over a row. Sum and mean add vectors over the row and
 * fold the lanes once. Lanes are added in an order that is fixed but not that of {@link PlainSpmm}.
 * Allocates nothing.
 */
final class VectorDot implements RowLoop {
  private static final LoopSpec SPEC =
      Specialized.parameters(MethodHandles.lookup(), LoopSpec.class);
  private static final MessageOp OP = SPEC.op();
  private static final Target LHS = SPEC.lhs();
  private static final Target RHS = SPEC.rhs();
  private static final boolean BINARY = OP != MessageOp.COPY;
  private static final boolean PER_EDGE = SPEC.reducer() == null;
  private static final boolean MEAN = SPEC.reducer() == Reducer.MEAN;
  private static final boolean MAX = SPEC.reducer() == Reducer.MAX;
  private static final boolean SUMS = SPEC.reducer() == Reducer.SUM || MEAN;
  private static final boolean WINNERS = SPEC.winners();
  private static final boolean ACCUMULATE = SPEC.accumulate();
  private static final boolean COLUMN = SPEC.needsColumn();
  private static final boolean EDGE = SPEC.needsEdgeId();
  private static final boolean IDENTITY = SPEC.identity();
  private static final Lanes LANES = SPEC.lanes();
  private static final int N = LANES.vectors();
  private static final int STRIDE = LANES.stride();
  private static final boolean MASK_LAST = LANES.tail() > 0;
  private static final VectorMask<Float> MASK = VectorMessage.mask(LANES);

  @Override
  public void run(RowTask t, int column, int from, int to) {
    VectorMask<Float> mask = MASK;
    long lhsBytes = 4L * t.lhsSize();
    long rhsBytes = 4L * t.rhsSize();
    long lhs = t.lhs() + 4L * column;
    long rhs = t.rhs() + 4L * column;
    long columns = t.columns();
    long edgeIds = t.edgeIds();
    int group = column / t.inner();
    for (int v = from; v < to; v++) {
      int begin = getInt(t.offsets() + 4L * v);
      int end = getInt(t.offsets() + 4L * v + 4);
      FloatVector sum = FloatVector.zero(VectorMessage.SPECIES);
      float best = MAX ? Float.NEGATIVE_INFINITY : Float.POSITIVE_INFINITY;
      if (ACCUMULATE && begin == end) {
        continue;
      }
      int winner = !WINNERS || begin == end ? -1 : IDENTITY ? begin : getInt(edgeIds + 4L * begin);
      for (int i = begin; i < end; i++) {
        int u = COLUMN ? getInt(columns + 4L * i) : 0;
        int edge = PER_EDGE || EDGE ? IDENTITY ? i : getInt(edgeIds + 4L * i) : 0;
        long l = EdgeAccess.row(LHS, lhs, lhsBytes, v, u, edge);
        long r = BINARY ? EdgeAccess.row(RHS, rhs, rhsBytes, v, u, edge) : 0;
        if (PER_EDGE) {
          perEdge(t, mask, l, r, edge);
          continue;
        }
        FloatVector m = message(mask, l, r, t.inner());
        if (SUMS) {
          sum = sum.add(m);
          continue;
        }
        float x = VectorMessage.sum(m);
        if (best == best && !(MAX ? x <= best : x >= best)) {
          best = x;
          winner = edge;
        }
      }
      if (!PER_EDGE) {
        float x = SUMS ? VectorMessage.sum(sum) : begin < end ? best : 0;
        finish(t, (long) v * t.outSize() + group, end - begin, x, winner);
      }
    }
  }

  private static void perEdge(RowTask t, VectorMask<Float> mask, long l, long r, int edge) {
    long out = t.out() + 4L * edge * t.outSize();
    long groupBytes = 4L * t.inner();
    for (int g = 0; g < t.outSize(); g++) {
      FloatVector m = message(mask, l + g * groupBytes, r + g * groupBytes, t.inner());
      putFloat(out + 4L * g, VectorMessage.sum(m));
    }
  }

  private static void finish(RowTask t, long at, int degree, float value, int winner) {
    float x = MEAN && degree > 1 ? value / degree : value;
    putFloat(t.out() + 4 * at, ACCUMULATE ? getFloat(t.out() + 4 * at) + x : x);
    if (WINNERS) {
      putInt(t.winners() + 4 * at, winner);
    }
  }

  /** The group's messages, folded into one vector. N is 0 for groups too wide to unroll. */
  private static FloatVector message(VectorMask<Float> mask, long l, long r, int inner) {
    if (N == 0) {
      FloatVector sum = FloatVector.zero(VectorMessage.SPECIES);
      int j = 0;
      for (; j + STRIDE <= inner; j += STRIDE) {
        sum = sum.add(part(false, mask, l + 4L * j, r + 4L * j));
      }
      return MASK_LAST ? sum.add(part(true, mask, l + 4L * j, r + 4L * j)) : sum;
    }
    FloatVector even = part(mask, l, r, 0);
    FloatVector odd = N > 1 ? part(mask, l, r, 1) : even;
    if (N > 2) {
      even = even.add(part(mask, l, r, 2));
    }
    if (N > 3) {
      odd = odd.add(part(mask, l, r, 3));
    }
    if (N > 4) {
      even = even.add(part(mask, l, r, 4));
    }
    if (N > 5) {
      odd = odd.add(part(mask, l, r, 5));
    }
    if (N > 6) {
      even = even.add(part(mask, l, r, 6));
    }
    if (N > 7) {
      odd = odd.add(part(mask, l, r, 7));
    }
    return N > 1 ? even.add(odd) : even;
  }

  private static FloatVector part(VectorMask<Float> mask, long l, long r, int k) {
    long at = 4L * k * STRIDE;
    return part(MASK_LAST && k == N - 1, mask, l + at, r + at);
  }

  private static FloatVector part(boolean masked, VectorMask<Float> mask, long l, long r) {
    FloatVector x = VectorMessage.load(masked, mask, l);
    if (BINARY) {
      x = VectorMessage.apply(OP, x, VectorMessage.load(masked, mask, r));
    }
    // 0 / 0 in lanes that do not belong to the group is NaN.
    return masked && OP == MessageOp.DIV
        ? FloatVector.zero(VectorMessage.SPECIES).blend(x, mask)
        : x;
  }
}
