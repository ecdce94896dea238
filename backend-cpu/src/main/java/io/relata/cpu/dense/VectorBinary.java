package io.relata.cpu.dense;

import static io.relata.cpu.Native.ALL;
import static io.relata.cpu.dense.VectorMath.F;
import static io.relata.cpu.dense.VectorMath.LANES;

import io.relata.cpu.Native;
import io.relata.cpu.Specialized;
import io.relata.spi.BinaryOp;
import java.lang.invoke.MethodHandles;
import java.nio.ByteOrder;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorMask;
import jdk.incubator.vector.VectorOperators;

/** Template: an elementwise function of two FLOAT32 arrays in vectors. */
final class VectorBinary implements Loops.Binary {
  private static final BinaryOp OP =
      Specialized.parameters(MethodHandles.lookup(), Kind.class).op();
  private static final boolean GRADIENT = OP.compareTo(BinaryOp.RELU_GRAD) >= 0;
  private static final ByteOrder ORDER = ByteOrder.nativeOrder();

  /** What a copy is for. */
  record Kind(BinaryOp op) {
    /** Whether there is a vector form. */
    static boolean covers(BinaryOp op) {
      return op != BinaryOp.POW && !op.isComparison();
    }
  }

  @Override
  public void run(
      long x,
      long xRow,
      int xStep,
      long y,
      long yRow,
      int yStep,
      long out,
      long rows,
      long n,
      double a) {
    FloatVector va = FloatVector.broadcast(F, (float) a);
    for (long r = 0; r < rows; r++) {
      long left = x + r * xRow * Float.BYTES;
      long right = y + r * yRow * Float.BYTES;
      long target = out + r * n * Float.BYTES;
      if (yStep == 0) {
        rightOne(left, xStep, right, target, n, va);
      } else if (xStep == 0) {
        leftOne(left, right, target, n, va);
      } else {
        both(left, right, target, n, va);
      }
    }
  }

  private static void both(long x, long y, long out, long n, FloatVector a) {
    long bytes = n * Float.BYTES;
    long step = (long) LANES * Float.BYTES;
    long i = 0;
    for (; i <= bytes - step; i += step) {
      FloatVector v = FloatVector.fromMemorySegment(F, ALL, x + i, ORDER);
      FloatVector w = FloatVector.fromMemorySegment(F, ALL, y + i, ORDER);
      apply(v, w, a).intoMemorySegment(ALL, out + i, ORDER);
    }
    if (i < bytes) {
      VectorMask<Float> rest = F.indexInRange(0, (bytes - i) / Float.BYTES);
      FloatVector v = FloatVector.fromMemorySegment(F, ALL, x + i, ORDER, rest);
      FloatVector w = FloatVector.fromMemorySegment(F, ALL, y + i, ORDER, rest);
      apply(v, w, a).intoMemorySegment(ALL, out + i, ORDER, rest);
    }
  }

  private static void leftOne(long x, long y, long out, long n, FloatVector a) {
    FloatVector v = FloatVector.broadcast(F, Native.getFloat(x));
    long bytes = n * Float.BYTES;
    long step = (long) LANES * Float.BYTES;
    long i = 0;
    for (; i <= bytes - step; i += step) {
      FloatVector w = FloatVector.fromMemorySegment(F, ALL, y + i, ORDER);
      apply(v, w, a).intoMemorySegment(ALL, out + i, ORDER);
    }
    if (i < bytes) {
      VectorMask<Float> rest = F.indexInRange(0, (bytes - i) / Float.BYTES);
      FloatVector w = FloatVector.fromMemorySegment(F, ALL, y + i, ORDER, rest);
      apply(v, w, a).intoMemorySegment(ALL, out + i, ORDER, rest);
    }
  }

  private static void rightOne(long x, int xStep, long y, long out, long n, FloatVector a) {
    FloatVector w = FloatVector.broadcast(F, Native.getFloat(y));
    FloatVector one = FloatVector.broadcast(F, Native.getFloat(x));
    long bytes = n * Float.BYTES;
    long step = (long) LANES * Float.BYTES;
    long i = 0;
    for (; i <= bytes - step; i += step) {
      FloatVector v = xStep == 0 ? one : FloatVector.fromMemorySegment(F, ALL, x + i, ORDER);
      apply(v, w, a).intoMemorySegment(ALL, out + i, ORDER);
    }
    if (i < bytes) {
      VectorMask<Float> rest = F.indexInRange(0, (bytes - i) / Float.BYTES);
      FloatVector v = xStep == 0 ? one : FloatVector.fromMemorySegment(F, ALL, x + i, ORDER, rest);
      apply(v, w, a).intoMemorySegment(ALL, out + i, ORDER, rest);
    }
  }

  private static FloatVector apply(FloatVector x, FloatVector y, FloatVector a) {
    return GRADIENT ? gradient(x, y, a) : arithmetic(x, y);
  }

  private static FloatVector arithmetic(FloatVector x, FloatVector y) {
    if (OP == BinaryOp.ADD) {
      return x.add(y);
    }
    if (OP == BinaryOp.SUB) {
      return x.sub(y);
    }
    if (OP == BinaryOp.MUL) {
      return x.mul(y);
    }
    if (OP == BinaryOp.DIV) {
      return x.div(y);
    }
    return OP == BinaryOp.MAX ? x.max(y) : x.min(y);
  }

  private static FloatVector gradient(FloatVector x, FloatVector y, FloatVector a) {
    if (OP == BinaryOp.RELU_GRAD) {
      return FloatVector.zero(F).blend(x, y.compare(VectorOperators.GT, 0f));
    }
    if (OP == BinaryOp.LEAKY_RELU_GRAD) {
      return x.mul(a).blend(x, y.compare(VectorOperators.GT, 0f));
    }
    if (OP == BinaryOp.ELU_GRAD) {
      return x.mul(y.add(a)).blend(x, y.compare(VectorOperators.GT, 0f));
    }
    FloatVector one = FloatVector.broadcast(F, 1f);
    return OP == BinaryOp.SIGMOID_GRAD ? x.mul(y).mul(one.sub(y)) : x.mul(one.sub(y.mul(y)));
  }
}
