package io.relata.tck.program;

import io.relata.DType;
import java.util.ArrayList;
import java.util.List;

/**
 * Scalar arithmetic that remembers how every number was made, for gradients, and how large the
 * numbers were that it was made of, for the error that a real computation may have.
 */
final class Tape {
  /** Beyond this nothing is compared any more: a few steps further FLOAT32 overflows. */
  private static final double LARGE = 1e12;

  /** One number. */
  static final class Num {
    final double value;

    /** Sum of magnitudes instead of the sum: what rounding errors are relative to. */
    final double scale;

    private final int depth;
    private final Num[] from;
    private final double[] slopes;
    private final double[] slopeScales;
    private double grad;
    private double gradScale;

    private Num(double value, double scale, Num[] from, double[] slopes, double[] slopeScales) {
      this.value = value;
      this.scale = scale;
      this.from = from;
      this.slopes = slopes;
      this.slopeScales = slopeScales;
      int deepest = -1;
      for (Num n : from) {
        deepest = Math.max(deepest, n.depth);
      }
      this.depth = deepest + 1;
    }

    double grad() {
      return grad;
    }

    double gradScale() {
      return gradScale;
    }
  }

  private final double tolerance;
  private final List<Num> all = new ArrayList<>();
  private boolean ambiguous;
  private boolean large;

  Tape(DType dtype) {
    tolerance = dtype == DType.FLOAT64 ? 1e-12 : 1e-5;
  }

  /** The allowed error, relative to a scale. */
  double tolerance() {
    return tolerance;
  }

  /** Whether rounding decides who wins a maximum, so that gradients may differ. */
  boolean ambiguous() {
    return ambiguous;
  }

  boolean large() {
    return large;
  }

  private Num made(double value, double scale, Num[] from, double[] slopes, double[] scales) {
    Num n = new Num(value, scale, from, slopes, scales);
    large |= scale > LARGE;
    all.add(n);
    return n;
  }

  Num input(double value) {
    double scale = Double.isFinite(value) ? Math.abs(value) : 1;
    return made(value, scale, new Num[0], new double[0], new double[0]);
  }

  Num add(Num a, Num b) {
    return linear(a, 1, b, 1);
  }

  Num sub(Num a, Num b) {
    return linear(a, 1, b, -1);
  }

  private Num linear(Num a, double x, Num b, double y) {
    double[] slopes = {x, y};
    double scale = Math.abs(x) * a.scale + Math.abs(y) * b.scale;
    return made(a.value * x + b.value * y, scale, new Num[] {a, b}, slopes, new double[] {1, 1});
  }

  Num times(Num a, double factor) {
    double[] slope = {factor};
    return made(
        a.value * factor,
        a.scale * Math.abs(factor),
        new Num[] {a},
        slope,
        new double[] {Math.abs(factor)});
  }

  Num mul(Num a, Num b) {
    return made(
        a.value * b.value,
        a.scale * b.scale,
        new Num[] {a, b},
        new double[] {b.value, a.value},
        new double[] {b.scale, a.scale});
  }

  Num div(Num a, Num b) {
    double over = 1 / Math.abs(b.value);
    double[] slopes = {1 / b.value, -a.value / (b.value * b.value)};
    double[] scales = {b.scale * over * over, a.scale * b.scale * over * over * over};
    double scale = a.scale * b.scale * over * over;
    return made(a.value / b.value, scale, new Num[] {a, b}, slopes, scales);
  }

  /** e to the a minus a constant. */
  Num exp(Num a, double shift) {
    double e = Math.exp(a.value - shift);
    double s = e * (1 + a.scale + Math.abs(shift));
    return e == 0 ? input(0) : made(e, s, new Num[] {a}, new double[] {e}, new double[] {s});
  }

  /** 0 for none. */
  Num sum(List<Num> parts) {
    if (parts.isEmpty()) {
      return input(0);
    }
    Num sum = parts.getFirst();
    for (Num p : parts.subList(1, parts.size())) {
      sum = add(sum, p);
    }
    return sum;
  }

  /** The first NaN, else the first of the largest or smallest; 0 for none. */
  Num extreme(List<Num> parts, boolean largest) {
    if (parts.isEmpty()) {
      return input(0);
    }
    Num best = parts.getFirst();
    for (Num p : parts) {
      boolean better = largest ? p.value > best.value : p.value < best.value;
      if (!Double.isNaN(best.value) && (better || Double.isNaN(p.value))) {
        best = p;
      }
    }
    for (Num p : parts) {
      boolean near = Math.abs(p.value - best.value) <= 10 * tolerance * (p.scale + best.scale);
      // Equal features, and equal results of one operation on features, are equal everywhere.
      boolean tie = p.value == best.value && p.depth <= 1 && best.depth <= 1;
      ambiguous |= p != best && near && !tie;
    }
    return best;
  }

  /** Adds to where {@link #backward} starts from. */
  void seed(Num n, double gradient) {
    n.grad += gradient;
    n.gradScale += Math.abs(gradient);
  }

  void backward() {
    for (Num n : all.reversed()) {
      for (int i = 0; i < n.from.length; i++) {
        n.from[i].grad += n.slopes[i] * n.grad;
        n.from[i].gradScale += n.slopeScales[i] * n.gradScale;
      }
    }
  }
}
