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
import jdk.incubator.vector.IntVector;
import jdk.incubator.vector.VectorMask;
import jdk.incubator.vector.VectorOperators;
import jdk.incubator.vector.VectorSpecies;

/**
 * Template of the sparse product with max or min, FLOAT32, with the winners in the same pass: up to
 * eight vectors of a row's columns, and of the ids of the edges that won them, stay in registers
 * over all its edges. A NaN beats every number and is beaten by nothing; of equal messages the
 * first stays. Allocates nothing.
 */
final class VectorBest implements RowLoop {
  private static final LoopSpec SPEC =
      Specialized.parameters(MethodHandles.lookup(), LoopSpec.class);
  private static final MessageOp OP = SPEC.op();
  private static final Target LHS = SPEC.lhs();
  private static final Target RHS = SPEC.rhs();
  private static final boolean BINARY = OP != MessageOp.COPY;
  private static final boolean LHS_GROUPED = SPEC.layout() == Layout.LHS_GROUPED;
  private static final boolean RHS_GROUPED = SPEC.layout() == Layout.RHS_GROUPED;
  private static final boolean MAX = SPEC.reducer() == Reducer.MAX;
  private static final boolean WINNERS = SPEC.winners();
  private static final VectorSpecies<Integer> IDS = IntVector.SPECIES_PREFERRED;
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
    long lhs = t.lhs() + 4L * (LHS_GROUPED ? column / t.inner() : column);
    long rhs = t.rhs() + 4L * (RHS_GROUPED ? column / t.inner() : column);
    long columns = t.columns();
    long edgeIds = t.edgeIds();
    float start = MAX ? Float.NEGATIVE_INFINITY : Float.POSITIVE_INFINITY;
    for (int v = from; v < to; v++) {
      int begin = getInt(t.offsets() + 4L * v);
      int end = getInt(t.offsets() + 4L * v + 4);
      FloatVector a0 = FloatVector.broadcast(VectorMessage.SPECIES, begin < end ? start : 0);
      FloatVector a1 = a0;
      FloatVector a2 = a0;
      FloatVector a3 = a0;
      FloatVector a4 = a0;
      FloatVector a5 = a0;
      FloatVector a6 = a0;
      FloatVector a7 = a0;
      // Where all messages equal the start the first edge has won.
      int firstId = !WINNERS || begin == end ? -1 : IDENTITY ? begin : getInt(edgeIds + 4L * begin);
      IntVector w0 = IntVector.broadcast(IDS, firstId);
      IntVector w1 = w0;
      IntVector w2 = w0;
      IntVector w3 = w0;
      IntVector w4 = w0;
      IntVector w5 = w0;
      IntVector w6 = w0;
      IntVector w7 = w0;
      for (int i = begin; i < end; i++) {
        int u = COLUMN ? getInt(columns + 4L * i) : 0;
        int edge = EDGE ? IDENTITY ? i : getInt(edgeIds + 4L * i) : 0;
        long l = EdgeAccess.row(LHS, lhs, lhsBytes, v, u, edge);
        long r = BINARY ? EdgeAccess.row(RHS, rhs, rhsBytes, v, u, edge) : 0;
        FloatVector first = VectorMessage.first(LHS_GROUPED || RHS_GROUPED, LHS_GROUPED ? l : r);
        IntVector id = IntVector.broadcast(IDS, edge);
        FloatVector m0 = message(first, mask, l, r, 0);
        VectorMask<Float> k0 = keeps(a0, m0);
        a0 = m0.blend(a0, k0);
        if (WINNERS) {
          w0 = id.blend(w0, k0.cast(IDS));
        }
        if (N > 1) {
          FloatVector m1 = message(first, mask, l, r, 1);
          VectorMask<Float> k1 = keeps(a1, m1);
          a1 = m1.blend(a1, k1);
          if (WINNERS) {
            w1 = id.blend(w1, k1.cast(IDS));
          }
        }
        if (N > 2) {
          FloatVector m2 = message(first, mask, l, r, 2);
          VectorMask<Float> k2 = keeps(a2, m2);
          a2 = m2.blend(a2, k2);
          if (WINNERS) {
            w2 = id.blend(w2, k2.cast(IDS));
          }
        }
        if (N > 3) {
          FloatVector m3 = message(first, mask, l, r, 3);
          VectorMask<Float> k3 = keeps(a3, m3);
          a3 = m3.blend(a3, k3);
          if (WINNERS) {
            w3 = id.blend(w3, k3.cast(IDS));
          }
        }
        if (N > 4) {
          FloatVector m4 = message(first, mask, l, r, 4);
          VectorMask<Float> k4 = keeps(a4, m4);
          a4 = m4.blend(a4, k4);
          if (WINNERS) {
            w4 = id.blend(w4, k4.cast(IDS));
          }
        }
        if (N > 5) {
          FloatVector m5 = message(first, mask, l, r, 5);
          VectorMask<Float> k5 = keeps(a5, m5);
          a5 = m5.blend(a5, k5);
          if (WINNERS) {
            w5 = id.blend(w5, k5.cast(IDS));
          }
        }
        if (N > 6) {
          FloatVector m6 = message(first, mask, l, r, 6);
          VectorMask<Float> k6 = keeps(a6, m6);
          a6 = m6.blend(a6, k6);
          if (WINNERS) {
            w6 = id.blend(w6, k6.cast(IDS));
          }
        }
        if (N > 7) {
          FloatVector m7 = message(first, mask, l, r, 7);
          VectorMask<Float> k7 = keeps(a7, m7);
          a7 = m7.blend(a7, k7);
          if (WINNERS) {
            w7 = id.blend(w7, k7.cast(IDS));
          }
        }
      }
      long at = 4 * ((long) v * t.outSize() + column);
      long out = t.out() + at;
      long winners = t.winners() + at;
      store(N == 1, mask, out, winners, a0, w0, 0);
      if (N > 1) {
        store(N == 2, mask, out, winners, a1, w1, 1);
      }
      if (N > 2) {
        store(N == 3, mask, out, winners, a2, w2, 2);
      }
      if (N > 3) {
        store(N == 4, mask, out, winners, a3, w3, 3);
      }
      if (N > 4) {
        store(N == 5, mask, out, winners, a4, w4, 4);
      }
      if (N > 5) {
        store(N == 6, mask, out, winners, a5, w5, 5);
      }
      if (N > 6) {
        store(N == 7, mask, out, winners, a6, w6, 6);
      }
      if (N > 7) {
        store(N == 8, mask, out, winners, a7, w7, 7);
      }
    }
  }

  /** Lanes whose best so far stands against a message. */
  private static VectorMask<Float> keeps(FloatVector best, FloatVector message) {
    return message
        .compare(MAX ? VectorOperators.LE : VectorOperators.GE, best)
        .or(best.compare(VectorOperators.NE, best));
  }

  private static FloatVector message(
      FloatVector first, VectorMask<Float> mask, long l, long r, int k) {
    boolean masked = MASK_ALL || MASK_LAST && k == N - 1;
    FloatVector x = VectorMessage.operand(LHS_GROUPED, first, masked, STRIDE, SHARE, mask, l, k);
    if (!BINARY) {
      return x;
    }
    FloatVector y = VectorMessage.operand(RHS_GROUPED, first, masked, STRIDE, SHARE, mask, r, k);
    return VectorMessage.apply(OP, x, y);
  }

  /** The ids are stored by their bits: one mask type serves both. */
  private static void store(
      boolean last,
      VectorMask<Float> mask,
      long out,
      long winners,
      FloatVector best,
      IntVector winner,
      int k) {
    long at = 4L * k * STRIDE;
    if (MASK_ALL || MASK_LAST && last) {
      best.intoMemorySegment(Native.ALL, out + at, VectorMessage.ORDER, mask);
      if (WINNERS) {
        winner
            .reinterpretAsFloats()
            .intoMemorySegment(Native.ALL, winners + at, VectorMessage.ORDER, mask);
      }
    } else {
      best.intoMemorySegment(Native.ALL, out + at, VectorMessage.ORDER);
      if (WINNERS) {
        winner.intoMemorySegment(Native.ALL, winners + at, VectorMessage.ORDER);
      }
    }
  }
}
