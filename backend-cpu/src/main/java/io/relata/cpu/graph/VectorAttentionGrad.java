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
import java.lang.foreign.MemorySegment;
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
  public void run(AttentionTask t, int from, int to, long scratch, long dots) {
    int first = getInt(t.offsets() + 4L * from);
    int last = getInt(t.offsets() + 4L * to);
    // Weights first, where the largest logits are before; then terms, scales, row dots.
    long bytes = 4L * HEADS * (last - first);
    gather(t.table(), t.columns() + 4L * first, t.columns() + 4L * last, scratch, bytes);
    long terms = IDENTITY ? t.edge() + 4L * HEADS * first : scratch + 4 * bytes;
    if (EDGE && !IDENTITY) {
      COPY.gather(t.edge(), t.edgeIds() + 4L * first, last - first, terms);
    }
    int begin = first;
    for (int u = from; u < to; u++) {
      int end = getInt(t.offsets() + 4L * u + 4);
      long at = 4L * HEADS * (begin - first);
      long stop = scratch + 4L * HEADS * (end - first);
      for (int g = 0; g < HEADS; g += LENGTH) {
        long p = scratch + at + 4L * g;
        row(t, u, g, p, stop, bytes, terms - scratch, dots - scratch);
      }
      begin = end;
    }
    if (IDENTITY) {
      MemorySegment.copy(ALL, scratch + bytes, ALL, t.dEdge() + 4L * HEADS * first, bytes);
    } else {
      COPY.scatter(scratch + bytes, t.edgeIds() + 4L * first, last - first, t.dEdge());
    }
  }

  /** What the edges need to know of their destinations, one run of scratch memory for each. */
  private static void gather(long table, long slot, long stop, long to, long bytes) {
    VectorMask<Float> heads = SPECIES.indexInRange(0, HEADS);
    while (slot != stop) {
      long x = address(table + 16L * HEADS * getInt(address(slot)));
      long y = address(to);
      long z = address(to + bytes);
      if (HEADS == 1) {
        putFloat(z, getFloat(x));
        putFloat(y, getFloat(x + 4));
        putFloat(z + bytes, getFloat(x + 8));
        putFloat(z + 2 * bytes, getFloat(x + 12));
      } else if (HEADS < LENGTH) {
        FloatVector.fromMemorySegment(SPECIES, ALL, x, ORDER, heads)
            .intoMemorySegment(ALL, z, ORDER, heads);
        FloatVector.fromMemorySegment(SPECIES, ALL, x + 4L * HEADS, ORDER, heads)
            .intoMemorySegment(ALL, y, ORDER, heads);
        FloatVector.fromMemorySegment(SPECIES, ALL, x + 8L * HEADS, ORDER, heads)
            .intoMemorySegment(ALL, address(z + bytes), ORDER, heads);
        FloatVector.fromMemorySegment(SPECIES, ALL, x + 12L * HEADS, ORDER, heads)
            .intoMemorySegment(ALL, address(z + 2 * bytes), ORDER, heads);
      } else {
        for (int g = 0; g < HEADS; g += LENGTH) {
          long j = 4L * g;
          VectorMask<Float> some = SPECIES.indexInRange(0, HEADS - g);
          FloatVector.fromMemorySegment(SPECIES, ALL, address(x + j), ORDER, some)
              .intoMemorySegment(ALL, address(z + j), ORDER, some);
          FloatVector.fromMemorySegment(SPECIES, ALL, address(x + j + 4L * HEADS), ORDER, some)
              .intoMemorySegment(ALL, address(y + j), ORDER, some);
          FloatVector.fromMemorySegment(SPECIES, ALL, address(x + j + 8L * HEADS), ORDER, some)
              .intoMemorySegment(ALL, address(z + j + bytes), ORDER, some);
          FloatVector.fromMemorySegment(SPECIES, ALL, address(x + j + 12L * HEADS), ORDER, some)
              .intoMemorySegment(ALL, address(z + j + 2 * bytes), ORDER, some);
        }
      }
      slot += 4;
      to += 4L * HEADS;
    }
  }

  /** The edges of one source, for as many heads as a vector holds. */
  private static void row(
      AttentionTask t, int u, int g, long x, long stop, long bytes, long toTerms, long toDots) {
    FloatVector zero = FloatVector.zero(SPECIES);
    float slope = (float) t.slope();
    int lanes = HEADS < LENGTH ? EDGES * HEADS : HEADS - g;
    VectorMask<Float> heads = SPECIES.indexInRange(0, HEADS - g);
    long at = 4 * ((long) u * HEADS + g);
    FloatVector own =
        FloatVector.fromMemorySegment(SPECIES, ALL, address(t.source() + at), ORDER, heads);
    if (HEADS < LENGTH) {
      own = own.rearrange(REPEAT);
    }
    FloatVector sum = zero;
    for (long p = x; p < stop; p += STEP) {
      VectorMask<Float> mask =
          SPECIES.indexInRange(0, WHOLE ? stop - p >> 2 : Math.min(lanes, stop - p >> 2));
      long term = address(p + bytes);
      FloatVector a = own.add(FloatVector.fromMemorySegment(SPECIES, ALL, term, ORDER, mask));
      if (EDGE) {
        long edge = address(p + toTerms);
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
    sum.intoMemorySegment(ALL, address(t.dSource() + at), ORDER, heads);
  }
}
