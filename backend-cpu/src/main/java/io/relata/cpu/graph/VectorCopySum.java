package io.relata.cpu.graph;

import static io.relata.cpu.Native.ALL;
import static io.relata.cpu.Native.address;
import static io.relata.cpu.Native.getInt;
import static io.relata.cpu.Native.row;
import static io.relata.cpu.Native.rowBytes;
import static io.relata.cpu.graph.VectorMessage.ORDER;
import static io.relata.cpu.graph.VectorMessage.SPECIES;
import static io.relata.cpu.graph.VectorMessage.load;

import io.relata.cpu.Specialized;
import io.relata.spi.Reducer;
import java.lang.invoke.MethodHandles;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorMask;

/**
 * Template of the sum or mean of the sources' rows, FLOAT32: up to sixteen vectors of a row's
 * columns stay in registers over all its edges and are written once. Each column is summed in the
 * order of edge ids, so the bits are those of {@link PlainSpmm}. Allocates nothing.
 *
 * <p>Written out straight: past some 18,000 nodes C2 inlines no more of our own methods, and a
 * vector passed to a call is boxed.
 */
final class VectorCopySum implements RowLoop {
  private static final LoopSpec SPEC =
      Specialized.parameters(MethodHandles.lookup(), LoopSpec.class);
  private static final boolean MEAN = SPEC.reducer() == Reducer.MEAN;
  private static final boolean ACCUMULATE = SPEC.accumulate();
  private static final Lanes LANES = SPEC.lanes();
  private static final int N = LANES.vectors();
  private static final boolean MASKED = LANES.tail() > 0;
  private static final VectorMask<Float> MASK = VectorMessage.mask(LANES);

  /** Two edges at a time, where their loads still find room in a body that C2 inlines wholly. */
  private static final boolean PAIRS = N <= 4;

  private static final long BYTES = 4L * VectorMessage.LENGTH;

  @Override
  public void run(RowTask t, int column, int from, int to) {
    VectorMask<Float> mask = MASK;
    long rowBytes = rowBytes(4L * t.lhsSize());
    long outBytes = 4L * t.outSize();
    long rows = address(t.lhs() + 4L * column);
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
      FloatVector a8 = a0;
      FloatVector a9 = a0;
      FloatVector a10 = a0;
      FloatVector a11 = a0;
      FloatVector a12 = a0;
      FloatVector a13 = a0;
      FloatVector a14 = a0;
      FloatVector a15 = a0;
      long slot = address(t.columns() + 4L * begin);
      long stop = t.columns() + 4L * end;
      if (PAIRS) {
        while (stop - slot > 4) {
          long x = row(rows, getInt(slot), rowBytes);
          long y = row(rows, getInt(slot + 4), rowBytes);
          slot = address(slot + 8);
          a0 = a0.add(load(MASKED && N == 1, mask, x)).add(load(MASKED && N == 1, mask, y));
          if (N > 1) {
            a1 =
                a1.add(load(MASKED && N == 2, mask, x + 1 * BYTES))
                    .add(load(MASKED && N == 2, mask, y + 1 * BYTES));
          }
          if (N > 2) {
            a2 =
                a2.add(load(MASKED && N == 3, mask, x + 2 * BYTES))
                    .add(load(MASKED && N == 3, mask, y + 2 * BYTES));
          }
          if (N > 3) {
            a3 =
                a3.add(load(MASKED && N == 4, mask, x + 3 * BYTES))
                    .add(load(MASKED && N == 4, mask, y + 3 * BYTES));
          }
        }
      }
      // What is left. Not a counted loop: unrolled, with loops before and after it, short rows cost
      // more.
      while (slot != stop) {
        long x = row(rows, getInt(slot), rowBytes);
        slot = address(slot + 4);
        a0 = a0.add(load(MASKED && N == 1, mask, x));
        if (N > 1) {
          a1 = a1.add(load(MASKED && N == 2, mask, x + 1 * BYTES));
        }
        if (N > 2) {
          a2 = a2.add(load(MASKED && N == 3, mask, x + 2 * BYTES));
        }
        if (N > 3) {
          a3 = a3.add(load(MASKED && N == 4, mask, x + 3 * BYTES));
        }
        if (N > 4) {
          a4 = a4.add(load(MASKED && N == 5, mask, x + 4 * BYTES));
        }
        if (N > 5) {
          a5 = a5.add(load(MASKED && N == 6, mask, x + 5 * BYTES));
        }
        if (N > 6) {
          a6 = a6.add(load(MASKED && N == 7, mask, x + 6 * BYTES));
        }
        if (N > 7) {
          a7 = a7.add(load(MASKED && N == 8, mask, x + 7 * BYTES));
        }
        if (N > 8) {
          a8 = a8.add(load(MASKED && N == 9, mask, x + 8 * BYTES));
        }
        if (N > 9) {
          a9 = a9.add(load(MASKED && N == 10, mask, x + 9 * BYTES));
        }
        if (N > 10) {
          a10 = a10.add(load(MASKED && N == 11, mask, x + 10 * BYTES));
        }
        if (N > 11) {
          a11 = a11.add(load(MASKED && N == 12, mask, x + 11 * BYTES));
        }
        if (N > 12) {
          a12 = a12.add(load(MASKED && N == 13, mask, x + 12 * BYTES));
        }
        if (N > 13) {
          a13 = a13.add(load(MASKED && N == 14, mask, x + 13 * BYTES));
        }
        if (N > 14) {
          a14 = a14.add(load(MASKED && N == 15, mask, x + 14 * BYTES));
        }
        if (N > 15) {
          a15 = a15.add(load(MASKED && N == 16, mask, x + 15 * BYTES));
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
        a8 = a8.div(degree);
        a9 = a9.div(degree);
        a10 = a10.div(degree);
        a11 = a11.div(degree);
        a12 = a12.div(degree);
        a13 = a13.div(degree);
        a14 = a14.div(degree);
        a15 = a15.div(degree);
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
        if (N > 8) {
          a8 = load(MASKED && N == 9, mask, out + 8 * BYTES).add(a8);
        }
        if (N > 9) {
          a9 = load(MASKED && N == 10, mask, out + 9 * BYTES).add(a9);
        }
        if (N > 10) {
          a10 = load(MASKED && N == 11, mask, out + 10 * BYTES).add(a10);
        }
        if (N > 11) {
          a11 = load(MASKED && N == 12, mask, out + 11 * BYTES).add(a11);
        }
        if (N > 12) {
          a12 = load(MASKED && N == 13, mask, out + 12 * BYTES).add(a12);
        }
        if (N > 13) {
          a13 = load(MASKED && N == 14, mask, out + 13 * BYTES).add(a13);
        }
        if (N > 14) {
          a14 = load(MASKED && N == 15, mask, out + 14 * BYTES).add(a14);
        }
        if (N > 15) {
          a15 = load(MASKED && N == 16, mask, out + 15 * BYTES).add(a15);
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
      if (N > 8) {
        a7.intoMemorySegment(ALL, out + 7 * BYTES, ORDER);
      }
      if (N > 9) {
        a8.intoMemorySegment(ALL, out + 8 * BYTES, ORDER);
      }
      if (N > 10) {
        a9.intoMemorySegment(ALL, out + 9 * BYTES, ORDER);
      }
      if (N > 11) {
        a10.intoMemorySegment(ALL, out + 10 * BYTES, ORDER);
      }
      if (N > 12) {
        a11.intoMemorySegment(ALL, out + 11 * BYTES, ORDER);
      }
      if (N > 13) {
        a12.intoMemorySegment(ALL, out + 12 * BYTES, ORDER);
      }
      if (N > 14) {
        a13.intoMemorySegment(ALL, out + 13 * BYTES, ORDER);
      }
      if (N > 15) {
        a14.intoMemorySegment(ALL, out + 14 * BYTES, ORDER);
      }
      FloatVector last =
          N == 1
              ? a0
              : N == 2
                  ? a1
                  : N == 3
                      ? a2
                      : N == 4
                          ? a3
                          : N == 5
                              ? a4
                              : N == 6
                                  ? a5
                                  : N == 7
                                      ? a6
                                      : N == 8
                                          ? a7
                                          : N == 9
                                              ? a8
                                              : N == 10
                                                  ? a9
                                                  : N == 11
                                                      ? a10
                                                      : N == 12
                                                          ? a11
                                                          : N == 13
                                                              ? a12
                                                              : N == 14 ? a13 : N == 15 ? a14 : a15;
      if (MASKED) {
        last.intoMemorySegment(ALL, out + (N - 1) * BYTES, ORDER, mask);
      } else {
        last.intoMemorySegment(ALL, out + (N - 1) * BYTES, ORDER);
      }
    }
  }
}
