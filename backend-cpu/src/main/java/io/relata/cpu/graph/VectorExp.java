package io.relata.cpu.graph;

import static io.relata.cpu.graph.VectorMessage.SPECIES;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.IntVector;
import jdk.incubator.vector.VectorOperators;

/**
 * The exponential function of vectors for x &le; 88, as Cephes' {@code expf} computes it (S. L.
 * Moshier, Methods and Programs for Mathematical Functions, 1989): reduction by ln 2 in two parts
 * (Cody and Waite) and a polynomial of degree 7. Relative error below 2e-7; 0 below the smallest
 * normal number; NaN stays. Java's own {@code EXP} takes twice the time.
 */
final class VectorExp {
  /** 1.5 * 2^23: adding it rounds to an integer, which is then in the low bits. */
  private static final float ROUND = 12582912f;

  private static final float LOG2_E = 1.44269504088896341f;
  private static final float LN2_HIGH = 0.693359375f;
  private static final float LN2_LOW = -2.12194440e-4f;
  private static final float SMALLEST = -87.33654f;

  private VectorExp() {}

  static FloatVector exp(FloatVector x) {
    FloatVector shifted = x.mul(LOG2_E).add(ROUND);
    FloatVector n = shifted.sub(ROUND);
    FloatVector r = x.sub(n.mul(LN2_HIGH)).sub(n.mul(LN2_LOW));
    FloatVector p =
        r.mul(1.9875691500e-4f)
            .add(1.3981999507e-3f)
            .mul(r)
            .add(8.3334519073e-3f)
            .mul(r)
            .add(4.1665795894e-2f)
            .mul(r)
            .add(1.6666665459e-1f)
            .mul(r)
            .add(5.0000001201e-1f)
            .mul(r.mul(r))
            .add(r)
            .add(1f);
    IntVector exponent = shifted.reinterpretAsInts().sub(Float.floatToRawIntBits(ROUND) - 127);
    FloatVector power = exponent.lanewise(VectorOperators.LSHL, 23).reinterpretAsFloats();
    return p.mul(power).blend(FloatVector.zero(SPECIES), x.compare(VectorOperators.LT, SMALLEST));
  }
}
