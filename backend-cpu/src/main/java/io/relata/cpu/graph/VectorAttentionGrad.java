package io.relata.cpu.graph;

import static io.relata.cpu.Native.ALL;
import static io.relata.cpu.Native.address;
import static io.relata.cpu.Native.getFloat;
import static io.relata.cpu.Native.getInt;
import static io.relata.cpu.Native.putFloat;
import static io.relata.cpu.Native.putInt;
import static io.relata.cpu.graph.VectorMessage.LENGTH;
import static io.relata.cpu.graph.VectorMessage.ORDER;
import static io.relata.cpu.graph.VectorMessage.SPECIES;

import io.relata.cpu.Specialized;
import java.lang.foreign.MemorySegment;
import java.lang.invoke.MethodHandles;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorMask;
import jdk.incubator.vector.VectorOperators;
import jdk.incubator.vector.VectorSpecies;

/**
 * Template of the attention weights, made again, and the sloped weights for the edges that leave
 * some sources, FLOAT32. Leaves minus the sum of sloped weights times {@code rowDots} in {@code
 * dSource}, folded in a fixed order, and where it is asked for, writes the gradients of the edges'
 * terms by edge id. Allocates nothing.
 */
final class VectorAttentionGrad implements AttentionLoop {
  private static final AttentionSpec SPEC =
      Specialized.parameters(MethodHandles.lookup(), AttentionSpec.class);
  private static final boolean IDENTITY = SPEC.identity();
  private static final boolean EDGE = SPEC.edge();
  private static final RowCopy COPY = SPEC.copy();
  private static final int HEADS = SPEC.heads();
  private static final VectorSpecies<Float> PART = HeadLanes.species(HEADS);
  private static final boolean EDGE_GRADIENT = SPEC.edgeGradient();

  /** Bytes of a cache line. */
  private static final int LINE = 64;

  private static final HeadLanes LANES = HeadLanes.of(HEADS);
  private static final long STEP = LANES.step();

  @Override
  public void run(AttentionTask t, int from, int to, AttentionMemory m) {
    int first = getInt(t.offsets() + 4L * from);
    int last = getInt(t.offsets() + 4L * to);
    long bytes = 4L * HEADS * (last - first);
    // Where weights come stand the largest logits, where sloped weights come the terms; then come
    // scales and results times gradients.
    long x = m.weights();
    long terms = IDENTITY ? t.edge() + 4L * HEADS * first : m.rest() + 2 * bytes;
    long slot = t.columns() + 4L * first;
    long end = t.columns() + 4L * last;
    if (16 * HEADS >= LINE) {
      putInt(m.room(), touch(t.table(), slot, end));
    }
    gather(t.table(), slot, end, m, bytes);
    if (EDGE && !IDENTITY) {
      COPY.gather(t.edge(), t.edgeIds() + 4L * first, last - first, terms);
    }
    int begin = first;
    for (int u = from; u < to; u++) {
      int next = getInt(t.offsets() + 4L * u + 4);
      long stop = x + 4L * HEADS * (next - begin);
      for (int g = 0; g < HEADS; g += LENGTH) {
        row(t, u, g, x + 4L * g, stop, m, bytes, terms - m.weights());
        sum(t, u, g, m.room());
      }
      x = stop;
      begin = next;
    }
    if (EDGE_GRADIENT && IDENTITY) {
      MemorySegment.copy(ALL, m.dots(), ALL, t.dEdge() + 4L * HEADS * first, bytes);
    } else if (EDGE_GRADIENT) {
      COPY.scatter(m.dots(), t.edgeIds() + 4L * first, last - first, t.dEdge());
    }
  }

  /**
   * Reads a number of what the edges need to know, so that as much as can be is on its way at once:
   * {@link #gather} fills with few edges the window in which the processor overlaps loads. Answers
   * something that depends on all of them, for else the compiler would drop it.
   */
  private static int touch(long table, long slot, long stop) {
    int seen = 0;
    while (slot != stop) {
      seen += getInt(address(table + 16L * HEADS * getInt(address(slot))));
      slot += 4;
    }
    return seen;
  }

  /** What the edges need to know of their destinations, one run of scratch memory for each. */
  private static void gather(long table, long slot, long stop, AttentionMemory m, long bytes) {
    long x = m.weights();
    long toSloped = m.sloped() - x;
    long toScales = m.rest() - x;
    long toRowDots = toScales + bytes;
    while (slot != stop) {
      long from = address(table + 16L * HEADS * getInt(address(slot)));
      if (HEADS == 1) {
        putFloat(x + toSloped, getFloat(from));
        putFloat(x, getFloat(from + 4));
        putFloat(x + toScales, getFloat(from + 8));
        putFloat(x + toRowDots, getFloat(from + 12));
      } else if (HEADS == PART.length()) {
        FloatVector.fromMemorySegment(PART, ALL, from, ORDER)
            .intoMemorySegment(ALL, address(x + toSloped), ORDER);
        FloatVector.fromMemorySegment(PART, ALL, from + 4L * HEADS, ORDER)
            .intoMemorySegment(ALL, address(x), ORDER);
        FloatVector.fromMemorySegment(PART, ALL, from + 8L * HEADS, ORDER)
            .intoMemorySegment(ALL, address(x + toScales), ORDER);
        FloatVector.fromMemorySegment(PART, ALL, from + 12L * HEADS, ORDER)
            .intoMemorySegment(ALL, address(x + toRowDots), ORDER);
      } else {
        for (int g = 0; g < HEADS; g += LENGTH) {
          long y = address(from + 4L * g);
          long z = x + 4L * g;
          VectorMask<Float> some = SPECIES.indexInRange(0, HEADS - g);
          FloatVector.fromMemorySegment(SPECIES, ALL, y, ORDER, some)
              .intoMemorySegment(ALL, address(z + toSloped), ORDER, some);
          FloatVector.fromMemorySegment(SPECIES, ALL, y + 4L * HEADS, ORDER, some)
              .intoMemorySegment(ALL, address(z), ORDER, some);
          FloatVector.fromMemorySegment(SPECIES, ALL, y + 8L * HEADS, ORDER, some)
              .intoMemorySegment(ALL, address(z + toScales), ORDER, some);
          FloatVector.fromMemorySegment(SPECIES, ALL, y + 12L * HEADS, ORDER, some)
              .intoMemorySegment(ALL, address(z + toRowDots), ORDER, some);
        }
      }
      slot += 4;
      x += 4L * HEADS;
    }
  }

  /** The edges of one source, for as many heads as a vector holds. */
  private static void row(
      AttentionTask t,
      int u,
      int g,
      long x,
      long stop,
      AttentionMemory m,
      long bytes,
      long toTerms) {
    long toSloped = m.sloped() - m.weights();
    long toScales = m.rest() - m.weights();
    long toRowDots = toScales + bytes;
    long toDots = m.dots() - m.weights();
    FloatVector zero = FloatVector.zero(SPECIES);
    float slope = (float) t.slope();
    VectorMask<Float> heads = SPECIES.indexInRange(0, HEADS - g);
    long at = 4 * ((long) u * HEADS + g);
    FloatVector own =
        LANES.repeated(
            FloatVector.fromMemorySegment(SPECIES, ALL, address(t.source() + at), ORDER, heads));
    FloatVector sum = zero;
    for (long p = x; p < stop; p += STEP) {
      VectorMask<Float> mask = LANES.mask(g, stop - p);
      long weight = address(p);
      long sloped = address(p + toSloped);
      FloatVector a = own.add(FloatVector.fromMemorySegment(SPECIES, ALL, sloped, ORDER, mask));
      if (EDGE) {
        long edge = address(p + toTerms);
        a = a.add(FloatVector.fromMemorySegment(SPECIES, ALL, edge, ORDER, mask));
      }
      VectorMask<Float> positive = a.compare(VectorOperators.GT, zero);
      a = a.mul(slope).blend(a, positive);
      FloatVector max = FloatVector.fromMemorySegment(SPECIES, ALL, weight, ORDER, mask);
      long scale = address(p + toScales);
      FloatVector w =
          VectorExp.exp(a.sub(max))
              .mul(FloatVector.fromMemorySegment(SPECIES, ALL, scale, ORDER, mask));
      w.intoMemorySegment(ALL, weight, ORDER, mask);
      w = w.mul(slope).blend(w, positive);
      w.intoMemorySegment(ALL, sloped, ORDER, mask);
      long rowDot = address(p + toRowDots);
      FloatVector r = FloatVector.fromMemorySegment(SPECIES, ALL, rowDot, ORDER, mask);
      sum = sum.sub(zero.blend(w.mul(r), mask));
      if (EDGE_GRADIENT) {
        long dot = address(p + toDots);
        FloatVector.fromMemorySegment(SPECIES, ALL, dot, ORDER, mask)
            .sub(r)
            .mul(w)
            .intoMemorySegment(ALL, dot, ORDER, mask);
      }
    }
    sum.intoMemorySegment(ALL, address(m.room()), ORDER);
  }

  /**
   * Folds the sums of a source. Apart, because after an exponential C2 inlines no more of our
   * methods, and then boxes vectors.
   */
  private static void sum(AttentionTask t, int u, int g, long sums) {
    long to = address(t.dSource() + 4 * ((long) u * HEADS + g));
    LANES
        .sum(FloatVector.fromMemorySegment(SPECIES, ALL, address(sums), ORDER))
        .intoMemorySegment(ALL, to, ORDER, SPECIES.indexInRange(0, HEADS - g));
  }
}
