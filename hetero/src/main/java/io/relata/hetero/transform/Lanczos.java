package io.relata.hetero.transform;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import java.util.function.UnaryOperator;

/**
 * The largest eigenvalue of a symmetric matrix that is known as a product with vectors (C. Lanczos,
 * 1950), with full reorthogonalisation, and bisection by Sturm's sequence.
 */
final class Lanczos {
  /** Steps at most; extreme eigenvalues settle long before. */
  private static final int MAX_STEPS = 300;

  private Lanczos() {}

  static double largest(int n, UnaryOperator<double[]> matrix) {
    if (n == 0) {
      return 0;
    }
    List<double[]> basis = new ArrayList<>();
    List<Double> diagonal = new ArrayList<>();
    List<Double> beside = new ArrayList<>();
    SplittableRandom random = new SplittableRandom(1);
    double[] q = random.doubles(n, -1, 1).toArray();
    scale(q, 1 / norm(q));
    int steps = Math.min(n, MAX_STEPS);
    for (int step = 0; step < steps; step++) {
      basis.add(q);
      double[] w = matrix.apply(q);
      diagonal.add(dot(q, w));
      // Twice is enough (B. Parlett).
      for (int pass = 0; pass < 2; pass++) {
        for (double[] b : basis) {
          double along = dot(b, w);
          for (int i = 0; i < n; i++) {
            w[i] -= along * b[i];
          }
        }
      }
      double length = norm(w);
      if (length < 1e-13) {
        // An invariant subspace: a random start has a part along every eigenvector.
        break;
      }
      beside.add(length);
      scale(w, 1 / length);
      q = w;
    }
    return largestOfTridiagonal(
        diagonal.stream().mapToDouble(d -> d).toArray(),
        beside.stream().mapToDouble(d -> d).toArray());
  }

  private static double largestOfTridiagonal(double[] a, double[] b) {
    double low = Double.POSITIVE_INFINITY;
    double high = Double.NEGATIVE_INFINITY;
    for (int i = 0; i < a.length; i++) {
      double r = (i > 0 ? Math.abs(b[i - 1]) : 0) + (i + 1 < a.length ? Math.abs(b[i]) : 0);
      low = Math.min(low, a[i] - r);
      high = Math.max(high, a[i] + r);
    }
    while (true) {
      double middle = low + (high - low) / 2;
      if (middle <= low || middle >= high) {
        return high;
      }
      if (below(a, b, middle) == a.length) {
        high = middle;
      } else {
        low = middle;
      }
    }
  }

  /** How many eigenvalues are less than x. */
  private static int below(double[] a, double[] b, double x) {
    int count = 0;
    double d = 1;
    for (int i = 0; i < a.length; i++) {
      double off = i == 0 ? 0 : b[i - 1] * b[i - 1] / d;
      d = a[i] - x - off;
      if (d == 0) {
        d = -Double.MIN_NORMAL;
      }
      count += d < 0 ? 1 : 0;
    }
    return count;
  }

  private static double dot(double[] x, double[] y) {
    double sum = 0;
    for (int i = 0; i < x.length; i++) {
      sum += x[i] * y[i];
    }
    return sum;
  }

  private static double norm(double[] x) {
    return Math.sqrt(dot(x, x));
  }

  private static void scale(double[] x, double by) {
    Arrays.setAll(x, i -> x[i] * by);
  }
}
