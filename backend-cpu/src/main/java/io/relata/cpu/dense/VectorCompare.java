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

/** Template: a comparison of FLOAT32 arrays to BOOL; eight answers are written at once. */
final class VectorCompare implements Loops.Binary {
  private static final Kind KIND = Specialized.parameters(MethodHandles.lookup(), Kind.class);
  private static final VectorOperators.Comparison OP =
      switch (KIND.op()) {
        case EQ -> VectorOperators.EQ;
        case NE -> VectorOperators.NE;
        case LT -> VectorOperators.LT;
        case LE -> VectorOperators.LE;
        case GT -> VectorOperators.GT;
        case GE -> VectorOperators.GE;
        default -> throw new IllegalArgumentException(KIND.toString());
      };
  private static final ByteOrder ORDER = ByteOrder.nativeOrder();

  /** A bit of every byte. */
  private static final long BYTES = 0x0101_0101_0101_0101L;

  /** What a copy is for. */
  record Kind(BinaryOp op) {
    /** Whether there is a vector form. */
    static boolean covers(BinaryOp op) {
      return LANES >= 8 && op.compareTo(BinaryOp.EQ) >= 0 && op.compareTo(BinaryOp.GE) <= 0;
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
    for (long r = 0; r < rows; r++) {
      row(x + r * xRow * Float.BYTES, xStep, y + r * yRow * Float.BYTES, yStep, out + r * n, n);
    }
  }

  private static void row(long x, int xStep, long y, int yStep, long out, long n) {
    FloatVector v = FloatVector.broadcast(F, Native.getFloat(x));
    FloatVector w = FloatVector.broadcast(F, Native.getFloat(y));
    long i = 0;
    for (; i + LANES <= n; i += LANES) {
      if (xStep != 0) {
        v = FloatVector.fromMemorySegment(F, ALL, x + i * Float.BYTES, ORDER);
      }
      if (yStep != 0) {
        w = FloatVector.fromMemorySegment(F, ALL, y + i * Float.BYTES, ORDER);
      }
      long answers = v.compare(OP, w).toLong();
      for (int k = 0; k < LANES; k += 8) {
        Native.putLong(out + i + k, Long.expand(answers >>> k & 0xFF, BYTES));
      }
    }
    if (i < n) {
      VectorMask<Float> rest = F.indexInRange(i, n);
      if (xStep != 0) {
        v = FloatVector.fromMemorySegment(F, ALL, x + i * Float.BYTES, ORDER, rest);
      }
      if (yStep != 0) {
        w = FloatVector.fromMemorySegment(F, ALL, y + i * Float.BYTES, ORDER, rest);
      }
      long answers = v.compare(OP, w).toLong();
      for (; i < n; i++, answers >>>= 1) {
        Elements.setBool(out, i, (answers & 1) != 0);
      }
    }
  }
}
