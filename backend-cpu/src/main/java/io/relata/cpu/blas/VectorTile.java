package io.relata.cpu.blas;

import static io.relata.cpu.Native.ALL;
import static java.lang.foreign.ValueLayout.JAVA_FLOAT_UNALIGNED;
import static java.lang.foreign.ValueLayout.JAVA_INT_UNALIGNED;

import io.relata.cpu.Specialized;
import java.lang.invoke.MethodHandles;
import java.nio.ByteOrder;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorMask;
import jdk.incubator.vector.VectorSpecies;

/**
 * Template of a product of FLOAT32 matrices, four rows by N vectors of the result at a time, which
 * stay in registers along the whole contracted axis: {@code out[i] = Σ_l x[i, l] y[l]}, each
 * element summed in ascending l. Where transposed, x is stored with l along its rows. Allocates
 * nothing.
 *
 * <p>Written out straight: see {@code VectorCopySum}.
 */
final class VectorTile implements TileLoop {
  private static final Kind KIND = Specialized.parameters(MethodHandles.lookup(), Kind.class);
  private static final int ROWS = 4;

  /**
   * How far ahead rows are touched while others are multiplied, in bytes. Software prefetch would
   * do this without waiting; these reads keep the processor's own prefetch running.
   */
  private static final long AHEAD = 8_192;

  /** Bytes of four rows for each step along the contracted axis. */
  private static final long STEP = 4 * ROWS;

  private static final int N = KIND.vectors();
  private static final boolean TRANSPOSED = KIND.transposed();
  private static final boolean ACCUMULATE = KIND.accumulate();
  private static final boolean INDEXED = KIND.indexed();
  private static final boolean TOUCHING = !INDEXED;
  private static final boolean MASKED = KIND.tail() > 0;
  private static final VectorSpecies<Float> F = FloatVector.SPECIES_PREFERRED;
  private static final VectorMask<Float> MASK =
      F.indexInRange(0, MASKED ? KIND.tail() : F.length());
  private static final ByteOrder ORDER = ByteOrder.nativeOrder();
  private static final long BYTES = 4L * F.length();

  /** As {@link io.relata.cpu.Native#address}: accesses are compiled without bounds checks. */
  private static final long REACH = Long.MAX_VALUE >> 1;

  /**
   * What a copy is for.
   *
   * @param vectors vectors of a row, 1 to 4
   * @param tail elements in the last vector, 0 where it is full
   * @param transposed x is stored (l, i)
   * @param accumulate the sums are added to the result
   * @param indexed rows of x or of the result may be picked; where transposed, those of x are
   */
  record Kind(int vectors, int tail, boolean transposed, boolean accumulate, boolean indexed) {}

  @Override
  public int run(Tile t, int from, int to) {
    VectorMask<Float> mask = MASK;
    int end = to - 1;
    long outRow = t.outRow();
    int seen = 0;
    for (int i = from; i < to; i += ROWS) {
      long r0 =
          !INDEXED || TRANSPOSED || t.xIndex() == 0
              ? i
              : ALL.get(JAVA_INT_UNALIGNED, t.xIndex() + 4L * i);
      long r1 =
          !INDEXED || TRANSPOSED || t.xIndex() == 0
              ? Math.min(i + 1, end)
              : ALL.get(JAVA_INT_UNALIGNED, t.xIndex() + 4L * Math.min(i + 1, end));
      long r2 =
          !INDEXED || TRANSPOSED || t.xIndex() == 0
              ? Math.min(i + 2, end)
              : ALL.get(JAVA_INT_UNALIGNED, t.xIndex() + 4L * Math.min(i + 2, end));
      long r3 =
          !INDEXED || TRANSPOSED || t.xIndex() == 0
              ? Math.min(i + 3, end)
              : ALL.get(JAVA_INT_UNALIGNED, t.xIndex() + 4L * Math.min(i + 3, end));
      FloatVector a00 = FloatVector.zero(F);
      FloatVector a01 = a00;
      FloatVector a02 = a00;
      FloatVector a03 = a00;
      FloatVector a10 = a00;
      FloatVector a11 = a00;
      FloatVector a12 = a00;
      FloatVector a13 = a00;
      FloatVector a20 = a00;
      FloatVector a21 = a00;
      FloatVector a22 = a00;
      FloatVector a23 = a00;
      FloatVector a30 = a00;
      FloatVector a31 = a00;
      FloatVector a32 = a00;
      FloatVector a33 = a00;
      for (Tile f = t; f != null; f = f.next()) {
        long y = f.y();
        long yRow = f.yRow();
        long xRow = f.xRow();
        long stop = y + f.depth() * yRow;
        long x0 = TRANSPOSED ? 4 * (r0 - i) : f.x() + r0 * xRow;
        long x1 = TRANSPOSED ? 4 * (r1 - i) : f.x() + r1 * xRow;
        long x2 = TRANSPOSED ? 4 * (r2 - i) : f.x() + r2 * xRow;
        long x3 = TRANSPOSED ? 4 * (r3 - i) : f.x() + r3 * xRow;
        long at = 0;
        long near = TRANSPOSED ? stop + i * f.depth() * STEP / ROWS : x0 + AHEAD;
        long step = TOUCHING && near + f.depth() * STEP <= f.end() ? STEP : 0;
        near = step == 0 ? f.y() : near;
        long slot = t.xIndex();
        long column = f.x() + 4L * i;
        while (y != stop) {
          long p = y & REACH;
          y += yRow;
          FloatVector y0 =
              MASKED && N == 1
                  ? FloatVector.fromMemorySegment(F, ALL, p, ORDER, mask)
                  : FloatVector.fromMemorySegment(F, ALL, p, ORDER);

          FloatVector y1 =
              N <= 1
                  ? y0
                  : MASKED && N == 2
                      ? FloatVector.fromMemorySegment(F, ALL, p + 1 * BYTES, ORDER, mask)
                      : FloatVector.fromMemorySegment(F, ALL, p + 1 * BYTES, ORDER);
          FloatVector y2 =
              N <= 2
                  ? y0
                  : MASKED && N == 3
                      ? FloatVector.fromMemorySegment(F, ALL, p + 2 * BYTES, ORDER, mask)
                      : FloatVector.fromMemorySegment(F, ALL, p + 2 * BYTES, ORDER);
          FloatVector y3 =
              N <= 3
                  ? y0
                  : MASKED && N == 4
                      ? FloatVector.fromMemorySegment(F, ALL, p + 3 * BYTES, ORDER, mask)
                      : FloatVector.fromMemorySegment(F, ALL, p + 3 * BYTES, ORDER);
          long q = 0;
          if (INDEXED && TRANSPOSED) {
            q = column + ALL.get(JAVA_INT_UNALIGNED, slot & REACH) * xRow & REACH;
            slot += 4;
          } else if (TRANSPOSED) {
            q = column + at & REACH;
            at += xRow;
          }

          {
            FloatVector v =
                FloatVector.broadcast(
                    F, ALL.get(JAVA_FLOAT_UNALIGNED, (TRANSPOSED ? q + x0 : x0 + at) & REACH));
            a00 = v.fma(y0, a00);
            if (N > 1) {
              a01 = v.fma(y1, a01);
            }
            if (N > 2) {
              a02 = v.fma(y2, a02);
            }
            if (N > 3) {
              a03 = v.fma(y3, a03);
            }
          }
          {
            FloatVector v =
                FloatVector.broadcast(
                    F, ALL.get(JAVA_FLOAT_UNALIGNED, (TRANSPOSED ? q + x1 : x1 + at) & REACH));
            a10 = v.fma(y0, a10);
            if (N > 1) {
              a11 = v.fma(y1, a11);
            }
            if (N > 2) {
              a12 = v.fma(y2, a12);
            }
            if (N > 3) {
              a13 = v.fma(y3, a13);
            }
          }
          {
            FloatVector v =
                FloatVector.broadcast(
                    F, ALL.get(JAVA_FLOAT_UNALIGNED, (TRANSPOSED ? q + x2 : x2 + at) & REACH));
            a20 = v.fma(y0, a20);
            if (N > 1) {
              a21 = v.fma(y1, a21);
            }
            if (N > 2) {
              a22 = v.fma(y2, a22);
            }
            if (N > 3) {
              a23 = v.fma(y3, a23);
            }
          }
          {
            FloatVector v =
                FloatVector.broadcast(
                    F, ALL.get(JAVA_FLOAT_UNALIGNED, (TRANSPOSED ? q + x3 : x3 + at) & REACH));
            a30 = v.fma(y0, a30);
            if (N > 1) {
              a31 = v.fma(y1, a31);
            }
            if (N > 2) {
              a32 = v.fma(y2, a32);
            }
            if (N > 3) {
              a33 = v.fma(y3, a33);
            }
          }
          if (TOUCHING) {
            seen += ALL.get(JAVA_INT_UNALIGNED, near & REACH);
            near += step;
          }
          if (!TRANSPOSED) {
            at += 4;
          }
        }
      }
      {
        long out =
            t.out()
                    + (!INDEXED || t.outIndex() == 0
                            ? i + 0
                            : ALL.get(JAVA_INT_UNALIGNED, t.outIndex() + 4L * i + 0))
                        * outRow
                & REACH;
        if (MASKED && N == 1) {
          if (ACCUMULATE) {
            a00 = FloatVector.fromMemorySegment(F, ALL, out + 0 * BYTES, ORDER, mask).add(a00);
          }
          a00.intoMemorySegment(ALL, out + 0 * BYTES, ORDER, mask);
        } else {
          if (ACCUMULATE) {
            a00 = FloatVector.fromMemorySegment(F, ALL, out + 0 * BYTES, ORDER).add(a00);
          }
          a00.intoMemorySegment(ALL, out + 0 * BYTES, ORDER);
        }
        if (N > 1) {
          if (MASKED && N == 2) {
            if (ACCUMULATE) {
              a01 = FloatVector.fromMemorySegment(F, ALL, out + 1 * BYTES, ORDER, mask).add(a01);
            }
            a01.intoMemorySegment(ALL, out + 1 * BYTES, ORDER, mask);
          } else {
            if (ACCUMULATE) {
              a01 = FloatVector.fromMemorySegment(F, ALL, out + 1 * BYTES, ORDER).add(a01);
            }
            a01.intoMemorySegment(ALL, out + 1 * BYTES, ORDER);
          }
        }
        if (N > 2) {
          if (MASKED && N == 3) {
            if (ACCUMULATE) {
              a02 = FloatVector.fromMemorySegment(F, ALL, out + 2 * BYTES, ORDER, mask).add(a02);
            }
            a02.intoMemorySegment(ALL, out + 2 * BYTES, ORDER, mask);
          } else {
            if (ACCUMULATE) {
              a02 = FloatVector.fromMemorySegment(F, ALL, out + 2 * BYTES, ORDER).add(a02);
            }
            a02.intoMemorySegment(ALL, out + 2 * BYTES, ORDER);
          }
        }
        if (N > 3) {
          if (MASKED && N == 4) {
            if (ACCUMULATE) {
              a03 = FloatVector.fromMemorySegment(F, ALL, out + 3 * BYTES, ORDER, mask).add(a03);
            }
            a03.intoMemorySegment(ALL, out + 3 * BYTES, ORDER, mask);
          } else {
            if (ACCUMULATE) {
              a03 = FloatVector.fromMemorySegment(F, ALL, out + 3 * BYTES, ORDER).add(a03);
            }
            a03.intoMemorySegment(ALL, out + 3 * BYTES, ORDER);
          }
        }
      }
      if (i + 1 < to) {
        long out =
            t.out()
                    + (!INDEXED || t.outIndex() == 0
                            ? i + 1
                            : ALL.get(JAVA_INT_UNALIGNED, t.outIndex() + 4L * i + 4))
                        * outRow
                & REACH;
        if (MASKED && N == 1) {
          if (ACCUMULATE) {
            a10 = FloatVector.fromMemorySegment(F, ALL, out + 0 * BYTES, ORDER, mask).add(a10);
          }
          a10.intoMemorySegment(ALL, out + 0 * BYTES, ORDER, mask);
        } else {
          if (ACCUMULATE) {
            a10 = FloatVector.fromMemorySegment(F, ALL, out + 0 * BYTES, ORDER).add(a10);
          }
          a10.intoMemorySegment(ALL, out + 0 * BYTES, ORDER);
        }
        if (N > 1) {
          if (MASKED && N == 2) {
            if (ACCUMULATE) {
              a11 = FloatVector.fromMemorySegment(F, ALL, out + 1 * BYTES, ORDER, mask).add(a11);
            }
            a11.intoMemorySegment(ALL, out + 1 * BYTES, ORDER, mask);
          } else {
            if (ACCUMULATE) {
              a11 = FloatVector.fromMemorySegment(F, ALL, out + 1 * BYTES, ORDER).add(a11);
            }
            a11.intoMemorySegment(ALL, out + 1 * BYTES, ORDER);
          }
        }
        if (N > 2) {
          if (MASKED && N == 3) {
            if (ACCUMULATE) {
              a12 = FloatVector.fromMemorySegment(F, ALL, out + 2 * BYTES, ORDER, mask).add(a12);
            }
            a12.intoMemorySegment(ALL, out + 2 * BYTES, ORDER, mask);
          } else {
            if (ACCUMULATE) {
              a12 = FloatVector.fromMemorySegment(F, ALL, out + 2 * BYTES, ORDER).add(a12);
            }
            a12.intoMemorySegment(ALL, out + 2 * BYTES, ORDER);
          }
        }
        if (N > 3) {
          if (MASKED && N == 4) {
            if (ACCUMULATE) {
              a13 = FloatVector.fromMemorySegment(F, ALL, out + 3 * BYTES, ORDER, mask).add(a13);
            }
            a13.intoMemorySegment(ALL, out + 3 * BYTES, ORDER, mask);
          } else {
            if (ACCUMULATE) {
              a13 = FloatVector.fromMemorySegment(F, ALL, out + 3 * BYTES, ORDER).add(a13);
            }
            a13.intoMemorySegment(ALL, out + 3 * BYTES, ORDER);
          }
        }
      }
      if (i + 2 < to) {
        long out =
            t.out()
                    + (!INDEXED || t.outIndex() == 0
                            ? i + 2
                            : ALL.get(JAVA_INT_UNALIGNED, t.outIndex() + 4L * i + 8))
                        * outRow
                & REACH;
        if (MASKED && N == 1) {
          if (ACCUMULATE) {
            a20 = FloatVector.fromMemorySegment(F, ALL, out + 0 * BYTES, ORDER, mask).add(a20);
          }
          a20.intoMemorySegment(ALL, out + 0 * BYTES, ORDER, mask);
        } else {
          if (ACCUMULATE) {
            a20 = FloatVector.fromMemorySegment(F, ALL, out + 0 * BYTES, ORDER).add(a20);
          }
          a20.intoMemorySegment(ALL, out + 0 * BYTES, ORDER);
        }
        if (N > 1) {
          if (MASKED && N == 2) {
            if (ACCUMULATE) {
              a21 = FloatVector.fromMemorySegment(F, ALL, out + 1 * BYTES, ORDER, mask).add(a21);
            }
            a21.intoMemorySegment(ALL, out + 1 * BYTES, ORDER, mask);
          } else {
            if (ACCUMULATE) {
              a21 = FloatVector.fromMemorySegment(F, ALL, out + 1 * BYTES, ORDER).add(a21);
            }
            a21.intoMemorySegment(ALL, out + 1 * BYTES, ORDER);
          }
        }
        if (N > 2) {
          if (MASKED && N == 3) {
            if (ACCUMULATE) {
              a22 = FloatVector.fromMemorySegment(F, ALL, out + 2 * BYTES, ORDER, mask).add(a22);
            }
            a22.intoMemorySegment(ALL, out + 2 * BYTES, ORDER, mask);
          } else {
            if (ACCUMULATE) {
              a22 = FloatVector.fromMemorySegment(F, ALL, out + 2 * BYTES, ORDER).add(a22);
            }
            a22.intoMemorySegment(ALL, out + 2 * BYTES, ORDER);
          }
        }
        if (N > 3) {
          if (MASKED && N == 4) {
            if (ACCUMULATE) {
              a23 = FloatVector.fromMemorySegment(F, ALL, out + 3 * BYTES, ORDER, mask).add(a23);
            }
            a23.intoMemorySegment(ALL, out + 3 * BYTES, ORDER, mask);
          } else {
            if (ACCUMULATE) {
              a23 = FloatVector.fromMemorySegment(F, ALL, out + 3 * BYTES, ORDER).add(a23);
            }
            a23.intoMemorySegment(ALL, out + 3 * BYTES, ORDER);
          }
        }
      }
      if (i + 3 < to) {
        long out =
            t.out()
                    + (!INDEXED || t.outIndex() == 0
                            ? i + 3
                            : ALL.get(JAVA_INT_UNALIGNED, t.outIndex() + 4L * i + 12))
                        * outRow
                & REACH;
        if (MASKED && N == 1) {
          if (ACCUMULATE) {
            a30 = FloatVector.fromMemorySegment(F, ALL, out + 0 * BYTES, ORDER, mask).add(a30);
          }
          a30.intoMemorySegment(ALL, out + 0 * BYTES, ORDER, mask);
        } else {
          if (ACCUMULATE) {
            a30 = FloatVector.fromMemorySegment(F, ALL, out + 0 * BYTES, ORDER).add(a30);
          }
          a30.intoMemorySegment(ALL, out + 0 * BYTES, ORDER);
        }
        if (N > 1) {
          if (MASKED && N == 2) {
            if (ACCUMULATE) {
              a31 = FloatVector.fromMemorySegment(F, ALL, out + 1 * BYTES, ORDER, mask).add(a31);
            }
            a31.intoMemorySegment(ALL, out + 1 * BYTES, ORDER, mask);
          } else {
            if (ACCUMULATE) {
              a31 = FloatVector.fromMemorySegment(F, ALL, out + 1 * BYTES, ORDER).add(a31);
            }
            a31.intoMemorySegment(ALL, out + 1 * BYTES, ORDER);
          }
        }
        if (N > 2) {
          if (MASKED && N == 3) {
            if (ACCUMULATE) {
              a32 = FloatVector.fromMemorySegment(F, ALL, out + 2 * BYTES, ORDER, mask).add(a32);
            }
            a32.intoMemorySegment(ALL, out + 2 * BYTES, ORDER, mask);
          } else {
            if (ACCUMULATE) {
              a32 = FloatVector.fromMemorySegment(F, ALL, out + 2 * BYTES, ORDER).add(a32);
            }
            a32.intoMemorySegment(ALL, out + 2 * BYTES, ORDER);
          }
        }
        if (N > 3) {
          if (MASKED && N == 4) {
            if (ACCUMULATE) {
              a33 = FloatVector.fromMemorySegment(F, ALL, out + 3 * BYTES, ORDER, mask).add(a33);
            }
            a33.intoMemorySegment(ALL, out + 3 * BYTES, ORDER, mask);
          } else {
            if (ACCUMULATE) {
              a33 = FloatVector.fromMemorySegment(F, ALL, out + 3 * BYTES, ORDER).add(a33);
            }
            a33.intoMemorySegment(ALL, out + 3 * BYTES, ORDER);
          }
        }
      }
    }
    return seen;
  }
}
