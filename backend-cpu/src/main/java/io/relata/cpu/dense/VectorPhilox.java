package io.relata.cpu.dense;

import static io.relata.cpu.Native.ALL;
import static io.relata.cpu.dense.VectorMath.F;
import static io.relata.cpu.dense.VectorMath.I;
import static io.relata.cpu.dense.VectorMath.LANES;

import java.nio.ByteOrder;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.IntVector;
import jdk.incubator.vector.LongVector;
import jdk.incubator.vector.VectorMask;
import jdk.incubator.vector.VectorOperators;
import jdk.incubator.vector.VectorShuffle;
import jdk.incubator.vector.VectorSpecies;

/** The words of {@link Philox}, a block in each lane of long vectors, and dropout by them. */
final class VectorPhilox {
  private static final VectorSpecies<Long> L = VectorSpecies.of(long.class, F.vectorShape());
  private static final int BLOCKS = L.length();
  private static final VectorShuffle<Long> LOWER = VectorShuffle.makeZip(L, 0);
  private static final VectorShuffle<Long> UPPER = VectorShuffle.makeZip(L, 1);
  private static final LongVector COUNT = LongVector.zero(L).addIndex(1);
  private static final ByteOrder ORDER = ByteOrder.nativeOrder();
  private static final long LOW = 0xFFFFFFFFL;

  private VectorPhilox() {}

  /** As {@link Philox#words}; the number of blocks must be a multiple of the lanes. */
  static void words(long seed, long stream, long first, int blocks, int[] out) {
    for (int i = 0; i < blocks; i += BLOCKS) {
      LongVector number = COUNT.add(first + i);
      LongVector c0 = number.and(LOW);
      LongVector c1 = number.lanewise(VectorOperators.LSHR, 32);
      LongVector c2 = LongVector.broadcast(L, stream & LOW);
      LongVector c3 = LongVector.broadcast(L, stream >>> 32);
      int k0 = (int) seed;
      int k1 = (int) (seed >>> 32);
      for (int round = 0; round < 10; round++) {
        LongVector p0 = c0.mul(Philox.M0);
        LongVector p1 = c2.mul(Philox.M1);
        c0 = p1.lanewise(VectorOperators.LSHR, 32).lanewise(VectorOperators.XOR, c1);
        c0 = c0.lanewise(VectorOperators.XOR, k0 & LOW);
        c1 = p1.and(LOW);
        c2 = p0.lanewise(VectorOperators.LSHR, 32).lanewise(VectorOperators.XOR, c3);
        c2 = c2.lanewise(VectorOperators.XOR, k1 & LOW);
        c3 = p0.and(LOW);
        k0 += Philox.W0;
        k1 += Philox.W1;
      }
      LongVector a = c0.or(c1.lanewise(VectorOperators.LSHL, 32));
      LongVector b = c2.or(c3.lanewise(VectorOperators.LSHL, 32));
      // Two words to a long; pairs of longs side by side are blocks.
      a.rearrange(LOWER, b).reinterpretAsInts().intoArray(out, 4 * i);
      a.rearrange(UPPER, b).reinterpretAsInts().intoArray(out, 4 * i + LANES);
    }
  }

  /** Keeps and scales the elements whose word's upper 24 bits are at least {@code least}. */
  static void dropout(int[] words, int count, int least, float scale, long x, long out) {
    FloatVector zero = FloatVector.zero(F);
    for (int i = 0; i < count; i += LANES) {
      VectorMask<Float> inside = F.indexInRange(i, count);
      IntVector u = IntVector.fromArray(I, words, i).lanewise(VectorOperators.LSHR, 8);
      VectorMask<Float> kept = u.compare(VectorOperators.GE, least).cast(F);
      long at = (long) i * Float.BYTES;
      FloatVector v = FloatVector.fromMemorySegment(F, ALL, x + at, ORDER, inside).mul(scale);
      zero.blend(v, kept).intoMemorySegment(ALL, out + at, ORDER, inside);
    }
  }
}
