package io.relata.cpu.dense;

import static io.relata.cpu.Native.ALL;
import static io.relata.cpu.dense.VectorMath.F;
import static io.relata.cpu.dense.VectorMath.LANES;

import java.nio.ByteOrder;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorMask;

/**
 * One step of Adam on FLOAT32 in vectors: each of the four arrays is read once, three are written.
 */
final class VectorAdam implements Loops.Adam {
  private static final ByteOrder ORDER = ByteOrder.nativeOrder();

  @Override
  public void run(long parameter, long gradient, long m, long v, long n, Step step) {
    FloatVector rate = FloatVector.broadcast(F, (float) step.rate());
    FloatVector beta1 = FloatVector.broadcast(F, (float) step.beta1());
    FloatVector beta2 = FloatVector.broadcast(F, (float) step.beta2());
    FloatVector rest1 = FloatVector.broadcast(F, (float) (1 - step.beta1()));
    FloatVector rest2 = FloatVector.broadcast(F, (float) (1 - step.beta2()));
    FloatVector epsilon = FloatVector.broadcast(F, (float) step.epsilon());
    FloatVector root = FloatVector.broadcast(F, (float) step.root());
    FloatVector decay = FloatVector.broadcast(F, (float) step.decay());
    FloatVector shrink = FloatVector.broadcast(F, (float) step.shrink());
    VectorMask<Float> all = F.maskAll(true);
    for (long i = 0; i < n; i += LANES) {
      VectorMask<Float> mask = i + LANES <= n ? all : F.indexInRange(i, n);
      long at = i * Float.BYTES;
      FloatVector p = FloatVector.fromMemorySegment(F, ALL, parameter + at, ORDER, mask);
      FloatVector g = FloatVector.fromMemorySegment(F, ALL, gradient + at, ORDER, mask);
      g = p.fma(decay, g);
      FloatVector first = FloatVector.fromMemorySegment(F, ALL, m + at, ORDER, mask);
      first = first.fma(beta1, g.mul(rest1));
      first.intoMemorySegment(ALL, m + at, ORDER, mask);
      FloatVector second = FloatVector.fromMemorySegment(F, ALL, v + at, ORDER, mask);
      second = second.fma(beta2, g.mul(g).mul(rest2));
      second.intoMemorySegment(ALL, v + at, ORDER, mask);
      FloatVector change = first.mul(rate).div(second.sqrt().fma(root, epsilon));
      p.mul(shrink).sub(change).intoMemorySegment(ALL, parameter + at, ORDER, mask);
    }
  }
}
