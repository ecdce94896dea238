package io.relata.cpu.graph;

import static io.relata.cpu.Native.ALL;
import static io.relata.cpu.Native.address;
import static io.relata.cpu.Native.getInt;
import static io.relata.cpu.graph.VectorMessage.LENGTH;
import static io.relata.cpu.graph.VectorMessage.ORDER;
import static io.relata.cpu.graph.VectorMessage.SPECIES;

import io.relata.cpu.Specialized;
import io.relata.spi.Target;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandles;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorMask;

/**
 * Template of one dot product per edge of the source's row with the row's own, FLOAT32: the own row
 * stays in up to eight registers. Sums in the order of {@link VectorDot}. Allocates nothing.
 */
final class VectorRowDot implements RowLoop {
  private static final LoopSpec SPEC =
      Specialized.parameters(MethodHandles.lookup(), LoopSpec.class);
  private static final ValueLayout.OfFloat FLOAT = ValueLayout.JAVA_FLOAT_UNALIGNED;
  private static final boolean SOURCE_LEFT = SPEC.lhs() == Target.U;
  private static final boolean IDENTITY = SPEC.identity();
  private static final Lanes LANES = SPEC.lanes();
  private static final int N = LANES.vectors();
  private static final boolean MASKED = LANES.tail() > 0;
  private static final VectorMask<Float> MASK = VectorMessage.mask(LANES);
  private static final long BYTES = 4L * LENGTH;

  @Override
  public void run(RowTask t, int column, int from, int to) {
    VectorMask<Float> mask = MASK;
    long rowBytes = 4L * t.lhsSize();
    long rows = SOURCE_LEFT ? t.lhs() : t.rhs();
    long own = SOURCE_LEFT ? t.rhs() : t.lhs();
    long toEdgeId = t.edgeIds() - t.columns();
    int begin = getInt(t.offsets() + 4L * from);
    for (int v = from; v < to; v++) {
      int end = getInt(t.offsets() + 4L * v + 4);
      long y = address(own + v * rowBytes);
      FloatVector y0 =
          MASKED && N == 1
              ? FloatVector.fromMemorySegment(SPECIES, ALL, y, ORDER, mask)
              : FloatVector.fromMemorySegment(SPECIES, ALL, y, ORDER);
      FloatVector y1 = y0;
      FloatVector y2 = y0;
      FloatVector y3 = y0;
      FloatVector y4 = y0;
      FloatVector y5 = y0;
      FloatVector y6 = y0;
      FloatVector y7 = y0;
      if (N > 1) {
        y1 =
            MASKED && N == 2
                ? FloatVector.fromMemorySegment(SPECIES, ALL, y + 1 * BYTES, ORDER, mask)
                : FloatVector.fromMemorySegment(SPECIES, ALL, y + 1 * BYTES, ORDER);
      }
      if (N > 2) {
        y2 =
            MASKED && N == 3
                ? FloatVector.fromMemorySegment(SPECIES, ALL, y + 2 * BYTES, ORDER, mask)
                : FloatVector.fromMemorySegment(SPECIES, ALL, y + 2 * BYTES, ORDER);
      }
      if (N > 3) {
        y3 =
            MASKED && N == 4
                ? FloatVector.fromMemorySegment(SPECIES, ALL, y + 3 * BYTES, ORDER, mask)
                : FloatVector.fromMemorySegment(SPECIES, ALL, y + 3 * BYTES, ORDER);
      }
      if (N > 4) {
        y4 =
            MASKED && N == 5
                ? FloatVector.fromMemorySegment(SPECIES, ALL, y + 4 * BYTES, ORDER, mask)
                : FloatVector.fromMemorySegment(SPECIES, ALL, y + 4 * BYTES, ORDER);
      }
      if (N > 5) {
        y5 =
            MASKED && N == 6
                ? FloatVector.fromMemorySegment(SPECIES, ALL, y + 5 * BYTES, ORDER, mask)
                : FloatVector.fromMemorySegment(SPECIES, ALL, y + 5 * BYTES, ORDER);
      }
      if (N > 6) {
        y6 =
            MASKED && N == 7
                ? FloatVector.fromMemorySegment(SPECIES, ALL, y + 6 * BYTES, ORDER, mask)
                : FloatVector.fromMemorySegment(SPECIES, ALL, y + 6 * BYTES, ORDER);
      }
      if (N > 7) {
        y7 =
            MASKED && N == 8
                ? FloatVector.fromMemorySegment(SPECIES, ALL, y + 7 * BYTES, ORDER, mask)
                : FloatVector.fromMemorySegment(SPECIES, ALL, y + 7 * BYTES, ORDER);
      }
      long slot = t.columns() + 4L * begin;
      long stop = t.columns() + 4L * end;
      long out = t.out() + 4L * begin;
      begin = end;
      while (slot != stop) {
        long x = address(rows + getInt(address(slot)) * rowBytes);
        long at = address(IDENTITY ? out : t.out() + 4L * getInt(address(slot + toEdgeId)));
        out += 4;
        slot += 4;
        FloatVector m0 =
            MASKED && N == 1
                ? FloatVector.fromMemorySegment(SPECIES, ALL, x, ORDER, mask)
                : FloatVector.fromMemorySegment(SPECIES, ALL, x, ORDER);
        FloatVector even = m0.mul(y0);
        FloatVector odd = FloatVector.zero(SPECIES);
        if (N > 1) {
          FloatVector m1 =
              MASKED && N == 2
                  ? FloatVector.fromMemorySegment(SPECIES, ALL, x + 1 * BYTES, ORDER, mask)
                  : FloatVector.fromMemorySegment(SPECIES, ALL, x + 1 * BYTES, ORDER);
          odd = m1.mul(y1);
        }
        if (N > 2) {
          FloatVector m2 =
              MASKED && N == 3
                  ? FloatVector.fromMemorySegment(SPECIES, ALL, x + 2 * BYTES, ORDER, mask)
                  : FloatVector.fromMemorySegment(SPECIES, ALL, x + 2 * BYTES, ORDER);
          even = even.add(m2.mul(y2));
        }
        if (N > 3) {
          FloatVector m3 =
              MASKED && N == 4
                  ? FloatVector.fromMemorySegment(SPECIES, ALL, x + 3 * BYTES, ORDER, mask)
                  : FloatVector.fromMemorySegment(SPECIES, ALL, x + 3 * BYTES, ORDER);
          odd = odd.add(m3.mul(y3));
        }
        if (N > 4) {
          FloatVector m4 =
              MASKED && N == 5
                  ? FloatVector.fromMemorySegment(SPECIES, ALL, x + 4 * BYTES, ORDER, mask)
                  : FloatVector.fromMemorySegment(SPECIES, ALL, x + 4 * BYTES, ORDER);
          even = even.add(m4.mul(y4));
        }
        if (N > 5) {
          FloatVector m5 =
              MASKED && N == 6
                  ? FloatVector.fromMemorySegment(SPECIES, ALL, x + 5 * BYTES, ORDER, mask)
                  : FloatVector.fromMemorySegment(SPECIES, ALL, x + 5 * BYTES, ORDER);
          odd = odd.add(m5.mul(y5));
        }
        if (N > 6) {
          FloatVector m6 =
              MASKED && N == 7
                  ? FloatVector.fromMemorySegment(SPECIES, ALL, x + 6 * BYTES, ORDER, mask)
                  : FloatVector.fromMemorySegment(SPECIES, ALL, x + 6 * BYTES, ORDER);
          even = even.add(m6.mul(y6));
        }
        if (N > 7) {
          FloatVector m7 =
              MASKED && N == 8
                  ? FloatVector.fromMemorySegment(SPECIES, ALL, x + 7 * BYTES, ORDER, mask)
                  : FloatVector.fromMemorySegment(SPECIES, ALL, x + 7 * BYTES, ORDER);
          odd = odd.add(m7.mul(y7));
        }
        FloatVector sum = N > 1 ? even.add(odd) : even;
        ALL.set(FLOAT, at, VectorMessage.sum(sum));
      }
    }
  }
}
