package io.relata.cpu.dense;

import static io.relata.cpu.Native.ALL;
import static io.relata.cpu.dense.VectorMath.F;
import static io.relata.cpu.dense.VectorMath.LANES;

import java.nio.ByteOrder;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorMask;

/** {@code y += a * x} of FLOAT32 in vectors. */
final class VectorAxpy implements Loops.Axpy {
  private static final ByteOrder ORDER = ByteOrder.nativeOrder();

  @Override
  public void run(double a, long x, long y, long n) {
    FloatVector va = FloatVector.broadcast(F, (float) a);
    long bytes = n * Float.BYTES;
    long step = (long) LANES * Float.BYTES;
    long i = 0;
    for (; i <= bytes - step; i += step) {
      FloatVector v = FloatVector.fromMemorySegment(F, ALL, x + i, ORDER);
      FloatVector w = FloatVector.fromMemorySegment(F, ALL, y + i, ORDER);
      v.fma(va, w).intoMemorySegment(ALL, y + i, ORDER);
    }
    if (i < bytes) {
      VectorMask<Float> rest = F.indexInRange(0, (bytes - i) / Float.BYTES);
      FloatVector v = FloatVector.fromMemorySegment(F, ALL, x + i, ORDER, rest);
      FloatVector w = FloatVector.fromMemorySegment(F, ALL, y + i, ORDER, rest);
      v.fma(va, w).intoMemorySegment(ALL, y + i, ORDER, rest);
    }
  }
}
