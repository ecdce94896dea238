package io.relata.cpu.graph;

import static io.relata.cpu.Native.ALL;
import static io.relata.cpu.Native.address;
import static io.relata.cpu.Native.getFloat;
import static io.relata.cpu.Native.getInt;
import static io.relata.cpu.Native.putFloat;
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
 * Template of the attention weights, made again, and the gradients of the logits for the edges that
 * leave some sources, FLOAT32. Leaves the weights in scratch memory, writes the gradients by edge
 * id, and their sums by source, folded in a fixed order. Allocates nothing.
 */
final class VectorAttentionGrad implements AttentionLoop {
  private static final AttentionSpec SPEC =
      Specialized.parameters(MethodHandles.lookup(), AttentionSpec.class);
  private static final boolean IDENTITY = SPEC.identity();
  private static final boolean EDGE = SPEC.edge();
  private static final int HEADS = SPEC.heads();
  private static final int STRIDE = SPEC.stride();
  private static final long STEP = 4L * Math.max(STRIDE, LENGTH);
  private static final int PERIOD = Math.min(STRIDE, LENGTH);
  private static final VectorShuffle<Float> REPEAT = VectorShuffle.fromOp(SPECIES, i -> i % PERIOD);
  private static final VectorShuffle<Float> BY_8 = rotation(8);
  private static final VectorShuffle<Float> BY_4 = rotation(4);
  private static final VectorShuffle<Float> BY_2 = rotation(2);
  private static final VectorShuffle<Float> BY_1 = rotation(1);

  private static VectorShuffle<Float> rotation(int by) {
    return VectorShuffle.fromOp(SPECIES, i -> (i + by) % LENGTH);
  }

  @Override
  public void run(AttentionTask t, int from, int to, long scratch, long dots) {
    int first = getInt(t.offsets() + 4L * from);
    int last = getInt(t.offsets() + 4L * to);
    // Weights first, where the largest logits are before; then terms, scales, row dots.
    long bytes = 4L * STRIDE * (last - first);
    gather(t.table(), t.columns() + 4L * first, t.columns() + 4L * last, scratch, bytes);
    long terms = scratch + 4 * bytes;
    if (EDGE) {
      if (IDENTITY) {
        VectorGather.rows(HEADS, STRIDE, t.edge() + 4L * HEADS * first, last - first, terms);
      } else {
        gatherTerms(t.edge(), t.edgeIds() + 4L * first, t.edgeIds() + 4L * last, terms);
      }
    }
    if (STRIDE != HEADS) {
      long padded = EDGE ? terms + bytes : terms;
      VectorGather.rows(HEADS, STRIDE, dots, last - first, padded);
      dots = padded;
    }
    int begin = first;
    for (int u = from; u < to; u++) {
      int end = getInt(t.offsets() + 4L * u + 4);
      long at = 4L * STRIDE * (begin - first);
      long stop = scratch + 4L * STRIDE * (end - first);
      for (int g = 0; g < HEADS; g += LENGTH) {
        long p = scratch + at + 4L * g;
        row(t, u, g, p, stop, bytes, dots - scratch);
      }
      begin = end;
    }
    scatter(t, first, last, scratch + bytes);
  }

  /** What the edges need to know of their destinations, one run of scratch memory for each. */
  private static void gather(long table, long slot, long stop, long to, long bytes) {
    VectorMask<Float> heads = SPECIES.indexInRange(0, STRIDE);
    while (slot != stop) {
      long x = address(table + 16L * STRIDE * getInt(address(slot)));
      long y = address(to);
      long z = address(to + bytes);
      if (STRIDE == 1) {
        putFloat(z, getFloat(x));
        putFloat(y, getFloat(x + 4));
        putFloat(z + bytes, getFloat(x + 8));
        putFloat(z + 2 * bytes, getFloat(x + 12));
      } else if (STRIDE < LENGTH) {
        FloatVector.fromMemorySegment(SPECIES, ALL, x, ORDER, heads)
            .intoMemorySegment(ALL, z, ORDER, heads);
        FloatVector.fromMemorySegment(SPECIES, ALL, x + 4L * STRIDE, ORDER, heads)
            .intoMemorySegment(ALL, y, ORDER, heads);
        FloatVector.fromMemorySegment(SPECIES, ALL, x + 8L * STRIDE, ORDER, heads)
            .intoMemorySegment(ALL, address(z + bytes), ORDER, heads);
        FloatVector.fromMemorySegment(SPECIES, ALL, x + 12L * STRIDE, ORDER, heads)
            .intoMemorySegment(ALL, address(z + 2 * bytes), ORDER, heads);
      } else {
        for (long j = 0; j < 4L * STRIDE; j += 4L * LENGTH) {
          FloatVector.fromMemorySegment(SPECIES, ALL, address(x + j), ORDER)
              .intoMemorySegment(ALL, address(z + j), ORDER);
          FloatVector.fromMemorySegment(SPECIES, ALL, address(x + j + 4L * STRIDE), ORDER)
              .intoMemorySegment(ALL, address(y + j), ORDER);
          FloatVector.fromMemorySegment(SPECIES, ALL, address(x + j + 8L * STRIDE), ORDER)
              .intoMemorySegment(ALL, address(z + j + bytes), ORDER);
          FloatVector.fromMemorySegment(SPECIES, ALL, address(x + j + 12L * STRIDE), ORDER)
              .intoMemorySegment(ALL, address(z + j + 2 * bytes), ORDER);
        }
      }
      slot += 4;
      to += 4L * STRIDE;
    }
  }

  private static void gatherTerms(long table, long slot, long stop, long to) {
    VectorMask<Float> read = SPECIES.indexInRange(0, HEADS);
    VectorMask<Float> written = SPECIES.indexInRange(0, STRIDE);
    while (slot != stop) {
      long x = address(table + 4L * HEADS * getInt(address(slot)));
      if (STRIDE <= LENGTH) {
        FloatVector.fromMemorySegment(SPECIES, ALL, x, ORDER, read)
            .intoMemorySegment(ALL, address(to), ORDER, written);
      } else {
        VectorGather.row(HEADS, x, to);
      }
      slot += 4;
      to += 4L * STRIDE;
    }
  }

  /** The edges of one source, for as many heads as a vector holds. */
  private static void row(
      AttentionTask t, int u, int g, long x, long stop, long bytes, long toDots) {
    FloatVector zero = FloatVector.zero(SPECIES);
    float slope = (float) t.slope();
    VectorMask<Float> heads = SPECIES.indexInRange(0, HEADS - g);
    long at = 4 * ((long) u * HEADS + g);
    FloatVector own =
        FloatVector.fromMemorySegment(SPECIES, ALL, address(t.source() + at), ORDER, heads);
    if (PERIOD < LENGTH) {
      own = own.rearrange(REPEAT);
    }
    FloatVector sum = zero;
    for (long p = x; p < stop; p += STEP) {
      VectorMask<Float> mask = SPECIES.indexInRange(0, stop - p >> 2);
      long term = address(p + bytes);
      FloatVector a = own.add(FloatVector.fromMemorySegment(SPECIES, ALL, term, ORDER, mask));
      if (EDGE) {
        long edge = address(p + 4 * bytes);
        a = a.add(FloatVector.fromMemorySegment(SPECIES, ALL, edge, ORDER, mask));
      }
      VectorMask<Float> positive = a.compare(VectorOperators.GT, zero);
      a = a.mul(slope).blend(a, positive);
      FloatVector max = FloatVector.fromMemorySegment(SPECIES, ALL, address(p), ORDER, mask);
      long scale = address(p + 2 * bytes);
      FloatVector w =
          VectorExp.exp(a.sub(max))
              .mul(FloatVector.fromMemorySegment(SPECIES, ALL, scale, ORDER, mask));
      w.intoMemorySegment(ALL, address(p), ORDER, mask);
      long dot = address(p + toDots);
      long rowDot = address(p + 3 * bytes);
      FloatVector d =
          FloatVector.fromMemorySegment(SPECIES, ALL, dot, ORDER, mask)
              .sub(FloatVector.fromMemorySegment(SPECIES, ALL, rowDot, ORDER, mask))
              .mul(w);
      d = d.mul(slope).blend(d, positive);
      d.intoMemorySegment(ALL, term, ORDER, mask);
      sum = sum.add(zero.blend(d, mask));
    }
    if (LENGTH > 8 && PERIOD <= 8) {
      sum = sum.add(sum.rearrange(BY_8));
    }
    if (LENGTH > 4 && PERIOD <= 4) {
      sum = sum.add(sum.rearrange(BY_4));
    }
    if (LENGTH > 2 && PERIOD <= 2) {
      sum = sum.add(sum.rearrange(BY_2));
    }
    if (PERIOD == 1) {
      sum = sum.add(sum.rearrange(BY_1));
    }
    sum.intoMemorySegment(ALL, address(t.dSource() + at), ORDER, heads);
  }

  private static void scatter(AttentionTask t, int first, int last, long from) {
    VectorMask<Float> heads = SPECIES.indexInRange(0, HEADS);
    for (int i = first; i < last; i++) {
      long edge = IDENTITY ? i : getInt(t.edgeIds() + 4L * i);
      long to = address(t.dEdge() + 4L * HEADS * edge);
      if (HEADS == 1) {
        putFloat(to, getFloat(from));
      } else if (HEADS <= LENGTH) {
        FloatVector.fromMemorySegment(SPECIES, ALL, address(from), ORDER, heads)
            .intoMemorySegment(ALL, to, ORDER, heads);
      } else {
        for (int j = 0; j < HEADS; j += LENGTH) {
          FloatVector.fromMemorySegment(SPECIES, ALL, address(from + 4L * j), ORDER)
              .intoMemorySegment(
                  ALL, address(to + 4L * j), ORDER, SPECIES.indexInRange(0, HEADS - j));
        }
      }
      from += 4L * STRIDE;
    }
  }
}
