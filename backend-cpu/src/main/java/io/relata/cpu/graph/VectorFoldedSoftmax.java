package io.relata.cpu.graph;

import static io.relata.cpu.Native.ALL;
import static io.relata.cpu.Native.address;
import static io.relata.cpu.Native.getFloat;
import static io.relata.cpu.Native.getInt;
import static io.relata.cpu.Native.getLong;
import static io.relata.cpu.Native.putFloat;
import static io.relata.cpu.Native.putLong;
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
 * Template of the softmax over the edges of each row where the number of heads divides the lanes,
 * FLOAT32. Vectors run over the row's numbers as they lie, gathered into a scratch block where they
 * do not lie together, and lanes of one head are folded at the end. Written out straight, with
 * loops that C2 does not unroll: most rows are two or three vectors long.
 */
final class VectorFoldedSoftmax implements RowLoop {
  private static final LoopSpec SPEC =
      Specialized.parameters(MethodHandles.lookup(), LoopSpec.class);
  private static final boolean IDENTITY = SPEC.identity();

  /** Number of heads. */
  private static final int HEADS = SPEC.lanes().stride();

  private static final int BYTES = 4 * LENGTH;
  private static final VectorShuffle<Float> BY_8 = rotation(8);
  private static final VectorShuffle<Float> BY_4 = rotation(4);
  private static final VectorShuffle<Float> BY_2 = rotation(2);

  private static VectorShuffle<Float> rotation(int by) {
    return VectorShuffle.fromOp(SPECIES, i -> (i + by) % LENGTH);
  }

  @Override
  public void run(RowTask t, int column, int from, int to) {
    for (int v = from; v < to; v++) {
      int begin = getInt(t.offsets() + 4L * v);
      int end = getInt(t.offsets() + 4L * v + 4);
      if (begin == end) {
        continue;
      }
      long n = (long) (end - begin) * HEADS;
      if (IDENTITY) {
        long at = 4L * begin * HEADS;
        softmax(t.lhs() + at, t.out() + at, n);
      } else {
        long row = RowScratch.block(4 * n);
        gather(t, begin, end, row);
        softmax(row, row, n);
        scatter(t, begin, end, row);
      }
    }
  }

  private static void softmax(long x, long out, long n) {
    long stop = x + 4 * n;
    long last = x + (4 * n + BYTES - 1) / BYTES * BYTES;
    long toOut = out - x;
    FloatVector lowest = FloatVector.broadcast(SPECIES, Float.NEGATIVE_INFINITY);
    FloatVector zero = FloatVector.zero(SPECIES);
    FloatVector one = FloatVector.broadcast(SPECIES, 1f);
    // A NaN is passed over here and comes back with the exponential.
    FloatVector max = lowest;
    for (long p = x; p != last; p += BYTES) {
      VectorMask<Float> mask = SPECIES.indexInRange(0, stop - p >> 2);
      FloatVector a = FloatVector.fromMemorySegment(SPECIES, ALL, address(p), ORDER, mask);
      max = max.blend(a, a.compare(VectorOperators.GT, max, mask));
    }
    if (HEADS == 1) {
      max = FloatVector.broadcast(SPECIES, max.reduceLanes(VectorOperators.MAX));
    } else {
      if (LENGTH > 8 && HEADS <= 8) {
        max = max.max(max.rearrange(BY_8));
      }
      if (LENGTH > 4 && HEADS <= 4) {
        max = max.max(max.rearrange(BY_4));
      }
      if (LENGTH > 2 && HEADS <= 2) {
        max = max.max(max.rearrange(BY_2));
      }
    }
    // Rows of only -inf: exponentials of -inf - 0 are 0.
    max = max.blend(zero, max.compare(VectorOperators.EQ, lowest));
    FloatVector sum = zero;
    for (long p = x; p != last; p += BYTES) {
      VectorMask<Float> mask = SPECIES.indexInRange(0, stop - p >> 2);
      FloatVector a = FloatVector.fromMemorySegment(SPECIES, ALL, address(p), ORDER, mask);
      FloatVector e = VectorExp.exp(a.sub(max));
      e.intoMemorySegment(ALL, address(p + toOut), ORDER, mask);
      sum = sum.add(zero.blend(e, mask));
    }
    if (HEADS == 1) {
      sum = FloatVector.broadcast(SPECIES, VectorMessage.sum(sum));
    } else {
      if (LENGTH > 8 && HEADS <= 8) {
        sum = sum.add(sum.rearrange(BY_8));
      }
      if (LENGTH > 4 && HEADS <= 4) {
        sum = sum.add(sum.rearrange(BY_4));
      }
      if (LENGTH > 2 && HEADS <= 2) {
        sum = sum.add(sum.rearrange(BY_2));
      }
    }
    FloatVector scale = one.div(sum.blend(one, sum.compare(VectorOperators.EQ, zero)));
    for (long p = x; p != last; p += BYTES) {
      VectorMask<Float> mask = SPECIES.indexInRange(0, stop - p >> 2);
      long at = address(p + toOut);
      FloatVector e = FloatVector.fromMemorySegment(SPECIES, ALL, at, ORDER, mask);
      e.mul(scale).intoMemorySegment(ALL, at, ORDER, mask);
    }
  }

  private static void gather(RowTask t, int begin, int end, long to) {
    for (int i = begin; i < end; i++) {
      long from = address(t.lhs() + 4L * getInt(t.edgeIds() + 4L * i) * HEADS);
      copy(from, to + 4L * (i - begin) * HEADS);
    }
  }

  private static void scatter(RowTask t, int begin, int end, long from) {
    for (int i = begin; i < end; i++) {
      long to = address(t.out() + 4L * getInt(t.edgeIds() + 4L * i) * HEADS);
      copy(from + 4L * (i - begin) * HEADS, to);
    }
  }

  private static void copy(long from, long to) {
    for (int h = 0; h + 2 <= HEADS; h += 2) {
      putLong(to + 4L * h, getLong(from + 4L * h));
    }
    if (HEADS == 1) {
      putFloat(to, getFloat(from));
    }
  }
}
