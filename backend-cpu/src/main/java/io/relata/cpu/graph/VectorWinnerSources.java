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

import io.relata.cpu.Specialized;
import io.relata.spi.MessageOp;
import io.relata.spi.Target;
import java.lang.invoke.MethodHandles;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.IntVector;
import jdk.incubator.vector.VectorMask;
import jdk.incubator.vector.VectorOperators;
import jdk.incubator.vector.VectorShuffle;
import jdk.incubator.vector.VectorSpecies;

/**
 * {@link WinnerSources} on vectors, FLOAT32, the same bits: up to eight vectors of a source's row
 * stay in registers over its edges. Two rows an edge are read, winners and gradient, and no branch
 * depends on either: most edges into a node of many win nothing, but its rows are near.
 */
final class VectorWinnerSources implements WinnerLoop {
  private static final WinnerSpec SPEC =
      Specialized.parameters(MethodHandles.lookup(), WinnerSpec.class);
  private static final VectorSpecies<Integer> IDS = IntVector.SPECIES_PREFERRED;
  private static final boolean IDENTITY = SPEC.identity();
  private static final boolean NEGATIVE = SPEC.op() == MessageOp.SUB && !SPEC.left();
  private static final boolean TIMES = SPEC.op() == MessageOp.MUL;
  private static final boolean OVER = SPEC.op() == MessageOp.DIV;
  private static final boolean BINARY = TIMES || OVER;
  private static final boolean OF_EDGE = SPEC.other() == Target.E;
  private static final int INNER = SPEC.inner();

  /** Elements of the other operand that a vector needs, and their bytes. */
  private static final int READ_LANES = INNER == 0 ? 1 : Math.max(1, LENGTH / INNER);

  private static final long READ = 4L * READ_LANES;
  private static final Lanes LANES = SPEC.lanes();
  private static final int N = LANES.vectors();
  private static final boolean MASKED = LANES.tail() > 0;
  private static final VectorMask<Float> TAIL = VectorMessage.mask(LANES);
  private static final VectorMask<Float> SOME = SPECIES.indexInRange(0, READ_LANES);
  private static final VectorMask<Float> LAST =
      SPECIES.indexInRange(0, LANES.tail() / Math.max(1, INNER));
  private static final VectorShuffle<Float> SPREAD =
      VectorShuffle.fromOp(SPECIES, i -> i / Math.max(1, INNER));
  private static final long BYTES = 4L * LENGTH;

  @Override
  public void run(WinnerTask t, int column, int from, int to) {
    long outBytes = rowBytes(4L * t.outSize());
    int otherSize = SPEC.left() ? t.rhsSize() : t.lhsSize();
    long otherBytes = rowBytes(4L * otherSize);
    long others =
        address((SPEC.left() ? t.rhs() : t.lhs()) + (INNER == 0 ? 0 : 4L * (column / INNER)));
    long gradients = address(t.gradient() + 4L * column);
    VectorMask<Float> tail = TAIL;
    VectorMask<Integer> tailIds = tail.cast(IDS);
    VectorMask<Float> some = SOME;
    VectorMask<Float> last = LAST;
    VectorShuffle<Float> spread = SPREAD;
    FloatVector zero = FloatVector.zero(SPECIES);
    long toEdgeId = t.edgeIds() - t.columns();
    long winners = address(t.winners() + 4L * column);
    int begin = getInt(t.offsets() + 4L * from);
    for (int u = from; u < to; u++) {
      int end = getInt(t.offsets() + 4L * u + 4);
      long out = address(t.out() + u * outBytes + 4L * column);
      long slot = address(t.columns() + 4L * begin);
      long stop = t.columns() + 4L * end;
      int edge = begin;
      begin = end;
      FloatVector a0 = zero;
      FloatVector a1 = a0;
      FloatVector a2 = a0;
      FloatVector a3 = a0;
      FloatVector a4 = a0;
      FloatVector a5 = a0;
      FloatVector a6 = a0;
      FloatVector a7 = a0;
      while (slot != stop) {
        edge = IDENTITY ? edge : getInt(address(slot + toEdgeId));
        int v = getInt(slot);
        slot = address(slot + 4);
        long x = row(gradients, v, outBytes);
        long w = row(winners, v, outBytes);
        long y = BINARY ? row(others, OF_EDGE ? edge : v, otherBytes) : 0;
        IntVector id = IntVector.broadcast(IDS, edge);
        FloatVector shared =
            BINARY && INNER == 0 ? FloatVector.broadcast(SPECIES, getFloat(y)) : zero;
        edge++;
        VectorMask<Float> k0 =
            (MASKED && N == 1
                    ? IntVector.fromMemorySegment(IDS, ALL, w, ORDER, tailIds)
                    : IntVector.fromMemorySegment(IDS, ALL, w, ORDER))
                .compare(VectorOperators.EQ, id)
                .cast(SPECIES);
        FloatVector g0 =
            MASKED && N == 1
                ? FloatVector.fromMemorySegment(SPECIES, ALL, x, ORDER, tail)
                : FloatVector.fromMemorySegment(SPECIES, ALL, x, ORDER);
        if (BINARY) {
          FloatVector y0;
          if (INNER == 0) {
            y0 = shared;
          } else if (INNER >= LENGTH) {
            y0 = FloatVector.broadcast(SPECIES, getFloat(y + 4L * (0 * LENGTH / INNER)));
          } else if (MASKED && N == 1) {
            y0 = FloatVector.fromMemorySegment(SPECIES, ALL, y + 0 * READ, ORDER, last);
          } else if (INNER == 1) {
            y0 = FloatVector.fromMemorySegment(SPECIES, ALL, y + 0 * READ, ORDER);
          } else {
            y0 = FloatVector.fromMemorySegment(SPECIES, ALL, y + 0 * READ, ORDER, some);
          }
          if (INNER > 1 && INNER < LENGTH) {
            y0 = y0.rearrange(spread);
          }
          g0 = TIMES ? g0.mul(y0) : g0.div(y0);
        }
        a0 = NEGATIVE ? a0.sub(g0, k0) : a0.add(g0, k0);
        if (N > 1) {
          VectorMask<Float> k1 =
              (MASKED && N == 2
                      ? IntVector.fromMemorySegment(IDS, ALL, w + 1 * BYTES, ORDER, tailIds)
                      : IntVector.fromMemorySegment(IDS, ALL, w + 1 * BYTES, ORDER))
                  .compare(VectorOperators.EQ, id)
                  .cast(SPECIES);
          FloatVector g1 =
              MASKED && N == 2
                  ? FloatVector.fromMemorySegment(SPECIES, ALL, x + 1 * BYTES, ORDER, tail)
                  : FloatVector.fromMemorySegment(SPECIES, ALL, x + 1 * BYTES, ORDER);
          if (BINARY) {
            FloatVector y1;
            if (INNER == 0) {
              y1 = shared;
            } else if (INNER >= LENGTH) {
              y1 = FloatVector.broadcast(SPECIES, getFloat(y + 4L * (1 * LENGTH / INNER)));
            } else if (MASKED && N == 2) {
              y1 = FloatVector.fromMemorySegment(SPECIES, ALL, y + 1 * READ, ORDER, last);
            } else if (INNER == 1) {
              y1 = FloatVector.fromMemorySegment(SPECIES, ALL, y + 1 * READ, ORDER);
            } else {
              y1 = FloatVector.fromMemorySegment(SPECIES, ALL, y + 1 * READ, ORDER, some);
            }
            if (INNER > 1 && INNER < LENGTH) {
              y1 = y1.rearrange(spread);
            }
            g1 = TIMES ? g1.mul(y1) : g1.div(y1);
          }
          a1 = NEGATIVE ? a1.sub(g1, k1) : a1.add(g1, k1);
        }
        if (N > 2) {
          VectorMask<Float> k2 =
              (MASKED && N == 3
                      ? IntVector.fromMemorySegment(IDS, ALL, w + 2 * BYTES, ORDER, tailIds)
                      : IntVector.fromMemorySegment(IDS, ALL, w + 2 * BYTES, ORDER))
                  .compare(VectorOperators.EQ, id)
                  .cast(SPECIES);
          FloatVector g2 =
              MASKED && N == 3
                  ? FloatVector.fromMemorySegment(SPECIES, ALL, x + 2 * BYTES, ORDER, tail)
                  : FloatVector.fromMemorySegment(SPECIES, ALL, x + 2 * BYTES, ORDER);
          if (BINARY) {
            FloatVector y2;
            if (INNER == 0) {
              y2 = shared;
            } else if (INNER >= LENGTH) {
              y2 = FloatVector.broadcast(SPECIES, getFloat(y + 4L * (2 * LENGTH / INNER)));
            } else if (MASKED && N == 3) {
              y2 = FloatVector.fromMemorySegment(SPECIES, ALL, y + 2 * READ, ORDER, last);
            } else if (INNER == 1) {
              y2 = FloatVector.fromMemorySegment(SPECIES, ALL, y + 2 * READ, ORDER);
            } else {
              y2 = FloatVector.fromMemorySegment(SPECIES, ALL, y + 2 * READ, ORDER, some);
            }
            if (INNER > 1 && INNER < LENGTH) {
              y2 = y2.rearrange(spread);
            }
            g2 = TIMES ? g2.mul(y2) : g2.div(y2);
          }
          a2 = NEGATIVE ? a2.sub(g2, k2) : a2.add(g2, k2);
        }
        if (N > 3) {
          VectorMask<Float> k3 =
              (MASKED && N == 4
                      ? IntVector.fromMemorySegment(IDS, ALL, w + 3 * BYTES, ORDER, tailIds)
                      : IntVector.fromMemorySegment(IDS, ALL, w + 3 * BYTES, ORDER))
                  .compare(VectorOperators.EQ, id)
                  .cast(SPECIES);
          FloatVector g3 =
              MASKED && N == 4
                  ? FloatVector.fromMemorySegment(SPECIES, ALL, x + 3 * BYTES, ORDER, tail)
                  : FloatVector.fromMemorySegment(SPECIES, ALL, x + 3 * BYTES, ORDER);
          if (BINARY) {
            FloatVector y3;
            if (INNER == 0) {
              y3 = shared;
            } else if (INNER >= LENGTH) {
              y3 = FloatVector.broadcast(SPECIES, getFloat(y + 4L * (3 * LENGTH / INNER)));
            } else if (MASKED && N == 4) {
              y3 = FloatVector.fromMemorySegment(SPECIES, ALL, y + 3 * READ, ORDER, last);
            } else if (INNER == 1) {
              y3 = FloatVector.fromMemorySegment(SPECIES, ALL, y + 3 * READ, ORDER);
            } else {
              y3 = FloatVector.fromMemorySegment(SPECIES, ALL, y + 3 * READ, ORDER, some);
            }
            if (INNER > 1 && INNER < LENGTH) {
              y3 = y3.rearrange(spread);
            }
            g3 = TIMES ? g3.mul(y3) : g3.div(y3);
          }
          a3 = NEGATIVE ? a3.sub(g3, k3) : a3.add(g3, k3);
        }
        if (N > 4) {
          VectorMask<Float> k4 =
              (MASKED && N == 5
                      ? IntVector.fromMemorySegment(IDS, ALL, w + 4 * BYTES, ORDER, tailIds)
                      : IntVector.fromMemorySegment(IDS, ALL, w + 4 * BYTES, ORDER))
                  .compare(VectorOperators.EQ, id)
                  .cast(SPECIES);
          FloatVector g4 =
              MASKED && N == 5
                  ? FloatVector.fromMemorySegment(SPECIES, ALL, x + 4 * BYTES, ORDER, tail)
                  : FloatVector.fromMemorySegment(SPECIES, ALL, x + 4 * BYTES, ORDER);
          if (BINARY) {
            FloatVector y4;
            if (INNER == 0) {
              y4 = shared;
            } else if (INNER >= LENGTH) {
              y4 = FloatVector.broadcast(SPECIES, getFloat(y + 4L * (4 * LENGTH / INNER)));
            } else if (MASKED && N == 5) {
              y4 = FloatVector.fromMemorySegment(SPECIES, ALL, y + 4 * READ, ORDER, last);
            } else if (INNER == 1) {
              y4 = FloatVector.fromMemorySegment(SPECIES, ALL, y + 4 * READ, ORDER);
            } else {
              y4 = FloatVector.fromMemorySegment(SPECIES, ALL, y + 4 * READ, ORDER, some);
            }
            if (INNER > 1 && INNER < LENGTH) {
              y4 = y4.rearrange(spread);
            }
            g4 = TIMES ? g4.mul(y4) : g4.div(y4);
          }
          a4 = NEGATIVE ? a4.sub(g4, k4) : a4.add(g4, k4);
        }
        if (N > 5) {
          VectorMask<Float> k5 =
              (MASKED && N == 6
                      ? IntVector.fromMemorySegment(IDS, ALL, w + 5 * BYTES, ORDER, tailIds)
                      : IntVector.fromMemorySegment(IDS, ALL, w + 5 * BYTES, ORDER))
                  .compare(VectorOperators.EQ, id)
                  .cast(SPECIES);
          FloatVector g5 =
              MASKED && N == 6
                  ? FloatVector.fromMemorySegment(SPECIES, ALL, x + 5 * BYTES, ORDER, tail)
                  : FloatVector.fromMemorySegment(SPECIES, ALL, x + 5 * BYTES, ORDER);
          if (BINARY) {
            FloatVector y5;
            if (INNER == 0) {
              y5 = shared;
            } else if (INNER >= LENGTH) {
              y5 = FloatVector.broadcast(SPECIES, getFloat(y + 4L * (5 * LENGTH / INNER)));
            } else if (MASKED && N == 6) {
              y5 = FloatVector.fromMemorySegment(SPECIES, ALL, y + 5 * READ, ORDER, last);
            } else if (INNER == 1) {
              y5 = FloatVector.fromMemorySegment(SPECIES, ALL, y + 5 * READ, ORDER);
            } else {
              y5 = FloatVector.fromMemorySegment(SPECIES, ALL, y + 5 * READ, ORDER, some);
            }
            if (INNER > 1 && INNER < LENGTH) {
              y5 = y5.rearrange(spread);
            }
            g5 = TIMES ? g5.mul(y5) : g5.div(y5);
          }
          a5 = NEGATIVE ? a5.sub(g5, k5) : a5.add(g5, k5);
        }
        if (N > 6) {
          VectorMask<Float> k6 =
              (MASKED && N == 7
                      ? IntVector.fromMemorySegment(IDS, ALL, w + 6 * BYTES, ORDER, tailIds)
                      : IntVector.fromMemorySegment(IDS, ALL, w + 6 * BYTES, ORDER))
                  .compare(VectorOperators.EQ, id)
                  .cast(SPECIES);
          FloatVector g6 =
              MASKED && N == 7
                  ? FloatVector.fromMemorySegment(SPECIES, ALL, x + 6 * BYTES, ORDER, tail)
                  : FloatVector.fromMemorySegment(SPECIES, ALL, x + 6 * BYTES, ORDER);
          if (BINARY) {
            FloatVector y6;
            if (INNER == 0) {
              y6 = shared;
            } else if (INNER >= LENGTH) {
              y6 = FloatVector.broadcast(SPECIES, getFloat(y + 4L * (6 * LENGTH / INNER)));
            } else if (MASKED && N == 7) {
              y6 = FloatVector.fromMemorySegment(SPECIES, ALL, y + 6 * READ, ORDER, last);
            } else if (INNER == 1) {
              y6 = FloatVector.fromMemorySegment(SPECIES, ALL, y + 6 * READ, ORDER);
            } else {
              y6 = FloatVector.fromMemorySegment(SPECIES, ALL, y + 6 * READ, ORDER, some);
            }
            if (INNER > 1 && INNER < LENGTH) {
              y6 = y6.rearrange(spread);
            }
            g6 = TIMES ? g6.mul(y6) : g6.div(y6);
          }
          a6 = NEGATIVE ? a6.sub(g6, k6) : a6.add(g6, k6);
        }
        if (N > 7) {
          VectorMask<Float> k7 =
              (MASKED && N == 8
                      ? IntVector.fromMemorySegment(IDS, ALL, w + 7 * BYTES, ORDER, tailIds)
                      : IntVector.fromMemorySegment(IDS, ALL, w + 7 * BYTES, ORDER))
                  .compare(VectorOperators.EQ, id)
                  .cast(SPECIES);
          FloatVector g7 =
              MASKED && N == 8
                  ? FloatVector.fromMemorySegment(SPECIES, ALL, x + 7 * BYTES, ORDER, tail)
                  : FloatVector.fromMemorySegment(SPECIES, ALL, x + 7 * BYTES, ORDER);
          if (BINARY) {
            FloatVector y7;
            if (INNER == 0) {
              y7 = shared;
            } else if (INNER >= LENGTH) {
              y7 = FloatVector.broadcast(SPECIES, getFloat(y + 4L * (7 * LENGTH / INNER)));
            } else if (MASKED && N == 8) {
              y7 = FloatVector.fromMemorySegment(SPECIES, ALL, y + 7 * READ, ORDER, last);
            } else if (INNER == 1) {
              y7 = FloatVector.fromMemorySegment(SPECIES, ALL, y + 7 * READ, ORDER);
            } else {
              y7 = FloatVector.fromMemorySegment(SPECIES, ALL, y + 7 * READ, ORDER, some);
            }
            if (INNER > 1 && INNER < LENGTH) {
              y7 = y7.rearrange(spread);
            }
            g7 = TIMES ? g7.mul(y7) : g7.div(y7);
          }
          a7 = NEGATIVE ? a7.sub(g7, k7) : a7.add(g7, k7);
        }
      }
      if (MASKED && N == 1) {
        a0.intoMemorySegment(ALL, out, ORDER, tail);
      } else if (N > 0) {
        a0.intoMemorySegment(ALL, out, ORDER);
      }
      if (MASKED && N == 2) {
        a1.intoMemorySegment(ALL, out + 1 * BYTES, ORDER, tail);
      } else if (N > 1) {
        a1.intoMemorySegment(ALL, out + 1 * BYTES, ORDER);
      }
      if (MASKED && N == 3) {
        a2.intoMemorySegment(ALL, out + 2 * BYTES, ORDER, tail);
      } else if (N > 2) {
        a2.intoMemorySegment(ALL, out + 2 * BYTES, ORDER);
      }
      if (MASKED && N == 4) {
        a3.intoMemorySegment(ALL, out + 3 * BYTES, ORDER, tail);
      } else if (N > 3) {
        a3.intoMemorySegment(ALL, out + 3 * BYTES, ORDER);
      }
      if (MASKED && N == 5) {
        a4.intoMemorySegment(ALL, out + 4 * BYTES, ORDER, tail);
      } else if (N > 4) {
        a4.intoMemorySegment(ALL, out + 4 * BYTES, ORDER);
      }
      if (MASKED && N == 6) {
        a5.intoMemorySegment(ALL, out + 5 * BYTES, ORDER, tail);
      } else if (N > 5) {
        a5.intoMemorySegment(ALL, out + 5 * BYTES, ORDER);
      }
      if (MASKED && N == 7) {
        a6.intoMemorySegment(ALL, out + 6 * BYTES, ORDER, tail);
      } else if (N > 6) {
        a6.intoMemorySegment(ALL, out + 6 * BYTES, ORDER);
      }
      if (MASKED && N == 8) {
        a7.intoMemorySegment(ALL, out + 7 * BYTES, ORDER, tail);
      } else if (N > 7) {
        a7.intoMemorySegment(ALL, out + 7 * BYTES, ORDER);
      }
    }
  }
}
