package io.relata.cpu.dense;

import static io.relata.cpu.Native.ALL;
import static io.relata.cpu.dense.VectorMath.F;
import static io.relata.cpu.dense.VectorMath.LANES;

import io.relata.cpu.Specialized;
import io.relata.spi.UnaryOp;
import java.lang.invoke.MethodHandles;
import java.nio.ByteOrder;
import java.util.EnumSet;
import java.util.Set;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorMask;
import jdk.incubator.vector.VectorOperators;

/** Template: an elementwise function of FLOAT32 in vectors. */
final class VectorUnary implements Loops.Unary {
  private static final UnaryOp OP = Specialized.parameters(MethodHandles.lookup(), Kind.class).op();
  private static final boolean FUNCTION =
      OP.compareTo(UnaryOp.EXP) >= 0 && OP.compareTo(UnaryOp.ERF) <= 0;
  private static final ByteOrder ORDER = ByteOrder.nativeOrder();

  /** What a copy is for. */
  record Kind(UnaryOp op) {
    private static final Set<UnaryOp> PLAIN_ONLY =
        EnumSet.of(
            UnaryOp.SIGN,
            UnaryOp.SIN,
            UnaryOp.COS,
            UnaryOp.ERF,
            UnaryOp.FLOOR,
            UnaryOp.CEIL,
            UnaryOp.ROUND,
            UnaryOp.POW,
            UnaryOp.RPOW);

    /** Whether there is a vector form. */
    static boolean covers(UnaryOp op) {
      return !PLAIN_ONLY.contains(op);
    }
  }

  @Override
  public void run(long x, long out, long n, double a, double b) {
    FloatVector va = FloatVector.broadcast(F, (float) a);
    FloatVector vb = FloatVector.broadcast(F, (float) b);
    long bytes = n * Float.BYTES;
    long step = (long) LANES * Float.BYTES;
    long i = 0;
    for (; i <= bytes - step; i += step) {
      FloatVector v = FloatVector.fromMemorySegment(F, ALL, x + i, ORDER);
      apply(v, va, vb).intoMemorySegment(ALL, out + i, ORDER);
    }
    if (i < bytes) {
      VectorMask<Float> rest = F.indexInRange(0, (bytes - i) / Float.BYTES);
      FloatVector v = FloatVector.fromMemorySegment(F, ALL, x + i, ORDER, rest);
      apply(v, va, vb).intoMemorySegment(ALL, out + i, ORDER, rest);
    }
  }

  private static FloatVector apply(FloatVector x, FloatVector a, FloatVector b) {
    return FUNCTION ? function(x) : arithmetic(x, a, b);
  }

  private static FloatVector function(FloatVector x) {
    if (OP == UnaryOp.EXP) {
      return VectorMath.exp(x);
    }
    if (OP == UnaryOp.EXPM1) {
      return VectorMath.expm1(x);
    }
    if (OP == UnaryOp.LOG) {
      return VectorMath.log(x);
    }
    if (OP == UnaryOp.LOG1P) {
      return VectorMath.log1p(x);
    }
    if (OP == UnaryOp.TANH) {
      return VectorMath.tanh(x);
    }
    if (OP == UnaryOp.SIGMOID) {
      return VectorMath.sigmoid(x);
    }
    return VectorMath.softplus(x);
  }

  private static FloatVector arithmetic(FloatVector x, FloatVector a, FloatVector b) {
    if (OP == UnaryOp.NEG) {
      return x.neg();
    }
    if (OP == UnaryOp.ABS) {
      return x.abs();
    }
    if (OP == UnaryOp.SQUARE) {
      return x.mul(x);
    }
    if (OP == UnaryOp.SQRT) {
      return x.sqrt();
    }
    if (OP == UnaryOp.RSQRT) {
      return FloatVector.broadcast(F, 1f).div(x.sqrt());
    }
    if (OP == UnaryOp.RECIPROCAL) {
      return FloatVector.broadcast(F, 1f).div(x);
    }
    if (OP == UnaryOp.AFFINE) {
      return x.fma(a, b);
    }
    return OP == UnaryOp.RDIV ? a.div(x) : piecewise(x, a, b);
  }

  private static FloatVector piecewise(FloatVector x, FloatVector a, FloatVector b) {
    if (OP == UnaryOp.RELU) {
      return x.blend(0f, x.compare(VectorOperators.LE, 0f));
    }
    if (OP == UnaryOp.LEAKY_RELU) {
      return a.mul(x).blend(x, x.compare(VectorOperators.GT, 0f));
    }
    if (OP == UnaryOp.ELU) {
      return a.mul(VectorMath.expm1(x)).blend(x, x.compare(VectorOperators.GT, 0f));
    }
    FloatVector low = x.blend(a, x.compare(VectorOperators.LT, a));
    return low.blend(b, low.compare(VectorOperators.GT, b));
  }
}
