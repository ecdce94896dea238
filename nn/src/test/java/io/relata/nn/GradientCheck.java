package io.relata.nn;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.relata.NoGrad;
import io.relata.Tensor;
import java.util.Map;
import java.util.Random;
import java.util.function.Supplier;

/** Compares gradients in FLOAT64 with central differences, in a random direction per tensor. */
public final class GradientCheck {
  private static final double STEP = 1e-6;

  private GradientCheck() {}

  /** The sum of the function's result, weighted by fixed random numbers, is differentiated. */
  public static void check(Map<String, Tensor> leaves, Supplier<Tensor> function) {
    Random random = new Random(11);
    leaves.values().forEach(t -> t.requiresGrad(true));
    Tensor y = function.get();
    double[] c = random.doubles(y.size(), -1, 1).toArray();
    Tensor cotangent = y.relata().tensor(c).reshape(y.shape());
    leaves.values().forEach(t -> t.setGrad(null));
    y.backward(cotangent);
    leaves.forEach(
        (name, t) -> {
          assertThat(t.grad()).as("gradient of %s", name).isNotNull();
          double[] g = t.grad().toDoubleArray();
          double[] at = t.toDoubleArray();
          double[] direction = random.doubles(at.length, -1, 1).toArray();
          double slope = 0;
          for (int i = 0; i < at.length; i++) {
            slope += g[i] * direction[i];
          }
          double up = value(t, at, direction, STEP, function, c);
          double down = value(t, at, direction, -STEP, function, c);
          t.assign(t.relata().tensor(at).reshape(t.shape()));
          assertThat((up - down) / (2 * STEP))
              .as("slope along %s", name)
              .isCloseTo(slope, within(1e-7 * Math.max(1, Math.abs(slope)) + 1e-7));
        });
  }

  private static double value(
      Tensor t, double[] at, double[] direction, double h, Supplier<Tensor> function, double[] c) {
    double[] moved = at.clone();
    for (int i = 0; i < at.length; i++) {
      moved[i] += h * direction[i];
    }
    t.assign(t.relata().tensor(moved).reshape(t.shape()));
    double sum = 0;
    try (NoGrad _ = new NoGrad()) {
      double[] y = function.get().toDoubleArray();
      for (int i = 0; i < y.length; i++) {
        sum += y[i] * c[i];
      }
    }
    return sum;
  }
}
