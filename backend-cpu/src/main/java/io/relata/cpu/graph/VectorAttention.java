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
 * are folded at the end. Allocates nothing.
 */
final class VectorAttention implements AttentionLoop {
  private static final AttentionSpec SPEC =
      Specialized.parameters(MethodHandles.lookup(), AttentionSpec.class);
  private static final boolean IDENTITY = SPEC.identity();
  private static final boolean EDGE = SPEC.edge();
  private static final boolean STATISTICS = SPEC.statistics();
  private static final boolean SLOPED = SPEC.sloped();
  private static final RowCopy COPY = SPEC.copy();
  private static final int HEADS = SPEC.heads();
  private static final HeadLanes LANES = HeadLanes.of(HEADS);
  private static final long STEP = LANES.step();

  /** True where what stands behind a vector of a row comes later, with the next row. */
  private static final boolean NEXT_FREE = LANES.whole();

  /** Brings lane i to lanes 2 i and 2 i + 1, for the lower and the upper half of the lanes. */
  private static final VectorShuffle<Float> TWICE = VectorShuffle.fromOp(SPECIES, i -> i / 2);

  private static final VectorShuffle<Float> TWICE_UPPER =
      VectorShuffle.fromOp(SPECIES, i -> (i + LENGTH) / 2);
  private static final VectorMask<Float> ODD =
      VectorMask.fromLong(SPECIES, 0xAAAAAAAAAAAAAAAAL >>> (64 - LENGTH));

  @Override
  public void run(AttentionTask t, int from, int to, AttentionMemory m) {
    int first = getInt(t.offsets() + 4L * from);
    int last = getInt(t.offsets() + 4L * to);
    long bytes = 4L * HEADS * (last - first);
    long terms = m.rest();
    long edgeTerms = IDENTITY ? t.edge() + 4L * HEADS * first : terms + bytes;
    COPY.gather(t.source(), t.columns() + 4L * first, last - first, terms);
    if (EDGE && !IDENTITY) {
      COPY.gather(t.edge(), t.edgeIds() + 4L * first, last - first, edgeTerms);
    }
    long x = m.weights();
    long toTerms = terms - x;
    long toEdgeTerms = edgeTerms - x;
    long toSloped = m.sloped() - x;
    int begin = first;
    for (int v = from; v < to; v++) {
      int end = getInt(t.offsets() + 4L * v + 4);
      long stop = x + 4L * HEADS * (end - begin);
      for (int g = 0; g < HEADS; g += LENGTH) {
        long sum = m.sums() + 4 * ((long) (v - from) * HEADS + g);
        logits(t, v, g, x + 4L * g, stop, toTerms, toEdgeTerms, toSloped, m.room());
        exponentials(g, x + 4L * g, stop, m.room());
        weights(t, v, g, x + 4L * g, stop, toSloped, sum, m.room());
      }
      x = stop;
      begin = end;
    }
  }

  /**
   * Terms to logits, for as many heads as a vector holds, and the largest of each. Apart from what
   * comes next, because after an exponential C2 inlines no more of our methods, and then boxes
   * vectors. Whole vectors are stored even at the end of a row, where what comes next is not yet
   * there: what a masked store wrote cannot be read before it has reached the cache.
   */
  private static void logits(
      AttentionTask t,
      int v,
      int g,
      long x,
      long stop,
      long toTerms,
      long toEdgeTerms,
      long toSloped,
      long room) {
    FloatVector lowest = FloatVector.broadcast(SPECIES, Float.NEGATIVE_INFINITY);
    FloatVector zero = FloatVector.zero(SPECIES);
    FloatVector one = FloatVector.broadcast(SPECIES, 1f);
    FloatVector slope = FloatVector.broadcast(SPECIES, (float) t.slope());
    VectorMask<Float> heads = SPECIES.indexInRange(0, HEADS - g);
    FloatVector own =
        LANES.repeated(
            FloatVector.fromMemorySegment(
                SPECIES, ALL, address(t.destination() + 4 * ((long) v * HEADS + g)), ORDER, heads));
    // A NaN is passed over here and comes back with the exponential.
    FloatVector max = lowest;
    for (long p = x; p < stop; p += STEP) {
      VectorMask<Float> mask = LANES.mask(g, stop - p);
      long at = address(p);
      FloatVector a =
          FloatVector.fromMemorySegment(SPECIES, ALL, address(p + toTerms), ORDER, mask).add(own);
      if (EDGE) {
        long edge = address(p + toEdgeTerms);
        a = a.add(FloatVector.fromMemorySegment(SPECIES, ALL, edge, ORDER, mask));
      }
      FloatVector factor = slope.blend(one, a.compare(VectorOperators.GT, zero));
      a = a.mul(factor);
      if (NEXT_FREE) {
        a.intoMemorySegment(ALL, at, ORDER);
      } else {
        a.intoMemorySegment(ALL, at, ORDER, mask);
      }
      if (SLOPED && NEXT_FREE) {
        factor.intoMemorySegment(ALL, address(p + toSloped), ORDER);
      } else if (SLOPED) {
        factor.intoMemorySegment(ALL, address(p + toSloped), ORDER, mask);
      }
      max = max.blend(a, a.compare(VectorOperators.GT, max, mask));
    }
    max = LANES.max(max);
    // Rows of only -inf: exponentials of -inf - 0 are 0.
    max = max.blend(zero, max.compare(VectorOperators.EQ, lowest));
    max.intoMemorySegment(ALL, address(room), ORDER);
  }

  /** Logits to exponentials, and their sums by lane, which come after the largest logits. */
  private static void exponentials(int g, long x, long stop, long room) {
    FloatVector zero = FloatVector.zero(SPECIES);
    FloatVector max = FloatVector.fromMemorySegment(SPECIES, ALL, address(room), ORDER);
    FloatVector sum = zero;
    for (long p = x; p < stop; p += STEP) {
      VectorMask<Float> mask = LANES.mask(g, stop - p);
      FloatVector e =
          VectorExp.exp(FloatVector.fromMemorySegment(SPECIES, ALL, address(p), ORDER).sub(max));
      sum = sum.add(zero.blend(e, mask));
      if (NEXT_FREE) {
        e.intoMemorySegment(ALL, address(p), ORDER);
      } else {
        e.intoMemorySegment(ALL, address(p), ORDER, mask);
      }
    }
    sum.intoMemorySegment(ALL, address(room + 4L * LENGTH), ORDER);
  }

  /** Exponentials to weights. */
  private static void weights(
      AttentionTask t, int v, int g, long x, long stop, long toSloped, long sums, long room) {
    FloatVector zero = FloatVector.zero(SPECIES);
    FloatVector one = FloatVector.broadcast(SPECIES, 1f);
    FloatVector max = FloatVector.fromMemorySegment(SPECIES, ALL, address(room), ORDER);
    FloatVector sum =
        LANES.sum(FloatVector.fromMemorySegment(SPECIES, ALL, address(room + 4L * LENGTH), ORDER));
    FloatVector scale = one.div(sum.blend(one, sum.compare(VectorOperators.EQ, zero)));
    FloatVector sloped = zero;
    for (long p = x; p < stop; p += STEP) {
      VectorMask<Float> mask = LANES.mask(g, stop - p);
      long at = address(p);
      FloatVector w = FloatVector.fromMemorySegment(SPECIES, ALL, at, ORDER).mul(scale);
      FloatVector s = zero;
      if (SLOPED) {
        long other = address(p + toSloped);
        s = w.mul(FloatVector.fromMemorySegment(SPECIES, ALL, other, ORDER));
        sloped = sloped.sub(zero.blend(s, mask));
        if (NEXT_FREE) {
          s.intoMemorySegment(ALL, other, ORDER);
        } else {
          s.intoMemorySegment(ALL, other, ORDER, mask);
        }
      }
      if (NEXT_FREE) {
        w.intoMemorySegment(ALL, at, ORDER);
      } else {
        w.intoMemorySegment(ALL, at, ORDER, mask);
      }
    }
    VectorMask<Float> heads = SPECIES.indexInRange(0, HEADS - g);
    if (SLOPED) {
      LANES.sum(sloped).intoMemorySegment(ALL, address(sums), ORDER, heads);
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
