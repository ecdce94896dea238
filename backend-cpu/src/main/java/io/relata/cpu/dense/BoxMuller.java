package io.relata.cpu.dense;

/**
 * Pairs of normal numbers from pairs of 32-bit words, after Box and Muller, "A Note on the
 * Generation of Random Normal Deviates", 1958. Logarithm, sine and cosine are our own (argument
 * reductions and polynomials of FreeBSD's msun), in plain double arithmetic without fused
 * operations: so every backend that repeats these steps gets the same bits, which mathematical
 * libraries do not promise. They are within one unit in the last place or so.
 */
final class BoxMuller {
  private static final double LN2_HIGH = 6.93147180369123816490e-01;
  private static final double LN2_LOW = 1.90821492927058770002e-10;

  /** The bits of the square root of one half. */
  private static final long ROOT_HALF = 0x3fe6a09e667f3bcdL;

  private static final double ANGLE = 2 * Math.PI * 0x1p-32;

  private BoxMuller() {}

  /**
   * Two numbers of the given mean and deviation.
   *
   * @param first gives the radius, as a number in (0, 1]
   * @param second gives the angle, in parts of a circle
   */
  static void pair(int first, int second, double mean, double deviation, double[] out) {
    double u = ((first & 0xFFFFFFFFL) + 1) * 0x1p-32;
    double radius = deviation * Math.sqrt(-2.0 * logOfUnit(u));
    // The nearest quarter of the circle, and the angle from there, which is exact in an int.
    int quarter = second + 0x2000_0000 >>> 30;
    double angle = (second - (quarter << 30)) * ANGLE;
    double sine = sineNear0(angle);
    double cosine = cosineNear0(angle);
    double x = (quarter & 1) == 0 ? cosine : sine;
    double y = (quarter & 1) == 0 ? sine : cosine;
    out[0] = mean + radius * (quarter == 1 || quarter == 2 ? -x : x);
    out[1] = mean + radius * (quarter >= 2 ? -y : y);
  }

  /** Natural logarithm of a positive number that is not subnormal. */
  static double logOfUnit(double x) {
    long bits = Double.doubleToRawLongBits(x);
    // x = 2^e (1 + f) with 1 + f from sqrt(1/2) to sqrt(2).
    long e = bits - ROOT_HALF >> 52;
    double f = Double.longBitsToDouble(bits - e * (1L << 52)) - 1.0;
    double s = f / (2.0 + f);
    double z = s * s;
    double w = z * z;
    double t1 =
        w
            * (3.999999999940941908e-01
                + w * (2.222219843214978396e-01 + w * 1.531383769920937332e-01));
    double t2 =
        z
            * (6.666666666666735130e-01
                + w
                    * (2.857142874366239149e-01
                        + w * (1.818357216161805012e-01 + w * 1.479819860511658591e-01)));
    double r = t2 + t1;
    double half = 0.5 * f * f;
    double k = e;
    return k * LN2_HIGH - ((half - (s * (half + r) + k * LN2_LOW)) - f);
  }

  /** Sine of an angle of at most an eighth of a circle. */
  static double sineNear0(double x) {
    double z = x * x;
    double r =
        8.33333333332248946124e-03
            + z
                * (-1.98412698298579493134e-04
                    + z
                        * (2.75573137070700676789e-06
                            + z * (-2.50507602534068634195e-08 + z * 1.58969099521155010221e-10)));
    return x + z * x * (-1.66666666666666324348e-01 + z * r);
  }

  /** Cosine of an angle of at most an eighth of a circle. */
  static double cosineNear0(double x) {
    double z = x * x;
    double r =
        z
            * (4.16666666666666019037e-02
                + z
                    * (-1.38888888888741095749e-03
                        + z
                            * (2.48015872894767294178e-05
                                + z
                                    * (-2.75573143513906633035e-07
                                        + z
                                            * (2.08757232129817482790e-09
                                                + z * -1.13596475577881948265e-11)))));
    double half = 0.5 * z;
    double w = 1.0 - half;
    return w + (((1.0 - w) - half) + z * r);
  }
}
