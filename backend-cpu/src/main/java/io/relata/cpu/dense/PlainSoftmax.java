package io.relata.cpu.dense;

import io.relata.DType;
import io.relata.cpu.Specialized;
import java.lang.invoke.MethodHandles;

/** Template: softmax of rows, or its logarithm, and the gradients. */
final class PlainSoftmax implements Loops.Softmax {
  private static final Kind KIND = Specialized.parameters(MethodHandles.lookup(), Kind.class);
  private static final boolean LOGARITHM = KIND.logarithm();
  private static final DType TYPE = KIND.type();

  /** What a copy is for. */
  record Kind(boolean logarithm, DType type) {}

  @Override
  public void forward(long x, long rows, long n, long out) {
    for (long r = 0; r < rows; r++) {
      row(x + r * n * TYPE.bytes(), n, out + r * n * TYPE.bytes());
    }
  }

  private static void row(long x, long n, long out) {
    double max = Double.NEGATIVE_INFINITY;
    for (long i = 0; i < n; i++) {
      max = Math.max(max, Elements.real(TYPE, x, i));
    }
    if (max == Double.NEGATIVE_INFINITY) {
      for (long i = 0; i < n; i++) {
        Elements.setReal(TYPE, out, i, LOGARITHM ? Double.NEGATIVE_INFINITY : 0);
      }
      return;
    }
    double sum = 0;
    for (long i = 0; i < n; i++) {
      sum += Math.exp(Elements.real(TYPE, x, i) - max);
    }
    double log = Math.log(sum);
    for (long i = 0; i < n; i++) {
      double d = Elements.real(TYPE, x, i) - max;
      Elements.setReal(TYPE, out, i, LOGARITHM ? d - log : Math.exp(d) / sum);
    }
  }

  @Override
  public void backward(long y, long gradient, long rows, long n, long out) {
    for (long r = 0; r < rows; r++) {
      long at = r * n * TYPE.bytes();
      rowGradient(y + at, gradient + at, n, out + at);
    }
  }

  @Override
  public void sums(long x, long rows, long n, long out) {
    for (long r = 0; r < rows; r++) {
      double max = Double.NEGATIVE_INFINITY;
      for (long i = 0; i < n; i++) {
        max = Math.max(max, Elements.real(TYPE, x, r * n + i));
      }
      double sum = max == Double.NEGATIVE_INFINITY ? 1 : 0;
      for (long i = 0; i < n && max != Double.NEGATIVE_INFINITY; i++) {
        sum += Math.exp(Elements.real(TYPE, x, r * n + i) - max);
      }
      Elements.setReal(TYPE, out, 2 * r, max);
      Elements.setReal(TYPE, out, 2 * r + 1, Math.log(sum));
    }
  }

  @Override
  public void shares(long x, long sums, long scale, long rows, long n, long out) {
    for (long r = 0; r < rows; r++) {
      double max = Elements.real(TYPE, sums, 2 * r);
      double log = Elements.real(TYPE, sums, 2 * r + 1);
      double factor = Elements.real(TYPE, scale, r);
      for (long i = 0; i < n; i++) {
        double d = Elements.real(TYPE, x, r * n + i) - max;
        double share = max == Double.NEGATIVE_INFINITY ? 0 : Math.exp(d - log) * factor;
        Elements.setReal(TYPE, out, r * n + i, share);
      }
    }
  }

  private static void rowGradient(long y, long gradient, long n, long out) {
    double sum = 0;
    for (long i = 0; i < n; i++) {
      double g = Elements.real(TYPE, gradient, i);
      sum += LOGARITHM ? g : g * Elements.real(TYPE, y, i);
    }
    for (long i = 0; i < n; i++) {
      double g = Elements.real(TYPE, gradient, i);
      double v = Elements.real(TYPE, y, i);
      Elements.setReal(TYPE, out, i, LOGARITHM ? g - Math.exp(v) * sum : v * (g - sum));
    }
  }
}
