package io.relata.cpu.dense;

import static io.relata.cpu.Native.ALL;
import static io.relata.cpu.dense.VectorMath.F;
import static io.relata.cpu.dense.VectorMath.LANES;

import io.relata.DType;
import io.relata.cpu.Native;
import java.nio.ByteOrder;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorMask;

/** Takes each four-byte element from one of two rows, as a condition says, in vectors. */
final class VectorChoose {
  /** Whether vectors are as long as the loop needs. */
  static final boolean RUNS = LANES >= 8;

  private static final ByteOrder ORDER = ByteOrder.nativeOrder();

  /** A bit of every byte. */
  private static final long BYTES = 0x0101_0101_0101_0101L;

  private VectorChoose() {}

  /** See {@link Choosing.Row}; a condition for every element. */
  static void row(
      long condition, int cStep, long x, int xStep, long y, int yStep, long out, long n) {
    FloatVector v = FloatVector.broadcast(F, Native.getFloat(x));
    FloatVector w = FloatVector.broadcast(F, Native.getFloat(y));
    long i = 0;
    for (; i + LANES <= n; i += LANES) {
      long bits = 0;
      for (int k = 0; k < LANES; k += 8) {
        bits |= Long.compress(Native.getLong(condition + i + k), BYTES) << k;
      }
      if (xStep != 0) {
        v = FloatVector.fromMemorySegment(F, ALL, x + i * Float.BYTES, ORDER);
      }
      if (yStep != 0) {
        w = FloatVector.fromMemorySegment(F, ALL, y + i * Float.BYTES, ORDER);
      }
      w.blend(v, VectorMask.fromLong(F, bits)).intoMemorySegment(ALL, out + i * 4, ORDER);
    }
    for (; i < n; i++) {
      boolean first = Elements.integer(DType.BOOL, condition, i) != 0;
      long from = first ? x + i * xStep * 4 : y + i * yStep * 4;
      Elements.copy(4, from, out + i * 4);
    }
  }
}
