package io.relata.cpu.dense;

import static io.relata.cpu.Native.ALL;
import static io.relata.cpu.dense.VectorMath.F;
import static io.relata.cpu.dense.VectorMath.LANES;

import io.relata.cpu.Native;
import io.relata.cpu.Specialized;
import io.relata.spi.ReduceOp;
import java.lang.invoke.MethodHandles;
import java.nio.ByteOrder;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorMask;

/**
 * Template: sums, products and extremes of FLOAT32 in vectors. A long row is summed in blocks, each
 * in four vectors that hold few terms a lane, and the blocks in doubles.
 */
final class VectorReduce implements Loops.Reduce {
  private static final ReduceOp OP =
      Specialized.parameters(MethodHandles.lookup(), Kind.class).op();
  private static final ByteOrder ORDER = ByteOrder.nativeOrder();
  private static final float START =
      OP == ReduceOp.SUM
          ? 0f
          : OP == ReduceOp.PROD
              ? 1f
              : OP == ReduceOp.MAX ? Float.NEGATIVE_INFINITY : Float.POSITIVE_INFINITY;
  private static final long BYTES = (long) LANES * Float.BYTES;

  /** Elements of one block. */
  private static final long BLOCK = 2_048;

  /** What a copy is for. */
  record Kind(ReduceOp op) {}

  @Override
  public void rows(long x, long rows, long n, long stride, long out, long[] partial, int at) {
    for (long r = 0; r < rows; r++) {
      long row = x + r * stride * Float.BYTES;
      double result = n <= BLOCK ? block(row, n) : START;
      for (long i = 0; n > BLOCK && i < n; i += BLOCK) {
        result = combine(result, block(row + i * Float.BYTES, Math.min(BLOCK, n - i)));
      }
      if (partial == null) {
        Native.putFloat(out + r * Float.BYTES, (float) result);
      } else {
        partial[at + (int) r] = Double.doubleToRawLongBits(result);
      }
    }
  }

  private static float block(long x, long n) {
    FloatVector a = FloatVector.broadcast(F, START);
    FloatVector b = a;
    FloatVector c = a;
    FloatVector d = a;
    long end = x + n * Float.BYTES;
    for (; x <= end - 4 * BYTES; x += 4 * BYTES) {
      a = combine(a, FloatVector.fromMemorySegment(F, ALL, x, ORDER));
      b = combine(b, FloatVector.fromMemorySegment(F, ALL, x + BYTES, ORDER));
      c = combine(c, FloatVector.fromMemorySegment(F, ALL, x + 2 * BYTES, ORDER));
      d = combine(d, FloatVector.fromMemorySegment(F, ALL, x + 3 * BYTES, ORDER));
    }
    for (; x <= end - BYTES; x += BYTES) {
      a = combine(a, FloatVector.fromMemorySegment(F, ALL, x, ORDER));
    }
    if (x < end) {
      VectorMask<Float> rest = F.indexInRange(0, (end - x) / Float.BYTES);
      FloatVector v = FloatVector.fromMemorySegment(F, ALL, x, ORDER, rest);
      b = combine(b, FloatVector.broadcast(F, START).blend(v, rest));
    }
    return lanes(combine(combine(a, b), combine(c, d)));
  }

  private static float lanes(FloatVector v) {
    if (OP == ReduceOp.SUM) {
      return VectorMath.sum(v);
    }
    if (OP == ReduceOp.PROD) {
      return VectorMath.product(v);
    }
    return OP == ReduceOp.MAX ? VectorMath.max(v) : VectorMath.min(v);
  }

  @Override
  public void columns(long x, long n, long stride, int width, long out, long[] partial, int at) {
    int j = 0;
    for (; j <= width - 4 * LANES; j += 4 * LANES) {
      wide(x + (long) j * Float.BYTES, n, stride, out + (long) j * Float.BYTES, partial, at + j);
    }
    for (; j < width; j += LANES) {
      VectorMask<Float> mask = F.indexInRange(0, width - j);
      long from = x + (long) j * Float.BYTES;
      FloatVector a = FloatVector.broadcast(F, START);
      for (long r = 0; r < n; r++, from += stride * Float.BYTES) {
        a = combine(a, FloatVector.fromMemorySegment(F, ALL, from, ORDER, mask));
      }
      store(a, mask, out + (long) j * Float.BYTES, partial, at + j, Math.min(LANES, width - j));
    }
  }

  private static void wide(long x, long n, long stride, long out, long[] partial, int at) {
    FloatVector a = FloatVector.broadcast(F, START);
    FloatVector b = a;
    FloatVector c = a;
    FloatVector d = a;
    for (long r = 0; r < n; r++, x += stride * Float.BYTES) {
      a = combine(a, FloatVector.fromMemorySegment(F, ALL, x, ORDER));
      b = combine(b, FloatVector.fromMemorySegment(F, ALL, x + BYTES, ORDER));
      c = combine(c, FloatVector.fromMemorySegment(F, ALL, x + 2 * BYTES, ORDER));
      d = combine(d, FloatVector.fromMemorySegment(F, ALL, x + 3 * BYTES, ORDER));
    }
    VectorMask<Float> all = F.maskAll(true);
    store(a, all, out, partial, at, LANES);
    store(b, all, out + BYTES, partial, at + LANES, LANES);
    store(c, all, out + 2 * BYTES, partial, at + 2 * LANES, LANES);
    store(d, all, out + 3 * BYTES, partial, at + 3 * LANES, LANES);
  }

  private static void store(
      FloatVector v, VectorMask<Float> mask, long out, long[] partial, int at, int count) {
    if (partial == null) {
      v.intoMemorySegment(ALL, out, ORDER, mask);
    } else {
      float[] lanes = v.toArray();
      for (int i = 0; i < count; i++) {
        partial[at + i] = Double.doubleToRawLongBits(lanes[i]);
      }
    }
  }

  @Override
  public void merge(long[] partial, int at, int pieces, int stride, int count, long out) {
    for (int j = 0; j < count; j++) {
      double result = START;
      for (int p = 0; p < pieces; p++) {
        result = combine(result, Double.longBitsToDouble(partial[at + p * stride + j]));
      }
      Native.putFloat(out + (long) j * Float.BYTES, (float) result);
    }
  }

  private static FloatVector combine(FloatVector x, FloatVector y) {
    if (OP == ReduceOp.SUM) {
      return x.add(y);
    }
    if (OP == ReduceOp.PROD) {
      return x.mul(y);
    }
    return OP == ReduceOp.MAX ? x.max(y) : x.min(y);
  }

  private static double combine(double x, double y) {
    if (OP == ReduceOp.SUM) {
      return x + y;
    }
    if (OP == ReduceOp.PROD) {
      return x * y;
    }
    return OP == ReduceOp.MAX ? Math.max(x, y) : Math.min(x, y);
  }
}
