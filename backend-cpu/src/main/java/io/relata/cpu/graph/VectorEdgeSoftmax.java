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
import jdk.incubator.vector.VectorOperators;
import jdk.incubator.vector.VectorShuffle;

/**
 * Template of the softmax over the edges of each row, FLOAT32. Vectors run over a row's numbers as
 * they lie and lanes of one head are folded at the end, always in the same order. Where heads do
 * not divide the lanes, vectors take as many edges as fit. Numbers that lie apart are gathered into
 * scratch memory for some rows at a time: one row would leave the processor waiting for each.
 * Written out straight, with loops that C2 does not unroll: most rows are two or three vectors
 * long.
 */
final class VectorEdgeSoftmax implements RowLoop {
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
      long largest = RowScratch.block(4L * LENGTH);
      rows(t, from, to, t.lhs() + 4L * HEADS * begin, t.out() - t.lhs(), largest);
      return;
    }
    while (from < to) {
      int until = RowScratch.chunk(t.offsets(), from, to);
      int end = getInt(t.offsets() + 4L * until);
      long bytes = 4L * HEADS * (end - begin);
      long scratch = RowScratch.block(bytes + 4L * LENGTH);
      long ids = t.edgeIds() + 4L * begin;
      COPY.gather(t.lhs(), ids, end - begin, scratch);
      rows(t, from, until, scratch, 0, scratch + bytes);
      COPY.scatter(scratch, ids, end - begin, t.out());
      from = until;
      begin = end;
    }
  }

  /**
   * Rows whose numbers lie one after the other from {@code x} on.
   *
   * @param toOut distance of results from logits
   * @param largest room for a vector
   */
  private static void rows(RowTask t, int from, int to, long x, long toOut, long largest) {
    int begin = getInt(t.offsets() + 4L * from);
    for (int v = from; v < to; v++) {
      int end = getInt(t.offsets() + 4L * v + 4);
      long stop = x + 4L * HEADS * (end - begin);
      if (HEADS <= LENGTH && end - begin <= EDGES) {
        if (begin != end) {
          one(x, stop, toOut);
        }
      } else {
        for (int g = 0; g < HEADS; g += LENGTH) {
          largest(g, x + 4L * g, stop, largest);
          exponentials(g, x + 4L * g, stop, toOut, largest);
          scale(g, x + 4L * g + toOut, stop + toOut);
        }
      }
      x = stop;
      begin = end;
    }
  }

  /** A row of one vector. */
  private static void one(long x, long stop, long toOut) {
    VectorMask<Float> mask = SPECIES.indexInRange(0, stop - x >> 2);
    FloatVector lowest = FloatVector.broadcast(SPECIES, Float.NEGATIVE_INFINITY);
    FloatVector zero = FloatVector.zero(SPECIES);
    FloatVector one = FloatVector.broadcast(SPECIES, 1f);
    FloatVector a = FloatVector.fromMemorySegment(SPECIES, ALL, address(x), ORDER, mask);
    FloatVector max = lowest.blend(a, a.compare(VectorOperators.GT, lowest, mask));
    if (WHOLE) {
      if (LENGTH > 8 && HEADS <= 8) {
        max = max.max(max.rearrange(BY_8));
      }
      if (LENGTH > 4 && HEADS <= 4) {
        max = max.max(max.rearrange(BY_4));
      }
      if (LENGTH > 2 && HEADS <= 2) {
        max = max.max(max.rearrange(BY_2));
      }
      if (HEADS == 1) {
        max = max.max(max.rearrange(BY_1));
      }
    } else if (EDGES > 1) {
      FloatVector all = max;
      max = max.max(all.rearrange(EDGE_1));
      if (EDGES > 2) {
        max = max.max(all.rearrange(EDGE_2));
      }
      if (EDGES > 3) {
        max = max.max(all.rearrange(EDGE_3));
      }
      if (EDGES > 4) {
        max = max.max(all.rearrange(EDGE_4));
      }
      max = max.rearrange(REPEAT);
    }
    max = max.blend(zero, max.compare(VectorOperators.EQ, lowest));
    FloatVector e = zero.blend(VectorExp.exp(a.sub(max)), mask);
    FloatVector sum = e;
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
    e.mul(one.div(sum.blend(one, sum.compare(VectorOperators.EQ, zero))))
        .intoMemorySegment(ALL, address(x + toOut), ORDER, mask);
  }

  /** The largest logit of each head, for as many heads as a vector holds; 0 for only -inf. */
  private static void largest(int g, long x, long stop, long largest) {
    int lanes = HEADS < LENGTH ? EDGES * HEADS : HEADS - g;
    FloatVector lowest = FloatVector.broadcast(SPECIES, Float.NEGATIVE_INFINITY);
    FloatVector zero = FloatVector.zero(SPECIES);
    // A NaN is passed over here and comes back with the exponential.
    FloatVector max = lowest;
    long p = x;
    for (; WHOLE && p + STEP <= stop; p += STEP) {
      FloatVector a = FloatVector.fromMemorySegment(SPECIES, ALL, address(p), ORDER);
      max = max.blend(a, a.compare(VectorOperators.GT, max));
    }
    for (; p < stop; p += STEP) {
      VectorMask<Float> mask =
          SPECIES.indexInRange(0, WHOLE ? stop - p >> 2 : Math.min(lanes, stop - p >> 2));
      FloatVector a = FloatVector.fromMemorySegment(SPECIES, ALL, address(p), ORDER, mask);
      max = max.blend(a, a.compare(VectorOperators.GT, max, mask));
    }
    if (WHOLE) {
      if (LENGTH > 8 && HEADS <= 8) {
        max = max.max(max.rearrange(BY_8));
      }
      if (LENGTH > 4 && HEADS <= 4) {
        max = max.max(max.rearrange(BY_4));
      }
      if (LENGTH > 2 && HEADS <= 2) {
        max = max.max(max.rearrange(BY_2));
      }
      if (HEADS == 1) {
        max = max.max(max.rearrange(BY_1));
      }
    } else if (EDGES > 1) {
      FloatVector all = max;
      max = max.max(all.rearrange(EDGE_1));
      if (EDGES > 2) {
        max = max.max(all.rearrange(EDGE_2));
      }
      if (EDGES > 3) {
        max = max.max(all.rearrange(EDGE_3));
      }
      if (EDGES > 4) {
        max = max.max(all.rearrange(EDGE_4));
      }
      max = max.rearrange(REPEAT);
    }
    max.blend(zero, max.compare(VectorOperators.EQ, lowest))
        .intoMemorySegment(ALL, address(largest), ORDER);
  }

  /**
   * Logits to exponentials; of -inf - 0, in rows of only -inf, they are 0. Not in one method with
   * their sum: there C2 boxed two vectors a step in some processes, at two to three times the time.
   */
  private static void exponentials(int g, long x, long stop, long toOut, long largest) {
    int lanes = HEADS < LENGTH ? EDGES * HEADS : HEADS - g;
    FloatVector max = FloatVector.fromMemorySegment(SPECIES, ALL, address(largest), ORDER);
    for (long p = x; p < stop; p += STEP) {
      VectorMask<Float> mask =
          SPECIES.indexInRange(0, WHOLE ? stop - p >> 2 : Math.min(lanes, stop - p >> 2));
      FloatVector a = FloatVector.fromMemorySegment(SPECIES, ALL, address(p), ORDER, mask);
      VectorExp.exp(a.sub(max)).intoMemorySegment(ALL, address(p + toOut), ORDER, mask);
    }
  }

  /** Exponentials from {@code x} on to weights. */
  private static void scale(int g, long x, long stop) {
    int lanes = HEADS < LENGTH ? EDGES * HEADS : HEADS - g;
    FloatVector zero = FloatVector.zero(SPECIES);
    FloatVector one = FloatVector.broadcast(SPECIES, 1f);
    FloatVector sum = zero;
    long p = x;
    for (; WHOLE && p + STEP <= stop; p += STEP) {
      sum = sum.add(FloatVector.fromMemorySegment(SPECIES, ALL, address(p), ORDER));
    }
    for (; p < stop; p += STEP) {
      VectorMask<Float> mask =
          SPECIES.indexInRange(0, WHOLE ? stop - p >> 2 : Math.min(lanes, stop - p >> 2));
      sum = sum.add(FloatVector.fromMemorySegment(SPECIES, ALL, address(p), ORDER, mask));
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
    FloatVector scale = one.div(sum.blend(one, sum.compare(VectorOperators.EQ, zero)));
    p = x;
    for (; WHOLE && p + STEP <= stop; p += STEP) {
      FloatVector e = FloatVector.fromMemorySegment(SPECIES, ALL, address(p), ORDER);
      e.mul(scale).intoMemorySegment(ALL, address(p), ORDER);
    }
    for (; p < stop; p += STEP) {
      VectorMask<Float> mask =
          SPECIES.indexInRange(0, WHOLE ? stop - p >> 2 : Math.min(lanes, stop - p >> 2));
      FloatVector e = FloatVector.fromMemorySegment(SPECIES, ALL, address(p), ORDER, mask);
      e.mul(scale).intoMemorySegment(ALL, address(p), ORDER, mask);
    }
  }
}
