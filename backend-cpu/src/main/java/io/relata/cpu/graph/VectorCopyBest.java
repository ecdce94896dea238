package io.relata.cpu.graph;

import static io.relata.cpu.Native.ALL;
import static io.relata.cpu.Native.address;
import static io.relata.cpu.Native.getFloat;
import static io.relata.cpu.Native.getInt;
import static io.relata.cpu.Native.putFloat;
import static io.relata.cpu.Native.putInt;
import static io.relata.cpu.Native.row;
import static io.relata.cpu.Native.rowBytes;
import static io.relata.cpu.graph.VectorMessage.LENGTH;
import static io.relata.cpu.graph.VectorMessage.ORDER;
import static io.relata.cpu.graph.VectorMessage.SPECIES;

import io.relata.cpu.Specialized;
import io.relata.spi.Reducer;
import java.lang.invoke.MethodHandles;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.IntVector;
import jdk.incubator.vector.VectorMask;
import jdk.incubator.vector.VectorOperators;
import jdk.incubator.vector.VectorSpecies;

/**
 * Template of max or min of the sources' rows, FLOAT32, with the winners in the same pass: {@link
 * VectorBest} for copies, written out straight, so that up to eight vectors and the ids of the
 * edges that won them stay in registers. A NaN beats every number and is beaten by nothing; of
 * equal messages the first stays. Allocates nothing.
 *
 * <p>The loop itself overlooks NaN: a second comparison per vector needs more mask registers than
 * there are. A sum of all messages tells afterwards whether there may have been one, and then the
 * row is done again.
 */
final class VectorCopyBest implements RowLoop {
  private static final LoopSpec SPEC =
      Specialized.parameters(MethodHandles.lookup(), LoopSpec.class);
  private static final boolean WINNERS = SPEC.winners();
  private static final boolean IDENTITY = SPEC.identity();
  private static final boolean MAX = SPEC.reducer() == Reducer.MAX;
  private static final VectorOperators.Comparison NOT_BETTER =
      MAX ? VectorOperators.LE : VectorOperators.GE;
  private static final VectorSpecies<Integer> IDS = IntVector.SPECIES_PREFERRED;
  private static final Lanes LANES = SPEC.lanes();
  private static final int N = LANES.vectors();
  private static final boolean MASKED = LANES.tail() > 0;
  private static final VectorMask<Float> MASK = VectorMessage.mask(LANES);
  private static final long BYTES = 4L * LENGTH;

  @Override
  public void run(RowTask t, int column, int from, int to) {
    VectorMask<Float> mask = MASK;
    long rowBytes = rowBytes(4L * t.lhsSize());
    long rows = address(t.lhs() + 4L * column);
    long toEdgeId = t.edgeIds() - t.columns();
    float start = MAX ? Float.NEGATIVE_INFINITY : Float.POSITIVE_INFINITY;
    int begin = getInt(t.offsets() + 4L * from);
    for (int v = from; v < to; v++) {
      int end = getInt(t.offsets() + 4L * v + 4);
      long at = 4 * ((long) v * t.outSize() + column);
      long out = address(t.out() + at);
      long winners = address(t.winners() + at);
      long slot = address(t.columns() + 4L * begin);
      long stop = t.columns() + 4L * end;
      FloatVector a0 = FloatVector.broadcast(SPECIES, begin < end ? start : 0);
      FloatVector a1 = a0;
      FloatVector a2 = a0;
      FloatVector a3 = a0;
      FloatVector a4 = a0;
      FloatVector a5 = a0;
      FloatVector a6 = a0;
      FloatVector a7 = a0;
      // Where all messages equal the start the first edge has won.
      int edge =
          !WINNERS || begin == end ? -1 : IDENTITY ? begin : getInt(address(slot + toEdgeId));
      IntVector w0 = IntVector.broadcast(IDS, edge);
      IntVector w1 = w0;
      IntVector w2 = w0;
      IntVector w3 = w0;
      IntVector w4 = w0;
      IntVector w5 = w0;
      IntVector w6 = w0;
      IntVector w7 = w0;
      begin = end;
      FloatVector nan = FloatVector.zero(SPECIES);
      while (slot != stop) {
        long x = row(rows, getInt(slot), rowBytes);
        edge = !WINNERS ? 0 : IDENTITY ? edge : getInt(address(slot + toEdgeId));
        FloatVector seen;
        IntVector id = IntVector.broadcast(IDS, edge);
        edge++;
        slot = address(slot + 4);
        FloatVector m0 =
            MASKED && N == 1
                ? FloatVector.fromMemorySegment(SPECIES, ALL, x, ORDER, mask)
                : FloatVector.fromMemorySegment(SPECIES, ALL, x, ORDER);
        VectorMask<Float> k0 = m0.compare(NOT_BETTER, a0);
        seen = m0;
        a0 = m0.blend(a0, k0);
        if (WINNERS) {
          w0 = id.blend(w0, k0.cast(IDS));
        }
        if (N > 1) {
          FloatVector m1 =
              MASKED && N == 2
                  ? FloatVector.fromMemorySegment(SPECIES, ALL, x + 1 * BYTES, ORDER, mask)
                  : FloatVector.fromMemorySegment(SPECIES, ALL, x + 1 * BYTES, ORDER);
          VectorMask<Float> k1 = m1.compare(NOT_BETTER, a1);
          seen = seen.add(m1);
          a1 = m1.blend(a1, k1);
          if (WINNERS) {
            w1 = id.blend(w1, k1.cast(IDS));
          }
        }
        if (N > 2) {
          FloatVector m2 =
              MASKED && N == 3
                  ? FloatVector.fromMemorySegment(SPECIES, ALL, x + 2 * BYTES, ORDER, mask)
                  : FloatVector.fromMemorySegment(SPECIES, ALL, x + 2 * BYTES, ORDER);
          VectorMask<Float> k2 = m2.compare(NOT_BETTER, a2);
          seen = seen.add(m2);
          a2 = m2.blend(a2, k2);
          if (WINNERS) {
            w2 = id.blend(w2, k2.cast(IDS));
          }
        }
        if (N > 3) {
          FloatVector m3 =
              MASKED && N == 4
                  ? FloatVector.fromMemorySegment(SPECIES, ALL, x + 3 * BYTES, ORDER, mask)
                  : FloatVector.fromMemorySegment(SPECIES, ALL, x + 3 * BYTES, ORDER);
          VectorMask<Float> k3 = m3.compare(NOT_BETTER, a3);
          seen = seen.add(m3);
          a3 = m3.blend(a3, k3);
          if (WINNERS) {
            w3 = id.blend(w3, k3.cast(IDS));
          }
        }
        if (N > 4) {
          FloatVector m4 =
              MASKED && N == 5
                  ? FloatVector.fromMemorySegment(SPECIES, ALL, x + 4 * BYTES, ORDER, mask)
                  : FloatVector.fromMemorySegment(SPECIES, ALL, x + 4 * BYTES, ORDER);
          VectorMask<Float> k4 = m4.compare(NOT_BETTER, a4);
          seen = seen.add(m4);
          a4 = m4.blend(a4, k4);
          if (WINNERS) {
            w4 = id.blend(w4, k4.cast(IDS));
          }
        }
        if (N > 5) {
          FloatVector m5 =
              MASKED && N == 6
                  ? FloatVector.fromMemorySegment(SPECIES, ALL, x + 5 * BYTES, ORDER, mask)
                  : FloatVector.fromMemorySegment(SPECIES, ALL, x + 5 * BYTES, ORDER);
          VectorMask<Float> k5 = m5.compare(NOT_BETTER, a5);
          seen = seen.add(m5);
          a5 = m5.blend(a5, k5);
          if (WINNERS) {
            w5 = id.blend(w5, k5.cast(IDS));
          }
        }
        if (N > 6) {
          FloatVector m6 =
              MASKED && N == 7
                  ? FloatVector.fromMemorySegment(SPECIES, ALL, x + 6 * BYTES, ORDER, mask)
                  : FloatVector.fromMemorySegment(SPECIES, ALL, x + 6 * BYTES, ORDER);
          VectorMask<Float> k6 = m6.compare(NOT_BETTER, a6);
          seen = seen.add(m6);
          a6 = m6.blend(a6, k6);
          if (WINNERS) {
            w6 = id.blend(w6, k6.cast(IDS));
          }
        }
        if (N > 7) {
          FloatVector m7 =
              MASKED && N == 8
                  ? FloatVector.fromMemorySegment(SPECIES, ALL, x + 7 * BYTES, ORDER, mask)
                  : FloatVector.fromMemorySegment(SPECIES, ALL, x + 7 * BYTES, ORDER);
          VectorMask<Float> k7 = m7.compare(NOT_BETTER, a7);
          seen = seen.add(m7);
          a7 = m7.blend(a7, k7);
          if (WINNERS) {
            w7 = id.blend(w7, k7.cast(IDS));
          }
        }
        nan = nan.add(seen);
      }
      if (MASKED && N == 1) {
        a0.intoMemorySegment(ALL, out, ORDER, mask);
        if (WINNERS) {
          w0.intoMemorySegment(ALL, winners, ORDER, mask.cast(IDS));
        }
      } else if (N > 0) {
        a0.intoMemorySegment(ALL, out, ORDER);
        if (WINNERS) {
          w0.intoMemorySegment(ALL, winners, ORDER);
        }
      }
      if (MASKED && N == 2) {
        a1.intoMemorySegment(ALL, out + 1 * BYTES, ORDER, mask);
        if (WINNERS) {
          w1.intoMemorySegment(ALL, winners + 1 * BYTES, ORDER, mask.cast(IDS));
        }
      } else if (N > 1) {
        a1.intoMemorySegment(ALL, out + 1 * BYTES, ORDER);
        if (WINNERS) {
          w1.intoMemorySegment(ALL, winners + 1 * BYTES, ORDER);
        }
      }
      if (MASKED && N == 3) {
        a2.intoMemorySegment(ALL, out + 2 * BYTES, ORDER, mask);
        if (WINNERS) {
          w2.intoMemorySegment(ALL, winners + 2 * BYTES, ORDER, mask.cast(IDS));
        }
      } else if (N > 2) {
        a2.intoMemorySegment(ALL, out + 2 * BYTES, ORDER);
        if (WINNERS) {
          w2.intoMemorySegment(ALL, winners + 2 * BYTES, ORDER);
        }
      }
      if (MASKED && N == 4) {
        a3.intoMemorySegment(ALL, out + 3 * BYTES, ORDER, mask);
        if (WINNERS) {
          w3.intoMemorySegment(ALL, winners + 3 * BYTES, ORDER, mask.cast(IDS));
        }
      } else if (N > 3) {
        a3.intoMemorySegment(ALL, out + 3 * BYTES, ORDER);
        if (WINNERS) {
          w3.intoMemorySegment(ALL, winners + 3 * BYTES, ORDER);
        }
      }
      if (MASKED && N == 5) {
        a4.intoMemorySegment(ALL, out + 4 * BYTES, ORDER, mask);
        if (WINNERS) {
          w4.intoMemorySegment(ALL, winners + 4 * BYTES, ORDER, mask.cast(IDS));
        }
      } else if (N > 4) {
        a4.intoMemorySegment(ALL, out + 4 * BYTES, ORDER);
        if (WINNERS) {
          w4.intoMemorySegment(ALL, winners + 4 * BYTES, ORDER);
        }
      }
      if (MASKED && N == 6) {
        a5.intoMemorySegment(ALL, out + 5 * BYTES, ORDER, mask);
        if (WINNERS) {
          w5.intoMemorySegment(ALL, winners + 5 * BYTES, ORDER, mask.cast(IDS));
        }
      } else if (N > 5) {
        a5.intoMemorySegment(ALL, out + 5 * BYTES, ORDER);
        if (WINNERS) {
          w5.intoMemorySegment(ALL, winners + 5 * BYTES, ORDER);
        }
      }
      if (MASKED && N == 7) {
        a6.intoMemorySegment(ALL, out + 6 * BYTES, ORDER, mask);
        if (WINNERS) {
          w6.intoMemorySegment(ALL, winners + 6 * BYTES, ORDER, mask.cast(IDS));
        }
      } else if (N > 6) {
        a6.intoMemorySegment(ALL, out + 6 * BYTES, ORDER);
        if (WINNERS) {
          w6.intoMemorySegment(ALL, winners + 6 * BYTES, ORDER);
        }
      }
      if (MASKED && N == 8) {
        a7.intoMemorySegment(ALL, out + 7 * BYTES, ORDER, mask);
        if (WINNERS) {
          w7.intoMemorySegment(ALL, winners + 7 * BYTES, ORDER, mask.cast(IDS));
        }
      } else if (N > 7) {
        a7.intoMemorySegment(ALL, out + 7 * BYTES, ORDER);
        if (WINNERS) {
          w7.intoMemorySegment(ALL, winners + 7 * BYTES, ORDER);
        }
      }
      if (nan.compare(VectorOperators.NE, nan).anyTrue()) {
        withNan(t, v, column);
      }
    }
  }

  /** The row again, by the rules for NaN. */
  private static void withNan(RowTask t, int v, int column) {
    int begin = getInt(t.offsets() + 4L * v);
    int end = getInt(t.offsets() + 4L * v + 4);
    int columns = Math.min(N * LENGTH, t.outSize() - column);
    for (int c = column; c < column + columns; c++) {
      float best = MAX ? Float.NEGATIVE_INFINITY : Float.POSITIVE_INFINITY;
      int winner = begin;
      for (int i = begin; i < end; i++) {
        float m = getFloat(t.lhs() + 4L * ((long) getInt(t.columns() + 4L * i) * t.lhsSize() + c));
        if (best == best && !(MAX ? m <= best : m >= best)) {
          best = m;
          winner = i;
        }
      }
      long at = 4 * ((long) v * t.outSize() + c);
      putFloat(t.out() + at, best);
      if (WINNERS) {
        putInt(t.winners() + at, IDENTITY ? winner : getInt(t.edgeIds() + 4L * winner));
      }
    }
  }
}
