package io.relata.cpu.dense;

/**
 * The Gauss error function to double precision: the series of Abramowitz and Stegun 7.1.6, whose
 * terms are all positive, near 0, and the continued fraction 7.1.14 of the complement elsewhere.
 */
final class ErrorFunction {
  private static final double TWO_BY_ROOT_PI = 2 / Math.sqrt(Math.PI);

  private ErrorFunction() {}

  static double erf(double x) {
    double t = Math.abs(x);
    if (t < 2.5) {
      double term = x;
      double sum = x;
      for (int k = 1; Math.abs(term) > 1e-17 * Math.abs(sum); k++) {
        term *= 2 * x * x / (2 * k + 1);
        sum += term;
      }
      return TWO_BY_ROOT_PI * Math.exp(-x * x) * sum;
    }
    if (t < 6) {
      double fraction = t;
      for (int k = 60; k > 0; k--) {
        fraction = t + k / 2.0 / fraction;
      }
      double complement = Math.exp(-x * x) / (Math.sqrt(Math.PI) * fraction);
      return Math.copySign(1 - complement, x);
    }
    return Double.isNaN(x) ? x : Math.signum(x);
  }
}
