package io.relata.cpu.graph;

import static io.relata.cpu.Native.ALL;
import static io.relata.cpu.Native.address;
import static io.relata.cpu.Native.getInt;
import static io.relata.cpu.graph.VectorMessage.LENGTH;
import static io.relata.cpu.graph.VectorMessage.ORDER;
import static io.relata.cpu.graph.VectorMessage.SPECIES;

import io.relata.cpu.Specialized;
import java.lang.invoke.MethodHandles;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorMask;
import jdk.incubator.vector.VectorShuffle;

/**
 * Template of the gradient of {@link VectorEdgeSoftmax}, which it follows in what is gathered and
 * how lanes are folded.
 */
final class VectorEdgeSoftmaxGrad implements RowLoop {
  private static final SoftmaxSpec SPEC =
      Specialized.parameters(MethodHandles.lookup(), SoftmaxSpec.class);
  private static final boolean IDENTITY = SPEC.identity();
  private static final RowCopy COPY = SPEC.copy();
  private static final int HEADS = SPEC.heads();

  /** Edges in a vector; one where a vector does not hold all heads. */
  private static final int EDGES = Math.max(1, LENGTH / HEADS);

  /** True where vectors are whole but for the last of a row. */
  private static final boolean WHOLE = LENGTH % HEADS == 0;

  /** Bytes from one vector of a row to the next one of the same heads. */
  private static final long STEP = 4L * EDGES * HEADS;

  private static final VectorShuffle<Float> BY_8 = rotation(8);
  private static final VectorShuffle<Float> BY_4 = rotation(4);
  private static final VectorShuffle<Float> BY_2 = rotation(2);
  private static final VectorShuffle<Float> BY_1 = rotation(1);
  private static final VectorShuffle<Float> EDGE_1 = rotation(HEADS);
  private static final VectorShuffle<Float> EDGE_2 = rotation(2 * HEADS);
  private static final VectorShuffle<Float> EDGE_3 = rotation(3 * HEADS);
  private static final VectorShuffle<Float> EDGE_4 = rotation(4 * HEADS);

  /** Brings the first edge's lanes to all edges. */
  private static final VectorShuffle<Float> REPEAT =
      VectorShuffle.fromOp(SPECIES, i -> i % HEADS % LENGTH);

  private static VectorShuffle<Float> rotation(int by) {
    return VectorShuffle.fromOp(SPECIES, i -> (i + by) % LENGTH);
  }

  @Override
  public void run(RowTask t, int column, int from, int to) {
    int begin = getInt(t.offsets() + 4L * from);
    if (IDENTITY) {
      long y = t.lhs() + 4L * HEADS * begin;
      rows(t, from, to, y, t.rhs() - t.lhs(), t.out() - t.lhs());
      return;
    }
    while (from < to) {
      int until = RowScratch.chunk(t.offsets(), from, to);
      int end = getInt(t.offsets() + 4L * until);
      long bytes = 4L * HEADS * (end - begin);
      long scratch = RowScratch.block(2 * bytes);
      long ids = t.edgeIds() + 4L * begin;
      COPY.gather(t.lhs(), ids, end - begin, scratch);
      COPY.gather(t.rhs(), ids, end - begin, scratch + bytes);
      rows(t, from, until, scratch, bytes, 0);
      COPY.scatter(scratch, ids, end - begin, t.out());
      from = until;
      begin = end;
    }
  }

  /** Rows whose weights lie one after the other from {@code y} on, gradients and results too. */
  private static void rows(RowTask t, int from, int to, long y, long toGradient, long toOut) {
    int begin = getInt(t.offsets() + 4L * from);
    for (int v = from; v < to; v++) {
      int end = getInt(t.offsets() + 4L * v + 4);
      long stop = y + 4L * HEADS * (end - begin);
      for (int g = 0; g < HEADS; g += LENGTH) {
        row(g, y + 4L * g, stop, toGradient, toOut);
      }
      y = stop;
      begin = end;
    }
  }

  private static void row(int g, long y, long stop, long toGradient, long toOut) {
    int lanes = HEADS < LENGTH ? EDGES * HEADS : HEADS - g;
    FloatVector sum = FloatVector.zero(SPECIES);
    long p = y;
    for (; WHOLE && p + STEP <= stop; p += STEP) {
      FloatVector a = FloatVector.fromMemorySegment(SPECIES, ALL, address(p), ORDER);
      FloatVector b = FloatVector.fromMemorySegment(SPECIES, ALL, address(p + toGradient), ORDER);
      sum = sum.add(a.mul(b));
    }
    for (; p < stop; p += STEP) {
      VectorMask<Float> mask =
          SPECIES.indexInRange(0, WHOLE ? stop - p >> 2 : Math.min(lanes, stop - p >> 2));
      FloatVector a = FloatVector.fromMemorySegment(SPECIES, ALL, address(p), ORDER, mask);
      FloatVector b =
          FloatVector.fromMemorySegment(SPECIES, ALL, address(p + toGradient), ORDER, mask);
      sum = sum.add(a.mul(b));
    }
    if (WHOLE) {
      if (LENGTH > 8 && HEADS <= 8) {
        sum = sum.add(sum.rearrange(BY_8));
      }
      if (LENGTH > 4 && HEADS <= 4) {
        sum = sum.add(sum.rearrange(BY_4));
      }
      if (LENGTH > 2 && HEADS <= 2) {
        sum = sum.add(sum.rearrange(BY_2));
      }
      if (HEADS == 1) {
        sum = sum.add(sum.rearrange(BY_1));
      }
    } else if (EDGES > 1) {
      FloatVector all = sum;
      sum = sum.add(all.rearrange(EDGE_1));
      if (EDGES > 2) {
        sum = sum.add(all.rearrange(EDGE_2));
      }
      if (EDGES > 3) {
        sum = sum.add(all.rearrange(EDGE_3));
      }
      if (EDGES > 4) {
        sum = sum.add(all.rearrange(EDGE_4));
      }
      sum = sum.rearrange(REPEAT);
    }
    for (p = y; WHOLE && p + STEP <= stop; p += STEP) {
      FloatVector a = FloatVector.fromMemorySegment(SPECIES, ALL, address(p), ORDER);
      FloatVector b = FloatVector.fromMemorySegment(SPECIES, ALL, address(p + toGradient), ORDER);
      a.mul(b.sub(sum)).intoMemorySegment(ALL, address(p + toOut), ORDER);
    }
    for (; p < stop; p += STEP) {
      VectorMask<Float> mask =
          SPECIES.indexInRange(0, WHOLE ? stop - p >> 2 : Math.min(lanes, stop - p >> 2));
      FloatVector a = FloatVector.fromMemorySegment(SPECIES, ALL, address(p), ORDER, mask);
      FloatVector b =
          FloatVector.fromMemorySegment(SPECIES, ALL, address(p + toGradient), ORDER, mask);
      a.mul(b.sub(sum)).intoMemorySegment(ALL, address(p + toOut), ORDER, mask);
    }
  }
}
