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
 * Template of the attention weights of some rows, FLOAT32: the sources' terms are gathered into
 * scratch memory, where vectors then run over each row's numbers as they lie and lanes of one head
 * are folded at the end, always in the same order. Allocates nothing.
 */
final class VectorAttention implements AttentionLoop {
  private static final AttentionSpec SPEC =
      Specialized.parameters(MethodHandles.lookup(), AttentionSpec.class);
  private static final boolean IDENTITY = SPEC.identity();
  private static final boolean EDGE = SPEC.edge();
  private static final boolean STATISTICS = SPEC.statistics();
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

  /** Brings lane i to lanes 2 i and 2 i + 1, for the lower and the upper half of the lanes. */
  private static final VectorShuffle<Float> TWICE = VectorShuffle.fromOp(SPECIES, i -> i / 2);

  private static final VectorShuffle<Float> TWICE_UPPER =
      VectorShuffle.fromOp(SPECIES, i -> (i + LENGTH) / 2);
  private static final VectorMask<Float> ODD =
      VectorMask.fromLong(SPECIES, 0xAAAAAAAAAAAAAAAAL >>> (64 - LENGTH));

  @Override
  public void run(AttentionTask t, int from, int to, long scratch, long dots) {
    int first = getInt(t.offsets() + 4L * from);
    int last = getInt(t.offsets() + 4L * to);
    long bytes = 4L * HEADS * (last - first);
    long terms = IDENTITY ? t.edge() + 4L * HEADS * first : scratch + bytes;
    long largest = scratch + (EDGE ? 2 : 1) * bytes;
    COPY.gather(t.source(), t.columns() + 4L * first, last - first, scratch);
    if (EDGE && !IDENTITY) {
      COPY.gather(t.edge(), t.edgeIds() + 4L * first, last - first, terms);
    }
    int begin = first;
    for (int v = from; v < to; v++) {
      int end = getInt(t.offsets() + 4L * v + 4);
      long x = scratch + 4L * HEADS * (begin - first);
      for (int g = 0; g < HEADS; g += LENGTH) {
        long stop = x + 4L * HEADS * (end - begin);
        logits(t, v, g, x + 4L * g, stop, terms - scratch, largest);
        weights(t, v, g, x + 4L * g, stop, largest);
      }
      begin = end;
    }
  }

  /**
   * Terms to logits, for as many heads as a vector holds, and the largest of each. Apart from what
   * comes next, because C2 inlines no more of the exponential's methods in a larger body.
   */
  private static void logits(
      AttentionTask t, int v, int g, long x, long stop, long toTerms, long largest) {
    FloatVector lowest = FloatVector.broadcast(SPECIES, Float.NEGATIVE_INFINITY);
    FloatVector zero = FloatVector.zero(SPECIES);
    float slope = (float) t.slope();
    int lanes = HEADS < LENGTH ? EDGES * HEADS : HEADS - g;
    VectorMask<Float> heads = SPECIES.indexInRange(0, HEADS - g);
    FloatVector own =
        FloatVector.fromMemorySegment(
            SPECIES, ALL, address(t.destination() + 4 * ((long) v * HEADS + g)), ORDER, heads);
    if (HEADS < LENGTH) {
      own = own.rearrange(REPEAT);
    }
    // A NaN is passed over here and comes back with the exponential.
    FloatVector max = lowest;
    for (long p = x; p < stop; p += STEP) {
      VectorMask<Float> mask =
          SPECIES.indexInRange(0, WHOLE ? stop - p >> 2 : Math.min(lanes, stop - p >> 2));
      long at = address(p);
      FloatVector a = FloatVector.fromMemorySegment(SPECIES, ALL, at, ORDER, mask).add(own);
      if (EDGE) {
        a = a.add(FloatVector.fromMemorySegment(SPECIES, ALL, address(p + toTerms), ORDER, mask));
      }
      a = a.mul(slope).blend(a, a.compare(VectorOperators.GT, zero));
      a.intoMemorySegment(ALL, at, ORDER, mask);
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
    // Rows of only -inf: exponentials of -inf - 0 are 0.
    max = max.blend(zero, max.compare(VectorOperators.EQ, lowest));
    max.intoMemorySegment(ALL, address(largest), ORDER);
  }

  /** Logits to weights. */
  private static void weights(AttentionTask t, int v, int g, long x, long stop, long largest) {
    FloatVector zero = FloatVector.zero(SPECIES);
    FloatVector one = FloatVector.broadcast(SPECIES, 1f);
    int lanes = HEADS < LENGTH ? EDGES * HEADS : HEADS - g;
    FloatVector max = FloatVector.fromMemorySegment(SPECIES, ALL, address(largest), ORDER);
    FloatVector sum = zero;
    for (long p = x; p < stop; p += STEP) {
      VectorMask<Float> mask =
          SPECIES.indexInRange(0, WHOLE ? stop - p >> 2 : Math.min(lanes, stop - p >> 2));
      FloatVector a = FloatVector.fromMemorySegment(SPECIES, ALL, address(p), ORDER, mask);
      FloatVector e = VectorExp.exp(a.sub(max));
      e.intoMemorySegment(ALL, address(p), ORDER, mask);
      sum = sum.add(zero.blend(e, mask));
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
    for (long p = x; p < stop; p += STEP) {
      VectorMask<Float> mask =
          SPECIES.indexInRange(0, WHOLE ? stop - p >> 2 : Math.min(lanes, stop - p >> 2));
      FloatVector e = FloatVector.fromMemorySegment(SPECIES, ALL, address(p), ORDER, mask);
      e.mul(scale).intoMemorySegment(ALL, address(p), ORDER, mask);
    }
    if (STATISTICS) {
      long at = address(t.statistics() + 8 * ((long) v * HEADS + g));
      max.rearrange(TWICE)
          .blend(sum.rearrange(TWICE), ODD)
          .intoMemorySegment(ALL, at, ORDER, SPECIES.indexInRange(0, 2 * (HEADS - g)));
      if (2 * HEADS > LENGTH) {
        max.rearrange(TWICE_UPPER)
            .blend(sum.rearrange(TWICE_UPPER), ODD)
            .intoMemorySegment(
                ALL, at + 4L * LENGTH, ORDER, SPECIES.indexInRange(0, 2 * (HEADS - g) - LENGTH));
      }
    }
  }
}
