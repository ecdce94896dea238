package io.relata.tck.golden;

import io.relata.DType;
import java.util.Arrays;

/**
 * How near a number must be to the expected one; an error within the sum of the three is allowed.
 *
 * @param relative to the expected number
 * @param scaled to the largest number of its tensor, for what cancels
 * @param seeded for gradients, to the largest number they were walked back from
 */
record Closeness(double relative, double scaled, double seeded) {
  /** FLOAT64: 1e-12 of the number; FLOAT32: 1e-5 of the largest number of the tensor. */
  static Closeness of(DType dtype) {
    // 1e-14 of the largest: a sum of a few dozen numbers that cancel has no relative accuracy.
    // 2^-22 of the seed: a saturated softmax has gradients of 1e-4 that are differences of numbers
    // as large as the seed, so they carry a few of its units in the last place (2^-24). So does a
    // gradient in FLOAT64 that would be 0 in exact numbers, of which nothing else is in its tensor.
    return dtype == DType.FLOAT64
        ? new Closeness(1e-12, 1e-14, 0x1p-51)
        : new Closeness(0, 1e-5, 0x1p-22);
  }

  /**
   * What differs first, in words; null where nothing does.
   *
   * @param seed the largest number that gradients were walked back from; 0 for an output
   */
  String difference(Dense expected, Outcome.Values actual, double seed) {
    if (!Arrays.equals(expected.shape(), actual.shape())) {
      return "shape "
          + Arrays.toString(actual.shape())
          + " instead of "
          + Arrays.toString(expected.shape());
    }
    double floor = scaled * largest(expected) + seeded * seed;
    for (int i = 0; i < expected.data().length; i++) {
      double e = expected.data()[i];
      double a = actual.data()[i];
      // Double.compare treats NaN as equal to NaN; 0.0 and -0.0 are within the tolerance.
      if (Double.compare(e, a) != 0 && !(Math.abs(e - a) <= relative * Math.abs(e) + floor)) {
        return a + " instead of " + e + " at position " + i;
      }
    }
    return null;
  }

  /** The largest finite magnitude. */
  static double largest(Dense d) {
    return Arrays.stream(d.data()).map(Math::abs).filter(Double::isFinite).max().orElse(0);
  }
}
