package io.relata.tck.tensor;

import static org.assertj.core.api.Assertions.fail;

import io.relata.DType;
import io.relata.Shape;
import io.relata.Tensor;
import java.util.function.DoubleBinaryOperator;

/** Plain double arithmetic on row-major arrays, and comparison of tensors with its answers. */
public final class Oracle {
  private Oracle() {}

  /**
   * Position in an array of shape {@code s} that broadcasting reads for element i of the result.
   */
  public static int at(Shape result, int i, Shape s) {
    long[] strides = s.strides();
    long rest = i;
    long position = 0;
    for (int a = result.rank() - 1; a >= 0; a--) {
      long index = rest % result.dim(a);
      rest /= result.dim(a);
      int own = a - (result.rank() - s.rank());
      if (own >= 0 && s.dim(own) != 1) {
        position += index * strides[own];
      }
    }
    return (int) position;
  }

  /** The function of two arrays, broadcast as NumPy does. */
  public static double[] binary(
      DoubleBinaryOperator f, double[] x, Shape sx, double[] y, Shape sy) {
    Shape shape = Shape.broadcastOrNull(sx, sy);
    double[] out = new double[Math.toIntExact(shape.size())];
    for (int i = 0; i < out.length; i++) {
      out[i] = f.applyAsDouble(x[at(shape, i, sx)], y[at(shape, i, sy)]);
    }
    return out;
  }

  /** What a tensor of this type holds when it is given these numbers. */
  public static double[] rounded(DType dtype, double[] values) {
    double[] out = new double[values.length];
    for (int i = 0; i < out.length; i++) {
      out[i] = rounded(dtype, values[i]);
    }
    return out;
  }

  private static double rounded(DType dtype, double v) {
    return switch (dtype) {
      case FLOAT32 -> (float) v;
      case FLOAT64 -> v;
      case FLOAT16 -> Float.float16ToFloat(Float.floatToFloat16((float) v));
      // Veltkamp: the upper 8 of 24 binary digits.
      case BFLOAT16 -> {
        float large = (float) v * 65537;
        float rest = large - (float) v;
        yield Double.isFinite(rest) ? large - rest : v;
      }
      case INT32 -> (int) v;
      case INT64 -> (long) v;
      case BOOL -> v != 0 ? 1 : 0;
    };
  }

  /** A few units in the last place, for functions whose last digits vendors compute differently. */
  public static double tolerance(DType dtype) {
    return switch (dtype) {
      case FLOAT32 -> 2e-6;
      case FLOAT64 -> 1e-13;
      case FLOAT16, BFLOAT16, INT32, INT64, BOOL -> 0;
    };
  }

  /**
   * Fails unless type, shape and every element agree; NaN equals NaN, infinities are exact.
   *
   * @param tolerance relative above 1 and absolute below
   */
  public static void requireEqual(
      String what, Tensor found, DType dtype, Shape shape, double[] expected, double tolerance) {
    if (found.dtype() != dtype || !found.shape().equals(shape)) {
      fail("%s: expected %s %s, found %s %s", what, dtype, shape, found.dtype(), found.shape());
    }
    double[] values = found.toDoubleArray();
    for (int i = 0; i < values.length; i++) {
      double e = rounded(dtype, expected[i]);
      double v = values[i];
      boolean same =
          (Double.isNaN(e) || Double.isInfinite(e))
              ? Double.compare(e, v) == 0
              : Math.abs(e - v) <= tolerance * Math.max(1, Math.abs(e));
      if (!same) {
        fail("%s, %s %s, element %d: expected %s, found %s", what, dtype, shape, i, e, v);
      }
    }
  }
}
