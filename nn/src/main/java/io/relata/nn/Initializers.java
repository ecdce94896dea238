package io.relata.nn;

/**
 * The usual rules for initial values (PyTorch: {@code nn.init}). For a matrix (A, B) fan-in is B
 * and fan-out A; further axes multiply both, as in PyTorch.
 */
public final class Initializers {
  private Initializers() {}

  /** The gain that suits relu: sqrt(2). */
  public static final double RELU_GAIN = Math.sqrt(2);

  /** All 0. */
  public static Initializer zeros() {
    return constant(0);
  }

  /** All 1. */
  public static Initializer ones() {
    return constant(1);
  }

  /** All the same. */
  public static Initializer constant(double value) {
    return (c, shape) -> c.relata().full(value, c.dtype(), shape);
  }

  /** Uniform in [low, high). */
  public static Initializer uniform(double low, double high) {
    return (c, shape) -> c.relata().uniform(low, high, c.dtype(), shape);
  }

  /** Normal. */
  public static Initializer normal(double mean, double deviation) {
    return (c, shape) -> c.relata().normal(mean, deviation, c.dtype(), shape);
  }

  /** Uniform in ±gain · sqrt(6 / (fan-in + fan-out)) (Glorot and Bengio, 2010). */
  public static Initializer xavierUniform(double gain) {
    return (c, shape) -> {
      double bound = gain * Math.sqrt(6.0 / Math.max(1, fanIn(shape) + fanOut(shape)));
      return c.relata().uniform(-bound, bound, c.dtype(), shape);
    };
  }

  /** Normal with deviation gain · sqrt(2 / (fan-in + fan-out)) (Glorot and Bengio, 2010). */
  public static Initializer xavierNormal(double gain) {
    return (c, shape) -> {
      double deviation = gain * Math.sqrt(2.0 / Math.max(1, fanIn(shape) + fanOut(shape)));
      return c.relata().normal(0, deviation, c.dtype(), shape);
    };
  }

  /**
   * Uniform in ±sqrt(6 / ((1 + slope²) fan-in)) (He et al., 2015); slope sqrt(5), PyTorch's choice
   * for {@code Linear}, gives ±1 / sqrt(fan-in).
   */
  public static Initializer kaimingUniform(double slope) {
    return (c, shape) -> {
      double bound = Math.sqrt(6.0 / ((1 + slope * slope) * Math.max(1, fanIn(shape))));
      return c.relata().uniform(-bound, bound, c.dtype(), shape);
    };
  }

  private static long fanIn(long... shape) {
    return shape.length < 2 ? shape[0] : shape[1] * field(shape);
  }

  private static long fanOut(long... shape) {
    return shape[0] * field(shape);
  }

  private static long field(long... shape) {
    long f = 1;
    for (int i = 2; i < shape.length; i++) {
      f *= shape[i];
    }
    return f;
  }
}
