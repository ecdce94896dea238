package io.relata.cpu.dense;

import static jdk.incubator.vector.VectorOperators.GE;
import static jdk.incubator.vector.VectorOperators.GT;
import static jdk.incubator.vector.VectorOperators.LT;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.IntVector;
import jdk.incubator.vector.VectorMask;
import jdk.incubator.vector.VectorOperators;
import jdk.incubator.vector.VectorShuffle;
import jdk.incubator.vector.VectorSpecies;

/**
 * Functions of float vectors, to about one unit in the last place. They are our own because the
 * Vector API's are other numbers when interpreted than when compiled, and results must not change
 * when the compiler steps in; for the same reason sums of lanes have a fixed order here. Methods
 * are small enough to be inlined, without which every vector would be an object.
 */
final class VectorMath {
  static final VectorSpecies<Float> F = FloatVector.SPECIES_PREFERRED;
  static final VectorSpecies<Integer> I = VectorSpecies.of(int.class, F.vectorShape());
  static final int LANES = F.length();

  private static final VectorShuffle<Float> BY_8 = shuffle(8);
  private static final VectorShuffle<Float> BY_4 = shuffle(4);
  private static final VectorShuffle<Float> BY_2 = shuffle(2);
  private static final VectorShuffle<Float> BY_1 = shuffle(1);

  private static final float LOG2_E = 1.44269504f;
  private static final float LN2_HIGH = 0.693145752f;
  private static final float LN2_LOW = 1.42860677e-6f;

  /** Added and subtracted it rounds to an integer, which it shows in its low bits. */
  private static final float MAGIC = 12582912f;

  private VectorMath() {}

  private static VectorShuffle<Float> shuffle(int by) {
    return VectorShuffle.fromOp(F, i -> i ^ (by < F.length() ? by : 0));
  }

  /** Sum of all lanes: halves, quarters and so on, in this order. */
  static float sum(FloatVector v) {
    if (LANES >= 16) {
      v = v.add(v.rearrange(BY_8));
    }
    if (LANES >= 8) {
      v = v.add(v.rearrange(BY_4));
    }
    v = v.add(v.rearrange(BY_2));
    return v.add(v.rearrange(BY_1)).lane(0);
  }

  /** Product of all lanes, in the same order. */
  static float product(FloatVector v) {
    if (LANES >= 16) {
      v = v.mul(v.rearrange(BY_8));
    }
    if (LANES >= 8) {
      v = v.mul(v.rearrange(BY_4));
    }
    v = v.mul(v.rearrange(BY_2));
    return v.mul(v.rearrange(BY_1)).lane(0);
  }

  /** Largest lane; NaN propagates. */
  static float max(FloatVector v) {
    return v.reduceLanes(VectorOperators.MAX);
  }

  /** Smallest lane; NaN propagates. */
  static float min(FloatVector v) {
    return v.reduceLanes(VectorOperators.MIN);
  }

  /** e^x. */
  static FloatVector exp(FloatVector x) {
    FloatVector shifted = x.mul(LOG2_E).add(MAGIC);
    FloatVector n = shifted.sub(MAGIC);
    FloatVector r = n.fma(broadcast(-LN2_HIGH), x);
    r = n.fma(broadcast(-LN2_LOW), r);
    FloatVector p = expm1Polynomial(r).add(1f);
    IntVector k = shifted.reinterpretAsInts().sub(Float.floatToRawIntBits(MAGIC));
    // Two factors reach results below the normal range and just above 2^127.
    IntVector half = k.lanewise(VectorOperators.ASHR, 1);
    FloatVector result = p.mul(powerOfTwo(half)).mul(powerOfTwo(k.sub(half)));
    result = result.blend(0f, x.compare(LT, -104f));
    return result.blend(Float.POSITIVE_INFINITY, x.compare(GT, 88.8f));
  }

  /**
   * e^r - 1 for |r| up to ln(2) / 2: the Taylor polynomial, its last coefficients fitted to the
   * range.
   */
  private static FloatVector expm1Polynomial(FloatVector r) {
    FloatVector p = broadcast(1.9875691e-4f);
    p = p.fma(r, broadcast(1.3981999e-3f));
    p = p.fma(r, broadcast(8.3334519e-3f));
    p = p.fma(r, broadcast(4.1665795e-2f));
    p = p.fma(r, broadcast(1.6666666e-1f));
    p = p.fma(r, broadcast(0.5f));
    return p.fma(r.mul(r), r);
  }

  private static FloatVector powerOfTwo(IntVector n) {
    return n.add(127).lanewise(VectorOperators.LSHL, 23).reinterpretAsFloats();
  }

  /** e^x - 1, accurate near 0. */
  static FloatVector expm1(FloatVector x) {
    FloatVector shifted = x.mul(LOG2_E).add(MAGIC);
    FloatVector n = shifted.sub(MAGIC);
    FloatVector r = n.fma(broadcast(-LN2_HIGH), x);
    r = n.fma(broadcast(-LN2_LOW), r);
    IntVector k = shifted.reinterpretAsInts().sub(Float.floatToRawIntBits(MAGIC) + 1);
    // Half of 2^n, which still is a float where 2^n is not.
    FloatVector t = powerOfTwo(k);
    FloatVector result = expm1Polynomial(r).fma(t, t.sub(0.5f));
    result = result.add(result);
    result = result.blend(-1f, x.compare(LT, -25f));
    result = result.blend(Float.POSITIVE_INFINITY, x.compare(GT, 88.8f));
    // Keeps the sign of zero.
    return result.blend(x, x.compare(VectorOperators.EQ, 0f));
  }

  /** Natural logarithm; of negative numbers NaN. */
  static FloatVector log(FloatVector x) {
    VectorMask<Float> tiny = x.compare(LT, Float.MIN_NORMAL);
    FloatVector scaled = x.blend(x.mul(0x1p23f), tiny);
    IntVector bits = scaled.reinterpretAsInts();
    IntVector e = bits.sub(0x3f2aaaab).lanewise(VectorOperators.AND, 0xff800000);
    FloatVector f = bits.sub(e).reinterpretAsFloats().sub(1f);
    IntVector exponent = e.lanewise(VectorOperators.ASHR, 23);
    FloatVector i = (FloatVector) exponent.convert(VectorOperators.I2F, 0);
    i = i.blend(i.sub(23f), tiny);
    return logSpecial(x, logPolynomial(f, i));
  }

  /** log(1 + f) + i log(2) for f in [-1/3, 1/3]. */
  private static FloatVector logPolynomial(FloatVector f, FloatVector i) {
    FloatVector s = f.mul(f);
    FloatVector r = f.fma(broadcast(-0.130310059f), broadcast(0.140869141f));
    FloatVector t = f.fma(broadcast(-0.121483892f), broadcast(0.139814854f));
    r = r.fma(s, t);
    r = r.fma(f, broadcast(-0.166846126f));
    r = r.fma(f, broadcast(0.200120345f));
    r = r.fma(f, broadcast(-0.249996200f));
    r = r.fma(f, broadcast(0.333331972f));
    r = r.fma(f, broadcast(-0.5f));
    r = r.fma(s, f);
    return i.fma(broadcast(0.693147182f), r);
  }

  private static FloatVector logSpecial(FloatVector x, FloatVector result) {
    result = result.blend(Float.NEGATIVE_INFINITY, x.compare(VectorOperators.EQ, 0f));
    result = result.blend(Float.NaN, x.compare(LT, 0f));
    VectorMask<Float> large = x.compare(LT, Float.POSITIVE_INFINITY).not();
    // Infinity and NaN are their own logarithm.
    return result.blend(x, large);
  }

  /** log(1 + x), accurate near 0. */
  static FloatVector log1p(FloatVector x) {
    FloatVector u = x.add(1f);
    // What the sum lost, to first order.
    FloatVector lost = x.sub(u.sub(1f)).div(u);
    VectorMask<Float> exact = u.compare(LT, Float.POSITIVE_INFINITY).and(u.compare(GT, 0f));
    FloatVector log = log(u);
    FloatVector result = log.blend(log.add(lost), exact);
    return result.blend(x, x.compare(VectorOperators.EQ, 0f));
  }

  /** 1 / (1 + e^-x). */
  static FloatVector sigmoid(FloatVector x) {
    FloatVector e = exp(x.abs().neg());
    FloatVector numerator = broadcast(1f).blend(e, x.compare(LT, 0f));
    return numerator.div(e.add(1f));
  }

  /** Hyperbolic tangent, by e^2x - 1. */
  static FloatVector tanh(FloatVector x) {
    FloatVector t = x.abs();
    FloatVector e = expm1(t.add(t));
    FloatVector result = e.div(e.add(2f));
    result = result.blend(1f, t.compare(GE, 10f));
    // With the sign of x.
    IntVector sign = x.reinterpretAsInts().lanewise(VectorOperators.AND, Integer.MIN_VALUE);
    return result.reinterpretAsInts().lanewise(VectorOperators.OR, sign).reinterpretAsFloats();
  }

  /** log(1 + e^x). */
  static FloatVector softplus(FloatVector x) {
    FloatVector positive = x.blend(0f, x.compare(LT, 0f));
    return positive.add(log1p(exp(x.abs().neg())));
  }

  private static FloatVector broadcast(float value) {
    return FloatVector.broadcast(F, value);
  }
}
