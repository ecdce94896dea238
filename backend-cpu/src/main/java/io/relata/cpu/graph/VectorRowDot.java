package io.relata.cpu.graph;

import static io.relata.cpu.Native.ALL;
import static io.relata.cpu.Native.address;
import static io.relata.cpu.Native.getInt;
import static io.relata.cpu.Native.putLong;
import static io.relata.cpu.Native.row;
import static io.relata.cpu.Native.rowBytes;
import static io.relata.cpu.graph.VectorMessage.LENGTH;
import static io.relata.cpu.graph.VectorMessage.ORDER;
import static io.relata.cpu.graph.VectorMessage.SPECIES;
import static io.relata.cpu.graph.VectorMessage.load;

import io.relata.cpu.Specialized;
import io.relata.spi.Target;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandles;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorMask;
import jdk.incubator.vector.VectorShuffle;

/**
 * Template of one dot product per edge of the source's row with the row's own, FLOAT32, for rows of
 * at most sixteen vectors: eight of the own row stay in registers, further ones come from the
 * nearest cache. Even and odd vectors are summed apart, each in ascending order. Allocates nothing.
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

  /** Two edges at a time, where their loads still find room in a body that C2 inlines wholly. */
  private static final boolean PAIRS = N <= 2 && LENGTH >= 8;

  private static final VectorMask<Float> UPPER =
      VectorMask.fromLong(SPECIES, -1L << LENGTH / 2 & (1L << LENGTH) - 1);

  /** The last two numbers of both edges' halves: what is summed for lanes 0 and 1. */
  private static final VectorShuffle<Float> LEFT = pick(0);

  private static final VectorShuffle<Float> RIGHT = pick(1);
  private static final VectorShuffle<Float> BY_HALF = across(LENGTH / 2);
  private static final VectorShuffle<Float> BY_8 = across(8);
  private static final VectorShuffle<Float> BY_4 = across(4);
  private static final VectorShuffle<Float> BY_2 = across(2);
  private static final VectorShuffle<Float> BY_1 = across(1);

  private static VectorShuffle<Float> across(int bit) {
    return VectorShuffle.fromOp(SPECIES, i -> (i ^ bit) % LENGTH);
  }

  private static VectorShuffle<Float> pick(int lane) {
    return VectorShuffle.fromOp(SPECIES, i -> (i % 2 * (LENGTH / 2) + lane) % LENGTH);
  }

  @Override
  public void run(RowTask t, int column, int from, int to) {
    VectorMask<Float> mask = MASK;
    long rowBytes = rowBytes(4L * t.lhsSize());
    long rows = address(SOURCE_LEFT ? t.lhs() : t.rhs());
    long own = SOURCE_LEFT ? t.rhs() : t.lhs();
    long results = address(t.out());
    long toOut = t.out() - t.columns();
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
      long slot = address(t.columns() + 4L * begin);
      long stop = t.columns() + 4L * end;
      begin = end;
      if (PAIRS) {
        while (stop - slot > 4) {
          long x = row(rows, getInt(slot), rowBytes);
          long z = row(rows, getInt(slot + 4), rowBytes);
          FloatVector even = y0.mul(load(MASKED && N == 1, mask, x));
          FloatVector otherEven = y0.mul(load(MASKED && N == 1, mask, z));
          FloatVector odd = even;
          FloatVector otherOdd = even;
          if (N > 1) {
            odd = y1.mul(load(MASKED && N == 2, mask, x + 1 * BYTES));
            otherOdd = y1.mul(load(MASKED && N == 2, mask, z + 1 * BYTES));
          }
          FloatVector one = N > 1 ? even.add(odd) : even;
          FloatVector other = N > 1 ? otherEven.add(otherOdd) : otherEven;
          // One edge's halves are added in the lower half, the other's in the upper half.
          FloatVector sum = one.blend(other, UPPER).add(other.blend(one, UPPER).rearrange(BY_HALF));
          if (LENGTH >= 16) {
            sum = sum.add(sum.rearrange(BY_4));
          }
          sum = sum.add(sum.rearrange(BY_2));
          sum = sum.rearrange(LEFT).add(sum.rearrange(RIGHT));
          if (IDENTITY) {
            // Both as one number: masked stores are slow on some processors.
            putLong(address(slot + toOut), sum.reinterpretAsLongs().lane(0));
          } else {
            long ids = address(slot + toEdgeId);
            ALL.set(FLOAT, row(results, getInt(ids), 4), sum.lane(0));
            ALL.set(FLOAT, row(results, getInt(ids + 4), 4), sum.lane(1));
          }
          slot = address(slot + 8);
        }
      }
      while (slot != stop) {
        long x = row(rows, getInt(slot), rowBytes);
        long at =
            IDENTITY ? address(slot + toOut) : row(results, getInt(address(slot + toEdgeId)), 4);
        slot = address(slot + 4);
        FloatVector m0 =
            MASKED && N == 1
                ? FloatVector.fromMemorySegment(SPECIES, ALL, x, ORDER, mask)
                : FloatVector.fromMemorySegment(SPECIES, ALL, x, ORDER);
        FloatVector even = y0.mul(m0);
        FloatVector odd = FloatVector.zero(SPECIES);
        if (N > 1) {
          FloatVector m1 =
              MASKED && N == 2
                  ? FloatVector.fromMemorySegment(SPECIES, ALL, x + 1 * BYTES, ORDER, mask)
                  : FloatVector.fromMemorySegment(SPECIES, ALL, x + 1 * BYTES, ORDER);
          odd = y1.mul(m1);
        }
        if (N > 2) {
          FloatVector m2 =
              MASKED && N == 3
                  ? FloatVector.fromMemorySegment(SPECIES, ALL, x + 2 * BYTES, ORDER, mask)
                  : FloatVector.fromMemorySegment(SPECIES, ALL, x + 2 * BYTES, ORDER);
          even = y2.fma(m2, even);
        }
        if (N > 3) {
          FloatVector m3 =
              MASKED && N == 4
                  ? FloatVector.fromMemorySegment(SPECIES, ALL, x + 3 * BYTES, ORDER, mask)
                  : FloatVector.fromMemorySegment(SPECIES, ALL, x + 3 * BYTES, ORDER);
          odd = y3.fma(m3, odd);
        }
        if (N > 4) {
          FloatVector m4 =
              MASKED && N == 5
                  ? FloatVector.fromMemorySegment(SPECIES, ALL, x + 4 * BYTES, ORDER, mask)
                  : FloatVector.fromMemorySegment(SPECIES, ALL, x + 4 * BYTES, ORDER);
          even = y4.fma(m4, even);
        }
        if (N > 5) {
          FloatVector m5 =
              MASKED && N == 6
                  ? FloatVector.fromMemorySegment(SPECIES, ALL, x + 5 * BYTES, ORDER, mask)
                  : FloatVector.fromMemorySegment(SPECIES, ALL, x + 5 * BYTES, ORDER);
          odd = y5.fma(m5, odd);
        }
        if (N > 6) {
          FloatVector m6 =
              MASKED && N == 7
                  ? FloatVector.fromMemorySegment(SPECIES, ALL, x + 6 * BYTES, ORDER, mask)
                  : FloatVector.fromMemorySegment(SPECIES, ALL, x + 6 * BYTES, ORDER);
          even = y6.fma(m6, even);
        }
        if (N > 7) {
          FloatVector m7 =
              MASKED && N == 8
                  ? FloatVector.fromMemorySegment(SPECIES, ALL, x + 7 * BYTES, ORDER, mask)
                  : FloatVector.fromMemorySegment(SPECIES, ALL, x + 7 * BYTES, ORDER);
          odd = y7.fma(m7, odd);
        }
        if (N > 8) {
          FloatVector y8 =
              MASKED && N == 9
                  ? FloatVector.fromMemorySegment(SPECIES, ALL, y + 8 * BYTES, ORDER, mask)
                  : FloatVector.fromMemorySegment(SPECIES, ALL, y + 8 * BYTES, ORDER);
          FloatVector m8 =
              MASKED && N == 9
                  ? FloatVector.fromMemorySegment(SPECIES, ALL, x + 8 * BYTES, ORDER, mask)
                  : FloatVector.fromMemorySegment(SPECIES, ALL, x + 8 * BYTES, ORDER);
          even = y8.fma(m8, even);
        }
        if (N > 9) {
          FloatVector y9 =
              MASKED && N == 10
                  ? FloatVector.fromMemorySegment(SPECIES, ALL, y + 9 * BYTES, ORDER, mask)
                  : FloatVector.fromMemorySegment(SPECIES, ALL, y + 9 * BYTES, ORDER);
          FloatVector m9 =
              MASKED && N == 10
                  ? FloatVector.fromMemorySegment(SPECIES, ALL, x + 9 * BYTES, ORDER, mask)
                  : FloatVector.fromMemorySegment(SPECIES, ALL, x + 9 * BYTES, ORDER);
          odd = y9.fma(m9, odd);
        }
        if (N > 10) {
          FloatVector y10 =
              MASKED && N == 11
                  ? FloatVector.fromMemorySegment(SPECIES, ALL, y + 10 * BYTES, ORDER, mask)
                  : FloatVector.fromMemorySegment(SPECIES, ALL, y + 10 * BYTES, ORDER);
          FloatVector m10 =
              MASKED && N == 11
                  ? FloatVector.fromMemorySegment(SPECIES, ALL, x + 10 * BYTES, ORDER, mask)
                  : FloatVector.fromMemorySegment(SPECIES, ALL, x + 10 * BYTES, ORDER);
          even = even.add(y10.mul(m10));
        }
        if (N > 11) {
          FloatVector y11 =
              MASKED && N == 12
                  ? FloatVector.fromMemorySegment(SPECIES, ALL, y + 11 * BYTES, ORDER, mask)
                  : FloatVector.fromMemorySegment(SPECIES, ALL, y + 11 * BYTES, ORDER);
          FloatVector m11 =
              MASKED && N == 12
                  ? FloatVector.fromMemorySegment(SPECIES, ALL, x + 11 * BYTES, ORDER, mask)
                  : FloatVector.fromMemorySegment(SPECIES, ALL, x + 11 * BYTES, ORDER);
          odd = odd.add(y11.mul(m11));
        }
        if (N > 12) {
          FloatVector y12 =
              MASKED && N == 13
                  ? FloatVector.fromMemorySegment(SPECIES, ALL, y + 12 * BYTES, ORDER, mask)
                  : FloatVector.fromMemorySegment(SPECIES, ALL, y + 12 * BYTES, ORDER);
          FloatVector m12 =
              MASKED && N == 13
                  ? FloatVector.fromMemorySegment(SPECIES, ALL, x + 12 * BYTES, ORDER, mask)
                  : FloatVector.fromMemorySegment(SPECIES, ALL, x + 12 * BYTES, ORDER);
          even = even.add(y12.mul(m12));
        }
        if (N > 13) {
          FloatVector y13 =
              MASKED && N == 14
                  ? FloatVector.fromMemorySegment(SPECIES, ALL, y + 13 * BYTES, ORDER, mask)
                  : FloatVector.fromMemorySegment(SPECIES, ALL, y + 13 * BYTES, ORDER);
          FloatVector m13 =
              MASKED && N == 14
                  ? FloatVector.fromMemorySegment(SPECIES, ALL, x + 13 * BYTES, ORDER, mask)
                  : FloatVector.fromMemorySegment(SPECIES, ALL, x + 13 * BYTES, ORDER);
          odd = odd.add(y13.mul(m13));
        }
        if (N > 14) {
          FloatVector y14 =
              MASKED && N == 15
                  ? FloatVector.fromMemorySegment(SPECIES, ALL, y + 14 * BYTES, ORDER, mask)
                  : FloatVector.fromMemorySegment(SPECIES, ALL, y + 14 * BYTES, ORDER);
          FloatVector m14 =
              MASKED && N == 15
                  ? FloatVector.fromMemorySegment(SPECIES, ALL, x + 14 * BYTES, ORDER, mask)
                  : FloatVector.fromMemorySegment(SPECIES, ALL, x + 14 * BYTES, ORDER);
          even = even.add(y14.mul(m14));
        }
        if (N > 15) {
          FloatVector y15 =
              MASKED && N == 16
                  ? FloatVector.fromMemorySegment(SPECIES, ALL, y + 15 * BYTES, ORDER, mask)
                  : FloatVector.fromMemorySegment(SPECIES, ALL, y + 15 * BYTES, ORDER);
          FloatVector m15 =
              MASKED && N == 16
                  ? FloatVector.fromMemorySegment(SPECIES, ALL, x + 15 * BYTES, ORDER, mask)
                  : FloatVector.fromMemorySegment(SPECIES, ALL, x + 15 * BYTES, ORDER);
          odd = odd.add(y15.mul(m15));
        }
        FloatVector sum = N > 1 ? even.add(odd) : even;
        // As VectorMessage.sum, which C2 does not inline into a body of this size.
        if (LENGTH >= 16) {
          sum = sum.add(sum.rearrange(BY_8));
        }
        if (LENGTH >= 8) {
          sum = sum.add(sum.rearrange(BY_4));
        }
        if (LENGTH >= 4) {
          sum = sum.add(sum.rearrange(BY_2));
        }
        if (LENGTH >= 2) {
          sum = sum.add(sum.rearrange(BY_1));
        }
        ALL.set(FLOAT, at, sum.lane(0));
      }
    }
  }
}
