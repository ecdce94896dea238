package io.relata.cpu.graph;

import static io.relata.cpu.Native.getFloat;
import static io.relata.cpu.Native.getInt;
import static io.relata.cpu.Native.putFloat;
import static io.relata.cpu.graph.VectorMessage.LENGTH;
import static io.relata.cpu.graph.VectorMessage.ORDER;
import static io.relata.cpu.graph.VectorMessage.SPECIES;

import io.relata.cpu.Native;
import io.relata.cpu.Specialized;
import java.lang.invoke.MethodHandles;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorMask;
import jdk.incubator.vector.VectorOperators;
import jdk.incubator.vector.VectorShuffle;

/**
 * Template of the softmax over the edges of each row with vectors, FLOAT32, for numbers of heads
 * that do not divide the lanes (the others have {@link VectorFoldedSoftmax}), and of its gradient
 * for all, where the copy has a right operand. A row's numbers are gathered into a scratch block
 * unless they lie together already. In the gradient with a number of heads that divides the lanes,
 * vectors run over the block as it is and lanes of one head are folded at the end, always in the
 * same order; otherwise lanes are heads and vectors run over the edges.
 */
final class VectorEdgeSoftmax implements RowLoop {
  private static final LoopSpec SPEC =
      Specialized.parameters(MethodHandles.lookup(), LoopSpec.class);
  private static final boolean IDENTITY = SPEC.identity();
  private static final boolean GRADIENT = SPEC.rhs() != null;

  /** Number of heads where it divides the lanes, else 0. */
  private static final int PERIOD = SPEC.lanes().stride();

  private static final VectorMask<Float> HEADS = SPECIES.indexInRange(0, PERIOD);
  private static final VectorShuffle<Float> BY_8 = rotation(8);
  private static final VectorShuffle<Float> BY_4 = rotation(4);
  private static final VectorShuffle<Float> BY_2 = rotation(2);
  private static final VectorShuffle<Float> BY_1 = rotation(1);

  private static VectorShuffle<Float> rotation(int by) {
    return VectorShuffle.fromOp(SPECIES, i -> (i + by) % LENGTH);
  }

  @Override
  public void run(RowTask t, int column, int from, int to) {
    int heads = t.outSize();
    for (int v = from; v < to; v++) {
      int begin = getInt(t.offsets() + 4L * v);
      int end = getInt(t.offsets() + 4L * v + 4);
      if (begin == end) {
        continue;
      }
      int n = (end - begin) * heads;
      long x;
      long y;
      long out;
      if (IDENTITY) {
        long at = 4L * begin * heads;
        x = t.lhs() + at;
        y = t.rhs() + at;
        out = t.out() + at;
      } else {
        long bytes = 4L * n;
        x = RowScratch.block(2 * bytes);
        y = x + bytes;
        out = x;
        gather(t, t.lhs(), begin, end, x);
        if (GRADIENT) {
          gather(t, t.rhs(), begin, end, y);
        }
      }
      if (PERIOD > 0) {
        foldedGradient(x, y, out, n);
      } else {
        for (int h = 0; h < heads; h += LENGTH) {
          VectorMask<Float> mask = SPECIES.indexInRange(h, heads);
          long at = 4L * h;
          if (GRADIENT) {
            gradient(x + at, y + at, out + at, end - begin, heads, mask);
          } else {
            softmax(x + at, out + at, end - begin, heads, mask);
          }
        }
      }
      if (!IDENTITY) {
        scatter(t, out, begin, end);
      }
    }
  }

  private static void foldedGradient(long y, long g, long out, int n) {
    int whole = n - n % LENGTH;
    VectorMask<Float> tail = SPECIES.indexInRange(whole, n);
    FloatVector sum = FloatVector.zero(SPECIES);
    for (int j = 0; j < whole; j += LENGTH) {
      sum =
          sum.add(
              VectorMessage.load(false, tail, y + 4L * j)
                  .mul(VectorMessage.load(false, tail, g + 4L * j)));
    }
    if (whole < n) {
      sum =
          sum.add(
              VectorMessage.load(true, tail, y + 4L * whole)
                  .mul(VectorMessage.load(true, tail, g + 4L * whole)));
    }
    sum = foldSum(sum);
    for (int j = 0; j < whole; j += LENGTH) {
      FloatVector d = VectorMessage.load(false, tail, g + 4L * j).sub(sum);
      FloatVector a = VectorMessage.load(false, tail, y + 4L * j).mul(d);
      VectorMessage.store(false, tail, out + 4L * j, a);
    }
    if (whole < n) {
      FloatVector d = VectorMessage.load(true, tail, g + 4L * whole).sub(sum);
      FloatVector a = VectorMessage.load(true, tail, y + 4L * whole).mul(d);
      VectorMessage.store(true, tail, out + 4L * whole, a);
    }
  }

  private static void softmax(long x, long out, int edges, int heads, VectorMask<Float> mask) {
    FloatVector max = FloatVector.broadcast(SPECIES, Float.NEGATIVE_INFINITY);
    for (int i = 0; i < edges; i++) {
      max = larger(max, VectorMessage.load(true, mask, x + 4L * i * heads));
    }
    max = finite(max);
    FloatVector sum = FloatVector.zero(SPECIES);
    for (int i = 0; i < edges; i++) {
      long at = 4L * i * heads;
      FloatVector e = VectorExp.exp(VectorMessage.load(true, mask, x + at).sub(max));
      VectorMessage.store(true, mask, out + at, e);
      sum = sum.add(e);
    }
    sum = reciprocal(sum);
    for (int i = 0; i < edges; i++) {
      long at = out + 4L * i * heads;
      VectorMessage.store(true, mask, at, VectorMessage.load(true, mask, at).mul(sum));
    }
  }

  private static void gradient(
      long y, long g, long out, int edges, int heads, VectorMask<Float> mask) {
    FloatVector sum = FloatVector.zero(SPECIES);
    for (int i = 0; i < edges; i++) {
      long at = 4L * i * heads;
      sum =
          sum.add(
              VectorMessage.load(true, mask, y + at).mul(VectorMessage.load(true, mask, g + at)));
    }
    for (int i = 0; i < edges; i++) {
      long at = 4L * i * heads;
      FloatVector d = VectorMessage.load(true, mask, g + at).sub(sum);
      VectorMessage.store(true, mask, out + at, VectorMessage.load(true, mask, y + at).mul(d));
    }
  }

  /** A NaN is passed over here and comes back with the exponential. */
  private static FloatVector larger(FloatVector a, FloatVector b) {
    return a.blend(b, b.compare(VectorOperators.GT, a));
  }

  /** What to subtract: 0 for rows of only -inf. */
  private static FloatVector finite(FloatVector max) {
    return max.blend(
        FloatVector.zero(SPECIES), max.compare(VectorOperators.EQ, Float.NEGATIVE_INFINITY));
  }

  /** What to multiply by: 1 for rows of only -inf, whose exponentials are 0. */
  private static FloatVector reciprocal(FloatVector sum) {
    FloatVector one = FloatVector.broadcast(SPECIES, 1f);
    return one.div(sum.blend(one, sum.compare(VectorOperators.EQ, 0f)));
  }

  /** Every lane the sum of its head's lanes. */
  private static FloatVector foldSum(FloatVector x) {
    FloatVector a = x;
    if (LENGTH > 8 && PERIOD <= 8) {
      a = a.add(a.rearrange(BY_8));
    }
    if (LENGTH > 4 && PERIOD <= 4) {
      a = a.add(a.rearrange(BY_4));
    }
    if (LENGTH > 2 && PERIOD <= 2) {
      a = a.add(a.rearrange(BY_2));
    }
    if (PERIOD == 1) {
      a = a.add(a.rearrange(BY_1));
    }
    return a;
  }

  private static void gather(RowTask t, long from, int begin, int end, long to) {
    int heads = t.outSize();
    for (int i = begin; i < end; i++) {
      long x = from + 4L * getInt(t.edgeIds() + 4L * i) * heads;
      copy(x, to + 4L * (i - begin) * heads, heads);
    }
  }

  private static void scatter(RowTask t, long from, int begin, int end) {
    int heads = t.outSize();
    for (int i = begin; i < end; i++) {
      long y = t.out() + 4L * getInt(t.edgeIds() + 4L * i) * heads;
      copy(from + 4L * (i - begin) * heads, y, heads);
    }
  }

  private static void copy(long from, long to, int heads) {
    if (PERIOD == 1) {
      putFloat(to, getFloat(from));
    } else if (PERIOD > 0) {
      FloatVector x = FloatVector.fromMemorySegment(SPECIES, Native.ALL, from, ORDER, HEADS);
      x.intoMemorySegment(Native.ALL, to, ORDER, HEADS);
    } else {
      for (int h = 0; h < heads; h++) {
        putFloat(to + 4L * h, getFloat(from + 4L * h));
      }
    }
  }
}
