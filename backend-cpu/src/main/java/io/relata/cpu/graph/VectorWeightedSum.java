package io.relata.cpu.graph;

import static io.relata.cpu.Native.ALL;
import static io.relata.cpu.Native.address;
import static io.relata.cpu.Native.getFloat;
import static io.relata.cpu.Native.getInt;
import static io.relata.cpu.Native.row;
import static io.relata.cpu.Native.rowBytes;
import static io.relata.cpu.graph.VectorMessage.LENGTH;
import static io.relata.cpu.graph.VectorMessage.ORDER;
import static io.relata.cpu.graph.VectorMessage.SPECIES;
import static io.relata.cpu.graph.VectorMessage.load;

import io.relata.cpu.Specialized;
import io.relata.spi.Reducer;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandles;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorMask;
import jdk.incubator.vector.VectorShuffle;

/**
 * Template of the sum or mean of the sources' rows times a number per edge and group of columns (a
 * weight, attention heads), FLOAT32: up to eight vectors of a row's columns stay in registers over
 * all its edges and are written once. Each column is summed in the order of edge ids, a product
 * rounded once with the sum, so the bits are those of {@link PlainSpmm}. Allocates nothing.
 *
 * <p>Written out straight: past some 18,000 nodes C2 inlines no more of our own methods, and a
 * vector passed to a call is boxed.
 */
final class VectorWeightedSum implements RowLoop {
  private static final LoopSpec SPEC =
      Specialized.parameters(MethodHandles.lookup(), LoopSpec.class);
  private static final boolean MEAN = SPEC.reducer() == Reducer.MEAN;
  private static final boolean ACCUMULATE = SPEC.accumulate();
  private static final boolean IDENTITY = SPEC.identity();
  private static final Lanes LANES = SPEC.lanes();
  private static final int N = LANES.vectors();
  private static final ValueLayout.OfFloat FLOAT = ValueLayout.JAVA_FLOAT_UNALIGNED;
  private static final int SHARE = LANES.share();
  private static final int SPREAD = LANES.spread();
  private static final boolean MASKED = LANES.tail() > 0;
  private static final VectorMask<Float> MASK = VectorMessage.mask(LANES);
  private static final long BYTES = 4L * LENGTH;

  /** Two edges at a time, where their loads still find room in a body that C2 inlines wholly. */
  private static final boolean PAIRS = N <= 4 && SHARE >= N && SPREAD == 1;

  /** The weights of one vector, where it has several, and of the last. */
  private static final VectorMask<Float> WEIGHTS = SPECIES.indexInRange(0, SPREAD);

  private static final VectorMask<Float> LAST_WEIGHTS =
      MASKED ? SPECIES.indexInRange(0, LANES.tail() * SPREAD / LENGTH) : WEIGHTS;

  /** Brings each weight to the lanes of its group. */
  private static final VectorShuffle<Float> SPREAD_OUT =
      VectorShuffle.fromOp(SPECIES, i -> i * SPREAD / LENGTH);

  @Override
  public void run(RowTask t, int column, int from, int to) {
    VectorMask<Float> mask = MASK;
    VectorMask<Float> weights = WEIGHTS;
    VectorMask<Float> lastWeights = LAST_WEIGHTS;
    VectorShuffle<Float> spread = SPREAD_OUT;
    long rowBytes = rowBytes(4L * t.lhsSize());
    long outBytes = 4L * t.outSize();
    long rows = address(t.lhs() + 4L * column);
    long weightBytes = rowBytes(4L * t.rhsSize());
    long firstWeight = address(t.rhs() + 4L * (column / t.inner()));
    long toEdgeId = t.edgeIds() - t.columns();
    int begin = getInt(t.offsets() + 4L * from);
    for (int v = from; v < to; v++) {
      int end = getInt(t.offsets() + 4L * v + 4);
      if (ACCUMULATE && begin == end) {
        continue;
      }
      long out = address(t.out() + v * outBytes + 4L * column);
      FloatVector a0 = FloatVector.zero(SPECIES);
      FloatVector a1 = a0;
      FloatVector a2 = a0;
      FloatVector a3 = a0;
      FloatVector a4 = a0;
      FloatVector a5 = a0;
      FloatVector a6 = a0;
      FloatVector a7 = a0;
      long weight = address(firstWeight + begin * weightBytes);
      long slot = address(t.columns() + 4L * begin);
      long stop = t.columns() + 4L * end;
      if (PAIRS) {
        while (stop - slot > 4) {
          long x = row(rows, getInt(slot), rowBytes);
          long y = row(rows, getInt(slot + 4), rowBytes);
          long ids = address(slot + toEdgeId);
          long w = IDENTITY ? weight : row(firstWeight, getInt(ids), weightBytes);
          long z =
              IDENTITY
                  ? address(weight + weightBytes)
                  : row(firstWeight, getInt(ids + 4), weightBytes);
          FloatVector wx = FloatVector.broadcast(SPECIES, getFloat(w));
          FloatVector wy = FloatVector.broadcast(SPECIES, getFloat(z));
          weight = address(weight + 2 * weightBytes);
          slot = address(slot + 8);
          a0 = wy.fma(load(MASKED && N == 1, mask, y), wx.fma(load(MASKED && N == 1, mask, x), a0));
          if (N > 1) {
            a1 =
                wy.fma(
                    load(MASKED && N == 2, mask, y + 1 * BYTES),
                    wx.fma(load(MASKED && N == 2, mask, x + 1 * BYTES), a1));
          }
          if (N > 2) {
            a2 =
                wy.fma(
                    load(MASKED && N == 3, mask, y + 2 * BYTES),
                    wx.fma(load(MASKED && N == 3, mask, x + 2 * BYTES), a2));
          }
          if (N > 3) {
            a3 =
                wy.fma(
                    load(MASKED && N == 4, mask, y + 3 * BYTES),
                    wx.fma(load(MASKED && N == 4, mask, x + 3 * BYTES), a3));
          }
        }
      }
      // What is left. Not a counted loop: unrolled, with loops before and after it, short rows cost
      // more.
      while (slot != stop) {
        long x = row(rows, getInt(slot), rowBytes);
        long w =
            IDENTITY ? weight : row(firstWeight, getInt(address(slot + toEdgeId)), weightBytes);
        FloatVector first =
            SPREAD > 1
                ? load(true, N == 1 ? lastWeights : weights, w).rearrange(spread)
                : FloatVector.broadcast(SPECIES, getFloat(w));
        weight = address(weight + weightBytes);
        slot = address(slot + 4);
        a0 = first.fma(load(MASKED && N == 1, mask, x), a0);
        if (N > 1) {
          FloatVector y =
              1 < SHARE
                  ? first
                  : SPREAD > 1
                      ? FloatVector.fromMemorySegment(
                              SPECIES, ALL, w + 4L * SPREAD, ORDER, N == 2 ? lastWeights : weights)
                          .rearrange(spread)
                      : FloatVector.broadcast(SPECIES, ALL.get(FLOAT, w + 4L * (1 / SHARE)));
          FloatVector m =
              MASKED && N == 2
                  ? FloatVector.fromMemorySegment(SPECIES, ALL, x + 1 * BYTES, ORDER, mask)
                  : FloatVector.fromMemorySegment(SPECIES, ALL, x + 1 * BYTES, ORDER);
          a1 = y.fma(m, a1);
        }
        if (N > 2) {
          FloatVector y =
              2 < SHARE
                  ? first
                  : SPREAD > 1
                      ? FloatVector.fromMemorySegment(
                              SPECIES, ALL, w + 8L * SPREAD, ORDER, N == 3 ? lastWeights : weights)
                          .rearrange(spread)
                      : FloatVector.broadcast(SPECIES, ALL.get(FLOAT, w + 4L * (2 / SHARE)));
          FloatVector m =
              MASKED && N == 3
                  ? FloatVector.fromMemorySegment(SPECIES, ALL, x + 2 * BYTES, ORDER, mask)
                  : FloatVector.fromMemorySegment(SPECIES, ALL, x + 2 * BYTES, ORDER);
          a2 = y.fma(m, a2);
        }
        if (N > 3) {
          FloatVector y =
              3 < SHARE
                  ? first
                  : SPREAD > 1
                      ? FloatVector.fromMemorySegment(
                              SPECIES, ALL, w + 12L * SPREAD, ORDER, N == 4 ? lastWeights : weights)
                          .rearrange(spread)
                      : FloatVector.broadcast(SPECIES, ALL.get(FLOAT, w + 4L * (3 / SHARE)));
          FloatVector m =
              MASKED && N == 4
                  ? FloatVector.fromMemorySegment(SPECIES, ALL, x + 3 * BYTES, ORDER, mask)
                  : FloatVector.fromMemorySegment(SPECIES, ALL, x + 3 * BYTES, ORDER);
          a3 = y.fma(m, a3);
        }
        if (N > 4) {
          FloatVector y =
              4 < SHARE
                  ? first
                  : SPREAD > 1
                      ? FloatVector.fromMemorySegment(
                              SPECIES, ALL, w + 16L * SPREAD, ORDER, N == 5 ? lastWeights : weights)
                          .rearrange(spread)
                      : FloatVector.broadcast(SPECIES, ALL.get(FLOAT, w + 4L * (4 / SHARE)));
          FloatVector m =
              MASKED && N == 5
                  ? FloatVector.fromMemorySegment(SPECIES, ALL, x + 4 * BYTES, ORDER, mask)
                  : FloatVector.fromMemorySegment(SPECIES, ALL, x + 4 * BYTES, ORDER);
          a4 = y.fma(m, a4);
        }
        if (N > 5) {
          FloatVector y =
              5 < SHARE
                  ? first
                  : SPREAD > 1
                      ? FloatVector.fromMemorySegment(
                              SPECIES, ALL, w + 20L * SPREAD, ORDER, N == 6 ? lastWeights : weights)
                          .rearrange(spread)
                      : FloatVector.broadcast(SPECIES, ALL.get(FLOAT, w + 4L * (5 / SHARE)));
          FloatVector m =
              MASKED && N == 6
                  ? FloatVector.fromMemorySegment(SPECIES, ALL, x + 5 * BYTES, ORDER, mask)
                  : FloatVector.fromMemorySegment(SPECIES, ALL, x + 5 * BYTES, ORDER);
          a5 = y.fma(m, a5);
        }
        if (N > 6) {
          FloatVector y =
              6 < SHARE
                  ? first
                  : SPREAD > 1
                      ? FloatVector.fromMemorySegment(
                              SPECIES, ALL, w + 24L * SPREAD, ORDER, N == 7 ? lastWeights : weights)
                          .rearrange(spread)
                      : FloatVector.broadcast(SPECIES, ALL.get(FLOAT, w + 4L * (6 / SHARE)));
          FloatVector m =
              MASKED && N == 7
                  ? FloatVector.fromMemorySegment(SPECIES, ALL, x + 6 * BYTES, ORDER, mask)
                  : FloatVector.fromMemorySegment(SPECIES, ALL, x + 6 * BYTES, ORDER);
          a6 = y.fma(m, a6);
        }
        if (N > 7) {
          FloatVector y =
              7 < SHARE
                  ? first
                  : SPREAD > 1
                      ? FloatVector.fromMemorySegment(
                              SPECIES, ALL, w + 28L * SPREAD, ORDER, N == 8 ? lastWeights : weights)
                          .rearrange(spread)
                      : FloatVector.broadcast(SPECIES, ALL.get(FLOAT, w + 4L * (7 / SHARE)));
          FloatVector m =
              MASKED && N == 8
                  ? FloatVector.fromMemorySegment(SPECIES, ALL, x + 7 * BYTES, ORDER, mask)
                  : FloatVector.fromMemorySegment(SPECIES, ALL, x + 7 * BYTES, ORDER);
          a7 = y.fma(m, a7);
        }
      }
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
      if (ACCUMULATE) {
        a0 = load(MASKED && N == 1, mask, out).add(a0);
        if (N > 1) {
          a1 = load(MASKED && N == 2, mask, out + 1 * BYTES).add(a1);
        }
        if (N > 2) {
          a2 = load(MASKED && N == 3, mask, out + 2 * BYTES).add(a2);
        }
        if (N > 3) {
          a3 = load(MASKED && N == 4, mask, out + 3 * BYTES).add(a3);
        }
        if (N > 4) {
          a4 = load(MASKED && N == 5, mask, out + 4 * BYTES).add(a4);
        }
        if (N > 5) {
          a5 = load(MASKED && N == 6, mask, out + 5 * BYTES).add(a5);
        }
        if (N > 6) {
          a6 = load(MASKED && N == 7, mask, out + 6 * BYTES).add(a6);
        }
        if (N > 7) {
          a7 = load(MASKED && N == 8, mask, out + 7 * BYTES).add(a7);
        }
      }
      begin = end;
      if (N > 1) {
        a0.intoMemorySegment(ALL, out, ORDER);
      }
      if (N > 2) {
        a1.intoMemorySegment(ALL, out + 1 * BYTES, ORDER);
      }
      if (N > 3) {
        a2.intoMemorySegment(ALL, out + 2 * BYTES, ORDER);
      }
      if (N > 4) {
        a3.intoMemorySegment(ALL, out + 3 * BYTES, ORDER);
      }
      if (N > 5) {
        a4.intoMemorySegment(ALL, out + 4 * BYTES, ORDER);
      }
      if (N > 6) {
        a5.intoMemorySegment(ALL, out + 5 * BYTES, ORDER);
      }
      if (N > 7) {
        a6.intoMemorySegment(ALL, out + 6 * BYTES, ORDER);
      }
      FloatVector last =
          N == 1
              ? a0
              : N == 2
                  ? a1
                  : N == 3 ? a2 : N == 4 ? a3 : N == 5 ? a4 : N == 6 ? a5 : N == 7 ? a6 : a7;
      if (MASKED) {
        last.intoMemorySegment(ALL, out + (N - 1) * BYTES, ORDER, mask);
      } else {
        last.intoMemorySegment(ALL, out + (N - 1) * BYTES, ORDER);
      }
    }
  }
}
