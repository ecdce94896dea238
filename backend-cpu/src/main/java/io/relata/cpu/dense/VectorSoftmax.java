package io.relata.cpu.dense;

import static io.relata.cpu.Native.ALL;
import static io.relata.cpu.dense.VectorMath.F;
import static io.relata.cpu.dense.VectorMath.LANES;

import io.relata.cpu.Native;
import io.relata.cpu.Specialized;
import java.lang.invoke.MethodHandles;
import java.nio.ByteOrder;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorMask;

/** Template: softmax of FLOAT32 rows in vectors, or its logarithm, and the gradients. */
final class VectorSoftmax implements Loops.Softmax {
  private static final boolean LOGARITHM =
      Specialized.parameters(MethodHandles.lookup(), Kind.class).logarithm();
  private static final ByteOrder ORDER = ByteOrder.nativeOrder();

  /** What a copy is for. */
  record Kind(boolean logarithm) {}

  @Override
  public void forward(long x, long rows, long n, long out) {
    for (long r = 0; r < rows; r++) {
      long at = r * n * Float.BYTES;
      float max = largest(x + at, n);
      if (max == Float.NEGATIVE_INFINITY) {
        constant(out + at, n, LOGARITHM ? Float.NEGATIVE_INFINITY : 0f);
      } else if (LOGARITHM) {
        float sum = exponentials(x + at, n, max, 0);
        shift(x + at, n, max, (float) Math.log(sum), out + at);
      } else {
        float sum = exponentials(x + at, n, max, out + at);
        scale(out + at, n, 1 / sum);
      }
    }
  }

  @Override
  public void sums(long x, long rows, long n, long out) {
    for (long r = 0; r < rows; r++) {
      long at = x + r * n * Float.BYTES;
      float max = largest(at, n);
      float sum = max == Float.NEGATIVE_INFINITY ? 1 : total(at, n, max);
      Native.putFloat(out + 8 * r, max);
      Native.putFloat(out + 8 * r + 4, (float) Math.log(sum));
    }
  }

  private static float total(long x, long n, float max) {
    FloatVector sum = FloatVector.zero(F);
    long i = 0;
    for (; i <= n - LANES; i += LANES) {
      FloatVector v = FloatVector.fromMemorySegment(F, ALL, x + i * Float.BYTES, ORDER);
      sum = sum.add(VectorMath.exp(v.sub(max)));
    }
    if (i < n) {
      VectorMask<Float> mask = mask(i, n);
      FloatVector e = VectorMath.exp(load(x, i, mask).sub(max));
      sum = sum.add(FloatVector.zero(F).blend(e, mask));
    }
    return VectorMath.sum(sum);
  }

  @Override
  public void shares(long x, long sums, long scale, long rows, long n, long out) {
    for (long r = 0; r < rows; r++) {
      long at = r * n * Float.BYTES;
      float max = Native.getFloat(sums + 8 * r);
      if (max == Float.NEGATIVE_INFINITY) {
        constant(out + at, n, 0f);
      } else {
        float log = Native.getFloat(sums + 8 * r + 4);
        shares(x + at, n, max, log, Native.getFloat(scale + 4 * r), out + at);
      }
    }
  }

  private static void shares(long x, long n, float max, float log, float scale, long out) {
    long i = 0;
    for (; i <= n - LANES; i += LANES) {
      FloatVector v = FloatVector.fromMemorySegment(F, ALL, x + i * Float.BYTES, ORDER);
      FloatVector e = VectorMath.exp(v.sub(max).sub(log)).mul(scale);
      e.intoMemorySegment(ALL, out + i * Float.BYTES, ORDER);
    }
    if (i < n) {
      VectorMask<Float> mask = mask(i, n);
      store(VectorMath.exp(load(x, i, mask).sub(max).sub(log)).mul(scale), out, i, mask);
    }
  }

  private static VectorMask<Float> mask(long i, long n) {
    return F.indexInRange(i, n);
  }

  private static FloatVector load(long base, long i, VectorMask<Float> mask) {
    return FloatVector.fromMemorySegment(F, ALL, base + i * Float.BYTES, ORDER, mask);
  }

  private static void store(FloatVector v, long base, long i, VectorMask<Float> mask) {
    v.intoMemorySegment(ALL, base + i * Float.BYTES, ORDER, mask);
  }

  private static float largest(long x, long n) {
    FloatVector none = FloatVector.broadcast(F, Float.NEGATIVE_INFINITY);
    FloatVector max = none;
    long i = 0;
    for (; i <= n - LANES; i += LANES) {
      max = max.max(FloatVector.fromMemorySegment(F, ALL, x + i * Float.BYTES, ORDER));
    }
    if (i < n) {
      VectorMask<Float> mask = mask(i, n);
      max = max.max(none.blend(load(x, i, mask), mask));
    }
    return VectorMath.max(max);
  }

  /** Sum of e^(x - max); each term is also stored at {@code out} unless that is 0. */
  private static float exponentials(long x, long n, float max, long out) {
    FloatVector sum = FloatVector.zero(F);
    long i = 0;
    for (; i <= n - LANES; i += LANES) {
      FloatVector v = FloatVector.fromMemorySegment(F, ALL, x + i * Float.BYTES, ORDER);
      FloatVector e = VectorMath.exp(v.sub(max));
      if (!LOGARITHM) {
        e.intoMemorySegment(ALL, out + i * Float.BYTES, ORDER);
      }
      sum = sum.add(e);
    }
    if (i < n) {
      VectorMask<Float> mask = mask(i, n);
      FloatVector e = VectorMath.exp(load(x, i, mask).sub(max));
      if (!LOGARITHM) {
        store(e, out, i, mask);
      }
      sum = sum.add(FloatVector.zero(F).blend(e, mask));
    }
    return VectorMath.sum(sum);
  }

  private static void shift(long x, long n, float max, float log, long out) {
    for (long i = 0; i < n; i += LANES) {
      VectorMask<Float> mask = mask(i, n);
      store(load(x, i, mask).sub(max).sub(log), out, i, mask);
    }
  }

  private static void scale(long x, long n, float factor) {
    for (long i = 0; i < n; i += LANES) {
      VectorMask<Float> mask = mask(i, n);
      store(load(x, i, mask).mul(factor), x, i, mask);
    }
  }

  private static void constant(long out, long n, float value) {
    for (long i = 0; i < n; i += LANES) {
      store(FloatVector.broadcast(F, value), out, i, mask(i, n));
    }
  }

  @Override
  public void backward(long y, long gradient, long rows, long n, long out) {
    for (long r = 0; r < rows; r++) {
      long at = r * n * Float.BYTES;
      float sum = weighted(y + at, gradient + at, n);
      for (long i = 0; i < n; i += LANES) {
        VectorMask<Float> mask = mask(i, n);
        FloatVector v = load(y + at, i, mask);
        FloatVector g = load(gradient + at, i, mask);
        FloatVector d = LOGARITHM ? g.sub(VectorMath.exp(v).mul(sum)) : v.mul(g.sub(sum));
        store(d, out + at, i, mask);
      }
    }
  }

  private static float weighted(long y, long gradient, long n) {
    FloatVector sum = FloatVector.zero(F);
    long i = 0;
    for (; i <= n - LANES; i += LANES) {
      FloatVector g = FloatVector.fromMemorySegment(F, ALL, gradient + i * Float.BYTES, ORDER);
      FloatVector v = FloatVector.fromMemorySegment(F, ALL, y + i * Float.BYTES, ORDER);
      sum = LOGARITHM ? sum.add(g) : g.fma(v, sum);
    }
    if (i < n) {
      VectorMask<Float> mask = mask(i, n);
      FloatVector g = load(gradient, i, mask);
      sum = LOGARITHM ? sum.add(g) : g.fma(load(y, i, mask), sum);
    }
    return VectorMath.sum(sum);
  }
}
